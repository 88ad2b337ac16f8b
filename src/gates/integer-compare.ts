/**
 * @file Comparison of integers mod 2^b, whatever stands in the ring's higher bits, over the whole range: the
 * difference may overflow. Also the sign bit and the remainder mod 2^b of what a wire holds.
 *
 * Let z = x - y mod 2^b, with masks r_x, r_y and r = r_x - r_y. Each masked value is c - r plus 2^b where c < r, and
 * so the borrows on both sides of z = x - y give, mod 2,
 *   [x < y] = [c < r] + [c_x < r_x] + [c_y < r_y] + [c_x < c_y] + [r_x < r_y]
 * (Rabbit, eprint 2021/119, section 4.2, for shared x and y under masks). The first three are comparisons of a
 * public number with a shared one (less-than.ts), the fourth is public, the dealer shares the fifth. Signed numbers
 * are moved by 2^(b-1) first.
 *
 * Secrecy: as in less-than.ts; [r_x < r_y] is shared afresh, and answers are opened under fresh bits.
 *
 * lessInt: rounds 1 + tree (b = 64: 3, 32: 3, 16: 2, 8: 2), bits 3 trees + 1 (64: 100); dealer 12 b + products.
 * belowInt, T public thresholds: the trees share one set of tables; bits (1 + T) trees + T.
 * negative: bit b-1 of x mod 2^b. One tree of b-1 bits and 1 bit.
 * residue: x mod 2^b, shifted right, up to the borrows of its low and of its high end. Rounds 0; dealer k/8.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { bits as bitSlot, words } from '../dealer/slots.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { answerSlots, dealAnswers, openAnswers } from './answers.ts';
import { gate, type Party, ringOf, type Shapes } from './gate.ts';
import { clearAbove, dealLower, lower, lowerSlots, signSlots, signs } from './less-than.ts';

export interface IntAttrs {
  /** b: 8 to k, a multiple of 4. */
  readonly bits: number;
  readonly signed: boolean;
}

/** One plane of the k planes of a. */
const planeOf = (s: Scratch, a: RingArray, plane: number): Bits => {
  const planes = s.bits(a.length, a.field.bits);
  s.ring.toPlanes(planes, a);
  const out = s.bits(a.length);
  s.ring.copy(out, planes.plane(plane));
  s.drop(planes);
  return out;
};

/** [a < b] of plain words mod 2^bits: the borrow of a - b, from the top bits of ~a & b | (~a | b) & (a - b). */
const lessWords = (s: Scratch, a: RingArray, b: RingArray, bits: number): Bits => {
  const [up, n] = [s.field.bits - bits, a.length];
  const [x, y, difference, either] = [s.words(n), s.words(n), s.words(n), s.words(n)];
  s.ring.shl(x, a, up);
  s.ring.shl(y, b, up);
  s.ring.sub(difference, x, y);
  const minusOne = s.scalar(-1);
  s.ring.neg(x, x);
  s.ring.addScalar(x, x, minusOne);
  s.ring.or(either, x, y);
  s.ring.and(either, either, difference);
  s.ring.and(x, x, y);
  s.ring.or(either, either, x);
  const borrow = planeOf(s, either, s.field.bits - 1);
  s.drop(x, y, difference, either, minusOne);
  return borrow;
};

/** Arrays one after another. */
const joined = (s: Scratch, parts: readonly RingArray[]): RingArray => {
  const n = parts[0]!.length;
  const out = s.words(n * parts.length);
  parts.forEach((a, i) => {
    s.ring.copy(out.view(i * n, n), a);
  });
  return out;
};

/** The low `bits` planes of a. */
const lowPlanes = (s: Scratch, a: RingArray, bits: number): { planes: Bits; covered: number } => {
  const planes = s.bits(a.length, s.field.bits);
  s.ring.toPlanes(planes, a);
  return { planes, covered: clearAbove(s, planes, bits) };
};

type LowerSlots = ReturnType<typeof lowerSlots>;

function* dealBorrow(d: DealerContext<LowerSlots>, r: RingArray, bits: number, count: number) {
  const { planes, covered } = lowPlanes(d, r, bits);
  yield* dealLower(d, planes, covered, count);
  d.drop(planes);
}

/** Xor-shares of [low bits of c < low bits of r] for rows c that share one mask: a plane a row. */
const borrows = (p: Party<LowerSlots>, rows: readonly RingArray[], bits: number) => {
  const low = rows.map((c) => lowPlanes(p, c, bits));
  const planes = low.map((l) => l.planes);
  return lower(p, planes, rows[0]!.length, low[0]!.covered);
};

/** Moves signed numbers up by half the range. */
const lifted = (p: Scratch, c: RingArray, { bits, signed }: IntAttrs): RingArray => {
  if (!signed) return c;
  const out = p.words(c.length);
  // -2^(b-1) is the same mod 2^b, and fits where b = k.
  p.ring.addScalar(out, c, p.scalar(-math.pow2(bits - 1)));
  return out;
};

/** Bits start .. start + n of a plane. */
const slice = (s: Scratch, a: Bits, start: number, n: number): Bits => {
  const out = s.bits(n);
  if (n > 0) s.ring.strided(out, 0, [1], a, start, [1], [n]);
  return out;
};

