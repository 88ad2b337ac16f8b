/** @file Matrix products: a is m x k, b is k x n, dst is m x n, row-major and contiguous. dst is neither a nor b. */

import { splat, storePart, vadd, vmul } from './word';

/** d += s * b over one row of `bytes`. */
// @ts-ignore: decorator
@inline
function addScaled<T>(d: usize, b: usize, s: v128, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(d + i, vadd<T>(v128.load(d + i), vmul<T>(s, v128.load(b + i))));
  if (i < bytes) storePart(d + i, vadd<T>(v128.load(d + i), vmul<T>(s, v128.load(b + i))), bytes - i);
}

// @ts-ignore: decorator
@inline
function matmul<T>(d: usize, a: usize, b: usize, m: usize, k: usize, n: usize, accumulate: i32): void {
  const row = n * sizeof<T>();
  if (!accumulate) memory.fill(d, 0, m * row);
  for (let i: usize = 0; i < m; i++) {
    let p = b;
    for (let x: usize = 0; x < k; x++) {
      addScaled<T>(d, p, splat<T>(a), row);
      a += sizeof<T>();
      p += row;
    }
    d += row;
  }
}

export function matmul32(d: usize, a: usize, b: usize, m: usize, k: usize, n: usize, accumulate: i32): void {
  matmul<u32>(d, a, b, m, k, n, accumulate);
}
export function matmul64(d: usize, a: usize, b: usize, m: usize, k: usize, n: usize, accumulate: i32): void {
  matmul<u64>(d, a, b, m, k, n, accumulate);
}
export function matmul128(d: usize, a: usize, b: usize, m: usize, k: usize, n: usize, accumulate: i32): void {
  matmul<v128>(d, a, b, m, k, n, accumulate);
}
