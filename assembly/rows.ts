/** @file Matrix products row by row: those of u32 and u64, and a single row of Z_2^128. */

import { firstWord, highLimbs, lowLimbs, productHigh, productLow, secondWord } from './twowords';
import { splat, storePart, vadd, vmul } from './word';

/** d += s * b over one row of `bytes`. */
// @ts-ignore: decorator
@inline
function addScaled<T>(d: usize, b: usize, s: v128, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  if (sizeof<T>() == 16) {
    const s01 = lowLimbs(s, s);
    const s23 = highLimbs(s, s);
    for (; i + 32 <= bytes; i += 32) {
      const b0 = v128.load(b + i), b1 = v128.load(b + i, 16);
      const b01 = lowLimbs(b0, b1);
      const low = productLow(b01, s01);
      const high = productHigh(b01, highLimbs(b0, b1), s01, s23);
      v128.store(d + i, vadd<T>(v128.load(d + i), firstWord(low, high)));
      v128.store(d + i, vadd<T>(v128.load(d + i, 16), secondWord(low, high)), 16);
    }
  }
  for (; i < whole; i += 16) v128.store(d + i, vadd<T>(v128.load(d + i), vmul<T>(s, v128.load(b + i))));
  if (i < bytes) storePart(d + i, vadd<T>(v128.load(d + i), vmul<T>(s, v128.load(b + i))), bytes - i);
}

/** One row of d += a's row times b; rows of b are bRow bytes apart, `row` of them count. */
// @ts-ignore: decorator
@inline
export function rowTimes<T>(d: usize, a: usize, b: usize, bRow: usize, k: usize, row: usize): void {
  for (let x: usize = 0; x < k; x++) {
    addScaled<T>(d, b, splat<T>(a), row);
    a += sizeof<T>();
    b += bRow;
  }
}

// @ts-ignore: decorator
@inline
export function step<T>(sum: v128, a: v128, b: v128): v128 {
  return vadd<T>(sum, vmul<T>(a, b));
}

/** Four rows of d, two blocks of columns at a time in registers. */
// @ts-ignore: decorator
@inline
function fourRows<T>(d: usize, dRow: usize, a: usize, aRow: usize, b: usize, bRow: usize, k: usize, row: usize): void {
  const deep = k * sizeof<T>();
  let i: usize = 0;
  for (; i + 32 <= row; i += 32) {
    let to = d + i;
    let c00 = v128.load(to), c01 = v128.load(to, 16);
    let c10 = v128.load(to + dRow), c11 = v128.load(to + dRow, 16);
    let c20 = v128.load(to + 2 * dRow), c21 = v128.load(to + 2 * dRow, 16);
    let c30 = v128.load(to + 3 * dRow), c31 = v128.load(to + 3 * dRow, 16);
    let p = b + i;
    for (let q = a, end = a + deep; q < end; q += sizeof<T>(), p += bRow) {
      const b0 = v128.load(p);
      const b1 = v128.load(p, 16);
      let s = splat<T>(q);
      c00 = step<T>(c00, s, b0);
      c01 = step<T>(c01, s, b1);
      s = splat<T>(q + aRow);
      c10 = step<T>(c10, s, b0);
      c11 = step<T>(c11, s, b1);
      s = splat<T>(q + 2 * aRow);
      c20 = step<T>(c20, s, b0);
      c21 = step<T>(c21, s, b1);
      s = splat<T>(q + 3 * aRow);
      c30 = step<T>(c30, s, b0);
      c31 = step<T>(c31, s, b1);
    }
    v128.store(to, c00), v128.store(to, c01, 16);
    v128.store(to + dRow, c10), v128.store(to + dRow, c11, 16);
    v128.store(to + 2 * dRow, c20), v128.store(to + 2 * dRow, c21, 16);
    v128.store(to + 3 * dRow, c30), v128.store(to + 3 * dRow, c31, 16);
  }
  if (i == row) return;
  for (let r: usize = 0; r < 4; r++) {
    let p = b + i;
    for (let q = a + r * aRow, end = q + deep; q < end; q += sizeof<T>(), p += bRow) {
      addScaled<T>(d + r * dRow + i, p, splat<T>(q), row - i);
    }
  }
}

/** d (m x n) += a (m x k) times b (k x n), u32 and u64; rows are dRow, aRow, bRow bytes apart. */
export function multiplyRows<T>(
  d: usize, dRow: usize, a: usize, aRow: usize, b: usize, bRow: usize, m: usize, k: usize, n: usize,
): void {
  const row = n * sizeof<T>();
  for (; m >= 4; m -= 4, d += 4 * dRow, a += 4 * aRow) fourRows<T>(d, dRow, a, aRow, b, bRow, k, row);
  for (; m; m--, d += dRow, a += aRow) rowTimes<T>(d, a, b, bRow, k, row);
}
