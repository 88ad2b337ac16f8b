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

import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { bits as bitSlot, ofOwner } from '../dealer/slots.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import { answerSlots, dealAnswers, openAnswers } from './answers.ts';
import { gate, type Party, ringOf, type Shapes } from './gate.ts';
import { halvesOf } from './halves.ts';
import { dealTree, lessTree, treeLevels, treeSlots } from './multi-and.ts';

export interface LessAttrs {
  /** Raw ring integers, exact as float64. */
  readonly thresholds: readonly number[];
  /** b, a multiple of 4: x - t lies in [-2^(b-1), 2^(b-1)). Absent: anything but overflow. */
  readonly bits?: number;
}

/** The j-th most significant of the 4-bit digits of the lowest `bits` planes. */
export const digit = (planes: Bits, bits: number, j: number): Bits => planes.plane(bits - 4 * (j + 1), 4);

/** Clears planes from `from` up to a whole digit; returns the bits that the digits cover. */
export const clearAbove = (s: Scratch, planes: Bits, from: number): number => {
  const covered = 4 * covering(from);
  if (covered > from) s.ring.zero(planes.plane(from, covered - from));
  return covered;
};

/** Whole digits that cover so many bits. */
export const covering = (bits: number): number => Math.ceil(bits / 4);

/** Digits whose tables are dealt in one tile: all of a small batch, one of a large one. */
export const digitTiles = (n: number, digits: number): { from: number; count: number }[] => {
  const count = Math.max(1, Math.min(digits, Math.floor(TILE / (2 * n + 1))));
  return Array.from({ length: Math.ceil(digits / count) }, (_, i) => ({
    from: i * count,
    count: Math.min(count, digits - i * count),
  }));
};
const TILE = 1 << 18;

/** One-hot codes of so many digits of n elements. */
export const digitCodes = (n: number, digits: number) =>
  digitTiles(n, digits).map(({ count }) => bitSlot('digitCodes', n, 16 * count));

/** Material for [low c < low r] of the lowest `bits` bits of n elements, for `count` rows c. */
export const lowerSlots = (n: number, bits: number, count: number) => ({
  codes: digitCodes(n, covering(bits)),
  ...treeSlots(n, covering(bits), count),
});
type LowerSlots = ReturnType<typeof lowerSlots>;

/** Where the material of one of several such comparisons begins among the slots. */
export interface LowerPlace {
  readonly codes: number;
  readonly tree: number;
}
const FIRST: LowerPlace = { codes: 0, tree: 0 };

/** The place behind one of n elements. */
const placeAfter = ({ codes, tree }: LowerPlace, n: number, bits: number): LowerPlace => ({
  codes: codes + digitTiles(n, covering(bits)).length,
  tree: tree + treeLevels(covering(bits)),
});

/** Looks each digit of each row of public planes up, the most significant first. Gives the rows up. */
const lookUpDigits = (
  p: Party<LowerSlots>,
  rows: readonly Bits[],
  n: number,
  bits: number,
  place: LowerPlace,
) => {
  const digits = bits / 4;
  const less = p.bits(n, digits * rows.length);
  const equal = p.bits(n, digits * rows.length);
  const tiles = [...digitTiles(n, digits).entries()];
  const inTiles = tiles.length > 1;
  function* upTo(end: number) {
    for (let next = tiles[0]; next && next[1].from < end; next = tiles[0]) {
      tiles.shift();
      const [i, { from, count }] = next;
      const tables = yield* p.receiveShare('codes', place.codes + i);
      for (let j = 0; j < count; j++) {
        rows.forEach((planes, t) => {
          const at = t * digits + from + j;
          const table = tables.plane(16 * j, 16);
          p.ring.digitSelect(equal.plane(at), less.plane(at), table, digit(planes, bits, from + j));
        });
      }
      p.drop(tables);
    }
    if (tiles.length === 0) p.drop(...rows);
  }
  return { less, equal, upTo, inTiles };
};

/** For [low c < low r] of the lowest `bits` planes (whole digits) and `count` rows c: shares the one-hot code of every digit. */
export function* dealLower(
  d: DealerContext<LowerSlots>,
  planes: Bits,
  bits: number,
  count: number,
  place = FIRST,
) {
  const n = planes.length;
  for (const [i, tile] of digitTiles(n, bits / 4).entries()) {
    const tables = d.bits(n, 16 * tile.count);
    for (let j = 0; j < tile.count; j++)
      d.ring.oneHot(tables.plane(16 * j, 16), digit(planes, bits, tile.from + j));
    yield* d.share('codes', tables, place.codes + i);
    d.drop(tables);
  }
  yield* dealTree(d, n, bits / 4, count, place.tree);
}

/** Xor-shares of [low c < low r], a plane a row of planes of c; gives the rows up. Rounds: see borrow. */
export function* lower(p: Party<LowerSlots>, rows: readonly Bits[], n: number, bits: number, place = FIRST) {
  return yield* lessTree(p, lookUpDigits(p, rows, n, bits, place), bits / 4, rows.length, place.tree);
}

/** Rows from which on two parties look digits up in codes that serve all rows. */
const MANY_ROWS = 5;

/** Whether two parties choose entries of digits in place of codes of them. */
const areChosen = (made: unknown, rows: number): boolean => Boolean(made) && rows < MANY_ROWS;

