/** @file Running sums, products and extremes, and differences of neighbours. */
import { fail } from '../errors.ts';
import { dtypeName, kindOf } from '../ir/ops/dtypes.ts';
import { normalAxis } from '../ir/ops/shapes.ts';
import { block } from '../ir/trace/algebra.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { lessEqual, notEqual, where } from './compare.ts';
import {
  type ArrayInput,
  type Axis,
  type AxisOptions,
  asArr,
  axisOf,
  convertTo,
  type FlatAxis,
  isBool,
  type OneAxis,
  readAxes,
  reshapeTo,
  unify,
} from './core.ts';
import { onesLike, zeros, zerosLike } from './create.ts';
import { abs, add, maximum, minimum, multiply, subtract } from './elementwise.ts';
import { concatenate } from './join.ts';
import { argumentsOf } from './options.ts';
import { mod } from './rounding.ts';
import { ravel } from './shape.ts';

/** bool and integers become int64 (unsigned uint64), as NumPy sums them. */
const widened = (x: BaseArray): BaseArray => {
  const kind = kindOf(x.dtype);
  return kind === 'float' ? x : convertTo(x, kind === 'uint' ? 'uint64' : 'int64');
};

/** Each element with all before it, in log2 n steps (Hillis and Steele). */
const running =
  (name: string, combine: (x: BaseArray, y: BaseArray) => BaseArray, prepare: (x: BaseArray) => BaseArray) =>
  (x: ArrayInput, axis?: FlatAxis): BaseArray => {
    const given = axisOf<number | null>(name, axis, null);
    let a = prepare(given === null ? ravel(x) : asArr(x));
    if (a.ndim === 0) a = reshapeTo(a, [1]);
    const at = normalAxis(given ?? 0, a.ndim);
    const n = a.shape[at]!;
    for (let by = 1; by < n; by *= 2) {
      const moved = combine(block(a, at, by, n), block(a, at, 0, n - by));
      a = concatenate([block(a, at, 0, by), moved], at);
    }
    return a;
  };

/**
 * Sums of what came so far along an axis (of the flattened array without one); dtype as np.sum. Exact, without
 * messages.
 * @example
 * np.cumsum(np.array([1, 2, 3])) // [1, 3, 6]
 */
export const cumsum = running('np.cumsum', add, widened);
/**
 * Products of what came so far along an axis (of the flattened array without one); integers wrap. Range and error as
 * np.multiply. On secrets of n: log2 n rounds.
 * @example
 * np.cumprod(np.array([1, 2, 3])) // [1, 2, 6]
 */
export const cumprod = running('np.cumprod', multiply, widened);
/**
 * The largest of what came so far along an axis (of the flattened array without one). Exact. On secrets of n: log2 n
 * comparisons one after another.
 * @example
 * np.cummax(np.array([1, 3, 2])) // [1, 3, 3]
 */
export const cummax = running('np.cummax', maximum, (x) => x);
/**
 * The smallest of what came so far along an axis (the first of the flattened array). Exact. Rounds as np.cummax.
 * @example
 * np.cummin(np.array([3, 1, 2])) // [3, 1, 1]
 */
export const cummin = running('np.cummin', minimum, (x) => x);

/**
 * Product of all along the axes, as a tree: log2 n rounds. Of nothing it is 1. On secrets: error of a unit in the last place for each factor, times
 * all factors that are larger than 1. Range as np.multiply, of every product on the way.
 * @example
 * np.prod(np.array([2, 3, 4])) // 24
 */
export const prod = (x: ArrayInput, axis?: Axis): BaseArray => {
  const given = asArr(x);
  const { axes, keepdims } = readAxes(axis, given.ndim);
  let a = widened(given);
  for (const at of axes) {
    while (a.shape[at]! > 1) {
      const n = a.shape[at]!;
      const half = Math.floor(n / 2);
      const pairs = multiply(block(a, at, 0, half), block(a, at, half, 2 * half));
      a = n % 2 === 0 ? pairs : concatenate([pairs, block(a, at, n - 1, n)], at);
    }
    if (a.shape[at] === 0)
      a = onesLike(
        zeros(
          a.shape.map((n, i) => (i === at ? 1 : n)),
          a.dtype === 'fxp' ? 'float64' : a.dtype,
        ),
      );
  }
  return keepdims
    ? a
    : reshapeTo(
        a,
        a.shape.filter((_, i) => !axes.includes(i)),
      );
};

