/**
 * @file Lengths, deviations and what is divided by them: right up to the largest number of the ring. A long run (TESSERA_LONG) has all sizes
 * in all settings.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CostMode } from '../../src/ir/compile/plan.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';
import { LONG } from '../long.ts';

type Fn = (x: BaseArray, y: BaseArray) => BaseArray;
interface Setting {
  readonly field: FieldName;
  readonly parties?: number;
  readonly costMode?: CostMode;
  readonly rangeGuard?: boolean;
  readonly memoryLimit?: number;
  readonly fraction?: number;
}

const run = (
  fn: Fn,
  inputs: readonly (readonly number[])[],
  { field, parties = 2, ...rest }: Setting,
): number[] => {
  const tensors = inputs.map((x) => NDArray.from([...x]));
  const { results } = simulate(fn as never, tensors, { ring, field: FIELDS[field], parties, ...rest });
  return Array.from(results[0]!.data as Float64Array, Number);
};

const X = [0.3, -1.2, 2.5, 0.7, -0.1, 1.9, -2.2, 0.05];
const Y = [1.3, 0.2, -0.5, 1.7, -1.1, 0.9, 0.2, -0.65];
const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const along = (x: readonly number[], y: readonly number[]): number => {
  const [p, q] = [mean(x), mean(y)];
  return x.reduce((sum, v, i) => sum + (v - p) * (y[i]! - q), 0);
};
const deviation = (x: readonly number[]): number => Math.sqrt(along(x, x) / x.length);

/** `share`: of what a unit is. */
const near = (
  what: string,
  got: readonly number[],
  want: readonly number[],
  share: number,
  unit: number,
): void =>
  want.forEach((w, i) => {
    assert.ok(Math.abs(got[i]! - w) <= share * Math.abs(w) + unit, `${what}: [${i}] is ${got[i]}, not ${w}`);
  });

const SIZES = {
  FM128: [1e-2, 5e4, 1e9, 1e12, 1e18],
  FM64: [1e-2, 1, 100, 2 ** 12, 5e4, 5e6, 2 ** 28, 1e9, 1e12],
  FM32: [1, 50, 500, 1e5],
} as const;
const SHARE = { FM128: 2 ** -18, FM64: 2 ** -10, FM32: 2 ** -4 } as const;
/** Sizes of numbers with fraction bits that are not the usual ones. */
const LARGEST = { FM128: 1e12, FM64: 2 ** 38, FM32: Infinity } as const;
const FRACTIONS = { FM128: [48], FM64: [21], FM32: [] } as const;

