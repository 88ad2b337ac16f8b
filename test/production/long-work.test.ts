/** @file Work that takes longer than peerTimeoutMs: who computes lives, beats, acknowledges, and is not taken for lost. */
import * as assert from 'uvu/assert';
import { scaled } from '../long.ts';
import { cluster, end, launch, type Options, QUICK, suite } from './harness.ts';
import { type Kind, type LongWork, longWorkClear } from './long-work.ts';

const test = suite('production/long-work');

/** In a long run less than the product takes at each party and at the dealer. */
const HASTY = { ...QUICK, heartbeatMs: 200, peerTimeoutMs: scaled(1_500, 4_000) };
const hasty = (self: string, o: Options): Options => ({
  ...o,
  crossSilo: HASTY,
  ...(self !== 'dealer' && { allowTrustedFirstParty: true }),
});
/** Of work; what a core that others use takes for 200 ms. */
const GAP_MS = 400;

const CASES: readonly (readonly [Kind, number, object?])[] = [
  ['product', scaled(2_000, 1_400)],
  ['less', scaled(60_000, 20_000), { cost_mode: 'latency' }],
  ['divide', scaled(150_000, 60_000)],
];

for (const dealt of [false, true])
  for (const [kind, n, config = {}] of dealt ? CASES : CASES.slice(0, 1))
    test(`${kind} of ${n}${dealt ? ' with a dealer' : ''}: nobody is lost, no stretch is long`, async () => {
      const names = dealt ? ['alice', 'bob', 'dealer'] : ['alice', 'bob'];
      const first = dealt ? {} : { beaver_type: 'TrustedFirstParty' };
      const parties = launch(await cluster(names, hasty), 'longWork', {
        kind,
        n,
        config: { ...config, ...first, max_concurrency: 1 },
      });
      try {
        for (const name of ['alice', 'bob']) {
          const { some, ms, gap } = await parties[name]!.value<LongWork>();
          for (const [i, value] of longWorkClear(kind, n).entries())
            assert.ok(Math.abs(some[i]! - value) < 1e-3, `${name}: ${some} at ${i}: ${value}`);
          assert.ok(gap < GAP_MS, `${name}: nothing else could happen for ${gap} of ${ms} ms`);
        }
      } finally {
        end(parties);
      }
    });

test.run();
