/** @file Choosing among arrays and elements by conditions and positions, which may be secret. */
import { fail } from '../errors.ts';
import { dtypeName, isInt } from '../ir/ops/dtypes.ts';
import { normalAxis, shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { Traced } from '../ir/trace/tracer.ts';
import { isclose, where } from './compare.ts';
import {
  type ArrayInput,
  asArr,
  axisOf,
  broadcast,
  convertTo,
  type FlatAxis,
  isBool,
  promoteAll,
  reshapeTo,
  spread,
  truth,
} from './core.ts';
import { eye } from './create.ts';
import { subtract } from './elementwise.ts';
import { addAt, hits, placesIn, take } from './indexing.ts';
import { arraysOf, concatenate, stack } from './join.ts';
import { all, any, sum } from './reduce.ts';
import { expandDims, moveaxis, ravel } from './shape.ts';

/**
 * Element by element, of the first condition that holds its choice, and `fallback` (0) where none does. On secrets: a
 * choice for each condition. Throws SHAPE where the lists differ in length.
 * @example
 * np.select([np.array([true, false, false]), np.array([true, true, false])], [[1, 1, 1], [2, 2, 2]], 9) // [1, 2, 9]
 */
export const select = (
  conditions: readonly ArrayInput[],
  choices: readonly ArrayInput[],
  fallback: ArrayInput = 0,
): BaseArray => {
  if (conditions.length !== choices.length || conditions.length === 0)
    fail('SHAPE', `select: ${conditions.length} conditions and ${choices.length} choices`);
  return conditions.reduceRight<BaseArray>(
    (rest, condition, i) => where(condition, choices[i]!, rest),
    asArr(fallback),
  );
};

/**
 * As select; choices are functions of all of x, or numbers. One more choice than conditions is for the rest.
 * @example
 * np.piecewise(np.array([-2, 3]), [np.array([true, false])], [0, (x) => np.square(x)]) // [0, 9]
 */
export const piecewise = (
  x: ArrayInput,
  conditions: readonly ArrayInput[],
  choices: readonly (ArrayInput | ((x: BaseArray) => ArrayInput))[],
): BaseArray => {
  const a = asArr(x);
  const values = choices.map((c) => (typeof c === 'function' ? c(a) : c));
  const rest = values.length === conditions.length + 1 ? values.pop()! : 0;
  return select(conditions, values, rest);
};

/** Of x [..., n], the elements at places [..., k] of the last axis that secrets name. */
const pickLast = (x: BaseArray, at: BaseArray): BaseArray => {
  const hit = hits(at, x.shape.at(-1)!);
  const [wide] = spread([expandDims(x, -2), hit]);
  if (isBool(x)) return any(where(hit, wide, false), -1);
  const chosen = sum(where(hit, wide, NDArray.from(0, x.dtype)), -1);
  return isInt(x.dtype) ? convertTo(chosen, x.dtype as 'int64') : chosen;
};

/**
 * x at `places` along an axis, lane by lane (null: of the flattened array). Public places are free; secret ones are compared with
 * every position: the rounds of equal, and one. Negative places count from the end; where a secret one lies outside of -n .. n - 1, 0 is read.
 * @example
 * np.takeAlongAxis(np.array([[10, 20], [30, 40]]), np.array([[1], [0]], 'int32'), 1) // [[20], [30]]
 */
export const takeAlongAxis = (x: ArrayInput, places: ArrayInput, axis?: FlatAxis): BaseArray => {
  const along = axisOf<number | null>('np.takeAlongAxis', axis, -1);
  const [a, given] = [along === null ? ravel(x) : asArr(x), asArr(places)];
  // Lists of whole numbers are float64 where they come from JavaScript.
  const at =
    given instanceof NDArray && given.data.every((i) => Number.isInteger(Number(i)))
      ? convertTo(given, 'int64')
      : given;
  if (!isInt(at.dtype)) fail('DTYPE', `places are integers, not ${dtypeName(at.dtype)}`);
  if (a.ndim !== at.ndim)
    fail('SHAPE', `takeAlongAxis: places of shape ${shapeText(at.shape)} for ${shapeText(a.shape)}`);
  const which = normalAxis(along ?? 0, a.ndim);
  const [rows, wanted] = [moveaxis(a, which, -1), moveaxis(at, which, -1)];
  if (at instanceof Traced) return moveaxis(pickLast(rows, wanted), -1, which);
  const n = rows.shape.at(-1)!;
  const k = wanted.shape.at(-1)!;
  const [lanes] = spread([rows, ...(k === n ? [wanted] : [wanted.slice('...', [0, 1])])]) as [BaseArray];
  const list = Array.from((wanted as NDArray).data as Float64Array, (i, flat) => {
    const place = Number(i);
    if (place < -n || place >= n) fail('RANGE', `index ${place} is out of bounds for an axis of size ${n}`);
    return Math.floor(flat / k) * n + (place < 0 ? place + n : place);
  });
  return moveaxis(reshapeTo(take(ravel(lanes), list), wanted.shape), -1, which);
};

/**
 * From each place the element of the choice that `which` names there, from the last one on where it is negative; `which` and choices
 * broadcast. On secrets: a comparison and a choice for each of the choices, and 0 where `which` names none.
 * @example
 * np.choose(np.array([1, 0], 'int32'), [[10, 20], [30, 40]]) // [30, 20]
 */
export const choose = (which: ArrayInput, choices: readonly ArrayInput[]): BaseArray => {
  const at = asArr(which);
  const list = arraysOf(choices);
  if (list.length === 0) fail('SHAPE', 'choose: no choices');
  const wide = spread([at, ...list]);
  const lanes = stack(wide.slice(1), -1);
  const [index] = wide as [BaseArray];
  return reshapeTo(takeAlongAxis(lanes, expandDims(index, -1), -1), index.shape);
};

/**
 * The elements where a public condition holds, flat (or the parts along an axis).
 * @example
 * np.compress([true, false, true], np.array([1, 2, 3])) // [1, 3]
 */
export const compress = (condition: ArrayInput, x: ArrayInput, axis?: FlatAxis): BaseArray => {
  const along = axisOf<number | null>('np.compress', axis, null);
  const holds = truth(condition);
  if (!(holds instanceof NDArray))
    return fail(
      'UNSUPPORTED',
      'how many elements a secret condition keeps would show: use np.where, or np.flatnonzero with a size',
    );
  const kept = Array.from(holds.data as Uint8Array, (v, i) => (v ? i : -1)).filter((i) => i >= 0);
  return take(x, kept, along);
};
/**
 * The elements where a public condition holds, in order, of the flattened array. Local. Throws SECRET_IN_CONTROL_FLOW
 * for a secret condition, whose count would be the result's shape.
 * @example
 * np.extract([true, false, true], np.array([1, 2, 3])) // [1, 3]
 */
export const extract = (condition: ArrayInput, x: ArrayInput): BaseArray => compress(ravel(condition), x);

/**
 * Are all elements as close as np.isclose asks, |x - y| <= atol + rtol |y|? One bool. On secrets: those of np.isclose and of np.all.
 * @example
 * np.allclose(np.array([1, 2]), np.array([1, 2.0000001])) // true
 */
export const allclose = (x: ArrayInput, y: ArrayInput, rtol = 1e-5, atol = 1e-8): BaseArray =>
  all(isclose(x, y, rtol, atol));

/**
 * x with `value` on its main diagonal, as a new array (NumPy writes into x). Local where x is a secret and the value
 * public. Throws SHAPE for a vector.
 * @example
 * np.fillDiagonal(np.array([[1, 2], [3, 4]]), 0) // [[0, 2], [3, 0]]
 */
export const fillDiagonal = (x: ArrayInput, value: ArrayInput): BaseArray => {
  const a = asArr(x);
  if (a.ndim !== 2) fail('SHAPE', `fillDiagonal takes a matrix, not an array of dimension ${a.ndim}`);
  return where(
    convertTo(eye(...(a.shape as [number, number])), 'bool'),
    convertTo(asArr(value), a.dtype as 'fxp'),
    a,
  );
};

/**
 * x with `parts` put at places of the first axis, public or secret; negative ones count from the end. Each place is to come at most
 * once: of places that come twice nothing is promised. What is to be put outside of the axis is dropped, as in JAX.
 * @example
 * np.scatter(np.array([0, 0, 0]), np.array([2, 0], 'int32'), np.array([5, 6])) // [6, 0, 5]
 */
export const scatter = (x: ArrayInput, places: ArrayInput, parts: ArrayInput): BaseArray => {
  const [a, p] = promoteAll([asArr(x), asArr(parts)]) as [BaseArray, BaseArray];
  if (a.ndim === 0) fail('SHAPE', 'scatter: x has no axis to put along');
  const at = placesIn(places, a.shape[0]!);
  // What stands there goes, and the part comes in its place; a row more for what lies outside.
  const none = broadcast(NDArray.from(0, a.dtype), [1, ...a.shape.slice(1)]);
  const gone = take(concatenate([a, none], 0), at, 0);
  return addAt(a, at, subtract(p, gone));
};

/**
 * No number of a program is NaN or infinite; plain arrays are cleaned.
 * @example
 * np.nanToNum([1, NaN]) // [1, 0]
 */
export const nanToNum = (x: ArrayInput, nan = 0, posinf = Number.MAX_VALUE, neginf = -posinf): BaseArray => {
  const a = asArr(x);
  if (!(a instanceof NDArray) || a.dtype !== 'fxp') return a;
  const clean = (v: number): number =>
    Number.isNaN(v) ? nan : v > Number.MAX_VALUE ? posinf : v < -Number.MAX_VALUE ? neginf : v;
  return new NDArray(a.shape, 'fxp', (a.data as Float64Array).map(clean));
};