for (const field of ['FM128', 'FM64', 'FM32'] as const)
  for (const more of [
    {},
    { costMode: 'latency' as const },
    { parties: 3 },
    ...FRACTIONS[field].map((fraction) => ({ fraction })),
  ])
    test(`${field} ${JSON.stringify(more)}`, () => {
      const setting = { field, ...more };
      const unit = 2 ** -(FIELDS[field].fraction - 2);
      const bits = 'fraction' in more ? more.fraction : FIELDS[field].fraction;
      for (const [i, size] of SIZES[field].entries()) {
        if (!LONG && Object.keys(more).length > 0 && i % 2 === 1) continue;
        if (size > LARGEST[field] && 'fraction' in more) continue;
        const [x, y] = [X.map((v) => v * size), Y.map((v) => v * size)];
        const s = SHARE[field];
        const is = (what: string, fn: Fn, want: readonly number[], absolute = false): void =>
          near(
            `${what} of ${size}`,
            run(fn, [x, y], setting),
            want,
            absolute ? 0 : s,
            absolute ? 4 * s : unit,
          );
        is('norm', (a) => np.linalg.norm(a), [Math.hypot(...x)]);
        is('root of squares', (a) => np.sqrt(np.sum(np.square(a))), [Math.hypot(...x)]);
        is('by rows', (a) => np.linalg.norm(np.reshape(a, [2, 4]), null, 1), [
          Math.hypot(...x.slice(0, 4)),
          Math.hypot(...x.slice(4)),
        ]);
        is('std', (a) => np.std(a), [deviation(x)]);
        is('distance', (a, b) => np.linalg.norm(np.subtract(a, b)), [
          Math.hypot(...x.map((v, i) => v - y[i]!)),
        ]);
        is(
          'hypot',
          (a, b) => np.hypot(a, b),
          x.map((v, i) => Math.hypot(v, y[i]!)),
        );
        if (Math.hypot(...x) * Math.hypot(...y) < 2 ** (FIELDS[field].bits - 2 - 2 * bits))
          is(
            'root of a product of sums',
            (a, b) => np.sqrt(np.multiply(np.sum(np.square(a)), np.mean(np.square(b)))),
            [(Math.hypot(...x) * Math.hypot(...y)) / Math.sqrt(8)],
          );
        // At FM128 squares that are not summed over an axis have to stay in the ring.
        if (field !== 'FM128' || size < 2 ** (62 - bits))
          is(
            'root of two squares',
            (a, b) => np.sqrt(np.add(np.square(a), np.square(b))),
            x.map((v, i) => Math.hypot(v, y[i]!)),
          );
        // What is divided by its own length is of the size of 1, whatever its own is.
        const rows = [x.slice(0, 4), x.slice(4)];
        const scores = (v: readonly number[]): number[] => v.map((w) => (w - mean(v)) / deviation(v));
        is('z-scores', (a) => np.divide(np.subtract(a, np.mean(a)), np.std(a)), scores(x), true);
        is(
          'z-scores by rows',
          (a) => {
            const r = np.reshape(a, [2, 4]);
            const kept = { axis: 1, keepdims: true };
            return np.divide(np.subtract(r, np.mean(r, kept)), np.std(r, kept));
          },
          rows.flatMap(scores),
          true,
        );
        is(
          'z-scores by columns',
          (a) => {
            const r = np.transpose(np.reshape(a, [2, 4]));
            return np.transpose(np.divide(np.subtract(r, np.mean(r, 0)), np.std(r, 0)));
          },
          rows.flatMap(scores),
          true,
        );
        is(
          'rows of length 1',
          (a) => {
            const r = np.reshape(a, [2, 4]);
            return np.divide(r, np.linalg.norm(r, { axis: 1, keepdims: true }));
          },
          rows.flatMap((v) => v.map((w) => w / Math.hypot(...v))),
          true,
        );
        // The lengths of other rows are no bound.
        if (field === 'FM128' && size < 1e12)
          is(
            'by the lengths of other rows',
            (a) => {
              const r = np.reshape(np.multiply(a, np.array([1e4, 1e4, 1e4, 1e4, 1, 1, 1, 1])), [2, 4]);
              return np.divide(r, np.flip(np.linalg.norm(r, { axis: 1, keepdims: true }), 0));
            },
            rows.flatMap((v, i) => v.map((w) => (w * (i ? 1e-4 : 1e4)) / Math.hypot(...rows[1 - i]!))),
          );
        // What an epsilon is added to is of the size of 1.
        if (field !== 'FM128' || bits > 32 || size < 1e10)
          is(
            'layerNorm',
            (a) => np.nn.layerNorm(a),
            x.map((v) => (v - mean(x)) / Math.hypot(deviation(x), Math.sqrt(1e-5))),
            true,
          );
        const r = along(x, y) / Math.sqrt(along(x, x) * along(y, y));
        is('corrcoef', (a, b) => np.corrcoef(a, b), [1, r, r, 1], true);
        const largest = 2 ** (FIELDS[field].bits - (field === 'FM128' ? 2 : 1) * bits - 2);
        if (along(x, x) * 4 < largest) {
          is('var', (a) => np.var(a), [along(x, x) / 8]);
          near(
            'cov',
            run((a, b) => np.cov(a, b), [x, y], setting),
            [along(x, x), along(x, y), along(x, y), along(y, y)].map((v) => v / 7),
            s,
            unit + s * along(x, x),
          );
        }
      }
    });

test('in pieces, and with a range guard that has nothing to say', () => {
  for (const size of [1, 5e4, 1e7]) {
    const x = X.map((v) => v * size);
    for (const more of [{ memoryLimit: 2000 }, { rangeGuard: true }])
      near(
        `${size} ${JSON.stringify(more)}`,
        [
          ...run((a) => np.std(a), [x], { field: 'FM64', ...more }),
          ...run((a) => np.linalg.norm(a), [x], { field: 'FM64', ...more }),
        ],
        [deviation(x), Math.hypot(...x)],
        2 ** -10,
        2 ** -16,
      );
  }
});

test('a variance that leaves the ring is told by the range guard', () => {
  const field = FIELDS.FM64;
  for (const x of [
    [1e9, -1e9, 3],
    [1e8, -1e8, 3],
  ]) {
    const { left } = simulate(((a: BaseArray) => np.var(a)) as never, [NDArray.from(x)], {
      ring,
      field,
      parties: 2,
      rangeGuard: true,
    });
    assert.ok(left, `${x}`);
  }
});

