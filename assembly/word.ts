/**
 * @file Arithmetic on one 16-byte block, the step of every kernel.
 *
 * A type parameter names the ring: `u32` (a block is four words of Z_2^32), `u64` (two words of Z_2^64)
 * or `v128` (one word of Z_2^128, low half in lane 0). Conditions on `sizeof<T>()` are decided at compile time.
 */

/**
 * Constants of 16 bytes for loops that need several. They stand in memory because V8 builds a literal anew in every
 * round, which takes longer than a load: encoding became faster by a third.
 */
const constants = memory.data<u64>([
  0xffffffff, 0xffffffff,
  0x4338000000000000, 0x4338000000000000, // 1.5 * 2^52
  0x3df0000000000000, 0x3df0000000000000, // 2^-32
  0x41f0000000000000, 0x41f0000000000000, // 2^32
  0x4330000000000000, 0x4330000000000000, // 2^52
  0x4530000080000000, 0x4530000080000000, // 2^84 + 2^63
  0x4530000080100000, 0x4530000080100000, // 2^84 + 2^63 + 2^52
  0x4320000000000000, 0x4320000000000000, // 2^51
  0x41dfffffffc00000, 0x41dfffffffc00000, // 2^31 - 1
], 16);

/** The low half of each 64-bit lane. */
// @ts-ignore: decorator
@inline
export function lowHalf(x: v128): v128 {
  return v128.and(x, v128.load(constants));
}

/** Lane 0 to lane 1; lane 0 becomes zero. */
// @ts-ignore: decorator
@inline
export function up(x: v128): v128 {
  return v128.shuffle<u64>(i64x2.splat(0), x, 0, 2);
}

/** Lane 1 to lane 0; lane 1 becomes zero. */
// @ts-ignore: decorator
@inline
export function down(x: v128): v128 {
  return v128.shuffle<u64>(x, i64x2.splat(0), 1, 2);
}

/** All ones in each 64-bit lane where a < b, unsigned. */
// @ts-ignore: decorator
@inline
export function below(a: v128, b: v128): v128 {
  const sign = i64x2.splat(i64.MIN_VALUE);
  return i64x2.lt_s(v128.xor(a, sign), v128.xor(b, sign));
}

// @ts-ignore: decorator
@inline
export function pair(lo: u64, hi: u64): v128 {
  return i64x2.replace_lane(i64x2.splat(lo), 1, hi);
}

// @ts-ignore: decorator
@inline
export function vadd<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 16) {
    const sum = i64x2.add(a, b);
    return i64x2.sub(sum, up(below(sum, a)));
  } else {
    return v128.add<T>(a, b);
  }
}

// @ts-ignore: decorator
@inline
export function vsub<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 16) {
    return i64x2.add(i64x2.sub(a, b), up(below(a, b)));
  } else {
    return v128.sub<T>(a, b);
  }
}

/** High half of the 128-bit product of two u64. */
// @ts-ignore: decorator
@inline
export function mulHigh(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const t = a1 * b0 + ((a0 * b0) >> 32);
  const u = a0 * b1 + (t & 0xffffffff);
  return a1 * b1 + (t >> 32) + (u >> 32);
}

// @ts-ignore: decorator
@inline
export function vmul<T>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 16) {
    const alo = i64x2.extract_lane(a, 0);
    const blo = i64x2.extract_lane(b, 0);
    const cross = alo * i64x2.extract_lane(b, 1) + i64x2.extract_lane(a, 1) * blo;
    return pair(alo * blo, mulHigh(alo, blo) + cross);
  } else {
    return v128.mul<T>(a, b);
  }
}

/** x + x. */
// @ts-ignore: decorator
@inline
export function vdouble<T>(x: v128): v128 {
  if (sizeof<T>() == 16) {
    return v128.or(i64x2.shl(x, 1), up(i64x2.shr_u(x, 63)));
  } else {
    return v128.add<T>(x, x);
  }
}

/** Left shift of each word by 0 < s < K. */
// @ts-ignore: decorator
@inline
export function vshl<T>(x: v128, s: i32): v128 {
  if (sizeof<T>() == 16) {
    if (s >= 64) return i64x2.shl(up(x), s - 64);
    return v128.or(i64x2.shl(x, s), up(i64x2.shr_u(x, 64 - s)));
  } else {
    return v128.shl<T>(x, s);
  }
}

/** Logical right shift of each word by 0 < s < K. */
// @ts-ignore: decorator
@inline
export function vshr<T>(x: v128, s: i32): v128 {
  if (sizeof<T>() == 16) {
    if (s >= 64) return i64x2.shr_u(down(x), s - 64);
    return v128.or(i64x2.shr_u(x, s), down(i64x2.shl(x, 64 - s)));
  } else {
    return v128.shr<T>(x, s);
  }
}

