/**
 * @file e^x for any x: one opening where x is known to be small, else windows of x side by side, each at a scale of its own, and a
 * choice between them, 0 and the largest number.
 */
import * as math from '../ring/math/index.ts';
import { addNumber, below, filled, neg, not, selectSum, sub, truncate } from './basic.ts';
import { allInBatches, inBatches, secretRing } from './batches.ts';
import { type Circuit, count, type Wire } from './circuit.ts';
import { ANYWHERE, bitsFor } from './smooth-fss.ts';

/** How exponents are cut: so many pieces of 2^log; factors have a scale of 2^t1. */
interface Cut {
  readonly pieces: number;
  readonly log: number;
  readonly t1: number;
}

interface Scales extends Cut {
  /** What is opened and truncated stays below 2^room: it wraps with a probability of 2^-42 (FM128), or not at all (exact form). */
  readonly room: number;
  /** Bits that weights have beyond the fraction of the result. */
  readonly more: number;
  /** Results have so many bits at most. */
  readonly most: number;
  /** Far arguments, whose powers are opened as they are. The same cut shares the table. */
  readonly far: Cut;
  /** How far below the largest number the last power is: more than its relative error. */
  readonly margin: number;
}

const CUT = { pieces: 16, log: 2, t1: 29 } as const;

const SCALES: Readonly<Record<32 | 64 | 128, Scales>> = {
  32: { pieces: 32, log: 1, t1: 11, more: 3, room: 29.3, most: 29, far: { pieces: 64, log: 0, t1: 8 }, margin: 0.012 },
  64: { pieces: 16, log: 2, t1: 25, more: 2, room: 60.9, most: 61, far: { pieces: 16, log: 2, t1: 20 }, margin: math.pow2(-14) },
  128: { ...CUT, more: 0, room: 85.3, most: 100, far: CUT, margin: math.pow2(-21) },
}; // biome-ignore format: a table

/** Bits of a weight, and how many of them it has at least where a band of weights begins anew. */
const WEIGHT = { most: 62, least: 28 } as const;
/** Below, e^x is less than half a unit in the last place, whatever the field's own fraction. */
const LEAST = -20;

export interface ExponentRange {
  /** From here on e^x is 0. */
  readonly lo: number;
  /** Up to here one opening does it. */
  readonly near: number;
  /** From here on e^x is the largest number. */
  readonly hi: number;
  readonly largest: number;
}

/** What e^x is at the circuit's fraction bits. */
export const rangeOfExp = ({ field, fraction }: Pick<Circuit, 'field' | 'fraction'>): ExponentRange => {
  const { t1, more, room, most, margin } = SCALES[field.bits];
  return {
    lo: Math.min(LEAST, -Math.ceil((fraction + 2.8) * Math.LN2)),
    near: Math.floor((room - t1 - fraction - more) * Math.LN2),
    hi: (most - fraction) * Math.LN2 - margin,
    largest: math.pow2(most - fraction),
  };
};

const attrsOf = (c: Circuit, { pieces, log, t1 }: Cut, lo: number) => ({
  pieces,
  pieceBits: c.fraction + log,
  fraction: c.fraction,
  lo,
  t1,
});

/** The far window from `near` on: its results have the scale `fraction`. */
const farBands = (c: Circuit, { near, hi }: ExponentRange, { log, t1 }: Cut, window: number): number[] => {
  const width = math.pow2(log);
  const t2 = c.fraction - t1;
  const bitsAt = (piece: number): number => (near + piece * width) / Math.LN2 + t2;
  // A lost borrow makes the piece one high.
  const last = Math.floor((hi - near) / width) + 2;
  const bands: number[] = [];
  for (let from = 0; from < last; ) {
    const shift = Math.max(0, Math.ceil(bitsAt(from) - WEIGHT.least));
    let to = from + 1;
    while (to < last && bitsAt(to + 1) - shift <= WEIGHT.most) to++;
    bands.push(window, near, from, to, t2 - shift, shift);
    from = to;
  }
  return bands;
};

