/**
 * @file The digit that leads a secret, wherever in the ring it lies: masked bits that say which of the powers t_j = 2^(4j - 1) are
 * beyond |x|. x = c - r; digit i is bits 4i - 1 to 4i + 2, so that the sign stands alone behind the last one.
 *
 * The borrow b_i into each digit is one prefix of the digits' (less, equal), which parties read off the dealt one-hot code of r's
 * digit, as in less-than.ts. Digit i of x is that of c - r - b_i, and |x| < t_j iff all digits from j on are those of x's sign (0, or
 * 15 for -t_j <= x < 0): r_i + b_i - sign = c_i. Borrows and sign are opened masked, so that each party reads this off one of the
 * dealt codes of r_i + (m ^ beta_i) - (m ^ beta_sign), which the public m choose: one-time truth tables again. One prefix of ANDs
 * from the top serves all t_j.
 *
 * j is 4a + b or the like: `coarse` bits say |x| < t_(fine a), `fine` bits |x| < t_(fine a + b) for the a that holds. The latter
 * are sums of the former kind, because each is true at one a at most, but for what is below all.
 *
 * Secrecy: codes and products of masks are shared afresh; what is opened is masked by streams of every party.
 *
 * Rounds 6. Bits at FM128 (4 fine digits), FM64 (2), FM32 (1): signed 190, 96, 49, of positives 192, 97, 51; dealer bits 3872, 1462,
 * 637 and 2898, 991, 403.
 */

import type { Scratch } from '../dealer/scratch.ts';
import { bits as bitSlot } from '../dealer/slots.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import { type Plane, type PlaneProgram, PlaneWriter, planeOf as plane } from '../ring/plane-program.ts';
import { allStages, borrowStages, dealStage, runStage, type Stage, stageSlots } from './and-stages.ts';
import { gate, openWhile, ringOf, type Shapes } from './gate.ts';
import { digit, digitCodes, digitTiles } from './less-than.ts';

export interface LeadingDigitAttrs {
  /** |x| for numbers of either sign; else x, and a negative x is below none. */
  readonly signed: boolean;
  /** Digits of a coarse one: a power of two. */
  readonly fine: number;
}

interface DigitShape {
  /** Digits, and codes of each. */
  readonly digits: number;
  readonly codes: number;
  readonly borrows: readonly Stage[];
  readonly alls: readonly Stage[];
  /** Planes from the top that `alls` run over. */
  readonly positions: number;
  /** Numbers whose codes are dealt, 4 planes each. Arrays: planes of 2r, masks of borrows, mask of the sign, numbers, room, ones. */
  readonly numbers: PlaneProgram;
  /** Chooses among the codes read. Arrays: read, opened borrows, the public part of the sign, positions, ones. */
  readonly choose: PlaneProgram;
  /** Arrays: positions, results. */
  readonly collect: PlaneProgram;
  readonly results: number;
}

/** Codes by what is public of the borrow, and of the sign: 2 (sign) + (borrow), or (borrow) alone. */
const codesOf = (signed: boolean): number => (signed ? 4 : 2);

/** The number r + (m ^ beta) - (m' ^ beta') of digits 1 .. digits-1, for each m and m'. */
const writeNumbers = (digits: number, codes: number): PlaneProgram => {
  const w = new PlaneWriter();
  const [carry, next] = [plane(4, 0), plane(4, 1)];
  for (let i = 1; i < digits; i++) {
    for (let code = 0; code < codes; code++) {
      const out = (k: number): Plane => plane(3, 4 * ((i - 1) * codes + code) + k);
      w.copy(carry, plane(1, i - 1));
      if (code & 1) w.xor(carry, carry, plane(5, 0));
      for (let k = 0; k < 4; k++) {
        const r = plane(0, 4 * i + k);
        w.and(next, r, carry);
        w.xor(out(k), r, carry);
        w.copy(carry, next);
      }
      if (codes === 2) continue;
      w.copy(carry, plane(2, 0));
      if (code & 2) w.xor(carry, carry, plane(5, 0));
      for (let k = 0; k < 4; k++) {
        w.and(next, out(k), carry);
        w.xor(out(k), out(k), carry);
        w.xor(carry, carry, next);
      }
    }
  }
  return w.end();
};

const writeChoose = (digits: number, codes: number, positions: number): PlaneProgram => {
  const w = new PlaneWriter();
  const at = (i: number): Plane => plane(3, positions - 1 - i);
  for (let i = 1; i < digits; i++) {
    const read = (code: number): Plane => plane(0, (i - 1) * codes + code);
    const borrow = plane(1, i - 1);
    w.copy(at(i), read(0));
    w.xor(read(1), read(1), read(0));
    w.andXor(at(i), read(1), borrow);
    if (codes === 2) continue;
    w.xor(read(3), read(3), read(2));
    w.xor(read(2), read(2), read(0));
    w.xor(read(3), read(3), read(1));
    w.andXor(read(2), read(3), borrow);
    w.andXor(at(i), read(2), plane(2, 0));
  }
  return w.end();
};

