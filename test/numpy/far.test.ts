/** Functions of numbers far from 1, up to the ends of the ring, and of either sign; at every field, by tables and by keys. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

type Fn = (...x: BaseArray[]) => unknown;

const NAMES = ['FM32', 'FM64', 'FM128'] as const;

const row = (x: readonly number[]): NDArray => NDArray.from([...x]);

/** By tables of three parties and by keys of two. */
const everyWay = (
  fn: Fn,
  inputs: readonly NDArray[],
  field: FieldName,
  check: (results: readonly (readonly number[])[], way: string) => void,
  fraction: number = FIELDS[field].fraction,
): void => {
  for (const [costMode, parties] of [
    ['bandwidth', 3],
    ['bandwidth', 2],
    ['latency', 2],
  ] as const) {
    const options = { ring, field: FIELDS[field], parties, costMode, fraction };
    const { results } = simulate(fn as never, [...inputs], options);
    check(
      results.map((r) => Array.from(r.data, Number)),
      `${field}, ${fraction} bits, ${costMode}, ${parties} parties`,
    );
  }
};

/** Relative above 1. */
const near = (got: readonly number[], want: readonly number[], error: number, what: string): void =>
  want.forEach((w, i) => {
    assert.ok(
      Math.abs(got[i]! - w) <= error * Math.max(1, Math.abs(w)),
      `${what}: [${i}] is ${got[i]}, not ${w}`,
    );
  });

const ERROR = { FM32: 2 ** -4, FM64: 2 ** -12, FM128: 2 ** -18 } as const;

test('a secret power of a secret: of 0, and of negative numbers', () => {
  const x = [-5, -2, -2, 2, -1.5, 0, 0, 3, -3];
  const y = [1, 2, 3, 0.5, -3, 2, 0, -1, -2];
  for (const field of NAMES)
    everyWay(
      (a, b) => np.power(a!, b!),
      [row(x), row(y)],
      field,
      ([got], way) =>
        near(
          got!,
          x.map((v, i) => v ** y[i]!),
          ERROR[field],
          way,
        ),
    );
});

test('what is cut towards zero, and what is left, of any size', () => {
  const far = { FM32: 2 ** 21, FM64: 2 ** 43, FM128: 2 ** 99 } as const;
  for (const field of NAMES) {
    const x = [far[field], -far[field], 2.5, -2.5, -0.25, 0, -3];
    everyWay(
      (a) => [np.trunc(a!), np.fix(a!), ...np.modf(a!)],
      [row(x)],
      field,
      (got, way) => {
        const want = x.map((v) => Math.trunc(v) || 0);
        const rest = x.map((v, i) => v - want[i]!);
        assert.equal(
          got.map((r) => r.map((v) => v || 0)),
          [want, want, rest, want],
          way,
        );
      },
    );
  }
  assert.equal(np.trunc([6.3e29, -6.3e29, -2.5]).toArray(), [6.3e29, -6.3e29, -2]);
});

test('rounded to places, however large', () => {
  const x = {
    FM32: [-4000.25, 2 ** 20 + 0.25],
    FM64: [-4000.25, 1e12 + 0.25],
    FM128: [-4000.25, 2 ** 50 + 0.25],
  };
  for (const field of NAMES)
    everyWay(
      (a) => [np.round(a!, 1), np.round(a!, -2)],
      [row([...x[field], 0.75, -0.25, 2.375])],
      field,
      (got, way) => {
        const all = [...x[field], 0.75, -0.25, 2.375];
        near(got[0]!, [-4000.2, x[field][1]! - 0.05, 0.8, -0.2, 2.4], 2 ** -6, way);
        near(
          got[1]!,
          all.map((v) => Math.round(v / 100) * 100),
          ERROR[field],
          way,
        );
      },
    );
});

const normal = (x: readonly number[]): number[] => {
  const mean = x.reduce((a, b) => a + b) / x.length;
  const size = Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length + 1e-5);
  return x.map((v) => (v - mean) / size);
};