test('sums of products by public numbers are right where the products are, of any size', () => {
  const weights = np.array([1, 2, 3, 4, 5, 6, 7, 8]);
  const odd = np.array([0.1, 0.25, -0.3, 0.7, 1 / 3, 0.9, -0.11, 0.5]);
  for (const size of [1, 5e4, 1e9, 1e11]) {
    const x = X.map((v) => v * size);
    const sum = (w: readonly number[]): number => x.reduce((t, v, i) => t + v * w[i]!, 0);
    const setting = { field: 'FM64' } as const;
    const list = (a: BaseArray): number[] => Array.from((a as NDArray).data as Float64Array, Number);
    near(
      'average',
      run((a) => np.average(a, null, weights), [x], setting),
      [sum(list(weights)) / 36],
      2 ** -12,
      2 ** -15,
    );
    if (size < 1e10)
      near(
        'dot',
        run((a) => np.dot(a, odd), [x], setting),
        [sum(list(odd))],
        2 ** -12,
        2 ** -12,
      );
  }
});

test('FM128: sums of very many products are right wherever the products are, in tiles too', () => {
  const n = 40_000;
  const fn = (x: BaseArray): BaseArray[] => {
    const two = np.stack([x, np.flip(x)]);
    return [
      np.var(x),
      np.std(x),
      np.mean(np.square(x)),
      np.cov(two),
      np.matmul(two, two.T),
      np.divide(np.sum(np.square(x)), np.sum(np.abs(x))),
    ];
  };
  const apart = (x: BaseArray): BaseArray[] => [np.var(x)];
  const byTiles = (x: BaseArray): BaseArray[] => [
    np.sum(np.square(x)),
    np.mean(np.square(x)),
    np.sum(np.square(np.reshape(x, [n / 2, 2])), 0),
    np.linalg.norm(x),
    np.multiply(np.sum(np.multiply(x, np.add(x, 1))), -1),
  ];
  for (const [i, size] of [1e-4, 1, 1e9, 5e10].entries())
    for (const [j, [rangeGuard, memoryLimit]] of (
      [
        [false, undefined],
        [true, undefined],
        [false, 2 ** 25],
        [false, 2 ** 24],
      ] as const
    ).entries()) {
      // A short run has the largest in all ways, and the others in turn.
      if (!LONG && i < 3 && (i + j) % 2 === 1) continue;
      const x = np.array(
        Float64Array.from({ length: n }, (_, i) => (((i * 7919) % 101) - 50) * size * 0.02),
      ) as NDArray;
      for (const program of memoryLimit === undefined ? [fn, apart] : [apart, byTiles]) {
        const { results, left } = simulate(program as never, [x], {
          ...(memoryLimit && { memoryLimit }),
          ring,
          field: FIELDS.FM128,
          parties: 2,
          rangeGuard,
        });
        if (rangeGuard && size > 1e9) continue;
        assert.is(left, undefined, `${size}`);
        for (const [k, want] of (program(x) as NDArray[]).entries()) {
          const most = Math.max(...Array.from(want.data as Float64Array, Math.abs));
          for (const [i, w] of Array.from(want.data, Number).entries()) {
            const got = Number(results[k]!.data[i]);
            const error = 1e-5 * most + 4 * 2 ** -26;
            assert.ok(
              Math.abs(got - w) <= error,
              `${size}, ${rangeGuard}, ${memoryLimit}: result ${k}[${i}] is ${got}, not ${w}`,
            );
          }
        }
      }
    }
});

const LONG_MEANS = {
  FM64: { n: 3000, size: 2 ** 36, sums: 2 ** 21, factors: 2 ** 13 },
  FM32: { n: 300, size: 50_000, sums: 300, factors: 2 ** 7 },
} as const;

for (const field of ['FM64', 'FM32'] as const)
  test(`${field}: means and variances of sums that leave the ring`, () => {
    const { n, size, sums, factors } = LONG_MEANS[field];
    const at = (i: number): number => 0.5 + ((i * 7919) % 101) / 202;
    const data = (by: number): number[] => Array.from({ length: n }, (_, i) => at(i) * by);
    const programs: Readonly<Record<string, [by: number, fn: (x: BaseArray) => BaseArray]>> = {
      mean: [size, (x) => np.mean(x)],
      'by rows': [size, (x) => np.mean(np.reshape(x, [n / 3, 3]), 0)],
      'along rows': [size, (x) => np.mean(np.reshape(x, [3, n / 3]), 1)],
      'of magnitudes': [size, (x) => np.mean(np.abs(np.negative(x)))],
      'a quotient': [size, (x) => np.divide(np.sum(x), n)],
      'kept axes': [size, (x) => np.subtract(np.mean(x, { axis: 0, keepdims: true }), 1)],
      variance: [sums, (x) => np.var(x)],
      'variance by rows': [sums, (x) => np.var(np.reshape(x, [n / 3, 3]), 0)],
      'mean of squares': [sums, (x) => np.mean(np.square(x))],
      'mean of squares along rows': [sums, (x) => np.mean(np.square(np.reshape(x, [n / 60, 60])), 1)],
      'mean of squares of long columns': [sums, (x) => np.mean(np.square(np.reshape(x, [6, n / 6])), 0)],
      'mean of a matrix product': [
        factors,
        (x) => np.mean(np.matmul(np.reshape(x, [n / 3, 3]), np.reshape(x, [3, n / 3]))),
      ],
    };
    for (const [name, [by, fn]] of Object.entries(programs))
      for (const parties of [2, 3])
        for (const more of [{}, { memoryLimit: 2 ** 18 }, { costMode: 'latency' as const }]) {
          // Keys are of two parties, and pieces are the same for three.
          if (!LONG && parties === 3 && Object.keys(more).length > 0) continue;
          // A million products.
          if (!LONG && name === 'mean of a matrix product' && parties === 3) continue;
          const x = NDArray.from(data(by));
          const want = Array.from((fn(x) as NDArray).data, Number);
          const { results } = simulate(fn as never, [x], { ring, field: FIELDS[field], parties, ...more });
          near(
            `${name}, ${parties} parties, ${JSON.stringify(more)}`,
            Array.from(results[0]!.data, Number),
            want,
            SHARE[field],
            4 * 2 ** -FIELDS[field].fraction,
          );
        }
  });

