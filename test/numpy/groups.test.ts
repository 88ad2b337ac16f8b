/** @file Rows by key: sums, counts, means, variances and extremes against loops, in the clear and on secrets. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulate } from '../../src/ir/run/simulate.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { trace } from '../../src/ir/trace/tracer.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { random, ring } from '../gates/harness.ts';
import { throws } from './both.ts';
import { secretly } from './secretly.ts';

const int64 = (list: readonly number[]): NDArray => NDArray.from([...list], 'int64');

type Reduce = (rows: readonly number[]) => number;
const total: Reduce = (rows) => rows.reduce((a, b) => a + b, 0);
const mean: Reduce = (rows) => (rows.length === 0 ? 0 : total(rows) / rows.length);
const variance =
  (ddof: number): Reduce =>
  (rows) =>
    total(rows.map((v) => (v - mean(rows)) ** 2)) / Math.max(1, rows.length - ddof);

const FUNCTIONS: readonly (readonly [
  name: string,
  fn: (k: BaseArray, v: BaseArray, groups: number) => BaseArray,
  of: Reduce,
])[] = [
  ['sum', np.groupSum, total],
  ['mean', np.groupMean, mean],
  ['count', (k, _v, n) => np.groupCount(k, n), (rows) => rows.length],
  ['var', np.groupVar, variance(0)],
  ['var, ddof 1', (k, v, n) => np.groupVar(k, v, n, { ddof: 1 }), variance(1)],
  ['std', np.groupStd, (rows) => Math.sqrt(variance(0)(rows))],
  ['max', np.groupMax, (rows) => (rows.length === 0 ? 0 : Math.max(...rows))],
  ['min', np.groupMin, (rows) => (rows.length === 0 ? 0 : Math.min(...rows))],
];

const next = random(5);
const N = 61;
const GROUPS = 6;
/** Group 3 has no row, group 4 one; -1 and 9 are in none. */
const KEYS = Array.from({ length: N }, (_, i) =>
  i === 7 ? 4 : i % 17 === 0 ? -1 : i === 5 ? 9 : [0, 1, 2, 5][i % 4]!,
);
const VALUES = Array.from({ length: N }, (_, i) =>
  i < 2 ? 16 - 32 * i : Math.round((next() * 32 - 16) * 1024) / 1024,
);

for (const [name, fn, of] of FUNCTIONS)
  test(`${name}, against a loop and on secrets`, () => {
    const got = (fn(int64(KEYS), np.array(VALUES), GROUPS) as NDArray).data;
    for (let g = 0; g < GROUPS; g++) {
      const want = of(VALUES.filter((_, i) => KEYS[i] === g));
      assert.ok(
        Math.abs(Number(got[g]) - want) < 1e-12 * Math.max(1, Math.abs(want)),
        `group ${g}: ${got[g]}, not ${want}`,
      );
    }
    // Relative above 1, of values up to 16.
    secretly((k, v) => fn(k!, v!, GROUPS), [int64(KEYS), VALUES], { FM128: 2 ** -20, FM64: 2 ** -12 });
  });

test('rows of several axes, one row, none, no groups, other dtypes of keys', () => {
  const rows = [
    [1, 2],
    [3, -4],
    [5, 6],
  ];
  const keys = int64([1, 0, 1]);
  for (const [fn, want] of [
    [
      np.groupMean,
      [
        [3, -4],
        [3, 4],
      ],
    ],
    [
      np.groupVar,
      [
        [0, 0],
        [4, 4],
      ],
    ],
    [
      np.groupMax,
      [
        [3, -4],
        [5, 6],
      ],
    ],
    [
      np.groupMin,
      [
        [3, -4],
        [1, 2],
      ],
    ],
  ] as const) {
    assert.equal(fn(keys, rows, 2).toArray(), want);
    secretly((k, v) => fn(k, v, 2), [keys, rows], { parties: [2] });
  }
  for (const [, fn] of FUNCTIONS) {
    assert.equal(Array.from((fn(int64([]), np.zeros([0]), 2) as NDArray).data, Number), [0, 0]);
    assert.equal(fn(int64([1]), np.array([3]), 0).shape, [0]);
  }
  assert.equal(np.groupMax(NDArray.from([true, false], 'bool'), [2, 3], 2).toArray(), [3, 2]);
});

