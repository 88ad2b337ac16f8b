/**
 * @file Local halves of the gates on masked values, one pass each. Every formula is mod 2^K.
 *
 * `first` is 1 for the party that adds the public terms, else 0.
 */

import { bitMask, lanes, storePart, vadd, vdouble, vmul, vsub } from './word';

// @ts-ignore: decorator
@inline
function product<T>(cx: v128, cy: v128, rx: v128, ry: v128, u: v128, first: i32): v128 {
  const left = first ? vmul<T>(cx, vsub<T>(cy, ry)) : vsub<T>(i64x2.splat(0), vmul<T>(cx, ry));
  return vadd<T>(vsub<T>(left, vmul<T>(cy, rx)), u);
}

// @ts-ignore: decorator
@inline
function mulGate<T>(d: usize, cx: usize, cy: usize, rx: usize, ry: usize, u: usize, first: i32, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    const z = product<T>(v128.load(cx + i), v128.load(cy + i), v128.load(rx + i), v128.load(ry + i), v128.load(u + i), first);
    if (i + 16 <= bytes) v128.store(d + i, z);
    else storePart(d + i, z, bytes - i);
  }
}

/** cx*cy*first - cx*ry - cy*rx + u */
export function mulGate32(d: usize, cx: usize, cy: usize, rx: usize, ry: usize, u: usize, first: i32, n: usize): void {
  mulGate<u32>(d, cx, cy, rx, ry, u, first, n << 2);
}
export function mulGate64(d: usize, cx: usize, cy: usize, rx: usize, ry: usize, u: usize, first: i32, n: usize): void {
  mulGate<u64>(d, cx, cy, rx, ry, u, first, n << 3);
}
export function mulGate128(d: usize, cx: usize, cy: usize, rx: usize, ry: usize, u: usize, first: i32, n: usize): void {
  mulGate<v128>(d, cx, cy, rx, ry, u, first, n << 4);
}

// @ts-ignore: decorator
@inline
function mulPublic<T>(d: usize, cx: usize, cy: usize, rx: usize, u: usize, first: i32, bytes: usize): void {
  const zero = i64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = vsub<T>(first ? v128.load(cx + i) : zero, v128.load(rx + i));
    const z = vadd<T>(vmul<T>(v128.load(cy + i), x), v128.load(u + i));
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
  mulPublic<v128>(d, cx, cy, rx, u, first, n << 4);
}

// @ts-ignore: decorator
@inline
function squareGate<T>(d: usize, c: usize, r: usize, u: usize, first: i32, bytes: usize): void {
  const zero = i64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = v128.load(c + i);
    const t = vsub<T>(first ? x : zero, vdouble<T>(v128.load(r + i)));
    const z = vadd<T>(vmul<T>(x, t), v128.load(u + i));
    if (i + 16 <= bytes) v128.store(d + i, z);
    else storePart(d + i, z, bytes - i);
  }
}

/** c*(first*c - 2*r) + u */
export function squareGate32(d: usize, c: usize, r: usize, u: usize, first: i32, n: usize): void {
  squareGate<u32>(d, c, r, u, first, n << 2);
}
export function squareGate64(d: usize, c: usize, r: usize, u: usize, first: i32, n: usize): void {
  squareGate<u64>(d, c, r, u, first, n << 3);
}
export function squareGate128(d: usize, c: usize, r: usize, u: usize, first: i32, n: usize): void {
  squareGate<v128>(d, c, r, u, first, n << 4);
}

// @ts-ignore: decorator
@inline
function selectAdd<T>(d: usize, m: usize, c: usize, r: usize, beta: usize, betaR: usize, first: i32, n: usize): void {
  const bytes = n * sizeof<T>();
  const zero = i64x2.splat(0);
  for (let i: usize = 0, e: usize = 0; i < bytes; i += 16, e += lanes<T>()) {
    const mask = bitMask<T>(m, e);
    const x = v128.load(c + i);
    let own = first ? x : zero;
    if (r) own = vsub<T>(own, v128.load(r + i));
    let t = vmul<T>(x, v128.load(beta + i));
    if (betaR) t = vsub<T>(t, v128.load(betaR + i));
    t = vsub<T>(v128.xor(t, mask), mask); // (1 - 2m) * t
    const z = vadd<T>(vadd<T>(v128.load(d + i), v128.and(own, mask)), t);
    if (i + 16 <= bytes) v128.store(d + i, z);
    else storePart(d + i, z, bytes - i);
  }
}

/** d += first*m*c - m*r + (1 - 2m)*(c*beta - betaR); r and betaR may be 0 (absent) */
export function selectAdd32(d: usize, m: usize, c: usize, r: usize, beta: usize, betaR: usize, first: i32, n: usize): void {
  selectAdd<u32>(d, m, c, r, beta, betaR, first, n);
}
export function selectAdd64(d: usize, m: usize, c: usize, r: usize, beta: usize, betaR: usize, first: i32, n: usize): void {
  selectAdd<u64>(d, m, c, r, beta, betaR, first, n);
}
export function selectAdd128(d: usize, m: usize, c: usize, r: usize, beta: usize, betaR: usize, first: i32, n: usize): void {
  selectAdd<v128>(d, m, c, r, beta, betaR, first, n);
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
