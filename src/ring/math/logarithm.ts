/**
 * @file Logarithms. x = 2^k m, and a table has R close to 1 / m with few bits, and log R: log x = k log 2 - log R + log(1 + r),
 * where r = m R - 1 is exact, and log(1 + r) a short Taylor series (P. T. P. Tang, "Table-driven implementation of the logarithm
 * function in IEEE floating-point arithmetic", 1990, with a reciprocal in place of his quotient). Near 1, k and log R are 0.
 */
import {
  highWord,
  joined,
  product,
  productError,
  quotient,
  rest,
  sum,
  sumError,
  upper,
  withHighWord,
} from './float-bits.ts';

/** log 2: the first part has 40 bits after the point, so that its multiples are exact. */
const LN2 = 0.6931471805592082;
const LN2_LOW = 7.371002565167799e-13;
const GRAIN = 0x100_0000_0000;
const STEPS = 128;
/** m from 1 + TURN / 128 on is taken as half of it, with the next exponent. */
const TURN = 54;

const ODD = Array.from({ length: 19 }, (_, i) => {
  const high = quotient(1, 0, 2 * i + 1, 0);
  return [high, rest[0]!] as const;
});

/** log y in two parts for y in [0.7, 1.5], y with few bits: 2 artanh((y - 1) / (y + 1)). */
const series = (y: number): number => {
  const t = quotient(y - 1, 0, y + 1, 0);
  const tl = rest[0]!;
  const square = product(t, tl, t, tl);
  const sl = rest[0]!;
  let [s, low] = [0, 0];
  for (let i = ODD.length - 1; i >= 0; i--) {
    const scaled = product(s, low, square, sl);
    s = sum(ODD[i]![0], ODD[i]![1], scaled, rest[0]!);
    low = rest[0]!;
  }
  return product(2 * t, 2 * tl, s, low);
};

const RECIPROCALS = Float64Array.from(
  { length: STEPS + 1 },
  (_, j) => Math.round(0x1_0000 / (STEPS + j)) / 0x200,
);
/** -log R, and -log 2 R from TURN on: a part of 40 bits after the point, and what is left. */
const [LOGS, LOGS_LOW] = (() => {
  const high = new Float64Array(STEPS + 1);
  const low = new Float64Array(STEPS + 1);
  RECIPROCALS.forEach((r, j) => {
    const whole = -series(j < TURN ? r : 2 * r);
    const left = -rest[0]!;
    high[j] = Math.round(whole * GRAIN) / GRAIN;
    low[j] = whole - high[j]! + left;
  });
  return [high, low] as const;
})();

/**
 * log(x + xl) with its low part in `rest`: the error is below 2^-68 of the result. x is positive and finite, xl no larger than
 * its last place.
 */
export const logSum = (x: number, xl: number): number => {
  let k = 0;
  if (x < 2.2250738585072014e-308) [x, xl, k] = [x * 0x40_0000_0000_0000, xl * 0x40_0000_0000_0000, -54];
  const word = highWord(x);
  const shift = (word >> 20) - 1023;
  k += shift;
  const m = withHighWord(x, (word & 0xf_ffff) | 0x3ff0_0000);
  const j = ((word & 0xf_ffff) + 0x1000) >> 13;
  const reciprocal = RECIPROCALS[j]!;
  if (j >= TURN) k += 1;
  // m R - 1 in three exact parts.
  const mh = upper(m);
  const a = mh * reciprocal - 1;
  const b = (m - mh) * reciprocal;
  const exact = a + b;
  const low = sumError(a, b, exact) + (xl === 0 ? 0 : (xl * m * reciprocal) / x);
  const r = exact + low;
  const rl = exact - r + low;
  const square = 0.5 * r * r;
  const squareLow = productError(0.5 * r, r, square);
  const q = 1 / 5 - r * (1 / 6 - r * (1 / 7 - r * (1 / 8 - r * (1 / 9 - r / 10))));
  const cubic = r * r * r * (1 / 3 - r * (1 / 4 - r * q));
  const whole = k * LN2 + LOGS[j]!;
  const s = whole + r;
  const e = whole - s + r;
  const t = s - square;
  const f = s - t - square;
  return joined(t, e + f + (rl * (1 - r) - squareLow + (cubic + (k * LN2_LOW + LOGS_LOW[j]!))));
};

/** What is not between 0 and Infinity. */
const beyond = (x: number): number => (x === 0 ? -Infinity : x > 0 ? x : Number.NaN);

/** The natural logarithm: -Infinity at 0, NaN below. */
export const log = (x: number): number => {
  if (!(x >= 2.2250738585072014e-308 && x < Infinity))
    return x > 0 && x < Infinity ? logSum(x, 0) : beyond(x);
  // As logSum does it, without what a low part takes.
  const word = highWord(x);
  const m = withHighWord(x, (word & 0xf_ffff) | 0x3ff0_0000);
  const j = ((word & 0xf_ffff) + 0x1000) >> 13;
  const k = (word >> 20) - (j >= TURN ? 1022 : 1023);
  const reciprocal = RECIPROCALS[j]!;
  const mh = upper(m);
  const a = mh * reciprocal - 1;
  const b = (m - mh) * reciprocal;
  const r = a + b;
  const q = 1 / 5 - r * (1 / 6 - r * (1 / 7 - r * (1 / 8 - r / 9)));
  const series = r * r * (1 / 2 - r * (1 / 3 - r * (1 / 4 - r * q)));
  const whole = k * LN2 + LOGS[j]!;
  const s = whole + r;
  return s + (whole - s + r + (sumError(a, b, r) - series + (k * LN2_LOW + LOGS_LOW[j]!)));
};

/** The logarithm to base 2, exact at powers of 2. */
export const log2 = (x: number): number => {
  if (!(x > 0 && x < Infinity)) return beyond(x);
  const high = logSum(x, 0);
  return product(high, rest[0]!, Math.LOG2E, 2.0355273740931033e-17);
};

/** The logarithm to base 10, exact at powers of 10. */
export const log10 = (x: number): number => {
  if (!(x > 0 && x < Infinity)) return beyond(x);
  const high = logSum(x, 0);
  return product(high, rest[0]!, Math.LOG10E, 1.098319650216765e-17);
};

/** log(1 + u + ul) with its low part in `rest`. u > -1, finite. */
export const log1pSum = (u: number, ul: number): number => {
  const s = 1 + u;
  return logSum(s, sumError(1, u, s) + ul);
};

/** log(1 + x), also for x close to 0: NaN below -1. */
export const log1p = (x: number): number => {
  if (!(x > -1 && x < Infinity)) return x === -1 ? -Infinity : x > 0 ? x : Number.NaN;
  return x === 0 ? x : log1pSum(x, 0);
};
