/**
 * @file Negacyclic transforms: products of polynomials mod X^n + 1 become products of numbers. n: a power of two from 16 on, p = 1
 * mod 2n, below 2^28.
 *
 * Cooley and Tukey's butterflies one way, Gentleman and Sande's back (Longa and Naehrig, eprint 2016/504), two layers a pass.
 * Numbers are left unreduced below 12p. The order of the results is the kernels' own: the last two layers work on columns of 4 x 4
 * numbers, and leave them so.
 */

import { less, power, shoup, times } from './residue';

/** Bytes of a table for n: powers of the root, the same of its inverse, each as numbers and in Shoup's form. */
// @ts-ignore: decorator
@inline
function half(n: usize): usize {
  return n * 8;
}

function reversed(i: u32, bits: u32): u32 {
  let r: u32 = 0;
  for (let b: u32 = 0; b < bits; b++) r |= ((i >> b) & 1) << (bits - 1 - b);
  return r;
}

function powers(d: usize, n: usize, root: u32, p: u32): void {
  const bits = <u32>ctz(n);
  let w: u64 = 1;
  for (let i: u32 = 0; i < <u32>n; i++) {
    const at = d + (<usize>reversed(i, bits) << 2);
    store<u32>(at, <u32>w);
    store<u32>(at + n * 4, shoup(<u32>w, p));
    w = (w * root) % p;
  }
}

/** The table of p at d, 16 n bytes. Returns the root of X^n + 1: the power of the smallest number that is one. */
export function tables(d: usize, n: usize, p: u32): u32 {
  let root: u32 = 0;
  for (let g: u32 = 2; ; g++) {
    root = power(g, (p - 1) / (2 * <u32>n), p);
    if (power(root, <u32>n, p) == p - 1) break;
  }
  powers(d, n, root, p);
  powers(d + half(n), n, power(root, p - 2, p), p);
  return root;
}

// @ts-ignore: decorator
@inline
function lower(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
function upper(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 2, 6, 3, 7);
}

/**
 * Forward, in place, from layer log2 `from` on (1: all of it). Input below 12p, output too. A polynomial of degree below n / from, repeated
 * `from` times, is what the layers before `from` make of it.
 */
export function forward(x: usize, n: usize, from: usize, table: usize, p: u32): void {
  const s = n * 4; // from a number of the table to its form
  const P = i32x4.splat(p);
  const P2 = i32x4.splat(2 * p);
  const P8 = i32x4.splat(8 * p);
  let m = from;
  if (ctz(n / m) & 1) {
    const h = n / m * 2; // half a group, in bytes
    for (let i: usize = 0; i < m; i++) {
      const w = v128.load32_splat(table + (m + i) * 4);
      const ws = v128.load32_splat(table + (m + i) * 4 + s);
      const end = x + i * h * 2 + h;
      for (let at = x + i * h * 2; at < end; at += 16) {
        const a = less(v128.load(at), P8);
        const b = times(v128.load(at + h), w, ws, P);
        v128.store(at, i32x4.add(a, b));
        v128.store(at + h, i32x4.add(i32x4.sub(a, b), P2));
      }
    }
    m <<= 1;
  }
  for (; m < n / 4; m <<= 2) {
    const h = n / m; // a quarter of a group, in bytes
    for (let i: usize = 0; i < m; i++) {
      const t1 = table + (m + i) * 4;
      const t2 = table + (m + i) * 8;
      const w1 = v128.load32_splat(t1), s1 = v128.load32_splat(t1 + s);
      const w2 = v128.load32_splat(t2), s2 = v128.load32_splat(t2 + s);
      const w3 = v128.load32_splat(t2, 4), s3 = v128.load32_splat(t2 + s, 4);
      const end = x + i * h * 4 + h;
      for (let at = x + i * h * 4; at < end; at += 16) {
        const q2 = at + 2 * h;
        const x0 = less(v128.load(at), P8);
        const x1 = less(v128.load(at + h), P8);
        const x2 = times(v128.load(q2), w1, s1, P);
        const x3 = times(v128.load(q2 + h), w1, s1, P);
        const a0 = i32x4.add(x0, x2);
        const a2 = i32x4.add(i32x4.sub(x0, x2), P2);
        const a1 = times(i32x4.add(x1, x3), w2, s2, P);
        const a3 = times(i32x4.add(i32x4.sub(x1, x3), P2), w3, s3, P);
        v128.store(at, i32x4.add(a0, a1));
        v128.store(at + h, i32x4.add(i32x4.sub(a0, a1), P2));
        v128.store(q2, i32x4.add(a2, a3));
        v128.store(q2 + h, i32x4.add(i32x4.sub(a2, a3), P2));
      }
    }
  }
  let t1 = table + n;
  let t2 = table + n * 2;
  for (let at = x; at < x + s; at += 64, t1 += 16, t2 += 32) {
    const l0 = v128.load(at), l1 = v128.load(at, 16), l2 = v128.load(at, 32), l3 = v128.load(at, 48);
    const c0 = lower(l0, l1), c1 = lower(l2, l3), c2 = upper(l0, l1), c3 = upper(l2, l3);
    const w1 = v128.load(t1), s1 = v128.load(t1 + s);
    const u = v128.load(t2), v = v128.load(t2, 16), us = v128.load(t2 + s), vs = v128.load(t2 + s, 16);
    const x0 = less(v128.shuffle<u64>(c0, c1, 0, 2), P8);
    const x1 = less(v128.shuffle<u64>(c0, c1, 1, 3), P8);
    const x2 = times(v128.shuffle<u64>(c2, c3, 0, 2), w1, s1, P);
    const x3 = times(v128.shuffle<u64>(c2, c3, 1, 3), w1, s1, P);
    const a0 = i32x4.add(x0, x2);
    const a2 = i32x4.add(i32x4.sub(x0, x2), P2);
    const a1 = times(i32x4.add(x1, x3), v128.shuffle<u32>(u, v, 0, 2, 4, 6), v128.shuffle<u32>(us, vs, 0, 2, 4, 6), P);
    const a3 = times(
      i32x4.add(i32x4.sub(x1, x3), P2), v128.shuffle<u32>(u, v, 1, 3, 5, 7), v128.shuffle<u32>(us, vs, 1, 3, 5, 7), P,
    );
    v128.store(at, i32x4.add(a0, a1));
    v128.store(at, i32x4.add(i32x4.sub(a0, a1), P2), 16);
    v128.store(at, i32x4.add(a2, a3), 32);
    v128.store(at, i32x4.add(i32x4.sub(a2, a3), P2), 48);
  }
}

