/** @file Reductions. `axis`: a number, a list, or {axis, keepdims}; everything when left out. */
import { fail } from '../errors.ts';
import { kindOf } from '../ir/ops/dtypes.ts';
import { sizeOf } from '../ir/ops/graph.ts';
import { dropAxes } from '../ir/ops/shapes.ts';
import type { BaseArray, ReduceOptions } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply, record } from '../ir/trace/tracer.ts';
import { equal, notEqual } from './compare.ts';
import {
  type ArrayInput,
  type Axis,
  asArr,
  broadcast,
  convertTo,
  isBool,
  numberLike,
  readAxes,
  readOptions,
  reshapeTo,
  truth,
} from './core.ts';
import { multiply, sqrt, square, subtract } from './elementwise.ts';
import { argumentsOf } from './options.ts';
import { moveaxis, ravel } from './shape.ts';

interface Plan {
  readonly axes: readonly number[];
  /** How many elements make one. */
  readonly count: number;
  /** The result with its axes put back as 1 where wanted. */
  readonly finish: (reduced: BaseArray) => BaseArray;
}

const plan = (x: BaseArray, axis: Axis | undefined): Plan => {
  const { axes, keepdims } = readAxes(axis, x.ndim);
  return {
    axes,
    count: sizeOf(axes.map((i) => x.shape[i]!)),
    finish: (r) =>
      keepdims
        ? reshapeTo(
            r,
            x.shape.map((n, i) => (axes.includes(i) ? 1 : n)),
          )
        : r,
  };
};

const sumOver = (x: BaseArray, axes: readonly number[]): BaseArray =>
  axes.length === 0 ? x : apply('sum', [x], { axes: [...axes] });

/**
 * Sum over the axes (all when left out), without these unless keepdims; 0 for none. bool and integers are summed as
 * int64 (unsigned as uint64), as in NumPy, and wrap. On secrets: exact, without messages. Throws SHAPE for an axis
 * that is not there.
 * @example
 * np.sum(np.array([[1, 2], [3, 4]])) // 10
 * np.sum(np.array([[1, 2], [3, 4]]), 0) // [4, 6]
 * np.sum(np.array([[1, 2], [3, 4]]), { axis: 1, keepdims: true }) // [[3], [7]]
 */
export const sum = (x: ArrayInput, axis?: Axis): BaseArray => {
  const a = asArr(x);
  const kind = kindOf(a.dtype);
  const wide = kind === 'float' ? a : convertTo(a, kind === 'uint' ? 'uint64' : 'int64');
  const { axes, finish } = plan(a, axis);
  return finish(sumOver(wide, axes));
};

/**
 * Mean over the axes (all when left out), float64. On secrets: FM128 without messages, off by a unit in the last place. FM64 and FM32:
 * 1 round, and of more than 64 (FM32: 16) numbers of no known range 2, off by three units, for |x| below 2^(k-3-f) / sqrt(n), though
 * their sum may be larger than the ring.
 * Throws SHAPE for no elements.
 * @example
 * np.mean(np.array([[1, 2], [3, 5]])) // 2.75
 * np.mean(np.array([[1, 2], [3, 5]]), 0) // [2, 3.5]
 * np.mean([]) // throws SHAPE
 */
export const mean = (x: ArrayInput, axis?: Axis): BaseArray => {
  const a = convertTo(asArr(x), 'fxp');
  const { axes, count, finish } = plan(a, axis);
  if (count === 0) fail('SHAPE', 'mean of empty slice');
  return finish(count === 1 ? sumOver(a, axes) : multiply(sumOver(a, axes), 1 / count));
};

/** An op along one axis, after the wanted axes have been made one. */
const alongOne = (x: BaseArray, axes: readonly number[], op: 'max' | 'min'): BaseArray => {
  if (axes.length === 0) return x;
  if (axes.length === 1) return apply(op, [x], { axis: axes[0]! });
  const rest = dropAxes(x.shape, axes);
  const last = moveaxis(
    x,
    axes,
    axes.map((_, i) => rest.length + i),
  );
  const flat = reshapeTo(last, [...rest, sizeOf(axes.map((i) => x.shape[i]!))]);
  return apply(op, [flat], { axis: rest.length });
};

const extreme =
  (op: 'max' | 'min', onBools: (x: BaseArray, axis: Axis | undefined) => BaseArray) =>
  (x: ArrayInput, axis?: Axis): BaseArray => {
    const a = asArr(x);
    if (a.size === 0 && plan(a, axis).count === 0)
      fail('SHAPE', `zero-size array to reduction operation ${op}imum which has no identity`);
    if (isBool(a)) return onBools(a, axis);
    const { axes, finish } = plan(a, axis);
    return finish(alongOne(a, axes, op));
  };

const count = (x: ArrayInput, axis: Axis | undefined): { total: BaseArray; plan: Plan } => {
  const a = truth(x);
  const p = plan(a, axis);
  return { total: sumOver(convertTo(a, 'int32'), p.axes), plan: p };
};

/**
 * Are all true, along the axes (all when left out)? True of none; numbers count as != 0. On secret bools: 3 rounds, on numbers 2 more.
 * @example
 * np.all(np.array([[true, false], [true, true]]), 1) // [false, true]
 */
export const all = (x: ArrayInput, axis?: Axis): BaseArray => {
  const { total, plan: p } = count(x, axis);
  return p.finish(equal(total, numberLike(p.count, total)));
};

