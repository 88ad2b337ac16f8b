/**
 * @file Functions composed of the elementary ones, each so that nothing cancels and no intermediate grows. Errors are below
 * 2^-20 at FM128 and 2^-12 at FM64, relative above 1 and absolute below, unless a line says otherwise; ranges are those of FM128,
 * and of FM64 in brackets (test/numpy/ranges.ts holds each to them).
 */
import type { BaseArray } from '../ir/trace/array.ts';
import { apply } from '../ir/trace/tracer.ts';
import { less, logicalXor, where, within } from './compare.ts';
import { type ArrayInput, asArr, convertTo, spread } from './core.ts';
import {
  abs,
  add,
  cos,
  divide,
  exp,
  log,
  maximum,
  minimum,
  multiply,
  negative,
  power,
  rsqrt,
  sin,
  sqrt,
  square,
  subtract,
} from './elementwise.ts';
import { series } from './polynomial.ts';

const real = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'fxp');
const pair = (x: ArrayInput, y: ArrayInput): [BaseArray, BaseArray] =>
  spread([real(x), real(y)]) as [BaseArray, BaseArray];

/** x times a public number. */
const scaled =
  (factor: number) =>
  (x: ArrayInput): BaseArray =>
    multiply(real(x), factor);

/** |x| < 2^25 (2^17). Relative error. */
export const deg2rad = scaled(Math.PI / 180);
export const radians = deg2rad;
/** |x| < 2^19 (2^11). Relative error. */
export const rad2deg = scaled(180 / Math.PI);
export const degrees = rad2deg;

/** log(1 + x), x > -1, any size. Absolute error. */
export const log1p = (x: ArrayInput): BaseArray => log(add(real(x), 1));
/** exp(x) - 1, any x: beyond the range of exp the largest number that it gives, less 1. */
export const expm1 = (x: ArrayInput): BaseArray => subtract(exp(x), 1);
/** x > 0, any size; others count as 0, as for log. Absolute error. */
export const log2 = (x: ArrayInput): BaseArray => multiply(log(x), Math.LOG2E);
/** As log2. */
export const log10 = (x: ArrayInput): BaseArray => multiply(log(x), Math.LOG10E);
/** 2 to the x, any x: from 74 on (43) 2^74 (2^43). Relative error, or one and a half units in the last place. */
export const exp2 = (x: ArrayInput): BaseArray => exp(multiply(real(x), Math.LN2));

/** sqrt(x^2 + y^2), below 2^76 (FM64: 2^28). Relative error below 2^-20 (FM64: 2^-12), also near 0. Rounds 19. */
export const hypot = (x: ArrayInput, y: ArrayInput): BaseArray => apply('hypot', pair(x, y));

/** Cube root, any x. Relative error. */
export const cbrt = (x: ArrayInput): BaseArray => apply('cbrt', [real(x)]);

/** sin x / cos x, |x| <= 1.55; the absolute error is 1 + tan^2 x times 2^-20 (2^-12). */
export const tan = (x: ArrayInput): BaseArray => divide(within(sin(x), -1.1, 1.1), within(cos(x), -1.1, 1.1));

/** exp(x) / 2 and exp(-x) / 2: halved before, as nothing of large powers may be cut off. */
const halves = (x: ArrayInput): [BaseArray, BaseArray] => {
  const a = real(x);
  return [exp(subtract(a, Math.LN2)), exp(subtract(-Math.LN2, a))];
};
/** (exp x - exp -x) / 2, any x: beyond |x| = 51.9 (30.4) the largest number that exp gives, with the sign of x. */
export const sinh = (x: ArrayInput): BaseArray => subtract(...halves(x));
/** (exp x + exp -x) / 2, any x: beyond |x| = 51.9 (30.4) the largest number that exp gives. */
export const cosh = (x: ArrayInput): BaseArray => add(...halves(x));

/** Any x. Absolute error below 2^-20 (FM64: 2^-12). Rounds 12; 7 where x is promised to be small. */
export const arcsinh = (x: ArrayInput): BaseArray => apply('arcsinh', [real(x)]);

/** x >= 1, any size. Two roots, so that nothing is lost near 1, and no product that would not fit. Absolute error. */
export const arccosh = (x: ArrayInput): BaseArray => {
  const a = real(x);
  return subtract(multiply(log(add(sqrt(subtract(a, 1)), sqrt(add(a, 1)))), 2), Math.LN2);
};

/** |x| <= 1 - 2^-26 (1 - 2^-18). Absolute error. */
export const arctanh = (x: ArrayInput): BaseArray => {
  const a = real(x);
  return multiply(subtract(log(add(a, 1)), log(subtract(1, a))), 0.5);
};

/** Any x. */
export const arctan = (x: ArrayInput): BaseArray => apply('arctan', [real(x)]);