/** A gradient beside that of float64, of numbers of any size. */
const GRADIENTS: Readonly<Record<string, (x: BaseArray) => BaseArray>> = {
  norm: (x) => np.linalg.norm(x),
  'a written norm': (x) => np.sqrt(np.sum(np.square(x))),
  std: (x) => np.std(x),
  'a mean of norms': (x) => np.mean(np.sqrt(np.sum(np.square(np.reshape(x, [4, 2])), 1))),
  'a sum times a norm': (x) => np.multiply(np.sum(x), np.linalg.norm(x)),
  'a square of a norm less 3': (x) => np.square(np.subtract(np.linalg.norm(x), 3)),
  'logarithms of squares': (x) => np.sum(np.log(np.square(x))),
  'a logarithm of squares': (x) => np.log(np.sum(np.square(x))),
};

for (const field of ['FM128', 'FM64'] as const)
  test(`${field}: gradients of lengths and of logarithms of squares have their digits for numbers of any size`, () => {
    for (const [name, fn] of Object.entries(GRADIENTS))
      for (const costMode of ['bandwidth', 'latency'] as const)
        for (const size of field === 'FM128' ? [0.1, 1e3, 1e5, 1e7, 1e9] : [0.1, 1e3, 1e5, 1e7]) {
          const x = X.map((v) => v * size);
          const want = Array.from((np.grad(fn as never)(NDArray.from(x)) as NDArray).data, Number);
          const got = run(np.grad(fn as never) as Fn, [x], { field, costMode });
          // A gradient that is near 0 has parts that are larger.
          const most = Math.max(...want.map(Math.abs));
          near(
            `${name} of ${size}, ${costMode}`,
            got,
            want,
            0,
            most * SHARE[field] + 8 * 2 ** -FIELDS[field].fraction,
          );
        }
  });

test('steps of a descent cost what one does, though their gradients are of more products together than a sum is right of', () => {
  const [rows, columns] = [5000, 2];
  /** `steps` steps, of a batch each. */
  const descent =
    (steps: number): Fn =>
    (x, y) => {
      let w: BaseArray = np.zeros([columns]);
      for (let i = 0; i < steps; i++) {
        const batch = np.slice(x, [i * rows, (i + 1) * rows]);
        const error = np.subtract(np.matmul(batch, w), np.slice(y, [i * rows, (i + 1) * rows]));
        w = np.subtract(w, np.matmul(np.transpose(batch), np.multiply(error, 0.1 / rows)));
      }
      return w;
    };
  const x = NDArray.from(Array.from({ length: 5 * rows }, (_, i) => [((i * 7919) % 101) / 50 - 1, 1]));
  const y = NDArray.from(Array.from({ length: 5 * rows }, (_, i) => 2 * (x.data[2 * i] as number) - 1));
  const costs = [1, 3, 5].map((steps) => {
    const { results, stats } = simulate(descent(steps) as never, [x, y], {
      ring,
      field: FIELDS.FM128,
      parties: 2,
    });
    const want = descent(steps)(x, y) as NDArray;
    near(
      `${steps} steps`,
      Array.from(results[0]!.data as Float64Array),
      Array.from(want.data as Float64Array),
      0,
      1e-5,
    );
    return [stats.rounds, stats.sent[0]![1]!, stats.dealerBytes];
  });
  const [first, third, fifth] = costs as [number[], number[], number[]];
  assert.equal(
    fifth.map((cost, i) => cost - third[i]!),
    third.map((cost, i) => cost - first[i]!),
  );
  // Opened: what is multiplied by weights, errors as they are truncated, and a gradient.
  assert.ok(fifth[0]! - third[0]! <= 4 * 2, `${fifth[0]! - third[0]!} rounds for two steps`);
});

test.run();
