/** @file Sorting, quantiles, running sums, groups: against plain JavaScript, on random arrays, and on secrets. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { print } from '../../src/ir/ops/print.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import * as np from '../../src/numpy/index.ts';
import { both, throws, value } from './both.ts';
import { secretly } from './secretly.ts';

const up = (a: number, b: number): number => a - b;
const small = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 20 });

test('sort, argsort and topK of random arrays with ties', () => {
  fc.assert(
    fc.property(small, fc.nat(), (xs, seed) => {
      assert.equal(np.sort(xs).toArray(), xs.toSorted(up));
      const order = xs.map((_, i) => i).sort((i, j) => xs[i]! - xs[j]! || i - j);
      assert.equal(np.argsort(xs).toArray(), order);
      const k = seed % (xs.length + 1);
      const down = xs.map((_, i) => i).sort((i, j) => xs[j]! - xs[i]! || i - j);
      const [values, positions] = np.topK(xs, k);
      assert.equal(
        [values.toArray(), positions.toArray()],
        [down.slice(0, k).map((i) => xs[i]!), down.slice(0, k)],
      );
    }),
  );
});

test('axes, other dtypes, empty and single', () => {
  const m = [
    [3, 1, 2],
    [0, 5, 4],
  ];
  assert.equal(
    value((x) => np.sort(x), m),
    [
      [1, 2, 3],
      [0, 4, 5],
    ],
  );
  assert.equal(
    value((x) => np.sort(x, 0), m),
    [
      [0, 1, 2],
      [3, 5, 4],
    ],
  );
  assert.equal(
    value((x) => np.sort(x, null), m),
    [0, 1, 2, 3, 4, 5],
  );
  assert.equal(
    value((x) => np.argsort(x, 0), m),
    [
      [1, 0, 0],
      [0, 1, 1],
    ],
  );
  assert.equal(np.sort([true, false, true]).toArray(), [false, true, true]);
  assert.equal(np.sort(np.array([3, -1], 'int32')).dtype, 'int32');
  assert.equal([np.sort([]).toArray(), np.sort([7]).toArray(), np.argsort([7]).toArray()], [[], [7], [0]]);
  throws(() => np.topK([1, 2], 3), 'RANGE', 'from 0 to 2');
});

test('quantiles', () => {
  fc.assert(
    fc.property(small, fc.double({ min: 0, max: 1, noNaN: true }), (xs, q) => {
      const s = xs.toSorted(up);
      const at = q * (s.length - 1);
      const [lo, hi] = [s[Math.floor(at)]!, s[Math.ceil(at)]!];
      assert.is(np.quantile(xs, q).item(), lo + (hi - lo) * (at - Math.floor(at)));
    }),
  );
  const m = [
    [3, 1, 2, 9],
    [0, 5, 4, 1],
  ];
  assert.is(np.median(m).item(), 2.5);
  assert.equal(
    value((x) => np.median(x, 1), m),
    [2.5, 2.5],
  );
  assert.equal(
    value((x) => np.percentile(x, [0, 50, 100], 1), m),
    [
      [1, 0],
      [2.5, 2.5],
      [9, 5],
    ],
  );
  assert.equal(
    [np.nanmedian(m).item(), np.nanpercentile(m, 100).item(), np.nanquantile(m, 0).item()],
    [2.5, 9, 0],
  );
  throws(() => np.quantile(m, 1.5), 'RANGE', 'between 0 and 1');
  assert.equal(np.searchsorted([1, 2, 2, 5], [0, 2, 9]).toArray(), [0, 1, 4]);
  assert.equal(np.searchsorted([1, 2, 2, 5], [0, 2, 9], 'right').toArray(), [0, 3, 4]);
});

test('sortBy carries columns, of any dtype and shape, in one sort', () => {
  fc.assert(
    fc.property(small, (xs) => {
      const order = xs.map((_, i) => i).sort((i, j) => xs[i]! - xs[j]! || i - j);
      const square = xs.map((x, i) => [x, i]);
      const [keys, places, flags, rows] = np.sortBy(xs, [...xs.keys()], np.greater(xs, 0), square);
      assert.equal(
        [keys, places, flags, rows].map((x) => x!.toArray()),
        [order.map((i) => xs[i]!), order, order.map((i) => xs[i]! > 0), order.map((i) => square[i]!)],
      );
    }),
    { seed: 9 },
  );
  throws(() => np.sortBy([[1]], [1]), 'SHAPE', 'a vector');
  throws(() => np.sortBy([1, 2], [1]), 'SHAPE', 'column 0 has 1 rows, and there are 2 keys');
  secretly(
    (x) => np.sortBy(x, np.multiply(x, 2), np.less(x, 1), np.stack([x, x], 1)),
    [[3, -1, 2.5, 2.5, 0, 7, -4]],
    { FM128: 0, FM64: 0 },
  );
  // Columns that are made of one sort go along with another one, and not with that of which they are made.
  const twice = (x: BaseArray) => {
    const [, a] = np.sortBy(x, np.arange(7)) as [BaseArray, BaseArray];
    return [a, ...np.sortBy(x, a)];
  };
  secretly(twice, [[3, -1, 2.5, 2.5, 0, 7, -4]], { FM128: 0 });
});

test('order of secrets', () => {
  const xs = [3, -1, 2.5, 2.5, 0, 7, -4];
  secretly((x) => [np.sort(x), np.argsort(x), np.topK(x, 3)], [xs], { FM128: 0, FM64: 0 });
  secretly((x) => [np.median(x), np.percentile(x, [25, 75])], [xs]);
  secretly(
    (a, v) => [np.searchsorted(a, v), np.searchsorted(a, v, 'right')],
    [
      [1, 2, 2, 5],
      [0, 2, 9],
    ],
  );
});

test('running sums, products and extremes, products, differences', () => {
  fc.assert(
    fc.property(small, (xs) => {
      const run = (f: (a: number, b: number) => number): number[] =>
        xs.map((_, i) => xs.slice(0, i + 1).reduce(f));
      assert.equal(
        np.cumsum(xs).toArray(),
        run((a, b) => a + b),
      );
      assert.equal(
        np.cummax(xs).toArray(),
        run((a, b) => Math.max(a, b)),
      );
      assert.equal(
        np.cummin(xs).toArray(),
        run((a, b) => Math.min(a, b)),
      );
      // -0 and 0 are one number.
      assert.equal(
        np.cumprod(xs).add(0).toArray(),
        run((a, b) => a * b).map((v) => v + 0),
      );
      assert.is((np.prod(xs).item() as number) + 0, xs.reduce((a, b) => a * b) + 0);
      assert.equal(
        np.ediff1d(xs).toArray(),
        xs.slice(1).map((x, i) => x - xs[i]!),
      );
    }),
  );
  const m = [
    [1, 2, 4],
    [3, 5, 8],
  ];
  assert.equal(
    value((x) => np.cumsum(x, 0), m),
    [
      [1, 2, 4],
      [4, 7, 12],
    ],
  );
  assert.equal(
    value((x) => np.cumsum(x, 1), m),
    [
      [1, 3, 7],
      [3, 8, 16],
    ],
  );
  assert.equal(np.cumsum(np.array([true, true])).dtype, 'int64');
  assert.equal(
    value((x) => np.prod(x, 1), m),
    [8, 120],
  );
  assert.equal(
    value((x) => np.prod(x, { axis: 0, keepdims: true }), m),
    [[3, 10, 32]],
  );
  assert.equal(
    value((x) => np.diff(x, 2), m),
    [[1], [1]],
  );
  assert.equal(
    value((x) => np.diff(x, 1, 0), m),
    [[2, 3, 4]],
  );
  assert.equal(np.diff([true, false, false]).toArray(), [true, false]);
  const [p] = both((x) => np.unwrap(x), [0, 3, -3, 0, 3, -3]);
  const turn = 2 * Math.PI;
  [0, 3, turn - 3, turn, turn + 3, 2 * turn - 3].forEach((want, i) => {
    assert.ok(Math.abs((p!.data as Float64Array)[i]! - want) < 1e-9);
  });
  secretly((x) => [np.cumsum(x, 1), np.cumprod(x, 1), np.cummax(x), np.prod(x), np.diff(x)], [m]);
  secretly((x) => np.unwrap(x), [[0, 3, -3, 0, 3, -3]]);
});

test('counts, weights, equality, spread', () => {
  const m = [
    [1, 0, 4],
    [3, 5, 0],
  ];
  assert.is(np.countNonzero(m).item(), 4);
  assert.equal(
    value((x) => np.countNonzero(x, 0), m),
    [2, 1, 1],
  );
  assert.equal(
    value((x) => np.ptp(x, 1), m),
    [4, 5],
  );
  assert.equal(
    value((x) => np.average(x, 1, [1, 1, 2]), m),
    [2.25, 2],
  );
  assert.is(
    np
      .average(m, null, [
        [0, 0, 1],
        [1, 0, 0],
      ])
      .item(),
    3.5,
  );
  assert.is(np.average(m).item(), 13 / 6);
  throws(() => np.average(m, 1, [1, 2]), 'SHAPE', 'do not fit');
  assert.equal(
    [
      np.arrayEqual(m, m),
      np.arrayEqual(m, [1]),
      np.arrayEquiv([2, 2], 2),
      np.arrayEquiv([1, 2, 3], [1, 2]),
    ].map((x) => x.item()),
    [true, false, true, false],
  );
  assert.equal(
    [np.nansum(m).item(), np.nanmax(m).item(), np.nanmin(m).item(), np.nanargmax(m).item()],
    [13, 5, 0, 4],
  );
  secretly(
    (x) => [np.ptp(x, 1), np.average(x, 1, [1, 1, 2]), np.countNonzero(x, 0), np.arrayEqual(x, x)],
    [m],
  );
});

test('one-hot rows', () => {
  assert.equal(np.oneHot([0, 2, 5], 3).toArray(), [
    [1, 0, 0],
    [0, 0, 1],
    [0, 0, 0],
  ]);
});

test('NaN is larger than all numbers, wherever it stands', () => {
  const x = Float64Array.of(3, Number.NaN, -1, 2, Number.NaN, -Infinity, Infinity, 0.5, Number.NaN, 1, 7, -2);
  const sorted = [-Infinity, -2, -1, 0.5, 1, 2, 3, 7, Infinity, Number.NaN, Number.NaN, Number.NaN];
  assert.equal(np.sort(x).toArray(), sorted);
  assert.equal((np.argsort(x).toArray() as number[]).map(Number), [5, 11, 2, 7, 9, 3, 0, 10, 6, 1, 4, 8]);
});

test('a constant has one NaN, whatever the engine made of it', () => {
  const other = Float64Array.of(1, 0, Number.NaN);
  new BigUint64Array(other.buffer).set([0xfff8_0000_0000_0001n], 1);
  const text = (x: Float64Array): string =>
    print(trace((y: BaseArray) => np.add(y, x), [{ shape: [3], dtype: 'fxp', secret: true }]).graph);
  assert.is(text(other), text(Float64Array.of(1, Number.NaN, Number.NaN)));
  assert.is.not(text(other), text(Float64Array.of(1, 0, Number.NaN)));
});

test.run();
