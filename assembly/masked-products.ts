/**
 * @file Local halves of the gates on masked values, one pass each. Every formula is mod 2^K.
 *
 * `first` is 1 for the party that adds the public terms, else 0.
 */

import { firstWord, highLimbs, lowLimbs, productHigh, productLow, secondWord, storeDifference } from './twowords';
import { below, bitMask, lanes, storePart, vadd, vdouble, vmul, vsub } from './word';

/** y*first subtracted from x. */
// @ts-ignore: decorator
@inline
function less<T>(x: usize, y: usize, first: i32): v128 {
  return first ? vsub<T>(v128.load(x), v128.load(y)) : v128.load(x);
}

// @ts-ignore: decorator
@inline
function mulGate<T>(d: usize, cx: usize, cy: usize, rx: usize, ry: usize, u: usize, first: i32, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = vmul<T>(v128.load(cx + i), less<T>(ry + i, cy + i, first));
    const z = vsub<T>(v128.load(u + i), vadd<T>(x, vmul<T>(v128.load(cy + i), v128.load(rx + i))));
    if (i + 16 <= bytes) v128.store(d + i, z);
    else storePart(d + i, z, bytes - i);
  }
}

/** first*cx*cy - cx*ry - cy*rx + u, as u - (cx*(ry - first*cy) + cy*rx) */
export function mulGate32(d: usize, cx: usize, cy: usize, rx: usize, ry: usize, u: usize, first: i32, n: usize): void {
  mulGate<u32>(d, cx, cy, rx, ry, u, first, n << 2);
}
export function mulGate64(d: usize, cx: usize, cy: usize, rx: usize, ry: usize, u: usize, first: i32, n: usize): void {
  mulGate<u64>(d, cx, cy, rx, ry, u, first, n << 3);
}
export function mulGate128(d: usize, cx: usize, cy: usize, rx: usize, ry: usize, u: usize, first: i32, n: usize): void {
  let i: usize = 0;
  for (const end = (n & ~1) << 4; i < end; i += 32) {
    const x0 = v128.load(cx + i), x1 = v128.load(cx + i, 16);
    const q0 = less<v128>(ry + i, cy + i, first), q1 = less<v128>(ry + i + 16, cy + i + 16, first);
    const x01 = lowLimbs(x0, x1);
    const q01 = lowLimbs(q0, q1);
    const left = productLow(x01, q01);
    const leftHigh = productHigh(x01, highLimbs(x0, x1), q01, highLimbs(q0, q1));
    const y0 = v128.load(cy + i), y1 = v128.load(cy + i, 16);
    const r0 = v128.load(rx + i), r1 = v128.load(rx + i, 16);
    const y01 = lowLimbs(y0, y1);
    const r01 = lowLimbs(r0, r1);
    const low = i64x2.add(left, productLow(y01, r01));
    const high = i64x2.add(leftHigh, productHigh(y01, highLimbs(y0, y1), r01, highLimbs(r0, r1)));
    storeDifference(d + i, u + i, low, i64x2.sub(high, below(low, left)));
  }
  if (n & 1) mulGate<v128>(d + i, cx + i, cy + i, rx + i, ry + i, u + i, first, 16);
}

/** d = u - a*b for two words. */
// @ts-ignore: decorator
@inline
function subtractProducts(d: usize, u: usize, a: usize, b0: v128, b1: v128): void {
  const a0 = v128.load(a), a1 = v128.load(a, 16);
  const a01 = lowLimbs(a0, a1);
  const b01 = lowLimbs(b0, b1);
  storeDifference(d, u, productLow(a01, b01), productHigh(a01, highLimbs(a0, a1), b01, highLimbs(b0, b1)));
}

// @ts-ignore: decorator
@inline
function mulPublic<T>(d: usize, cx: usize, cy: usize, rx: usize, u: usize, first: i32, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const z = vsub<T>(v128.load(u + i), vmul<T>(v128.load(cy + i), less<T>(rx + i, cx + i, first)));
    if (i + 16 <= bytes) v128.store(d + i, z);
    else storePart(d + i, z, bytes - i);
  }
}

/** cy*(first*cx - rx) + u: y is public */
export function mulPublic32(d: usize, cx: usize, cy: usize, rx: usize, u: usize, first: i32, n: usize): void {
  mulPublic<u32>(d, cx, cy, rx, u, first, n << 2);
}
export function mulPublic64(d: usize, cx: usize, cy: usize, rx: usize, u: usize, first: i32, n: usize): void {
  mulPublic<u64>(d, cx, cy, rx, u, first, n << 3);
}
export function mulPublic128(d: usize, cx: usize, cy: usize, rx: usize, u: usize, first: i32, n: usize): void {
  let i: usize = 0;
  for (const end = (n & ~1) << 4; i < end; i += 32) {
    const q = less<v128>(rx + i, cx + i, first);
    subtractProducts(d + i, u + i, cy + i, q, less<v128>(rx + i + 16, cx + i + 16, first));
  }
  if (n & 1) mulPublic<v128>(d + i, cx + i, cy + i, rx + i, u + i, first, 16);
}

/** 2*r - first*c */
// @ts-ignore: decorator
@inline
function twice<T>(r: usize, c: usize, first: i32): v128 {
  const x = vdouble<T>(v128.load(r));
  return first ? vsub<T>(x, v128.load(c)) : x;
}

// @ts-ignore: decorator
@inline
function squareGate<T>(d: usize, c: usize, r: usize, u: usize, first: i32, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const z = vsub<T>(v128.load(u + i), vmul<T>(v128.load(c + i), twice<T>(r + i, c + i, first)));
    if (i + 16 <= bytes) v128.store(d + i, z);
    else storePart(d + i, z, bytes - i);
  }
}

