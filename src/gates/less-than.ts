/**
 * @file x < t for public thresholds t on one secret x: the sign of x - t, exact whenever it does not overflow.
 *
 * x - t = c - r with c public: its sign is msb(c) ^ msb(r) ^ (low c < low r), low = the lower k-1 bits. The dealer
 * shares the one-hot code of every 4-bit digit of r, which each party indexes by the public digit of c: one bit of
 * it is "equal", the xor of a suffix is "less" (one-time truth tables: Ishai et al., TCC 2013, section 3; public
 * against shared digits: Rabbit, eprint 2021/119, section 4; edaBits, eprint 2020/338, section 3). A radix-4 tree
 * of multi-input ANDs combines the digits. Any number of thresholds share the tables.
 *
 * Secrecy: codes are shared afresh; each bit that the tree opens, and the answer, is masked by a stream of every party.
 *
 * Where x - t is known to be small, its low bits are enough: with b in place of k all stays as it is.
 *
 * Rounds 4 (FM128), 3 (FM64, FM32; b = 56, 40, 20); bits 71, 34, 16 (30, 21, 10) per threshold; dealer bits b/4 * 16 + 1 once,
 * and 207, 96, 38 (76, 44, 16) a threshold.
 */

import type { Dealing } from '../dealer/material.ts';
import type { Bits } from '../ring/array.ts';
import { type Gate, type Party, ringOf, type Steps } from './gate.ts';
import { type Digits, dealTree, lessTree } from './multi-and.ts';

export interface LessAttrs extends Readonly<Record<string, unknown>> {
  /** Raw ring integers, exact as float64. */
  readonly thresholds: readonly number[];
  /** b, a multiple of 4: x - t lies in [-2^(b-1), 2^(b-1)). Absent: anything but overflow. */
  readonly bits?: number;
}

/** The j-th most significant of the 4-bit digits of the lowest `bits` planes. */
export const digit = (planes: Bits, bits: number, j: number): Bits => planes.plane(bits - 4 * (j + 1), 4);

/** Clears planes from `from` up to a whole digit; returns the bits that the digits cover. */
export const clearAbove = (s: Dealing | Party, planes: Bits, from: number): number => {
  const covered = Math.ceil(from / 4) * 4;
  if (covered > from) s.ring.zero(planes.plane(from, covered - from));
  return covered;
};

/** Digits whose tables are dealt in one piece: all of a small batch, one of a large one. */
export const pieces = (n: number, digits: number): { from: number; count: number }[] => {
  const count = Math.max(1, Math.min(digits, Math.floor(PIECE / (2 * n + 1))));
  return Array.from({ length: Math.ceil(digits / count) }, (_, i) => ({
    from: i * count,
    count: Math.min(count, digits - i * count),
  }));
};
const PIECE = 1 << 18;

/** Shares the one-hot code of every digit. */
const dealDigits = (d: Dealing, planes: Bits, bits: number): void => {
  for (const { from, count } of pieces(planes.length, bits / 4)) {
    const tables = d.bits(planes.length, 16 * count);
    for (let j = 0; j < count; j++) d.ring.oneHot(tables.plane(16 * j, 16), digit(planes, bits, from + j));
    d.give(tables);
    d.drop(tables);
  }
};

/** Looks each digit of each row of public planes up, the most significant first. Gives the rows up. */
const lookDigits = (p: Party, rows: readonly Bits[], n: number, bits: number): Digits => {
  const digits = bits / 4;
  const less = p.bits(n, digits * rows.length);
  const equal = p.bits(n, digits * rows.length);
  const left = pieces(n, digits);
  const upTo = (end: number): void => {
    for (let next = left[0]; next && next.from < end; next = left[0]) {
      left.shift();
      const tables = p.takeBits(n, 16 * next.count);
      for (let j = 0; j < next.count; j++) {
        rows.forEach((planes, t) => {
          const at = t * digits + next!.from + j;
          const table = tables.plane(16 * j, 16);
          p.ring.digitSelect(equal.plane(at), less.plane(at), table, digit(planes, bits, next!.from + j));
        });
      }
      p.drop(tables);
    }
    if (left.length === 0) p.drop(...rows);
  };
  return { less, equal, upTo, inPieces: left.length > 1 };
};

