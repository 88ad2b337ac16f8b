/** @file Arithmetic and functions, element by element. Operands broadcast; integers wrap; bools add as `or`. */
import { fail } from '../errors.ts';
import type { BinaryOp, UnaryOp } from '../ir/ops/catalogue.ts';
import { isInt, kindOf } from '../ir/ops/dtypes.ts';
import { broadcastShapes } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply } from '../ir/trace/tracer.ts';
import {
  type ArrayInput,
  asArr,
  broadcast,
  convertTo,
  isBool,
  numberLike,
  real,
  realPair,
  reshapeTo,
  spread,
  unify,
} from './core.ts';

/** A binary op that means `bool` on bools (undefined: NumPy has none). */
const arithmetic =
  (op: BinaryOp, onBools: BinaryOp | undefined) =>
  (x: ArrayInput, y: ArrayInput): BaseArray => {
    const pair = spread(unify([x, y]));
    if (!isBool(pair[0])) return apply(op, pair);
    return onBools === undefined
      ? fail('DTYPE', `boolean ${op} is not supported: use np.logicalXor, np.logicalOr or np.logicalNot`)
      : apply(onBools, pair);
  };

/**
 * x + y, element by element, of operands that broadcast; integers wrap, bools are or-ed. On secrets: exact and
 * without messages while |x + y| is below 2^(127 - f) (FM64: 2^(63 - f)). Throws SHAPE where shapes do not broadcast.
 * @example
 * np.add(np.array([1, 2, 3]), 10) // [11, 12, 13]
 * np.add(np.array([[1], [2]]), [10, 20]) // [[11, 21], [12, 22]]
 * np.add([1, 2], [1, 2, 3]) // throws SHAPE
 */
export const add = arithmetic('add', 'or');
/**
 * x - y, element by element, of operands that broadcast; integers wrap. On secrets: exact and without messages, as
 * np.add. Throws DTYPE for bools, SHAPE where shapes do not broadcast.
 * @example
 * np.subtract(np.array([5, 7]), [1, 10]) // [4, -3]
 * np.subtract(true, true) // throws DTYPE
 */
export const subtract = arithmetic('sub', undefined);
/**
 * x y, element by element, of operands that broadcast; integers wrap, bools are and-ed. On secrets: 1 round, error of
 * one unit in the last place (2^-26 at FM128, 2^-18 at FM64); |x y| has to stay below 2^(k - 2 - 2f) (2^74 at FM128,
 * 2^26 at FM64), beyond which the ring wraps (an error with a range guard). Throws SHAPE.
 * @example
 * np.multiply(np.array([1.5, -2]), np.array([2, 4])) // [3, -8]
 */
export const multiply = arithmetic('mul', 'and');
/**
 * The larger of x and y, element by element, of operands that broadcast; of bools, or. Exact. On secrets: 5 rounds,
 * one by FSS. Throws SHAPE.
 * @example
 * np.maximum(np.array([1, 5, -2]), 0) // [1, 5, 0]
 */
export const maximum = arithmetic('maximum', 'or');
/**
 * The smaller of x and y, element by element, of operands that broadcast; of bools, and. Exact. On secrets: 5 rounds,
 * one by FSS. Throws SHAPE.
 * @example
 * np.minimum(np.array([1, 5, -2]), [2, 2, 2]) // [1, 2, -2]
 */
export const minimum = arithmetic('minimum', 'and');

/**
 * x / y, always float64. On secrets of any size: relative error below 2^-20 (FM64: 2^-15), or about a unit in the last place.
 * |x / y| of 2^(105 - f) and more (FM64: 2^(50 - f), FM32: 2^(25 - f), f fraction bits), and x / 0, are that number, with the sign; by a
 * divisor of n units in the last place, quotients up to 2 / n of it beyond may be themselves. Where both are known to be small (by
 * `np.within`, or as integers of few bits), a divisor of 0 counts as a unit in the last place. FM128: what is divided by the root of its own
 * sum of squares (`x / np.std(x)` of two and more numbers that have their mean taken away) is 0 where that is 0. Integers become real numbers
 * first: at FM32 those of 2^(31 - f) and more wrap.
 * @example
 * np.divide(np.array([1, 2, -3]), np.array([2, 4, 8])) // [0.5, 0.5, -0.375]
 * np.divide(np.array([6], 'int32'), 4) // [1.5]
 */
export const divide = (x: ArrayInput, y: ArrayInput): BaseArray => realPair('div', x, y);
export { divide as trueDivide };

const numeric = (op: UnaryOp, x: ArrayInput): BaseArray => {
  const a = asArr(x);
  if (isBool(a)) fail('DTYPE', `boolean ${op} is not supported: convert with np.astype first`);
  return apply(op, [a]);
};

