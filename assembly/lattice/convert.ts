/**
 * @file Ring words to numbers mod primes and back, by their 32-bit limbs: a plane of n limbs for each place, the top one with its top
 * bit flipped, so that a signed word is what the planes say, less 2^(k - 1). n: a multiple of 4.
 */

import { fold, inverseOf, less, shoup, times } from './residue';

/** Planes of the words at a, of `bytes` = 4, 8 or 16. */
export function split(d: usize, a: usize, n: usize, bytes: usize): void {
  const flip = i32x4.splat(0x80000000);
  const plane = n * 4;
  for (const end = d + plane; d < end; d += 16, a += bytes * 4) {
    const x0 = v128.load(a);
    if (bytes == 4) {
      v128.store(d, v128.xor(x0, flip));
      continue;
    }
    const x1 = v128.load(a, 16);
    if (bytes == 8) {
      v128.store(d, v128.shuffle<u32>(x0, x1, 0, 2, 4, 6));
      v128.store(d + plane, v128.xor(v128.shuffle<u32>(x0, x1, 1, 3, 5, 7), flip));
      continue;
    }
    const x2 = v128.load(a, 32), x3 = v128.load(a, 48);
    const c0 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5), c1 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5);
    const c2 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7), c3 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7);
    v128.store(d, v128.shuffle<u64>(c0, c1, 0, 2));
    v128.store(d + plane, v128.shuffle<u64>(c0, c1, 1, 3));
    v128.store(d + 2 * plane, v128.shuffle<u64>(c2, c3, 0, 2));
    v128.store(d + 3 * plane, v128.xor(v128.shuffle<u64>(c2, c3, 1, 3), flip));
  }
}

/** d = sum of planes times their weights, plus the last weight, 2^-32 mod p, below 2p: `count` + 1 weights below p at w. */
export function reduce(d: usize, planes: usize, n: usize, count: usize, w: usize, p: u32): void {
  const P = i32x4.splat(p);
  const P2 = i32x4.splat(2 * p);
  const P4 = i32x4.splat(4 * p);
  const I = i32x4.splat(inverseOf(p));
  const plane = n * 4;
  const last = i64x2.splat(load<u32>(w + count * 4));
  for (const end = d + plane; d < end; d += 16, planes += 16) {
    let low = last, high = last;
    for (let j: usize = 0; j < count; j++) {
      const x = v128.load(planes + j * plane);
      const y = v128.load32_splat(w + j * 4);
      low = i64x2.add(low, i64x2.extmul_low_i32x4_u(x, y));
      high = i64x2.add(high, i64x2.extmul_high_i32x4_u(x, y));
    }
    v128.store(d, less(less(fold(low, high, P, I), P4), P2));
  }
}

/** Fraction limbs of the weights of `join`. */
const FRACTION: usize = 3;

/**
 * Words of `bytes` at d: the sum over `count` planes of numbers below 2^28 times their weights, each of bytes / 4 + 3 limbs of which
 * three are a fraction, rounded to the nearest. The planes are n numbers long; count up to 15.
 */
export function join(d: usize, planes: usize, n: usize, count: usize, w: usize, bytes: usize): void {
  const limbs = bytes / 4 + FRACTION;
  const plane = n * 4;
  const mask = i64x2.splat(0xffffffff);
  for (const stop = planes + plane; planes < stop; planes += 16, d += bytes * 4) {
    let low = i64x2.splat(0), high = low;
    let o0 = low, o1 = low, o2 = low, o3 = low;
    for (let l: usize = 0; l < limbs; l++) {
      for (let j: usize = 0; j < count; j++) {
        const x = v128.load(planes + j * plane);
        const y = v128.load32_splat(w + (j * limbs + l) * 4);
        low = i64x2.add(low, i64x2.extmul_low_i32x4_u(x, y));
        high = i64x2.add(high, i64x2.extmul_high_i32x4_u(x, y));
      }
      if (l == FRACTION - 1) {
        low = i64x2.add(low, i64x2.splat(0x80000000));
        high = i64x2.add(high, i64x2.splat(0x80000000));
      }
      o0 = o1;
      o1 = o2;
      o2 = o3;
      o3 = v128.shuffle<u32>(low, high, 0, 2, 4, 6);
      low = i64x2.shr_u(low, 32);
      high = i64x2.shr_u(high, 32);
    }
    if (bytes == 4) {
      v128.store(d, o3);
    } else if (bytes == 8) {
      v128.store(d, v128.shuffle<u32>(o2, o3, 0, 4, 1, 5));
      v128.store(d, v128.shuffle<u32>(o2, o3, 2, 6, 3, 7), 16);
    } else {
      const c0 = v128.shuffle<u32>(o0, o1, 0, 4, 1, 5), c1 = v128.shuffle<u32>(o2, o3, 0, 4, 1, 5);
      const c2 = v128.shuffle<u32>(o0, o1, 2, 6, 3, 7), c3 = v128.shuffle<u32>(o2, o3, 2, 6, 3, 7);
      v128.store(d, v128.shuffle<u64>(c0, c1, 0, 2));
      v128.store(d, v128.shuffle<u64>(c0, c1, 1, 3), 16);
      v128.store(d, v128.shuffle<u64>(c2, c3, 0, 2), 32);
      v128.store(d, v128.shuffle<u64>(c2, c3, 1, 3), 48);
    }
  }
}

/**
 * d = v t / (q0 q1) to the nearest, mod t, below t: v is known mod q0 (at a) and mod q1 (at b), below them; w0 = 1 / q1 mod q0 and w1 = 1 /
 * q0 mod q1. In doubles, which are exact to 2^-24 here.
 */
export function round(d: usize, a: usize, b: usize, n: usize, w0: u32, w1: u32, q0: u32, q1: u32, t: u32): void {
  const P0 = i32x4.splat(q0), W0 = i32x4.splat(w0), S0 = i32x4.splat(shoup(w0, q0));
  const P1 = i32x4.splat(q1), W1 = i32x4.splat(w1), S1 = i32x4.splat(shoup(w1, q1));
  const T = i32x4.splat(t);
  const r0 = f64x2.splat(<f64>t / <f64>q0);
  const r1 = f64x2.splat(<f64>t / <f64>q1);
  const half = f64x2.splat(0.5);
  const zero = i32x4.splat(0);
  for (const end = d + n * 4; d < end; d += 16, a += 16, b += 16) {
    const x = less(times(v128.load(a), W0, S0, P0), P0);
    const y = less(times(v128.load(b), W1, S1, P1), P1);
    const low = f64x2.add(
      f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_u(x), r0), f64x2.mul(f64x2.convert_low_i32x4_u(y), r1)), half,
    );
    const x2 = v128.shuffle<u64>(x, zero, 1, 2), y2 = v128.shuffle<u64>(y, zero, 1, 2);
    const high = f64x2.add(
      f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_u(x2), r0), f64x2.mul(f64x2.convert_low_i32x4_u(y2), r1)), half,
    );
    const whole = v128.shuffle<u64>(
      i32x4.trunc_sat_f64x2_u_zero(low), i32x4.trunc_sat_f64x2_u_zero(high), 0, 2,
    );
    v128.store(d, less(less(whole, T), T));
  }
}
