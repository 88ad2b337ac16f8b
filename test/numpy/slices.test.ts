/** @file Slices, `take` and blocks at places, with NumPy's results written out or built by index. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { counted } from './arrays.ts';
import { both, throwsBoth, value } from './both.ts';

const shapeOf = (fn: (x: BaseArray) => unknown, x: NDArray): readonly number[] => both(fn, x)[0]!.shape;

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
  throwsBoth((a) => np.slice(a, [[0, 3]] as never), [x], 'INVALID_ARGUMENT', 'np.slice(x, [0, 3]) is x[0:3]');
  throwsBoth((a) => np.slice(a, [':', 1] as never), [x], 'INVALID_ARGUMENT', 'public whole numbers, not ":"');
  throwsBoth((a) => np.slice(a, [0, 1, 2, 1] as never), [x], 'INVALID_ARGUMENT', 'np.take(x, places, axis)');
  throwsBoth((a) => np.slice(a, { start: 1 } as never), [x], 'INVALID_ARGUMENT', 'no entry of a slice');
  throwsBoth(
    (a) => np.slice(a, undefined as never),
    [x],
    'INVALID_ARGUMENT',
    'undefined is no entry of a slice',
  );
  throwsBoth(
    (a) => np.slice(a, Int32Array.of(0, 1) as never),
    [x],
    'INVALID_ARGUMENT',
    'no entry of a slice',
  );
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

test.run();
