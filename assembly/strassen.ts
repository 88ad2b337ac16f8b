/**
 * @file Large matrix products from seven products of halves in place of eight (Strassen, Numer. Math. 13, 1969, with
 * Winograd's sums, in an order that adds five of the products to their places directly), as deep as that pays. Exact in any
 * ring. Rows of a, b and d are aRow, bRow and dRow bytes apart.
 */

import { digitsBytes, multiplyDigits } from './digits';
import { multiplyRows } from './rows';
import { storePart, vadd, vsub } from './word';

/** Least rows, columns and depth of a half: below, the sums cost more than the eighth that they save. */
const LEAST: usize = 64;

// @ts-ignore: decorator
@inline
function large(m: usize, k: usize, n: usize): bool {
  return m >= 2 * LEAST && k >= 2 * LEAST && n >= 2 * LEAST;
}

/** Halves are whole tiles of the kernels below. */
// @ts-ignore: decorator
@inline
function half(x: usize): usize {
  return (x >> 1) & ~7;
}

/** Bytes of workspace, for words of `size` bytes. */
export function strassenSpace(m: usize, k: usize, n: usize, size: usize): usize {
  const direct: usize = size == 16 ? digitsBytes(m, k, n) : 0;
  if (!large(m, k, n)) return direct;
  const mh: usize = half(m), kh: usize = half(k), nh: usize = half(n);
  const inner = (mh * kh + kh * nh + mh * nh) * size + strassenSpace(mh, kh, nh, size);
  return max(direct, inner);
}

/** d = a + b, or a - b, of `rows` rows of `bytes`; words of `size` bytes. */
function combine(
  d: usize, dRow: usize, a: usize, aRow: usize, b: usize, bRow: usize, rows: usize, bytes: usize, minus: bool, size: usize,
): void {
  if (size == 16) combineRows<v128>(d, dRow, a, aRow, b, bRow, rows, bytes, minus);
  else if (size == 8) combineRows<u64>(d, dRow, a, aRow, b, bRow, rows, bytes, minus);
  else combineRows<u32>(d, dRow, a, aRow, b, bRow, rows, bytes, minus);
}

/** The same for one type of words. */
function combineRows<T>(
  d: usize, dRow: usize, a: usize, aRow: usize, b: usize, bRow: usize, rows: usize, bytes: usize, minus: bool,
): void {
  const whole = bytes & ~15;
  for (; rows; rows--, d += dRow, a += aRow, b += bRow) {
    let i: usize = 0;
    if (minus) for (; i < whole; i += 16) v128.store(d + i, vsub<T>(v128.load(a + i), v128.load(b + i)));
    else for (; i < whole; i += 16) v128.store(d + i, vadd<T>(v128.load(a + i), v128.load(b + i)));
    if (i < bytes) {
      const x = v128.load(a + i), y = v128.load(b + i);
      storePart(d + i, minus ? vsub<T>(x, y) : vadd<T>(x, y), bytes - i);
    }
  }
}

/** d (m x n) += a (m x k) times b (k x n); space as strassenSpace says; words of `size` bytes. */
export function multiply(
  d: usize, dRow: usize, a: usize, aRow: usize, b: usize, bRow: usize, m: usize, k: usize, n: usize, space: usize, size: usize,
): void {
  if (!large(m, k, n)) {
    if (size == 16) multiplyDigits(d, dRow, a, aRow, b, bRow, m, k, n, space);
    else if (size == 8) multiplyRows<u64>(d, dRow, a, aRow, b, bRow, m, k, n);
    else multiplyRows<u32>(d, dRow, a, aRow, b, bRow, m, k, n);
    return;
  }
  const mh: usize = half(m), kh: usize = half(k), nh: usize = half(n);
  const deep = kh * size, wide = nh * size; // bytes of a half's row in a, and in b and d
  const s = space, t = s + mh * deep, p = t + kh * wide, rest = p + mh * wide;
  const a11 = a, a12 = a + deep, a21 = a + mh * aRow, a22 = a21 + deep;
  const b11 = b, b12 = b + wide, b21 = b + kh * bRow, b22 = b21 + wide;
  const d11 = d, d12 = d + wide, d21 = d + mh * dRow, d22 = d21 + wide;

  // p = (a21 + a22) (b12 - b11)
  combine(s, deep, a21, aRow, a22, aRow, mh, deep, false, size);
  combine(t, wide, b12, bRow, b11, bRow, kh, wide, true, size);
  memory.fill(p, 0, mh * wide);
  multiply(p, wide, s, deep, t, wide, mh, kh, nh, rest, size);
  combine(d12, dRow, d12, dRow, p, wide, mh, wide, false, size);
  combine(d22, dRow, d22, dRow, p, wide, mh, wide, false, size);
  // p = a11 b11
  memory.fill(p, 0, mh * wide);
  multiply(p, wide, a11, aRow, b11, bRow, mh, kh, nh, rest, size);
  combine(d11, dRow, d11, dRow, p, wide, mh, wide, false, size);
  multiply(d11, dRow, a12, aRow, b21, bRow, mh, kh, nh, rest, size);
  // p += (a21 + a22 - a11) (b22 - b12 + b11)
  combine(s, deep, s, deep, a11, aRow, mh, deep, true, size);
  combine(t, wide, b22, bRow, t, wide, kh, wide, true, size);
  multiply(p, wide, s, deep, t, wide, mh, kh, nh, rest, size);
  combine(d12, dRow, d12, dRow, p, wide, mh, wide, false, size);
  combine(s, deep, a12, aRow, s, deep, mh, deep, true, size);
  multiply(d12, dRow, s, deep, b22, bRow, mh, kh, nh, rest, size);
  combine(t, wide, b21, bRow, t, wide, kh, wide, true, size);
  multiply(d21, dRow, a22, aRow, t, wide, mh, kh, nh, rest, size);
  // p += (a11 - a21) (b22 - b12)
  combine(s, deep, a11, aRow, a21, aRow, mh, deep, true, size);
  combine(t, wide, b22, bRow, b12, bRow, kh, wide, true, size);
  multiply(p, wide, s, deep, t, wide, mh, kh, nh, rest, size);
  combine(d21, dRow, d21, dRow, p, wide, mh, wide, false, size);
  combine(d22, dRow, d22, dRow, p, wide, mh, wide, false, size);

  // What halving leaves over: depth, columns, rows.
  const m2: usize = mh << 1, k2: usize = kh << 1, n2: usize = nh << 1;
  if (k2 < k) multiply(d, dRow, a + k2 * size, aRow, b + k2 * bRow, bRow, m2, k - k2, n2, space, size);
  if (n2 < n) multiply(d + n2 * size, dRow, a, aRow, b + n2 * size, bRow, m2, k, n - n2, space, size);
  if (m2 < m) multiply(d + m2 * dRow, dRow, a + m2 * aRow, aRow, b, bRow, m - m2, k, n, space, size);
}