test('rows of variance 1, of data of any size and at any fraction bits', () => {
  const rows = (scales: readonly number[]): number[][] =>
    scales.map((s) => [1, -2, 3.5, 0.25, 0, 0, 7, -1].map((v) => v * s));
  const cases = [
    ...[16, 26, 32, 40, 48].map(
      (f) =>
        ['FM128', f, f === 16 ? 2 ** -14 : 2 ** -17, f < 40 ? [0.5, 1, 30, 2 ** 20] : [0.5, 1, 30]] as const,
    ),
    ['FM128', 16, 2 ** -12, [2 ** 29]] as const,
    ...[18, 20].map((f) => ['FM64', f, 2 ** -10, [1, 30, 500]] as const),
    ['FM32', 8, 2 ** -3, [1, 3]] as const,
  ];
  for (const [field, fraction, error, scales] of cases) {
    const x = rows(scales);
    const check = ([norm, unit, correlated]: readonly (readonly number[])[], way: string): void => {
      near(norm!, x.flatMap(normal), error, `layerNorm, ${way}`);
      near(unit!, x.flatMap(normal), error, `standardize, ${way}`);
      near(correlated!, Array(scales.length ** 2).fill(1), error, `corrcoef, ${way}`);
    };
    const fn: Fn = (a) => [np.nn.layerNorm(a!), np.nn.standardize(a!), np.corrcoef(a!)];
    everyWay(fn, [NDArray.from(x)], field, check, fraction);
  }
  const layer: Fn = (a) => np.nn.layerNorm(a!);
  everyWay(layer, [row([0, 11000])], 'FM64', ([got], way) => near(got!, [-1, 1], 2 ** -11, way));
  everyWay(layer, [row([0, 0.25])], 'FM64', ([got], way) => near(got!, normal([0, 0.25]), 2 ** -11, way));
});

test('variances and deviations of groups by secret keys, at any fraction bits', () => {
  const keys = new NDArray([4], 'int32', Int32Array.of(1, 1, 0, 0));
  const fn: Fn = (k, v) => [np.groupStd(k!, v!, 2), np.groupVar(k!, v!, 2)];
  for (const fraction of [16, 26, 32, 40, 48]) {
    const error = Math.max(2 ** -18, 2 * 2 ** -fraction);
    everyWay(
      fn,
      [keys, row([1, 0, 1000, 3000])],
      'FM128',
      ([std, variance], way) => {
        near(std!, [1000, 0.5], error, way);
        near(variance!, [1e6, 0.25], error, way);
      },
      fraction,
    );
  }
});

test('variances and deviations of groups whose spread is small beside their values', () => {
  const keys = new NDArray([6], 'int32', Int32Array.of(1, 1, 0, 0, 2, 2));
  const fn: Fn = (k, v) => [np.groupStd(k!, v!, 3), np.groupVar(k!, v!, 3)];
  for (const [field, far, error, none] of [
    ['FM128', 1.7e9, 2 ** -18, 2 ** -40],
    ['FM64', 2e6, 2 ** -11, 2 ** -28],
  ] as const)
    everyWay(fn, [keys, row([3, 5, far, far + 60, -far, -far])], field, ([std, variance], way) => {
      near(std!.slice(0, 2), [30, 1], error, way);
      near(variance!.slice(0, 2), [900, 1], error, way);
      near(std!.slice(2), [0], far * none, way);
      near(variance!.slice(2), [0], (far * none) ** 2 + 2 ** -FIELDS[field].fraction, way);
    });
});

test('extremes of groups, at every field and fraction, with a range guard and without', () => {
  const keys = new NDArray([4], 'int32', Int32Array.of(1, 1, 0, 0));
  const most = { FM32: 2 ** 16, FM64: 2 ** 36, FM128: 2 ** 70 } as const;
  for (const field of NAMES)
    for (const more of [0, 2])
      for (const rangeGuard of [false, true]) {
        const end = most[field];
        const x = row([end, -3, -end, -2 * end]);
        const { results, left } = simulate(
          ((k: BaseArray, v: BaseArray) => [np.groupMax(k, v, 3), np.groupMin(k, v, 3)]) as never,
          [keys, x],
          {
            ring,
            field: FIELDS[field],
            fraction: FIELDS[field].fraction + more,
            parties: 2,
            rangeGuard,
          },
        );
        assert.is(left, undefined, `${field}, ${more} more bits`);
        assert.equal(
          results.map((r) => Array.from(r.data, Number)),
          [
            [-end, end, 0],
            [-2 * end, -3, 0],
          ],
        );
      }
});

test('the logistic loss of large logits, of labels that are integers or bools', () => {
  const far = { FM32: 2 ** 20, FM64: 2e12, FM128: 2 ** 80 } as const;
  for (const field of NAMES) {
    const x = row([far[field], -far[field], far[field], 3]);
    const labels = [1, 0, 0, 1];
    const want = [0, 0, far[field], Math.log1p(Math.exp(-3))];
    for (const y of [
      new NDArray([4], 'int32', Int32Array.from(labels)),
      new NDArray([4], 'bool', Uint8Array.from(labels)),
    ])
      everyWay(
        (a, b) => np.nn.sigmoidCrossEntropy(a!, b!),
        [x, y],
        field,
        ([got], way) => near(got!, want, 2 ** -7, way),
      );
  }
});

