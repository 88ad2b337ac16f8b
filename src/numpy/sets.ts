/** @file What NumPy gives as lists of unknown length: here their length is given, so that it says nothing of secrets. */
import { fail } from '../errors.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import { block } from '../ir/trace/algebra.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { apply } from '../ir/trace/tracer.ts';
import { less, logicalAnd, logicalNot, logicalXor, where } from './compare.ts';
import { type ArrayInput, asArr, convertTo, isBool, promoteAll, reshapeTo, truth } from './core.ts';
import { arange, full, ones, zeros } from './create.ts';
import { subtract } from './elementwise.ts';
import { indices } from './grids.ts';
import { take } from './indexing.ts';
import { arraysOf, concatenate, stack } from './join.ts';
import { behind, firstOfEqual, isin, type Merged, merged, wantsSort } from './membership.ts';
import { optionsOf } from './options.ts';
import { sum } from './reduce.ts';
import { cumsum, diff } from './scans.ts';
import { ravel } from './shape.ts';
import { argsort, sort } from './sorting.ts';

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

/**
 * Places in the flattened array of the elements that are not 0, int64 [size], filled up with `fillValue` (0). Secret
 * places need a public `size`; what is beyond it is left out.
 * @example
 * np.flatnonzero(np.array([0, 5, 6]), { size: 3, fillValue: -1 }) // [1, 2, -1]
 */
export const flatnonzero = (x: ArrayInput, options: SizeOptions): BaseArray => {
  const { size, fillValue } = sized('flatnonzero', options);
  const keep = ravel(truth(x));
  return cutTo(compacted(keep, arange(keep.size)), size, sum(keep), fillValue);
};

/**
 * Places of the elements that are not 0, one list an axis; those beyond are `fillValue`. Rounds: those of a sort of bits, and a
 * lookup.
 * @example
 * np.nonzero(np.array([[0, 5], [6, 0]]), { size: 2 }) // [[0, 1], [1, 0]]
 */
export const nonzero = (x: ArrayInput, options: SizeOptions): BaseArray[] => {
  const { size, fillValue } = sized('nonzero', options);
  const holds = truth(x);
  const axes = holds.shape.map((_, axis) => ravel(indices(holds.shape).at(axis)));
  if (holds.size === 0) return axes.map(() => full([size], fillValue, 'int64'));
  const keep = ravel(holds);
  const n = sum(keep);
  const flat = cutTo(compacted(keep, arange(keep.size)), size, n, 0);
  return axes.map((table) => cutTo(take(table, flat), size, n, fillValue));
};
/**
 * As np.nonzero, a row a place: int64 [size, ndim], filled up with `fillValue` (0). Secret places need a public
 * `size`.
 * @example
 * np.argwhere(np.array([[0, 5], [6, 0]]), { size: 2 }) // [[0, 1], [1, 0]]
 */
export const argwhere = (x: ArrayInput, options: SizeOptions): BaseArray =>
  stack(nonzero(x, sized('argwhere', options)), 1);

/** Sorted, and which of them differ from the one before. */
const runs = (x: BaseArray): { sorted: BaseArray; first: BaseArray } => {
  const sorted = sort(x);
  return { sorted, first: firstOfEqual(sorted) };
};

/**
 * The different numbers, upwards; where each comes first, which of them each element is, and how often each comes. Rounds: those
 * of two sorts (`inverse`: three).
 */
const distinct = (x: ArrayInput, size: number, fillValue: number) => {
  const a = ravel(asArr(x));
  if (isBool(a)) fail('DTYPE', 'unique of booleans: convert with np.astype');
  const n = a.size;
  const none = full([size], 0, 'int64');
  if (n === 0) {
    const values = full([size], fillValue, a.dtype === 'fxp' ? 'float64' : a.dtype);
    return { values, indices: none, inverse: zeros(asArr(x).shape, 'int64'), counts: none };
  }
  const { sorted, first } = runs(a);
  const found = sum(first);
  // Where each run begins; the one after the last run begins at n.
  const starts = cutTo(compacted(first, arange(n)), size + 1, found, n);
  const order = argsort(a);
  const rank = subtract(cumsum(first), 1);
  return {
    values: cutTo(compacted(first, sorted), size, found, fillValue),
    indices: cutTo(compacted(first, order), size, found, 0),
    inverse: reshapeTo(apply('sortBy', [order, rank], { axis: 0, descending: false }), asArr(x).shape),
    counts: diff(starts),
  };
};

/**
 * The different numbers of x, upwards; `fillValue` where there are fewer than `size`.
 * @example
 * np.unique(np.array([3, 1, 3]), { size: 2 }) // [1, 3]
 */
export const unique = (x: ArrayInput, options: SizeOptions): BaseArray => {
  const { size, fillValue } = sized('unique', options);
  return distinct(x, size, fillValue).values;
};
/**
 * [the different numbers, how often each comes]; 0 times where there are fewer than `size`.
 * @example
 * np.uniqueCounts(np.array([3, 1, 3]), { size: 2 }) // [[1, 3], [1, 2]]
 */
export const uniqueCounts = (x: ArrayInput, options: SizeOptions): [BaseArray, BaseArray] => {
  const { size, fillValue } = sized('uniqueCounts', options);
  const { values, counts } = distinct(x, size, fillValue);
  return [values, counts];
};
/**
 * [the different numbers, which of them each element of x is]; of numbers beyond `size`, places from `size` on.
 * @example
 * np.uniqueInverse(np.array([3, 1, 3]), { size: 2 }) // [[1, 3], [1, 0, 1]]
 */
