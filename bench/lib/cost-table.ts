/** @file What `costs` measures: each op as users call it, on which inputs, and how its error is counted. */

import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import type { FieldName } from '../../src/ring/field.ts';
import { ARRAYS } from './cost-arrays.ts';
import { MORE } from './cost-more.ts';
import { logUniform, signedLogUniform, uniform } from './inputs.ts';

export interface CostCase {
  readonly op: string;
  readonly fn: (...x: NDArray[]) => unknown;
  readonly inputs: (field: FieldName) => readonly NDArray[];
  /** Where the inputs are from, for people. */
  readonly range: (field: FieldName) => string;
  /** `exact`: any difference counts as 1. `mixed`: relative above 1, absolute below. `drawn`: random, not compared. */
  readonly error: 'absolute' | 'mixed' | 'exact' | 'drawn';
  /** The fields that it is measured in: all, where none are named. */
  readonly fields?: readonly FieldName[];
  /** Dtypes of the inputs, where they are not all float64. */
  readonly dtypes?: readonly string[];
  /** How many times the usual bound its error may be: what is made of very many steps. */
  readonly slack?: number;
}

const BATCH = [1000];

/** Largest and smallest magnitudes that fields are made for: products and quotients must stay in range. */
const SIZE: Readonly<Record<FieldName, { big: number; tiny: number; expMax: number }>> = {
  FM32: { big: 2 ** 3, tiny: 2 ** -3, expMax: 4 },
  FM64: { big: 2 ** 10, tiny: 2 ** -8, expMax: 11 },
  FM128: { big: 2 ** 20, tiny: 2 ** -16, expMax: 21 },
};

/** What is normalised may be of any size: from the smallest of which something is left to where the ring ends, nearly. */
const WHOLE: Readonly<Record<FieldName, { from: number; to: number; over: number }>> = {
  FM32: { from: 2 ** -3, to: 2 ** 20, over: 2 ** 8 },
  FM64: { from: 2 ** -10, to: 2 ** 44, over: 2 ** 20 },
  FM128: { from: 2 ** -20, to: 2 ** 74, over: 2 ** 50 },
};

const interval = (lo: number | string, hi: number | string): string => `[${lo}, ${hi})`;
const power = (x: number): string => (Number.isInteger(Math.log2(x)) ? `2^${Math.log2(x)}` : String(x));

/** Both signs, up to the square root of the field's size where results are products. */
const product = (f: FieldName): number => Math.sqrt(SIZE[f].big);

const symmetric = (op: string, fn: CostCase['fn'], error: CostCase['error'], arity: number): CostCase => ({
  op,
  fn,
  error,
  inputs: (f) => Array.from({ length: arity }, (_, i) => uniform(BATCH, -product(f), product(f), i + 1)),
  range: (f) => interval(`-${power(product(f))}`, power(product(f))),
});

const between = (op: string, fn: CostCase['fn'], lo: number, hi: number): CostCase => ({
  op,
  fn,
  error: 'absolute',
  inputs: () => [uniform(BATCH, lo, hi)],
  range: () => interval(lo, hi),
});

const positive = (op: string, fn: CostCase['fn']): CostCase => ({
  op,
  fn,
  error: 'mixed',
  inputs: (f) => [logUniform(BATCH, WHOLE[f].from, WHOLE[f].to)],
  range: (f) => interval(power(WHOLE[f].from), power(WHOLE[f].to)),
});

