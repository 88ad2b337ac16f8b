/**
 * @file x < t for public thresholds t on one secret x: the sign of x - t, exact whenever it does not overflow.
 *
 * x - t = c - r with c public: its sign is msb(c) ^ msb(r) ^ (low c < low r), low = the lower k-1 bits. The dealer
 * shares the one-hot code of every 4-bit digit of r, which each party indexes by the public digit of c: one bit of
 * it is "equal", the xor of a suffix is "less" (one-time truth tables: Ishai et al., TCC 2013, section 3; public
 * against shared digits: Rabbit, eprint 2021/119, section 4; edaBits, eprint 2020/338, section 3). A radix-4 tree
 * of multi-input ANDs combines the digits. Any number of thresholds share the tables.
 *
 * Rounds 4 (FM128), 3 (FM64, FM32); bits 71, 34, 16 per threshold; dealer bits k/4 * 16 + 1 once, and
 * 226, 100, 48 a threshold.
 */

import type { Bits } from '../ring/array.ts';
import { dealTree, lessTree } from './conjunction.ts';
import { type Gate, ringOf } from './gate.ts';

export interface LessAttrs extends Readonly<Record<string, unknown>> {
  /** Raw ring integers, exact as float64. */
  readonly thresholds: readonly number[];
}

/** The j-th most significant of the 4-bit digits of the lower k-1 bits: the top one has the sign bit cleared. */
const digit = (planes: Bits, bits: number, j: number): Bits => planes.plane(bits - 4 * (j + 1), 4);

/** Ins: x. Outs: a masked bit [x < t] per threshold. */
export const less: Gate<LessAttrs> = {
  deal(d, [x], { thresholds }) {
    const r = ringOf(x!.r);
    const n = r.length;
    const k = d.field.bits;
    const planes = d.bits(n, k);
    d.ring.toPlanes(planes, r);
    const sign = d.bits(n);
    d.ring.copy(sign, planes.plane(k - 1));
    d.ring.zero(planes.plane(k - 1));
    for (let j = 0; j < k / 4; j++) {
      const table = d.bits(n, 16);
      d.ring.oneHot(table, digit(planes, k, j));
      d.give(table);
      d.drop(table);
    }
    d.drop(planes);
    dealTree(d, n, k / 4, thresholds.length);
    d.give(sign);
    return thresholds.map(() => ({ r: d.drawBits(n) }));
  },
  *eval(p, [x], { thresholds }) {
    const { ring } = p;
    const c = ringOf(x!.c);
    const n = c.length;
    const k = p.field.bits;
    const digits = k / 4;
    const count = thresholds.length;
    const signs = p.bits(n, count);
    const planes = thresholds.map((t, i) => {
      const shifted = p.words(n);
      ring.addScalar(shifted, c, p.scalar(-t));
      const bits = p.bits(n, k);
      ring.toPlanes(bits, shifted);
      ring.copy(signs.plane(i), bits.plane(k - 1));
      ring.zero(bits.plane(k - 1));
      p.drop(shifted);
      return bits;
    });
    const lt = p.bits(n, digits * count);
    const eq = p.bits(n, digits * count);
    for (let j = 0; j < digits; j++) {
      const table = p.takeBits(n, 16);
      for (let t = 0; t < count; t++) {
        const at = t * digits + j;
        ring.digitSelect(eq.plane(at), lt.plane(at), table, digit(planes[t]!, k, j));
      }
      p.drop(table);
    }
    p.drop(...planes);
    const borrow = yield* lessTree(p, lt, eq, digits, count);
    const maskSign = p.takeBits(n);
    const betas = thresholds.map(() => p.drawBits(n));
    for (let t = 0; t < count; t++) {
      const out = borrow.plane(t);
      ring.xor(out, out, maskSign);
      if (p.first) ring.xor(out, out, signs.plane(t));
      ring.xor(out, out, betas[t]!);
    }
    const opened = yield* p.open(borrow);
    return betas.map((r, t) => {
      const bit = p.bits(n);
      ring.copy(bit, opened.plane(t));
      return { c: bit, r };
    });
  },
};
