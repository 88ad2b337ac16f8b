/** @file Whole parts and remainders of real numbers. Exact: no result is a unit off for being close to a whole number. */
import { fail } from '../errors.ts';
import { intRange, kindOf } from '../ir/ops/dtypes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply, record } from '../ir/trace/tracer.ts';
import * as math from '../ring/math/index.ts';
import { equal, less, logicalAnd, logicalOr, logicalXor, notEqual, where } from './compare.ts';
import { type ArrayInput, asArr, broadcast, convertTo, isBool, numberLike, spread, unify } from './core.ts';
import { add, ceil, divide, floor, multiply, negative, subtract } from './elementwise.ts';

const whole =
  (of: (x: BaseArray) => BaseArray) =>
  (x: ArrayInput): BaseArray => {
    const a = asArr(x);
    return a.dtype === 'fxp' ? of(a) : a;
  };

/**
 * Cut towards zero, any x, of the dtype of x; integers are what they are. Exact. On secrets: 5 rounds.
 * @example
 * np.trunc(np.array([1.7, -1.7])) // [1, -1]
 */
export const trunc = whole((x) => where(less(x, 0), ceil(x), floor(x)));
export { trunc as fix };

/**
 * To the nearest whole number, halves to the even one; float64, also of integers.
 * @example
 * np.rint(np.array([0.5, 1.5, -2.6])) // [0, 2, -3]
 */
export const rint = (x: ArrayInput): BaseArray => {
  const a = asArr(x);
  return a.dtype === 'fxp' ? nearest(a) : convertTo(a, 'fxp');
};

const nearest = (x: BaseArray): BaseArray => {
  const shifted = add(x, 0.5);
  const up = floor(shifted);
  const half = multiply(up, 0.5);
  const isOdd = less(floor(half), half);
  return subtract(up, convertTo(logicalAnd(equal(up, shifted), isOdd), 'fxp'));
};

/**
 * To `decimals` places (below 0: to tens, hundreds, ..), halves to even. Integers stay integers, and wrap as NumPy's.
 * @example
 * np.round(np.array([1.26, -2.5]), 1) // [1.3, -2.5]
 */
export const round = (x: ArrayInput, decimals = 0): BaseArray => {
  const a = asArr(x);
  if (!Number.isInteger(decimals))
    fail('INVALID_ARGUMENT', `np.round: decimals are a whole number, not ${decimals}`);
  if (a.dtype !== 'fxp') return decimals >= 0 || isBool(a) ? a : roundedInteger(a, math.pow(10, -decimals));
  if (decimals === 0) return rint(a);
  if (decimals < 0) return multiply(rint(divide(a, math.pow(10, -decimals))), math.pow(10, -decimals));
  const unit = math.pow(10, decimals);
  if (a instanceof NDArray) return divide(rint(multiply(a, unit)), unit);
  // Of a secret the whole part stays as it is, so that nothing becomes larger than the unit.
  const down = floor(a);
  return add(down, divide(rint(multiply(subtract(a, down), unit)), unit));
};

const likeAll = (value: number, x: BaseArray): BaseArray =>
  broadcast(record(numberLike(value, x), [x]), x.shape);

/** To multiples of an even `unit`; 0 where that is beyond the dtype. */
const roundedInteger = (x: BaseArray, unit: number): BaseArray => {
  if (BigInt(unit) > intRange(x.dtype)[1]) return multiply(x, 0);
  const { quotient, rest } = wholeNumbers(x, likeAll(unit, x));
  const odd = notEqual(apply('bitAnd', [quotient, likeAll(1, x)]), 0);
  const up = logicalOr(less(unit / 2, rest), logicalAnd(equal(rest, unit / 2), odd));
  return multiply(add(quotient, convertTo(up, x.dtype as 'int64')), unit);
};

/**
 * [fraction, whole part], both with the sign of x, float64. Exact. On secrets: 5 rounds.
 * @example
 * np.modf(np.array([1.5, -1.5])) // [[0.5, -0.5], [1, -1]]
 */
export const modf = (x: ArrayInput): [BaseArray, BaseArray] => {
  const a = convertTo(asArr(x), 'fxp');
  const cut = trunc(a);
  return [subtract(a, cut), cut];
};

const numbers = (name: string, x: ArrayInput, y: ArrayInput): [BaseArray, BaseArray] => {
  const [a, b] = spread(unify([x, y])) as [BaseArray, BaseArray];
  if (isBool(a)) fail('DTYPE', `boolean ${name} is not supported: convert with np.astype first`);
  return [a, b];
};

interface Quotient {
  readonly quotient: BaseArray;
  readonly rest: BaseArray;
}

