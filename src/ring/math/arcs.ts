/**
 * @file Angles: atan2 and what is made of it. With c = j / 64 close to a / b, arctan(a / b) is arctan c, from a table, and
 * arctan t, t = (a - c b) / (b + c a), a short Taylor series.
 */
import {
  highWord,
  joined,
  product,
  productError,
  quotient,
  rest,
  root,
  scale,
  sum,
  sumError,
} from './float-bits.ts';

const { PI } = Math;
const PI_LOW = 1.2246467991473532e-16;
const STEPS = 64;

/** arctan(t + tl) in two parts for |t| <= 1 / 64, t taken as far as 100 bits. */
const series = (t: number, tl: number): number => {
  const square = product(t, tl, t, tl);
  const sl = rest[0]!;
  let [s, low] = [0, 0];
  for (let n = 17; n >= 1; n -= 2) {
    const scaled = product(s, low, square, sl);
    const scaledLow = rest[0]!;
    const one = quotient(1, 0, n, 0);
    s = sum(one, rest[0]!, -scaled, -scaledLow);
    low = rest[0]!;
  }
  return product(t, tl, s, low);
};

/** arctan(j / 64) in two parts, each from the one before. */
const [ARCS, ARCS_LOW] = (() => {
  const high = new Float64Array(STEPS + 1);
  const low = new Float64Array(STEPS + 1);
  for (let j = 1; j <= STEPS; j++) {
    const t = quotient(STEPS, 0, STEPS * STEPS + j * (j - 1), 0);
    const step = series(t, rest[0]!);
    high[j] = sum(high[j - 1]!, low[j - 1]!, step, rest[0]!);
    low[j] = rest[0]!;
  }
  return [high, low] as const;
})();

/** arctan((a + al) / (b + bl)) with its low part in `rest`, for 0 <= a <= b of some 2^-700 to 2^700. */
const arcOf = (a: number, al: number, b: number, bl: number): number => {
  const j = Math.round((STEPS * a) / b);
  const c = j / STEPS;
  const [p, q] = [c * b, c * a];
  const n = a - p;
  const d = b + q;
  const nl = sumError(a, -p, n) - productError(c, b, p) + (al - c * bl);
  const dl = sumError(b, q, d) + productError(c, a, q) + (bl + c * al);
  const t = quotient(n, nl, d, dl);
  const z = t * t;
  const low = rest[0]! - t * z * (1 / 3 - z * (1 / 5 - z * (1 / 7 - z * (1 / 9 - z / 11))));
  const s = joined(ARCS[j]!, t);
  return joined(s, rest[0]! + (low + ARCS_LOW[j]!));
};

/** The angle of the point (x, y), x and y >= 0, with low parts. */
const angle = (y: number, yl: number, x: number, xl: number, left: boolean): number => {
  if (y <= x) {
    const arc = arcOf(y, yl, x, xl);
    return left ? sum(PI, PI_LOW, -arc, -rest[0]!) : arc;
  }
  const arc = arcOf(x, xl, y, yl);
  const sign = left ? 1 : -1;
  return sum(PI / 2, PI_LOW / 2, sign * arc, sign * rest[0]!);
};

const exponentOf = (x: number): number => ((highWord(x) >> 20) & 0x7ff) - 1023;

/** The angle of a point where a coordinate is 0 or infinite. x and y >= 0. */
const corner = (y: number, x: number, left: boolean): number => {
  if (y === Infinity && x === Infinity) return left ? 2.356194490192345 : PI / 4;
  if (y === 0 || x === Infinity) return left ? PI : 0;
  return PI / 2;
};

/** The angle of the point (x, y) between -pi and pi, with the sign of y, -0 too. */
export const atan2 = (y: number, x: number): number => {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  const left = x < 0 || Object.is(x, -0);
  const minus = y < 0 || Object.is(y, -0);
  const [h, w] = [Math.abs(y), Math.abs(x)];
  const a =
    h === 0 || w === 0 || h === Infinity || w === Infinity ? corner(h, w, left) : direction(h, w, left);
  return minus ? -a : a;
};

const direction = (h: number, w: number, left: boolean): number => {
  const apart = exponentOf(h) - exponentOf(w);
  if (apart > 60) return PI / 2;
  if (apart < -60) return left ? PI : h / w;
  const k = Math.abs(exponentOf(w)) > 600 || Math.abs(exponentOf(h)) > 600 ? -exponentOf(w) : 0;
  return k === 0 ? angle(h, 0, w, 0, left) : angle(scale(h, k), 0, scale(w, k), 0, left);
};

/** Below this the series is short enough, and above it what rounding does to t is little of the result. */
const SMALL = 0.1;

/** arctan x - x for |x| <= SMALL. */
const bend = (x: number, z: number): number =>
  -x *
  z *
  (1 / 3 - z * (1 / 5 - z * (1 / 7 - z * (1 / 9 - z * (1 / 11 - z * (1 / 13 - z * (1 / 15 - z / 17)))))));

/** The arc tangent. */
export const atan = (x: number): number => {
  const size = Math.abs(x);
  if (!(size > SMALL)) return x === 0 ? x : x + bend(x, x * x);
  if (size === Infinity) return x > 0 ? PI / 2 : -PI / 2;
  const steep = size > 1;
  const j = Math.round(steep ? STEPS / size : STEPS * size);
  const c = j / STEPS;
  const t = steep ? (1 - c * size) / (size + c) : (size - c) / (1 + c * size);
  const z = t * t;
  const arcOfT = t - t * z * (1 / 3 - z * (1 / 5 - z * (1 / 7 - z / 9)));
  const arc = ARCS[j]!;
  const whole = PI / 2 - arc;
  const a = steep
    ? whole - (arcOfT + ARCS_LOW[j]! - (PI / 2 - whole - arc + PI_LOW / 2))
    : arc + (arcOfT + ARCS_LOW[j]!);
  return x < 0 ? -a : a;
};

/** sqrt(1 - x^2) with its low part in `rest`. */
const other = (x: number): number => {
  const p = x * x;
  const s = 1 - p;
  return root(s, 1 - s - p - productError(x, x, p));
};

/** The arc sine: NaN beyond -1 and 1. */
export const asin = (x: number): number => {
  const size = Math.abs(x);
  if (!(size <= 1)) return Number.NaN;
  if (size < 1e-8) return x;
  const w = other(x);
  const a = angle(size, 0, w, rest[0]!, false);
  return x < 0 ? -a : a;
};

/** The arc cosine: NaN beyond -1 and 1. */
export const acos = (x: number): number => {
  if (!(Math.abs(x) <= 1)) return Number.NaN;
  const h = other(x);
  return angle(h, rest[0]!, Math.abs(x), 0, x < 0);
};
