/** @file What takes columns of several parties, as programs over `np`. */
import { fail, oneOf } from '../errors.ts';
import { type Features, features, scaled, scaleOf } from '../models/columns.ts';
import { inverse } from '../models/definite.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';

/** [k, k] */
export const correlations = (x: Features): BaseArray => {
  const given = features(x);
  const z = scaled(given, scaleOf(given));
  return np.multiply(np.matmul(z.T, z), 1 / given.shape[0]!);
};

/** Diagonal of the inverse of correlations. */
export const inflation = (x: Features): BaseArray => {
  const a = correlations(x);
  const inv = inverse(a);
  // One step more takes away what rounding left.
  return np.diagonal(np.matmul(inv, np.subtract(np.multiply(np.eye(a.shape[0]!), 2), np.matmul(a, inv))));
};

/** int64 [n, values]: which value a row has. */
const members = (codes: BaseArray, values: number): BaseArray =>
  np.astype(np.equal(np.expandDims(codes, 1), np.astype(np.arange(values), 'int32')), 'int64');

export const crossCounts = (a: BaseArray, b: BaseArray, as: number, bs: number): BaseArray =>
  np.matmul(members(a, as).T, members(b, bs));

const WAYS = {
  sum: np.groupSum,
  mean: np.groupMean,
  min: np.groupMin,
  max: np.groupMax,
  std: np.groupStd,
  var: np.groupVar,
};

export const grouped = (
  keys: BaseArray,
  columns: readonly BaseArray[],
  how: readonly (readonly [name: string, way: keyof typeof WAYS])[],
  groups: number,
): Record<string, BaseArray> => {
  const found: Record<string, BaseArray> = { count: np.groupCount(keys, groups) };
  for (const [i, [name, way]] of how.entries()) {
    const fn =
      WAYS[way] ?? fail('INVALID_ARGUMENT', `agg: ${JSON.stringify(way)}: use ${oneOf(Object.keys(WAYS))}`);
    found[name] = fn(keys, np.ravel(columns[i]!), groups);
  }
  return found;
};

/** Logarithms of shares of label 1 over shares of label 0, by value. */
export const weighed = (
  codes: BaseArray,
  labels: BaseArray,
  values: number,
): { woe: BaseArray; iv: BaseArray } => {
  const inside = members(codes, values);
  const yes = np.astype(np.greater(labels, 0.5), 'int64');
  const ones = np.matmul(inside.T, yes);
  const half = (x: BaseArray): BaseArray => np.add(np.astype(x, 'float64'), 0.5);
  const [good, bad] = [half(ones), half(np.subtract(np.sum(inside, 0), ones))];
  const share = (x: BaseArray, whole: BaseArray): BaseArray =>
    np.divide(x, np.astype(np.maximum(whole, 1), 'float64'));
  const total = np.sum(yes);
  const [a, b] = [share(good, total), share(bad, np.subtract(labels.size, total))];
  const woe = np.subtract(np.log(a), np.log(b));
  return { woe, iv: np.sum(np.multiply(np.subtract(a, b), woe)) };
};
