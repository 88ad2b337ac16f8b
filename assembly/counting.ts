/** @file Tables of bytes and of single bits, one row an element: the local half of equality. */

import { byteMask } from './planes';

/** Sum of the sixteen bytes, mod 2^8 in the low byte. */
// @ts-ignore: decorator
@inline
function sumBytes(v: v128): i32 {
  const s = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v));
  return i32x4.extract_lane(s, 0) + i32x4.extract_lane(s, 1) + i32x4.extract_lane(s, 2) + i32x4.extract_lane(s, 3);
}

/**
 * Per element, K = 8*size bits: sum over b < K-2 of (c_b ? first - t_b : t_b), and the last two bits as one term,
 * with p the product of their table entries.
 */
export function countUnequal(d: usize, c: usize, table: usize, prod: usize, first: i32, n: usize, size: usize): void {
  const top = size * 8 - 2;
  for (let e: usize = 0; e < n; e++) {
    let sum = i64x2.splat(0);
    let ones = 0;
    let word = 0;
    for (let j: usize = 0; j < size; j += 2) {
      word = <i32>load<u16>(c + j);
      let t = v128.load(table + j * 8);
      let mask = word;
      if (j + 2 == size) {
        mask = word & 0x3fff;
        t = v128.and(t, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0));
      }
      const m = byteMask(mask);
      sum = i8x16.add(sum, i8x16.sub(v128.xor(t, m), m));
      ones += popcnt<i32>(mask);
    }
    const a = <i32>load<u8>(table + top);
    const b = <i32>load<u8>(table + top, 1);
    const p = <i32>load<u8>(prod + e);
    let last: i32;
    switch (word >> 14) {
      case 0: { last = a + b - p; break; }
      case 1: { last = first - a + p; break; }
      case 2: { last = first - b + p; break; }
      default: { last = first - p; break; }
    }
    store<u8>(d + e, <u8>(sumBytes(sum) + (first ? ones : 0) + last));
    c += size;
    table += size * 8;
  }
}

/** bytes: of the words, in order; dst: 8 bytes 0/1 for each. */
export function bitsAsBytes(d: usize, a: usize, bytes: usize): void {
  const one = i8x16.splat(1);
  for (let j: usize = 0; j < bytes; j += 2) {
    v128.store(d + j * 8, v128.and(byteMask(<i32>load<u16>(a + j)), one));
  }
}

/** dst: n packed bits; bit i is bit (v[i] mod 8*size) of the i-th word. */
export function pickBit(d: usize, table: usize, v: usize, n: usize, size: usize): void {
  const mask = <u32>size * 8 - 1;
  for (let i: usize = 0; i < n; i += 8) {
    let byte: u32 = 0;
    const count = min<usize>(8, n - i);
    for (let x: usize = 0; x < count; x++) {
      const at = <u32>load<u8>(v + i + x) & mask;
      byte |= ((<u32>load<u8>(table + (i + x) * size + (at >> 3)) >> (at & 7)) & 1) << <u32>x;
    }
    store<u8>(d + (i >> 3), byte);
  }
}

/** dst: n words of `size` bytes, bit (v[i] mod 8*size) of the i-th set. */
export function oneHotBytes(d: usize, v: usize, n: usize, size: usize): void {
  const mask = <u32>size * 8 - 1;
  memory.fill(d, 0, n * size);
  for (let i: usize = 0; i < n; i++) {
    const at = <u32>load<u8>(v + i) & mask;
    store<u8>(d + i * size + (at >> 3), <u8>(<u32>1 << (at & 7)));
  }
}