/** e^x near 0, and far from there (anything elsewhere). Rounds 1 (exact truncation: 2). */
const windows = (c: Circuit, x: Wire, range: ExponentRange): { near: Wire; far: Wire } => {
  const { far, more, ...cut } = SCALES[c.field.bits];
  const t2 = c.fraction + more;
  const trunc = cut.t1 + t2 - c.fraction;
  const shared = far === CUT;
  const lo = range.near + math.pow2(cut.log) - cut.pieces * math.pow2(cut.log);
  const many = (from: Cut, start: number, bands: readonly number[], windows: number): readonly Wire[] =>
    allInBatches(c, addNumber(c, x, -start), (part) =>
      c.emit(
        'exponentials',
        [part],
        { ...attrsOf(c, from, start), bands, windows },
        Array.from({ length: windows }, () => secretRing(part)),
      ),
    );
  if (shared) {
    const bands = [0, lo, 0, cut.pieces, t2, 0, ...farBands(c, range, far, 1)];
    const [near, beyond] = many(cut, lo, bands, 2) as [Wire, Wire];
    return { near: truncate(c, near, trunc), far: beyond };
  }
  return {
    near: inBatches(
      c,
      addNumber(c, x, -lo),
      (part) =>
        c.emit('exponential', [part], { ...attrsOf(c, cut, lo), t2, trunc, exact: c.exact }, [
          secretRing(part),
        ])[0]!,
    ),
    far: many(far, range.near, farBands(c, range, far, 0), 1)[0]!,
  };
};

/** e^x where it is known to be small. Rounds: those of less, and one; from `lo` on, and by FSS, 1. */
const near = (c: Circuit, x: Wire, reach: readonly [number, number], range: ExponentRange): Wire => {
  const { pieces, log, t1, more } = SCALES[c.field.bits];
  const t2 = c.fraction + more;
  // The last piece but one ends at the largest argument.
  const lo = range.near + math.pow2(log) - pieces * math.pow2(log);
  const attrs = {
    ...attrsOf(c, { pieces, log, t1 }, lo),
    t2,
    trunc: t1 + t2 - c.fraction,
    exact: c.exact,
  };
  const shifted = addNumber(c, x, -lo);
  const gate = (op: 'exponential' | 'exponentialFss', of: { readonly bits?: number }): Wire =>
    inBatches(c, shifted, (part) => c.emit(op, [part], { ...attrs, ...of }, [secretRing(part)])[0]!);
  const inside = reach[0] >= range.lo;
  const bits = bitsFor(c, [reach[0], Math.min(reach[1], range.near)], lo, pieces * math.pow2(log));
  const instead = inside ? { thresholds: 0, words: pieces } : { thresholds: 1, words: pieces + 2 };
  if (c.usesFss('exponentialFss', { ...attrs, ...bits }, count(x.shape), instead))
    return gate('exponentialFss', bits);
  const value = gate('exponential', {});
  if (inside) return value;
  const [under] = below(c, x, [range.lo * math.pow2(c.fraction)]);
  return sub(c, value, selectSum(c, [[under!, value]]));
};

/**
 * e^x for any x but those within 64 of the ring's ends: 0 far below 0, the largest number 2^74 from x = 51.29 on (FM128 at 26 fraction
 * bits; 2^43 from 29.8 at FM64 and 18, 2^21 from 14.5 at FM32 and 8; all by f bits of fraction: 2^(100-f), 2^(61-f), 2^(29-f)). Relative
 * error below 2^-20 (FM64: 2^-13, FM32: 2^-6), or one and a half units in the last place. Rounds 5, bytes 84; dealer 0.6 KB.
 *
 * Where x is known to be at most 21 (FM128; FM64: 11; FM32: 5) 41 bytes and 0.4 KB, and where it is known to be at least -20, too, rounds 1,
 * bytes 16; by FSS 1 round for x <= 21.
 */
export const exp = (c: Circuit, x: Wire, reach = ANYWHERE): Wire => {
  const range = rangeOfExp(c);
  if (reach[1] <= range.near) return near(c, x, reach, range);
  const w = windows(c, x, range);
  const ends = [
    range.near,
    ...(reach[0] < range.lo ? [range.lo] : []),
    ...(reach[1] > range.hi ? [range.hi] : []),
  ];
  const bits = below(
    c,
    x,
    ends.map((end) => Math.ceil(end * math.pow2(c.fraction))),
  );
  const under = (end: number): Wire | undefined => bits[ends.indexOf(end)];
  const terms: [Wire, Wire][] = [[not(c, under(range.near)!), sub(c, w.far, w.near)]];
  const [least, most] = [under(range.lo), under(range.hi)];
  if (least) terms.push([least, neg(c, w.near)]);
  if (most) terms.push([not(c, most), sub(c, filled(c, range.largest, x.shape), w.far)]);
  return selectSum(c, terms, 0, w.near);
};