/**
 * -x. Exact and without messages; integers wrap at the least one. Throws DTYPE for bools.
 * @example
 * np.negative(np.array([1, -2, 0])) // [-1, 2, 0]
 * np.negative(true) // throws DTYPE
 */
export const negative = (x: ArrayInput): BaseArray => numeric('neg', x);
/**
 * -1, 0 or 1, of the dtype of x. Exact. On secrets: 5 rounds, one by FSS. Throws DTYPE for bools.
 * @example
 * np.sign(np.array([-2.5, 0, 7])) // [-1, 0, 1]
 */
export const sign = (x: ArrayInput): BaseArray => numeric('sign', x);

/**
 * |x|; bools and unsigned integers are what they are, the least signed integer wraps. Exact. On secrets: 5 rounds,
 * one by FSS.
 * @example
 * np.abs(np.array([-1.5, 0, 2])) // [1.5, 0, 2]
 */
export const abs = (x: ArrayInput): BaseArray => {
  const a = asArr(x);
  const kind = kindOf(a.dtype);
  return kind === 'bool' || kind === 'uint' ? a : apply('abs', [a]);
};
export { abs as absolute };

/**
 * x x, bools as int8; cheaper than np.multiply(x, x) by one operand. Range and error as np.multiply: |x| below 2^37
 * at FM128, 2^13 at FM64. On secrets: 1 round.
 * @example
 * np.square(np.array([1.5, -3])) // [2.25, 9]
 */
export const square = (x: ArrayInput): BaseArray => {
  const given = asArr(x);
  const a = isBool(given) ? convertTo(given, 'int8') : given;
  return multiply(a, a);
};

const function1 =
  (op: UnaryOp) =>
  (x: ArrayInput): BaseArray =>
    real(op, x);

/**
 * e^x for any x: far below 0 it is 0, and from 51.3 on (FM64: 29.8, FM32: 14.5) the largest number that it gives, 2^74 (2^43, 2^21): with
 * f fraction bits 2^(100-f) from (100-f) ln 2 on (2^(61-f), 2^(29-f)). Relative error below 2^-20 (FM64: 2^-13, FM32: 2^-6), or one and a
 * half units in the last place. Where np.within promises x <= 21 (11, 5) it takes half the bytes, with x >= -20 one round.
 * @example
 * np.exp(np.array([0, 1, -1])) // [1, 2.7183, 0.3679]
 * np.exp(np.array([-100])) // [0]
 */
export const exp = function1('exp');
/** exp of what is known to be 0 or less: without the windows for large numbers. */
export const expOfNegative = (x: BaseArray): BaseArray =>
  exp(apply('within', [x], { lo: Number.NEGATIVE_INFINITY, hi: 0 }));
/**
 * Natural logarithm, of secrets of any size; x <= 0 counts as half a unit in the last place.
 * @example
 * np.log(np.array([1, 2, 1000])) // [0, 0.6931, 6.9078]
 */
export const log = function1('log');
/**
 * Square root, of secrets of any size, 0 where x < 0; float64. On secrets: 11 rounds, relative error below 2^-20
 * (FM64: 2^-13) or a unit in the last place.
 * @example
 * np.sqrt(np.array([0, 2, 1e6])) // [0, 1.4142, 1000]
 */
export const sqrt = function1('sqrt');
/**
 * 1 / sqrt(x), of secrets of any size; x <= 0 counts as half a unit in the last place.
 * @example
 * np.rsqrt(np.array([1, 4, 0.25])) // [1, 0.5, 2]
 */
export const rsqrt = function1('rsqrt');
/**
 * 1 / sqrt(x) with more fraction bits (FM128), to be multiplied: `unit` promises that the product is not much larger than 1, as that of a
 * vector by 1 / its length.
 */
export const fineRsqrt = (x: BaseArray, fine: 'fine' | 'unit'): BaseArray => apply('rsqrt', [x], { fine });
/** x / y for one y that divides many x, such as a pivot; at FM128 by an inverse with more fraction bits. */
export const divideMany = (x: BaseArray, y: BaseArray): BaseArray =>
  apply('div', spread([x, y]), { fine: true });
/**
 * 1 / x, float64 also for integers, of secrets of any size; 0 counts as half a unit in the last place, or as one where x is known to be
 * small.
 * @example
 * np.reciprocal(np.array([2, -4, 0.1])) // [0.5, -0.25, 10]
 */
export const reciprocal = function1('reciprocal');
/**
 * 1 / (1 + exp(-x)), for any x. On secrets: absolute error below 2^-20 (FM64: 2^-13), 5 rounds, one where np.within
 * or np.clip holds x near 0.
 * @example
 * np.sigmoid(np.array([0, 2, -100])) // [0.5, 0.8808, 0]
 */