/** What 1 / y has beyond the nearest number, by halves of the factors (Dekker, A floating-point technique, 1971). */
const lostOfInverse = (y: number): number => {
  const halves = (v: number): [number, number] => {
    const t = v * (math.pow2(27) + 1);
    const high = t - (t - v);
    return [high, v - high];
  };
  const inverse = 1 / y;
  const [[a, b], [c, d]] = [halves(y), halves(inverse)];
  const near = y * inverse;
  return (1 - near - (a * c - near + a * d + b * c + b * d)) / y;
};

/**
 * x = quotient y + rest for secret real numbers x and public y, rest between 0 and y. The whole number next to x / y is exact after one
 * comparison of the rest, which is exact: a whole number times y loses nothing.
 */
const flooredByPublic = (x: BaseArray, y: BaseArray, values: NDArray): Quotient => {
  // 1 / y has 53 bits, and the numbers of FM128 more.
  const lost = new NDArray(values.shape, 'fxp', Float64Array.from(values.data, Number).map(lostOfInverse));
  const near = floor(add(add(divide(x, y), multiply(x, lost)), 0.5));
  const rest = subtract(x, multiply(near, y));
  const minus = less(y, 0);
  const over = where(minus, less(0, rest), less(rest, 0));
  const one = convertTo(over, 'fxp');
  return { quotient: subtract(near, one), rest: add(rest, where(over, y, 0)) };
};

/** Both come from one division. */
const wholeNumbers = (x: BaseArray, y: BaseArray): Quotient => ({
  quotient: apply('floorDivide', [x, y]),
  rest: apply('remainder', [x, y]),
});

/**
 * [x // y, x % y] as in NumPy: the rest has the sign of y. Integers divided by 0 give 0 and 0. Of secret real numbers both are exact
 * where |x / y| < 2^60 (FM64: 2^42; FM32: 2^20); beyond, and by 0, x // y is the largest quotient with its sign, x % y is 0. By a public number both are
 * exact wherever x / y fits.
 * @example
 * np.divmod(np.array([7, -7], 'int32'), 3) // [[2, -3], [1, 2]]
 */
export const divmod = (x: ArrayInput, y: ArrayInput): [BaseArray, BaseArray] => {
  const [a, b] = numbers('divmod', x, y);
  const by = asArr(y);
  const byPublic = a.dtype === 'fxp' && by instanceof NDArray && !(a instanceof NDArray);
  const { quotient, rest } = byPublic ? flooredByPublic(a, b, by) : wholeNumbers(a, b);
  return [quotient, rest];
};

/**
 * The largest whole number not above x / y, of operands that broadcast. Exact: integers, 0 for a divisor of 0; secret real numbers
 * where |x / y| < 2^60 (FM64: 2^42; FM32: 2^20), and the largest quotient with its sign beyond and by 0; by a public number wherever it fits.
 * @example
 * np.floorDivide(np.array([7, -7], 'int32'), 2) // [3, -4]
 */
export const floorDivide = (x: ArrayInput, y: ArrayInput): BaseArray => divmod(x, y)[0];
/**
 * x - floorDivide(x, y) y, between 0 and y and with its sign, of operands that broadcast. Exact, and 0 beyond the range of np.floorDivide and for
 * secrets and integers divided by 0.
 * @example
 * np.remainder(np.array([7, -7], 'int32'), 3) // [1, 2]
 */
export const remainder = (x: ArrayInput, y: ArrayInput): BaseArray => divmod(x, y)[1];
export { remainder as mod };

/**
 * The rest of x / y with the sign of x, as C's fmod, of operands that broadcast. Exact, and 0 beyond the range of np.floorDivide and for
 * secrets and integers divided by 0.
 * @example
 * np.fmod(np.array([7, -7], 'int32'), 3) // [1, -1]
 */
export const fmod = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = numbers('fmod', x, y);
  if (a.dtype !== 'fxp') return wholeFmod(a, b);
  const minus = less(a, 0);
  const size = (v: BaseArray): BaseArray => where(less(v, 0), negative(v), v);
  const rest = remainder(where(minus, negative(a), a), size(b));
  return where(minus, negative(rest), rest);
};

/** Without sizes, of which the least integer has none: a rest on the other side of 0 than x is moved by y. */
const wholeFmod = (x: BaseArray, y: BaseArray): BaseArray => {
  const rest = apply('remainder', [x, y]);
  if (kindOf(x.dtype) === 'uint') return rest;
  const other = logicalXor(less(x, 0), less(y, 0));
  return where(logicalAnd(other, notEqual(rest, 0)), subtract(rest, y), rest);
};
