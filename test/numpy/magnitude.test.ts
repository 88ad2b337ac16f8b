/** Functions of large and of tiny secrets, at the field's fraction bits and at others, by tables and by keys. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TesseraError } from '../../src/errors.ts';
import type { CostMode } from '../../src/ir/compile/plan.ts';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { ring } from '../gates/harness.ts';

interface Options {
  readonly field?: FieldName;
  readonly fraction?: number;
  readonly parties?: number;
  readonly costMode?: CostMode;
}

type Fn = (...x: BaseArray[]) => BaseArray;

const run = (fn: Fn, inputs: readonly NDArray[], { field = 'FM128', parties = 2, ...rest }: Options = {}) =>
  simulate(fn as never, [...inputs], { ring, field: FIELDS[field], parties, ...rest }).results[0]!;

/** Relative above 1, beside two units in the last place. */
const near = (what: string, got: NDArray, want: readonly number[], error: number, fraction: number): void =>
  want.forEach((w, i) => {
    const g = Number(got.data[i]);
    assert.ok(
      Math.abs(g - w) <= error * Math.abs(w) + 2 * 2 ** -fraction,
      `${what}: [${i}] is ${g}, not ${w}`,
    );
  });

const SIZES = [2 ** -20, 1e-4, 0.5, 1, 5e4, 1e8, 3e9, 1e12, 2 ** 50, 2 ** 74];
const numbers = ({ data }: NDArray): number[] =>
  Array.from({ length: data.length }, (_, i) => Number(data[i]));
const row = (x: readonly number[]): NDArray => NDArray.from([...x]);

const FNS: Readonly<
  Record<string, readonly [fn: Fn, of: (x: number) => number, error?: number, from?: number]>
> = {
  sqrt: [(x) => np.sqrt(x!), Math.sqrt],
  rsqrt: [(x) => np.rsqrt(x!), (x) => 1 / Math.sqrt(x)],
  log: [(x) => np.log(x!), Math.log],
  log2: [(x) => np.log2(x!), Math.log2],
  log10: [(x) => np.log10(x!), Math.log10],
  log1p: [(x) => np.log1p(x!), Math.log1p, 1e-6, 1e-4],
  reciprocal: [(x) => np.reciprocal(x!), (x) => 1 / x],
  cbrt: [(x) => np.cbrt(x!), Math.cbrt],
  arctan: [(x) => np.arctan(x!), Math.atan],
  arcsinh: [(x) => np.arcsinh(x!), Math.asinh],
  arccosh: [(x) => np.arccosh(x!), Math.acosh, 1e-6, 1],
  'x / 7': [(x) => np.divide(x!, np.add(np.multiply(x!, 0), 7)), (x) => x / 7],
  '7 / x': [(x) => np.divide(7, x!), (x) => 7 / x],
  'x / x': [(x) => np.divide(x!, np.multiply(x!, 1)), () => 1],
  'power -0.5': [(x) => np.power(x!, -0.5), (x) => x ** -0.5],
  'hypot(3x, 4x)': [(x) => np.hypot(np.multiply(x!, 3), np.multiply(x!, 4)), (x) => 5 * x],
  'arctan2(x, -x)': [(x) => np.arctan2(x!, np.negative(x!)), () => (3 * Math.PI) / 4],
};

for (const [name, [fn, of, error = 2 ** -20, from = 0]] of Object.entries(FNS)) {
  test(`${name} from 2^-20 to 2^74`, () => {
    const least = name.startsWith('arctan2') ? 2 ** -10 : from;
    const most = name.startsWith('hypot') ? 2 ** 73 : Infinity;
    const x = SIZES.map((v) => Math.round(v * 2 ** 26) * 2 ** -26).filter((v) => v >= least && v < most);
    for (const costMode of ['bandwidth', 'latency'] as const) {
      const got = run(fn, [row(x)], { costMode });
      // Of bounded values and logarithms the absolute error counts.
      near(
        `${name}, ${costMode}`,
        got,
        x.map(of),
        error,
        name.startsWith('log') || name.startsWith('arc') ? 20 : 26,
      );
    }
  });
}

test('quotients of whole numbers', () => {
  const divide: Fn = (x, y) => np.divide(x!, y!);
  const cases: [string, NDArray, NDArray, number][] = [
    ['float64', row([604800000, 1e8, 48389524527]), row([86400000, 1e8, 9672159]), 26],
    ['int32', NDArray.from([1.7e9, -7, 2147483647], 'int32'), NDArray.from([1.2e9, 2, -1], 'int32'), 26],
    ['int64', NDArray.from([604800000n, 10n ** 15n], 'int64'), NDArray.from([86400000n, 3n], 'int64'), 26],
    ['int8', NDArray.from([127, -128, 5], 'int8'), NDArray.from([3, 7, -1], 'int8'), 26],
  ];
  for (const [name, x, y, fraction] of cases) {
    const want = numbers(x).map((v, i) => v / numbers(y)[i]!);
    for (const parties of [2, 3]) near(name, run(divide, [x, y], { parties }), want, 2 ** -20, fraction);
  }
});

