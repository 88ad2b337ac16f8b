/**
 * Statistics of data of any size, sums of squares being far beyond and far below what a number holds: relative error below 2^-18, or the
 * quantum of the result.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { random, ring } from '../gates/harness.ts';
import { LONG } from '../long.ts';

const WAYS = [
  [2, 'bandwidth'],
  [3, 'bandwidth'],
  [2, 'latency'],
] as const;
const SCALES = [1e-4, 1e-3, 1e-2, 1, 5e4, 1e6, 1e9];

type Fn = (...xs: BaseArray[]) => unknown;
const UNIT = 2 ** -26;
const rounded = (v: number): number => Math.round(v / UNIT) * UNIT;

const run = (
  fn: Fn,
  inputs: readonly (readonly number[] | readonly (readonly number[])[])[],
  [parties, costMode]: (typeof WAYS)[number] = WAYS[0],
  field: FieldName = 'FM128',
): number[][] => {
  const given = { ring, field: FIELDS[field], parties, costMode };
  const arrays = inputs.map((x) => np.array(x as number[]) as NDArray);
  return simulate(fn as never, arrays, given).results.map((r) => Array.from(r.data, Number));
};

const near = (got: readonly number[], want: readonly number[], what: string, units = 8, lost = 18): void => {
  assert.is(got.length, want.length, what);
  want.forEach((w, i) => {
    const allowed = units * UNIT + Math.abs(w) * 2 ** -lost;
    assert.ok(Math.abs(got[i]! - w) <= allowed, `${what}[${i}] = ${got[i]}, not ${w}`);
  });
};

const data = (n: number, scale: number, seed: number, centre = 1): number[] => {
  const next = random(seed);
  const one = (): number => (next() + next() - 1) * 1.5;
  return Array.from({ length: n }, () => rounded(scale * (one() + centre)));
};

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const variance = (x: readonly number[], ddof = 0): number =>
  x.reduce((sum, v) => sum + (v - mean(x)) ** 2, 0) / (x.length - ddof);
const covariance = (x: readonly number[], y: readonly number[], ddof = 0): number =>
  x.reduce((sum, v, i) => sum + (v - mean(x)) * (y[i]! - mean(y)), 0) / (x.length - ddof);
const norm = (x: readonly number[]): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));

test('variances, deviations, norms and covariances', () => {
  for (const scale of SCALES) {
    for (const n of LONG ? [1, 2, 5, 300] : [1, 2, 300]) {
      const x = data(n, scale, n);
      const y = data(n, scale, n + 1).map((v, i) => rounded(v / 2 + x[i]! / 3));
      for (const way of WAYS) {
        const [std, va, length, user, more] = run(
          (a) => [
            np.std(a),
            np.var(a),
            np.linalg.norm(a),
            np.sqrt(np.mean(np.square(np.subtract(a, np.mean(a))))),
            np.linalg.norm(np.stack([a, a])),
          ],
          [x],
          way,
        );
        const what = `${way}, ${n} of ${scale}`;
        near(std!, [Math.sqrt(variance(x))], `std, ${what}`);
        near(va!, [variance(x)], `var, ${what}`);
        near(length!, [norm(x)], `norm, ${what}`);
        near(user!, [Math.sqrt(variance(x))], `composed, ${what}`);
        near(more!, [norm([...x, ...x])], `norm of a matrix, ${what}`);
        if (n < 2) continue;
        const [cov] = run((a, b) => np.cov(np.stack([a, b])), [x, y], way);
        const c = covariance(x, y, 1);
        near(cov!, [variance(x, 1), c, c, variance(y, 1)], `cov, ${what}`);
      }
    }
  }
});

test('correlations, layerNorm and standardize', () => {
  for (const scale of SCALES) {
    const x = data(64, scale, 3);
    const y = data(64, scale, 4).map((v, i) => rounded(v / 2 + x[i]! / 3));
    const r = covariance(x, y) / Math.sqrt(variance(x) * variance(y));
    for (const way of WAYS) {
      const [corr, layer, standard] = run(
        (a, b) => [np.corrcoef(np.stack([a, b])), np.nn.layerNorm(a), np.nn.standardize(a)],
        [x, y],
        way,
      );
      const what = `${way}, ${scale}`;
      // What the mean of the data is off by counts where they are next to nothing.
      const units = 32 + 3 / scale;
      near(corr!, [1, r, r, 1], `corrcoef, ${what}`, units);
      const want = x.map((v) => (v - mean(x)) / Math.sqrt(variance(x) + 1e-5));
      near(layer!, want, `layerNorm, ${what}`, units);
      near(standard!, want, `standardize, ${what}`, units);
    }
  }
});

test('products keep their bits in pieces, too', () => {
  for (const scale of [1e-3, 1, 5e4]) {
    const rows = Array.from({ length: 6 }, (_, i) => data(8, scale, 20 + i));
    const limited = (memoryLimit: number): number[][] =>
      simulate(
        ((a: BaseArray) => [np.nn.layerNorm(a), np.std(a, 1), np.std(a), np.linalg.norm(a, 2, 0)]) as never,
        [np.array(rows) as NDArray],
        { ring, field: FIELDS.FM128, parties: 2, memoryLimit },
      ).results.map((r) => Array.from(r.data, Number));
    for (const memory of [2000, 8000, 40000]) {
      const what = `${scale}, ${memory} bytes`;
      const [layer, std, all, norms] = limited(memory);
      const units = 32 + 3 / scale;
      const normal = rows.flatMap((x) => x.map((v) => (v - mean(x)) / Math.sqrt(variance(x) + 1e-5)));
      near(layer!, normal, `layerNorm, ${what}`, units);
      near(
        std!,
        rows.map((x) => Math.sqrt(variance(x))),
        `std of rows, ${what}`,
      );
      near(all!, [Math.sqrt(variance(rows.flat()))], `std, ${what}`);
      near(
        norms!,
        rows[0]!.map((_, i) => norm(rows.map((x) => x[i]!))),
        `norms, ${what}`,
      );
    }
  }
});

test('averages, quotients of sums, and groups', () => {
  for (const scale of SCALES) {
    const x = data(12, scale, 5);
    const y = data(12, scale, 6, 0);
    const keys = x.map((_, i) => i % 3);
    for (const way of WAYS) {
      const [average, slope, va, std] = run(
        (a, b, k) => [
          np.average(a, undefined, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3]),
          np.divide(np.sum(np.multiply(a, b)), np.sum(np.square(a))),
          np.groupVar(np.astype(k!, 'int32'), a!, 3),
          np.groupStd(np.astype(k!, 'int32'), a!, 3, { ddof: 1 }),
        ],
        [x, y, keys],
        way,
      );
      const what = `${way}, ${scale}`;
      const w = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3];
      near(
        average!,
        [x.reduce((sum, v, i) => sum + v * w[i]!, 0) / w.reduce((a, b) => a + b)],
        `average, ${what}`,
      );
      near(
        slope!,
        [x.reduce((s, v, i) => s + v * y[i]!, 0) / x.reduce((s, v) => s + v * v, 0)],
        `slope, ${what}`,
      );
      const groups = [0, 1, 2].map((g) => x.filter((_, i) => i % 3 === g));
      near(
        va!,
        groups.map((g) => variance(g)),
        `groupVar, ${what}`,
        8,
        17,
      );
      near(
        std!,
        groups.map((g) => Math.sqrt(variance(g, 1))),
        `groupStd, ${what}`,
        8,
        17,
      );
    }
  }
});

test('least squares, systems and factorisations', () => {
  const a = [
    [1, 2],
    [3, 4],
    [5, 7],
    [2, 1],
  ];
  const t = Array.from({ length: 8 }, (_, i) => i / 7);
  for (const scale of [1e-2, 1, 5e4, 1e8]) {
    for (const way of WAYS) {
      const by = (m: readonly (readonly number[])[]): number[][] => m.map((row) => row.map((v) => v * scale));
      const what = `${way}, ${scale}`;
      const [x] = run(
        (m, b) => np.linalg.lstsq(m!, b!),
        [by(a), a.map(([u, v]) => scale * (2 * u! - v!))],
        way,
      );
      near(x!, [2, -1], `lstsq, ${what}`, 8, 13);
      const [fit] = run((u, v) => np.polyfit(u!, v!, 2), [t, t.map((v) => scale * (2 - 3 * v + v * v))], way);
      near(fit!, [scale, -3 * scale, 2 * scale], `polyfit, ${what}`, 64, 13);
      const m = [
        [4, 2],
        [2, 3],
      ];
      const [solved, root] = run(
        (u, b) => [np.linalg.solve(u!, b!), np.linalg.cholesky(u!)],
        [by(m), [8 * scale, 9 * scale]],
        way,
      );
      near(solved!, [0.75, 2.5], `solve, ${what}`, 8, 13);
      near(
        root!,
        [2, 0, 1, Math.SQRT2].map((v) => v * Math.sqrt(scale)),
        `cholesky, ${what}`,
        32,
        17,
      );
    }
  }
});

test('salaries, and data in which nothing varies', () => {
  const salaries = Array.from({ length: 1000 }, (_, i) => 50_000 + i * 37.5);
  near(run((x) => np.std(x!), [salaries])[0]!, [Math.sqrt(variance(salaries))], 'std');
  near(run((x) => np.std(x!), [[52000, 61500, 48000, 75000]])[0]!, [10394.560356], 'std');
  near(run((x) => [np.std(x!), np.var(x!)], [[7e5, 7e5, 7e5]]).flat(), [0, 0], 'nothing varies');
});

test('a product that ends in a root and elsewhere is right in both', () => {
  const x = [3e-4, 12, 5e4, 1e6];
  const [root, plain, sum] = run(
    (a) => {
      const s = np.square(a!);
      return [np.sqrt(s), s, np.add(s, 1)];
    },
    [x],
  );
  near(root!, x, 'root');
  near(
    plain!,
    x.map((v) => v * v),
    'square',
  );
  near(
    sum!,
    x.map((v) => v * v + 1),
    'sum',
  );
  const grads = run((a) => np.grad((v: BaseArray) => np.sqrt(np.sum(np.square(v))))(a!), [[3, 4, 12]])[0]!;
  near(grads, [3 / 13, 4 / 13, 12 / 13], 'gradient of a norm');
  const [looped] = run(
    (a) => np.fori(0, 3, (_i, c) => np.add(c, np.sqrt(np.sum(np.square(c)))), a!),
    [[3e3, 4e3]],
  );
  const want = [0, 1, 2].reduce((c) => c.map((v) => v + norm(c)), [3e3, 4e3]);
  near(looped!, want, 'in a loop');
});

test('FM64: sums of products are right wherever the products are', () => {
  const by = (n: number, v: number): number[] => Array.from({ length: n }, (_, i) => (i % 2 === 0 ? v : -v));
  for (const parties of [2, 3]) {
    const of = (fn: Fn, inputs: readonly number[][]): number[] =>
      run(fn, inputs, [parties as 2, 'bandwidth'], 'FM64').flat();
    const close = (got: readonly number[], want: number, what: string): void =>
      got.forEach((v) => {
        assert.ok(Math.abs(v - want) <= 2 ** -15 + Math.abs(want) * 2 ** -16, `${what}: ${v}, not ${want}`);
      });
    const x = by(20_000, 290);
    close(
      of((a) => [np.var(a!), np.mean(np.square(a!))], [x]),
      84_100,
      'variance',
    );
    close(
      of((a) => np.std(a!), [x]),
      290,
      'deviation',
    );
    close(
      of((a) => np.mean(a!), [Array.from({ length: 2000 }, () => 120_000)]),
      120_000,
      'mean',
    );
    for (const [n, u, v] of [
      [2000, 5000, 7000.5],
      [100, 0.01, 4e5],
      [3, 1.5, 2 ** 24],
      [50, 1e-3, 1e-2],
    ] as const) {
      const fn: Fn = (a, b) => [
        np.dot(a!, b!),
        np.sum(np.multiply(a!, b!)),
        np.matmul(np.stack([a!, b!]), b!).at(0),
      ];
      const rough = (w: number): number => Math.round(w * 2 ** 18) / 2 ** 18;
      close(
        of(fn, [Array.from({ length: n }, () => u), Array.from({ length: n }, () => v)]),
        n * rough(u) * rough(v),
        `${n} of ${u} ${v}`,
      );
    }
  }
});

test.run();
