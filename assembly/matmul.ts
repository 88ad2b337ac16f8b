/** @file Matrix products: a is m x k, b is k x n, dst is m x n, row-major and contiguous. dst is neither a nor b. */

import { digitsSpace } from './digits';
import { rowTimes, step } from './rows';
import { multiply, strassenSpace } from './strassen';
import { pair, vadd } from './word';

/** Fewer columns than this are taken one by one: where there are several rows, packed; for a single row, where they lie. */
const FEW: usize = 8;

/** Whether to take a column of b at a time, packed, and its products with the rows of a. */
// @ts-ignore: decorator
@inline
function byColumns<T>(m: usize, k: usize, n: usize): bool {
  if (sizeof<T>() == 16) return m > 1 && (n < FEW || digitsSpace(m, k, n) == 0);
  return m > 1 && n < FEW;
}

/** The sum of a[x] * b[x], u32 and u64. */
// @ts-ignore: decorator
@inline
function dotSmall<T>(a: usize, b: usize, k: usize): T {
  const bytes = k * sizeof<T>();
  let sum = i64x2.splat(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) sum = step<T>(sum, v128.load(a + i), v128.load(b + i));
  let word = v128.extract_lane<T>(sum, 0) + v128.extract_lane<T>(sum, 1);
  if (sizeof<T>() == 4) word += v128.extract_lane<T>(sum, 2) + v128.extract_lane<T>(sum, 3);
  for (; i < bytes; i += sizeof<T>()) word += load<T>(a + i) * load<T>(b + i);
  return word;
}

// @ts-ignore: decorator
@inline
function limbsSwapped(y: v128): v128 {
  return v128.shuffle<u32>(y, y, 1, 0, 3, 2);
}

// @ts-ignore: decorator
@inline
function limbsReversed(y: v128): v128 {
  return v128.shuffle<u32>(y, y, 3, 2, 1, 0);
}

// @ts-ignore: decorator
@inline
function fold(v: v128): u64 {
  return <u64>i64x2.extract_lane(v, 0) + <u64>i64x2.extract_lane(v, 1);
}

/**
 * The sum of a[x] * b[x] mod 2^128, carried once at the end; words of b are `row` bytes apart, or packed: each as three blocks (packColumn).
 * With 32-bit limbs a0..a3 and b0..b3: products at 2^0 and 2^32 are summed by halves, those at 2^64 and 2^96 wrap.
 */
// @ts-ignore: decorator
@inline
function sumProducts(a: usize, b: usize, k: usize, row: usize, packed: bool): v128 {
  const half = i64x2.splat(0xffffffff);
  let evenLow = i64x2.splat(0), evenHigh = evenLow; // (a0 b0, a1 b1)
  let oddLow = evenLow, oddHigh = evenLow; // (a0 b1, a1 b0)
  let outer = evenLow; // (a0 b2, a2 b0)
  let top = evenLow; // a0 b3, a1 b2, a2 b1, a3 b0
  for (const end = a + k * 16; a < end; b += packed ? 48 : row, a += 16) {
    const x = v128.load(a);
    const y = v128.load(b);
    const swapped = packed ? v128.load(b, 16) : limbsSwapped(y);
    const reversed = packed ? v128.load(b, 32) : limbsReversed(y);
    const even = i64x2.extmul_low_i32x4_u(x, y);
    const odd = i64x2.extmul_low_i32x4_u(x, swapped);
    evenLow = i64x2.add(evenLow, v128.and(even, half));
    evenHigh = i64x2.add(evenHigh, i64x2.shr_u(even, 32));
    oddLow = i64x2.add(oddLow, v128.and(odd, half));
    oddHigh = i64x2.add(oddHigh, i64x2.shr_u(odd, 32));
    outer = i64x2.add(outer, i64x2.extmul_low_i32x4_u(v128.shuffle<u32>(x, x, 0, 2, 0, 2), v128.shuffle<u32>(y, y, 2, 0, 2, 0)));
    top = i32x4.add(top, i32x4.mul(x, reversed));
  }
  const limb1: u64 = fold(oddLow) + <u64>i64x2.extract_lane(evenHigh, 0);
  const lo0: u64 = i64x2.extract_lane(evenLow, 0);
  const lo: u64 = lo0 + (limb1 << 32);
  let hi = u64(lo < lo0) + (limb1 >> 32) + fold(oddHigh) + <u64>i64x2.extract_lane(evenLow, 1) + fold(outer);
  const limb3 = i32x4.extract_lane(top, 0) + i32x4.extract_lane(top, 1) + i32x4.extract_lane(top, 2) + i32x4.extract_lane(top, 3);
  hi += (<u64>i64x2.extract_lane(evenHigh, 1) + <u64>limb3) << 32;
  return pair(lo, hi);
}

