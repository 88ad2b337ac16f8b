/** @file Arithmetic and functions, element by element. Operands broadcast; integers wrap; bools add as `or`. */
import { fail } from '../errors.ts';
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
  elementwise,
  isBool,
  numberLike,
  real,
  reshapeTo,
  spread,
  unify,
} from './core.ts';

/** A binary op that means `bool` on bools (undefined: NumPy has none). */
const arithmetic =
  (op: string, onBools: string | undefined) =>
  (x: ArrayInput, y: ArrayInput): BaseArray => {
    const pair = spread(unify([x, y]));
    if (!isBool(pair[0]!)) return apply(op, pair);
    return onBools === undefined
      ? fail('DTYPE', `boolean ${op} is not supported: use np.logicalXor, np.logicalOr or np.logicalNot`)
      : apply(onBools, pair);
  };

export const add = arithmetic('add', 'or');
export const subtract = arithmetic('sub', undefined);
export const multiply = arithmetic('mul', 'and');
export const maximum = arithmetic('maximum', 'or');
export const minimum = arithmetic('minimum', 'and');

/**
 * x / y, always float64. On secrets of any size: relative error below 2^-20 (FM64: 2^-15), or about a unit in the last place.
 * |x / y| of 2^(105 - f) and more (FM64: 2^(50 - f), FM32: 2^(25 - f), f fraction bits), and x / 0, are that number, with the sign. Where
 * both are known to be small (by `np.within`, or as integers of few bits), a divisor of 0 counts as a unit in the last place.
 */
export const divide = (x: ArrayInput, y: ArrayInput): BaseArray => real('div', x, y);
export const trueDivide = divide;

const numeric = (op: string, x: ArrayInput): BaseArray => {
  const a = asArr(x);
  if (isBool(a)) fail('DTYPE', `boolean ${op} is not supported: convert with np.astype first`);
  return apply(op, [a]);
};

export const negative = (x: ArrayInput): BaseArray => numeric('neg', x);
export const sign = (x: ArrayInput): BaseArray => numeric('sign', x);

export const abs = (x: ArrayInput): BaseArray => {
  const a = asArr(x);
  const kind = kindOf(a.dtype);
  return kind === 'bool' || kind === 'uint' ? a : apply('abs', [a]);
};
export const absolute = abs;

export const square = (x: ArrayInput): BaseArray => {
  const given = asArr(x);
  const a = isBool(given) ? convertTo(given, 'int8') : given;
  return multiply(a, a);
};

const function1 =
  (op: string) =>
  (x: ArrayInput): BaseArray =>
    real(op, x);

/**
 * e^x for any x: far below 0 it is 0, and from 51.3 on (FM64: 29.8, FM32: 14.5) the largest number that it gives, 2^74 (2^43, 2^21): with
 * f fraction bits 2^(100-f) from (100-f) ln 2 on (2^(61-f), 2^(29-f)). Relative error below 2^-20 (FM64: 2^-13, FM32: 2^-6), or one and a
 * half units in the last place. Where np.within promises x <= 21 (11, 5) it takes half the bytes, with x >= -20 one round.
 */
export const exp = function1('exp');
/** exp of what is known to be 0 or less: without the windows for large numbers. */
export const expOfNegative = (x: BaseArray): BaseArray =>
  exp(apply('within', [x], { lo: Number.NEGATIVE_INFINITY, hi: 0 }));
/** Natural logarithm, of secrets of any size; x <= 0 counts as half a unit in the last place. */
export const log = function1('log');
/** Of secrets of any size; 0 where x < 0. */
export const sqrt = function1('sqrt');
/** 1 / sqrt(x), of secrets of any size; x <= 0 counts as half a unit in the last place. */
export const rsqrt = function1('rsqrt');
/**
 * 1 / sqrt(x) with more fraction bits (FM128), to be multiplied: `unit` promises that the product is not much larger than 1, as that of a
 * vector by 1 / its length.
 */
export const fineRsqrt = (x: BaseArray, fine: 'fine' | 'unit'): BaseArray => apply('rsqrt', [x], { fine });
/** 1 / x with more fraction bits (FM128), to be multiplied. */
export const fineReciprocal = (x: BaseArray): BaseArray => apply('reciprocal', [x], { fine: 'fine' });
/** 1 / x, float64 also for integers, of secrets of any size; 0 counts as half a unit in the last place, or as one where x is known to be small. */
export const reciprocal = function1('reciprocal');
/** 1 / (1 + exp(-x)) */
export const sigmoid = function1('sigmoid');
export const tanh = function1('tanh');
export const sin = function1('sin');
export const cos = function1('cos');
export const erf = function1('erf');

const whole =
  (op: (x: BaseArray) => BaseArray) =>
  (x: ArrayInput): BaseArray => {
    const a = asArr(x);
    return a.dtype === 'fxp' ? op(a) : a;
  };

export const floor = whole((x) => apply('floor', [x]));
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
    if (left === 0) return out ?? elementwise('add', multiply(x, numberLike(0, x)), numberLike(1, x));
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

/**
 * Secret x to public exponents: whole ones from 0 to 64 by products, for x of any sign; others by exp(y log |x|). Elements with the same exponent
 * are taken together.
 */
const publicPowers = (x: BaseArray, y: NDArray): BaseArray => {
  const a = unify([x, y])[0]!;
  const shape = broadcastShapes(a.shape, y.shape);
  const exponents = Array.from((broadcast(y, shape) as NDArray).data, Number);
  const whole = isInt(a.dtype);
  if (whole && exponents.some((e) => e < 0))
    fail('RANGE', 'integers to negative integer powers are not allowed');
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
  if (parts.length === 1) return reshapeTo(parts[0]!, shape);
  const order = [...groups.values()].flat();
  const indices = Array<number>(order.length);
  for (const [at, i] of order.entries()) indices[i] = at;
  const joined = apply('concat', parts, { axis: 0 });
  return reshapeTo(apply('gather', [joined], { axis: 0, indices }), shape);
};

/** x to secret integer exponents, or to such as are known when the program runs. */
const integerPowers = (x: ArrayInput, y: BaseArray): BaseArray => {
  const a = unify([x, y])[0]!;
  if (isBool(a)) fail('DTYPE', 'boolean power is not supported: convert with np.astype first');
  return apply('powWhole', spread([a, y]));
};

/**
 * x to the y. Public exponents that are whole take secret x of any sign, as NumPy does: 0 to 64 by products, -1 as reciprocal, others by
 * exp(y log |x|) and the sign; so do secret exponents of an integer dtype (of float64 x from 0 to 65535, and to -65535, by exp(y log |x|); larger ones count as those; integers wrap, and
 * give 0 for negative exponents, where NumPy throws). 0.5 and -0.5 are roots. Other public exponents are for x > 0: exp(y log x). Secret ones
 * of float64 take any x: exp(y log |x|), of x < 0 with the sign that the whole number next to y gives it (where y is not whole, NumPy has NaN),
 * and 0 counts as half a unit in the last place. Relative error (2 + |y| + |log x|) 2^-21 (FM64: 2^-13). Throws RANGE for integers to public
 * negative powers.
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
  if (Number.isInteger(n) && a.dtype !== 'fxp') return general(a, n);
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
