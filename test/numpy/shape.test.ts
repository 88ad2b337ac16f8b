/** @file Rearranging and making arrays, with NumPy's results written out or built by index. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { counted, fill } from './arrays.ts';
import { both, throwsBoth, value } from './both.ts';

const shapeOf = (fn: (x: BaseArray) => unknown, x: NDArray): readonly number[] => both(fn, x)[0]!.shape;

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
