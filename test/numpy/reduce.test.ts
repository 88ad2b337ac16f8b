/** @file Reductions and products against loops in plain JavaScript. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { both, throwsBoth, value } from './both.ts';

const M = [
  [1, -2, 3],
  [4, 5, -6],
];

test('sum, mean, var, std', () => {
  assert.is(
    value((x) => np.sum(x), M),
    5,
  );
  assert.equal(
    value((x) => np.sum(x, 0), M),
    [5, 3, -3],
  );
  assert.equal(
    value((x) => x.sum(-1), M),
    [2, 3],
  );
  assert.equal(
    value((x) => np.sum(x, { axis: 1, keepdims: true }), M),
    [[2], [3]],
  );
  assert.equal(
    value((x) => np.sum(x, { axis: [0, 1], keepdims: true }), M),
    [[5]],
  );
  assert.is(
    value((x) => np.sum(x), []),
    0,
  );
  assert.equal(
    value((x) => np.mean(x, 0), M),
    [2.5, 1.5, -1.5],
  );
  assert.is(
    value((x) => x.mean(), [1, 2, 3, 4]),
    2.5,
  );
  assert.is(
    value((x) => x.var(), [1, 2, 3, 4]),
    1.25,
  );
  assert.is(
    value((x) => np.var(x, { ddof: 1 }), [1, 2, 3, 4, 5]),
    2.5,
  );
  assert.equal(
    value(
      (x) => np.std(x, 1),
      [
        [1, 3],
        [2, 6],
      ],
    ),
    [1, 2],
  );
  throwsBoth((x) => np.mean(x), [[]], 'SHAPE', 'mean of empty slice');
  throwsBoth((x) => np.sum(x, 2), [M], 'SHAPE', 'axis 2 is out of bounds for array of dimension 2');
  throwsBoth((x) => np.sum(x, [0, 0]), [M], 'SHAPE', "duplicate value in 'axis'");
  throwsBoth(
    (x) => np.sum(x, { axes: 0 } as never),
    [M],
    'INVALID_ARGUMENT',
    'unknown option "axes": did you mean "axis"',
  );
});

test('sums of integers and bools are 64 bits wide', () => {
  const dtype = (d: string) => both((x) => np.sum(x), NDArray.from([1, 1], d))[0]!.dtype;
  assert.is(dtype('int8'), 'int64');
  assert.is(dtype('uint8'), 'uint64');
  assert.is(dtype('bool'), 'int64');
  assert.is(
    value((x) => np.sum(x), Uint8Array.of(200, 200)),
    400,
  );
});

test('max, min, argmax, argmin', () => {
  assert.is(
    value((x) => np.max(x), M),
    5,
  );
  assert.equal(
    value((x) => np.min(x, 0), M),
    [1, -2, -6],
  );
  assert.equal(
    value((x) => np.max(x, { axis: [0, 1], keepdims: true }), M),
    [[5]],
  );
  assert.is(
    value((x) => np.argmax(x), M),
    4,
  );
  assert.equal(
    value(
      (x) => np.argmax(x, 1),
      [
        [1, 3, 3],
        [2, 0, 2],
      ],
    ),
    [1, 0],
  );
  assert.equal(
    value((x) => np.argmin(x, { axis: 0, keepdims: true }), M),
    [[0, 0, 1]],
  );
  assert.is(
    value((x) => np.max(x), [true, false]),
    true,
  );
  assert.is(
    value((x) => np.argmax(x), [false, true]),
    1,
  );
  assert.is(
    value((x) => np.max(x), 3),
    3,
  );
  assert.equal(
    value((x) => np.max(x, 0), new NDArray([2, 0], 'fxp', new Float64Array(0))),
    [],
  );
  throwsBoth(
    (x) => np.max(x),
    [[]],
    'SHAPE',
    'zero-size array to reduction operation maximum which has no identity',
  );
  throwsBoth((x) => np.argmin(x), [[]], 'SHAPE', 'attempt to get argmin of an empty sequence');
});

test('all, any', () => {
  const x = [
    [true, false],
    [true, true],
  ];
  assert.equal(
    value((a) => np.all(a, 1), x),
    [false, true],
  );
  assert.equal(
    value((a) => np.any(a, { axis: 0, keepdims: true }), x),
    [[true, true]],
  );
  assert.is(
    value((a) => np.all(a), []),
    true,
  );
  assert.is(
    value((a) => np.any(a), []),
    false,
  );
  assert.is(
    value((a) => np.any(a), [0, 0.5]),
    true,
  );
});

test('reductions over random axes agree with a loop', () => {
  const cases = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }).chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.subarray(
        shape.map((_, i) => i),
        { minLength: 1 },
      ),
      fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 256, maxLength: 256 }),
    ),
  );
  fc.assert(
    fc.property(cases, ([shape, axes, pool]) => {
      const n = shape.reduce((a, b) => a * b, 1);
      const data = Float64Array.from({ length: n }, (_, i) => pool[i]!);
      const groups = new Map<string, number[]>();
      for (let flat = 0; flat < n; flat++) {
        let rest = flat;
        const index = shape.toReversed().map((size) => {
          const i = rest % size;
          rest = Math.floor(rest / size);
          return i;
        });
        const key = index
          .reverse()
          .filter((_, axis) => !axes.includes(axis))
          .join();
        groups.set(key, [...(groups.get(key) ?? []), data[flat]!]);
      }
      const x = new NDArray(shape, 'fxp', data);
      const check = (fn: (a: BaseArray) => BaseArray, reference: (list: number[]) => number): void =>
        assert.equal([...(both(fn, x)[0]!.data as Float64Array)], [...groups.values()].map(reference));
      check(
        (a) => np.sum(a, axes),
        (list) => list.reduce((p, q) => p + q, 0),
      );
      check(
        (a) => np.max(a, axes),
        (list) => Math.max(...list),
      );
      check(
        (a) => np.min(a, { axis: axes, keepdims: true }),
        (list) => Math.min(...list),
      );
    }),
    { numRuns: 50 },
  );
});

const dots = (a: number[][], b: number[][]): number[][] =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((s, x, k) => s + x * b[k]![j]!, 0)));

test('matmul', () => {
  const B = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  assert.equal(value(np.matmul, M, B), dots(M, B));
  assert.equal(value(np.matmul, M, [1, 2, 3]), [6, -4]);
  assert.equal(value(np.matmul, [1, 2], M), [9, 8, -9]);
  assert.is(value(np.matmul, [1, 2], [3, 4]), 11);
  const stack = [M, M.map((r) => r.map((v) => v + 1))];
  assert.equal(
    value(np.matmul, stack, B),
    stack.map((m) => dots(m, B)),
  );
  assert.equal(value(np.matmul, M, [B, B]), [dots(M, B), dots(M, B)]);
  assert.equal(
    value(np.matmul, stack, [B, B]),
    stack.map((m) => dots(m, B)),
  );
  assert.equal(value(np.matmul, Int32Array.of(2 ** 30, 3), Int32Array.of(4, 1)), 3);
  assert.equal(value(np.matmul, [[true, false]], [[true], [true]]), [[true]]);
  assert.equal(
    both(
      np.matmul,
      new NDArray([2, 0], 'fxp', new Float64Array(0)),
      new NDArray([0, 3], 'fxp', new Float64Array(0)),
    )[0]!.toArray(),
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  );
  throwsBoth(
    np.matmul,
    [M, [[1], [2], [3], [4]]],
    'SHAPE',
    'matmul: input operand 1 has a mismatch in its core dimension 0, with shapes (2,3) and (4,1) (size 4 is different from 3)',
  );
  throwsBoth(np.matmul, [M, 2], 'SHAPE', 'matmul: input operand 1 does not have enough dimensions (has 0)');
  throwsBoth(np.matmul, [stack, [B, B, B]], 'SHAPE', 'could not be broadcast together with shapes (2,) (3,)');
});

test('dot, vdot, inner, outer', () => {
  assert.equal(value(np.dot, M, 2), [
    [2, -4, 6],
    [8, 10, -12],
  ]);
  assert.equal(
    value((x) => x.dot([1, 1, 1]), M),
    [2, 3],
  );
  const cube = [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
  ];
  const want = [
    [1, 0],
    [0, 2],
  ].map((row) => cube.map((c) => c[0]!.map((_, j) => row[0]! * c[0]![j]! + row[1]! * c[1]![j]!)));
  assert.equal(
    value(
      np.dot,
      [
        [1, 0],
        [0, 2],
      ],
      cube,
    ),
    want,
  );
  assert.is(
    value(
      np.vdot,
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ),
    70,
  );
  assert.equal(
    value(
      np.inner,
      [[1, 2]],
      [
        [3, 4],
        [5, 6],
      ],
    ),
    [[11, 17]],
  );
  assert.equal(value(np.outer, [1, 2], [3, 4, 5]), [
    [3, 4, 5],
    [6, 8, 10],
  ]);
  throwsBoth(
    np.dot,
    [
      [1, 2],
      [1, 2, 3],
    ],
    'SHAPE',
    'size 3 is different from 2',
  );
});

test.run();