export const COSTS: readonly CostCase[] = [
  symmetric('add', (x, y) => np.add(x!, y!), 'mixed', 2),
  symmetric('multiply', (x, y) => np.multiply(x!, y!), 'mixed', 2),
  symmetric('square', (x) => np.square(x!), 'mixed', 1),
  symmetric('multiply by a public number', (x) => np.multiply(x!, 0.37), 'mixed', 1),
  {
    op: 'matmul',
    fn: (x, y) => np.matmul(x!, y!),
    error: 'mixed',
    inputs: (f) => [
      uniform([32, 64], -product(f) / 8, product(f) / 8, 1),
      uniform([64, 16], -product(f) / 8, product(f) / 8, 2),
    ],
    range: (f) => interval(`-${power(product(f) / 8)}`, power(product(f) / 8)),
  },
  symmetric('less', (x, y) => np.less(x!, y!), 'exact', 2),
  {
    op: 'equal',
    fn: (x, y) => np.equal(x!, y!),
    error: 'exact',
    inputs: () => [np.floor(uniform(BATCH, -4, 4, 1)), np.floor(uniform(BATCH, -4, 4, 2))] as NDArray[],
    range: () => 'all',
  },
  symmetric('where', (x, y) => np.where(np.less(x!, y!), x!, y!), 'mixed', 2),
  symmetric('logical_and', (x, y) => np.logicalAnd(np.less(x!, y!), np.less(y!, x!)), 'exact', 2),
  symmetric('maximum', (x, y) => np.maximum(x!, y!), 'mixed', 2),
  symmetric('minimum', (x, y) => np.minimum(x!, y!), 'mixed', 2),
  symmetric('relu', (x) => np.maximum(x!, 0), 'mixed', 1),
  symmetric('abs', (x) => np.abs(x!), 'mixed', 1),
  symmetric('sign', (x) => np.sign(x!), 'exact', 1),
  symmetric('clip', (x) => np.clip(x!, -1, 1), 'mixed', 1),
  symmetric('floor', (x) => np.floor(x!), 'exact', 1),
  symmetric('sum', (x) => np.sum(x!), 'mixed', 1),
  symmetric('mean', (x) => np.mean(x!), 'mixed', 1),
  symmetric('max', (x) => np.max(x!), 'mixed', 1),
  symmetric('argmax', (x) => np.argmax(x!), 'exact', 1),
  positive('sqrt', (x) => np.sqrt(x!)),
  positive('rsqrt', (x) => np.rsqrt(x!)),
  positive('log', (x) => np.log(x!)),
  {
    op: 'reciprocal',
    fn: (x) => np.reciprocal(x!),
    error: 'mixed',
    inputs: (f) => [signedLogUniform(BATCH, WHOLE[f].from, WHOLE[f].to)],
    range: (f) => `+-${interval(power(WHOLE[f].from), power(WHOLE[f].to))}`,
  },
  {
    op: 'divide',
    fn: (x, y) => np.divide(x!, y!),
    error: 'mixed',
    inputs: (f) => [
      signedLogUniform(BATCH, WHOLE[f].from, WHOLE[f].over),
      signedLogUniform(BATCH, WHOLE[f].from, WHOLE[f].to, 2),
    ],
    range: (f) => {
      const { from, to, over } = WHOLE[f];
      return `+-${interval(power(from), power(over))} / +-${interval(power(from), power(to))}`;
    },
  },
  { ...between('log of np.within', (x) => np.log(np.within(x!, 0.5, 1000)), 0.5, 1000), error: 'mixed' },
  { ...between('sqrt of np.within', (x) => np.sqrt(np.within(x!, 0, 1000)), 0, 1000), error: 'mixed' },
  {
    op: 'divide of np.within',
    fn: (x, y) => np.divide(np.within(x!, -4, 4), np.within(y!, 0.5, 1000)),
    error: 'mixed',
    inputs: () => [uniform(BATCH, -4, 4), uniform(BATCH, 0.5, 1000, 2)],
    range: () => '[-4, 4) / [0.5, 1000)',
    fields: ['FM64', 'FM128'],
  },
  {
    op: 'exp',
    fn: (x) => np.exp(x!),
    error: 'mixed',
    inputs: (f) => [uniform(BATCH, -25, SIZE[f].expMax - 2 ** -8)],
    range: (f) => interval(-25, SIZE[f].expMax),
  },
  between('sigmoid', (x) => np.sigmoid(x!), -20, 20),
  between('sigmoid of np.within', (x) => np.sigmoid(np.within(x!, -15, 15)), -15, 15),
  { ...between('exp of np.within', (x) => np.exp(np.within(x!, -2, 2)), -2, 2), error: 'mixed' },
  between('tanh', (x) => np.tanh(x!), -10, 10),
  between('erf', (x) => np.erf(x!), -6, 6),
  between('sin', (x) => np.sin(x!), -10, 10),
  between('cos', (x) => np.cos(x!), -10, 10),
  ...MORE,
  ...ARRAYS,
];