export const sigmoid = function1('sigmoid');
/**
 * Hyperbolic tangent, for any x: it levels off at -1 and 1. On secrets: absolute error below 2^-20 (FM64: 2^-13), 5
 * rounds.
 * @example
 * np.tanh(np.array([0, 0.5, 50])) // [0, 0.4621, 1]
 */
export const tanh = function1('tanh');
/**
 * Sine of x in radians. On secrets: 1 round, absolute error below 2^-22 for |x| <= 100 (FM64: 2^-15), farther off it grows
 * with the turns.
 * @example
 * np.sin(np.array([0, np.pi / 2, -1])) // [0, 1, -0.8415]
 */
export const sin = function1('sin');
/**
 * Cosine of x in radians. On secrets: 1 round, absolute error below 2^-22 for |x| <= 100 (FM64: 2^-15), farther off it grows
 * with the turns.
 * @example
 * np.cos(np.array([0, np.pi, 1])) // [1, -1, 0.5403]
 */
export const cos = function1('cos');
/**
 * The error function, for any x: it levels off at -1 and 1. On secrets: absolute error below 2^-20 (FM64: 2^-13), 5
 * rounds.
 * @example
 * np.erf(np.array([0, 0.5, 9])) // [0, 0.5205, 1]
 */
export const erf = function1('erf');

const whole =
  (op: (x: BaseArray) => BaseArray) =>
  (x: ArrayInput): BaseArray => {
    const a = asArr(x);
    return a.dtype === 'fxp' ? op(a) : a;
  };

/**
 * The largest whole number at most x, of the dtype of x; integers and bools are what they are. Exact. On secrets: 4
 * rounds.
 * @example
 * np.floor(np.array([1.7, -1.2, 3])) // [1, -2, 3]
 */
export const floor = whole((x) => apply('floor', [x]));
/**
 * The smallest whole number at least x, of the dtype of x; integers and bools are what they are. Exact. On secrets: 4
 * rounds.
 * @example
 * np.ceil(np.array([1.2, -1.7, 3])) // [2, -1, 3]
 */
export const ceil = whole((x) => negative(apply('floor', [negative(x)])));

/** Exponents that have a cheaper and wider way than exp(y * log(x)). */
const SPECIAL: Readonly<Record<string, (x: BaseArray) => BaseArray>> = {
  '0.5': (x) => sqrt(x),
  '-0.5': (x) => rsqrt(x),
  '-1': (x) => reciprocal(x),
};
const MAX_CHAIN = 64;

/** x to a whole power >= 0, by repeated squaring. */
const wholePower = (x: BaseArray, n: number): BaseArray => {
  let out: BaseArray | undefined;
  for (let [base, left] = [x, n]; ; base = square(base)) {
    if (left % 2 === 1) out = out === undefined ? base : multiply(out, base);
    left = Math.floor(left / 2);
    if (left === 0) return out ?? add(multiply(x, numberLike(0, x)), numberLike(1, x));
  }
};

const publicExponent = (y: ArrayInput): number | undefined => {
  const a = typeof y === 'number' ? y : y instanceof NDArray && y.size === 1 ? y.item() : undefined;
  return typeof a === 'number' ? a : undefined;
};

const choose = (cond: BaseArray, x: BaseArray, y: BaseArray): BaseArray =>
  apply('select', spread([cond, x, y]));

/** Secret x to one public exponent: a whole one from 0 to MAX_CHAIN, or a special one. */
const nearPower = (x: BaseArray, n: number): BaseArray => {
  if (n === 0) return constantOne(x);
  return SPECIAL[String(n)]?.(x) ?? wholePower(x, n);
};

/** Secret x to other public exponents: exp(y log |x|), and the sign. */
const farPowers = (x: BaseArray, y: readonly number[]): BaseArray => {
  const mask = (of: (e: number) => boolean): NDArray => NDArray.from(y.map(of), 'bool');
  const base = y.some(Number.isInteger) ? choose(mask(Number.isInteger), abs(x), x) : x;
  const size = apply('pow', [base, NDArray.from(y, 'fxp')]);
  const odd = (e: number): boolean => Math.abs(e) % 2 === 1;
  if (!y.some(odd)) return size;
  const minus = apply('and', [mask(odd), apply('less', spread([x, numberLike(0, x)]))]);
  return choose(minus, negative(size), size);
};

const noNegativePower = (): never => fail('RANGE', 'integers to negative integer powers are not allowed');

/**
 * Secret x to public exponents: whole ones from 0 to 64 by products, for x of any sign; others by exp(y log |x|). Elements with the same exponent
 * are taken together.
 */