export interface DiffOptions extends AxisOptions {
  /** How often differences are taken. */
  readonly n?: number;
}

/**
 * Differences of neighbours, n times over: of bools whether they differ. Throws RANGE for n below 0.
 * @example
 * np.diff(np.array([1, 4, 9])) // [3, 5]
 * np.diff(np.array([1, 4, 9]), 2) // [2]
 */
export const diff = (x: ArrayInput, n?: number | DiffOptions, axis?: OneAxis): BaseArray => {
  const given = argumentsOf<DiffOptions>('np.diff', { n, axis }, { n: 1, axis: -1 });
  let a = asArr(x);
  if (!Number.isInteger(given.n) || given.n < 0)
    fail('RANGE', `np.diff: n is a whole number from 0, not ${given.n}`);
  if (a.ndim === 0) fail('SHAPE', 'diff requires input that is at least one dimensional');
  const at = normalAxis(given.axis!, a.ndim);
  const apart = isBool(a) ? notEqual : subtract;
  for (let k = 0; k < given.n && a.shape[at]! > 0; k++) {
    const size = a.shape[at]!;
    a = apart(block(a, at, 1, size), block(a, at, 0, size - 1));
  }
  return a;
};

export interface EndsOptions {
  readonly toEnd?: ArrayInput | null;
  readonly toBegin?: ArrayInput | null;
}

/**
 * Differences of neighbours of the flattened array, with `toBegin` before and `toEnd` behind them, of the dtype of x.
 * @example
 * np.ediff1d(np.array([1, 4, 9])) // [3, 5]
 */
export const ediff1d = (
  x: ArrayInput,
  toEnd?: ArrayInput | EndsOptions | null,
  toBegin?: ArrayInput | EndsOptions | null,
): BaseArray => {
  const ends = argumentsOf<EndsOptions>('np.ediff1d', { toEnd, toBegin }, { toEnd: null, toBegin: null });
  const flat = ravel(x);
  if (isBool(flat)) fail('DTYPE', 'ediff1d of booleans is not supported: convert with np.astype first');
  const like = (end: ArrayInput | null): BaseArray[] => {
    if (end === null) return [];
    const [given] = unify([ravel(likeWhole(end as ArrayInput, flat)), flat]);
    if (given.dtype !== flat.dtype)
      fail(
        'DTYPE',
        `np.ediff1d: ${dtypeName(given.dtype)} ends do not fit ${dtypeName(flat.dtype)} differences`,
      );
    return [given];
  };
  return concatenate([...like(ends.toBegin), diff(flat), ...like(ends.toEnd)]);
};

/** Lists of whole numbers are float64 where they come from JavaScript: beside integers they are integers. */
const likeWhole = (x: ArrayInput, beside: BaseArray): BaseArray => {
  const a = asArr(x);
  const whole =
    a instanceof NDArray && a.dtype === 'fxp' && (a.data as Float64Array).every((v) => Number.isInteger(v));
  return whole ? NDArray.from(a.toArray(), beside.dtype) : a;
};

/**
 * Angles without jumps: multiples of a turn are added wherever neighbours differ by more than half of one.
 * @example
 * np.unwrap(np.array([3, -3])) // [3, 3.2832]
 */
export const unwrap = (x: ArrayInput, axis?: OneAxis): BaseArray => {
  const a = convertTo(asArr(x), 'fxp');
  const at = normalAxis(axisOf('np.unwrap', axis, -1), a.ndim);
  const step = diff(a, 1, at);
  const turn = 2 * Math.PI;
  const folded = subtract(mod(add(step, Math.PI), turn), Math.PI);
  const fixed = where(lessEqual(abs(step), Math.PI), 0, subtract(folded, step));
  const start = zerosLike(block(a, at, 0, 1));
  return add(a, cumsum(concatenate([start, fixed], at), at));
};
