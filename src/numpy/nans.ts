/**
 * @file Reductions that leave NaN out. No secret is NaN, nor any number in a program: of those they are the plain functions. Public
 * arrays are looked at.
 */
import { fail } from '../errors.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { isnan, where } from './compare.ts';
import { type ArrayInput, type Axis, asArr, broadcast, type FlatAxis, readAxes, reshapeTo } from './core.ts';
import { stack } from './join.ts';
import { all, argmax, argmin, max, mean, min, std, sum, type VarOptions, variance } from './reduce.ts';
import { cumprod, cumsum, prod } from './scans.ts';
import { moveaxis } from './shape.ts';
import { median, percentile, type QuantileOptions, quantile } from './sorting.ts';

/** The array, if it is public and holds a NaN. */
const withNaN = (x: ArrayInput): NDArray | undefined => {
  const a = asArr(x);
  return a instanceof NDArray && a.dtype === 'fxp' && (a.data as Float64Array).some(Number.isNaN)
    ? a
    : undefined;
};

/** Instead of each NaN a number that changes nothing. */
const filled =
  <A extends readonly unknown[]>(fn: (x: ArrayInput, ...rest: A) => BaseArray, value: number) =>
  (x: ArrayInput, ...rest: A): BaseArray => {
    const a = withNaN(x);
    return fn(a === undefined ? x : where(isnan(a), value, a), ...rest);
  };

/**
 * The sum of what is no NaN along the axes, 0 of nothing. No secret is NaN: then it is np.sum.
 * @example
 * np.nansum([1, NaN, 2]) // 3
 * np.nansum(np.array([1, 2])) // 3
 */
export const nansum = filled((x: ArrayInput, axis?: Axis) => sum(x, axis), 0);
/**
 * Product along the axes, NaN counting as 1. No secret is NaN: then it is np.prod.
 * @example
 * np.nanprod([2, NaN, 3]) // 6
 */
export const nanprod = filled((x: ArrayInput, axis?: Axis) => prod(x, axis), 1);
/**
 * Sums of what came so far along an axis, NaN counting as 0. No secret is NaN: then it is np.cumsum.
 * @example
 * np.nancumsum([1, NaN, 2]) // [1, 1, 3]
 */
export const nancumsum = filled((x: ArrayInput, axis?: FlatAxis) => cumsum(x, axis), 0);
/**
 * Products of what came so far along an axis, NaN counting as 1. No secret is NaN: then it is np.cumprod.
 * @example
 * np.nancumprod([2, NaN, 3]) // [2, 2, 6]
 */
export const nancumprod = filled((x: ArrayInput, axis?: FlatAxis) => cumprod(x, axis), 1);

/** Each lane along the axes without its NaN; a lane of nothing else gives NaN. `fn` gives results in front of other axes. */
const laneByLane = (x: NDArray, axis: Axis | undefined, fn: (lane: BaseArray) => BaseArray): BaseArray => {
  const { axes, keepdims } = readAxes(axis, x.ndim);
  const rest = x.shape.filter((_, i) => !axes.includes(i));
  const moved = moveaxis(
    x,
    axes,
    axes.map((_, i) => rest.length + i),
  ) as NDArray;
  const n = axes.reduce((size, i) => size * x.shape[i]!, 1);
  const lanes = Array.from({ length: n === 0 ? 0 : x.size / n }, (_, i) =>
    (moved.data as Float64Array).slice(i * n, (i + 1) * n).filter((v) => !Number.isNaN(v)),
  );
  const first = fn(NDArray.from([0]));
  const none = broadcast(NDArray.from(Number.NaN), first.shape);
  const made = stack(
    lanes.map((lane) => (lane.length === 0 ? none : fn(NDArray.from(lane)))),
    -1,
  );
  const kept = keepdims ? x.shape.map((size, i) => (axes.includes(i) ? 1 : size)) : rest;
  return reshapeTo(made, [...first.shape, ...kept]);
};

const skipping =
  (fn: (x: ArrayInput, axis?: Axis) => BaseArray) =>
  (x: ArrayInput, axis?: Axis): BaseArray => {
    const a = withNaN(x);
    return a === undefined ? fn(x, axis) : laneByLane(a, axis, (lane) => fn(lane));
  };

