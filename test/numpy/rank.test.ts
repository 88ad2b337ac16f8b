/** Arrays of more than 8 dimensions, and ops that go through more than they are given: as on plain arrays. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sizeOf, type Tensor } from '../../src/ir/ops/graph.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

const reals = (...shape: number[]): Tensor => ({
  shape,
  dtype: 'fxp',
  data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7) % 11) - 5),
});
const place: Tensor = { shape: [], dtype: 'int64', data: BigInt64Array.of(1n) };

const NINE = [2, 1, 2, 1, 2, 1, 2, 3, 2];
const TWELVE = [2, 1, 2, 1, 2, 3, 2, 1, 2, 1, 1, 2];
const TURNED = [11, 0, 10, 1, 9, 2, 8, 3, 7, 4, 6, 5];

const PROGRAMS: Readonly<Record<string, readonly [(...xs: never[]) => unknown, ...Tensor[]]>> = {
  'tile of rank 5': [(x: BaseArray) => np.tile(x, [2, 1, 2, 1, 2]), reals(2, 1, 2, 1, 2)],
  'tile of rank 7': [(x: BaseArray) => np.tile(x, [2, 1, 2, 1, 2, 2, 2]), reals(1, 2, 1, 2, 1, 2, 2)],
  transpose: [(x: BaseArray) => np.transpose(np.multiply(x, 2), TURNED), reals(...TWELVE)],
  'transpose of bools': [(x: BaseArray) => np.transpose(np.less(x, 0), TURNED), reals(...TWELVE)],
  sum: [(x: BaseArray) => np.sum(x, [0, 2, 6, 11]), reals(...TWELVE)],
  max: [(x: BaseArray) => np.max(x, 5), reals(...TWELVE)],
  sort: [(x: BaseArray) => np.sort(x, 7), reals(...NINE)],
  'flip and roll': [(x: BaseArray) => np.flip(np.roll(x, 1, 7)), reals(...NINE)],
  broadcast: [(x: BaseArray) => np.add(x, np.ones([3, 2, 1, 2, 1, 2, 1, 2, 3, 1])), reals(...NINE)],
  pad: [(x: BaseArray) => np.pad(x, 1), reals(2, 1, 1, 1, 2, 1, 1, 1, 1)],
  repeat: [(x: BaseArray) => np.repeat(x, 2, 4), reals(...NINE)],
  join: [
    (x: BaseArray) => np.stack([np.concatenate([x, x], 5), np.concatenate([x, x], 5)], 5),
    reals(...NINE),
  ],
  matmul: [(x: BaseArray) => np.matmul(x, np.swapaxes(x, -1, -2)), reals(...NINE)],
  'take at a secret place': [(x: BaseArray, i: BaseArray) => np.take(x, i, 7), reals(...NINE), place],
  'a block at secret places': [
    (x: BaseArray, i: BaseArray) => np.dynamicSlice(x, [i, i, i, i, i], [1, 2, 1, 2, 1]),
    reals(2, 3, 2, 3, 2),
    place,
  ],
  'a block put at secret places': [
    (x: BaseArray, u: BaseArray, i: BaseArray) => np.dynamicUpdateSlice(x, u, [i, i, i, i, i]),
    reals(2, 3, 2, 3, 2),
    reals(1, 2, 1, 2, 1),
    place,
  ],
};

for (const [name, [fn, ...inputs]] of Object.entries(PROGRAMS))
  test(`${name}: as on plain arrays`, () => {
    const want = (fn as (...xs: BaseArray[]) => NDArray)(...inputs.map((t) => NDArray.from(t)));
    for (const [parties, costMode] of [
      [2, 'bandwidth'],
      [2, 'latency'],
      [3, 'bandwidth'],
    ] as const) {
      const { results } = simulate(fn, inputs, { ring, field: FIELDS.FM128, parties, costMode });
      const [got] = results as [NDArray];
      assert.equal(got.shape, want.shape);
      want.data.forEach((v, i) => {
        assert.ok(
          Math.abs(Number(v) - Number(got.data[i])) < 2 ** -18,
          `element ${i}: ${got.data[i]}, not ${v}`,
        );
      });
    }
  });

test.run();
