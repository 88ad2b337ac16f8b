/**
 * @file Piecewise polynomials on masked values: P pieces (a power of two), degree at most 7.
 *
 * x = c - r; C = (c >>> drop) mod P*step, R likewise. The table of an element is P x (degree+1) words: shares of
 * (v == hi(R)) * (lo(R)/step)^i * 2^t1. Rotated by hi(C) and weighted by the coefficients expanded at
 * lo(C)/step - lo(R)/step, it is the polynomial's value.
 */

import { pair, toIntegers } from './word';


/** (word >>> drop) mod 2^bits, bits <= 62. */
// @ts-ignore: decorator
@inline
function window<T>(p: usize, drop: u32, bits: u32): u64 {
  let x: u64;
  if (sizeof<T>() == 16) {
    const lo = load<u64>(p);
    const hi = load<u64>(p, 8);
    x = drop == 0 ? lo : drop < 64 ? (lo >> drop) | (hi << (64 - drop)) : hi >> (drop - 64);
  } else {
    x = <u64>load<T>(p) >> drop;
  }
  return x & ((<u64>1 << bits) - 1);
}

/** 2^e, |e| < 1023. */
// @ts-ignore: decorator
@inline
function power(e: i32): f64 {
  return reinterpret<f64>(<i64>(1023 + e) << 52);
}

// @ts-ignore: decorator
@inline
function binomial(j: u32, i: u32): f64 {
  let b: u32 = 1;
  for (let x: u32 = 0; x < i; x++) b = (b * (j - x)) / (x + 1);
  return <f64>b;
}

/** Bytes from one term of the expanded coefficients to the next: off multiples of 4096. */
// @ts-ignore: decorator
@inline
function termBytes(pieces: u32): usize {
  return <usize>(2 * pieces + 10) * 8;
}

/** Bytes that splineEval needs besides the coefficients. */
export function splineSpace(log: u32, degree: u32): usize {
  const weights = <usize>(((1 << log) + 1) >> 1) * (degree + 1) * 16;
  return weights + (<usize>((degree + 1) * (degree + 2)) >> 1) * termBytes(1 << log);
}

/**
 * The terms (i, j), j from the degree down to i, of every weight: (-1)^i * coef_j * binom(j, i) * 2^t2. A term's
 * entry q is for piece -q mod P, twice over, so that the pieces hi, hi - 1, .. lie in a row for every hi.
 */
function expand(d: usize, coef: usize, pieces: u32, degree: u32, t2: i32): void {
  for (let i: u32 = 0; i <= degree; i++) {
    const scale = i & 1 ? -power(t2) : power(t2);
    for (let j = degree + 1; j-- > i; d += termBytes(pieces)) {
      const factor = binomial(j, i);
      for (let q: u32 = 0; q < pieces; q++) {
        const piece = (0 - q) & (pieces - 1);
        const term = load<f64>(coef + ((piece * (degree + 1) + j) << 3)) * factor * scale;
        store<f64>(d + (q << 3), term);
        store<f64>(d + ((q + pieces) << 3), pieces == 1 ? 0 : term); // one piece: its neighbour weighs nothing
      }
    }
  }
}

/** The weights of P pieces from `terms` on, as i64: pieces in pairs, and for each pair degree + 1 blocks. */
function weigh(d: usize, terms: usize, pieces: u32, degree: u32, u: f64): void {
  const x = f64x2.splat(u);
  const next = termBytes(pieces);
  const pairs = d + (<usize>(pieces + 1) >> 1) * (degree + 1) * 16;
  for (let i: u32 = 0; i <= degree; i++, d += 16) {
    let from = terms;
    for (let to = d; to < pairs; to += (degree + 1) * 16, from += 16) {
      let term = from;
      let w = v128.load(term);
      for (let j = i; j < degree; j++) {
        term += next;
        w = f64x2.add(f64x2.mul(w, x), v128.load(term));
      }
      v128.store(to, toIntegers(f64x2.nearest(w)));
    }
    terms += <usize>(degree + 1 - i) * next;
  }
}

// @ts-ignore: decorator
@inline
function fold(v: v128): u64 {
  return <u64>i64x2.extract_lane(v, 0) + <u64>i64x2.extract_lane(v, 1);
}

/**
 * d = the sum mod 2^128 of w * table over `pairs` pairs of rows of `width` words, the second row of a pair `beside`
 * bytes after the first. With 32-bit limbs: products at 2^0 and 2^32 are summed by halves, the others wrap.
 */
