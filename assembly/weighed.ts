/**
 * @file What the kernels of functions on masked values share: a sum of words, which the dealer shared, times public weights,
 * and functions of angles and exponents from +, - and * alone, so that all machines weigh by the very same numbers.
 */

import { below, pair } from './word';

/** The word of `size` bytes mod 2^bits, bits <= 62. */
// @ts-ignore: decorator
@inline
export function window(p: usize, bits: u32, size: usize): u64 {
  return (size == 4 ? <u64>load<u32>(p) : load<u64>(p)) & ((<u64>1 << bits) - 1);
}

/** 2^e, |e| < 1023. */
// @ts-ignore: decorator
@inline
export function power(e: i32): f64 {
  return reinterpret<f64>(<i64>(1023 + e) << 52);
}

// @ts-ignore: decorator
@inline
function step(p: v128, y: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(p, y), c);
}

/** Cosine and sine of v turns, 0 <= v < 1, as lanes: the nearest quarter is turned off, Taylor series do the rest. */
export function turn(v: f64): v128 {
  const quarter = nearest<f64>(v * 4);
  const x = (v - quarter * 0.25) * 6.283185307179586;
  const y = f64x2.splat(x * x);
  let p = f64x2(1 / 20922789888000, 1 / 355687428096000);
  p = step(p, y, f64x2(-1 / 87178291200, -1 / 1307674368000));
  p = step(p, y, f64x2(1 / 479001600, 1 / 6227020800));
  p = step(p, y, f64x2(-1 / 3628800, -1 / 39916800));
  p = step(p, y, f64x2(1 / 40320, 1 / 362880));
  p = step(p, y, f64x2(-1 / 720, -1 / 5040));
  p = step(p, y, f64x2(1 / 24, 1 / 120));
  p = step(p, y, f64x2(-1 / 2, -1 / 6));
  p = step(p, y, f64x2.splat(1));
  const cos = f64x2.extract_lane(p, 0);
  const sin = x * f64x2.extract_lane(p, 1);
  const q = <u32>quarter & 3;
  const c = q & 1 ? sin : cos;
  const s = q & 1 ? cos : sin;
  return f64x2.replace_lane(f64x2.splat(q == 1 || q == 2 ? -c : c), 1, q >= 2 ? -s : s);
}

/** e^x for |x| < 700: 2^k times a Taylor series, its even and its odd terms side by side. */
export function exponential(x: f64): f64 {
  const k = nearest<f64>(x * 1.4426950408889634);
  const r = (x - k * 0.6931471803691238) - k * 1.9082149292705877e-10; // ln 2 in two parts
  const y = f64x2.splat(r * r);
  let p = f64x2(1 / 479001600, 1 / 6227020800);
  p = step(p, y, f64x2(1 / 3628800, 1 / 39916800));
  p = step(p, y, f64x2(1 / 40320, 1 / 362880));
  p = step(p, y, f64x2(1 / 720, 1 / 5040));
  p = step(p, y, f64x2(1 / 24, 1 / 120));
  p = step(p, y, f64x2(1 / 2, 1 / 6));
  p = step(p, y, f64x2.splat(1));
  return (f64x2.extract_lane(p, 0) + r * f64x2.extract_lane(p, 1)) * power(<i32>k);
}

/** A small signed integer as a word of `size` bytes. */
// @ts-ignore: decorator
@inline
export function put(p: usize, x: i64, size: usize): void {
  if (size == 4) {
    store<i32>(p, <i32>x);
    return;
  }
  store<i64>(p, x);
  if (size == 16) store<i64>(p, x >> 63, 8);
}

// @ts-ignore: decorator
@inline
function fold(v: v128): u64 {
  return <u64>i64x2.extract_lane(v, 0) + <u64>i64x2.extract_lane(v, 1);
}

/**
 * The sum mod 2^128 of `width` pairs of words, at `left` + x and `right` + y, by the weights at w: x and y go on by `step` bytes, within
 * `mask`. If `separate`, the sums of both sides: their low halves at d, then their high ones. With 32-bit limbs: products at 2^0 and 2^32
 * are summed by halves, the others wrap.
 */
