/** @file Word-by-word kernels: dst[i] = f(a[i], b[i]). dst may be an input. n counts words, bytes counts bytes. */

import { highLimbs, lowLimbs, productHigh, productLow, storeHalves } from './twowords';
import { splat, storePart, vadd, vmul, vsar, vshl, vshr, vsub } from './word';

const ADD = 0;
const SUB = 1;
const MUL = 2;
const XOR = 3;
const AND = 4;
const OR = 5;
const ADD8 = 6;
const SUB8 = 7;
const SHL = 8;
const SHR = 9;
const SAR = 10;

// @ts-ignore: decorator
@inline
function apply<T>(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return vadd<T>(a, b);
  if (op == SUB) return vsub<T>(a, b);
  if (op == MUL) return vmul<T>(a, b);
  if (op == XOR) return v128.xor(a, b);
  if (op == AND) return v128.and(a, b);
  if (op == OR) return v128.or(a, b);
  if (op == ADD8) return i8x16.add(a, b);
  return i8x16.sub(a, b);
}

// @ts-ignore: decorator
@inline
function zip<T>(op: i32, d: usize, a: usize, b: usize, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  if (sizeof<T>() < 16) {
    for (const end = bytes & ~63; i < end; i += 64) {
      v128.store(d + i, apply<T>(op, v128.load(a + i), v128.load(b + i)));
      v128.store(d + i, apply<T>(op, v128.load(a + i, 16), v128.load(b + i, 16)), 16);
      v128.store(d + i, apply<T>(op, v128.load(a + i, 32), v128.load(b + i, 32)), 32);
      v128.store(d + i, apply<T>(op, v128.load(a + i, 48), v128.load(b + i, 48)), 48);
    }
  }
  for (; i < whole; i += 16) v128.store(d + i, apply<T>(op, v128.load(a + i), v128.load(b + i)));
  if (i < bytes) storePart(d + i, apply<T>(op, v128.load(a + i), v128.load(b + i)), bytes - i);
}

// @ts-ignore: decorator
@inline
function withScalar<T>(op: i32, d: usize, a: usize, s: usize, bytes: usize): void {
  const whole = bytes & ~15;
  const b = splat<T>(s);
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(d + i, apply<T>(op, v128.load(a + i), b));
  if (i < bytes) storePart(d + i, apply<T>(op, v128.load(a + i), b), bytes - i);
}

// @ts-ignore: decorator
@inline
function applyShift<T>(op: i32, a: v128, s: i32): v128 {
  if (op == SHL) return vshl<T>(a, s);
  if (op == SHR) return vshr<T>(a, s);
  return vsar<T>(a, s);
}

// @ts-ignore: decorator
@inline
function shift<T>(op: i32, d: usize, a: usize, s: i32, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(d + i, applyShift<T>(op, v128.load(a + i), s));
  if (i < bytes) storePart(d + i, applyShift<T>(op, v128.load(a + i), s), bytes - i);
}

// @ts-ignore: decorator
@inline
function negate<T>(d: usize, a: usize, bytes: usize): void {
  const whole = bytes & ~15;
  const zero = i64x2.splat(0);
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(d + i, vsub<T>(zero, v128.load(a + i)));
  if (i < bytes) storePart(d + i, vsub<T>(zero, v128.load(a + i)), bytes - i);
}

export function add32(d: usize, a: usize, b: usize, n: usize): void { zip<u32>(ADD, d, a, b, n << 2); }
export function add64(d: usize, a: usize, b: usize, n: usize): void { zip<u64>(ADD, d, a, b, n << 3); }
export function add128(d: usize, a: usize, b: usize, n: usize): void { zip<v128>(ADD, d, a, b, n << 4); }
export function sub32(d: usize, a: usize, b: usize, n: usize): void { zip<u32>(SUB, d, a, b, n << 2); }
export function sub64(d: usize, a: usize, b: usize, n: usize): void { zip<u64>(SUB, d, a, b, n << 3); }
export function sub128(d: usize, a: usize, b: usize, n: usize): void { zip<v128>(SUB, d, a, b, n << 4); }
export function mul32(d: usize, a: usize, b: usize, n: usize): void { zip<u32>(MUL, d, a, b, n << 2); }
export function mul64(d: usize, a: usize, b: usize, n: usize): void { zip<u64>(MUL, d, a, b, n << 3); }
export function mul128(d: usize, a: usize, b: usize, n: usize): void {
  let i: usize = 0;
  for (const end = (n & ~1) << 4; i < end; i += 32) {
    const a0 = v128.load(a + i), a1 = v128.load(a + i, 16);
    const b0 = v128.load(b + i), b1 = v128.load(b + i, 16);
    const a01 = lowLimbs(a0, a1);
    const b01 = lowLimbs(b0, b1);
    storeHalves(d + i, productLow(a01, b01), productHigh(a01, highLimbs(a0, a1), b01, highLimbs(b0, b1)));
  }
  if (n & 1) zip<v128>(MUL, d + i, a + i, b + i, 16);
}
export function neg32(d: usize, a: usize, n: usize): void { negate<u32>(d, a, n << 2); }
export function neg64(d: usize, a: usize, n: usize): void { negate<u64>(d, a, n << 3); }
export function neg128(d: usize, a: usize, n: usize): void { negate<v128>(d, a, n << 4); }

