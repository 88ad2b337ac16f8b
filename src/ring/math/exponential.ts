/**
 * @file exp and expm1. Exponents are split as x = (128 k + j) ln 2 / 128 + r: 2^k is a shift, 2^(j / 128) stands in a table,
 * and e^r - 1 is a short Taylor series (P. T. P. Tang, "Table-driven implementation of the exponential function in IEEE
 * floating-point arithmetic", 1989).
 */
import { joined, product, productError, rest, root, scale, shifted } from './float-bits.ts';

const STEPS = 128;
const PER_STEP = STEPS * Math.LOG2E;
/** ln 2 / 128: the first part has 34 bits, so that multiples up to 2^19 are exact. */
const STEP = 0.005415212347998022;
const STEP_LOW = 1.2655086083325438e-13;
/** Added and taken away again it leaves the nearest whole number. */
const ROUNDER = 0x18_0000_0000_0000;

/** 2^(j / 128) in two parts: by square roots of 2, and products of them. */
const [POWERS, POWERS_LOW] = (() => {
  const high = new Float64Array(STEPS).fill(1);
  const low = new Float64Array(STEPS);
  let [base, baseLow] = [2, 0];
  for (let bit = STEPS / 2; bit >= 1; bit /= 2) {
    base = root(base, baseLow);
    baseLow = rest[0]!;
    for (let j = 0; j < STEPS; j++) {
      if ((j & bit) === 0) continue;
      high[j] = product(high[j]!, low[j]!, base, baseLow);
      low[j] = rest[0]!;
    }
  }
  return [high, low] as const;
})();

/** rest[0] and what is returned: e^(x + xl) 2^-exponent, with 60 bits. |x| < 800. */
let exponent = 0;
const powerOf = (x: number, xl: number): number => {
  const n = x * PER_STEP + ROUNDER - ROUNDER;
  const r = x - n * STEP - (n * STEP_LOW - xl);
  const j = n & (STEPS - 1);
  exponent = (n - j) / STEPS;
  const low = POWERS_LOW[j]!;
  const series = r + r * r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r / 120)));
  return joined(POWERS[j]!, low + POWERS[j]! * series);
};

/** e^(x + xl). */
export const expSum = (x: number, xl: number): number => {
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  return scale(powerOf(x, xl), exponent);
};

/** e^x / 2 with its low part in `rest`. |x| < 740. */
export const halfExp = (x: number): number => {
  const p = powerOf(x, 0);
  rest[0] = scale(rest[0]!, exponent - 1);
  return scale(p, exponent - 1);
};

/** e^x. */
export const exp = (x: number): number => {
  if (!(Math.abs(x) < 708)) return Number.isNaN(x) ? x : expSum(x, 0);
  // As powerOf does it, without what a low part takes.
  const n = x * PER_STEP + ROUNDER - ROUNDER;
  const r = x - n * STEP - n * STEP_LOW;
  const series = r + r * r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r / 120)));
  const power = POWERS[n & (STEPS - 1)]!;
  return shifted(power + (POWERS_LOW[n & (STEPS - 1)]! + power * series), n >> 7);
};

/** 1/3! + x/4! + ... */
const cubic = (x: number): number => {
  let s = 1 / 1307674368000;
  s = 1 / 87178291200 + x * s;
  s = 1 / 6227020800 + x * s;
  s = 1 / 479001600 + x * s;
  s = 1 / 39916800 + x * s;
  s = 1 / 3628800 + x * s;
  s = 1 / 362880 + x * s;
  s = 1 / 40320 + x * s;
  s = 1 / 5040 + x * s;
  s = 1 / 720 + x * s;
  s = 1 / 120 + x * s;
  s = 1 / 24 + x * s;
  return 1 / 6 + x * s;
};

/** e^x - 1 with its low part in `rest`. |x| < 700. */
export const expm1Sum = (x: number): number => {
  if (Math.abs(x) < 0.5) {
    const square = 0.5 * x * x;
    const low = productError(0.5 * x, x, square) + x * x * x * cubic(x);
    const s = joined(x, square);
    return joined(s, rest[0]! + low);
  }
  const p = powerOf(x, 0);
  const [high, low] = [scale(p, exponent), scale(rest[0]!, exponent)];
  const s = high - 1;
  // The larger of the two comes first.
  const error = high > 1 ? high - s - 1 : high - (s + 1);
  return joined(s, error + low);
};

/** e^x - 1, also where e^x is close to 1. */
export const expm1 = (x: number): number => {
  if (Number.isNaN(x) || x === 0) return x;
  if (x > 710) return Infinity;
  if (x < -50) return -1;
  return x > 690 ? expSum(x, 0) : expm1Sum(x);
};
