/** @file Between numbers of the host (f64, integers of 1 to 8 bytes) and ring words. Exact, round half to even. */

import { near, toNear, toNumbers } from './word';

/** Stores the signed integer y (already rounded, in range) as a word of T. */
// @ts-ignore: decorator
@inline
function storeRounded<T>(p: usize, y: f64): void {
  if (sizeof<T>() == 16) {
    if (Math.abs(y) < 9223372036854775808.0) {
      const word = <i64>y;
      store<i64>(p, word);
      store<i64>(p, word >> 63, 8);
    } else {
      const high = Math.floor(y * 5.421010862427522e-20); // 2^-64
      store<u64>(p, <u64>(y - high * 18446744073709551616.0));
      store<i64>(p, <i64>high, 8);
    }
  } else if (sizeof<T>() == 8) {
    store<i64>(p, <i64>y);
  } else {
    store<i32>(p, <i32>y);
  }
}

/** Two i64 as words of 16 bytes. */
// @ts-ignore: decorator
@inline
function storeWide(p: usize, words: v128): void {
  const signs = v128.shuffle<u32>(i32x4.shr_s(words, 31), words, 1, 1, 3, 3);
  v128.store(p, v128.shuffle<u64>(words, signs, 0, 2));
  v128.store(p, v128.shuffle<u64>(words, signs, 1, 3), 16);
}

/** src: n f64; dst[i] = round(src[i] * scale). Returns the first index out of the signed range (or NaN), or -1. */
// @ts-ignore: decorator
@inline
function encode<T>(d: usize, src: usize, scale: f64, n: i32): i32 {
  const limit: f64 = sizeof<T>() == 16 ? 1.7014118346046923e38 : sizeof<T>() == 8 ? 9223372036854775808.0 : 2147483648.0;
  const scales = f64x2.splat(scale);
  for (let i = 0; i < n; ) {
    const p = d + <usize>i * sizeof<T>();
    const q = src + (<usize>i << 3);
    // Four at a time while they are near; the others one by one.
    if (i + 4 <= n) {
      const x = f64x2.mul(v128.load(q), scales);
      const y = f64x2.mul(v128.load(q, 16), scales);
      if (near<T>(x, y)) {
        const a = toNear(x), b = toNear(y);
        if (sizeof<T>() == 16) {
          storeWide(p, a);
          storeWide(p + 32, b);
        } else if (sizeof<T>() == 8) {
          v128.store(p, a);
          v128.store(p, b, 16);
        } else {
          v128.store(p, v128.shuffle<u32>(a, b, 0, 2, 4, 6));
        }
        i += 4;
        continue;
      }
    }
    const y = nearest<f64>(load<f64>(q) * scale);
    if (!(y >= -limit && y < limit)) return i;
    storeRounded<T>(p, y);
    i++;
  }
  return -1;
}

export function encode32(d: usize, src: usize, scale: f64, n: i32): i32 { return encode<u32>(d, src, scale, n); }
export function encode64(d: usize, src: usize, scale: f64, n: i32): i32 { return encode<u64>(d, src, scale, n); }
export function encode128(d: usize, src: usize, scale: f64, n: i32): i32 { return encode<v128>(d, src, scale, n); }

/** The signed 128-bit integer (hi, lo), rounded once to f64. */
// @ts-ignore: decorator
@inline
function toNumber(lo: u64, hi: u64): f64 {
  if (<i64>hi == <i64>lo >> 63) return <f64>(<i64>lo);
  const negative = <i64>hi < 0;
  if (negative) {
    lo = 0 - lo;
    hi = ~hi + u64(lo == 0);
  }
  if (hi == 0) return negative ? -(<f64>lo) : <f64>lo;
  // The leading 64 bits, with whatever follows them gathered in the last: one rounding in the conversion.
  const shift = clz<u64>(hi);
  const top = shift ? (hi << shift) | (lo >> (64 - shift)) : hi;
  const rest = lo << shift;
  const value = <f64>(top | u64(rest != 0)) * reinterpret<f64>((1023 + 64 - shift) << 52);
  return negative ? -value : value;
}

