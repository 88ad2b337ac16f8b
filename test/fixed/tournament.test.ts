/** Largest and smallest with their places: ties, odd lengths, one element, on secrets by either protocol. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring, seedsOf } from '../gates/harness.ts';

const test = suite('fixed: tournament');

for (const costMode of ['bandwidth', 'latency'] as const) {
  test(`${costMode}: of equal numbers the first wins, and none is left out`, () => {
    const rows = [
      [3],
      [1, 2],
      [2, 1],
      [5, 5],
      [1, 2, 2],
      [2, 2, 1],
      [0, -1, -1, 7, 7],
      [-4, -4, -4, -4, -4, -4, -3],
    ];
    for (const row of rows) {
      const fn = (x: BaseArray) => [np.max(x), np.min(x), np.argmax(x), np.argmin(x)];
      const x = NDArray.from(Float64Array.from(row));
      const { results } = simulate(fn as (...args: never[]) => unknown, [x], {
        ring,
        field: FIELDS.FM64,
        parties: 2,
        costMode,
        seeds: seedsOf(2),
      });
      const [most, least] = [Math.max(...row), Math.min(...row)];
      const want = [most, least, row.indexOf(most), row.indexOf(least)];
      assert.equal(
        results.map((r) => Number(r.data[0])),
        want,
        String(row),
      );
    }
  });
}

test.run();
