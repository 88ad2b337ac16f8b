/** @file Canonical NaN: JavaScript engines may choose the bits of a NaN, and parties compare constants by digest. */
import type { TensorData } from './graph.ts';

const NAN = 0x7ff8_0000;
/** Which of the two words of a float64 has sign and exponent. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** The same numbers, each NaN in the same form; a copy where there is any. */
export const oneNaN = <D extends TensorData>(data: D): D => {
  if (!(data instanceof Float64Array) || !data.some(Number.isNaN)) return data;
  const copy = data.slice();
  const words = new Uint32Array(copy.buffer);
  for (let i = 0; i < copy.length; i++) {
    if (!Number.isNaN(copy[i])) continue;
    words[2 * i + HIGH] = NAN;
    words[2 * i + 1 - HIGH] = 0;
  }
  return copy as D;
};