export const uniqueInverse = (x: ArrayInput, options: SizeOptions): [BaseArray, BaseArray] => {
  const { size, fillValue } = sized('uniqueInverse', options);
  const { values, inverse } = distinct(x, size, fillValue);
  return [values, inverse];
};
/**
 * [the different numbers, where each comes first, which of them each element is, how often each comes].
 * @example
 * np.uniqueAll(np.array([3, 1, 3]), { size: 2 }) // [[1, 3], [1, 0], [1, 0, 1], [1, 2]]
 */
export const uniqueAll = (
  x: ArrayInput,
  options: SizeOptions,
): [BaseArray, BaseArray, BaseArray, BaseArray] => {
  const { size, fillValue } = sized('uniqueAll', options);
  const { values, indices: places, inverse, counts } = distinct(x, size, fillValue);
  return [values, places, inverse, counts];
};

/**
 * The different numbers of both, rising, [size], filled up as np.unique. `size` is public.
 * @example
 * np.union1d(np.array([1, 2]), np.array([2, 3]), { size: 3 }) // [1, 2, 3]
 */
export const union1d = (x: ArrayInput, y: ArrayInput, options: SizeOptions): BaseArray =>
  unique(concatenate([ravel(x), ravel(y)]), sized('union1d', options));

/**
 * Of the different numbers of one list, upwards, those that pass. Few pairs of x and y are compared all with all, beside two sorts;
 * of many, x and y are sorted together, and `marks` says which places in their order stand for a number that passes, once each.
 */
const chosen =
  (
    name: string,
    from: (x: BaseArray, y: BaseArray) => BaseArray,
    passes: (a: BaseArray, x: BaseArray, y: BaseArray) => BaseArray,
    marks: (m: Merged) => BaseArray,
  ) =>
  (x: ArrayInput, y: ArrayInput, options: SizeOptions): BaseArray => {
    const { size, fillValue } = sized(name, options);
    const pair = promoteAll([ravel(x), ravel(y)]) as [BaseArray, BaseArray];
    if (isBool(pair[0])) fail('DTYPE', `${name} of booleans: convert with np.astype`);
    const list = from(...pair);
    if (list.size === 0) return full([size], fillValue, list.dtype === 'fxp' ? 'float64' : list.dtype);
    const many = wantsSort(pair[0].size, pair[1].size) ? merged(...pair) : undefined;
    const { sorted, first } = many ?? runs(list);
    const keep = many ? marks(many) : logicalAnd(first, passes(sorted, ...pair));
    return cutTo(compacted(keep, sorted), size, sum(keep), fillValue);
  };

/**
 * The different numbers that are in both, rising, [size], filled up with `fillValue` (the least one). `size` is
 * public and says nothing of how many there are.
 * @example
 * np.intersect1d(np.array([1, 2]), np.array([2, 3]), { size: 1 }) // [2]
 */
export const intersect1d = chosen(
  'intersect1d',
  (x) => x,
  (a, _x, y) => isin(a, y),
  // Where equal ones of y end and those of x begin.
  ({ first, fromY }) => logicalAnd(logicalNot(first), logicalAnd(behind(fromY), logicalNot(fromY))),
);
/**
 * The different numbers of x that are not in y, rising, [size], filled up as np.unique. `size` is public.
 * @example
 * np.setdiff1d(np.array([1, 2]), np.array([2, 3]), { size: 1 }) // [1]
 */
export const setdiff1d = chosen(
  'setdiff1d',
  (x) => x,
  (a, _x, y) => logicalNot(isin(a, y)),
  ({ first, fromY }) => logicalAnd(first, logicalNot(fromY)),
);
/**
 * The different numbers that are in x or in y alone, rising, [size], filled up as np.unique. `size` is public.
 * @example
 * np.setxor1d(np.array([1, 2]), np.array([2, 3]), { size: 2 }) // [1, 3]
 */
export const setxor1d = chosen(
  'setxor1d',
  (x, y) => concatenate([x, y]),
  (a, x, y) => logicalXor(isin(a, x), isin(a, y)),
  // The first of equal ones is of x, or their last of y.
  ({ first, fromY }) => {
    const last = concatenate([block(first, 0, 1, first.size), ones([1], 'bool')]);
    return logicalXor(logicalAnd(first, logicalNot(fromY)), logicalAnd(last, fromY));
  },
);

/**
 * Places that would sort by the last key, then by the one before it, and so on: each key is sorted by those that count less
 * first. Rounds: those of a sort for each key.
 * @example
 * np.lexsort([np.array([9, 8, 7]), np.array([1, 1, 0])]) // [2, 1, 0]
 */
export const lexsort = (keys: readonly ArrayInput[]): BaseArray => {
  const all = arraysOf(keys);
  if (all.length === 0) fail('SHAPE', 'lexsort: no keys');
  for (const k of all)
    if (k.ndim !== 1 || k.size !== all[0]!.size)
      fail(
        'SHAPE',
        `lexsort: keys are vectors of one length, not ${all.map((v) => shapeText(v.shape)).join(' ')}`,
      );
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
