/**
 * @file sin, cos and tan: x = n pi / 2 + y with |y| <= pi / 4, and Taylor series of y.
 *
 * Up to 2^20 quarters multiples of pi / 2 are taken away in parts of 33 bits (W. J. Cody and W. Waite, Software Manual for the
 * Elementary Functions, 1980). Beyond, x is multiplied by as many digits of 2 / pi as matter (M. H. Payne and R. N. Hanek, "Radian
 * reduction for trigonometric functions", 1983), so that the result is right for every float64.
 */
import {
  highWord,
  joined,
  powerOfTwo,
  product,
  productError,
  quotient,
  rest,
  sumError,
  withHighWord,
} from './float-bits.ts';

const QUARTER = [
  1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32,
] as const;
const PER_QUARTER = 0.6366197723675814;
const ROUNDER = 0x18_0000_0000_0000;
/** Up to here the first way is exact. */
const NEAR = 1.6e6;

/** 2 / pi in digits of 24 bits. */
const TWO_BY_PI =
  'a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921c' +
  'fe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980f' +
  'ef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d08' +
  '56033046fc7b6babf0cfbc209af4361da9e3';
const DIGIT = 0x100_0000;
const DIGITS = Float64Array.from({ length: TWO_BY_PI.length / 6 }, (_, i) =>
  Number.parseInt(TWO_BY_PI.slice(6 * i, 6 * i + 6), 16),
);
/** Digits that are taken: 161 bits after the point and more. */
const TAKEN = 10;

/** n modulo 4 for x = n pi / 2 + y. */
let turn = 0;

/** y for |x| above NEAR, with its low part in `rest`. */
const far = (x: number): number => {
  // x = m 2^e for a whole number m of three digits.
  const word = highWord(x);
  const e = ((word >> 20) & 0x7ff) - 1075;
  let m = withHighWord(x, (word & 0xf_ffff) | ((1023 + 52) << 20));
  const parts = [0, 0, 0];
  for (let i = 0; i < 3; i++) {
    parts[i] = m % DIGIT;
    m = Math.floor(m / DIGIT);
  }
  // Digits that give multiples of 4 quarters are left out.
  const first = Math.max(0, Math.floor((e - 2) / 24));
  const all = new Float64Array(TAKEN + 3);
  for (let i = 0; i < TAKEN; i++)
    for (let j = 0; j < 3; j++) all[TAKEN - 1 - i + j]! += DIGITS[first + i]! * parts[j]!;
  for (let i = 0; i < TAKEN + 2; i++) {
    const carry = Math.floor(all[i]! / DIGIT);
    all[i]! -= carry * DIGIT;
    all[i + 1]! += carry;
  }
  const least = e - 24 * (first + TAKEN);
  let [q, low] = [0, 0];
  turn = 0;
  for (let i = TAKEN + 2; i >= 0; i--) {
    const exponent = least + 24 * i;
    if (exponent >= 2) continue;
    const weight = powerOfTwo(exponent);
    const digit = (exponent + 24 > 2 ? all[i]! % powerOfTwo(2 - exponent) : all[i]!) * weight;
    const s = q + digit;
    low += sumError(q, digit, s);
    q = s;
    if (exponent < -48) continue;
    const n = Math.round(q);
    turn += n;
    q -= n;
  }
  const quarters = joined(q, low);
  const y = product(quarters, rest[0]!, 1.5707963267948966, 6.123233995736766e-17);
  if (x > 0) return y;
  turn = -turn;
  rest[0] = -rest[0]!;
  return -y;
};

/** Sets `turn`, returns y, and leaves its low part in `rest`. */
const reduce = (x: number): number => {
  if (Math.abs(x) > NEAR) return far(x);
  const n = x * PER_QUARTER + ROUNDER - ROUNDER;
  turn = n;
  const a = x - n * QUARTER[0];
  const b = n * QUARTER[1];
  const s = a - b;
  const c = n * QUARTER[2];
  const t = s - c;
  const low = sumError(a, -b, s) + sumError(s, -c, t) - n * QUARTER[3];
  return joined(t, low);
};

/** Reciprocals of the factorials of 17, 15, .. 3 and of 16, 14, .. 4: the series of sin and cos from their ends. */
const [SIN_TERMS, COS_TERMS] = [
  [355687428096000, 1307674368000, 6227020800, 39916800, 362880, 5040, 120, 6],
  [20922789888000, 87178291200, 479001600, 3628800, 40320, 720, 24],
].map((factorials) => Float64Array.from(factorials, (n) => 1 / n)) as [Float64Array, Float64Array];

/** The alternating series in z of these terms, summed from the smallest. */
const series = (terms: Float64Array, z: number): number => {
  let s = terms[0]!;
  for (let i = 1; i < terms.length; i++) s = terms[i]! - z * s;
  return s;
};

/** sin(y + yl) with its low part in `rest`, |y| < 0.8. */
const sinSum = (y: number, yl: number): number => {
  const z = y * y;
  const s = series(SIN_TERMS, z);
  return joined(y, yl * (1 - 0.5 * z) - y * z * s);
};

/** cos(y + yl) with its low part in `rest`, |y| < 0.8. */
const cosSum = (y: number, yl: number): number => {
  const z = y * y;
  const s = series(COS_TERMS, z);
  const half = 0.5 * z;
  const w = 1 - half;
  return joined(w, 1 - w - half + (z * z * s - y * yl - 0.5 * productError(y, y, z)));
};

/** sin x; NaN at infinities. */
export const sin = (x: number): number => {
  if (!(Math.abs(x) < Infinity)) return Number.NaN;
  if (Math.abs(x) < 1e-8) return x;
  const y = reduce(x);
  const s = turn & 1 ? cosSum(y, rest[0]!) : sinSum(y, rest[0]!);
  return turn & 2 ? -s : s;
};

/** cos x; NaN at infinities. */
export const cos = (x: number): number => {
  if (!(Math.abs(x) < Infinity)) return Number.NaN;
  const y = reduce(x);
  const s = turn & 1 ? sinSum(y, rest[0]!) : cosSum(y, rest[0]!);
  return (turn + 1) & 2 ? -s : s;
};

/** tan x; NaN at infinities. */
export const tan = (x: number): number => {
  if (!(Math.abs(x) < Infinity)) return Number.NaN;
  if (Math.abs(x) < 1e-8) return x;
  const y = reduce(x);
  const yl = rest[0]!;
  const c = cosSum(y, yl);
  const cl = rest[0]!;
  const s = sinSum(y, yl);
  return turn & 1 ? quotient(-c, -cl, s, rest[0]!) : quotient(s, rest[0]!, c, cl);
};
