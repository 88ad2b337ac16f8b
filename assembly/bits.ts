/** @file Boolean shares: bitwise kernels on packed planes. `bytes` and `stride` are multiples of 16. */

export function not(d: usize, a: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(d + i, v128.not(v128.load(a + i)));
}

// @ts-ignore: decorator
@inline
function andXorAt(d: usize, a: usize, b: usize): void {
  v128.store(d, v128.xor(v128.load(d), v128.and(v128.load(a), v128.load(b))));
}

/** d ^= a & b */
export function andXor(d: usize, a: usize, b: usize, bytes: usize): void {
  let i: usize = 0;
  for (const end = bytes & ~63; i < end; i += 64) {
    andXorAt(d + i, a + i, b + i);
    andXorAt(d + i + 16, a + i + 16, b + i + 16);
    andXorAt(d + i + 32, a + i + 32, b + i + 32);
    andXorAt(d + i + 48, a + i + 48, b + i + 48);
  }
  for (; i < bytes; i += 16) andXorAt(d + i, a + i, b + i);
}

// @ts-ignore: decorator
@inline
function choose(bit: v128, one: v128, zero: v128): v128 {
  return v128.bitselect(one, zero, bit);
}

/** Of four planes: the one that the digits d1 d0 name. */
// @ts-ignore: decorator
@inline
function equal(t0: v128, t1: v128, t2: v128, t3: v128, d0: v128, d1: v128): v128 {
  return choose(d1, choose(d0, t3, t2), choose(d0, t1, t0));
}

/** Of four planes: the xor of those above the one that the digits d1 d0 name. */
// @ts-ignore: decorator
@inline
function above(t1: v128, t2: v128, t3: v128, d0: v128, d1: v128): v128 {
  return choose(d1, v128.andnot(t3, d0), v128.xor(v128.andnot(t1, d0), v128.xor(t2, t3)));
}

/**
 * table: 16 planes, digit: 4 planes (v = their value), per lane eq = table[v] and lt = xor of table[u], u > v.
 * eq or lt may be 0 (not wanted). Planes lie `stride` bytes apart, `bytes` of each count.
 */
export function digitSelect(eq: usize, lt: usize, table: usize, digit: usize, stride: usize, bytes: usize): void {
  for (const end = digit + bytes; digit < end; digit += 16, table += 16) {
    const d0 = v128.load(digit);
    const d1 = v128.load(digit + stride);
    let t = table;
    let t0 = v128.load(t), t1 = v128.load(t + stride), t2 = v128.load(t + 2 * stride), t3 = v128.load(t + 3 * stride);
    const e0 = equal(t0, t1, t2, t3, d0, d1);
    let l0 = above(t1, t2, t3, d0, d1);
    t += 4 * stride;
    t0 = v128.load(t), t1 = v128.load(t + stride), t2 = v128.load(t + 2 * stride), t3 = v128.load(t + 3 * stride);
    const e1 = equal(t0, t1, t2, t3, d0, d1);
    const l1 = above(t1, t2, t3, d0, d1);
    l0 = v128.xor(l0, v128.xor(v128.xor(t0, t1), v128.xor(t2, t3)));
    t += 4 * stride;
    t0 = v128.load(t), t1 = v128.load(t + stride), t2 = v128.load(t + 2 * stride), t3 = v128.load(t + 3 * stride);
    const e2 = equal(t0, t1, t2, t3, d0, d1);
    let l2 = above(t1, t2, t3, d0, d1);
    let all = v128.xor(v128.xor(t0, t1), v128.xor(t2, t3));
    t += 4 * stride;
    t0 = v128.load(t), t1 = v128.load(t + stride), t2 = v128.load(t + 2 * stride), t3 = v128.load(t + 3 * stride);
    const e3 = equal(t0, t1, t2, t3, d0, d1);
    const l3 = above(t1, t2, t3, d0, d1);
    const last = v128.xor(v128.xor(t0, t1), v128.xor(t2, t3));
    l2 = v128.xor(l2, last);
    all = v128.xor(all, last);
    const d2 = v128.load(digit + 2 * stride);
    const d3 = v128.load(digit + 3 * stride);
    if (eq) {
      v128.store(eq, choose(d3, choose(d2, e3, e2), choose(d2, e1, e0)));
      eq += 16;
    }
    if (lt) {
      v128.store(lt, choose(d3, choose(d2, l3, l2), v128.xor(choose(d2, l1, l0), all)));
      lt += 16;
    }
  }
}

/** dst: 16 planes; plane v is set in the lanes whose digit is v; `bytes` of each. */
export function oneHot(d: usize, digit: usize, stride: usize, bytes: usize): void {
  for (const end = digit + bytes; digit < end; digit += 16, d += 16) {
    const d0 = v128.load(digit);
    const d1 = v128.load(digit + stride);
    const d2 = v128.load(digit + 2 * stride);
    const d3 = v128.load(digit + 3 * stride);
    const low3 = v128.and(d0, d1), low2 = v128.andnot(d1, d0), low1 = v128.andnot(d0, d1), low0 = v128.not(v128.or(d0, d1));
    let p = d;
    for (let v = 0; v < 4; v++) {
      const high = v128.and(v & 1 ? d2 : v128.not(d2), v & 2 ? d3 : v128.not(d3));
      v128.store(p, v128.and(high, low0));
      v128.store(p + stride, v128.and(high, low1));
      v128.store(p + 2 * stride, v128.and(high, low2));
      v128.store(p + 3 * stride, v128.and(high, low3));
      p += 4 * stride;
    }
  }
}
