/** @file Operations number by number on polynomials mod one prime. n: a multiple of 4 (of 16 where it says so). */

import { fold, inverseOf, less, shoup, times } from './residue';

/** d = a w mod p, below p. a: any 32 bits. */
export function scale(d: usize, a: usize, n: usize, w: u32, p: u32): void {
  const P = i32x4.splat(p);
  const W = i32x4.splat(w);
  const S = i32x4.splat(shoup(w, p));
  for (const end = d + n * 4; d < end; d += 16, a += 16) v128.store(d, less(times(v128.load(a), W, S, P), P));
}

/** d = e + a w, below 3p + 2^25: e signed and small (|e| < 2^25, at most p), or below p; a: any 32 bits. */
export function addScaled(d: usize, e: usize, a: usize, n: usize, w: u32, p: u32): void {
  const P = i32x4.splat(p);
  const W = i32x4.splat(w);
  const S = i32x4.splat(shoup(w, p));
  for (const end = d + n * 4; d < end; d += 16, e += 16, a += 16)
    v128.store(d, i32x4.add(i32x4.add(v128.load(e), P), times(v128.load(a), W, S, P)));
}

/** d = a, whose numbers are centred mod t (below t, those above t / 2 negative), plus `offset`, a multiple of p that is above t / 2. */
export function lift(d: usize, a: usize, n: usize, t: u32, offset: u32): void {
  const T = i32x4.splat(t);
  const H = i32x4.splat(t >> 1);
  const O = i32x4.splat(offset);
  for (const end = d + n * 4; d < end; d += 16, a += 16) {
    const x = v128.load(a);
    v128.store(d, i32x4.add(i32x4.sub(x, v128.and(i32x4.gt_s(x, H), T)), O));
  }
}

/** d = a + b mod p, all below p. */
export function add(d: usize, a: usize, b: usize, n: usize, p: u32): void {
  const P = i32x4.splat(p);
  for (const end = d + n * 4; d < end; d += 16, a += 16, b += 16)
    v128.store(d, less(i32x4.add(v128.load(a), v128.load(b)), P));
}

/** d = a - b mod p, all below p. */
export function subtract(d: usize, a: usize, b: usize, n: usize, p: u32): void {
  const P = i32x4.splat(p);
  for (const end = d + n * 4; d < end; d += 16, a += 16, b += 16)
    v128.store(d, less(i32x4.add(i32x4.sub(v128.load(a), v128.load(b)), P), P));
}

/**
 * d = sum of `count` products a b 2^-32, below p; a and b: polynomials, stepA and stepB bytes apart, numbers of a below p, of b below
 * 12p; p below 2^27, count up to 128. n: a multiple of 16.
 */
export function dot(d: usize, a: usize, stepA: usize, b: usize, stepB: usize, count: usize, n: usize, p: u32): void {
  const P = i32x4.splat(p);
  const I = i32x4.splat(inverseOf(p));
  const one = i32x4.splat(1);
  const S = i32x4.splat(shoup(1, p));
  for (const end = d + n * 4; d < end; d += 64, a += 64, b += 64) {
    let l0 = i64x2.splat(0), l1 = l0, l2 = l0, l3 = l0, h0 = l0, h1 = l0, h2 = l0, h3 = l0;
    let at = a, by = b;
    for (let j: usize = 0; j < count; j++, at += stepA, by += stepB) {
      const a0 = v128.load(at), b0 = v128.load(by);
      l0 = i64x2.add(l0, i64x2.extmul_low_i32x4_u(a0, b0));
      h0 = i64x2.add(h0, i64x2.extmul_high_i32x4_u(a0, b0));
      const a1 = v128.load(at, 16), b1 = v128.load(by, 16);
      l1 = i64x2.add(l1, i64x2.extmul_low_i32x4_u(a1, b1));
      h1 = i64x2.add(h1, i64x2.extmul_high_i32x4_u(a1, b1));
      const a2 = v128.load(at, 32), b2 = v128.load(by, 32);
      l2 = i64x2.add(l2, i64x2.extmul_low_i32x4_u(a2, b2));
      h2 = i64x2.add(h2, i64x2.extmul_high_i32x4_u(a2, b2));
      const a3 = v128.load(at, 48), b3 = v128.load(by, 48);
      l3 = i64x2.add(l3, i64x2.extmul_low_i32x4_u(a3, b3));
      h3 = i64x2.add(h3, i64x2.extmul_high_i32x4_u(a3, b3));
    }
    v128.store(d, less(times(fold(l0, h0, P, I), one, S, P), P));
    v128.store(d, less(times(fold(l1, h1, P, I), one, S, P), P), 16);
    v128.store(d, less(times(fold(l2, h2, P, I), one, S, P), P), 32);
    v128.store(d, less(times(fold(l3, h3, P, I), one, S, P), P), 48);
  }
}

/**
 * A step of rounding: what has to be taken off v, known mod p, so that p divides it: d = r + p - (v + r mod p), for r below p that is
 * uniform where v is to be hidden, and (p - 1) / 2 where it is rounded to the nearest.
 */
export function remainder(d: usize, v: usize, r: usize, n: usize, p: u32): void {
  const P = i32x4.splat(p);
  for (const end = d + n * 4; d < end; d += 16, v += 16, r += 16) {
    const x = v128.load(r);
    v128.store(d, i32x4.sub(i32x4.add(x, P), less(i32x4.add(v128.load(v), x), P)));
  }
}

/** v = (v + d - dropped) w mod p, below p, w = 1 / dropped; d of `remainder`. Both primes are below 2^27, and p is above half of the other. */
export function divide(v: usize, d: usize, n: usize, w: u32, dropped: u32, p: u32): void {
  const P = i32x4.splat(p);
  const W = i32x4.splat(w);
  const S = i32x4.splat(shoup(w, p));
  const O = i32x4.splat(2 * p - dropped);
  for (const end = v + n * 4; v < end; v += 16, d += 16)
    v128.store(v, less(times(i32x4.add(i32x4.add(v128.load(v), O), v128.load(d)), W, S, P), P));
}

/** d[i] = s[first + i step], n numbers. */
export function pick(d: usize, s: usize, n: usize, first: usize, step: usize): void {
  for (let i: usize = 0, at = s + first * 4; i < n; i++, d += 4, at += step * 4) store<u32>(d, load<u32>(at));
}

/** d = the block at d, `block` numbers (at least 4), repeated up to n numbers. */
export function repeat(d: usize, block: usize, n: usize): void {
  for (let at = block * 4; at < n * 4; at += block * 4) memory.copy(d + at, d, block * 4);
}
