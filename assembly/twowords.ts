/**
 * @file Products of words of Z_2^128, two at a time: a pair (x, y) stands as its limbs side by side,
 * low = (x0, y0, x1, y1) and high = (x2, y2, x3, y3), and a result as its low and its high 64-bit halves.
 */

import { below, lowHalf } from './word';

// @ts-ignore: decorator
@inline
export function lowLimbs(x: v128, y: v128): v128 {
  return v128.shuffle<u32>(x, y, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
export function highLimbs(x: v128, y: v128): v128 {
  return v128.shuffle<u32>(x, y, 2, 6, 3, 7);
}

// @ts-ignore: decorator
@inline
function swap(x: v128): v128 {
  return v128.shuffle<u64>(x, x, 1, 0);
}

/** Low limbs of a and b: what 2^32 and above receive from a1*b0 and the limb below it. */
// @ts-ignore: decorator
@inline
function middle(a: v128, b: v128): v128 {
  return i64x2.add(i64x2.extmul_high_i32x4_u(a, swap(b)), i64x2.shr_u(i64x2.extmul_low_i32x4_u(a, b), 32));
}

/** The low halves of the products; a and b are low limbs. */
// @ts-ignore: decorator
@inline
export function productLow(a: v128, b: v128): v128 {
  const t = middle(a, b);
  const u = i64x2.add(i64x2.extmul_low_i32x4_u(a, swap(b)), lowHalf(t));
  return v128.or(i64x2.shl(u, 32), lowHalf(i64x2.extmul_low_i32x4_u(a, b)));
}

/** The high halves of the products of (a, a2) and (b, b2), each low and high limbs. */
// @ts-ignore: decorator
@inline
export function productHigh(a: v128, a2: v128, b: v128, b2: v128): v128 {
  const t = middle(a, b);
  const u = i64x2.add(i64x2.extmul_low_i32x4_u(a, swap(b)), lowHalf(t));
  const top = i32x4.add(i32x4.mul(a, swap(b2)), i32x4.mul(a2, swap(b)));
  const quarter = i64x2.shl(i64x2.extend_low_i32x4_u(i32x4.add(top, swap(top))), 32);
  const outer = i64x2.add(i64x2.extmul_low_i32x4_u(a, b2), i64x2.extmul_low_i32x4_u(a2, b));
  const inner = i64x2.add(i64x2.extmul_high_i32x4_u(a, b), i64x2.add(i64x2.shr_u(t, 32), i64x2.shr_u(u, 32)));
  return i64x2.add(i64x2.add(inner, outer), quarter);
}

/** The first word of two given as halves. */
// @ts-ignore: decorator
@inline
export function firstWord(low: v128, high: v128): v128 {
  return v128.shuffle<u64>(low, high, 0, 2);
}

/** The second word of two given as halves. */
// @ts-ignore: decorator
@inline
export function secondWord(low: v128, high: v128): v128 {
  return v128.shuffle<u64>(low, high, 1, 3);
}

// @ts-ignore: decorator
@inline
export function storeHalves(p: usize, low: v128, high: v128): void {
  v128.store(p, firstWord(low, high));
  v128.store(p, secondWord(low, high), 16);
}

/** d = u - (low, high) for the two words at u. */
// @ts-ignore: decorator
@inline
export function storeDifference(d: usize, u: usize, low: v128, high: v128): void {
  const u0 = v128.load(u);
  const u1 = v128.load(u, 16);
  const uLow = v128.shuffle<u64>(u0, u1, 0, 2);
  const uHigh = v128.shuffle<u64>(u0, u1, 1, 3);
  storeHalves(d, i64x2.sub(uLow, low), i64x2.add(i64x2.sub(uHigh, high), below(uLow, low)));
}
