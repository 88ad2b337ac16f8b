/**
 * @file Words times a public real number p / 2^s: d[i] = floor(a[i] |p| / 2^s) with the sign of p, mod 2^K. p is signed, a is unsigned or
 * signed, and no bit of their product is lost: what fits is right whatever stands in between.
 */

import { mulHigh, pair } from './word';

/** Bits s .. s + 63 of the number of four limbs, s < 256. */
// @ts-ignore: decorator
@inline
function limbFrom(l0: u64, l1: u64, l2: u64, l3: u64, s: u32): u64 {
  const at = s >> 6;
  const by = <u64>(s & 63);
  const low = at == 0 ? l0 : at == 1 ? l1 : at == 2 ? l2 : l3;
  if (by == 0) return low;
  const high = at == 0 ? l1 : at == 1 ? l2 : at == 2 ? l3 : 0;
  return (low >> by) | (high << (64 - by));
}

// @ts-ignore: decorator
@inline
function scaleWord<T>(d: usize, a: usize, p: usize, s: u32, signed: u64): void {
  if (sizeof<T>() == 16) {
    const top = load<i64>(p, 8);
    let q0 = load<u64>(p);
    let q1 = <u64>top;
    if (top < 0) {
      q0 = 0 - q0;
      q1 = ~q1 + u64(q0 == 0);
    }
    const a0 = load<u64>(a);
    const a1 = load<u64>(a, 8);
    const l0 = a0 * q0;
    const c = a1 * q0;
    let l1 = mulHigh(a0, q0) + c;
    let l2 = mulHigh(a1, q0) + u64(l1 < c);
    let l3: u64 = 0;
    if (q1 != 0) {
      const e = a0 * q1;
      const f = a1 * q1;
      l1 += e;
      let carry = mulHigh(a0, q1) + u64(l1 < e);
      l2 += carry;
      l3 = u64(l2 < carry);
      l2 += f;
      l3 += mulHigh(a1, q1) + u64(l2 < f);
    }
    // A negative a is 2^128 less.
    const minus = signed & <u64>(<i64>a1 >> 63);
    const less = q0 & minus;
    const borrow = u64(l2 < less);
    l2 -= less;
    l3 -= (q1 & minus) + borrow;
    let x = limbFrom(l0, l1, l2, l3, s);
    let y = limbFrom(l0, l1, l2, l3, s + 64);
    if (top < 0) {
      x = 0 - x;
      y = ~y + u64(x == 0);
    }
    v128.store(d, pair(x, y));
  } else if (sizeof<T>() == 8) {
    const q = load<i64>(p);
    const size = <u64>(q < 0 ? -q : q);
    const x = load<u64>(a);
    const y = limbFrom(x * size, mulHigh(x, size) - (size & signed & <u64>(<i64>x >> 63)), 0, 0, s);
    store<u64>(d, q < 0 ? 0 - y : y);
  } else {
    const q = load<i32>(p);
    const size = <i64>(<u64>(<u32>(q < 0 ? -q : q)));
    const x = load<u32>(a);
    const y = <u32>(((<i64>(<u64>x) - (<i64>(<u64>(x >> 31) & signed) << 32)) * size) >> <i64>s);
    store<u32>(d, q < 0 ? 0 - y : y);
  }
}

// @ts-ignore: decorator
@inline
function scale<T>(d: usize, a: usize, p: usize, s: u32, signed: bool, n: usize, step: usize): void {
  const mask: u64 = signed ? u64.MAX_VALUE : 0;
  for (let i: usize = 0; i < n; i++, d += sizeof<T>(), a += sizeof<T>(), p += step) scaleWord<T>(d, a, p, s, mask);
}

/** By one p. */
export function scale32(d: usize, a: usize, p: usize, s: u32, signed: bool, n: usize): void { scale<u32>(d, a, p, s, signed, n, 0); }
export function scale64(d: usize, a: usize, p: usize, s: u32, signed: bool, n: usize): void { scale<u64>(d, a, p, s, signed, n, 0); }
export function scale128(d: usize, a: usize, p: usize, s: u32, signed: bool, n: usize): void { scale<v128>(d, a, p, s, signed, n, 0); }
/** By a p for each. */
export function scaleBy32(d: usize, a: usize, p: usize, s: u32, signed: bool, n: usize): void { scale<u32>(d, a, p, s, signed, n, 4); }
export function scaleBy64(d: usize, a: usize, p: usize, s: u32, signed: bool, n: usize): void { scale<u64>(d, a, p, s, signed, n, 8); }
export function scaleBy128(d: usize, a: usize, p: usize, s: u32, signed: bool, n: usize): void { scale<v128>(d, a, p, s, signed, n, 16); }
