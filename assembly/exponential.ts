/**
 * @file e^x on masked values: x + lo = c - r lies in P pieces (a power of two) of 2^(pieceBits - fraction). The table of an
 * element is P words, shares of (j == hi(r)) e^(-lo(r)) 2^t1; word j is weighed with 2^t2 e^(piece hi(c) - j + lo(c) - lo).
 * A borrow of lo(c) - lo(r) is made good by the exponents themselves: hi(c) - hi(r) is one more, and e^(lo(c) - lo(r)) less.
 */

import { exponential, power, put, weighedSum, window } from './weighed';
import { toIntegers } from './word';

// @ts-ignore: decorator
@inline
function exponentialEval<T>(
  d: usize, c: usize, table: usize, work: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, lo: f64, t2: i32,
): void {
  const unit = power(-fraction);
  const width = power(<i32>pieceBits - fraction);
  const half = pieces >> 1;
  const log = ctz<u32>(pieces);
  const steps = work + <usize>half * 16; // e^(lo + piece * width) * 2^t2, downwards from piece P - 1, twice over
  const scale = power(t2);
  for (let i: u32 = 0; i < pieces; i++) {
    const step = exponential(lo + <f64>(pieces - 1 - i) * width) * scale;
    store<f64>(steps + (<usize>i << 3), step);
    store<f64>(steps + (<usize>(i + pieces) << 3), step);
  }
  for (let e: usize = 0; e < n; e++, c += sizeof<T>(), d += sizeof<T>(), table += <usize>pieces * sizeof<T>()) {
    const C = window<T>(c, pieceBits + log);
    const factor = f64x2.splat(exponential(<f64>(C & ((<u64>1 << pieceBits) - 1)) * unit));
    // Word j is of piece hi - j mod P: entry P - 1 - hi + j.
    const from = steps + (<usize>(pieces - 1 - <u32>(C >> pieceBits)) << 3);
    for (let j: usize = 0; j < half; j++) {
      const p = from + (j << 3);
      const step = v128.load_lane<u64>(p + (<usize>half << 3), v128.load_zero<u64>(p), 1);
      v128.store(work + (j << 4), toIntegers(f64x2.mul(step, factor)));
    }
    weighedSum<T>(d, work, table, half);
  }
}

/** Bytes that exponentialEval needs. */
export function exponentialSpace(pieces: u32): usize {
  return <usize>pieces * 24;
}

export function exponentialEval32(
  d: usize, c: usize, table: usize, work: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, lo: f64, t2: i32,
): void {
  exponentialEval<u32>(d, c, table, work, n, pieces, pieceBits, fraction, lo, t2);
}
export function exponentialEval64(
  d: usize, c: usize, table: usize, work: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, lo: f64, t2: i32,
): void {
  exponentialEval<u64>(d, c, table, work, n, pieces, pieceBits, fraction, lo, t2);
}
export function exponentialEval128(
  d: usize, c: usize, table: usize, work: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, lo: f64, t2: i32,
): void {
  exponentialEval<v128>(d, c, table, work, n, pieces, pieceBits, fraction, lo, t2);
}

// @ts-ignore: decorator
@inline
function exponentialDeal<T>(d: usize, r: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, t1: i32): void {
  const unit = power(-fraction);
  const scale = power(t1);
  const row = <usize>pieces * sizeof<T>();
  const log = ctz<u32>(pieces);
  memory.fill(d, 0, n * row);
  for (let e: usize = 0; e < n; e++, r += sizeof<T>(), d += row) {
    const R = window<T>(r, pieceBits + log);
    const low = <f64>(R & ((<u64>1 << pieceBits) - 1)) * unit;
    put<T>(d + <usize>(R >> pieceBits) * sizeof<T>(), <i64>nearest<f64>(exponential(-low) * scale));
  }
}

export function exponentialDeal32(d: usize, r: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, t1: i32): void {
  exponentialDeal<u32>(d, r, n, pieces, pieceBits, fraction, t1);
}
export function exponentialDeal64(d: usize, r: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, t1: i32): void {
  exponentialDeal<u64>(d, r, n, pieces, pieceBits, fraction, t1);
}
export function exponentialDeal128(d: usize, r: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, t1: i32): void {
  exponentialDeal<v128>(d, r, n, pieces, pieceBits, fraction, t1);
}