/** A masked bit for each of n elements. */
/** Ins: x, y. Outs: the masked bit [x < y]. */
export const lessInt = gate({
  slots: ({ ins: [x] }: Shapes, { bits }: IntAttrs) => ({
    ...lowerSlots(3 * x!.length, bits, 1),
    masksLess: bitSlot('maskBits', x!.length),
    ...answerSlots(x!.length, 1),
  }),
  *deal(d, [x, y], { bits }) {
    const [rx, ry] = [ringOf(x!.r), ringOf(y!.r)];
    const n = rx.length;
    const r = d.words(n);
    d.ring.sub(r, rx, ry);
    yield* dealBorrow(d, joined(d, [r, rx, ry]), bits, 1);
    yield* d.share('masksLess', lessWords(d, rx, ry, bits));
    return yield* dealAnswers(d, 1);
  },
  *eval(p, [x, y], attrs) {
    const [cx, cy] = [lifted(p, ringOf(x!.c), attrs), lifted(p, ringOf(y!.c), attrs)];
    const n = cx.length;
    const c = p.words(n);
    p.ring.sub(c, cx, cy);
    const tree = yield* borrows(p, [joined(p, [c, cx, cy])], attrs.bits);
    const out = yield* p.receiveShare('masksLess');
    for (let i = 0; i < 3; i++) p.ring.xor(out, out, slice(p, tree, i * n, n));
    if (p.first) p.ring.xor(out, out, lessWords(p, cx, cy, attrs.bits));
    return yield* openAnswers(p, out);
  },
});

export interface BelowIntAttrs extends IntAttrs {
  /** Whole numbers of the dtype, exact as float64. */
  readonly thresholds: readonly number[];
}

/** Ins: x. Outs: a masked bit [x < t] per public threshold t. */
export const belowInt = gate({
  slots: ({ ins: [x] }: Shapes, { bits, thresholds }: BelowIntAttrs) => ({
    ...lowerSlots(x!.length, bits, 1 + thresholds.length),
    ...answerSlots(x!.length, thresholds.length),
  }),
  *deal(d, [x], { bits, thresholds }) {
    yield* dealBorrow(d, ringOf(x!.r), bits, 1 + thresholds.length);
    return yield* dealAnswers(d, thresholds.length);
  },
  *eval(p, [x], attrs) {
    const { thresholds, bits } = attrs;
    const cx = lifted(p, ringOf(x!.c), attrs);
    const n = cx.length;
    const limits = thresholds.map((t) => {
      const limit = p.words(n);
      p.ring.zero(limit);
      p.ring.addScalar(
        limit,
        limit,
        p.scalar(t < math.pow2(p.field.bits - 1) ? t : t - math.pow2(p.field.bits)),
      );
      return lifted(p, limit, attrs);
    });
    const rows = limits.map((limit) => {
      const c = p.words(n);
      p.ring.sub(c, cx, limit);
      return c;
    });
    const tree = yield* borrows(p, [cx, ...rows], bits);
    const shares = p.bits(n, thresholds.length);
    for (const [t, limit] of limits.entries()) {
      const out = shares.plane(t);
      p.ring.xor(out, tree.plane(0), tree.plane(1 + t));
      if (p.first) p.ring.xor(out, out, lessWords(p, cx, limit, bits));
    }
    return yield* openAnswers(p, shares);
  },
});

/** Of negative. */
export interface NegativeAttrs {
  readonly bits: number;
}

/** Ins: x. Outs: bit b - 1 of x mod 2^b: msb(c) ^ msb(r) ^ [low c < low r]. */
export const negative = gate({
  slots: ({ ins: [x], made }: Shapes, { bits }: NegativeAttrs) => ({
    ...signSlots(x!.length, bits, 1, made),
    ...answerSlots(x!.length, 1),
  }),
  *deal(d, [x], { bits }) {
    const r = ringOf(x!.r);
    yield* dealBorrow(d, r, bits - 1, 1);
    yield* d.share('sign', planeOf(d, r, bits - 1));
    return yield* dealAnswers(d, 1);
  },
  *eval(p, [x], { bits }) {
    return yield* openAnswers(p, yield* signs(p, ringOf(x!.c), ringOf(x!.r), [0], bits));
  },
});

/** Of residue. */
export interface ResidueAttrs {
  readonly bits: number;
  readonly shift: number;
}

/** Ins: x. Outs: (c mod 2^b >> shift) - (r mod 2^b >> shift): x mod 2^b, shifted, but for two borrows. */
export const residue = gate({
  slots: ({ ins: [x] }: Shapes, _: ResidueAttrs) => ({ r: words('residue', x!.length) }),
  *deal(d, [x], { bits, shift }) {
    const r = d.words(x!.r!.length);
    d.ring.shl(r, ringOf(x!.r), d.field.bits - bits);
    d.ring.shr(r, r, d.field.bits - bits + shift);
    return [{ r: yield* d.share('r', r) }];
  },
  *eval(p, [x], { bits, shift }) {
    const c = p.words(x!.c!.length);
    p.ring.shl(c, ringOf(x!.c), p.field.bits - bits);
    p.ring.shr(c, c, p.field.bits - bits + shift);
    return [{ c, r: yield* p.receiveShare('r') }];
  },
});
