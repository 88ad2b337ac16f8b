/** @file Arithmetic and functions, element by element. Operands broadcast; integers wrap; bools add as `or`. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../ir/array.ts';
import { kindOf } from '../ir/dtypes.ts';
import { NDArray } from '../ir/ndarray.ts';
import { apply } from '../ir/tracer.ts';
import {
  type ArrayInput,
  asArr,
  convertTo,
  elementwise,
  isBool,
  numberLike,
  real,
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
 * |x / y| of 2^(105 - f) and more (FM64: 2^(50 - f), FM32: 2^(25 - f), f fraction bits), and x / 0, are that number, with the sign.
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

export const exp = function1('exp');
/** Natural logarithm, of secrets of any size; x <= 0 counts as half a unit in the last place. */
export const log = function1('log');
/** Of secrets of any size; 0 where x < 0. */
export const sqrt = function1('sqrt');
/** 1 / sqrt(x), of secrets of any size; x <= 0 counts as half a unit in the last place. */
export const rsqrt = function1('rsqrt');
/** 1 / x, float64 also for integers, of secrets of any size; 0 counts as half a unit in the last place. */
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

/**
 * x to the y. A public scalar exponent that is whole (up to 64) or 0.5, -0.5 takes x of any sign as NumPy does;
 * otherwise secret x has to be positive. Throws RANGE for integers to negative integer powers.
 */
export const power = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const n = publicExponent(y);
  const a = asArr(x);
  const sameDType = !(y instanceof NDArray) || (y.ndim === 0 && a.dtype === 'fxp');
  if (n === undefined || a instanceof NDArray || !sameDType) return general(x, y);
  if (Number.isInteger(n) && kindOf(a.dtype) !== 'bool') {
    if (n >= 0 && n <= MAX_CHAIN) return n === 0 ? constantOne(a) : wholePower(a, n);
    if (a.dtype !== 'fxp') return general(a, n);
    if (n < 0 && n >= -MAX_CHAIN) return reciprocal(wholePower(a, -n));
  }
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
