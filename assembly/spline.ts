/**
 * @file Piecewise polynomials on masked values: P pieces (a power of two), degree at most 7.
 *
 * x = c - r; C = (c >>> drop) mod P*step, R likewise. The table of an element is P x (degree+1) words: shares of
 * (v == hi(R)) * (lo(R)/step)^i * 2^t1. Rotated by hi(C) and weighted by the coefficients expanded at
 * lo(C)/step - lo(R)/step, it is the polynomial's value.
 */

import { pair, splat, vadd, vmul } from './word';


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

/** a signed 64-bit integer as a word in every lane. */
// @ts-ignore: decorator
@inline
function wide<T>(x: i64): v128 {
  if (sizeof<T>() == 16) return pair(x, x >> 63);
  else return v128.splat<T>(<T>x);
}

// @ts-ignore: decorator
@inline
function binomial(j: u32, i: u32): f64 {
  let b: u32 = 1;
  for (let x: u32 = 0; x < i; x++) b = (b * (j - x)) / (x + 1);
  return <f64>b;
}

// @ts-ignore: decorator
@inline
function splineEval<T>(
  d: usize, c: usize, table: usize, coef: usize, n: usize,
  log: u32, degree: u32, drop: u32, stepBits: u32, t2: i32,
): void {
  const pieces: u32 = 1 << log;
  const unit = power(-(<i32>stepBits));
  const scale = power(t2);
  for (let e: usize = 0; e < n; e++) {
    const C = window<T>(c + e * sizeof<T>(), drop, stepBits + log);
    const hi = <u32>(C >> stepBits);
    const u = <f64>(C & ((<u64>1 << stepBits) - 1)) * unit;
    let sum = i64x2.splat(0);
    for (let v: u32 = 0; v < pieces; v++) {
      const a = coef + <usize>(((hi - v) & (pieces - 1)) * (degree + 1) * 8);
      for (let i: u32 = 0; i <= degree; i++) {
        let w: f64 = 0;
        for (let j = degree + 1; j-- > i; ) w = w * u + load<f64>(a + (j << 3)) * binomial(j, i);
        if (i & 1) w = -w;
        sum = vadd<T>(sum, vmul<T>(wide<T>(<i64>nearest<f64>(w * scale)), splat<T>(table)));
        table += sizeof<T>();
      }
    }
    if (sizeof<T>() == 16) v128.store(d + (e << 4), sum);
    else store<T>(d + e * sizeof<T>(), v128.extract_lane<T>(sum, 0));
  }
}

export function splineEval32(d: usize, c: usize, t: usize, a: usize, n: usize, log: u32, deg: u32, drop: u32, step: u32, t2: i32): void {
  splineEval<u32>(d, c, t, a, n, log, deg, drop, step, t2);
}
export function splineEval64(d: usize, c: usize, t: usize, a: usize, n: usize, log: u32, deg: u32, drop: u32, step: u32, t2: i32): void {
  splineEval<u64>(d, c, t, a, n, log, deg, drop, step, t2);
}
export function splineEval128(d: usize, c: usize, t: usize, a: usize, n: usize, log: u32, deg: u32, drop: u32, step: u32, t2: i32): void {
  splineEval<v128>(d, c, t, a, n, log, deg, drop, step, t2);
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
