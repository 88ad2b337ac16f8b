/** @file Boolean shares: bitwise kernels on packed planes. `bytes` and `stride` are multiples of 16. */

export function not(d: usize, a: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(d + i, v128.not(v128.load(a + i)));
}

/** d ^= a & b */
export function andXor(d: usize, a: usize, b: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(d + i, v128.xor(v128.load(d + i), v128.and(v128.load(a + i), v128.load(b + i))));
  }
}

/**
 * table: 16 planes, digit: 4 planes (v = their value), per lane eq = table[v] and lt = xor of table[u], u > v.
 * eq or lt may be 0 (not wanted).
 */
export function digitSelect(eq: usize, lt: usize, table: usize, digit: usize, stride: usize): void {
  for (let i: usize = 0; i < stride; i += 16) {
    const d0 = v128.load(digit + i);
    const d1 = v128.load(digit + stride + i);
    const d2 = v128.load(digit + 2 * stride + i);
    const d3 = v128.load(digit + 3 * stride + i);
    let found = i64x2.splat(0);
    let above = i64x2.splat(0);
    let after = i64x2.splat(0);
    for (let v = 15; v >= 0; v--) {
      const t = v128.load(table + <usize>v * stride + i);
      const h0 = v & 1 ? d0 : v128.not(d0);
      const h1 = v & 2 ? d1 : v128.not(d1);
      const h2 = v & 4 ? d2 : v128.not(d2);
      const h3 = v & 8 ? d3 : v128.not(d3);
      const here = v128.and(v128.and(h0, h1), v128.and(h2, h3));
      found = v128.or(found, v128.and(here, t));
      above = v128.or(above, v128.and(here, after));
      after = v128.xor(after, t);
    }
    if (eq) v128.store(eq + i, found);
    if (lt) v128.store(lt + i, above);
  }
}

/** dst: 16 planes; plane v is set in the lanes whose digit is v. */
export function oneHot(d: usize, digit: usize, stride: usize): void {
  for (let i: usize = 0; i < stride; i += 16) {
    const d0 = v128.load(digit + i);
    const d1 = v128.load(digit + stride + i);
    const d2 = v128.load(digit + 2 * stride + i);
    const d3 = v128.load(digit + 3 * stride + i);
    for (let v = 0; v < 16; v++) {
      const h0 = v & 1 ? d0 : v128.not(d0);
      const h1 = v & 2 ? d1 : v128.not(d1);
      const h2 = v & 4 ? d2 : v128.not(d2);
      const h3 = v & 8 ? d3 : v128.not(d3);
      v128.store(d + <usize>v * stride + i, v128.and(v128.and(h0, h1), v128.and(h2, h3)));
    }
  }
}