export function addScalar32(d: usize, a: usize, s: usize, n: usize): void { withScalar<u32>(ADD, d, a, s, n << 2); }
export function addScalar64(d: usize, a: usize, s: usize, n: usize): void { withScalar<u64>(ADD, d, a, s, n << 3); }
export function addScalar128(d: usize, a: usize, s: usize, n: usize): void { withScalar<v128>(ADD, d, a, s, n << 4); }
export function mulScalar32(d: usize, a: usize, s: usize, n: usize): void { withScalar<u32>(MUL, d, a, s, n << 2); }
export function mulScalar64(d: usize, a: usize, s: usize, n: usize): void { withScalar<u64>(MUL, d, a, s, n << 3); }
export function mulScalar128(d: usize, a: usize, s: usize, n: usize): void {
  const word = v128.load(s);
  const s01 = lowLimbs(word, word);
  const s23 = highLimbs(word, word);
  let i: usize = 0;
  for (const end = (n & ~1) << 4; i < end; i += 32) {
    const a0 = v128.load(a + i), a1 = v128.load(a + i, 16);
    const a01 = lowLimbs(a0, a1);
    storeHalves(d + i, productLow(a01, s01), productHigh(a01, highLimbs(a0, a1), s01, s23));
  }
  if (n & 1) v128.store(d + i, vmul<v128>(v128.load(a + i), word));
}

export function shl32(d: usize, a: usize, s: i32, n: usize): void { shift<u32>(SHL, d, a, s, n << 2); }
export function shl64(d: usize, a: usize, s: i32, n: usize): void { shift<u64>(SHL, d, a, s, n << 3); }
export function shl128(d: usize, a: usize, s: i32, n: usize): void { shift<v128>(SHL, d, a, s, n << 4); }
export function shr32(d: usize, a: usize, s: i32, n: usize): void { shift<u32>(SHR, d, a, s, n << 2); }
export function shr64(d: usize, a: usize, s: i32, n: usize): void { shift<u64>(SHR, d, a, s, n << 3); }
export function shr128(d: usize, a: usize, s: i32, n: usize): void { shift<v128>(SHR, d, a, s, n << 4); }
export function sar32(d: usize, a: usize, s: i32, n: usize): void { shift<u32>(SAR, d, a, s, n << 2); }
export function sar64(d: usize, a: usize, s: i32, n: usize): void { shift<u64>(SAR, d, a, s, n << 3); }
export function sar128(d: usize, a: usize, s: i32, n: usize): void { shift<v128>(SAR, d, a, s, n << 4); }

/** Bitwise and byte-wise operations do not see the word size. */
export function xor(d: usize, a: usize, b: usize, bytes: usize): void { zip<u32>(XOR, d, a, b, bytes); }
export function and(d: usize, a: usize, b: usize, bytes: usize): void { zip<u32>(AND, d, a, b, bytes); }
export function or(d: usize, a: usize, b: usize, bytes: usize): void { zip<u32>(OR, d, a, b, bytes); }
export function add8(d: usize, a: usize, b: usize, bytes: usize): void { zip<u32>(ADD8, d, a, b, bytes); }
export function sub8(d: usize, a: usize, b: usize, bytes: usize): void { zip<u32>(SUB8, d, a, b, bytes); }

// @ts-ignore: decorator
@inline
function rowAdd<T>(d: usize, a: usize, n: usize): void {
  zip<T>(ADD, d, d, a, n * sizeof<T>());
}

/** a: n words; the sum of them at d. */
function total<T>(d: usize, a: usize, n: usize): void {
  const bytes = n * sizeof<T>();
  const whole = bytes & ~15;
  let sum = i64x2.splat(0);
  let i: usize = 0;
  for (; i < whole; i += 16) sum = vadd<T>(sum, v128.load(a + i));
  if (sizeof<T>() == 16) {
    v128.store(d, sum);
  } else {
    let word = v128.extract_lane<T>(sum, 0) + v128.extract_lane<T>(sum, 1);
    if (sizeof<T>() == 4) word += v128.extract_lane<T>(sum, 2) + v128.extract_lane<T>(sum, 3);
    for (; i < bytes; i += sizeof<T>()) word += load<T>(a + i);
    store<T>(d, word);
  }
}

/** a: outer x axis x inner words, dst: outer x inner words. */
// @ts-ignore: decorator
@inline
function sumAxis<T>(d: usize, a: usize, outer: usize, axis: usize, inner: usize): void {
  const row = inner * sizeof<T>();
  for (let o: usize = 0; o < outer; o++) {
    if (inner == 1) {
      total<T>(d, a, axis);
      a += axis * row;
    } else {
      memory.fill(d, 0, row);
      for (let x: usize = 0; x < axis; x++) {
        rowAdd<T>(d, a, inner);
        a += row;
      }
    }
    d += row;
  }
}

export function sumAxis32(d: usize, a: usize, o: usize, x: usize, i: usize): void { sumAxis<u32>(d, a, o, x, i); }
export function sumAxis64(d: usize, a: usize, o: usize, x: usize, i: usize): void { sumAxis<u64>(d, a, o, x, i); }
export function sumAxis128(d: usize, a: usize, o: usize, x: usize, i: usize): void { sumAxis<v128>(d, a, o, x, i); }