/**
 * The mean of what is no NaN, along the axes. No secret is NaN: then it is np.mean.
 * @example
 * np.nanmean([1, NaN, 3]) // 2
 */
export const nanmean = skipping(mean);
/**
 * The largest along the axes, NaN left out. No secret is NaN: then it is np.max.
 * @example
 * np.nanmax([1, NaN, 3]) // 3
 */
export const nanmax = skipping(max);
/**
 * The smallest along the axes, NaN left out. No secret is NaN: then it is np.min.
 * @example
 * np.nanmin([1, NaN, 3]) // 1
 */
export const nanmin = skipping(min);
/**
 * The median of what is no NaN. No secret is NaN: then it is np.median.
 * @example
 * np.nanmedian([1, NaN, 3]) // 2
 */
export const nanmedian = skipping(median);

const spread =
  (fn: (x: ArrayInput, options?: VarOptions) => BaseArray) =>
  (x: ArrayInput, options?: VarOptions): BaseArray => {
    const a = withNaN(x);
    if (a === undefined) return fn(x, options);
    const { ddof = 0, ...axis } = (
      typeof options === 'object' && options !== null && !Array.isArray(options) ? options : { axis: options }
    ) as { ddof?: number };
    const defined = (lane: BaseArray): BaseArray =>
      lane.size > ddof ? fn(lane, { ddof }) : NDArray.from(Number.NaN);
    return laneByLane(a, axis as Axis, defined);
  };
/**
 * The standard deviation of what is no NaN. No secret is NaN: then it is np.std.
 * @example
 * np.nanstd([1, NaN, 3]) // 1
 */
export const nanstd = spread(std);
/**
 * The variance of what is no NaN. No secret is NaN: then it is np.var.
 * @example
 * np.nanvar([1, NaN, 3]) // 1
 */
export const nanvar = spread(variance);

const fraction =
  (fn: (x: ArrayInput, q: number | readonly number[], options?: Axis | QuantileOptions) => BaseArray) =>
  (x: ArrayInput, q: number | readonly number[], options?: Axis | QuantileOptions): BaseArray => {
    const a = withNaN(x);
    if (a === undefined) return fn(x, q, options);
    const { method = 'linear', ...axis } = (
      typeof options === 'object' && options !== null && !Array.isArray(options) ? options : { axis: options }
    ) as QuantileOptions;
    return laneByLane(a, axis as Axis, (lane) => fn(lane, q, { method }));
  };
/**
 * The quantile q (0 to 1) of what is no NaN. No secret is NaN: then it is np.quantile.
 * @example
 * np.nanquantile([1, NaN, 3], 0.5) // 2
 */
export const nanquantile = fraction(quantile);
/**
 * The percentile q (0 to 100) of what is no NaN. No secret is NaN: then it is np.percentile.
 * @example
 * np.nanpercentile([1, NaN, 3], 50) // 2
 */
export const nanpercentile = fraction(percentile);

const position =
  (fn: (x: ArrayInput, axis?: Axis) => BaseArray, worst: number) =>
  (x: ArrayInput, axis?: Axis): BaseArray => {
    const a = withNaN(x);
    if (a === undefined) return fn(x, axis);
    const empty = all(isnan(a), axis) as NDArray;
    if (empty.data.some((v) => v !== 0)) fail('RANGE', 'nanargmax, nanargmin: All-NaN slice encountered');
    return fn(where(isnan(a), worst, a), axis);
  };
/**
 * Where the first extreme is, NaN left out. Throws RANGE where there is nothing else.
 * @example
 * np.nanargmax([1, NaN, 3]) // 2
 */
export const nanargmax = position(argmax, Number.NEGATIVE_INFINITY);
/**
 * Where the first smallest is, NaN left out. No secret is NaN: then it is np.argmin.
 * @example
 * np.nanargmin([NaN, 4, 3]) // 2
 */
export const nanargmin = position(argmin, Number.POSITIVE_INFINITY);