function dotPacked(a: usize, b: usize, k: usize): v128 {
  return sumProducts(a, b, k, 0, true);
}

function dotColumn(a: usize, b: usize, k: usize, row: usize): v128 {
  return sumProducts(a, b, k, row, false);
}

/** Column b of k words, `row` bytes apart, side by side; a wide word as itself, its halves' limbs swapped, reversed. */
// @ts-ignore: decorator
@inline
function packColumn<T>(d: usize, b: usize, k: usize, row: usize): void {
  for (let x: usize = 0; x < k; x++, b += row) {
    if (sizeof<T>() == 16) {
      const y = v128.load(b);
      v128.store(d, y);
      v128.store(d, limbsSwapped(y), 16);
      v128.store(d, limbsReversed(y), 32);
      d += 48;
    } else {
      store<T>(d, load<T>(b));
      d += sizeof<T>();
    }
  }
}

/** Bytes of workspace that matmul needs. */
// @ts-ignore: decorator
@inline
function space<T>(m: usize, k: usize, n: usize): usize {
  if (byColumns<T>(m, k, n)) return sizeof<T>() == 16 ? k * 48 : k * sizeof<T>();
  return m > 1 ? strassenSpace(m, k, n, sizeof<T>()) : 0;
}

export function matmulSpace32(m: usize, k: usize, n: usize): usize { return space<u32>(m, k, n); }
export function matmulSpace64(m: usize, k: usize, n: usize): usize { return space<u64>(m, k, n); }
export function matmulSpace128(m: usize, k: usize, n: usize): usize { return space<v128>(m, k, n); }

// @ts-ignore: decorator
@inline
function matmul<T>(d: usize, a: usize, b: usize, m: usize, k: usize, n: usize, accumulate: i32, work: usize): void {
  const row = n * sizeof<T>();
  const deep = k * sizeof<T>();
  if (!accumulate) memory.fill(d, 0, m * row);
  if (byColumns<T>(m, k, n)) {
    for (let j: usize = 0; j < row; j += sizeof<T>()) {
      packColumn<T>(work, b + j, k, row);
      for (let i: usize = 0; i < m; i++) {
        const to = d + i * row + j;
        if (sizeof<T>() == 16) v128.store(to, vadd<T>(v128.load(to), dotPacked(a + i * deep, work, k)));
        else store<T>(to, load<T>(to) + dotSmall<T>(a + i * deep, work, k));
      }
    }
    return;
  }
  if (sizeof<T>() == 16) {
    if (m == 1 && n < FEW) {
      for (let j: usize = 0; j < row; j += 16) v128.store(d + j, vadd<T>(v128.load(d + j), dotColumn(a, b + j, k, row)));
      return;
    }
  } else if (m == 1 && n == 1) {
    store<T>(d, load<T>(d) + dotSmall<T>(a, b, k));
    return;
  }
  if (m > 1) multiply(d, row, a, deep, b, row, m, k, n, work, sizeof<T>());
  else if (m) rowTimes<T>(d, a, b, row, k, row);
}

/** dst = a b, plus dst where `accumulate`; work: as many bytes as matmulSpace says. */
export function matmul32(d: usize, a: usize, b: usize, m: usize, k: usize, n: usize, accumulate: i32, work: usize): void {
  matmul<u32>(d, a, b, m, k, n, accumulate, work);
}
export function matmul64(d: usize, a: usize, b: usize, m: usize, k: usize, n: usize, accumulate: i32, work: usize): void {
  matmul<u64>(d, a, b, m, k, n, accumulate, work);
}
export function matmul128(d: usize, a: usize, b: usize, m: usize, k: usize, n: usize, accumulate: i32, work: usize): void {
  matmul<v128>(d, a, b, m, k, n, accumulate, work);
}
