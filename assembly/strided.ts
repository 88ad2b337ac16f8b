/**
 * @file Copies between arrays of any strides: slices, transposes, broadcasts, reversals.
 *
 * A walk is described by (size, dstStride, srcStride) as three i32 per dimension, outermost first; strides count
 * words (or bits), 0 repeats, negative runs backwards. dst and src do not overlap. Of words, `n` stands for the outermost size.
 */

// @ts-ignore: decorator
@inline
function row<T>(d: usize, s: usize, n: usize, dStep: usize, sStep: usize): void {
  const size = sizeof<T>();
  if (dStep == size && sStep == size) {
    if (n * size >= 64) {
      memory.copy(d, s, n * size);
      return;
    }
  } else if (sStep == 0) {
    const word = load<T>(s);
    for (; n; n--, d += dStep) store<T>(d, word);
    return;
  }
  for (; n; n--, d += dStep, s += sStep) store<T>(d, load<T>(s));
}

function walk<T>(d: usize, s: usize, at: usize, rank: i32, n: u32): void {
  const dStep = load<i32>(at, 4) * <i32>sizeof<T>();
  const sStep = load<i32>(at, 8) * <i32>sizeof<T>();
  if (rank == 1) {
    row<T>(d, s, n, dStep, sStep);
    return;
  }
  for (let i: u32 = 0; i < n; i++, d += dStep, s += sStep) walk<T>(d, s, at + 12, rank - 1, load<u32>(at, 12));
}

export function strided32(d: usize, s: usize, at: usize, rank: i32, n: u32): void { walk<u32>(d, s, at, rank, n); }
export function strided64(d: usize, s: usize, at: usize, rank: i32, n: u32): void { walk<u64>(d, s, at, rank, n); }
export function strided128(d: usize, s: usize, at: usize, rank: i32, n: u32): void { walk<v128>(d, s, at, rank, n); }

// @ts-ignore: decorator
@inline
function getBit(p: usize, i: u32): u32 {
  return (<u32>load<u8>(p + (i >> 3)) >> (i & 7)) & 1;
}

// @ts-ignore: decorator
@inline
function setBit(p: usize, i: u32, bit: u32): void {
  const at = p + (i >> 3);
  const old = <u32>load<u8>(at);
  store<u8>(at, (old & ~(1 << (i & 7))) | (bit << (i & 7)));
}

/** Eight bits from bit i on; reads at most one byte past them. */
// @ts-ignore: decorator
@inline
function getByte(p: usize, i: u32): u32 {
  return <u32>load<u16>(p + (i >> 3)) >> (i & 7);
}

function bitRow(d: usize, i: u32, s: usize, j: u32, n: u32, dStep: i32, sStep: i32): void {
  if (dStep == 1 && (sStep == 1 || sStep == 0)) {
    const fill: u32 = 0 - getBit(s, j);
    for (; n && i & 7; n--, i++, j += sStep) setBit(d, i, getBit(s, j));
    for (; n >= 8; n -= 8, i += 8, j += sStep * 8) store<u8>(d + (i >> 3), sStep ? getByte(s, j) : fill);
  }
  for (; n; n--, i += dStep, j += sStep) setBit(d, i, getBit(s, j));
}

/** d and s are one plane each; i and j the first bit in them. */
export function stridedBits(d: usize, i: u32, s: usize, j: u32, at: usize, rank: i32): void {
  const n = load<u32>(at);
  const dStep = load<i32>(at, 4);
  const sStep = load<i32>(at, 8);
  if (rank == 1) {
    bitRow(d, i, s, j, n, dStep, sStep);
    return;
  }
  for (let x: u32 = 0; x < n; x++, i += dStep, j += sStep) stridedBits(d, i, s, j, at + 12, rank - 1);
}
