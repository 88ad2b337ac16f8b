/** @file Whether masked numbers lie near 0, by the top byte of their public half and a row of 256 dealt bits each. */

/** Bits lo .. hi of a word of 64, as far as it has them. */
// @ts-ignore: decorator
@inline
function ones(lo: i32, hi: i32): u64 {
  const from = max(lo, 0);
  const to = min(hi, 63);
  return from > to ? 0 : (u64.MAX_VALUE >> <u64>(63 - to + from)) << <u64>from;
}

/**
 * dst: n rows of 256 bits, bit v of which says that v is at most `margin` from the top byte of r, a word of `size` bytes: as
 * signed numbers, or mod 256 if `round`.
 */
export function rangeTable(d: usize, r: usize, n: usize, size: usize, margin: i32, round: bool): void {
  for (let i: usize = 0; i < n; i++) {
    // 128 more than the signed byte: so words of the row change places by two.
    const at = <i32>load<u8>(r + i * size + size - 1) ^ 128;
    for (let w = 0; w < 4; w++) {
      const lo = at - margin - 64 * w;
      const hi = at + margin - 64 * w;
      let row = ones(lo, hi);
      if (round) row |= ones(lo + 256, hi + 256) | ones(lo - 256, hi - 256);
      store<u64>(d + i * 32 + (w ^ 2) * 8, row);
    }
  }
}

/**
 * This party's share of the xor of the weights (u32) of all words c whose row has a 0 at their top byte; `table` is its share of
 * the rows.
 */
export function rangeTest(c: usize, table: usize, weights: usize, n: usize, size: usize, first: bool): u32 {
  let sum: u32 = 0;
  for (let i: usize = 0; i < n; i++) {
    const at = <u32>load<u8>(c + i * size + size - 1);
    const inside = (<u32>load<u8>(table + i * 32 + (at >> 3)) >> (at & 7)) & 1;
    sum ^= load<u32>(weights + i * 4) & -(inside ^ <u32>first);
  }
  return sum;
}
