/** @file Rearranging, joining and splitting, with NumPy's results written out or built by index. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/array.ts';
import { NDArray } from '../../src/ir/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { both, throwsBoth, value } from './both.ts';

const counted = (...shape: number[]): NDArray => {
  const n = shape.reduce((a, b) => a * b, 1);
  return new NDArray(
    shape,
    'fxp',
    Float64Array.from({ length: n }, (_, i) => i),
  );
};
const shapeOf = (fn: (x: BaseArray) => unknown, x: NDArray): readonly number[] => both(fn, x)[0]!.shape;

/** An independent reading: a function of the index, filled into nested arrays. */
const fill = (shape: readonly number[], at: (index: number[]) => number, index: number[] = []): unknown =>
  index.length === shape.length
    ? at(index)
    : Array.from({ length: shape[index.length]! }, (_, i) => fill(shape, at, [...index, i]));

const flatAt = (shape: readonly number[], index: readonly number[]): number =>
  index.reduce((acc, i, axis) => acc * shape[axis]! + i, 0);

const anyShape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

test('transpose, swapaxes and moveaxis move every element where NumPy does', () => {
  const permuted = anyShape.chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.shuffledSubarray(
        shape.map((_, i) => i),
        { minLength: shape.length },
      ),
    ),
  );
  fc.assert(
    fc.property(permuted, ([shape, perm]) => {
      const x = counted(...shape);
      const want = fill(
        perm.map((p) => shape[p]!),
        (index) =>
          flatAt(
            shape,
            shape.map((_, axis) => index[perm.indexOf(axis)]!),
          ),
      );
      assert.equal(
        value((a) => np.transpose(a, perm), x),
        want,
      );
    }),
  );
  assert.equal(
    value((a) => a.T, counted(2, 3)),
    [
      [0, 3],
      [1, 4],
      [2, 5],
    ],
  );
  assert.equal(
    shapeOf((a) => np.swapaxes(a, 0, -1), counted(2, 3, 4)),
    [4, 3, 2],
  );
  assert.equal(
    shapeOf((a) => np.moveaxis(a, 0, -1), counted(2, 3, 4)),
    [3, 4, 2],
  );
  assert.equal(
    shapeOf((a) => np.moveaxis(a, [0, 1], [-1, -2]), counted(2, 3, 4)),
    [4, 3, 2],
  );
  throwsBoth((a) => np.transpose(a, [0, 0]), [counted(2, 3)], 'SHAPE', "duplicate value in 'axis'");
  throwsBoth((a) => np.transpose(a, [0]), [counted(2, 3)], 'SHAPE', "axes don't match array");
  throwsBoth(
    (a) => np.swapaxes(a, 0, 2),
    [counted(2, 3)],
    'SHAPE',
    'axis 2 is out of bounds for array of dimension 2',
  );
});

test('reshape', () => {
  assert.equal(
    value((a) => np.reshape(a, [3, -1]), counted(2, 3)),
    [
      [0, 1],
      [2, 3],
      [4, 5],
    ],
  );
  assert.equal(
    value((a) => a.reshape(3, 2), counted(6)),
    [
      [0, 1],
      [2, 3],
      [4, 5],
    ],
  );
  assert.equal(
    value((a) => a.reshape([-1]), counted(2, 2)),
    [0, 1, 2, 3],
  );
  assert.equal(
    shapeOf((a) => a.reshape(0, 5), counted(5, 0)),
    [0, 5],
  );
  assert.equal(
    shapeOf((a) => a.ravel(), counted(2, 0)),
    [0],
  );
  throwsBoth(
    (a) => a.reshape(4, 2),
    [counted(2, 3)],
    'SHAPE',
    'cannot reshape array of size 6 into shape (4,2)',
  );
  throwsBoth(
    (a) => a.reshape(4, -1),
    [counted(2, 3)],
    'SHAPE',
    'cannot reshape array of size 6 into shape (4,-1)',
  );
  throwsBoth((a) => a.reshape(-1, -1), [counted(4)], 'SHAPE', 'can only specify one unknown dimension');
  throwsBoth((a) => a.reshape(0, -1), [counted(0)], 'SHAPE', 'cannot reshape');
});