/** dst: n f64; dst[i] = signed(a[i]) * scale, scale a power of two. */
// @ts-ignore: decorator
@inline
function decode<T>(d: usize, a: usize, scale: f64, n: i32): void {
  const scales = f64x2.splat(scale);
  for (let i = 0; i < n; ) {
    const p = a + <usize>i * sizeof<T>();
    const q = d + (<usize>i << 3);
    if (sizeof<T>() < 16 && i + 4 <= n) {
      const words = v128.load(p);
      if (sizeof<T>() == 8) {
        v128.store(q, f64x2.mul(toNumbers(words), scales));
        v128.store(q, f64x2.mul(toNumbers(v128.load(p, 16)), scales), 16);
      } else {
        v128.store(q, f64x2.mul(f64x2.convert_low_i32x4_s(words), scales));
        v128.store(q, f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<u64>(words, words, 1, 1)), scales), 16);
      }
      i += 4;
      continue;
    }
    if (sizeof<T>() == 16 && i + 2 <= n) {
      const x = v128.load(p);
      const y = v128.load(p, 16);
      const words = v128.shuffle<u64>(x, y, 0, 2);
      const signs = v128.shuffle<u32>(i32x4.shr_s(words, 31), words, 1, 1, 3, 3);
      if (i64x2.all_true(i64x2.eq(v128.shuffle<u64>(x, y, 1, 3), signs))) {
        v128.store(q, f64x2.mul(toNumbers(words), scales));
        i += 2;
        continue;
      }
    }
    let value: f64;
    if (sizeof<T>() == 16) value = toNumber(load<u64>(p), load<u64>(p, 8));
    else if (sizeof<T>() == 8) value = <f64>load<i64>(p);
    else value = <f64>load<i32>(p);
    store<f64>(q, value * scale);
    i++;
  }
}

export function decode32(d: usize, a: usize, scale: f64, n: i32): void { decode<u32>(d, a, scale, n); }
export function decode64(d: usize, a: usize, scale: f64, n: i32): void { decode<u64>(d, a, scale, n); }
export function decode128(d: usize, a: usize, scale: f64, n: i32): void { decode<v128>(d, a, scale, n); }

/** n integers of type F at src to words of T: sign- or zero-extended by F, or truncated. */
// @ts-ignore: decorator
@inline
function convert<F, T>(d: usize, src: usize, n: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const x = <i64>load<F>(src + i * sizeof<F>());
    if (sizeof<T>() == 16) {
      store<i64>(d + (i << 4), x);
      store<i64>(d + (i << 4), isSigned<F>() ? x >> 63 : 0, 8);
    } else {
      store<T>(d + i * sizeof<T>(), <T>x);
    }
  }
}

// @ts-ignore: decorator
@inline
function convertTo<T>(d: usize, src: usize, n: usize, bytes: i32, signed: i32): void {
  if (bytes == 1) {
    if (signed) convert<i8, T>(d, src, n);
    else convert<u8, T>(d, src, n);
  } else if (bytes == 2) {
    if (signed) convert<i16, T>(d, src, n);
    else convert<u16, T>(d, src, n);
  } else if (bytes == 4) {
    if (signed) convert<i32, T>(d, src, n);
    else convert<u32, T>(d, src, n);
  } else {
    if (signed) convert<i64, T>(d, src, n);
    else convert<u64, T>(d, src, n);
  }
}

export function encodeInt32(d: usize, src: usize, n: usize, bytes: i32, signed: i32): void { convertTo<u32>(d, src, n, bytes, signed); }
export function encodeInt64(d: usize, src: usize, n: usize, bytes: i32, signed: i32): void { convertTo<u64>(d, src, n, bytes, signed); }
export function encodeInt128(d: usize, src: usize, n: usize, bytes: i32, signed: i32): void { convertTo<v128>(d, src, n, bytes, signed); }

/** Words of `size` bytes at a to integers of type F: their low bits, extended by F's sign when F is wider. */
// @ts-ignore: decorator
@inline
function narrow<F>(d: usize, a: usize, n: usize, size: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const p = a + i * size;
    const x: i64 = size == 4 ? (isSigned<F>() ? <i64>load<i32>(p) : <i64>load<u32>(p)) : load<i64>(p);
    store<F>(d + i * sizeof<F>(), <F>x);
  }
}

export function decodeInt(d: usize, a: usize, n: usize, size: usize, bytes: i32, signed: i32): void {
  if (bytes == 1) narrow<u8>(d, a, n, size);
  else if (bytes == 2) narrow<u16>(d, a, n, size);
  else if (bytes == 4) narrow<u32>(d, a, n, size);
  else if (signed) narrow<i64>(d, a, n, size);
  else narrow<u64>(d, a, n, size);
}
