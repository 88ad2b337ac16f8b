/** @file Order: sorting, and what follows from it. Ties keep their order wherever positions are given. */
import { fail } from '../errors.ts';
import { normalAxis } from '../ir/ops/shapes.ts';
import { block } from '../ir/trace/algebra.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply } from '../ir/trace/tracer.ts';
import { less, lessEqual } from './compare.ts';
import {
  type ArrayInput,
  type Axis,
  asArr,
  convertTo,
  type FlatAxis,
  isBool,
  readAxes,
  reshapeTo,
} from './core.ts';
import { add, multiply, subtract } from './elementwise.ts';
import { concatenate } from './join.ts';
import { argumentsOf, wordOf } from './options.ts';
import { sum } from './reduce.ts';
import { expandDims, moveaxis, ravel } from './shape.ts';

const pick = (x: BaseArray, indices: readonly number[]): BaseArray =>
  apply('gather', [x], { axis: x.ndim - 1, indices: [...indices] });

/** One of the ops of order along an axis (null: of the flattened array); bools are sorted as numbers. */
const ordered = (
  op: 'sort' | 'argsort',
  x: ArrayInput,
  axis: number | null,
  descending = false,
): BaseArray => {
  const given = axis === null ? ravel(x) : asArr(x);
  const a = isBool(given) ? convertTo(given, 'int8') : given;
  const out = apply(op, [a], { axis: normalAxis(axis ?? 0, a.ndim), descending });
  return op === 'sort' && isBool(given) ? convertTo(out, 'bool') : out;
};

export interface SortOptions {
  /** The last unless said; null: of the flattened array. */
  readonly axis?: number | null;
  readonly descending?: boolean;
}

const wanted = (name: string, axis: FlatAxis | SortOptions | undefined): Required<SortOptions> =>
  argumentsOf<SortOptions>(name, { axis, descending: undefined }, { axis: -1, descending: false });

/**
 * Upwards along an axis (null: the flattened array), or downwards by {descending}. Numbers of any size. With 2^b for n or the next power of
 * two, real numbers from 2^(99 - b) in size on (FM128, 26 fraction bits; FM64, 18: 2^(43 - b)) count as equal where they differ by less than
 * 2^(b + 2) units in the last place: 2^(2b - 123) of their size, 2^(2b - 59) at FM64. Where `np.within` promises that numbers are smaller
 * than that, a sort takes five rounds less. So for all that sorts: argsort, partition, topK, median, quantiles.
 * @example
 * np.sort(np.array([3, 1, 2])) // [1, 2, 3]
 * np.sort(np.array([3, 1, 2]), { descending: true }) // [3, 2, 1]
 */
export const sort = (x: ArrayInput, options?: FlatAxis | SortOptions): BaseArray => {
  const { axis, descending } = wanted('np.sort', options);
  return ordered('sort', x, axis, descending);
};

/**
 * The places that would sort x along an axis (the last; null: flattened), int64; ties keep their order. Exact. Rounds
 * as np.sort.
 * @example
 * np.argsort(np.array([3, 1, 2])) // [1, 2, 0]
 */
export const argsort = (x: ArrayInput, options?: FlatAxis | SortOptions): BaseArray => {
  const { axis, descending } = wanted('np.argsort', options);
  return ordered('argsort', x, axis, descending);
};

/** A column's parts beyond the first axis as vectors. */
const vectorsOf = (column: BaseArray): BaseArray[] => {
  const n = column.shape[0]!;
  const parts = column.shape.slice(1).reduce((a, b) => a * b, 1);
  const rows = reshapeTo(isBool(column) ? convertTo(column, 'int8') : column, [n, parts]);
  return Array.from({ length: parts }, (_, i) => reshapeTo(block(rows, 1, i, i + 1), [n]));
};

/** A column of such vectors again, like another one. */
const columnOf = (vectors: readonly BaseArray[], like: BaseArray): BaseArray => {
  const n = like.shape[0]!;
  const joined =
    vectors.length === 0
      ? like
      : concatenate(
          vectors.map((v) => reshapeTo(v, [n, 1])),
          1,
        );
  const column = reshapeTo(joined, [...like.shape]);
  return isBool(like) ? convertTo(column, 'bool') : column;
};

