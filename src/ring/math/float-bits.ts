/**
 * @file What the functions of this folder are made of: the bits of a float64, powers of two, and sums and products with what
 * rounding took from them.
 *
 * A value that needs more than 53 bits is a sum hi + lo of two float64. A function that makes one returns hi and leaves lo
 * in `rest`, where the next such call overwrites it.
 *
 * Exact products: T. J. Dekker, "A floating-point technique for extending the available precision" (1971). Exact sums:
 * D. E. Knuth, The Art of Computer Programming, volume 2, section 4.2.2.
 */

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** Which of the two words has sign and exponent. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** rest[0]: the low part of the last result. */
export const rest = new Float64Array(1);

/** Sign, exponent and the first 20 bits of x. */
export const highWord = (x: number): number => {
  float[0] = x;
  return words[HIGH]! | 0;
};

/** x with other bits for sign, exponent and the first 20. */
export const withHighWord = (x: number, high: number): number => {
  float[0] = x;
  words[HIGH] = high;
  return float[0]!;
};

/** x 2^k by its bits: x and the result are not below 2^-1022, and finite. */
export const shifted = (x: number, k: number): number => {
  float[0] = x;
  words[HIGH] = words[HIGH]! + (k << 20);
  return float[0]!;
};

/** 2^k for a whole number k: 0 below -1074, Infinity above 1023. */
export const powerOfTwo = (k: number): number => {
  if (k >= -1022) return k > 1023 ? Infinity : withHighWord(0, (k + 1023) << 20);
  return k < -1074 ? 0 : withHighWord(0, (k + 1074 + 1023) << 20) * Number.MIN_VALUE;
};

/** x 2^k for a whole number k; x of 2^-53 and more is rounded once. */
export const scale = (x: number, k: number): number => {
  if (k >= -1022 && k <= 1023) return x * powerOfTwo(k);
  if (k > 0) return scale(x * powerOfTwo(1023), Math.min(k, 4096) - 1023);
  return x * powerOfTwo(-969) * powerOfTwo(k + 969);
};

const SPLITTER = 0x800_0001;

/** The upper 26 bits of x. |x| < 2^996. */
export const upper = (x: number): number => {
  const wide = x * SPLITTER;
  return wide - (wide - x);
};

/** a b - p, where p = a b rounded. Exact where nothing overflows or underflows. */
export const productError = (a: number, b: number, p: number): number => {
  const [ah, bh] = [upper(a), upper(b)];
  const [al, bl] = [a - ah, b - bh];
  return al * bl - (p - ah * bh - al * bh - ah * bl);
};

/** a + b - s, where s = a + b rounded. */
export const sumError = (a: number, b: number, s: number): number => {
  const part = s - a;
  return a - (s - part) + (b - part);
};

/** Returns the sum of a and b, |a| >= |b| or a = 0, and leaves what it lacks in `rest`. */
export const joined = (a: number, b: number): number => {
  const s = a + b;
  rest[0] = a - s + b;
  return s;
};

/** (a + al) / (b + bl). The relative error is below 2^-100. */
export const quotient = (a: number, al: number, b: number, bl: number): number => {
  const q = a / b;
  const p = q * b;
  const left = a - p - productError(q, b, p) + al - q * bl;
  return joined(q, left / b);
};

/** (a + al) (b + bl). */
export const product = (a: number, al: number, b: number, bl: number): number => {
  const p = a * b;
  return joined(p, productError(a, b, p) + (a * bl + al * b));
};

/** (a + al) + (b + bl). */
export const sum = (a: number, al: number, b: number, bl: number): number => {
  const s = a + b;
  return joined(s, sumError(a, b, s) + (al + bl));
};

/** The square root of a + al, a >= 0. */
export const root = (a: number, al: number): number => {
  const s = Math.sqrt(a);
  if (s === 0 || s === Infinity) return joined(s, 0);
  const p = s * s;
  return joined(s, (a - p - productError(s, s, p) + al) / (2 * s));
};
