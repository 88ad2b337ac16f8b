/** Calls mean the same at both parties, and as in a simulation; failures that nobody has seen are told. */
import * as assert from 'uvu/assert';
import { MEANING, weights } from '../device/meaning.ts';
import { cluster, launch, type Options, suite, values } from './harness.ts';
import type { Sent } from './messages.ts';

const test = suite('production/calls');
const TWO = ['alice', 'bob'] as const;
const trusting = (_: string, o: Options): Options => ({ ...o, allowTrustedFirstParty: true });

test('arguments are read at the call, also by parties of different speed; values arrive as in a simulation', async () => {
  const out = await values<typeof MEANING & { w: number[]; codes: unknown[] }>(
    launch(await cluster(TWO, trusting), 'meaning'),
  );
  for (const [party, { w, codes, ...rest }] of Object.entries(out)) {
    assert.equal(rest, MEANING, party);
    weights().forEach((want, i) => {
      assert.ok(Math.abs(w[i]! - want) < 0.002, `${party}: ${w[i]}, ${want}`);
    });
    // A value of alice's that is refused is her error; bob hears that she has failed.
    const gap = party === 'alice' ? 'DTYPE' : 'PARTY_FAILED';
    assert.equal(codes, ['SERIALIZATION', 'INVALID_ARGUMENT', 'UNUSED_CONDITION', gap, true, true], party);
  }
});

for (const unseen of ['print', 'throw'] as const)
  test(`failures that nobody has seen, unseen: '${unseen}'`, async () => {
    const options = await cluster(TWO, (self, o) => ({ ...trusting(self, o), unseen }));
    const out = await values<{ lines: string[]; ended?: Sent }>(launch(options, 'unseen'));
    for (const [party, { lines, ended }] of Object.entries(out)) {
      const told = unseen === 'print' ? lines : (ended?.details.failures as unknown as string[]);
      assert.is(told.length, 2, `${party}: ${told.join('\n')}`);
      for (const line of [
        /alice op #\d+ \(function "load", called at .*programs-values\.js/,
        /bob op #\d+ \(input of bob, called at .*programs-values\.js/,
      ])
        assert.ok(
          told.some((t) => line.test(t)),
          `${party}: ${told.join('\n')}`,
        );
      if (unseen === 'print') assert.is(ended, undefined);
      else assert.equal([lines, ended?.code], [[], 'PARTY_FAILED']);
    }
  });

test('what the last of many functions throws is told to the others before the session ends', async () => {
  const out = await values<Sent | undefined>(
    launch(await cluster(TWO, trusting), 'throwsAtTheEnd', { calls: 60 }),
  );
  for (const [party, ended] of Object.entries(out))
    assert.match(ended?.message ?? '', /alice op #\d+ \(function "count".*/, party);
});

test.run();
