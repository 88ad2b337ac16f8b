/** @file Rotations of the 32-bit lanes of a vector to the left, as ChaCha20 (7, 8, 12, 16) and BLAKE3 (16, 20, 24, 25) use them. */

// @ts-ignore: decorator
@inline
export function rotl7(x: v128): v128 {
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25));
}

// @ts-ignore: decorator
@inline
export function rotl8(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}

// @ts-ignore: decorator
@inline
export function rotl12(x: v128): v128 {
  return v128.or(i32x4.shl(x, 12), i32x4.shr_u(x, 20));
}

// @ts-ignore: decorator
@inline
export function rotl16(x: v128): v128 {
  return i8x16.shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

// @ts-ignore: decorator
@inline
export function rotl20(x: v128): v128 {
  return v128.or(i32x4.shl(x, 20), i32x4.shr_u(x, 12));
}

// @ts-ignore: decorator
@inline
export function rotl24(x: v128): v128 {
  return i8x16.shuffle(x, x, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
}

// @ts-ignore: decorator
@inline
export function rotl25(x: v128): v128 {
  return v128.or(i32x4.shl(x, 25), i32x4.shr_u(x, 7));
}
