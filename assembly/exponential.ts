/**
 * @file e^x on masked values: x + lo = c - r lies in P pieces (a power of two) of 2^(pieceBits - fraction). The table of an
 * element is P words, shares of (j == hi(r)) e^(-lo(r)) 2^t1; word j is weighed with 2^t2 e^(piece hi(c) - j + lo(c) - lo).
 * A borrow of lo(c) - lo(r) is made good by the exponents themselves: hi(c) - hi(r) is one more, and e^(lo(c) - lo(r)) less.
 */

import { scratch } from './scratch';
import { exponential, power, put, weighedSum, window } from './weighed';
import { toIntegers } from './word';

/**
 * d = the sum of the table's words by their weights, those of pieces below `from` and from `to` on being 0. Words of `size` bytes, at
 * most 1024 pieces: weights stand in scratch.
 */
export function exponentialEval(
  d: usize, c: usize, table: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, lo: f64, t2: i32, from: u32, to: u32,
  size: usize,
): void {
  const unit = power(-fraction);
  const width = power(<i32>pieceBits - fraction);
  const half = pieces >> 1;
  const log = ctz<u32>(pieces);
  const work = scratch;
  const steps = work + <usize>half * 16; // e^(lo + piece * width) * 2^t2, downwards from piece P - 1, twice over
  const scale = power(t2);
  for (let i: u32 = 0; i < pieces; i++) {
    const piece = pieces - 1 - i;
    const step = piece >= from && piece < to ? exponential(lo + <f64>piece * width) * scale : 0;
    store<f64>(steps + (<usize>i << 3), step);
    store<f64>(steps + (<usize>(i + pieces) << 3), step);
  }
  const factors = steps + <usize>pieces * 16;
  for (let e: usize = 0; e < n; e++, c += size, d += size, table += <usize>pieces * size) {
    // Those of the next elements: one by one, each would wait for the sum before it.
    if ((e & 31) == 0) {
      for (let i: usize = 0; i < min<usize>(32, n - e); i++) {
        const C = window(c + i * size, pieceBits, size);
        store<f64>(factors + (i << 3), exponential(<f64>C * unit));
      }
    }
    const C = window(c, pieceBits + log, size);
    const factor = f64x2.splat(load<f64>(factors + ((e & 31) << 3)));
    // Word j is of piece hi - j mod P: entry P - 1 - hi + j.
    const row = steps + (<usize>(pieces - 1 - <u32>(C >> pieceBits)) << 3);
    for (let j: usize = 0; j < half; j++) {
      const p = row + (j << 3);
      const step = v128.load_lane<u64>(p + (<usize>half << 3), v128.load_zero<u64>(p), 1);
      v128.store(work + (j << 4), toIntegers(f64x2.mul(step, factor)));
    }
    weighedSum(d, work, table, half, size);
  }
}

/** d = the table of each element, not shared. */
export function exponentialDeal(
  d: usize, r: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, t1: i32, size: usize,
): void {
  const unit = power(-fraction);
  const scale = power(t1);
  const row = <usize>pieces * size;
  const log = ctz<u32>(pieces);
  memory.fill(d, 0, n * row);
  for (let e: usize = 0; e < n; e++, r += size, d += row) {
    const R = window(r, pieceBits + log, size);
    const low = <f64>(R & ((<u64>1 << pieceBits) - 1)) * unit;
    put(d + <usize>(R >> pieceBits) * size, <i64>nearest<f64>(exponential(-low) * scale), size);
  }
}
