/**
 * @file Matrix products in Z_2^128 by digit planes.
 *
 * A word is ten balanced 13-bit digits; products of planes of digits run on i16 lanes (`dot_i16x8_s`). With
 * P_i = a_i b_i and S_t = sum over pairs i < j, i + j = t, of (a_i + a_j)(b_i + b_j), the coefficient of 2^(13t) is
 * c_t = S_t - (P_0 + .. + P_t) + [t even] 2 P_(t/2): 35 plane products where the school method has 55.
 *
 * No sum overflows: digits of a lie in [-4096, 4095] and those of b in [-4095, 4096], so 128 products of digits, or 32
 * products of sums of two, stay within i32. S_8 and S_9 may wrap: only their low 24 and 11 bits count.
 */

import { scratch } from './scratch';
import { below, vadd } from './word';

const DIGITS: usize = 10;
/** Ten digits, and the sums of the pairs (i, j), i < j, i + j <= 9, less (0, 9). */
const PLANES: usize = 34;
/** Columns, words of the inner dimension, and rows that are packed at a time. */
const COLUMNS: usize = 512;
const DEPTH: usize = 128;
const ROWS: usize = 64;
/** A tile of the product: 4 rows, 8 columns. */
const PRODUCTS: usize = 0; // P_0 .. P_8, i32
const WRAPPED = PRODUCTS + 9 * 128; // S_8, S_9, i32
const SUMS = WRAPPED + 2 * 128; // S_1 .. S_7, i64

// @ts-ignore: decorator
@inline
function ceilTo(x: usize, multiple: usize): usize {
  return (x + multiple - 1) & ~(multiple - 1);
}

/** Bytes of one plane for so many rows or columns, kept off multiples of 4096. */
// @ts-ignore: decorator
@inline
function planeBytes(lanes: usize, depth: usize): usize {
  return lanes * ceilTo(depth, 2) * 2 + 208;
}

/** Bytes that multiplyDigits needs, 0 where dot products are faster: costs in units of about a nanosecond, measured. */
export function digitsSpace(m: usize, k: usize, n: usize): usize {
  const rows = <f64>ceilTo(m, 4);
  const columns = <f64>ceilTo(n, 8);
  const depth = <f64>k;
  const blocks = <f64>((k + DEPTH - 1) / DEPTH);
  const cost = rows * columns * (depth + 8 * blocks) + 4 * depth * (rows + columns);
  return cost > 1.9 * <f64>m * depth * <f64>n ? 0 : digitsBytes(m, k, n);
}

/** Bytes that multiplyDigits needs. */
export function digitsBytes(m: usize, k: usize, n: usize): usize {
  const inner = min(k, DEPTH);
  return PLANES * (planeBytes(ceilTo(min(m, ROWS), 4), inner) + planeBytes(ceilTo(min(n, COLUMNS), 8), inner)) + 64;
}

