/** @file What NumPy gives as lists of unknown length: here their length is given, so that it says nothing of secrets. */
import { fail } from '../errors.ts';
import { block } from '../ir/algebra.ts';
import type { BaseArray } from '../ir/array.ts';
import { apply } from '../ir/tracer.ts';
import { less, notEqual, where } from './compare.ts';
import { type ArrayInput, asArr, convertTo, isBool, truth } from './core.ts';
import { arange, full, ones } from './create.ts';
import { concatenate } from './join.ts';
import { optionsOf } from './options.ts';
import { sum } from './reduce.ts';
import { diff } from './scans.ts';
import { ravel } from './shape.ts';
import { sort } from './sorting.ts';

/** The elements at true places first, in their order; then the others. */
const compacted = (keep: BaseArray, values: BaseArray): BaseArray =>
  apply('sortBy', [convertTo(keep, 'int8'), values], { axis: 0, descending: true });

/** The first `size`, and `fill` from place `n` on. */
const cutTo = (x: BaseArray, size: number, n: BaseArray, fill: ArrayInput): BaseArray => {
  const have = x.size;
  const long =
    size <= have
      ? block(x, 0, 0, size)
      : concatenate([x, full([size - have], 0, x.dtype === 'fxp' ? 'float64' : x.dtype)]);
  return where(less(arange(size), n), long, convertTo(asArr(fill), x.dtype as 'fxp'));
};

export interface SizeOptions {
  /** How many results there are to be: those beyond are left out, and `fillValue` stands where there are fewer. */
  readonly size: number;
  readonly fillValue?: number;
}

const sized = (name: string, options: SizeOptions): Required<SizeOptions> => {
  const { size, fillValue } = optionsOf(`np.${name}`, options, { size: Number.NaN, fillValue: 0 });
  return Number.isInteger(size) && size >= 0
    ? { size, fillValue }
    : fail('INVALID_ARGUMENT', `np.${name} needs {size}, a whole number, not ${size}`);
};

/** Places of the elements that are not 0, in the flattened array. */
export const flatnonzero = (x: ArrayInput, options: SizeOptions): BaseArray => {
  const { size, fillValue } = sized('flatnonzero', options);
  const keep = ravel(truth(x));
  return cutTo(compacted(keep, arange(keep.size)), size, sum(keep), fillValue);
};

/** The different numbers, upwards, and how often each comes. Rounds: those of two sorts. */
const distinct = (
  x: ArrayInput,
  size: number,
  fillValue: number,
): { values: BaseArray; counts: BaseArray } => {
  const a = ravel(asArr(x));
  if (isBool(a)) fail('DTYPE', 'unique of booleans: convert with np.astype');
  const n = a.size;
  if (n === 0)
    return {
      values: full([size], fillValue, a.dtype === 'fxp' ? 'float64' : a.dtype),
      counts: full([size], 0, 'int64'),
    };
  const sorted = sort(a);
  const first = concatenate([
    ones([1], 'bool'),
    notEqual(block(sorted, 0, 1, n), block(sorted, 0, 0, n - 1)),
  ]);
  const found = sum(first);
  const values = cutTo(compacted(first, sorted), size, found, fillValue);
  // Where each run begins; the one after the last run begins at n.
  const starts = cutTo(compacted(first, arange(n)), size + 1, found, n);
  return { values, counts: diff(starts) };
};

/** The different numbers of x, upwards; `fillValue` where there are fewer than `size`. */
export const unique = (x: ArrayInput, options: SizeOptions): BaseArray => {
  const { size, fillValue } = sized('unique', options);
  return distinct(x, size, fillValue).values;
};
/** [the different numbers, how often each comes]; 0 times where there are fewer than `size`. */
export const uniqueCounts = (x: ArrayInput, options: SizeOptions): [BaseArray, BaseArray] => {
  const { size, fillValue } = sized('uniqueCounts', options);
  const { values, counts } = distinct(x, size, fillValue);
  return [values, counts];
};
/** The different numbers of both. */
export const union1d = (x: ArrayInput, y: ArrayInput, options: SizeOptions): BaseArray =>
  unique(concatenate([ravel(x), ravel(y)]), options);

/**
 * Places that would sort by the last key, then by the one before it, and so on: each key is sorted by those that count less
 * first. Rounds: those of a sort for each key.
 */
export const lexsort = (keys: readonly ArrayInput[]): BaseArray => {
  const all = keys.map(asArr);
  if (all.length === 0) fail('SHAPE', 'lexsort: no keys');
  let order: BaseArray = arange(all[0]!.size);
  let rest = all.map((k) => (isBool(k) ? convertTo(k, 'int8') : k));
  while (rest.length > 0) {
    const [key, ...more] = rest as [BaseArray, ...BaseArray[]];
    const by = (v: BaseArray): BaseArray => apply('sortBy', [key, v], { axis: 0, descending: false });
    order = by(order);
    rest = more.map(by);
  }
  return order;
};