/** The angle of the point (x, y), in (-pi, pi]; 0 at the origin. Both away from 0 by 2^-10, or one of them 0, at FM128. */
export const arctan2 = (y: ArrayInput, x: ArrayInput): BaseArray => apply('arctan2', pair(y, x));

/** |x| <= 1. */
export const arcsin = (x: ArrayInput): BaseArray => apply('arcsin', [real(x)]);
/** |x| <= 1. */
export const arccos = (x: ArrayInput): BaseArray => subtract(Math.PI / 2, arcsin(x));

/** log(exp x + exp y) = y + softplus(x - y), any size of x and y. Absolute error as softplus. Rounds 5. */
export const logaddexp = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = pair(x, y);
  return add(b, apply('softplus', [subtract(a, b)]));
};
/** log2(2^x + 2^y), |x|, |y| <= 1000. */
export const logaddexp2 = (x: ArrayInput, y: ArrayInput): BaseArray =>
  multiply(logaddexp(multiply(real(x), Math.LN2), multiply(real(y), Math.LN2)), Math.LOG2E);

/** sin(pi x) / (pi x) in powers of x^2 for |x| <= 1/2, error below 5e-9. */
const SINC = [
  0.999999995698809, -1.6449332063351203, 0.8117148426659171, -0.19044175272079972, 0.024718644598741343,
];

/** sin(pi x) / (pi x), 1 at 0; |x| <= 100. Absolute error. */
export const sinc = (x: ArrayInput): BaseArray => {
  const a = real(x);
  const near = less(abs(a), 0.5);
  const turned = multiply(where(near, 1, a), Math.PI);
  return where(near, series(square(where(near, a, 0)), SINC), divide(sin(turned), turned));
};

/** |x| with the sign of y; y = 0 counts as positive (there is no negative zero here). */
export const copysign = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = pair(x, y);
  return where(logicalXor(less(a, 0), less(b, 0)), negative(a), a);
};

/** 0 below 0, `middle` at 0, 1 above. */
export const heaviside = (x: ArrayInput, middle: ArrayInput): BaseArray => {
  const [a, m] = pair(x, middle);
  return where(less(0, a), 1, where(less(a, 0), 0, m));
};

/** x * 2^n for whole n; public n costs nothing. Of secret n, x 2^-26 (x 2^-18) more. */
export const ldexp = (x: ArrayInput, n: ArrayInput): BaseArray => multiply(real(x), exp2(n));

/**
 * [m, n] with x = m 2^n and 1/2 <= |m| < 1 (0, 0 for 0), any x; n is int32, m off by a unit in the last place where |x| > 1. Rounds 16, by
 * keys 7.
 */
export const frexp = (x: ArrayInput): [BaseArray, BaseArray] => {
  const a = real(x);
  return [apply('mantissa', [a]), apply('exponent', [a])];
};

/** The number next to x on the way to y: 2^-f away at f fraction bits. Exact. */
export const nextafter = (x: ArrayInput, y: ArrayInput): BaseArray => apply('nextafter', pair(x, y));
/** The distance of neighbouring numbers, public: 2^-f in a program, 2^-52 in float64. */
export const epsilon = (): BaseArray => apply('epsilon', []);

/** I0 in powers of (x / 4)^2 up to 4; its form exp(x) / sqrt(x) (..) in powers of 4 / x beyond, error below 1.3e-7. */
const I0_NEAR = [
  1,
  4,
  4,
  16 / 9,
  4 / 9,
  16 / 225,
  16 / 2025,
  64 / 99225,
  4 / 99225,
  16 / 8037225,
  16 / 200930625,
];
const I0_FAR = [
  0.3989394701541648, 0.01253056304334568, 0.0012157209753666442, 0.002644754340479787, -0.004393863126204361,
  0.0047201045722232975, -0.0016529244292399477,
];

/** The modified Bessel function of order 0, |x| <= 20 (10). Relative error. */
export const i0 = (x: ArrayInput): BaseArray => {
  const a = abs(real(x));
  const near = less(a, 4);
  const far = where(near, 4, a);
  const root = rsqrt(far);
  const large = multiply(multiply(exp(far), root), series(multiply(square(root), 4), I0_FAR));
  return where(near, series(square(multiply(where(near, a, 0), 0.25)), I0_NEAR), large);
};

/**
 * np.power of real numbers, with its signs: relative error below (2 + |y| + |log x|) 2^-21 (FM64: 2^-13), or
 * exp's.
 */
export const floatPower = (x: ArrayInput, y: ArrayInput): BaseArray =>
  power(real(x), typeof y === 'number' ? y : real(y));

export const fmax = maximum;
export const fmin = minimum;
export const fabs = (x: ArrayInput): BaseArray => abs(real(x));
export const positive = (x: ArrayInput): BaseArray => asArr(x);