// @ts-ignore: decorator
@inline
function even(x: v128, y: v128): v128 {
  return v128.shuffle<u32>(x, y, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function odd(x: v128, y: v128): v128 {
  return v128.shuffle<u32>(x, y, 1, 3, 5, 7);
}

/** Digits in the low bits of 32-bit lanes, those of y beside those of x. */
// @ts-ignore: decorator
@inline
function two(x: v128, y: v128): v128 {
  return v128.and(v128.shuffle<u16>(x, i32x4.shl(y, 16), 0, 9, 2, 11, 4, 13, 6, 15), i16x8.splat(8191));
}

// @ts-ignore: decorator
@inline
function across(low: v128, shift: i32, high: v128): v128 {
  return v128.or(i32x4.shr_u(low, shift), i32x4.shl(high, 32 - shift));
}

/**
 * The digits of `lanes` x `depth` words at src and the sums of their pairs, plane by plane; lanes in groups of `group`
 * (4 or 8), a group's words two deep side by side. Lanes and depth are filled up with zeros.
 */
function pack(d: usize, plane: usize, src: usize, lanes: usize, group: usize, laneStep: usize, depth: usize, step: usize, bias: u64): void {
  const all = i64x2.splat(bias | (bias << 13) | (bias << 26) | (bias << 39) | (bias << 52));
  const high = i64x2.splat((bias >> 12) | (bias << 1) | (bias << 14) | (bias << 27) | (bias << 40));
  const centre = i16x8.splat(<i16>bias);
  const zero = i64x2.splat(0);
  const bytes = ((depth + 1) >> 1) * group * 4; // of a plane, for one group
  for (let first: usize = 0; first < lanes; first += group, d += bytes) {
    for (let k: usize = 0; k < depth; k += 2) {
      for (let lane = first; lane < first + group; lane += 4) {
        let x0 = zero, x1 = zero, x2 = zero, x3 = zero;
        let at = d + k * group * 2 + ((lane - first) << 2);
        let p = src + lane * laneStep + k * step;
        // Of the words k, then of the words k + 1.
        let l0 = zero, l1 = zero, l2 = zero, l3 = zero;
        for (let half: usize = 0; half < 2; half++, p += step) {
          const there = k + half < depth;
          const a = there && lane < lanes ? v128.load(p) : zero;
          const b = there && lane + 1 < lanes ? v128.load(p + laneStep) : zero;
          const c = there && lane + 2 < lanes ? v128.load(p + 2 * laneStep) : zero;
          const e = there && lane + 3 < lanes ? v128.load(p + 3 * laneStep) : zero;
          const low0 = i64x2.add(v128.shuffle<u64>(a, b, 0, 2), all);
          const low1 = i64x2.add(v128.shuffle<u64>(c, e, 0, 2), all);
          const high0 = i64x2.sub(i64x2.add(v128.shuffle<u64>(a, b, 1, 3), high), below(low0, all));
          const high1 = i64x2.sub(i64x2.add(v128.shuffle<u64>(c, e, 1, 3), high), below(low1, all));
          x0 = l0; x1 = l1; x2 = l2; x3 = l3;
          l0 = even(low0, low1); l1 = odd(low0, low1); l2 = even(high0, high1); l3 = odd(high0, high1);
        }
        v128.store(at, i16x8.sub(two(x0, l0), centre)); at += plane;
        v128.store(at, i16x8.sub(two(i32x4.shr_u(x0, 13), i32x4.shr_u(l0, 13)), centre)); at += plane;
        v128.store(at, i16x8.sub(two(across(x0, 26, x1), across(l0, 26, l1)), centre)); at += plane;
        v128.store(at, i16x8.sub(two(i32x4.shr_u(x1, 7), i32x4.shr_u(l1, 7)), centre)); at += plane;
        v128.store(at, i16x8.sub(two(across(x1, 20, x2), across(l1, 20, l2)), centre)); at += plane;
        v128.store(at, i16x8.sub(two(i32x4.shr_u(x2, 1), i32x4.shr_u(l2, 1)), centre)); at += plane;
        v128.store(at, i16x8.sub(two(i32x4.shr_u(x2, 14), i32x4.shr_u(l2, 14)), centre)); at += plane;
        v128.store(at, i16x8.sub(two(across(x2, 27, x3), across(l2, 27, l3)), centre)); at += plane;
        v128.store(at, i16x8.sub(two(i32x4.shr_u(x3, 8), i32x4.shr_u(l3, 8)), centre)); at += plane;
        v128.store(at, two(i32x4.shr_u(x3, 21), i32x4.shr_u(l3, 21)));
      }
    }
    let to = d + DIGITS * plane;
    for (let t: usize = 1; t < 10; t++) {
      for (let j = min<usize>(t, 8); j > t - j; j--) {
        const p = d + (t - j) * plane;
        const q = d + j * plane;
        for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, i16x8.add(v128.load(p + i), v128.load(q + i)));
        to += plane;
      }
    }
  }
}

/** sum (4 x 8 i32) += one plane of a times one of b, two words deep a step. Larger tiles and unrolling are slower. */
function accumulate(sum: usize, a: usize, b: usize, steps: usize): void {
  let c00 = v128.load(sum), c01 = v128.load(sum, 16), c10 = v128.load(sum, 32), c11 = v128.load(sum, 48);
  let c20 = v128.load(sum, 64), c21 = v128.load(sum, 80), c30 = v128.load(sum, 96), c31 = v128.load(sum, 112);
  for (; steps; steps--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let r = v128.load_splat<u32>(a);
    c00 = i32x4.add(c00, i32x4.dot_i16x8_s(r, b0));
    c01 = i32x4.add(c01, i32x4.dot_i16x8_s(r, b1));
    r = v128.load_splat<u32>(a, 4);
    c10 = i32x4.add(c10, i32x4.dot_i16x8_s(r, b0));
    c11 = i32x4.add(c11, i32x4.dot_i16x8_s(r, b1));
    r = v128.load_splat<u32>(a, 8);
    c20 = i32x4.add(c20, i32x4.dot_i16x8_s(r, b0));
    c21 = i32x4.add(c21, i32x4.dot_i16x8_s(r, b1));
    r = v128.load_splat<u32>(a, 12);
    c30 = i32x4.add(c30, i32x4.dot_i16x8_s(r, b0));
    c31 = i32x4.add(c31, i32x4.dot_i16x8_s(r, b1));
    a += 16;
    b += 32;
  }
  v128.store(sum, c00); v128.store(sum, c01, 16); v128.store(sum, c10, 32); v128.store(sum, c11, 48);
  v128.store(sum, c20, 64); v128.store(sum, c21, 80); v128.store(sum, c30, 96); v128.store(sum, c31, 112);
}

// @ts-ignore: decorator
@inline
function widen(sum: usize, c: v128): void {
  v128.store(sum, i64x2.add(v128.load(sum), i64x2.extend_low_i32x4_s(c)));
  v128.store(sum, i64x2.add(v128.load(sum, 16), i64x2.extend_high_i32x4_s(c)), 16);
}

/** sum (4 x 8 i64) += the same, at most 16 steps between extensions. */
function accumulateWide(sum: usize, a: usize, b: usize, steps: usize): void {
  while (steps) {
    let s = min<usize>(steps, 16);
    steps -= s;
    let c00 = i64x2.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
    for (; s; s--) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let r = v128.load_splat<u32>(a);
      c00 = i32x4.add(c00, i32x4.dot_i16x8_s(r, b0));
      c01 = i32x4.add(c01, i32x4.dot_i16x8_s(r, b1));
      r = v128.load_splat<u32>(a, 4);
      c10 = i32x4.add(c10, i32x4.dot_i16x8_s(r, b0));
      c11 = i32x4.add(c11, i32x4.dot_i16x8_s(r, b1));
      r = v128.load_splat<u32>(a, 8);
      c20 = i32x4.add(c20, i32x4.dot_i16x8_s(r, b0));
      c21 = i32x4.add(c21, i32x4.dot_i16x8_s(r, b1));
      r = v128.load_splat<u32>(a, 12);
      c30 = i32x4.add(c30, i32x4.dot_i16x8_s(r, b0));
      c31 = i32x4.add(c31, i32x4.dot_i16x8_s(r, b1));
      a += 16;
      b += 32;
    }
    widen(sum, c00); widen(sum + 32, c01); widen(sum + 64, c10); widen(sum + 96, c11);
    widen(sum + 128, c20); widen(sum + 160, c21); widen(sum + 192, c30); widen(sum + 224, c31);
  }
}

