/** @file The range guard, each party and the dealer a process: all come to one verdict, and the session goes on. */
import * as assert from 'uvu/assert';
import { cluster, launch, suite, values } from './harness.ts';
import type { guardedCalls } from './programs.ts';

const test = suite('production/guard');
const TWO = ['alice', 'bob'] as const;

for (const dealer of [true, false])
  for (const third of [true, false])
    test(`with ${dealer ? 'a dealer' : 'TrustedFirstParty'}${third ? ', and a party that takes no part' : ''}`, async () => {
      const names = [...TWO, ...(third ? ['carol'] : []), ...(dealer ? ['dealer'] : [])];
      const options = await cluster(names, (_, o) => (dealer ? o : { ...o, allowTrustedFirstParty: true }));
      const out = await values<Awaited<ReturnType<typeof guardedCalls>>>(launch(options, 'guarded'));
      for (const party of names.filter((name) => name !== 'dealer')) {
        const { failures, sum, after } = out[party]!;
        for (const f of failures) {
          // What happens at bob alone, or at those of the SPU, is told to the others.
          assert.match(`${f!.code} ${f!.message}`, /^RANGE |^PARTY_FAILED .*\(RANGE\)/, party);
          assert.match(f!.message, /range_guard: np\.multiply at .*programs\.[jt]s:\d+:\d+/);
        }
        assert.ok(Math.abs((sum as number[])[0]! - 0.5) < 1e-6);
        assert.equal(after, [false, false, false]);
      }
    });

test.run();
