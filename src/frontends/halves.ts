/** @file Floats of 16 bits, widened. */
import { pow2 } from '../ring/math/index.ts';

const LARGEST_HALF_EXPONENT = 31;

/** IEEE 754 half precision. */
const halfOf = (bits: number): number => {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === LARGEST_HALF_EXPONENT) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction : 1024 + fraction) * pow2(Math.max(exponent, 1) - 25);
};

/** The upper half of a float32. */
export const bfloats = (halves: Uint16Array): Float64Array =>
  Float64Array.from(new Float32Array(Uint32Array.from(halves, (v) => v << 16).buffer));

export const halves = (bits: Uint16Array): Float64Array => Float64Array.from(bits, halfOf);