/** All 35 plane products of one tile. */
function tile(a: usize, aPlane: usize, b: usize, bPlane: usize, steps: usize): void {
  const products = scratch + PRODUCTS;
  const wrapped = scratch + WRAPPED;
  const sums = scratch + SUMS;
  memory.fill(products, 0, 9 * 128);
  memory.fill(wrapped, 0, 2 * 128);
  memory.fill(sums, 0, 7 * 256);
  for (let i: usize = 0; i < 9; i++) accumulate(products + i * 128, a + i * aPlane, b + i * bPlane, steps);
  let p = a + DIGITS * aPlane;
  let q = b + DIGITS * bPlane;
  for (let t: usize = 1; t < 10; t++) {
    for (let j = min<usize>(t, 8); j > t - j; j--) {
      if (t < 8) accumulateWide(sums + (t - 1) * 256, p, q, steps);
      else accumulate(wrapped + (t - 8) * 128, p, q, steps);
      p += aPlane;
      q += bPlane;
    }
  }
  accumulate(wrapped + 128, a, b + 9 * bPlane, steps);
  accumulate(wrapped + 128, a + 9 * aPlane, b, steps);
}

// @ts-ignore: decorator
@inline
function product(i: usize, at: usize): v128 {
  return v128.load_ext<i32>(scratch + PRODUCTS + i * 128 + at * 4);
}

// @ts-ignore: decorator
@inline
function coefficient(t: usize, at: usize, prefix: v128): v128 {
  return i64x2.sub(v128.load(scratch + SUMS + (t - 1) * 256 + at * 8), prefix);
}

