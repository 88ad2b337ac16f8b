/** @file Plain arrays: what is taken in, what is refused and how that is said, printing. Pytrees and shapes too. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten, type TreeDef, unflatten } from '../../src/ir/trace/pytree.ts';
import { throws } from '../numpy/both.ts';

const made = (...args: Parameters<typeof NDArray.from>): string => {
  const x = NDArray.from(...args);
  return `${x.dtype}[${x.shape.join()}] ${JSON.stringify(x)}`;
};

test('dtypes of what is taken in', () => {
  assert.is(made([1, 2]), 'fxp[2] [1,2]');
  assert.is(made([[true], [false]]), 'bool[2,1] [[true],[false]]');
  assert.is(made([1n, 2n]), 'int64[2] [1,2]');
  assert.is(made(5n), 'int64[] 5');
  assert.is(made([1, true]), 'fxp[2] [1,1]');
  assert.is(made(3), 'fxp[] 3');
  assert.is(made(Float32Array.of(0.5)), 'fxp[1] [0.5]');
  assert.is(made([Int8Array.of(1, 2), Int16Array.of(3, 4)]), 'int16[2,2] [[1,2],[3,4]]');
  assert.is(made([NDArray.from([1, 2]), [3, 4]]), 'fxp[2,2] [[1,2],[3,4]]');
  assert.is(made([]), 'fxp[0] []');
  assert.is(made([[], []]), 'fxp[2,0] [[],[]]');
  assert.is(made([1.9, -1.9], 'int8'), 'int8[2] [1,-1]');
  assert.is(made([0, 2], 'bool'), 'bool[2] [false,true]');
  assert.is(made(Int32Array.of(1), 'float64'), 'fxp[1] [1]');
  assert.is(String(NDArray.from([NaN, -Infinity])), '[ nan -inf]');
});

test('ragged arrays and strangers are refused, with the place', () => {
  throws(() => NDArray.from([[1, 2], [3]]), 'SHAPE', 'ragged array: [1] is an array of shape (1,)');
  throws(
    () => NDArray.from([1, [2]]),
    'SHAPE',
    'ragged array: [1] is an array of shape (1,), but its neighbours are numbers',
  );
  throws(
    () => NDArray.from([[1], 2]),
    'SHAPE',
    'ragged array: [1] is a number, but its neighbours are arrays of shape (1,)',
  );
  throws(() => NDArray.from([[[1]], [[2, 3]]]), 'SHAPE', '[1][0] is an array of shape (2,)');
  throws(() => NDArray.from([[], [1]]), 'SHAPE', 'ragged array: [1] is');
  throws(() => NDArray.from([[1], []]), 'SHAPE', 'ragged array: [1] is an array of shape (0,)');
  throws(() => NDArray.from([[1, 'x']] as never), 'DTYPE', '[0][1] is the string "x", not a number');
  throws(() => NDArray.from([1, null] as never), 'DTYPE', '[1] is null');
  throws(() => NDArray.from(undefined as never), 'DTYPE', 'the value is undefined, not a number');
  throws(() => NDArray.from({ a: 1 } as never), 'DTYPE', 'the value is Object');
  throws(() => NDArray.from([[1, 300]], 'uint8'), 'RANGE', '300 at [0][1] is out of bounds for uint8');
  throws(() => NDArray.from([NaN], 'int32'), 'RANGE', 'cannot convert NaN at [0] to int32');
  throws(() => NDArray.from([1], 'float16'), 'DTYPE', 'unknown dtype "float16"');
  throws(() => new NDArray([3], 'fxp', new Float64Array(2)), 'SHAPE', '2 elements do not fill');
  throws(
    () => new NDArray([2], 'fxp', new Int8Array(2)),
    'DTYPE',
    'data of an array of float64 is Int8Array',
  );
});

test('to JavaScript', () => {
  assert.is(NDArray.from([[7]]).item(), 7);
  assert.is(Number(NDArray.from([7])), 7);
  assert.is(NDArray.from([true]).item(), true);
  assert.equal(
    [
      ...NDArray.from([
        [1, 2],
        [3, 4],
      ]),
    ].map((row) => row.toArray()),
    [
      [1, 2],
      [3, 4],
    ],
  );
  throws(() => NDArray.from([1, 2]).item(), 'SHAPE', 'can only convert an array of size 1');
  throws(() => NDArray.from([2n ** 60n]).toArray(), 'RANGE', 'beyond the whole numbers of JavaScript');
  // BigInts keep their digits, or there is an error.
  const large = NDArray.from([2n ** 63n + 1n, 5n]);
  assert.equal([large.dtype, ...large.data], ['uint64', 2n ** 63n + 1n, 5n]);
  throws(() => NDArray.from([2n ** 64n]), 'RANGE', 'out of bounds for uint64');
  throws(() => NDArray.from([2n ** 63n + 1n, -1n]), 'RANGE', 'is no float64');
  throws(() => NDArray.from([0.5, 2n ** 61n + 1n]), 'RANGE', 'at [1] is no float64');
  assert.equal([...NDArray.from([2n ** 53n, 0.5]).data], [2 ** 53, 0.5]);
  assert.equal([...NDArray.from([2n ** 61n + 1n], 'float64').data], [2 ** 61]);
  throws(() => [...NDArray.from(1)], 'SHAPE', 'iteration over a 0-d array');
});

test('printing', () => {
  const rows = [
    [1, 2.5],
    [-3, 1e-9],
  ];
  assert.is(String(NDArray.from(rows)), '[[  1.  2.5]\n [ -3. 1e-9]]');
  assert.is(String(NDArray.from([[[1]], [[2]]], 'int8')), '[[[1]]\n\n [[2]]]');
  assert.is(String(NDArray.from(true)), 'True');
  assert.match(String(NDArray.from(new Float64Array(2000))), /^\[0\. 0\. 0\. \.\.\. 0\. 0\. 0\.\]$/);
});

const tree = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('tree'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).tree;

test('pytrees come back as they were, also after travelling as JSON', () => {
  fc.assert(
    fc.property(tree, (t) => {
      const { leaves, def, paths } = flatten(t);
      assert.is(paths.length, leaves.length);
      assert.equal(unflatten(JSON.parse(JSON.stringify(def)) as TreeDef, leaves), t);
    }),
  );
});

test('pytrees: order, paths, errors', () => {
  const { leaves, paths } = flatten({ b: 1, a: [2, { 'odd key': 3 }] });
  assert.equal(leaves, [2, 3, 1]);
  assert.equal(paths, ['.a[0]', '.a[1]["odd key"]', '.b']);
  throws(
    () => unflatten({ kind: 'leaf' }, []),
    'INVALID_ARGUMENT',
    'a tree of 1 leaves cannot be built from 0',
  );
  const cycle: unknown[] = [];
  cycle.push(cycle);
  throws(() => flatten(cycle), 'INVALID_ARGUMENT', 'nested deeper than 256');
});

test.run();
