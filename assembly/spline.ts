/**
 * @file Piecewise polynomials on masked values: x = c - r lies in piece j of P (a power of two) of 2^pieceBits, and is
 * z = x / 2^pieceBits - j into it. hi(c) - hi(r) is j, or one more where lo(c) < lo(r): then z is below 0, and the polynomial of
 * the piece holds for its left neighbour too. Payloads are powers of -lo(r) in pieces, scaled by 2^t1; public weights the
 * coefficients of the polynomial around lo(c), by 2^t2: a table of P rows of powers, of which row h is of piece hi(c) - h.
 */

import { scratch } from './scratch';
import { power, put, weighedSum, window } from './weighed';
import { toIntegers } from './word';

/** d = the sum of the table's words by their weights, which stand in scratch: words of `size` bytes, P * powers at most 1024. */
export function splineEval(
  d: usize, c: usize, table: usize, coef: usize, n: usize, pieces: u32, powers: u32, pieceBits: u32, t2: i32, size: usize,
): void {
  const unit = power(-(<i32>pieceBits));
  const scale = f64x2.splat(power(t2));
  const log = ctz<u32>(pieces);
  const half = pieces >> 1;
  const row = <usize>powers << 4;
  const work = scratch;
  const local = work + <usize>half * row;
  for (let e: usize = 0; e < n; e++, c += size, d += size, table += <usize>(pieces * powers) * size) {
    const C = window(c, pieceBits + log, size);
    const low = f64x2.splat(<f64>(C & ((<u64>1 << pieceBits) - 1)) * unit);
    const hi = <u32>(C >> pieceBits);
    let to = work;
    for (let h: u32 = 0; h < half; h++, to += row) {
      // Rows h and h + P / 2 side by side.
      const j = coef + <usize>((hi - h) & (pieces - 1)) * (row >> 1);
      const k = coef + <usize>((hi - h - half) & (pieces - 1)) * (row >> 1);
      for (let q: usize = 0; q < <usize>powers; q++) {
        const pair = v128.load_lane<u64>(k + (q << 3), v128.load_zero<u64>(j + (q << 3)), 1);
        v128.store(local + (q << 4), f64x2.mul(pair, scale));
      }
      for (let m: usize = 0; m < <usize>powers; m++) {
        let sum = v128.load(local + row - 16);
        for (let q = local + row - 16; q > local + (m << 4); q -= 16) {
          sum = f64x2.add(v128.load(q - 16), f64x2.mul(sum, low));
          v128.store(q - 16, sum);
        }
        v128.store(to + (m << 4), toIntegers(sum));
      }
    }
    weighedSum(d, work, table, <usize>(half * powers), size);
  }
}

/** d (n rows of powers) = round((-lo(r))^m 2^t1). */
export function splineDeal(d: usize, r: usize, n: usize, powers: u32, pieceBits: u32, t1: i32, size: usize): void {
  const unit = -power(-(<i32>pieceBits));
  const scale = power(t1);
  for (let e: usize = 0; e < n; e++, r += size) {
    const z = <f64>window(r, pieceBits, size) * unit;
    let y = scale;
    for (let m: u32 = 0; m < powers; m++, d += size, y *= z) put(d, <i64>nearest<f64>(y), size);
  }
}
