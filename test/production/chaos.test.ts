/** @file The short form of `npm run chaos`: some rounds of faults, from a seed that is printed. */
import * as assert from 'uvu/assert';
import { chaos } from '../chaos/run.ts';
import { scaled } from '../long.ts';
import { suite } from './harness.ts';

const test = suite('production/chaos');
const FAULTS = scaled(100, 6);

for (const only of ['parties', 'relay'])
  test(`${FAULTS} faults of ${only}: nothing hangs, is wrong, or is blamed on somebody else`, async () => {
    const lines: string[] = [];
    const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
    const { faults, defects } = await chaos({
      faults: FAULTS,
      seed,
      only: [only],
      say: (t) => lines.push(t),
    });
    assert.equal(defects, [], lines.join('\n'));
    assert.ok(faults >= FAULTS);
  });

test.run();