/** Material for the signs of n numbers of `bits` bits, less `rows` public numbers each. */
export const signSlots = (n: number, bits: number, rows: number, made: boolean | undefined) => {
  const digits = covering(bits - 1);
  const chosen = areChosen(made, rows);
  const width = entryBits(rows);
  const halves = chosen ? halvesOf(n) : [];
  return {
    codes: chosen ? [] : digitCodes(n, digits),
    sign: chosen ? [] : [bitSlot('maskBits', n)],
    entries: halves.flatMap(({ sender, count: size }) =>
      digitTiles(size, digits).map(({ count }) =>
        ofOwner(sender, bitSlot('entryPads', size, 16 * width * count)),
      ),
    ),
    chosen: halves.map(({ sender, count: size }) =>
      ofOwner(sender, bitSlot('chosenPads', size, width * digits)),
    ),
    ...treeSlots(n, digits, rows),
  };
};
export type SignSlots = ReturnType<typeof signSlots>;

/** Bits of an entry: less and equal of each row. */
export const entryBits = (rows: number): number => 2 * rows;

/** Where the material of one of several lists of signs begins: of digits, of trees, and of signs or what was chosen. */
export interface SignPlace extends LowerPlace {
  readonly index: number;
}
export const FIRST_SIGN: SignPlace = { codes: 0, tree: 0, index: 0 };

/** The place behind one of n numbers of `bits` bits, less one public number. */
export const signPlaceAfter = (place: SignPlace, n: number, bits: number, made: boolean): SignPlace => {
  const after = placeAfter(place, n, bits - 1);
  if (!areChosen(made, 1)) return { ...after, index: place.index + 1 };
  const halves = halvesOf(n);
  const tiles = halves.flatMap(({ count }) => digitTiles(count, covering(bits - 1)));
  return { codes: place.codes + tiles.length, tree: after.tree, index: place.index + halves.length };
};

/**
 * Xor-shares of the signs of (c - r) - t, a plane for each t: of its bit `bits` - 1. Rounds: those of the tree; of made material one
 * more, in which the rank i that has the entries of a half, and knows c - r_i - t, sends entries for each digit of the other's mask.
 */
export function* signs(
  p: Party<SignSlots>,
  c: RingArray,
  r: RingArray,
  thresholds: readonly number[],
  bits: number,
  place = FIRST_SIGN,
) {
  if (p.made && areChosen(p.made, thresholds.length))
    return yield* p.made.signs(p, c, r, thresholds, bits, place);
  const { ring } = p;
  const n = c.length;
  const tops = p.bits(n, thresholds.length);
  const planes = thresholds.map((t, i) => {
    const row = shiftedPlanes(p, c, t);
    ring.copy(tops.plane(i), row.plane(bits - 1));
    clearAbove(p, row, bits - 1);
    return row;
  });
  const out = yield* lower(p, planes, n, 4 * covering(bits - 1), place);
  const maskSign = yield* p.receiveShare('sign', place.index);
  for (let t = 0; t < thresholds.length; t++) ring.xor(out.plane(t), out.plane(t), maskSign);
  if (p.first) ring.xor(out, out, tops);
  p.drop(tops, maskSign);
  return out;
}

/** Planes of x - t. */
export const shiftedPlanes = (s: Scratch, x: RingArray, t: number): Bits => {
  const shifted = s.words(x.length);
  s.ring.addScalar(shifted, x, s.scalar(-t));
  const planes = s.bits(x.length, s.field.bits);
  s.ring.toPlanes(planes, shifted);
  s.drop(shifted);
  return planes;
};

/** Ins: x. Outs: a masked bit [x < t] per threshold. */
export const less = gate({
  slots: ({ field, ins: [x], made }: Shapes, { thresholds, bits = field.bits }: LessAttrs) => ({
    ...signSlots(x!.length, bits, thresholds.length, made),
    ...answerSlots(x!.length, thresholds.length),
  }),
  *deal(d, [x], { thresholds, bits = d.field.bits }) {
    const r = ringOf(x!.r);
    const n = r.length;
    const planes = d.bits(n, d.field.bits);
    d.ring.toPlanes(planes, r);
    const sign = d.bits(n);
    d.ring.copy(sign, planes.plane(bits - 1));
    yield* dealLower(d, planes, clearAbove(d, planes, bits - 1), thresholds.length);
    d.drop(planes);
    yield* d.share('sign', sign);
    return yield* dealAnswers(d, thresholds.length);
  },
  *eval(p, [x], { thresholds, bits = p.field.bits }) {
    return yield* openAnswers(p, yield* signs(p, ringOf(x!.c), ringOf(x!.r), thresholds, bits));
  },
});

/** Of borrow. */
export interface BorrowAttrs {
  readonly bits: number;
}

/**
 * The borrow of the lowest `bits` bits: [low c < low r], the bit by which (c >> bits) - (r >> bits) exceeds
 * floor(x / 2^bits). Rounds 1 + log_4 of the digits, rounded up; by 4, 8, 18, 26
 * bits: rounds 1, 2, 3, 3; bits 1, 3, 10, 14; dealer bits 16, 33, 96, 136.
 */
export const borrow = gate({
  slots: ({ ins: [x] }: Shapes, { bits }: BorrowAttrs) => ({
    ...lowerSlots(x!.length, bits, 1),
    r: bitSlot('mask', x!.length),
  }),
  *deal(d, [x], { bits }) {
    const r = ringOf(x!.r);
    const planes = d.bits(r.length, d.field.bits);
    d.ring.toPlanes(planes, r);
    const covered = clearAbove(d, planes, bits);
    yield* dealLower(d, planes, covered, 1);
    d.drop(planes);
    return [{ r: yield* d.mask('r') }];
  },
  *eval(p, [x], { bits }) {
    const c = ringOf(x!.c);
    const planes = p.bits(c.length, p.field.bits);
    p.ring.toPlanes(planes, c);
    const covered = clearAbove(p, planes, bits);
    const share = yield* lower(p, [planes], c.length, covered);
    const r = yield* p.mask('r');
    p.ring.xor(share, share, r);
    return [{ c: yield* p.open(share), r }];
  },
});