/** Back, in place, times n. Input below 2p, output too. */
export function backward(x: usize, n: usize, table: usize, p: u32): void {
  const s = n * 4;
  const inverse = table + half(n);
  const P = i32x4.splat(p);
  const P2 = i32x4.splat(2 * p);
  const P4 = i32x4.splat(4 * p);
  let t1 = inverse + n;
  let t2 = inverse + n * 2;
  for (let at = x; at < x + s; at += 64, t1 += 16, t2 += 32) {
    const y0 = v128.load(at), y1 = v128.load(at, 16), y2 = v128.load(at, 32), y3 = v128.load(at, 48);
    const w1 = v128.load(t1), s1 = v128.load(t1 + s);
    const u = v128.load(t2), v = v128.load(t2, 16), us = v128.load(t2 + s), vs = v128.load(t2 + s, 16);
    const a0 = i32x4.add(y0, y1);
    const a2 = i32x4.add(y2, y3);
    const a1 = times(
      i32x4.add(i32x4.sub(y0, y1), P2), v128.shuffle<u32>(u, v, 0, 2, 4, 6), v128.shuffle<u32>(us, vs, 0, 2, 4, 6), P,
    );
    const a3 = times(
      i32x4.add(i32x4.sub(y2, y3), P2), v128.shuffle<u32>(u, v, 1, 3, 5, 7), v128.shuffle<u32>(us, vs, 1, 3, 5, 7), P,
    );
    const x0 = less(less(i32x4.add(a0, a2), P4), P2);
    const x1 = less(i32x4.add(a1, a3), P2);
    const x2 = times(i32x4.add(i32x4.sub(a0, a2), P4), w1, s1, P);
    const x3 = times(i32x4.add(i32x4.sub(a1, a3), P2), w1, s1, P);
    const c0 = lower(x0, x1), c1 = lower(x2, x3), c2 = upper(x0, x1), c3 = upper(x2, x3);
    v128.store(at, v128.shuffle<u64>(c0, c1, 0, 2));
    v128.store(at, v128.shuffle<u64>(c0, c1, 1, 3), 16);
    v128.store(at, v128.shuffle<u64>(c2, c3, 0, 2), 32);
    v128.store(at, v128.shuffle<u64>(c2, c3, 1, 3), 48);
  }
  let m = n / 16;
  for (; m > 0; m >>= 2) {
    const h = n / m;
    for (let i: usize = 0; i < m; i++) {
      const t1 = inverse + (m + i) * 4;
      const t2 = inverse + (m + i) * 8;
      const w1 = v128.load32_splat(t1), s1 = v128.load32_splat(t1 + s);
      const w2 = v128.load32_splat(t2), s2 = v128.load32_splat(t2 + s);
      const w3 = v128.load32_splat(t2, 4), s3 = v128.load32_splat(t2 + s, 4);
      const end = x + i * h * 4 + h;
      for (let at = x + i * h * 4; at < end; at += 16) {
        const q2 = at + 2 * h;
        const y0 = v128.load(at), y1 = v128.load(at + h), y2 = v128.load(q2), y3 = v128.load(q2 + h);
        const a0 = i32x4.add(y0, y1);
        const a2 = i32x4.add(y2, y3);
        const a1 = times(i32x4.add(i32x4.sub(y0, y1), P2), w2, s2, P);
        const a3 = times(i32x4.add(i32x4.sub(y2, y3), P2), w3, s3, P);
        v128.store(at, less(less(i32x4.add(a0, a2), P4), P2));
        v128.store(at + h, less(i32x4.add(a1, a3), P2));
        v128.store(q2, times(i32x4.add(i32x4.sub(a0, a2), P4), w1, s1, P));
        v128.store(q2 + h, times(i32x4.add(i32x4.sub(a1, a3), P2), w1, s1, P));
      }
    }
  }
  if (ctz(n) & 1) {
    const h = n * 2;
    const w = v128.load32_splat(inverse, 4);
    const ws = v128.load32_splat(inverse + s, 4);
    for (let at = x; at < x + h; at += 16) {
      const y0 = v128.load(at), y1 = v128.load(at + h);
      v128.store(at, less(i32x4.add(y0, y1), P2));
      v128.store(at + h, times(i32x4.add(i32x4.sub(y0, y1), P2), w, ws, P));
    }
  }
}
