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
import { isSecret } from './indexing.ts';
import { series } from './polynomial.ts';

const real = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'fxp');
const pair = (x: ArrayInput, y: ArrayInput): [BaseArray, BaseArray] =>
  spread([real(x), real(y)]) as [BaseArray, BaseArray];

/** x times a public number. */
const scaled =
  (factor: number) =>
  (x: ArrayInput): BaseArray =>
    multiply(real(x), factor);

/**
 * Degrees to radians, for |x| < 2^25 (FM64: 2^17). On secrets: without messages, error below a unit in the last place
 * and 2^-20 of the result.
 * @example
 * np.deg2rad(np.array([180, -90])) // [3.1416, -1.5708]
 */
export const deg2rad = scaled(Math.PI / 180);
export { deg2rad as radians };
/**
 * Radians to degrees, for |x| < 2^19 (FM64: 2^11). On secrets: without messages, error below a unit in the last place
 * and 2^-20 of the result.
 * @example
 * np.rad2deg(np.array([Math.PI])) // [180]
 */
export const rad2deg = scaled(180 / Math.PI);
export { rad2deg as degrees };

/**
 * log(1 + x), for x > -1 of any size. On secrets: 9 rounds, absolute error below 2^-20 (FM64: 2^-13).
 * @example
 * np.log1p(np.array([0, 1])) // [0, 0.6931]
 */
export const log1p = (x: ArrayInput): BaseArray => log(add(real(x), 1));
/**
 * exp(x) - 1, any x: beyond the range of exp the largest number that it gives, less 1.
 * @example
 * np.expm1(np.array([0, 1])) // [0, 1.7183]
 */
export const expm1 = (x: ArrayInput): BaseArray => subtract(exp(x), 1);
/**
 * Logarithm to base 2, of x > 0 of any size; 0 and less count as half a unit in the last place. On secrets: 9 rounds,
 * absolute error below 2^-20 (FM64: 2^-13).
 * @example
 * np.log2(np.array([8, 0.5])) // [3, -1]
 */
export const log2 = (x: ArrayInput): BaseArray => multiply(log(x), Math.LOG2E);
/**
 * Logarithm to base 10, of x > 0 of any size; 0 and less count as half a unit in the last place. On secrets: 9
 * rounds, absolute error below 2^-20 (FM64: 2^-13).
 * @example
 * np.log10(np.array([1000, 0.1])) // [3, -1]
 */
export const log10 = (x: ArrayInput): BaseArray => multiply(log(x), Math.LOG10E);
/**
 * 2 to the x, any x: from 74 on (43) 2^74 (2^43). Error as np.exp, and relative 2^-f more, with f fraction bits.
 * @example
 * np.exp2(np.array([3, -1])) // [8, 0.5]
 */
export const exp2 = (x: ArrayInput): BaseArray => exp(multiply(real(x), Math.LN2));

/**
 * sqrt(x^2 + y^2) as far as the ring holds it; |x|, |y| below 2^75 at FM128. Relative error below 2^-20 (FM64: 2^-12), also near 0. Rounds 19.
 * @example
 * np.hypot(np.array([3, 5]), np.array([4, 12])) // [5, 13]
 */
export const hypot = (x: ArrayInput, y: ArrayInput): BaseArray => apply('hypot', pair(x, y));

/**
 * Cube root with the sign of x, any x. On secrets: 13 rounds, relative error below 2^-20 (FM64: 2^-13).
 * @example
 * np.cbrt(np.array([27, -8])) // [3, -2]
 */
export const cbrt = (x: ArrayInput): BaseArray => apply('cbrt', [real(x)]);

/**
 * sin x / cos x, |x| <= 1.55; the absolute error is 1 + tan^2 x times 2^-20 (2^-12).
 * @example
 * np.tan(np.array([0, 1])) // [0, 1.5574]
 */
export const tan = (x: ArrayInput): BaseArray => divide(within(sin(x), -1.1, 1.1), within(cos(x), -1.1, 1.1));

/** exp(x) / 2 and exp(-x) / 2: halved before, as nothing of large powers may be cut off. */
const halves = (x: ArrayInput): [BaseArray, BaseArray] => {
  const a = real(x);
  return [exp(subtract(a, Math.LN2)), exp(subtract(-Math.LN2, a))];
};
/**
 * (exp x - exp -x) / 2, any x: beyond |x| = 51.9 (30.4) the largest number that exp gives, with the sign of x.
 * @example
 * np.sinh(np.array([0, 1])) // [0, 1.1752]
 */