const publicPowers = (x: BaseArray, y: NDArray): BaseArray => {
  const a = unify([x, y])[0]!;
  const shape = broadcastShapes(a.shape, y.shape);
  const exponents = Array.from((broadcast(y, shape) as NDArray).data, Number);
  const whole = isInt(a.dtype);
  if (whole && exponents.some((e) => e < 0)) noNegativePower();
  const size = a.size;
  if (exponents.length === 0) return broadcast(a, shape);
  const from = broadcast(
    new NDArray(
      a.shape,
      'int32',
      Int32Array.from({ length: size }, (_, i) => i),
    ),
    shape,
  ) as NDArray;
  const isNear = (e: number): boolean =>
    whole || Object.hasOwn(SPECIAL, String(e)) || (Number.isInteger(e) && e >= 0 && e <= MAX_CHAIN);
  const groups = new Map<number | undefined, number[]>();
  for (const [i, e] of exponents.entries()) {
    const key = isNear(e) ? e : undefined;
    const places = groups.get(key);
    if (places) places.push(i);
    else groups.set(key, [i]);
  }
  const flat = reshapeTo(a, [size]);
  // Where a group takes all of x, in order, its squares are those of the others.
  const take = (places: readonly number[]): BaseArray => {
    const indices = places.map((i) => Number(from.data[i]));
    const all = indices.length === size && indices.every((at, i) => at === i);
    return all ? flat : apply('gather', [flat], { axis: 0, indices });
  };
  const parts = [...groups].map(([e, places]) => {
    const own = take(places);
    return e === undefined
      ? farPowers(
          own,
          places.map((i) => exponents[i]!),
        )
      : nearPower(own, e);
  });
  const [first, ...rest] = parts as [BaseArray, ...BaseArray[]];
  if (rest.length === 0) return reshapeTo(first, shape);
  const order = [...groups.values()].flat();
  const indices = Array<number>(order.length);
  for (const [at, i] of order.entries()) indices[i] = at;
  const joined = apply('concat', [first, ...rest], { axis: 0 });
  return reshapeTo(apply('gather', [joined], { axis: 0, indices }), shape);
};

/** x to secret integer exponents, or to such as are known when the program runs. */
const integerPowers = (x: ArrayInput, y: BaseArray): BaseArray => {
  const [a] = unify([x, y]);
  if (isBool(a)) fail('DTYPE', 'boolean power is not supported: convert with np.astype first');
  return apply('powWhole', spread([a, y]));
};

/**
 * x to the y. Public exponents that are whole take secret x of any sign, as NumPy does: 0 to 64 by products, -1 as reciprocal, others by
 * exp(y log |x|) and the sign; so do secret exponents of an integer dtype (of float64 x from 0 to 65535, and to -65535, by exp(y log |x|); larger ones count as those; integers wrap, and
 * give 0 for negative exponents, where NumPy throws). 0.5 and -0.5 are roots. Other public exponents are for x > 0: exp(y log x). Secret ones
 * of float64 take any x: exp(y log |x|), of x < 0 with the sign that the whole number next to y gives it (where y is not whole, NumPy has NaN),
 * and 0 counts as half a unit in the last place. Relative error (2 + |y| + |log x|) 2^-21 (FM64: 2^-13), beside a unit in the last place, or of
 * products |y| of them, relative above 1. Beyond the range exp(y log |x|) ends at exp's largest number, and products wrap, as those of np.multiply
 * do. Throws RANGE for integers to public negative powers.
 * @example
 * np.power(np.array([2, -3]), 3) // [8, -27]
 * np.power(np.array([4, 9]), 0.5) // [2, 3]
 * np.power(np.array([2], 'int32'), -1) // throws RANGE
 */
export const power = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const n = publicExponent(y);
  const a = asArr(x);
  const e = typeof y === 'number' ? undefined : asArr(y);
  if (e !== undefined && !(e instanceof NDArray) && isInt(e.dtype)) return integerPowers(x, e);
  if (a instanceof NDArray || (e !== undefined && !(e instanceof NDArray)) || isBool(a)) return general(x, y);
  const sameDType = e === undefined || (e.ndim === 0 && a.dtype === 'fxp');
  if (n === undefined || !sameDType) {
    const exponents = e as NDArray;
    return exponents.dtype === 'bool' || exponents.size === 0 ? general(x, y) : publicPowers(a, exponents);
  }
  if (Number.isInteger(n) && n >= 0 && n <= MAX_CHAIN) return n === 0 ? constantOne(a) : wholePower(a, n);
  if (Number.isInteger(n) && a.dtype !== 'fxp') return n < 0 ? noNegativePower() : general(a, n);
  return SPECIAL[String(n)]?.(a) ?? general(a, n);
};

const constantOne = (x: BaseArray): BaseArray =>
  apply('broadcast', [numberLike(1, x)], { shape: [...x.shape] });

const general = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const pair = spread(unify([x, y]));
  return isBool(pair[0]!)
    ? fail('DTYPE', 'boolean power is not supported: convert with np.astype first')
    : apply('pow', pair);
};