test('extremes of integers are exact at their ends', () => {
  const values = NDArray.from([-128, 127, 0, -128], 'int8');
  const keys = int64([0, 1, 0, 2]);
  const fn = (k: BaseArray, v: BaseArray): BaseArray[] => [np.groupMax(k, v, 4), np.groupMin(k, v, 4)];
  assert.equal(
    fn(keys, values).map((x) => x.toArray()),
    [
      [0, 127, -128, 0],
      [-128, 127, -128, 0],
    ],
  );
  secretly(fn, [keys, values]);
});

test('rounds', () => {
  const rounds = (fn: (k: BaseArray, v: BaseArray) => BaseArray): number =>
    secretly(fn, [int64(KEYS), VALUES], { parties: [2], fields: ['FM128'] }).rounds;
  assert.equal(
    [
      rounds((k, v) => np.groupSum(k, v, GROUPS)),
      rounds((k) => np.groupCount(k, GROUPS)),
      rounds((k, v) => np.groupMean(k, v, GROUPS)),
      rounds((k, v) => np.groupVar(k, v, GROUPS)),
      rounds((k, v) => np.groupMax(k, v, GROUPS)),
    ],
    [4, 3, 19, 38, 34],
  );
});

test('small spreads, and none: the error of a root', () => {
  const keys = int64(KEYS.map((_, i) => i % 4));
  for (const spread of [1, 2 ** -4, 2 ** -8, 2 ** -12, 0]) {
    const values = np.array(
      VALUES.map((v) => 5 + Math.round(((v * spread) / 16) * 2 ** 18) / 2 ** 18),
    ) as NDArray;
    const want = np.groupStd(keys, values, 4) as NDArray;
    for (const [field, unit, least, none] of [
      ['FM128', 2 ** -20, 2 ** -25, 2 ** -12],
      ['FM64', 2 ** -12, 2 ** -17, 2 ** -8],
    ] as const) {
      const program = (k: BaseArray, v: BaseArray): BaseArray => np.groupStd(k, v, 4);
      const { results } = simulate(program as never, [keys, values], {
        ring,
        field: FIELDS[field],
        parties: 2,
      });
      for (const [g, v] of (results[0]!.data as Float64Array).entries()) {
        const s = Number(want.data[g]);
        const allowed = Math.min(none, Math.max(unit, s === 0 ? none : least / s));
        assert.ok(Math.abs(v - s) <= allowed, `${field}, spread ${spread}, group ${g}: ${v}, not ${s}`);
      }
    }
  }
});

test('keys of any dtype name the groups that they can', () => {
  const values = np.array([1, 2, 4, 8]);
  assert.equal(np.groupSum([1, 0, 1, 3], values, 4).toArray(), [2, 5, 0, 8]);
  assert.equal(np.groupSum(NDArray.from([true, false, true, true], 'bool'), values, 3).toArray(), [2, 13, 0]);
  const bytes = NDArray.from([0, -128, 127, -1], 'int8');
  const sums = np.groupSum(bytes, values, 300).toArray() as number[];
  assert.equal(
    sums.flatMap((v, g) => (v === 0 ? [] : [[g, v]])),
    [
      [0, 1],
      [127, 4],
    ],
  );
  secretly((k, v) => np.groupSum(k, v, 300), [bytes, values], { parties: [2] });
});

test('errors', () => {
  throws(() => np.groupMax([0], [true], 1), 'DTYPE', 'groupMax of booleans');
  const [keys, values] = [int64([0, 1, 0]), np.array([1.5, 2, 4])];
  for (const [, fn] of FUNCTIONS) {
    throws(() => fn(values, keys, 2), 'DTYPE', 'stand first');
    const secret = { dtype: 'fxp', secret: true, shape: [3] } as const;
    throws(
      () => trace(((k: BaseArray, v: BaseArray) => fn(k, v, 2)) as never, [secret, secret]),
      'DTYPE',
      'np.groupSum(keys, values, groups)',
    );
  }
  for (const fn of [np.groupSum, np.groupMean, np.groupVar, np.groupMax])
    throws(() => fn(keys, [1], 2), 'SHAPE', '3 keys for values of shape (1,)');
  throws(() => np.groupMin([[0]], [1], 1), 'SHAPE', 'a vector');
  throws(() => np.groupVar([0], [1], 1, { dof: 1 } as never), 'INVALID_ARGUMENT', 'did you mean "ddof"');
});

test.run();