export const sinh = (x: ArrayInput): BaseArray => subtract(...halves(x));
/**
 * (exp x + exp -x) / 2, any x: beyond |x| = 51.9 (30.4) the largest number that exp gives.
 * @example
 * np.cosh(np.array([0, 1])) // [1, 1.5431]
 */
export const cosh = (x: ArrayInput): BaseArray => add(...halves(x));

/**
 * Any x. Absolute error below 2^-20 (FM64: 2^-12). Rounds 12; 7 where x is promised to be small, 1 within +-8.
 * @example
 * np.arcsinh(np.array([0, 1])) // [0, 0.8814]
 */
export const arcsinh = (x: ArrayInput): BaseArray => apply('arcsinh', [real(x)]);

/**
 * x >= 1, any size. Two roots, so that nothing is lost near 1, and no product that would not fit. Absolute error.
 * @example
 * np.arccosh(np.array([1, 2])) // [0, 1.317]
 */
export const arccosh = (x: ArrayInput): BaseArray => {
  const a = real(x);
  return subtract(multiply(log(add(sqrt(subtract(a, 1)), sqrt(add(a, 1)))), 2), Math.LN2);
};

/**
 * |x| <= 1 - 2^-26 (1 - 2^-18). Absolute error.
 * @example
 * np.arctanh(np.array([0, 0.5])) // [0, 0.5493]
 */
export const arctanh = (x: ArrayInput): BaseArray => {
  const a = real(x);
  return multiply(subtract(log(add(a, 1)), log(subtract(1, a))), 0.5);
};

/**
 * Inverse tangent in radians, -pi/2 to pi/2, for any x. On secrets: 15 rounds, absolute error below 2^-20 (FM64:
 * 2^-14).
 * @example
 * np.arctan(np.array([0, 1, -1000])) // [0, 0.7854, -1.5698]
 */
export const arctan = (x: ArrayInput): BaseArray => apply('arctan', [real(x)]);

/**
 * The angle of the point (x, y), in (-pi, pi]; 0 at the origin. Both away from 0 by 2^-10, or one of them 0, at FM128.
 * @example
 * np.arctan2(np.array([1, -1]), np.array([-1, -1])) // [2.3562, -2.3562]
 */
export const arctan2 = (y: ArrayInput, x: ArrayInput): BaseArray => apply('arctan2', pair(y, x));

/**
 * Inverse sine in radians, -pi/2 to pi/2, for |x| <= 1; beyond nothing is promised. On secrets: 9 rounds, absolute
 * error below 2^-20 (FM64: 2^-14).
 * @example
 * np.arcsin(np.array([0, 0.5])) // [0, 0.5236]
 */
export const arcsin = (x: ArrayInput): BaseArray => apply('arcsin', [real(x)]);
/**
 * Inverse cosine in radians, 0 to pi, for |x| <= 1; beyond nothing is promised. On secrets: 9 rounds, absolute error
 * below 2^-20 (FM64: 2^-14).
 * @example
 * np.arccos(np.array([1, 0.5])) // [0, 1.0472]
 */
export const arccos = (x: ArrayInput): BaseArray => subtract(Math.PI / 2, arcsin(x));

/**
 * log(exp x + exp y) = y + softplus(x - y), any size of x and y. Absolute error as softplus. Rounds 5.
 * @example
 * np.logaddexp(np.array([0]), np.array([0])) // [0.6931]
 * np.logaddexp(1, -1e20) // 1
 */
export const logaddexp = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = pair(x, y);
  const sum = add(b, apply('softplus', [subtract(a, b)]));
  // Float64 loses the small one of two very different numbers, which the ring keeps.
  if (!isSecret(a) && !isSecret(b)) return where(less(abs(subtract(a, b)), 1 << 20), sum, maximum(a, b));
  return sum;
};
/**
 * log2(2^x + 2^y), of operands that broadcast, |x|, |y| <= 1000; nothing overflows inside. On secrets: absolute error
 * as np.log2.
 * @example
 * np.logaddexp2(np.array([3]), np.array([3])) // [4]
 */
export const logaddexp2 = (x: ArrayInput, y: ArrayInput): BaseArray =>
  multiply(logaddexp(multiply(real(x), Math.LN2), multiply(real(y), Math.LN2)), Math.LOG2E);