/**
 * Is any true, along the axes (all when left out)? False of none; numbers count as != 0. On secret bools: 3 rounds, on numbers 2 more.
 * @example
 * np.any(np.array([[0, 0], [0, 3]]), 1) // [false, true]
 */
export const any = (x: ArrayInput, axis?: Axis): BaseArray => {
  const { total, plan: p } = count(x, axis);
  return p.finish(notEqual(total, numberLike(0, total)));
};

/**
 * The largest along the axes (all when left out). Exact. On secrets of n: 5 log2 n rounds, log2 n by FSS. Throws
 * SHAPE for an empty array.
 * @example
 * np.max(np.array([[3, 9], [4, 1]])) // 9
 * np.max(np.array([[3, 9], [4, 1]]), 1) // [9, 4]
 * np.max([]) // throws SHAPE
 */
export const max = extreme('max', any);
/**
 * The smallest along the axes (all when left out). Exact. On secrets of n: 5 log2 n rounds, log2 n by FSS. Throws
 * SHAPE for an empty array.
 * @example
 * np.min(np.array([[3, 9], [4, 1]])) // 1
 * np.min(np.array([[3, 9], [4, 1]]), 0) // [3, 1]
 */
export const min = extreme('min', all);
export { max as amax, min as amin };

const position =
  (op: 'argmax' | 'argmin') =>
  (x: ArrayInput, axis?: Axis): BaseArray => {
    const given = readOptions(axis).axis;
    if (Array.isArray(given)) fail('INVALID_ARGUMENT', `np.${op} takes one axis`);
    const a = asArr(x);
    const numbers = isBool(a) ? convertTo(a, 'int8') : a;
    if (given === undefined || given === null)
      return alone(op, ravel(numbers), a, readOptions(axis).keepdims);
    const { axes, finish } = plan(numbers, axis);
    return finish(apply(op, [numbers], { axis: axes[0]! }));
  };

const alone = (op: 'argmax' | 'argmin', flat: BaseArray, x: BaseArray, keepdims = false): BaseArray => {
  const found = apply(op, [flat], { axis: 0 });
  return keepdims
    ? reshapeTo(
        found,
        x.shape.map(() => 1),
      )
    : found;
};

/**
 * Where the first largest is along an axis, int64 (in the flattened array without one). Exact. On secrets of n: 5
 * log2 n rounds, 2 log2 n by FSS. Throws SHAPE for an empty axis.
 * @example
 * np.argmax(np.array([3, 9, 9])) // 1
 * np.argmax(np.array([[3, 9], [4, 1]]), 0) // [1, 0]
 */
export const argmax = position('argmax');
/**
 * Where the first smallest is along an axis, int64 (in the flattened array without one). Exact. On secrets: rounds as
 * np.argmax. Throws SHAPE for an empty axis.
 * @example
 * np.argmin(np.array([3, 1, 1])) // 1
 * np.argmin(np.array([[3, 9], [4, 1]]), 1) // [0, 1]
 */
export const argmin = position('argmin');

export type VarOptions = Axis | (ReduceOptions & { readonly ddof?: number });

/** A sum of products divided by n; all bits of the sum are kept till then, however large it is. */
export const ofProducts = (total: BaseArray, n: number): BaseArray => {
  const factor = broadcast(record(NDArray.from(1 / n), [total]), total.shape);
  return apply('mul', [total, factor], { exact: true });
};

/**
 * Mean of squared distances from the mean; {ddof: 1} divides by n - 1. Exported as `var`. FM128 with f fraction bits: relative error below
 * 2^-24 or a unit in the last place, for sums of squares below 2^(126-2f) (2^74), beyond which the ring wraps (with a range guard 2^(120-2f),
 * beyond which it is told); FM64 with 18: 2^-12, for sums below 2^58 and variances that fit. Exact truncation: one round more than the products.
 * @example
 * np.var(np.array([1, 2, 3, 4])) // 1.25
 * np.var(np.array([1, 2, 3, 4]), { ddof: 1 }) // 1.6667
 */
export const variance = (x: ArrayInput, axis?: VarOptions): BaseArray => {
  const a = convertTo(asArr(x), 'fxp');
  const { ddof, ...kept } = argumentsOf<
    Omit<ReduceOptions, 'keepdims'> & { keepdims?: boolean; ddof?: number }
  >('an axis', { axis, keepdims: undefined, ddof: undefined }, { axis: undefined, keepdims: false, ddof: 0 });
  const { axes, count: n, finish } = plan(a, kept);
  if (n - ddof <= 0) fail('SHAPE', `variance of ${n} elements with ddof ${ddof} is not defined`);
  const middle = mean(a, { axis: axes, keepdims: true });
  return finish(ofProducts(sumOver(square(subtract(a, middle)), axes), n - ddof));
};

/**
 * Standard deviation: the root of the variance, which keeps all its bits. Relative error below 2^-19 or a unit in the last place (FM64: 2^-12),
 * for any numbers whose sum fits into the ring.
 * @example
 * np.std(np.array([1, 2, 3, 4])) // 1.118
 * np.std(np.array([[1, 3], [5, 5]]), 1) // [1, 0]
 */
export const std = (x: ArrayInput, axis?: VarOptions): BaseArray => sqrt(variance(x, axis));
