/**
 * @file Sums of harmonics on masked values: f(x) = sum over k of a_k cos(k x) + b_k sin(k x), x = c - r in turns of
 * 2^turn, k = 1, 1 + step, .. . The table of an element is two rows of `count` words, shares of cos(k r) 2^t1 and of
 * sin(k r) 2^t1; by the addition theorems it is weighed with a_k cos(k c) + b_k sin(k c) and a_k sin(k c) - b_k cos(k c).
 */

import { scratch } from './scratch';
import { power, turn, weighedSum, window } from './weighed';
import { toIntegers } from './word';

// @ts-ignore: decorator
@inline
function times(z: v128, cos: v128, sin: v128): v128 {
  return f64x2.add(f64x2.mul(z, cos), f64x2.mul(v128.shuffle<u64>(z, z, 1, 0), sin));
}

/** The product of complex numbers. */
// @ts-ignore: decorator
@inline
function product(z: v128, by: v128): v128 {
  return times(z, f64x2.splat(f64x2.extract_lane(by, 0)), crossed(by));
}

/** What a point is multiplied with from one harmonic to the next. */
// @ts-ignore: decorator
@inline
function rotation(z: v128, step: u32): v128 {
  return step == 1 ? z : product(z, z);
}

// @ts-ignore: decorator
@inline
function crossed(z: v128): v128 {
  const sin = f64x2.extract_lane(z, 1);
  return f64x2.replace_lane(f64x2.splat(sin), 0, -sin);
}

/**
 * d = the sum of the table's words by their weights; coef: a and b of each harmonic. Words of `size` bytes. No more than 256
 * harmonics: weights and scaled coefficients stand in scratch.
 */
export function fourierEval(
  d: usize, c: usize, table: usize, coef: usize, n: usize, count: u32, step: u32, bits: u32, t2: i32, size: usize,
): void {
  const unit = power(-(<i32>bits));
  const scale = f64x2.splat(power(t2));
  const bytes = (<usize>(count + 1) & ~1) * 16; // weights are made in twos, the last may be idle
  const work = scratch;
  const pairs = work + bytes; // (a, a) and (b, -b), scaled
  for (let i: usize = 0; i < bytes; i += 16) {
    const ab = i < <usize>count * 16 ? f64x2.mul(v128.load(coef + i), scale) : f64x2.splat(0);
    v128.store(pairs + 2 * i, v128.shuffle<u64>(ab, ab, 0, 0));
    const b = f64x2.extract_lane(ab, 1);
    v128.store(pairs + 2 * i, f64x2.replace_lane(f64x2.splat(b), 1, -b), 16);
  }
  for (let e: usize = 0; e < n; e++, c += size, d += size, table += 2 * <usize>count * size) {
    let z = turn(<f64>window(c, bits, size) * unit);
    const by = rotation(z, step);
    let y = product(z, by);
    const twice = product(by, by);
    const cos = f64x2.splat(f64x2.extract_lane(twice, 0));
    const sin = crossed(twice);
    for (let i: usize = 0; i < bytes; i += 32) {
      const p = pairs + 2 * i;
      v128.store(work + i, toIntegers(times(z, v128.load(p), v128.load(p, 16))));
      v128.store(work + i, toIntegers(times(y, v128.load(p, 32), v128.load(p, 48))), 16);
      z = times(z, cos, sin);
      y = times(y, cos, sin);
    }
    weighedSum(d, work, table, count, size);
  }
}

/** A cosine and a sine to their rows. */
// @ts-ignore: decorator
@inline
function deal(d: usize, row: usize, z: v128, size: usize): void {
  const words = toIntegers(z);
  if (size == 16) {
    const sign = i64x2.shr_s(words, 63);
    v128.store(d, v128.shuffle<u64>(words, sign, 0, 2));
    v128.store(d + row, v128.shuffle<u64>(words, sign, 1, 3));
  } else if (size == 8) {
    v128.store_lane<u64>(d, words, 0);
    v128.store_lane<u64>(d + row, words, 1);
  } else {
    v128.store_lane<u32>(d, words, 0);
    v128.store_lane<u32>(d + row, words, 2);
  }
}

/** d = the two rows of each element, not shared. */
export function fourierDeal(
  d: usize, r: usize, n: usize, count: u32, step: u32, bits: u32, t1: i32, size: usize,
): void {
  const unit = power(-(<i32>bits));
  const scale = f64x2.splat(power(t1));
  const row = <usize>count * size;
  for (let e: usize = 0; e < n; e++, r += size, d += row) {
    let z = turn(<f64>window(r, bits, size) * unit);
    const by = rotation(z, step);
    let y = product(z, by);
    const twice = product(by, by);
    const cos = f64x2.splat(f64x2.extract_lane(twice, 0));
    const sin = crossed(twice);
    const end = d + row;
    for (; d + size < end; d += 2 * size) {
      deal(d, row, f64x2.mul(z, scale), size);
      deal(d + size, row, f64x2.mul(y, scale), size);
      z = times(z, cos, sin);
      y = times(y, cos, sin);
    }
    if (d < end) {
      deal(d, row, f64x2.mul(z, scale), size);
      d = end;
    }
  }
}