/** sin(pi x) / (pi x) in powers of x^2 for |x| <= 1/2, error below 5e-9. */
const SINC = [
  0.999999995698809, -1.6449332063351203, 0.8117148426659171, -0.19044175272079972, 0.024718644598741343,
];

/**
 * sin(pi x) / (pi x), 1 at 0, for |x| <= 100; plain, absolute error below 5e-9. On secrets: 25 rounds, absolute error below 2^-20 (FM64: 2^-13).
 * @example
 * np.sinc(np.array([0, 0.5, 1])) // [1, 0.6366, 0]
 */
export const sinc = (x: ArrayInput): BaseArray => {
  const a = real(x);
  const near = less(abs(a), 0.5);
  const turned = multiply(where(near, 1, a), Math.PI);
  return where(near, series(square(where(near, a, 0)), SINC), divide(sin(turned), turned));
};

/**
 * |x| with the sign of y; y = 0 counts as positive (there is no negative zero here).
 * @example
 * np.copysign(np.array([1, 2]), np.array([-3, 3])) // [-1, 2]
 */
export const copysign = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = pair(x, y);
  return where(logicalXor(less(a, 0), less(b, 0)), negative(a), a);
};

/**
 * 0 where x is below 0, `middle` at 0 and 1 above, float64, of operands that broadcast. Exact. On secrets: a
 * comparison and two choices.
 * @example
 * np.heaviside(np.array([-1, 0, 2]), 0.5) // [0, 0.5, 1]
 */
export const heaviside = (x: ArrayInput, middle: ArrayInput): BaseArray => {
  const [a, m] = pair(x, middle);
  return where(less(0, a), 1, where(less(a, 0), 0, m));
};

/**
 * x * 2^n for whole n; public n costs nothing. Of secret n, x 2^-26 (x 2^-18) more.
 * @example
 * np.ldexp(np.array([1.5, -1]), 3) // [12, -8]
 */
export const ldexp = (x: ArrayInput, n: ArrayInput): BaseArray => multiply(real(x), exp2(n));

/**
 * [m, n] with x = m 2^n and 1/2 <= |m| < 1 (0, 0 for 0), any x; n is int32, m off by a unit in the last place where |x| > 1. Rounds 16, by
 * keys 7.
 * @example
 * np.frexp(np.array([8, -0.75])) // [[0.5, -0.75], [4, 0]]
 */
export const frexp = (x: ArrayInput): [BaseArray, BaseArray] => {
  const a = real(x);
  return [apply('mantissa', [a]), apply('exponent', [a])];
};

/**
 * The number next to x on the way to y: 2^-f away at f fraction bits. Exact.
 * @example
 * np.less(np.nextafter(np.array([1]), 0), 1) // [true]
 */
export const nextafter = (x: ArrayInput, y: ArrayInput): BaseArray => apply('nextafter', pair(x, y));
/**
 * The distance of neighbouring numbers, public: 2^-f in a program, 2^-52 in float64.
 * @example
 * np.less(np.epsilon(), 0.001) // true
 */
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

/**
 * The modified Bessel function of the first kind and order 0, for |x| <= 20 (FM64: 10). On secrets: 27 rounds,
 * relative error below 2^-18.
 * @example
 * np.i0(np.array([0, 1])) // [1, 1.2661]
 */
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
 * @example
 * np.floatPower(np.array([2, 3], 'int32'), 2) // [4, 9]
 */
export const floatPower = (x: ArrayInput, y: ArrayInput): BaseArray =>
  power(real(x), typeof y === 'number' ? y : real(y));

/**
 * The larger of x and y, as np.maximum: there is no NaN among secrets. Plain NaN gives way to a number.
 * @example
 * np.fmax(np.array([1, 5]), 3) // [3, 5]
 */
export const fmax = maximum;
/**
 * The smaller of x and y, as np.minimum: there is no NaN among secrets. Plain NaN gives way to a number.
 * @example
 * np.fmin(np.array([1, 5]), 3) // [1, 3]
 */
export const fmin = minimum;
/**
 * |x| as float64. Exact. On secrets: 5 rounds, one by FSS.
 * @example
 * np.fabs(np.array([-2, 3], 'int32')) // [2, 3]
 */
export const fabs = (x: ArrayInput): BaseArray => abs(real(x));
/**
 * +x: x itself. Throws DTYPE for bools.
 * @example
 * np.positive(np.array([1, -2])) // [1, -2]
 */
export const positive = (x: ArrayInput): BaseArray => asArr(x);
