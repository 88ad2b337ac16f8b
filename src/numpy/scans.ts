/** @file Running sums, products and extremes, and differences of neighbours. */
import { fail } from '../errors.ts';
import { block } from '../ir/algebra.ts';
import type { BaseArray } from '../ir/array.ts';
import { kindOf } from '../ir/dtypes.ts';
import { normalAxis } from '../ir/shapes.ts';
import { lessEqual, where } from './compare.ts';
import { type ArrayInput, type Axis, asArr, convertTo, isBool, readAxes, reshapeTo } from './core.ts';
import { zerosLike } from './create.ts';
import { abs, add, maximum, minimum, multiply, subtract } from './elementwise.ts';
import { concatenate } from './join.ts';
import { mod } from './rounding.ts';
import { ravel } from './shape.ts';

/** bool and integers become int64 (unsigned uint64), as NumPy sums them. */
const widened = (x: BaseArray): BaseArray => {
  const kind = kindOf(x.dtype);
  return kind === 'float' ? x : convertTo(x, kind === 'uint' ? 'uint64' : 'int64');
};

/** Each element with all before it, in log2 n steps (Hillis and Steele). */
const running =
  (combine: (x: BaseArray, y: BaseArray) => BaseArray, prepare: (x: BaseArray) => BaseArray) =>
  (x: ArrayInput, axis?: number): BaseArray => {
    let a = prepare(axis === undefined ? ravel(x) : asArr(x));
    if (a.ndim === 0) a = reshapeTo(a, [1]);
    const at = normalAxis(axis ?? 0, a.ndim);
    const n = a.shape[at]!;
    for (let by = 1; by < n; by *= 2) {
      const moved = combine(block(a, at, by, n), block(a, at, 0, n - by));
      a = concatenate([block(a, at, 0, by), moved], at);
    }
    return a;
  };

/** Running sum (of the flattened array without an axis): no message. */
export const cumsum = running(add, widened);
/** Running product: log2 n rounds. */
export const cumprod = running(multiply, widened);
/** Running extremes: log2 n comparisons deep. */
export const cummax = running(maximum, (x) => x);
export const cummin = running(minimum, (x) => x);

/** Product of all along the axes, as a tree: log2 n rounds. */
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
    if (a.shape[at] === 0) fail('SHAPE', 'product of an empty array is not supported');
  }
  return keepdims
    ? a
    : reshapeTo(
        a,
        a.shape.filter((_, i) => !axes.includes(i)),
      );
};

/** Differences of neighbours, n times over. bools differ by xor in NumPy: not here. */
export const diff = (x: ArrayInput, n = 1, axis = -1): BaseArray => {
  let a = asArr(x);
  if (isBool(a)) fail('DTYPE', 'diff of booleans is not supported: convert with np.astype first');
  const at = normalAxis(axis, a.ndim);
  for (let k = 0; k < n && a.shape[at]! > 0; k++) {
    const size = a.shape[at]!;
    a = subtract(block(a, at, 1, size), block(a, at, 0, size - 1));
  }
  return a;
};

/** Differences of neighbours of the flattened array. */
export const ediff1d = (x: ArrayInput): BaseArray => diff(ravel(x));

/** Angles without jumps: multiples of a turn are added wherever neighbours differ by more than half of one. */
export const unwrap = (x: ArrayInput, axis = -1): BaseArray => {
  const a = convertTo(asArr(x), 'fxp');
  const at = normalAxis(axis, a.ndim);
  const step = diff(a, 1, at);
  const turn = 2 * Math.PI;
  const folded = subtract(mod(add(step, Math.PI), turn), Math.PI);
  const fixed = where(lessEqual(abs(step), Math.PI), 0, subtract(folded, step));
  const start = zerosLike(block(a, at, 0, 1));
  return add(a, cumsum(concatenate([start, fixed], at), at));
};