/** Arithmetic right shift of each word by 0 < s < K. */
// @ts-ignore: decorator
@inline
export function vsar<T>(x: v128, s: i32): v128 {
  if (sizeof<T>() == 16) {
    if (s >= 64) return v128.shuffle<u64>(i64x2.shr_s(x, s - 64), i64x2.shr_s(x, 63), 1, 3);
    const low = v128.or(i64x2.shr_u(x, s), down(i64x2.shl(x, 64 - s)));
    return v128.shuffle<u64>(low, i64x2.shr_s(x, s), 0, 3);
  } else if (sizeof<T>() == 8) {
    return i64x2.shr_s(x, s);
  } else {
    return i32x4.shr_s(x, s);
  }
}

/** The word at p in every lane. */
// @ts-ignore: decorator
@inline
export function splat<T>(p: usize): v128 {
  if (sizeof<T>() == 16) return v128.load(p);
  else return v128.load_splat<T>(p);
}

/** Words per block. */
// @ts-ignore: decorator
@inline
export function lanes<T>(): usize {
  return 16 / sizeof<T>();
}

/**
 * A word of ones for every set bit: word lane j of the block takes bit (i + j) of the packed bits at p.
 * i is a multiple of the lane count.
 */
// @ts-ignore: decorator
@inline
export function bitMask<T>(p: usize, i: usize): v128 {
  const byte = <i32>load<u8>(p + (i >> 3)) >> (<i32>i & 7);
  if (sizeof<T>() == 16) {
    return i64x2.splat(-(<i64>(byte & 1)));
  } else if (sizeof<T>() == 8) {
    const bit = i64x2(1, 2);
    return i64x2.eq(v128.and(i64x2.splat(<i64>byte), bit), bit);
  } else {
    const bit = i32x4(1, 2, 4, 8);
    return i32x4.eq(v128.and(i32x4.splat(byte), bit), bit);
  }
}

/** Stores the low `bytes` < 16 bytes of v, and nothing beyond them. */
// @ts-ignore: decorator
@inline
export function storePart(p: usize, v: v128, bytes: usize): void {
  storeBytes(p, i64x2.extract_lane(v, 0), i64x2.extract_lane(v, 1), bytes);
}

function storeBytes(p: usize, x: u64, high: u64, bytes: usize): void {
  if (bytes & 8) {
    store<u64>(p, x);
    x = high;
    p += 8;
  }
  if (bytes & 4) {
    store<u32>(p, x);
    x >>= 32;
    p += 4;
  }
  if (bytes & 2) {
    store<u16>(p, x);
    x >>= 16;
    p += 2;
  }
  if (bytes & 1) store<u8>(p, x);
}

/** Whether two numbers round to integers of i32 (where T has 32 bits), or of 51 bits. */
// @ts-ignore: decorator
@inline
export function near<T>(x: v128, y: v128): bool {
  const most = sizeof<T>() == 4 ? v128.load(constants, 128) : v128.load(constants, 112);
  return i64x2.all_true(v128.and(f64x2.lt(f64x2.abs(x), most), f64x2.lt(f64x2.abs(y), most)));
}

/** Numbers that are near, rounded to the nearest whole ones, half to even, as i64. */
// @ts-ignore: decorator
@inline
export function toNear(x: v128): v128 {
  const magic = v128.load(constants, 16); // 1.5 * 2^52: its last bits count ones
  return i64x2.sub(f64x2.add(x, magic), magic);
}

/** Numbers below 2^63 in size, rounded to the nearest whole ones, as i64. */
// @ts-ignore: decorator
@inline
export function toIntegers(x: v128): v128 {
  const magic = v128.load(constants, 16); // 1.5 * 2^52: its last bits count ones
  const high = f64x2.nearest(f64x2.mul(x, v128.load(constants, 32)));
  const low = f64x2.sub(x, f64x2.mul(high, v128.load(constants, 48)));
  const h = i64x2.shl(f64x2.add(high, magic), 32);
  return i64x2.add(h, i64x2.sub(f64x2.add(low, magic), magic));
}

/** i64 to f64, rounded once: both halves are made exact numbers by their place in a mantissa, then added. */
// @ts-ignore: decorator
@inline
export function toNumbers(x: v128): v128 {
  const low = v128.or(lowHalf(x), v128.load(constants, 64)); // 2^52 + low half
  const high = v128.xor(i64x2.shr_u(x, 32), v128.load(constants, 80)); // 2^84 + 2^63 + 2^32 * high half
  return f64x2.add(f64x2.sub(high, v128.load(constants, 96)), low);
}