test('expandDims, squeeze, broadcastTo', () => {
  assert.equal(
    shapeOf((a) => np.expandDims(a, [0, -1]), counted(2, 3)),
    [1, 2, 3, 1],
  );
  assert.equal(
    shapeOf((a) => np.squeeze(a), counted(1, 2, 1)),
    [2],
  );
  assert.equal(
    shapeOf((a) => np.squeeze(a, 0), counted(1, 2, 1)),
    [2, 1],
  );
  throwsBoth((a) => np.squeeze(a, 1), [counted(1, 2)], 'SHAPE', 'size not equal to one');
  assert.equal(
    value((a) => np.broadcastTo(a, [2, 2]), counted(2, 1)),
    [
      [0, 0],
      [1, 1],
    ],
  );
  throwsBoth(
    (a) => np.broadcastTo(a, [2]),
    [counted(3)],
    'SHAPE',
    'shape (3,) cannot be broadcast to shape (2,)',
  );
});

test('flip, roll, tile, repeat', () => {
  assert.equal(
    value((a) => np.flip(a), counted(2, 3)),
    [
      [5, 4, 3],
      [2, 1, 0],
    ],
  );
  assert.equal(
    value((a) => np.flip(a, 1), counted(2, 3)),
    [
      [2, 1, 0],
      [5, 4, 3],
    ],
  );
  assert.equal(
    shapeOf((a) => np.flip(a), counted(0, 3)),
    [0, 3],
  );
  assert.equal(
    value((a) => np.roll(a, 1), counted(2, 3)),
    [
      [5, 0, 1],
      [2, 3, 4],
    ],
  );
  assert.equal(
    value((a) => np.roll(a, -4, 1), counted(2, 3)),
    [
      [1, 2, 0],
      [4, 5, 3],
    ],
  );
  assert.equal(
    value((a) => np.roll(a, [1, 1], [0, 1]), counted(2, 2)),
    [
      [3, 2],
      [1, 0],
    ],
  );
  assert.equal(
    value((a) => np.tile(a, 2), counted(2, 2)),
    [
      [0, 1, 0, 1],
      [2, 3, 2, 3],
    ],
  );
  assert.equal(
    value((a) => np.tile(a, [2, 1]), counted(2)),
    [
      [0, 1],
      [0, 1],
    ],
  );
  assert.equal(
    value((a) => np.repeat(a, 2), counted(2)),
    [0, 0, 1, 1],
  );
  assert.equal(
    value((a) => np.repeat(a, 2, 0), counted(2, 2)),
    [
      [0, 1],
      [0, 1],
      [2, 3],
      [2, 3],
    ],
  );
  assert.equal(
    shapeOf((a) => np.repeat(a, 0, 0), counted(2, 2)),
    [0, 2],
  );
});

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

test('slices follow Python', () => {
  const bound = fc.option(fc.integer({ min: -7, max: 7 }));
  const step = fc.option(fc.integer({ min: -3, max: 3 }).filter((s) => s !== 0));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6 }), bound, bound, step, (n, from, to, by) => {
      const s = by ?? 1;
      const clamp = (b: number | null, otherwise: number) =>
        b === null
          ? otherwise
          : s > 0
            ? Math.min(Math.max(b < 0 ? b + n : b, 0), n)
            : Math.min(Math.max(b < 0 ? b + n : b, -1), n - 1);
      const want: number[] = [];
      const [first, last] = s > 0 ? [clamp(from, 0), clamp(to, n)] : [clamp(from, n - 1), clamp(to, -1)];
      for (let i = first; s > 0 ? i < last : i > last; i += s) want.push(i);
      assert.equal(
        value((x) => np.slice(x, [from, to, by]), counted(n)),
        want,
      );
      assert.equal(
        value((x) => x.slice(`${from ?? ''}:${to ?? ''}:${by ?? ''}`), counted(n)),
        want,
      );
    }),
  );
});

test('slices of several axes', () => {
  const x = counted(2, 3, 4);
  assert.equal(
    value((a) => np.slice(a, 1, -1), x),
    [20, 21, 22, 23],
  );
  assert.equal(
    value((a) => a.slice('...', 0), x),
    [
      [0, 4, 8],
      [12, 16, 20],
    ],
  );
  assert.equal(
    value((a) => a.slice(0, [1, 3], ':2'), x),
    [
      [4, 5],
      [8, 9],
    ],
  );
  assert.equal(
    shapeOf((a) => a.slice(null, ':', 0), x),
    [1, 2, 4],
  );
  assert.equal(
    value((a) => a.at(1, 2, 3), x),
    23,
  );
  throwsBoth((a) => a.at(2), [x], 'RANGE', 'index 2 is out of bounds for axis 0 with size 2');
  throwsBoth(
    (a) => a.at(0, 0, 0, 0),
    [x],
    'SHAPE',
    'too many indices for array: array is 3-dimensional, but 4',
  );
  throwsBoth((a) => a.slice('1;2'), [x], 'INVALID_ARGUMENT', "not of the form 'start:stop:step'");
  throwsBoth((a) => a.slice([0, 1, 0]), [x], 'INVALID_ARGUMENT', 'slice step cannot be zero');
  throwsBoth((a) => a.slice('...', '...'), [x], 'INVALID_ARGUMENT', 'single ellipsis');
});

