/** @file What is asked of dtypes, ranks and index lists, which are public; functions of functions; and errors of what puts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import * as np from '../../src/numpy/index.ts';
import { throws, value } from './both.ts';
import { secretly } from './secretly.ts';

const M = [
  [1, 2, 3],
  [4, 5, 6],
];

test('dtypes', () => {
  assert.is(np.promoteTypes('int8', 'uint8'), 'int16');
  assert.is(np.promoteTypes('uint64', 'int64'), 'float64');
  assert.is(np.promoteTypes('bool', 'int32'), 'int32');
  assert.is(np.resultType(np.zeros([2], 'int8'), 3), 'int8');
  assert.is(np.resultType('int8', np.zeros([], 'int32'), 0.5), 'float64');
  for (const [from, to, want] of [
    ['int32', 'int64', true],
    ['int64', 'int32', false],
    ['uint8', 'int8', false],
    ['uint8', 'int16', true],
    ['int64', 'float64', true],
    ['float64', 'int64', false],
    ['bool', 'uint8', true],
  ] as const)
    assert.is(np.canCast(from, to), want, `${from} to ${to}`);
  assert.ok(np.isdtype('int8', 'integral') && np.isdtype('uint8', 'unsigned integer'));
  assert.ok(np.isdtype('float64', ['bool', 'real floating']) && np.isdtype('int32', 'int32'));
  assert.not(np.isdtype('bool', 'numeric') || np.isdtype('float64', 'integral'));
  assert.not(np.isdtype('float64', 'complex floating'));
  throws(() => np.isdtype('int8', 'float16'), 'DTYPE', 'unknown dtype');
  throws(() => np.promoteTypes('int8', 'complex64'), 'DTYPE', 'unknown dtype');
  assert.equal(
    [np.isscalar(3), np.isscalar([3]), np.iterable(3), np.iterable([3])],
    [true, false, false, true],
  );
});

test('index lists', () => {
  assert.equal(
    np.maskIndices(3, np.triu as never, 1).map((x) => x.toArray()),
    [
      [0, 0, 1],
      [1, 2, 2],
    ],
  );
  assert.equal(
    np
      .ravelMultiIndex(
        [
          [0, 1],
          [2, 0],
        ],
        [2, 3],
      )
      .toArray(),
    [2, 3],
  );
  const ints = (list: number[]) => np.asarray(list, 'int64') as never;
  secretly((x, y) => np.ravelMultiIndex([x, y], [2, 3]), [ints([0, 1]), ints([2, 0])]);
  assert.equal(
    np.ix([1, 2], [3, 4, 5]).map((x) => x.shape),
    [
      [2, 1],
      [1, 3],
    ],
  );
  throws(() => np.ravelMultiIndex([[2], [0]], [2, 3]), 'RANGE', 'axis 0');
  throws(() => np.ravelMultiIndex([[1]], [2, 3]), 'SHAPE', '1 lists for 2 axes');
  throws(() => np.ix(M), 'SHAPE', 'takes lists');
  throws(() => np.diagIndicesFrom(M), 'SHAPE', 'one length');
  throws(() => np.trilIndicesFrom([1]), 'SHAPE', 'takes a matrix');
  throws(() => np.rollaxis(M, 2), 'SHAPE', '');
});

test('functions of functions', () => {
  const total = (x: BaseArray): number => np.applyOverAxes((y, axis) => np.sum(y, axis), x, [0, 1]) as never;
  assert.equal(value(total as never, M), [[21]]);
  assert.equal(
    value((x) => np.applyOverAxes((y, axis) => np.flip(y, axis), x, -1), M),
    [
      [3, 2, 1],
      [6, 5, 4],
    ],
  );
  const step = np.vectorize((x, y) => np.where(np.less(x, y!), np.add(x, y!), 0));
  assert.equal(
    value((x) => step(x, [2, 3, 9]), M),
    [
      [3, 5, 12],
      [0, 0, 15],
    ],
  );
  secretly((x) => step(x, [2, 3, 9]), [M], { FM128: 0, FM64: 0 });
  throws(() => step(), 'INVALID_ARGUMENT', 'no arguments');
  throws(() => np.applyOverAxes((y) => np.sum(y), M, 0), 'SHAPE', 'of 2 axes the function made 0');
});

test('what is put where', () => {
  throws(() => np.put(M, [6], [1]), 'RANGE', 'out of bounds for an axis of size 6');
  throws(() => np.put(M, [0.5], [1]), 'DTYPE', 'places are integers');
  throws(() => np.put(M, [0], []), 'SHAPE', 'no values');
  throws(() => np.place(M, [true], [1]), 'SHAPE', 'a mask of 1 elements');
  throws(() => np.putAlongAxis(M, [0], 1, 0), 'SHAPE', 'putAlongAxis');
  throws(() => np.putAlongAxis(M, [[3], [0]], 1, 1), 'RANGE', 'size 3');
  assert.equal(np.put(M, [], []).toArray(), M);
  assert.equal(np.place([], [], [1]).toArray(), []);
});

test('bits, lists of a given length, boxes and quotients: errors and empty arrays', () => {
  throws(() => np.packbits([1], null, 'middle' as never), 'INVALID_ARGUMENT', "'big' or 'little'");
  throws(() => np.unpackbits([1]), 'DTYPE', 'takes uint8');
  throws(() => np.nonzero([1], {} as never), 'INVALID_ARGUMENT', 'np.nonzero needs {size}');
  throws(() => np.intersect1d([true], [false], { size: 1 }), 'DTYPE', 'of booleans');
  throws(() => np.histogramdd([1, 2]), 'SHAPE', 'rows of points');
  throws(() => np.histogramdd(M, { bins: [2, 2] }), 'SHAPE', 'each of 3 axes');
  throws(() => secretly((x) => np.histogram2d(x, x), [[1, 2]]), 'INVALID_ARGUMENT', 'needs its range');
  throws(
    () => secretly((x) => np.maskIndices(1, () => np.reshape(x, [1, 1])), [[1]]),
    'UNSUPPORTED',
    'the mask is to be public',
  );
  throws(() => np.polydiv([1], []), 'SHAPE', 'without coefficients');
  assert.equal(
    np.nonzero(np.zeros([0, 2]), { size: 1, fillValue: -1 }).map((x) => x.toArray()),
    [[-1], [-1]],
  );
  assert.equal(
    [
      np.intersect1d([], [1], { size: 2 }),
      np.setdiff1d([3], [], { size: 2 }),
      np.setxor1d([], [], { size: 1 }),
    ].map((x) => x.toArray()),
    [[0, 0], [3, 0], [0]],
  );
  assert.equal(
    np.uniqueAll([], { size: 1 }).map((x) => x.toArray()),
    [[0], [0], [], [0]],
  );
  assert.equal([np.poly([]).toArray(), np.polydiv([4], [2]).map((x) => x.toArray())], [[1], [[2], [0]]]);
});

test.run();