test('other fraction bits', () => {
  for (const fraction of [8, 16, 33, 40, 48]) {
    const x = row([5000, 1, 3, 12345.5]);
    const way = { fraction, parties: 3 };
    const want = (of: (v: number) => number): number[] => numbers(x).map(of);
    near(
      `sqrt at ${fraction}`,
      run((v) => np.sqrt(v!), [x], way),
      want(Math.sqrt),
      2 ** -20,
      fraction,
    );
    near(
      `log at ${fraction}`,
      run((v) => np.log(v!), [x], way),
      want(Math.log),
      2 ** -20,
      Math.min(fraction, 20),
    );
    near(
      `1 / x at ${fraction}`,
      run((v) => np.divide(1, v!), [x], way),
      want((v) => 1 / v),
      0,
      fraction - 1,
    );
    near(
      `reciprocal at ${fraction}`,
      run((v) => np.reciprocal(v!), [x], way),
      want((v) => 1 / v),
      0,
      fraction - 1,
    );
  }
});

test('FM64 and FM32', () => {
  const of = (field: FieldName, x: readonly number[], y: readonly number[]): NDArray =>
    run((u, v) => np.divide(u!, v!), [row(x), row(y)], { field });
  const big = [5e5, 48389524527, 2 ** 44, 1e9, -3e12];
  const by = [3, 9672159, 7e5, 0.5, 1e6];
  near(
    'FM64',
    of('FM64', big, by),
    big.map((v, i) => v / by[i]!),
    2 ** -15,
    18,
  );
  near('FM32', of('FM32', [5e6, 100], [50, -7]), [100000, -100 / 7], 0.05, 8);
  const sizes = [2 ** -10, 1, 1e6, 2 ** 44];
  near(
    'FM64 sqrt',
    run((v) => np.sqrt(v!), [row(sizes)], { field: 'FM64' }),
    sizes.map(Math.sqrt),
    2 ** -15,
    18,
  );
  near(
    'FM64 log',
    run((v) => np.log(v!), [row(sizes)], { field: 'FM64' }),
    sizes.map(Math.log),
    2 ** -15,
    15,
  );
});

test('what has no value has a documented one', () => {
  const largest = 2 ** 79;
  const x = row([0, -3]);
  for (const costMode of ['bandwidth', 'latency'] as const) {
    const of = (fn: Fn): NDArray => run(fn, [x], { costMode });
    near(
      'sqrt',
      of((v) => np.sqrt(v!)),
      [0, 0],
      0,
      26,
    );
    near(
      'log',
      of((v) => np.log(v!)),
      [-27 * Math.LN2, -27 * Math.LN2],
      2 ** -20,
      20,
    );
    near(
      'rsqrt',
      of((v) => np.rsqrt(v!)),
      [2 ** 13.5, 2 ** 13.5],
      2 ** -20,
      26,
    );
    near(
      '1 / 0',
      of((v) => np.reciprocal(v!)),
      [2 ** 27, -1 / 3],
      2 ** -20,
      26,
    );
    const zero: Fn = (v) => np.divide(v!, np.multiply(v!, 0));
    near('x / 0', of(zero), [largest, -largest], 0, 26);
    near(
      'beyond',
      run((u, v) => np.divide(u!, v!), [row([1e20, -1e20]), row([1e-6, 1e-6])], { costMode }),
      [largest, -largest],
      0,
      26,
    );
  }
});

test('a promised range takes the cheaper form', () => {
  const rounds = (fn: Fn): number => {
    const x = row([0.5, 2, 3]);
    return simulate(fn as never, [x], { ring, field: FIELDS.FM128, parties: 2 }).stats.rounds;
  };
  const close = (x: BaseArray | undefined): BaseArray => np.within(x!, 0.25, 1000);
  assert.equal(
    [
      rounds((x) => np.log(close(x))),
      rounds((x) => np.sqrt(close(x))),
      rounds((x) => np.reciprocal(close(x))),
      rounds((x) => np.divide(close(x), close(x))),
    ],
    [5, 6, 6, 7],
  );
});

test('integers that are no float64 of the ring: known ones are refused, others the range guard finds', () => {
  const far = np.array([2n ** 50n, -(2n ** 62n)], 'int64') as NDArray;
  const run = (fn: (x: BaseArray) => BaseArray, field: 'FM32' | 'FM64' | 'FM128', x: NDArray) =>
    simulate(fn as never, [x], { ring, field: FIELDS[field], parties: 2, rangeGuard: true });
  const known = (x: BaseArray): BaseArray =>
    np.multiply(np.add(np.astype(np.less(x, 0), 'int64'), 2 ** 50), 0.5);
  assert.throws(
    () => run(known, 'FM64', far),
    (e: TesseraError) => e.code === 'RANGE' && e.message.includes('FM64 with 18 fraction bits'),
  );
  assert.is(run(known, 'FM128', far).left, undefined);
  for (const fn of [
    (x: BaseArray) => np.astype(x, 'float64'),
    (x: BaseArray) => np.multiply(x, 0.5),
    (x: BaseArray) => np.mean(x),
    (x: BaseArray) => np.less(x, 0.5),
    (x: BaseArray) => np.divide(x, x),
  ]) {
    assert.ok(run(fn, 'FM64', far).left);
    assert.is(run(fn, 'FM128', far).left, undefined);
    assert.ok(run(fn, 'FM32', np.array([2 ** 24], 'int32') as NDArray).left);
  }
});

test.run();