test('take', () => {
  assert.equal(
    value((a) => np.take(a, [2, 0, -1], 1), counted(2, 3)),
    [
      [2, 0, 2],
      [5, 3, 5],
    ],
  );
  assert.equal(
    value(
      (a) =>
        np.take(a, [
          [1, 0],
          [3, 5],
        ]),
      counted(2, 3),
    ),
    [
      [1, 0],
      [3, 5],
    ],
  );
  assert.equal(
    value((a) => np.take(a, 1, 0), counted(2, 3)),
    [3, 4, 5],
  );
  assert.equal(
    shapeOf((a) => np.take(a, np.zeros([0], 'int64'), 0), counted(2, 3)),
    [0, 3],
  );
  throwsBoth(
    (a) => np.take(a, [3], 1),
    [counted(2, 3)],
    'RANGE',
    'index 3 is out of bounds for axis 1 with size 3',
  );
  throwsBoth((a) => np.take(a, [0.5], 1), [counted(2, 3)], 'INVALID_ARGUMENT', 'an index is a whole number');
});

test('dynamicSlice and dynamicUpdateSlice hold the block inside', () => {
  const x = counted(5);
  assert.equal(
    value((a) => np.dynamicSlice(a, [1], [2]), x),
    [1, 2],
  );
  assert.equal(
    value((a) => np.dynamicSlice(a, [9], [2]), x),
    [3, 4],
  );
  assert.equal(
    value((a) => np.dynamicSlice(a, [-9], [2]), x),
    [0, 1],
  );
  assert.equal(
    value((a) => np.dynamicUpdateSlice(a, [7, 8], [4]), x),
    [0, 1, 2, 7, 8],
  );
  assert.equal(
    value((a) => np.dynamicUpdateSlice(a, [[9]], [1, 0]), counted(2, 2)),
    [
      [0, 1],
      [9, 3],
    ],
  );
  throwsBoth((a) => np.dynamicSlice(a, [0], [6]), [x], 'SHAPE', 'size 6 does not fit axis 0 of size 5');
  throwsBoth((a) => np.dynamicSlice(a, [0, 0], [2]), [x], 'SHAPE', 'the index has 2 entries');
  throwsBoth((a) => np.dynamicSlice(a, [0.5], [2]), [x], 'DTYPE', 'an index is an integer scalar');
});

test('creation', () => {
  const plain = (x: BaseArray) => (x as NDArray).toArray();
  assert.equal(plain(np.arange(3)), [0, 1, 2]);
  assert.is(np.arange(3).dtype, 'int64');
  assert.equal(plain(np.arange(1, 2, 0.25)), [1, 1.25, 1.5, 1.75]);
  assert.equal(plain(np.arange(5, 0, -2)), [5, 3, 1]);
  assert.equal(plain(np.linspace(0, 1, 5)), [0, 0.25, 0.5, 0.75, 1]);
  assert.equal(plain(np.linspace(2, 3, 1)), [2]);
  assert.equal(plain(np.eye(2, 3, 1)), [
    [0, 1, 0],
    [0, 0, 1],
  ]);
  assert.equal(plain(np.full([2], 7, 'int8')), [7, 7]);
  assert.equal(plain(np.ones([2, 1], 'bool')), [[true], [true]]);
  assert.equal(np.zeros([0, 3]).shape, [0, 3]);
  assert.is(np.zerosLike(Int8Array.of(1)).dtype, 'int8');
  assert.is(np.array([1, 2]).dtype, 'fxp');
  assert.is(np.array([true]).dtype, 'bool');
  assert.throws(() => np.zeros([-1]), /a shape holds whole numbers from 0/);
  assert.throws(() => np.arange(0, 1, 0), /a step other than 0/);
  const mine = Float64Array.of(1, 2);
  const copy = np.array(mine) as NDArray;
  mine[0] = 9;
  assert.equal(copy.toArray(), [1, 2]);
});

test.run();
