/** @file Bit planes: plane b holds bit b of every element, packed, each plane `stride` bytes (a multiple of 16). */

import { scratch } from './scratch';

/** Words of a block: a plane holds 16 bytes of it. */
const BLOCK: usize = 128;
/** In scratch. */
const COLUMNS: usize = 0; // byte j of the words 8x + m, at (8j + m) * 16 + x
const FIRST = COLUMNS + 2048;
const SECOND = FIRST + 256;
const REST = SECOND + 256; // the last words, filled up to a block

/** A byte of ones for every set bit of the low 16 bits. */
// @ts-ignore: decorator
@inline
export function byteMask(bits: i32): v128 {
  const both = i8x16.shuffle(i16x8.splat(<i16>bits), i16x8.splat(0), 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const bit = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  return i8x16.eq(v128.and(both, bit), bit);
}

/** Bytes of a and b in turn: of their low halves, or of their high ones. */
// @ts-ignore: decorator
@inline
function interleaveLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function interleaveHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/**
 * The perfect shuffle of `count` blocks, twice: byte i goes to i with its bits rotated left by two. Four rotations
 * turn (word, byte) into (byte, word), since a step takes sixteen words.
 */
function shuffleTwice(d: usize, dStep: usize, s: usize, sStep: usize, count: usize): void {
  const quarter = (count >> 2) * sStep;
  for (const end = s + quarter; s < end; s += sStep, d += 4 * dStep) {
    const a = v128.load(s);
    const b = v128.load(s + quarter);
    const c = v128.load(s + 2 * quarter);
    const e = v128.load(s + 3 * quarter);
    const x0 = interleaveLow(a, c);
    const x1 = interleaveHigh(a, c);
    const y0 = interleaveLow(b, e);
    const y1 = interleaveHigh(b, e);
    v128.store(d, interleaveLow(x0, y0));
    v128.store(d + dStep, interleaveHigh(x0, y0));
    v128.store(d + 2 * dStep, interleaveLow(x1, y1));
    v128.store(d + 3 * dStep, interleaveHigh(x1, y1));
  }
}

/** The perfect shuffle once, in eight contiguous blocks. */
function shuffleOnce(d: usize, s: usize): void {
  for (let i: usize = 0; i < 64; i += 16, d += 32) {
    const a = v128.load(s + i);
    const b = v128.load(s + i, 64);
    v128.store(d, interleaveLow(a, b));
    v128.store(d, interleaveHigh(a, b), 16);
  }
}

/** The bits of a that lie `shift` above those of b, under the mask. */
// @ts-ignore: decorator
@inline
function apart(a: v128, b: v128, shift: i32, mask: v128): v128 {
  return v128.and(v128.xor(i16x8.shr_u(a, shift), b), mask);
}

/** In each byte position: bit b of block m to bit m of block b. Its own inverse. d and s are eight blocks. */
// @ts-ignore: decorator
@inline
function transposeBits(d: usize, dStep: usize, s: usize, sStep: usize, count: usize): void {
  const zero = i64x2.splat(0);
  let v0 = count > 0 ? v128.load(s) : zero, v1 = count > 1 ? v128.load(s + sStep) : zero;
  let v2 = count > 2 ? v128.load(s + 2 * sStep) : zero, v3 = count > 3 ? v128.load(s + 3 * sStep) : zero;
  let v4 = count > 4 ? v128.load(s + 4 * sStep) : zero, v5 = count > 5 ? v128.load(s + 5 * sStep) : zero;
  let v6 = count > 6 ? v128.load(s + 6 * sStep) : zero, v7 = count > 7 ? v128.load(s + 7 * sStep) : zero;
  let mask = i8x16.splat(15);
  let t = apart(v0, v4, 4, mask); v4 = v128.xor(v4, t); v0 = v128.xor(v0, i16x8.shl(t, 4));
  t = apart(v1, v5, 4, mask); v5 = v128.xor(v5, t); v1 = v128.xor(v1, i16x8.shl(t, 4));
  t = apart(v2, v6, 4, mask); v6 = v128.xor(v6, t); v2 = v128.xor(v2, i16x8.shl(t, 4));
  t = apart(v3, v7, 4, mask); v7 = v128.xor(v7, t); v3 = v128.xor(v3, i16x8.shl(t, 4));
  mask = i8x16.splat(51);
  t = apart(v0, v2, 2, mask); v2 = v128.xor(v2, t); v0 = v128.xor(v0, i16x8.shl(t, 2));
  t = apart(v1, v3, 2, mask); v3 = v128.xor(v3, t); v1 = v128.xor(v1, i16x8.shl(t, 2));
  t = apart(v4, v6, 2, mask); v6 = v128.xor(v6, t); v4 = v128.xor(v4, i16x8.shl(t, 2));
  t = apart(v5, v7, 2, mask); v7 = v128.xor(v7, t); v5 = v128.xor(v5, i16x8.shl(t, 2));
  mask = i8x16.splat(85);
  t = apart(v0, v1, 1, mask); v1 = v128.xor(v1, t); v0 = v128.xor(v0, i16x8.shl(t, 1));
  t = apart(v2, v3, 1, mask); v3 = v128.xor(v3, t); v2 = v128.xor(v2, i16x8.shl(t, 1));
  t = apart(v4, v5, 1, mask); v5 = v128.xor(v5, t); v4 = v128.xor(v4, i16x8.shl(t, 1));
  t = apart(v6, v7, 1, mask); v7 = v128.xor(v7, t); v6 = v128.xor(v6, i16x8.shl(t, 1));
  v128.store(d, v0); v128.store(d + dStep, v1); v128.store(d + 2 * dStep, v2); v128.store(d + 3 * dStep, v3);
  v128.store(d + 4 * dStep, v4); v128.store(d + 5 * dStep, v5); v128.store(d + 6 * dStep, v6); v128.store(d + 7 * dStep, v7);
}

/** One block of words at a to 16 bytes of each plane. */
function blockToPlanes(d: usize, stride: usize, a: usize, size: usize): void {
  const columns = scratch + COLUMNS;
  const first = scratch + FIRST;
  const second = scratch + SECOND;
  for (let m: usize = 0; m < 8; m++, a += size) {
    if (size == 16) {
      shuffleTwice(first, 16, a, 128, 16);
    } else {
      for (let x: usize = 0; x < 16; x++) {
        if (size == 8) store<u64>(second + x * 8, load<u64>(a + x * 64));
        else store<u32>(second + x * 4, load<u32>(a + x * 32));
      }
      shuffleTwice(first, 16, second, 16, size);
    }
    shuffleTwice(columns + m * 16, 128, first, 16, size);
  }
  for (let j: usize = 0; j < size; j++, d += 8 * stride) transposeBits(d, stride, columns + j * 128, 16, 8);
}

/** a: n words of `size` bytes, dst: 8*size planes. */
export function toPlanes(d: usize, stride: usize, a: usize, n: usize, size: usize): void {
  for (; n >= BLOCK; n -= BLOCK, a += BLOCK * size, d += 16) blockToPlanes(d, stride, a, size);
  if (n == 0) return;
  const rest = scratch + REST;
  memory.copy(rest, a, n * size);
  blockToPlanes(d, stride, rest, size);
}

/** 16 bytes of each of `count` planes to one block of words at d. */
function blockFromPlanes(d: usize, planes: usize, stride: usize, count: usize, size: usize): void {
  const columns = scratch + COLUMNS;
  const first = scratch + FIRST;
  const second = scratch + SECOND;
  for (let j: usize = 0; j < size; j++) {
    const given = count > 8 * j ? min<usize>(count - 8 * j, 8) : 0;
    transposeBits(columns + j * 128, 16, planes + 8 * j * stride, stride, given);
  }
  for (let m: usize = 0; m < 8; m++, d += size) {
    shuffleTwice(first, 16, columns + m * 16, 128, size);
    if (size == 16) {
      shuffleTwice(d, 128, first, 16, 16);
    } else if (size == 8) {
      shuffleOnce(second, first);
      for (let x: usize = 0; x < 16; x++) store<u64>(d + x * 64, load<u64>(second + x * 8));
    } else {
      for (let x: usize = 0; x < 16; x++) store<u32>(d + x * 32, load<u32>(first + x * 4));
    }
  }
}

/** planes: `count` <= 8*size planes, dst: n words of `size` bytes; missing high bits are zero. */
export function fromPlanes(d: usize, planes: usize, stride: usize, count: usize, n: usize, size: usize): void {
  for (; n >= BLOCK; n -= BLOCK, d += BLOCK * size, planes += 16) blockFromPlanes(d, planes, stride, count, size);
  if (n == 0) return;
  const rest = scratch + REST;
  blockFromPlanes(rest, planes, stride, count, size);
  memory.copy(d, rest, n * size);
}