// @ts-ignore: decorator
@inline
function three(x: v128, y: v128, z: v128): v128 {
  return i64x2.add(i64x2.add(x, i64x2.shl(y, 13)), i64x2.shl(z, 26));
}

/** d += the tile's coefficients put together, for `rows` x `columns` of it. */
function combine(d: usize, dStep: usize, rows: usize, columns: usize): void {
  for (let r: usize = 0; r < rows; r++) {
    for (let c: usize = 0; c < columns; c += 2) {
      const at = r * 8 + c;
      const p0 = product(0, at);
      const p1 = product(1, at);
      const p2 = product(2, at);
      const p3 = product(3, at);
      const p4 = product(4, at);
      let prefix = i64x2.add(p0, p1);
      const c1 = coefficient(1, at, prefix);
      prefix = i64x2.add(prefix, p2);
      const low = three(p0, c1, i64x2.add(coefficient(2, at, prefix), i64x2.add(p1, p1)));
      prefix = i64x2.add(prefix, p3);
      const c3 = coefficient(3, at, prefix);
      prefix = i64x2.add(prefix, p4);
      const c4 = i64x2.add(coefficient(4, at, prefix), i64x2.add(p2, p2));
      prefix = i64x2.add(prefix, product(5, at));
      const middle = three(c3, c4, coefficient(5, at, prefix));
      prefix = i64x2.add(prefix, product(6, at));
      const c6 = i64x2.add(coefficient(6, at, prefix), i64x2.add(p3, p3));
      prefix = i64x2.add(prefix, product(7, at));
      const c7 = coefficient(7, at, prefix);
      prefix = i64x2.add(prefix, product(8, at));
      const c8 = i64x2.add(i64x2.sub(v128.load_ext<i32>(scratch + WRAPPED + at * 4), prefix), i64x2.add(p4, p4));
      const high = three(c6, c7, c8);
      const c9 = i64x2.sub(v128.load_ext<i32>(scratch + WRAPPED + 128 + at * 4), i64x2.sub(prefix, p0));
      // low + middle << 39 + high << 78 + c9 << 117, two words side by side
      const shifted = i64x2.shl(middle, 39);
      const lo = i64x2.add(low, shifted);
      let hi = i64x2.add(i64x2.shr_s(low, 63), i64x2.shr_s(middle, 25));
      hi = i64x2.add(hi, i64x2.add(i64x2.shl(high, 14), i64x2.shl(c9, 53)));
      hi = i64x2.sub(hi, below(lo, shifted));
      const to = d + c * 16;
      v128.store(to, vadd<v128>(v128.load(to), v128.shuffle<u64>(lo, hi, 0, 2)));
      if (c + 1 < columns) v128.store(to, vadd<v128>(v128.load(to, 16), v128.shuffle<u64>(lo, hi, 1, 3)), 16);
    }
    d += dStep;
  }
}

/** d (m x n) += a (m x k) times b (k x n); rows are dRow, aRow, bRow bytes apart; space as digitsBytes says. */
export function multiplyDigits(
  d: usize, dRow: usize, a: usize, aRow: usize, b: usize, bRow: usize, m: usize, k: usize, n: usize, space: usize,
): void {
  for (let n0: usize = 0; n0 < n; n0 += COLUMNS) {
    const columns = min(n - n0, COLUMNS);
    for (let k0: usize = 0; k0 < k; k0 += DEPTH) {
      const depth = min(k - k0, DEPTH);
      const steps = (depth + 1) >> 1;
      const bPlane = planeBytes(ceilTo(columns, 8), depth);
      const packedA = space + ceilTo(PLANES * bPlane, 64);
      pack(space, bPlane, b + k0 * bRow + n0 * 16, columns, 8, 16, depth, bRow, 4095);
      for (let m0: usize = 0; m0 < m; m0 += ROWS) {
        const rows = min(m - m0, ROWS);
        const aPlane = planeBytes(ceilTo(rows, 4), depth);
        pack(packedA, aPlane, a + m0 * aRow + k0 * 16, rows, 4, aRow, depth, 16, 4096);
        for (let j: usize = 0; j < columns; j += 8) {
          for (let i: usize = 0; i < rows; i += 4) {
            tile(packedA + i * steps * 4, aPlane, space + j * steps * 4, bPlane, steps);
            combine(d + (m0 + i) * dRow + (n0 + j) * 16, dRow, min<usize>(rows - i, 4), min<usize>(columns - j, 8));
          }
        }
      }
    }
  }
}