/** For [low c < low r] of the lowest `bits` planes (whole digits) and `count` rows c. */
export const dealLower = (d: Dealing, planes: Bits, bits: number, count: number): void =>
  dealTree(d, planes.length, bits / 4, count, () => dealDigits(d, planes, bits));

/** Xor-shares of [low c < low r], a plane a row of planes of c; gives the rows up. Rounds: see borrow. */
export const lower = (p: Party, rows: readonly Bits[], n: number, bits: number): Steps<Bits> =>
  lessTree(p, lookDigits(p, rows, n, bits), bits / 4, rows.length);

/** Ins: x. Outs: a masked bit [x < t] per threshold. */
export const less: Gate<LessAttrs> = {
  deal(d, [x], { thresholds, bits = d.field.bits }) {
    const r = ringOf(x!.r);
    const n = r.length;
    const planes = d.bits(n, d.field.bits);
    d.ring.toPlanes(planes, r);
    const sign = d.bits(n);
    d.ring.copy(sign, planes.plane(bits - 1));
    dealLower(d, planes, clearAbove(d, planes, bits - 1), thresholds.length);
    d.drop(planes);
    d.give(sign);
    return thresholds.map(() => ({ r: d.drawBits(n) }));
  },
  *eval(p, [x], { thresholds, bits = p.field.bits }) {
    const { ring } = p;
    const c = ringOf(x!.c);
    const n = c.length;
    const count = thresholds.length;
    const signs = p.bits(n, count);
    const planes = thresholds.map((t, i) => {
      const shifted = p.words(n);
      ring.addScalar(shifted, c, p.scalar(-t));
      const row = p.bits(n, p.field.bits);
      ring.toPlanes(row, shifted);
      ring.copy(signs.plane(i), row.plane(bits - 1));
      clearAbove(p, row, bits - 1);
      p.drop(shifted);
      return row;
    });
    const signless = yield* lower(p, planes, n, bits);
    const maskSign = p.takeBits(n);
    const betas = thresholds.map(() => p.drawBits(n));
    for (let t = 0; t < count; t++) {
      const out = signless.plane(t);
      ring.xor(out, out, maskSign);
      if (p.first) ring.xor(out, out, signs.plane(t));
      ring.xor(out, out, betas[t]!);
    }
    const opened = yield* p.open(signless);
    return betas.map((r, t) => {
      const bit = p.bits(n);
      ring.copy(bit, opened.plane(t));
      return { c: bit, r };
    });
  },
};

/**
 * The borrow of the lowest `bits` bits: [low c < low r], the bit by which (c >> bits) - (r >> bits) exceeds
 * floor(x / 2^bits). Rounds 1 + log_4 of the digits, rounded up; by 4, 8, 18, 26
 * bits: rounds 1, 2, 3, 3; bits 1, 3, 10, 14; dealer bits 16, 33, 96, 136.
 */
export const borrow: Gate<{ readonly bits: number } & Readonly<Record<string, unknown>>> = {
  deal(d, [x], { bits }) {
    const r = ringOf(x!.r);
    const planes = d.bits(r.length, d.field.bits);
    d.ring.toPlanes(planes, r);
    const covered = clearAbove(d, planes, bits);
    dealLower(d, planes, covered, 1);
    d.drop(planes);
    return [{ r: d.drawBits(r.length) }];
  },
  *eval(p, [x], { bits }) {
    const c = ringOf(x!.c);
    const planes = p.bits(c.length, p.field.bits);
    p.ring.toPlanes(planes, c);
    const covered = clearAbove(p, planes, bits);
    const share = yield* lower(p, [planes], c.length, covered);
    const r = p.drawBits(c.length);
    p.ring.xor(share, share, r);
    return [{ c: yield* p.open(share), r }];
  },
};