const writeCollect = (digits: number, fine: number, positions: number): PlaneProgram => {
  const w = new PlaneWriter();
  const reached = (j: number): Plane => plane(0, positions - 1 - j);
  const coarse = digits / fine;
  for (let a = 1; a < coarse; a++) w.copy(plane(1, a - 1), reached(fine * a));
  for (let b = 1; b < fine; b++) {
    const to = plane(1, coarse - 2 + b);
    w.copy(to, reached(b));
    for (let a = 1; a < coarse; a++) {
      w.xor(to, to, reached(fine * a));
      w.xor(to, to, reached(fine * a + b));
    }
  }
  w.copy(plane(1, coarse + fine - 2), reached(0));
  return w.end();
};

const shapes = new Map<string, DigitShape>();
export const shapeOf = (bits: number, { signed, fine }: LeadingDigitAttrs): DigitShape => {
  const key = `${bits} ${signed} ${fine}`;
  const known = shapes.get(key);
  if (known) return known;
  const digits = bits / 4;
  const codes = codesOf(signed);
  const positions = signed ? digits : digits + 1;
  const made = {
    digits,
    codes,
    positions,
    borrows: borrowStages(digits),
    alls: allStages(positions),
    numbers: writeNumbers(digits, codes),
    choose: writeChoose(digits, codes, positions),
    collect: writeCollect(digits, fine, positions),
    results: digits / fine + fine - 1,
  };
  shapes.set(key, made);
  return made;
};

/** The planes of twice a number: the digits, of which the first has no lowest bit. */
const doubled = (s: Scratch, a: RingArray): Bits => {
  const twice = s.words(a.length);
  s.ring.shl(twice, a, 1);
  const planes = s.bits(a.length, s.field.bits);
  s.ring.toPlanes(planes, twice);
  s.drop(twice);
  return planes;
};

const signPlane = (s: Scratch, a: RingArray): Bits => {
  const planes = s.bits(a.length, s.field.bits);
  s.ring.toPlanes(planes, a);
  const sign = s.bits(a.length);
  s.ring.copy(sign, planes.plane(s.field.bits - 1));
  s.drop(planes);
  return sign;
};

export const ones = (s: Scratch, n: number): Bits => {
  const one = s.bits(n);
  s.ring.zero(one);
  s.ring.not(one, one);
  return one;
};

/** The names of the stages' slots. */
const BORROW = { masks: 'borrowStageMasks', products: 'borrowStageProducts' } as const;
const ALL = { masks: 'allStageMasks', products: 'allStageProducts' } as const;