/**
 * [keys, ...columns] in the rising order of a vector of keys, equal ones in the order that they have: one sort that carries the
 * columns, whose first axis is as long. For downwards give -keys. Throws SHAPE for other lengths, and for keys that are no vector. Rounds
 * as np.sort; a column costs a ring element a number and party more.
 * @example
 * const [keys, names, pairs] = np.sortBy(np.array([3, 1, 2]), np.array([30, 10, 20]), np.array([[3, 3], [1, 1], [2, 2]]));
 * keys // [1, 2, 3]
 * names // [10, 20, 30]
 * pairs // [[1, 1], [2, 2], [3, 3]]
 */
export const sortBy = (keys: ArrayInput, ...columns: readonly ArrayInput[]): BaseArray[] => {
  const given = asArr(keys);
  const k = isBool(given) ? convertTo(given, 'int8') : given;
  if (k.ndim !== 1) fail('SHAPE', `np.sortBy: keys are a vector, not an array of dimension ${k.ndim}`);
  const all = [given, ...columns.map((column) => asArr(column))];
  for (const [i, column] of all.entries())
    if (column.ndim === 0 || column.shape[0] !== k.shape[0])
      fail(
        'SHAPE',
        `np.sortBy: column ${i - 1} has ${column.shape[0] ?? 'no'} rows, and there are ${k.shape[0]} keys`,
      );
  // Before the first of them is sorted, all are there: one sort carries what is made before it.
  const vectors = all.map(vectorsOf);
  const sorted = vectors.map((of) => of.map((v) => apply('sortBy', [k, v], { axis: 0, descending: false })));
  return all.map((column, i) => columnOf(sorted[i]!, column));
};

/**
 * [the k largest along the last axis, downwards; their positions], of one sort. Of equal ones the first comes first.
 * @example
 * np.topK(np.array([3, 1, 2]), 2) // [[3, 2], [0, 2]]
 */
export const topK = (x: ArrayInput, k: number): [BaseArray, BaseArray] => {
  const a = asArr(x);
  const n = a.shape.at(-1) ?? 0;
  if (!Number.isInteger(k) || k < 0 || k > n) fail('RANGE', `topK: k is from 0 to ${n}, not ${k}`);
  const first = (op: 'sort' | 'argsort'): BaseArray => block(ordered(op, a, -1, true), a.ndim - 1, 0, k);
  return [first('sort'), first('argsort')];
};

/** How a value is made of its two neighbours in the order, as in NumPy. */
export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'nearest' | 'midpoint';

export interface QuantileOptions {
  readonly axis?: number | readonly number[] | null | undefined;
  readonly keepdims?: boolean | undefined;
  readonly method?: QuantileMethod | undefined;
}

/** What share of the upper neighbour counts, by the distance from the lower. */
const SHARES: Readonly<Record<QuantileMethod, (place: number) => number>> = {
  linear: (p) => p - Math.floor(p),
  lower: () => 0,
  higher: () => 1,
  // Halves go to the even place.
  nearest: (p) => {
    const [low, part] = [Math.floor(p), p - Math.floor(p)];
    return part > 0.5 || (part === 0.5 && low % 2 === 1) ? 1 : 0;
  },
  midpoint: () => 0.5,
};

/** The wanted axes as the last one, and the result's shape if they are to stay. */
const lanes = (x: BaseArray, axis: Axis | undefined): { rows: BaseArray; kept: readonly number[] } => {
  const { axes, keepdims } = readAxes(axis, x.ndim);
  const rest = x.shape.filter((_, i) => !axes.includes(i));
  const moved = moveaxis(
    x,
    axes,
    axes.map((_, i) => rest.length + i),
  );
  const n = axes.reduce((size, i) => size * x.shape[i]!, 1);
  return {
    rows: reshapeTo(moved, [...rest, n]),
    kept: keepdims ? x.shape.map((size, i) => (axes.includes(i) ? 1 : size)) : rest,
  };
};