test('places in a flattened array are int64, as in NumPy', () => {
  const at = new NDArray([2], 'int8', Int8Array.of(90, 1));
  const { results } = simulate(((a: BaseArray) => np.ravelMultiIndex([a, a], [100, 100])) as never, [at], {
    ring,
    field: FIELDS.FM128,
    parties: 2,
  });
  assert.is(results[0]!.dtype, 'int64');
  assert.equal(Array.from(results[0]!.data, Number), [9090, 101]);
});

test('mantissa and exponent of numbers anywhere in the ring, at any fraction', () => {
  const ways = [
    ['FM32', 8],
    ['FM32', 10],
    ['FM64', 18],
    ['FM64', 20],
    ['FM128', 8],
    ['FM128', 26],
    ['FM128', 48],
  ] as const;
  for (const [field, fraction] of ways) {
    const top = FIELDS[field].bits - 2 - fraction;
    const x = [
      0,
      2 ** -fraction,
      -(2 ** -fraction),
      3.125,
      -3.125,
      0.5,
      1,
      -1,
      0.984375 * 2 ** top,
      -(2 ** top),
    ];
    for (let e = -fraction + 3; e < top; e += 3) x.push(1.125 * 2 ** e, -1.875 * 2 ** e);
    const unit = 2 ** -fraction;
    // Powers of two, of which -16^j is the least of its digit, and their neighbours towards 0.
    for (let e = -fraction + 1; e < Math.min(top, 52 - fraction); e++)
      x.push(2 ** e, -(2 ** e), 2 ** e - unit, unit - 2 ** e);
    const check = ([m, n]: readonly (readonly number[])[], way: string): void =>
      x.forEach((v, i) => {
        let want = v === 0 ? 0 : Math.floor(Math.log2(Math.abs(v))) + 1;
        if (v !== 0 && Math.abs(v) < 2 ** (want - 1)) want--;
        assert.is(n![i], want, `the exponent of ${v}, ${way}`);
        const off = Math.abs(m![i]! - v / 2 ** want);
        assert.ok(off <= unit, `the mantissa of ${v}, ${way}: ${m![i]}`);
      });
    everyWay((a) => np.frexp(a!), [row(x)], field, check, fraction);
  }
});

test('real numbers in order, up to the largest of the ring', () => {
  const most = { FM32: 2 ** 22 - 1, FM64: 2 ** 43 - 1, FM128: 2 ** 99 - 2 ** 70 } as const;
  const orders = (x: readonly number[]): number[] => [...x.keys()].sort((i, j) => x[i]! - x[j]!);
  for (const field of NAMES) {
    const end = most[field];
    const few = [end, 0, -end, 1, 3, -end, 5, end, 2, -7, 0.5];
    const many = [...few, ...Array.from({ length: 5 }, (_, i) => ((i * 7) % 5) * 0.25 * end - end / 2)];
    // As many as FM32 sorts by parts; the others narrow what is large.
    const lists = field === 'FM32' ? [few, [...many, 4, -4]] : [few, many];
    for (const x of lists)
      everyWay(
        (a) => [np.sort(a!), np.argsort(a!)],
        [row(x)],
        field,
        ([values, places], way) => {
          const own = x.map((v) => Math.round(v * 2 ** FIELDS[field].fraction) / 2 ** FIELDS[field].fraction);
          assert.equal(
            values,
            [...own].sort((u, v) => u - v),
            way,
          );
          assert.equal(places, orders(own), way);
        },
      );
    // Where a program says that numbers are small nothing is done for large ones.
    const small = simulate(
      ((a: BaseArray) => np.argsort(np.within(a, -100, 100))) as never,
      [row(few.map((v) => v % 7))],
      {
        ring,
        field: FIELDS[field],
        parties: 2,
      },
    );
    const any = simulate(((a: BaseArray) => np.argsort(a)) as never, [row(few)], {
      ring,
      field: FIELDS[field],
      parties: 2,
    });
    assert.ok(
      small.stats.rounds < any.stats.rounds,
      `${field}: ${small.stats.rounds} rounds, ${any.stats.rounds} of any`,
    );
  }
});

test('a divisor of 0 gives the largest quotient, and counts as a unit in the last place where it is promised to be small', () => {
  const largest = { FM32: 2 ** 17, FM64: 2 ** 32, FM128: 2 ** 79 } as const;
  for (const field of NAMES) {
    const unit = 2 ** -FIELDS[field].fraction;
    everyWay(
      (a, b) => np.divide(a!, b!),
      [row([2, -3, 5]), row([0, 0, 1])],
      field,
      ([got], way) => near(got!, [largest[field], -largest[field], 5], 2 ** -7, way),
    );
    everyWay(
      (a, b) => np.divide(np.within(a!, -10, 10), np.within(b!, -10, 10)),
      [row([2, -3, 0]), row([0, 0, 0])],
      field,
      ([got], way) => near(got!, [2 / unit, -3 / unit, 0], 2 ** -6, way),
    );
  }
});

test.run();