// @ts-ignore: decorator
@inline
function sum128(
  d: usize, w: usize, left: usize, x: usize, right: usize, y: usize, step: usize, mask: usize, width: usize, separate: bool,
): void {
  const half = i64x2.splat(0xffffffff);
  let at0 = i64x2.splat(0), at32 = at0, at64 = at0, more64 = at0, at96 = at0;
  for (const end = w + width * 16; w < end; w += 16) {
    const u = v128.load(left + x);
    const v = v128.load(right + y);
    x = (x + step) & mask;
    y = (y + step) & mask;
    const t01 = v128.shuffle<u32>(u, v, 0, 4, 1, 5);
    const t23 = v128.shuffle<u32>(u, v, 2, 6, 3, 7);
    const s = v128.load(w);
    const w0 = v128.shuffle<u32>(s, s, 0, 2, 0, 2);
    const w1 = v128.shuffle<u32>(s, s, 1, 3, 1, 3);
    const p00 = i64x2.extmul_low_i32x4_u(t01, w0);
    const p10 = i64x2.extmul_high_i32x4_u(t01, w0);
    const p01 = i64x2.extmul_low_i32x4_u(t01, w1);
    at0 = i64x2.add(at0, v128.and(p00, half));
    at32 = i64x2.add(at32, i64x2.add(v128.and(p01, half), i64x2.add(i64x2.shr_u(p00, 32), v128.and(p10, half))));
    at64 = i64x2.add(at64, i64x2.add(i64x2.shr_u(p10, 32), i64x2.shr_u(p01, 32)));
    at64 = i64x2.add(at64, i64x2.extmul_high_i32x4_u(t01, w1));
    more64 = i64x2.add(more64, i64x2.extmul_low_i32x4_u(t23, w0));
    // A negative weight was taken as 2^64 more than it is.
    const negative = i32x4.shr_s(w1, 31);
    more64 = i64x2.sub(more64, v128.and(v128.shuffle<u64>(u, v, 0, 2), v128.shuffle<u32>(negative, negative, 0, 0, 1, 1)));
    at96 = i32x4.add(at96, i32x4.mul(t23, v128.shuffle<u64>(w1, w0, 0, 2)));
  }
  if (separate) {
    const low = i64x2.add(at0, i64x2.shl(at32, 32));
    const limbs = i32x4.add(at96, v128.shuffle<u64>(at96, at96, 1, 0)); // low halves count
    const top = v128.shuffle<u32>(i64x2.splat(0), limbs, 0, 4, 1, 5);
    const high = i64x2.add(i64x2.add(at64, more64), i64x2.add(i64x2.shr_u(at32, 32), top));
    v128.store(d, low);
    v128.store(d, i64x2.sub(high, below(low, at0)), 16);
    return;
  }
  const low = fold(at0);
  const middle = fold(at32);
  const lo = low + (middle << 32);
  const top = fold(i64x2.add(at96, i64x2.shr_u(at96, 32))) << 32; // low halves count
  store<u64>(d, lo);
  store<u64>(d, fold(at64) + fold(more64) + (middle >> 32) + u64(lo < low) + top, 8);
}

function weighedSum128(d: usize, w: usize, table: usize, width: usize): void {
  sum128(d, w, table, 0, table + width * 16, 0, 16, usize.MAX_VALUE, width, false);
}

/**
 * Two sums of `width` words of 16 bytes each, of the tables `left` and `right`, downwards from x and from y mod `turns` + 1; w: both
 * weights side by side. Low halves at d, then high ones.
 */
export function weighedTurns128(
  d: usize, w: usize, left: usize, x: usize, right: usize, y: usize, turns: usize, width: usize,
): void {
  const mask = turns << 4;
  sum128(d, w, left, (x << 4) & mask, right, (y << 4) & mask, <usize>-16, mask, width, true);
}

/** d = the sum of w * table over two rows of `width` words of `size` bytes; w: i64, the two weights of a column side by side. */
// @ts-ignore: decorator
@inline
export function weighedSum(d: usize, w: usize, table: usize, width: usize, size: usize): void {
  if (size == 16) weighedSum128(d, w, table, width);
  else if (size == 8) store<u64>(d, weighedSumSmall<u64>(w, table, width));
  else store<u32>(d, <u32>weighedSumSmall<u32>(w, table, width));
}

function weighedSumSmall<T>(w: usize, table: usize, width: usize): u64 {
  const beside = width * sizeof<T>();
  let sum = i64x2.splat(0);
  for (const end = table + beside; table < end; table += sizeof<T>(), w += 16) {
    sum = i64x2.add(sum, i64x2.mul(v128.load(w), pair(<u64>load<T>(table), <u64>load<T>(table + beside))));
  }
  return fold(sum);
}