function weighedSum(d: usize, w: usize, table: usize, pairs: usize, width: usize, beside: usize): void {
  const half = i64x2.splat(0xffffffff);
  let at0 = i64x2.splat(0), at32 = at0, at64 = at0, more64 = at0, at96 = at0;
  for (; pairs; pairs--, table += beside) {
    for (const end = w + width * 16; w < end; w += 16, table += 16) {
      const x = v128.load(table);
      const y = v128.load(table + beside);
      const t01 = v128.shuffle<u32>(x, y, 0, 4, 1, 5);
      const t23 = v128.shuffle<u32>(x, y, 2, 6, 3, 7);
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
      more64 = i64x2.sub(more64, v128.and(v128.shuffle<u64>(x, y, 0, 2), v128.shuffle<u32>(negative, negative, 0, 0, 1, 1)));
      at96 = i32x4.add(at96, i32x4.mul(t23, v128.shuffle<u64>(w1, w0, 0, 2)));
    }
  }
  const low = fold(at0);
  const middle = fold(at32);
  const lo = low + (middle << 32);
  const top = fold(i64x2.add(at96, i64x2.shr_u(at96, 32))) << 32; // low halves count
  store<u64>(d, lo);
  store<u64>(d, fold(at64) + fold(more64) + (middle >> 32) + u64(lo < low) + top, 8);
}

// @ts-ignore: decorator
@inline
function splineEval<T>(
  d: usize, c: usize, table: usize, coef: usize, work: usize, n: usize,
  log: u32, degree: u32, drop: u32, stepBits: u32, t2: i32,
): void {
  const pieces: u32 = 1 << log;
  const unit = power(-(<i32>stepBits));
  const width = <usize>(degree + 1);
  const pairs = <usize>(pieces + 1) >> 1;
  const beside: usize = pieces == 1 ? 0 : width * sizeof<T>();
  const terms = work + pairs * width * 16;
  expand(terms, coef, pieces, degree, t2);
  for (let e: usize = 0; e < n; e++, c += sizeof<T>(), d += sizeof<T>()) {
    const C = window<T>(c, drop, stepBits + log);
    const first = terms + <usize>(((0 - <u32>(C >> stepBits)) & (pieces - 1)) << 3);
    weigh(work, first, pieces, degree, <f64>(C & ((<u64>1 << stepBits) - 1)) * unit);
    if (sizeof<T>() == 16) {
      weighedSum(d, work, table, pairs, width, beside);
    } else {
      let sum = i64x2.splat(0);
      let w = work;
      let p = table;
      for (let v: usize = 0; v < pairs; v++, p += beside) {
        for (const end = w + width * 16; w < end; w += 16, p += sizeof<T>()) {
          sum = i64x2.add(sum, i64x2.mul(v128.load(w), pair(<u64>load<T>(p), <u64>load<T>(p + beside))));
        }
      }
      store<T>(d, <T>fold(sum));
    }
    table += <usize>pieces * width * sizeof<T>();
  }
}

export function splineEval32(
  d: usize, c: usize, table: usize, coef: usize, work: usize, n: usize,
  log: u32, degree: u32, drop: u32, stepBits: u32, t2: i32,
): void {
  splineEval<u32>(d, c, table, coef, work, n, log, degree, drop, stepBits, t2);
}
export function splineEval64(
  d: usize, c: usize, table: usize, coef: usize, work: usize, n: usize,
  log: u32, degree: u32, drop: u32, stepBits: u32, t2: i32,
): void {
  splineEval<u64>(d, c, table, coef, work, n, log, degree, drop, stepBits, t2);
}
export function splineEval128(
  d: usize, c: usize, table: usize, coef: usize, work: usize, n: usize,
  log: u32, degree: u32, drop: u32, stepBits: u32, t2: i32,
): void {
  splineEval<v128>(d, c, table, coef, work, n, log, degree, drop, stepBits, t2);
}

// @ts-ignore: decorator
@inline
function splineDeal<T>(
  d: usize, r: usize, n: usize,
  log: u32, degree: u32, drop: u32, stepBits: u32, t1: i32,
): void {
  const words = (degree + 1) * <u32>sizeof<T>();
  const row = <usize>(words << log);
  const unit = power(-(<i32>stepBits));
  const scale = power(t1);
  memory.fill(d, 0, n * row);
  for (let e: usize = 0; e < n; e++) {
    const R = window<T>(r + e * sizeof<T>(), drop, stepBits + log);
    const u = <f64>(R & ((<u64>1 << stepBits) - 1)) * unit;
    const at = d + e * row + <usize>(<u32>(R >> stepBits) * words);
    let p = scale;
    for (let i: u32 = 0; i <= degree; i++, p *= u) {
      const word = <i64>nearest<f64>(p);
      if (sizeof<T>() == 16) store<i64>(at + (i << 4), word);
      else store<T>(at + i * sizeof<T>(), <T>word);
    }
  }
}

export function splineDeal32(d: usize, r: usize, n: usize, log: u32, deg: u32, drop: u32, step: u32, t1: i32): void {
  splineDeal<u32>(d, r, n, log, deg, drop, step, t1);
}
export function splineDeal64(d: usize, r: usize, n: usize, log: u32, deg: u32, drop: u32, step: u32, t1: i32): void {
  splineDeal<u64>(d, r, n, log, deg, drop, step, t1);
}
export function splineDeal128(d: usize, r: usize, n: usize, log: u32, deg: u32, drop: u32, step: u32, t1: i32): void {
  splineDeal<v128>(d, r, n, log, deg, drop, step, t1);
}
