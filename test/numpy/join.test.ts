/** @file Joining, padding and splitting, with NumPy's results written out or built by index. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { counted } from './arrays.ts';
import { both, throwsBoth, value } from './both.ts';

test('concatenate, stack, vstack, hstack', () => {
  const [a, b] = [counted(2, 2), counted(1, 2)];
  assert.equal(
    value((x, y) => np.concatenate([x, y]), a, b),
    [
      [0, 1],
      [2, 3],
      [0, 1],
    ],
  );
  assert.equal(
    value((x, y) => np.concatenate([x, y.T], 1), a, counted(1, 2)),
    [
      [0, 1, 0],
      [2, 3, 1],
    ],
  );
  assert.equal(
    value((x, y) => np.concatenate([x, y], null), a, b),
    [0, 1, 2, 3, 0, 1],
  );
  assert.equal(
    value((x) => np.stack([x, x.mul(2)], 1), counted(2)),
    [
      [0, 0],
      [1, 2],
    ],
  );
  assert.equal(
    value((x) => np.stack([x, x], -1), counted(2)),
    [
      [0, 0],
      [1, 1],
    ],
  );
  assert.equal(
    value((x) => np.vstack([x, x]), counted(2)),
    [
      [0, 1],
      [0, 1],
    ],
  );
  assert.equal(
    value((x) => np.hstack([x, 7]), counted(2)),
    [0, 1, 7],
  );
  assert.equal(
    value((x) => np.hstack([x, x]), counted(2, 1)),
    [
      [0, 0],
      [1, 1],
    ],
  );
  assert.is(both((x, y) => np.concatenate([x, y]), Int8Array.of(1), [0.5])[0]!.dtype, 'fxp');
  assert.equal(
    value(
      (x) =>
        np.array([
          [x, 1],
          [2, x],
        ]),
      5,
    ),
    [
      [5, 1],
      [2, 5],
    ],
  );
  throwsBoth((x, y) => np.concatenate([x, y], 1), [a, b], 'SHAPE', 'must match exactly: (2,2) (1,2)');
  throwsBoth((x, y) => np.stack([x, y]), [a, b], 'SHAPE', 'must have the same shape: (2,2) (1,2)');
  assert.throws(() => np.concatenate([]), /need at least one array/);
  assert.throws(() => np.concatenate([1, 2]), /zero-dimensional arrays cannot be concatenated/);
});

test('pad', () => {
  assert.equal(
    value((a) => np.pad(a, 1), counted(2)),
    [0, 0, 1, 0],
  );
  assert.equal(
    value((a) => np.pad(a, [0, 2], 9), counted(1)),
    [0, 9, 9],
  );
  const rows = [
    [7, 0, 1],
    [7, 7, 7],
  ];
  const pairs = [
    [0, 1],
    [1, 0],
  ] as const;
  assert.equal(
    value((a) => np.pad(a, pairs, 7), counted(1, 2)),
    rows,
  );
  throwsBoth((a) => np.pad(a, -1), [counted(2)], 'SHAPE', 'widths cannot be negative');
  throwsBoth(
    (a) => np.pad(a, 1, [1, 2]),
    [counted(2)],
    'INVALID_ARGUMENT',
    'the padding is to be a public scalar',
  );
});

test('split', () => {
  const parts = (n: number | number[], axis: number, x: NDArray) =>
    both((a) => np.split(a, n, axis), x).map((p) => p.toArray());
  assert.equal(parts(2, 0, counted(4)), [
    [0, 1],
    [2, 3],
  ]);
  assert.equal(parts([1, 3], 0, counted(4)), [[0], [1, 2], [3]]);
  assert.equal(parts([1], -1, counted(2, 2)), [
    [[0], [2]],
    [[1], [3]],
  ]);
  assert.equal(parts([3, 1], 0, counted(4)), [[0, 1, 2], [], [1, 2, 3]]);
  throwsBoth((a) => np.split(a, 3), [counted(4)], 'SHAPE', 'does not result in an equal division');
});

test.run();
