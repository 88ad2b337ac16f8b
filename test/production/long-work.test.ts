/** @file Work that takes longer than peerTimeoutMs: who computes lives, beats, acknowledges, and is not taken for lost. */
import * as assert from 'uvu/assert';
import { LONG, scaled } from '../long.ts';
import { cluster, end, launch, type Options, QUICK, sleep, suite } from './harness.ts';
import { type Kind, type LongWork, longWorkClear } from './long-work.ts';

const test = suite('production/long-work');

/** In a long run less than the product takes at each party and at the dealer; in a short one stretches are measured alone. */
const HASTY = { ...QUICK, heartbeatMs: 200, peerTimeoutMs: scaled(1_500, 60_000) };
/** What a function of a party's own outlasts. */
const HASTIER = { ...HASTY, peerTimeoutMs: scaled(1_500, 8_000) };
const hasty =
  (crossSilo: Options = HASTY) =>
  (self: string, o: Options): Options => ({
    ...o,
    crossSilo,
    ...(self !== 'dealer' && { allowTrustedFirstParty: true }),
  });
/** The longest stretch, in units of work that takes some ten milliseconds. */
const GAP_UNITS = 40;

const CASES: readonly (readonly [Kind, number, object?])[] = [
  ['product', scaled(2_000, 700)],
  ['less', scaled(60_000, 6_000), { cost_mode: 'latency' }],
  ['divide', scaled(150_000, 15_000)],
];

/** With a dealer; in a long run the first without one too. */
for (const dealt of LONG ? [false, true] : [true])
  for (const [kind, n, config = {}] of dealt ? CASES : CASES.slice(0, 1))
    test(`${kind} of ${n}${dealt ? ' with a dealer' : ''}: nobody is lost, no stretch is long`, async () => {
      const names = dealt ? ['alice', 'bob', 'dealer'] : ['alice', 'bob'];
      const first = dealt ? {} : { beaver_type: 'TrustedFirstParty' };
      const parties = launch(await cluster(names, hasty()), 'longWork', {
        kind,
        n,
        config: { ...config, ...first, max_concurrency: 1 },
      });
      try {
        for (const name of ['alice', 'bob']) {
          const { some, ms, gap, unit } = await parties[name]!.value<LongWork>();
          for (const [i, value] of longWorkClear(kind, n).entries())
            assert.ok(Math.abs(some[i]! - value) < 1e-3, `${name}: ${some} at ${i}: ${value}`);
          assert.ok(
            gap < GAP_UNITS * unit,
            `${name}: nothing else could happen for ${gap} of ${ms} ms; ${unit} a unit`,
          );
        }
      } finally {
        end(parties);
      }
    });

/** A function that takes longer than a silent peer is waited for. */
const COMPUTES = { ms: 1.5 * HASTIER.peerTimeoutMs };

for (const dealt of LONG ? [false, true] : [true])
  test(`a party's own function takes longer than peerTimeoutMs${dealt ? ', with a dealer' : ''}: nobody is lost, and it is told`, async () => {
    const names = dealt ? ['alice', 'bob', 'dealer'] : ['alice', 'bob'];
    const parties = launch(await cluster(names, hasty(HASTIER)), 'computes', COMPUTES);
    try {
      for (const [name, other] of [
        ['alice', 'bob'],
        ['bob', 'alice'],
      ] as const) {
        const { sums, heard } = await parties[name]!.value<{ sums: number[]; heard: string[] }>();
        assert.equal(sums, [7, 11]);
        assert.ok(heard.includes(other), `${name} has heard of ${heard}`);
      }
    } finally {
      end(parties);
    }
  });

test('a party that is killed while its function computes is lost in the time of any other', async () => {
  const parties = launch(await cluster(['alice', 'bob'], hasty(HASTIER)), 'computes', COMPUTES);
  await parties.bob!.noted('computes');
  await sleep(HASTIER.peerTimeoutMs);
  parties.bob!.kill('SIGKILL');
  const { code, message } = await parties.alice!.error();
  end(parties);
  assert.is(code, 'PEER_LOST', message);
  assert.match(message, /"bob"/);
});

test.run();
