/** Choosing by conditions and positions, branches, and lists whose length is given: in the clear and on secrets. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { both, throws, throwsBoth, value } from './both.ts';
import { secretly } from './secretly.ts';

const V = Float64Array.of(-2, -0.5, 0, 0.25, 1, 3);
const ints = (...x: number[]): NDArray => np.array(x, 'int32') as NDArray;

test('select, piecewise, choose', () => {
  const pick = (x: BaseArray) =>
    np.select([np.less(x, -1), np.less(x, 1)], [np.square(x), np.negative(x)], 9);
  assert.equal(value(pick, V), [4, 0.5, 0, -0.25, 9, 9]);
  secretly(pick, [V]);
  const parts = (x: BaseArray) =>
    np.piecewise(x, [np.less(x, 0), np.greater(x, 0.5)], [0, (v) => v.mul(2), -1]);
  assert.equal(value(parts, V), [0, 0, -1, -1, 2, 6]);
  secretly(parts, [V]);
  throws(() => np.select([true], [1, 2]), 'SHAPE', '1 conditions and 2 choices');
  const chosen = (i: BaseArray, x: BaseArray) => np.choose(i, [x, np.multiply(x, 10), 7]);
  assert.equal(value(chosen, ints(0, 1, 2, 1, 0, 2), V), [-2, -5, 7, 2.5, 1, 7]);
  secretly(chosen, [ints(0, 1, 2, 1, 0, 2), V]);
});

test('takeAlongAxis of bools and integers, and what does not fit', () => {
  const x = np.array([
    [3, 1, 2],
    [9, 7, 8],
  ]) as NDArray;
  const order = (v: BaseArray) => np.takeAlongAxis(v, np.argsort(v), -1);
  assert.equal(value(order, x), [
    [1, 2, 3],
    [7, 8, 9],
  ]);
  secretly(order, [x]);
  secretly((v) => np.takeAlongAxis(np.less(v, 3), np.argsort(v), -1), [x]);
  throws(() => np.takeAlongAxis(x, [[5], [0]], 1), 'RANGE', 'out of bounds');
  throwsBoth((v) => np.takeAlongAxis(v, v, 1), [[[0.5]]], 'DTYPE', 'places are integers');
  throwsBoth((v) => np.takeAlongAxis(v, ints(1), 1), [x], 'SHAPE', 'takeAlongAxis');
});

test('compress, extract, isin, allclose, fillDiagonal, nanToNum', () => {
  assert.equal(
    value((x) => np.compress([true, false, true, false, true, false], x), V),
    [-2, 0, 1],
  );
  assert.equal(
    value(
      (x) =>
        np.extract(
          [
            [true, false],
            [false, true],
          ],
          x,
        ),
      [
        [1, 2],
        [3, 4],
      ],
    ),
    [1, 4],
  );
  throws(() => both((x) => np.compress(np.less(x, 0), x), V), 'UNSUPPORTED', 'how many elements');
  assert.equal(
    value((x) => np.isin(x, [1, 3, -2]), V),
    [true, false, false, false, true, true],
  );
  assert.is(
    value((x) => np.allclose(x, np.add(x, 1e-9)), V),
    true,
  );
  assert.is(
    value((x) => np.allclose(x, np.add(x, 1e-2)), V),
    false,
  );
  assert.equal(
    value(
      (x) => np.fillDiagonal(x, 5),
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ),
    [
      [5, 2, 3],
      [4, 5, 6],
    ],
  );
  const odd = Float64Array.of(Number.NaN, 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  assert.equal(np.nanToNum(odd, 1, 9, -9).toArray(), [1, 2, 9, -9]);
  assert.equal(
    value((x) => np.nanToNum(x), V),
    [...V],
  );
});

test('scatter at public and secret places', () => {
  const put = (x: BaseArray, at: BaseArray, parts: BaseArray) => np.scatter(x, at, parts);
  assert.equal(value(put, V, ints(5, 0), [10, 20]), [20, -0.5, 0, 0.25, 1, 10]);
  secretly(put, [V, ints(4, 1, 2), [7, 8, 9]]);
  secretly(
    (x, p) => np.scatter(x, [1], p),
    [
      np.array([
        [1, 2],
        [3, 4],
        [5, 6],
      ]) as NDArray,
      [[0.5, 0.25]],
    ],
  );
});

test('cond and switchCase: a known condition runs one branch, a secret one both', () => {
  const f = (x: BaseArray) =>
    np.cond(
      np.less(np.sum(x), 0),
      (v: BaseArray) => ({ y: v.mul(2), n: ints(1) }),
      (v: BaseArray) => ({ y: np.square(v), n: ints(2) }),
      x,
    );
  assert.equal(
    both(f, [-1, -2]).map((r) => r.toArray()),
    [[1], [-2, -4]],
  );
  assert.equal(
    both(f, [1, 2]).map((r) => r.toArray()),
    [[2], [1, 4]],
  );
  secretly(f, [[1, -3]]);
  const only = np.cond(
    true,
    () => 'yes',
    () => assert.unreachable() as never,
  );
  assert.is(only, 'yes');
  throwsBoth(
    (x) =>
      np.cond(
        np.less(x, 1),
        () => 1,
        () => 1,
      ),
    [[1, 2]],
    'SHAPE',
    'one condition',
  );
  throws(
    () =>
      both(
        (x) =>
          np.cond(
            np.less(x, 1),
            () => [x],
            () => x as never,
          ),
        1,
      ),
    'INVALID_ARGUMENT',
    'the same tree',
  );
  const branch = (i: BaseArray, x: BaseArray) =>
    np.switchCase(i, [(v: BaseArray) => v, (v: BaseArray) => v.mul(3), (v: BaseArray) => v.sub(1)], x);
  for (const i of [-1, 0, 1, 2, 7]) {
    const want = [4, 12, 3][Math.min(2, Math.max(0, i))];
    assert.is(value(branch, np.array(i, 'int32') as NDArray, 4), want);
    secretly(branch, [np.array(i, 'int32') as NDArray, 4], { parties: [2] });
  }
  const doubled = (x: BaseArray) => np.map((v: BaseArray) => v.mul(2).sum(), x);
  assert.equal(
    value(doubled, [
      [1, 2],
      [3, 4],
    ]),
    [6, 14],
  );
});

test('switchCase holds its number inside, as jax.lax.switch', () => {
  const branches = [0, 1, 2].map((n) => () => np.asarray(n)) as unknown as (() => BaseArray)[];
  for (const [i, want] of [
    [-1, 0],
    [-100, 0],
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 2],
    [99, 2],
  ] as const) {
    assert.is(np.switchCase(i, branches).item(), want);
    secretly((x) => np.switchCase(x, branches), [np.array(i, 'int8')], { FM128: 0, FM64: 0 });
  }
  assert.is(np.switchCase(true, branches).item(), 1);
  throws(() => np.switchCase(0.5, branches), 'DTYPE', 'integers');
});

test('flatnonzero, unique, uniqueCounts, union1d: as long as is said', () => {
  const at = (x: BaseArray) => np.flatnonzero(x, { size: 5, fillValue: -1 });
  assert.equal(value(at, [0, 3, 0, -1, 2, 0]), [1, 3, 4, -1, -1]);
  assert.equal(
    value((x) => np.flatnonzero(x, { size: 2 }), [0, 3, 0, -1, 2, 0]),
    [1, 3],
  );
  secretly(at, [ints(0, 3, 0, -1, 2, 0)]);
  const x = [3, 1.5, 3, -2, 1.5, 3];
  const counts = (v: BaseArray) => np.uniqueCounts(v, { size: 4, fillValue: 99 });
  assert.equal(
    both(counts, x).map((r) => r.toArray()),
    [
      [-2, 1.5, 3, 99],
      [1, 2, 3, 0],
    ],
  );
  secretly(counts, [x]);
  secretly((v) => np.unique(v, { size: 2 }), [ints(5, 5, 4, 3)]);
  secretly((v) => np.unique(v, { size: 9 }), [ints(7, 7, 7)]);
  const joined = (a: BaseArray, b: BaseArray) => np.union1d(a, b, { size: 4 });
  assert.equal(value(joined, [2, 1], [2, 3]), [1, 2, 3, 0]);
  throws(() => np.unique(x, { size: 1.5 }), 'INVALID_ARGUMENT', 'needs {size}');
});

test('lexsort: the last key counts most, ties keep their order', () => {
  const [a, b] = [ints(3, 1, 2, 1, 3, 2), ints(0, 1, 0, 0, 0, 1)];
  const f = (x: BaseArray, y: BaseArray) => np.lexsort([x, y]);
  assert.equal(value(f, a, b), [3, 2, 0, 4, 1, 5]);
  secretly(f, [a, b]);
});

test.run();