/** first*c*c - 2*c*r + u */
export function squareGate32(d: usize, c: usize, r: usize, u: usize, first: i32, n: usize): void {
  squareGate<u32>(d, c, r, u, first, n << 2);
}
export function squareGate64(d: usize, c: usize, r: usize, u: usize, first: i32, n: usize): void {
  squareGate<u64>(d, c, r, u, first, n << 3);
}
export function squareGate128(d: usize, c: usize, r: usize, u: usize, first: i32, n: usize): void {
  let i: usize = 0;
  for (const end = (n & ~1) << 4; i < end; i += 32) {
    const q = twice<v128>(r + i, c + i, first);
    subtractProducts(d + i, u + i, c + i, q, twice<v128>(r + i + 16, c + i + 16, first));
  }
  if (n & 1) squareGate<v128>(d + i, c + i, r + i, u + i, first, 16);
}

/** One block of selectAdd, with the product c*beta given. */
// @ts-ignore: decorator
@inline
function selected<T>(d: usize, mask: v128, c: usize, r: usize, product: v128, betaR: usize, first: i32, i: usize): v128 {
  let own = first ? v128.load(c + i) : i64x2.splat(0);
  if (r) own = vsub<T>(own, v128.load(r + i));
  let t = product;
  if (betaR) t = vsub<T>(t, v128.load(betaR + i));
  t = vsub<T>(v128.xor(t, mask), mask); // (1 - 2m) * t
  return vadd<T>(vadd<T>(v128.load(d + i), v128.and(own, mask)), t);
}

// @ts-ignore: decorator
@inline
function selectAdd<T>(d: usize, m: usize, c: usize, r: usize, beta: usize, betaR: usize, first: i32, from: usize, n: usize): void {
  const bytes = n * sizeof<T>();
  for (let i = from * sizeof<T>(), e = from; i < bytes; i += 16, e += lanes<T>()) {
    const product = vmul<T>(v128.load(c + i), v128.load(beta + i));
    const z = selected<T>(d, bitMask<T>(m, e), c, r, product, betaR, first, i);
    if (i + 16 <= bytes) v128.store(d + i, z);
    else storePart(d + i, z, bytes - i);
  }
}

/** d += first*m*c - m*r + (1 - 2m)*(c*beta - betaR); r and betaR may be 0 (absent) */
export function selectAdd32(d: usize, m: usize, c: usize, r: usize, beta: usize, betaR: usize, first: i32, n: usize): void {
  selectAdd<u32>(d, m, c, r, beta, betaR, first, 0, n);
}
export function selectAdd64(d: usize, m: usize, c: usize, r: usize, beta: usize, betaR: usize, first: i32, n: usize): void {
  selectAdd<u64>(d, m, c, r, beta, betaR, first, 0, n);
}
export function selectAdd128(d: usize, m: usize, c: usize, r: usize, beta: usize, betaR: usize, first: i32, n: usize): void {
  const even = n & ~1;
  for (let e: usize = 0, i: usize = 0; e < even; e += 2, i += 32) {
    const c0 = v128.load(c + i), c1 = v128.load(c + i, 16);
    const b0 = v128.load(beta + i), b1 = v128.load(beta + i, 16);
    const c01 = lowLimbs(c0, c1);
    const b01 = lowLimbs(b0, b1);
    const low = productLow(c01, b01);
    const high = productHigh(c01, highLimbs(c0, c1), b01, highLimbs(b0, b1));
    const z = selected<v128>(d, bitMask<v128>(m, e), c, r, firstWord(low, high), betaR, first, i);
    v128.store(d + i + 16, selected<v128>(d, bitMask<v128>(m, e + 1), c, r, secondWord(low, high), betaR, first, i + 16));
    v128.store(d + i, z);
  }
  selectAdd<v128>(d, m, c, r, beta, betaR, first, even, n);
}

/** Word one in every lane. */
// @ts-ignore: decorator
@inline
function one<T>(): v128 {
  if (sizeof<T>() == 16) return i64x2(1, 0);
  else if (sizeof<T>() == 8) return i64x2.splat(1);
  else return i32x4.splat(1);
}

// @ts-ignore: decorator
@inline
function bitsToRing<T>(d: usize, m: usize, n: usize): void {
  const bytes = n * sizeof<T>();
  for (let i: usize = 0, e: usize = 0; i < bytes; i += 16, e += lanes<T>()) {
    const z = v128.and(bitMask<T>(m, e), one<T>());
    if (i + 16 <= bytes) v128.store(d + i, z);
    else storePart(d + i, z, bytes - i);
  }
}

export function bitsToRing32(d: usize, m: usize, n: usize): void { bitsToRing<u32>(d, m, n); }
export function bitsToRing64(d: usize, m: usize, n: usize): void { bitsToRing<u64>(d, m, n); }
export function bitsToRing128(d: usize, m: usize, n: usize): void { bitsToRing<v128>(d, m, n); }

// @ts-ignore: decorator
@inline
function maskByBits<T>(d: usize, a: usize, m: usize, n: usize): void {
  const bytes = n * sizeof<T>();
  for (let i: usize = 0, e: usize = 0; i < bytes; i += 16, e += lanes<T>()) {
    const z = v128.and(bitMask<T>(m, e), v128.load(a + i));
    if (i + 16 <= bytes) v128.store(d + i, z);
    else storePart(d + i, z, bytes - i);
  }
}

/** a where the bit is set, else 0 */
export function maskByBits32(d: usize, a: usize, m: usize, n: usize): void { maskByBits<u32>(d, a, m, n); }
export function maskByBits64(d: usize, a: usize, m: usize, n: usize): void { maskByBits<u64>(d, a, m, n); }
export function maskByBits128(d: usize, a: usize, m: usize, n: usize): void { maskByBits<v128>(d, a, m, n); }
