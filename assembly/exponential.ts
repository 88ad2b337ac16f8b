/**
 * @file e^x on masked values: x + lo = c - r lies in P pieces (a power of two) of 2^(pieceBits - fraction). The table of an
 * element is P words, shares of (j == hi(r)) e^(-lo(r)) 2^t1; word j is weighed with 2^t2 e^(piece hi(c) - j + lo(c) - lo).
 * A borrow of lo(c) - lo(r) is made good by the exponents themselves: hi(c) - hi(r) is one more, and e^(lo(c) - lo(r)) less.
 */

import { scratch } from './scratch';
import { exponential, power, put, weighedSum, weighedTurns128, window } from './weighed';
import { below, toIntegers } from './word';

/** d = the sum of the table's words by their weights. Words of `size` bytes, at most 1024 pieces: weights stand in scratch. */
export function exponentialEval(
  d: usize, c: usize, table: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, lo: f64, t2: i32, size: usize,
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
    const step = exponential(lo + <f64>piece * width) * scale;
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

/** A band of `exponentialWindows`, as eight numbers of 8 bytes. */
@unmanaged
class Band {
  /** Where its window's sums are: so many bytes behind d. */
  offset: f64;
  /** e^(lo + piece * width) 2^t2 is the weight of a piece. */
  lo: f64;
  t2: f64;
  /** Piece 0 of the window is so many pieces below that of c. */
  turn: f64;
  from: f64;
  to: f64;
  /** By how many bits the sum is shifted. */
  shift: f64;
  /** Where its weights stand, in pairs: those of a first half of the pieces, and of the second. */
  steps: f64;
}

/** d += x 2^shift, words of `size` bytes, 4 or 8; shift < 64. */
// @ts-ignore: decorator
@inline
function addShifted(d: usize, x: usize, shift: u64, size: usize): void {
  if (size == 4) store<u32>(d, load<u32>(d) + (load<u32>(x) << <u32>shift));
  else store<u64>(d, load<u64>(d) + (load<u64>(x) << shift));
}

/** The words of 16 bytes at d and, if there are `two`, behind it += (lo, hi) 2^shift, an element a lane; shift < 64. */
// @ts-ignore: decorator
@inline
function addLanes(d: usize, lo: v128, hi: v128, shift: u32, two: bool): void {
  if (shift > 0) {
    hi = v128.or(i64x2.shl(hi, shift), i64x2.shr_u(lo, 64 - shift));
    lo = i64x2.shl(lo, shift);
  }
  const x = v128.load(d);
  const y = two ? v128.load(d, 16) : x;
  const before = v128.shuffle<u64>(x, y, 0, 2);
  const low = i64x2.add(before, lo);
  const high = i64x2.sub(i64x2.add(v128.shuffle<u64>(x, y, 1, 3), hi), below(low, before));
  v128.store(d, v128.shuffle<u64>(low, high, 0, 2));
  if (two) v128.store(d, v128.shuffle<u64>(low, high, 1, 3), 16);
}

/** The weights of each band: one by one for words of 16 bytes, else in pairs, those of a first half of the pieces and of the second. */
function writeSteps(own: usize, end: usize, steps: usize, width: f64, size: usize): void {
  for (let at = own; at < end; at += offsetof<Band>()) {
    const band = changetype<Band>(at);
    const count = <u32>(band.to - band.from);
    const half = (count + 1) >> 1;
    const scale = power(<i32>band.t2);
    band.steps = <f64>steps;
    for (let i: u32 = 0; i < (size == 16 ? count : half); i++) {
      const piece = band.from + <f64>i;
      store<f64>(steps, exponential(band.lo + piece * width) * scale);
      steps += 8;
      if (size == 16) continue;
      const beside = piece + <f64>half;
      store<f64>(steps, beside < band.to ? exponential(band.lo + beside * width) * scale : 0);
      steps += 8;
    }
  }
}

/**
 * For each band, d + offset += the sum of the table's words by the band's weights, shifted: pieces outside of the band cost nothing. At
 * most 64 pieces, and 16 bands.
 */
export function exponentialWindows(
  d: usize, c: usize, table: usize, n: usize, pieces: u32, pieceBits: u32, fraction: i32, bands: usize, count: usize, size: usize,
): void {
  const unit = power(-fraction);
  const width = power(<i32>pieceBits - fraction);
  const bits = pieceBits + ctz<u32>(pieces);
  const turns = pieces - 1;
  const sum = scratch;
  const work = sum + 32; // weights of the words that are summed up, in pairs
  const rows = work + 64 * 16; // these words
  const factors = rows + 128 * 16;
  const own = factors + 32 * 8;
  memory.copy(own, bands, count * offsetof<Band>());
  const end = own + count * offsetof<Band>();
  writeSteps(own, end, (end + 15) & ~15, width, size);
  const row = <usize>pieces * size;
  // Words of 16 bytes by two elements at a time, an element a lane.
  const stride: usize = size == 16 ? 2 : 1;
  for (let e: usize = 0; e < n; e += stride, c += stride * size, d += stride * size, table += stride * row) {
    // Those of the next elements: one by one, each would wait for the sum before it.
    if ((e & 31) == 0) {
      for (let i: usize = 0; i < min<usize>(32, n - e); i++) {
        const C = window(c + i * size, pieceBits, size);
        store<f64>(factors + (i << 3), exponential(<f64>C * unit));
      }
    }
    const hi = <u32>(window(c, bits, size) >> pieceBits);
    if (size == 16) {
      const two = e + 1 < n;
      const other = two ? <u32>(window(c + 16, bits, 16) >> pieceBits) : hi;
      const right = two ? table + row : table;
      const both = v128.load(factors + ((e & 31) << 3));
      for (let at = own; at < end; at += offsetof<Band>()) {
        const band = changetype<Band>(at);
        const count = <usize>(band.to - band.from);
        const step = <usize>band.steps;
        for (let i: usize = 0; i < count; i++)
          v128.store(work + (i << 4), toIntegers(f64x2.mul(v128.load64_splat(step + (i << 3)), both)));
        // Word j is of piece hi + turn - j mod P.
        const first = <u32>band.turn - <u32>band.from;
        weighedTurns128(sum, work, table, hi + first, right, other + first, turns, count);
        addLanes(d + <usize>band.offset, v128.load(sum), v128.load(sum, 16), <u32>band.shift, two);
      }
      continue;
    }
    const factor = f64x2.splat(load<f64>(factors + ((e & 31) << 3)));
    for (let at = own; at < end; at += offsetof<Band>()) {
      const band = changetype<Band>(at);
      const half = (<u32>(band.to - band.from) + 1) >> 1;
      const first = hi + <u32>band.turn - <u32>band.from;
      const step = <usize>band.steps;
      for (let i: u32 = 0; i < half; i++) {
        v128.store(work + ((<usize>i) << 4), toIntegers(f64x2.mul(v128.load(step + ((<usize>i) << 4)), factor)));
        const p = table + <usize>((first - i) & turns) * size;
        const q = table + <usize>((first - half - i) & turns) * size;
        if (size == 8) {
          store<u64>(rows + ((<usize>i) << 3), load<u64>(p));
          store<u64>(rows + ((<usize>(half + i)) << 3), load<u64>(q));
        } else {
          store<u32>(rows + ((<usize>i) << 2), load<u32>(p));
          store<u32>(rows + ((<usize>(half + i)) << 2), load<u32>(q));
        }
      }
      weighedSum(sum, work, rows, half, size);
      addShifted(d + <usize>band.offset, sum, <u64>band.shift, size);
    }
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