/** Ins: x. Outs: masked bits: coarse ones from a = 1 on, fine ones from b = 1 on, x = 0, x < 0. */
export const leadingDigit = gate({
  slots: ({ field, ins: [x] }: Shapes, attrs: LeadingDigitAttrs) => {
    const n = x!.length;
    const { digits, codes, borrows, alls, results } = shapeOf(field.bits, attrs);
    const [borrow, all] = [stageSlots(n, borrows), stageSlots(n, alls)];
    return {
      codes: digitCodes(n, digits),
      borrowStageMasks: borrow.masks,
      borrowStageProducts: borrow.products,
      borrowMasks: bitSlot('mask', n, digits),
      sign: bitSlot('maskBits', n),
      sums: digitCodes(n, codes * (digits - 1)),
      lowest: attrs.signed ? bitSlot('digitCodes', n, 16) : undefined,
      allStageMasks: all.masks,
      allStageProducts: all.products,
      results: Array.from({ length: results }, () => bitSlot('mask', n)),
    };
  },
  *deal(d, [x], attrs) {
    const { ring } = d;
    const r = ringOf(x!.r);
    const n = r.length;
    const k = d.field.bits;
    const shape = shapeOf(k, attrs);
    const { digits, codes } = shape;
    const planes = doubled(d, r);
    const at = (i: number): Bits => digit(planes, k, digits - 1 - i);
    for (const [tile, { from, count }] of digitTiles(n, digits).entries()) {
      const tables = d.bits(n, 16 * count);
      for (let i = 0; i < count; i++) ring.oneHot(tables.plane(16 * i, 16), at(from + i));
      yield* d.share('codes', tables, tile);
      d.drop(tables);
    }
    for (const [i, stage] of shape.borrows.entries()) yield* dealStage(d, n, stage, BORROW, i);
    const borrowMasks = yield* d.mask('borrowMasks');
    const sign = yield* d.share('sign', signPlane(d, r));
    ring.xor(sign, sign, borrowMasks.plane(digits - 1));
    const numbers = d.bits(n, 4 * codes * (digits - 1));
    const room = d.bits(n, 2);
    ring.runPlanes(shape.numbers, [planes, borrowMasks, sign, numbers, room, ones(d, n)]);
    for (const [tile, { from, count }] of digitTiles(n, codes * (digits - 1)).entries()) {
      const tables = d.bits(n, 16 * count);
      for (let i = 0; i < count; i++) ring.oneHot(tables.plane(16 * i, 16), numbers.plane(4 * (from + i), 4));
      yield* d.share('sums', tables, tile);
      d.drop(tables);
    }
    if (attrs.signed) {
      // The lowest digit of a negative number is no zero.
      const table = d.bits(n, 16);
      ring.oneHot(table, at(0));
      for (let v = 0; v < 16; v++) ring.and(table.plane(v), table.plane(v), sign);
      yield* d.share('lowest', table);
      d.drop(table);
    }
    d.drop(planes, numbers, room, borrowMasks);
    for (const [i, stage] of shape.alls.entries()) yield* dealStage(d, n, stage, ALL, i);
    const outs: { r: Bits }[] = [];
    for (let i = 0; i < shape.results; i++) outs.push({ r: yield* d.mask('results', i) });
    return [...outs, { r: sign }];
  },
  *eval(p, [x], attrs) {
    const { ring } = p;
    const c = ringOf(x!.c);
    const n = c.length;
    const k = p.field.bits;
    const shape = shapeOf(k, attrs);
    const { digits, codes, positions } = shape;
    const planes = doubled(p, c);
    const at = (i: number): Bits => digit(planes, k, digits - 1 - i);
    const compared = p.bits(n, 2 * digits);
    const lowest = p.bits(n);
    for (const [tile, { from, count }] of digitTiles(n, digits).entries()) {
      const tables = yield* p.receiveShare('codes', tile);
      for (let i = 0; i < count; i++) {
        const [lt, eq] = [compared.plane(from + i), compared.plane(digits + from + i)];
        ring.digitSelect(eq, lt, tables.plane(16 * i, 16), at(from + i));
      }
      p.drop(tables);
    }
    ring.copy(lowest, compared.plane(digits));
    for (const [i, stage] of shape.borrows.entries()) yield* runStage(p, compared, stage, BORROW, i);
    const borrowMasks = yield* p.mask('borrowMasks');
    const masked = p.bits(n, digits);
    ring.xor(masked, compared.plane(0, digits), borrowMasks);
    p.drop(compared);
    const [m, sign] = yield* openWhile(p, masked, () => p.receiveShare('sign'));
    ring.xor(sign, sign, borrowMasks.plane(digits - 1));
    const openSign = signPlane(p, c);
    ring.xor(openSign, openSign, m.plane(digits - 1));
    const read = p.bits(n, codes * (digits - 1));
    for (const [tile, { from, count }] of digitTiles(n, codes * (digits - 1)).entries()) {
      const tables = yield* p.receiveShare('sums', tile);
      for (let i = 0; i < count; i++) {
        const to = from + i;
        ring.digitSelect(read.plane(to), null, tables.plane(16 * i, 16), at(1 + Math.floor(to / codes)));
      }
      p.drop(tables);
    }
    const all = p.bits(n, positions);
    ring.runPlanes(shape.choose, [read, m, openSign, all]);
    if (attrs.signed) {
      const table = yield* p.receiveShare('lowest');
      const times = p.bits(n);
      ring.digitSelect(times, null, table, at(0));
      ring.andXor(times, lowest, openSign);
      ring.xor(lowest, lowest, times);
      p.drop(table, times);
    } else {
      // From the top: not negative.
      const top = all.plane(0);
      ring.copy(top, sign);
      if (p.first) {
        ring.xor(top, top, openSign);
        ring.not(top, top);
      }
    }
    ring.copy(all.plane(positions - 1), lowest);
    p.drop(planes, read, borrowMasks, m, lowest);
    for (const [i, stage] of shape.alls.entries()) yield* runStage(p, all, stage, ALL, i);
    const results = p.bits(n, shape.results);
    ring.runPlanes(shape.collect, [all, results]);
    const masks: Bits[] = [];
    for (let i = 0; i < shape.results; i++) {
      const r = yield* p.mask('results', i);
      masks.push(r);
      ring.xor(results.plane(i), results.plane(i), r);
    }
    const opened = yield* p.open(results);
    return [
      ...masks.map((r, i) => {
        const bit = p.bits(n);
        ring.copy(bit, opened.plane(i));
        return { c: bit, r };
      }),
      { c: openSign, r: sign },
    ];
  },
});
