/** @file Cube roots and lengths. */
import { highWord, productError, root, scale, withHighWord } from './float-bits.ts';

/** The cube root, by Halley's method, and one step with the exact residue. */
export const cbrt = (x: number): number => {
  const size = Math.abs(x);
  if (!(size > 0 && size < Infinity)) return x;
  if (size < 2.2250738585072014e-308) return cbrt(x * 0x40_0000_0000_0000) / 0x4_0000;
  const word = highWord(size);
  const exponent = (word >> 20) - 1023;
  const k = Math.floor(exponent / 3);
  // m in [1, 8)
  const m = withHighWord(size, (word & 0xf_ffff) | ((1023 + exponent - 3 * k) << 20));
  let y = 0.75 + m * (0.2525 - m * 0.0123);
  for (let i = 0; i < 2; i++) {
    const cube = y * y * y;
    y *= (cube + 2 * m) / (2 * cube + m);
  }
  const square = y * y;
  const cube = square * y;
  const left = m - cube - productError(square, y, cube) - productError(y, y, square) * y;
  return scale(x < 0 ? -y - left / (3 * square) : y + left / (3 * square), k);
};

/** sqrt(x^2 + y^2) without overflow on the way: Infinity if either is infinite, even beside NaN. */
export const hypot = (x: number, y: number): number => {
  let [a, b] = [Math.abs(x), Math.abs(y)];
  if (a === Infinity || b === Infinity) return Infinity;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a < b) [a, b] = [b, a];
  if (b === 0 || a > b * 0x400_0000_0000_0000) return a;
  const k = a > 1e150 ? 600 : b < 1e-150 ? -600 : 0;
  [a, b] = [scale(a, -k), scale(b, -k)];
  const [p, q] = [a * a, b * b];
  const s = p + q;
  return scale(root(s, p - s + q + (productError(a, a, p) + productError(b, b, q))), k);
};
