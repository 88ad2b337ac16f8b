/** Public numbers by rules, more random draws, and more ways to join and cut arrays. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { both, throws, value } from './both.ts';

const near = (got: unknown, want: readonly number[], within = 1e-12): void => {
  const list = got as number[];
  assert.is(list.length, want.length);
  for (const [i, w] of want.entries())
    assert.ok(Math.abs(list[i]! - w) <= within * Math.max(1, Math.abs(w)), `[${i}] ${list[i]}, not ${w}`);
};

test('logspace, geomspace, windows', () => {
  near(np.logspace(0, 3, 4).toArray(), [1, 10, 100, 1000]);
  near(np.logspace(0, 4, 4, false, 2).toArray(), [1, 2, 4, 8]);
  near(np.geomspace(1, 1000, 4).toArray(), [1, 10, 100, 1000]);
  near(np.geomspace(-2, -32, 5).toArray(), [-2, -4, -8, -16, -32]);
  throws(() => np.geomspace(-1, 1), 'RANGE', 'one sign');
  // NumPy's values.
  near(np.hanning(5).toArray(), [0, 0.5, 1, 0.5, 0]);
  near(np.hamming(5).toArray(), [0.08, 0.54, 1, 0.54, 0.08]);
  near(np.blackman(5).toArray(), [0, 0.34, 1, 0.34, 0]);
  near(np.bartlett(5).toArray(), [0, 0.5, 1, 0.5, 0]);
  near(np.kaiser(5, 3).toArray(), [0.204884756401, 0.726925530288, 1, 0.726925530288, 0.204884756401], 1e-11);
  for (const window of [(n: number) => np.kaiser(n, 2), np.hanning, np.hamming, np.blackman, np.bartlett])
    assert.equal(window(1).toArray(), [1]);
});

test('index lists and grids', () => {
  assert.equal(np.tri(2, 3, 1).toArray(), [
    [1, 1, 0],
    [1, 1, 1],
  ]);
  const lists = (of: readonly BaseArray[]) => of.map((x) => (x.toArray() as number[]).map(Number));
  assert.equal(lists(np.trilIndices(2, 0, 3)), [
    [0, 1, 1],
    [0, 0, 1],
  ]);
  assert.equal(lists(np.triuIndices(3, 1)), [
    [0, 0, 1],
    [1, 2, 2],
  ]);
  assert.equal(lists(np.diagIndices(2)), [
    [0, 1],
    [0, 1],
  ]);
  assert.equal(lists(np.unravelIndex([5, 0, 3], [2, 3])), [
    [1, 0, 1],
    [2, 0, 0],
  ]);
  throws(() => np.unravelIndex([6], [2, 3]), 'RANGE', 'out of bounds');
  throws(() => both((x) => np.unravelIndex(x, [2, 3])[0], np.array([1], 'int32')), 'UNSUPPORTED', 'public');
  const grid = np.indices([2, 2]) as NDArray;
  assert.equal([...grid.shape, ...Array.from(grid.data, Number)], [2, 2, 2, 0, 0, 1, 1, 0, 1, 0, 1]);
  assert.equal(np.fromfunction((i, j) => np.add(np.multiply(i, 10), j), [2, 3]).size, 6);
});

test('block, columnStack, dstack, append and others', () => {
  const two = [
    [1, 2],
    [3, 4],
  ];
  assert.equal(
    value((x) => np.block([[x, np.zeros([2, 1])], [np.ones([1, 3])]]), two),
    [
      [1, 2, 0],
      [3, 4, 0],
      [1, 1, 1],
    ],
  );
  assert.equal(
    value((x) => np.block([x, 5]), [1, 2]),
    [1, 2, 5],
  );
  assert.equal(
    value((x) => np.columnStack([x, x, two]), [7, 8]),
    [
      [7, 7, 1, 2],
      [8, 8, 3, 4],
    ],
  );
  assert.equal(
    value((x) => np.dstack([x, x]), [[1, 2]]),
    [
      [
        [1, 1],
        [2, 2],
      ],
    ],
  );
  assert.equal(
    value((x) => np.insert(x, [3, 1, 1], [10, 20, 30]), [1, 2, 3]),
    [1, 20, 30, 2, 3, 10],
  );
  assert.equal(
    value((x) => np.insert(x, 1, [7, 8], 1), two),
    [
      [1, 7, 2],
      [3, 8, 4],
    ],
  );
  throws(() => np.insert([1, 2], 4, 0), 'RANGE', 'out of bounds');
  throws(() => np.arraySplit([1, 2], 0), 'RANGE', 'into 0 parts');
  throws(() => np.resize([], 3), 'SHAPE', 'empty');
  assert.equal([np.ndim(two), np.size(two), ...np.shape(two)], [2, 4, 2, 2]);
  const spread = (x: BaseArray) => np.applyAlongAxis((v) => np.subtract(np.max(v), np.min(v)), 1, x);
  assert.equal(
    value(spread, [
      [1, 5, 2],
      [7, 7, 4],
    ]),
    [4, 3],
  );
  const reversed = (x: BaseArray) => np.applyAlongAxis((v) => np.flip(v), 0, x);
  assert.equal(value(reversed, two), [
    [3, 4],
    [1, 2],
  ]);
  assert.equal(np.broadcastShapes([2, 1], [3]), [2, 3]);
  assert.equal(np.emptyLike(two).toArray(), [
    [0, 0],
    [0, 0],
  ]);
});

test('draws: moments and ranges of 4000, and what is drawn without putting back', () => {
  const n = 4000;
  const of = (draw: (k: BaseArray, shape: number) => BaseArray): number[] =>
    draw(np.random.PRNGKey(7), n).toArray() as number[];
  const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
  const variance = (x: readonly number[]): number => mean(x.map((v) => (v - mean(x)) ** 2));
  // [mean, variance], each within 5 standard errors or so of a fixed key.
  const known: readonly (readonly [(k: BaseArray, shape: number) => BaseArray, number, number])[] = [
    [np.random.exponential, 1, 1],
    [np.random.laplace, 0, 2],
    [np.random.logistic, 0, Math.PI ** 2 / 3],
    [np.random.gumbel, 0.5772156649, Math.PI ** 2 / 6],
    [np.random.rademacher, 0, 1],
    [np.random.rayleigh, Math.sqrt(Math.PI / 2), 2 - Math.PI / 2],
  ];
  for (const [draw, m, v] of known) {
    const x = of(draw);
    assert.ok(Math.abs(mean(x) - m) < 5 * Math.sqrt(v / n), `mean ${mean(x)}, not ${m}`);
    assert.ok(Math.abs(variance(x) - v) < 0.25 * v, `variance ${variance(x)}, not ${v}`);
  }
  assert.ok(of(np.random.lognormal).every((x) => x > 0));
  const cut = np.random.truncatedNormal(np.random.PRNGKey(1), -1, 0.5, n).toArray() as number[];
  assert.ok(cut.every((x) => x >= -1 && x <= 0.5) && Math.min(...cut) < -0.98 && Math.max(...cut) > 0.48);
  const k = np.random.PRNGKey(3);
  const some = np.random.choice(k, 5, 5, { replace: false }).toArray() as number[];
  assert.equal(some.map(Number).sort(), [0, 1, 2, 3, 4]);
  const weighed = (
    np.random.choice(k, np.array([10, 20, 30]), n, { p: [0.5, 0, 0.5] }).toArray() as number[]
  ).map(Number);
  assert.not.ok(weighed.includes(20));
  assert.ok(Math.abs(weighed.filter((x) => x === 10).length / n - 0.5) < 0.05);
  throws(() => np.random.choice(k, 3, 4, { replace: false }), 'RANGE', 'without putting back');
  throws(() => np.random.choice(k, 3, 4, { p: [1] }), 'SHAPE', '1 probabilities');
  throws(() => np.random.truncatedNormal(k, 1, 1), 'RANGE', 'lo < hi');
  const classes = np.random.categorical(k, [Math.log(0.2), Math.log(0.8)], [n]) as NDArray;
  assert.instance(classes, NDArray);
  assert.ok(Math.abs(mean(Array.from(classes.data, Number)) - 0.8) < 0.04);
});

test.run();