const fractions = (
  name: string,
  x: ArrayInput,
  q: number | readonly number[],
  most: number,
  options: Axis | QuantileOptions | undefined,
): BaseArray => {
  const { method, ...axis } = argumentsOf<QuantileOptions>(
    name,
    { axis: options, keepdims: undefined, method: undefined },
    { axis: null, keepdims: false, method: 'linear' },
  );
  const share = SHARES[wordOf(name, 'method', method!, Object.keys(SHARES) as QuantileMethod[])];
  const alone = typeof q === 'number' || asArr(q).ndim === 0;
  const list = typeof q === 'number' ? [q] : Array.from(NDArray.from(q as ArrayInput).data, Number);
  if (list.some((v) => !(v >= 0 && v <= most)))
    fail('RANGE', `${name}: fractions are between 0 and ${most}, not ${list.join(', ')}`);
  const { rows, kept } = lanes(convertTo(asArr(x), 'fxp'), axis);
  const n = rows.shape.at(-1)!;
  if (n === 0) fail('SHAPE', `${name} of an empty array`);
  const values = sort(rows);
  const places = list.map((v) => (v / most) * (n - 1));
  const weights = Float64Array.from(places, (p) => (Number.isInteger(p) ? 0 : share(p)));
  const low = pick(values, places.map(Math.floor));
  const high = pick(values, places.map(Math.ceil));
  const between = weights.some((w) => w !== 0 && w !== 1);
  const mixed = between
    ? add(low, multiply(subtract(high, low), weights))
    : pick(
        values,
        places.map((p, i) => (weights[i] === 1 ? Math.ceil(p) : Math.floor(p))),
      );
  return reshapeTo(moveaxis(mixed, -1, 0), alone ? kept : [list.length, ...kept]);
};

/**
 * The value at fraction q of the order along axes (all without one), between its neighbours by {method}: 'linear' unless said. q is
 * public; of a list of fractions the results stand along a new first axis. Throws RANGE for fractions outside of 0 to 1.
 * @example
 * np.quantile(np.array([1, 2, 3, 5]), 0.5) // 2.5
 * np.quantile(np.array([1, 2, 3, 5]), 0.5, { method: 'lower' }) // 2
 */
export const quantile = (
  x: ArrayInput,
  q: number | readonly number[],
  axis?: Axis | QuantileOptions,
): BaseArray => fractions('np.quantile', x, q, 1, axis);
/**
 * As np.quantile, q from 0 to 100. Throws RANGE for others.
 * @example
 * np.percentile(np.array([1, 2, 3, 5]), [0, 100]) // [1, 5]
 */
export const percentile = (
  x: ArrayInput,
  q: number | readonly number[],
  axis?: Axis | QuantileOptions,
): BaseArray => fractions('np.percentile', x, q, 100, axis);

/**
 * The middle of the order along the axes (all without one), or the mean of the middle two. Throws SHAPE for nothing.
 * Rounds as np.sort.
 * @example
 * np.median(np.array([5, 1, 2])) // 2
 */
export const median = (x: ArrayInput, axis?: Axis): BaseArray => fractions('np.median', x, 0.5, 1, axis);

/**
 * Where each value of v would go into the sorted vector a: how many elements are below (side 'right': not above).
 * @example
 * np.searchsorted(np.array([1, 3, 5]), np.array([2, 3])) // [1, 1]
 * np.searchsorted(np.array([1, 3, 5]), [3], 'right') // [2]
 */
export const searchsorted = (a: ArrayInput, v: ArrayInput, side: 'left' | 'right' = 'left'): BaseArray => {
  wordOf('np.searchsorted', 'side', side, ['left', 'right']);
  const list = asArr(a);
  if (list.ndim !== 1) fail('SHAPE', `searchsorted takes a vector, not an array of dimension ${list.ndim}`);
  const wanted = expandDims(v, -1);
  return sum(side === 'left' ? less(list, wanted) : lessEqual(list, wanted), -1);
};
