/**
 * @file e^x for any x: one opening where x is known to be small, else windows of x side by side, each at a scale of its own, and a
 * choice between them, 0 and the largest number.
 */
import * as math from '../ring/math/index.ts';
import { addNumber, below, between, filled, not, selectSum, sub, truncate, xor } from './basic.ts';
import { allInBatches, inBatches, secretRing } from './batches.ts';
import { type Circuit, count, type Wire } from './circuit.ts';
import { type Fractions, fractionsOf, type Known } from './normalise.ts';
import { bitsFor, type Interval } from './smooth-fss.ts';

/** How exponents are cut: so many pieces of 2^log; factors have a scale of 2^t1. */
interface Cut {
  readonly pieces: number;
  readonly log: number;
  readonly t1: number;
}

/** Powers that are opened and truncated: they stay below 2^room, and wrap with a probability of 2^(room - 128) (FM128), or never (exact form). */
interface Near extends Cut {
  readonly room: number;
}

interface Scales extends Near {
  /** Bits that weights have beyond the fraction of the result. */
  readonly more: number;
  /** Results have so many bits at most. */
  readonly most: number;
  /**
   * For any x: powers near 0, and far ones, which are opened as they are. The same cut shares the table. Where factors have t1 bits, far
   * weights have room - 2 t1 at least.
   */
  readonly both: { readonly near: Near; readonly far: Cut };
  /** How far below the largest number the last power is: more than its relative error. */
  readonly margin: number;
}

const NEAR = {
  32: { pieces: 32, log: 1, t1: 11, room: 29.3 },
  64: { pieces: 16, log: 2, t1: 25, room: 60.9 },
  128: { pieces: 16, log: 2, t1: 29, room: 85.3 },
} as const;

const BOTH = { pieces: 8, log: 3, t1: 32, room: 87 } as const;

const SCALES: Readonly<Record<32 | 64 | 128, Scales>> = {
  32: { ...NEAR[32], more: 3, most: 29, both: { near: NEAR[32], far: { pieces: 64, log: 0, t1: 8 } }, margin: 0.012 },
  64: { ...NEAR[64], more: 2, most: 61, both: { near: NEAR[64], far: { pieces: 16, log: 2, t1: 19 } }, margin: math.pow2(-14) },
  128: { ...NEAR[128], more: 0, most: 100, both: { near: BOTH, far: BOTH }, margin: math.pow2(-21) },
}; // biome-ignore format: a table

/** Bits of a weight, and how many of them it has at least where a band of weights begins anew. */
const WEIGHT = { most: 62, least: 28 } as const;
/** Below, e^x is less than half a unit in the last place, whatever the field's own fraction. */
const LEAST = -20;

export interface ExponentRange {
  /** Below, e^x is 0 where it is compared with thresholds; and where it may be 0, since it is less than a seventh of a unit. */
  readonly lo: number;
  readonly least: number;
  /** Up to here one opening does it. */
  readonly near: number;
  /** From here on powers are far ones, where there are such; at the latest from `end` on. */
  readonly far: number;
  readonly end: number;
  /** From here on e^x is the largest number. */
  readonly hi: number;
  readonly largest: number;
}

/** What e^x is at the circuit's fraction bits. */
export const rangeOfExp = ({ field, fraction }: Pick<Circuit, 'field' | 'fraction'>): ExponentRange => {
  const { both, more, most, margin, ...near } = SCALES[field.bits];
  const end = ({ room, t1 }: Near): number => (room - t1 - fraction - more) * Math.LN2;
  const least = -(fraction + 2.8) * Math.LN2;
  return {
    lo: Math.min(LEAST, Math.floor(least)),
    least,
    near: Math.floor(end(near)),
    far: Math.floor(end(both.near)),
    end: end(both.near),
    hi: (most - fraction) * Math.LN2 - margin,
    largest: math.pow2(most - fraction),
  };
};

const attrsOf = ({ pieces, log, t1 }: Cut, input: number, lo: number) => ({
  pieces,
  pieceBits: input + log,
  fraction: input,
  lo,
  t1,
});

/** Bands of a window's first `last` pieces, of x from `lo` on, whose weights have the scale t2. */
const bandsOf = (lo: number, { log }: Cut, t2: number, last: number, window: number): number[] => {
  const width = math.pow2(log);
  const bitsAt = (piece: number): number => (lo + piece * width) / Math.LN2 + t2;
  const bands: number[] = [];
  // Weights below half a unit are 0.
  let first = 0;
  while (first < last - 1 && bitsAt(first + 1) < -1) first++;
  for (let from = first; from < last; ) {
    const shift = Math.max(0, Math.ceil(bitsAt(from) - WEIGHT.least));
    let to = from + 1;
    while (to < last && bitsAt(to + 1) - shift <= WEIGHT.most) to++;
    bands.push(window, lo, from, to, t2 - shift, shift);
    from = to;
  }
  return bands;
};

/** The far window: its results have the scale `fraction`. A lost borrow makes the piece one high. */
const farBands = (c: Circuit, { far, hi }: ExponentRange, cut: Cut, window: number): number[] =>
  bandsOf(far, cut, c.fraction - cut.t1, Math.floor((hi - far) / math.pow2(cut.log)) + 2, window);

/** e^x near 0, and far from there (anything elsewhere). Rounds 1 (exact truncation: 2). */
const windows = (c: Circuit, x: Wire, input: number, range: ExponentRange): { near: Wire; far: Wire } => {
  const { both, more } = SCALES[c.field.bits];
  const { near: cut, far } = both;
  const t2 = c.fraction + more;
  const trunc = cut.t1 + t2 - c.fraction;
  const shared: boolean = far === cut;
  const lo = range.far + math.pow2(cut.log) - cut.pieces * math.pow2(cut.log);
  const many = (from: Cut, start: number, bands: readonly number[], windows: number): readonly Wire[] =>
    allInBatches(c, addNumber(c, x, -start, input), (part) =>
      c.emit(
        'exponentials',
        [part],
        { ...attrsOf(from, input, start), bands, windows },
        Array.from({ length: windows }, () => secretRing(part)),
      ),
    );
  if (shared) {
    const bands = [...bandsOf(lo, cut, t2, cut.pieces, 0), ...farBands(c, range, far, 1)];
    const [near, beyond] = many(cut, lo, bands, 2) as [Wire, Wire];
    return { near: truncate(c, near, trunc), far: beyond };
  }
  return {
    near: inBatches(
      c,
      addNumber(c, x, -lo, input),
      (part) =>
        c.emit('exponential', [part], { ...attrsOf(cut, input, lo), t2, trunc, exact: c.exact }, [
          secretRing(part),
        ])[0]!,
    ),
    far: many(far, range.far, farBands(c, range, far, 0), 1)[0]!,
  };
};

/** e^x where it is known to be small. Rounds: those of less, and one; from `lo` on, and by FSS, 1. */
const near = (c: Circuit, x: Wire, { input, interval }: Known, range: ExponentRange): Wire => {
  const { pieces, log, t1, more } = SCALES[c.field.bits];
  const t2 = c.fraction + more;
  // The last piece but one ends at the largest argument.
  const lo = range.near + math.pow2(log) - pieces * math.pow2(log);
  const attrs = {
    ...attrsOf({ pieces, log, t1 }, input, lo),
    t2,
    trunc: t1 + t2 - c.fraction,
    exact: c.exact,
  };
  const shifted = addNumber(c, x, -lo, input);
  const gate = (op: 'exponential' | 'exponentialFss', of: { readonly bits?: number }): Wire =>
    inBatches(c, shifted, (part) => c.emit(op, [part], { ...attrs, ...of }, [secretRing(part)])[0]!);
  const inside = interval[0] >= range.lo;
  const held: Interval = [interval[0], Math.min(interval[1], range.near)];
  const bits = bitsFor(c, held, lo, pieces * math.pow2(log), input);
  const instead = inside ? { thresholds: 0, words: pieces } : { thresholds: 1, words: pieces + 2 };
  if (c.usesFss('exponentialFss', { ...attrs, ...bits }, count(x.shape), instead))
    return gate('exponentialFss', bits);
  const value = gate('exponential', {});
  if (inside) return value;
  const [under] = below(c, x, [range.lo * math.pow2(input)]);
  return sub(c, value, selectSum(c, [[under!, value]]));
};

/** A comparison with three thresholds. Rounds 5. */
const byThresholds = (c: Circuit, x: Wire, { input, interval }: Known, range: ExponentRange): Wire => {
  const { near: small, far } = windows(c, x, input, range);
  const ends = [
    range.far,
    ...(interval[0] < range.lo ? [range.lo] : []),
    ...(interval[1] > range.hi ? [range.hi] : []),
  ];
  const bits = below(
    c,
    x,
    ends.map((end) => Math.ceil(end * math.pow2(input))),
  );
  const under = new Map(ends.map((end, i) => [end, bits[i]!]));
  const [least, middle, most] = [under.get(range.lo), under.get(range.far)!, under.get(range.hi)];
  return selectSum(c, [
    [least ? xor(c, middle, least) : middle, small],
    [most ? xor(c, most, middle) : not(c, middle), far],
    ...(most ? [[not(c, most), filled(c, range.largest, x.shape)] as const] : []),
  ]);
};

const STEPS = 16;

/** The ends of windows as steps of a power of two below `hi`, of which there are sixteen at most: [lo, middle) near, from there on far. */
const stepsOf = (
  { least, end, hi }: ExponentRange,
  input: number,
): { step: number; lo: number; middle: number } | undefined => {
  const width = math.pow2(Math.ceil(math.log2((hi - least) / STEPS)));
  const step = input + math.log2(width);
  const middle = STEPS - Math.ceil((hi - end) / width);
  return step < 1 || step > 64 ? undefined : { step, lo: STEPS - Math.ceil((hi - least) / width), middle };
};

/**
 * e^x for any x but those within 64 of the ring's ends: 0 far below 0, the largest number 2^74 from x = 51.29 on (FM128 at 26 fraction
 * bits; 2^43 from 29.8 at FM64 and 18, 2^21 from 14.5 at FM32 and 8; all by f bits of fraction: 2^(100-f), 2^(61-f), 2^(29-f)). Relative
 * error below 2^-20 (FM64: 2^-13, FM32: 2^-6), or one and a half units in the last place. Rounds 5, bytes 63; dealer 0.3 KB.
 *
 * Where x is known to be at most 21 (FM128; FM64: 11; FM32: 5) 41 bytes and 0.4 KB, and where it is known to be at least -20, too, rounds 1,
 * bytes 16; by FSS 1 round for x <= 21.
 */
export const exp = (c: Circuit, x: Wire, fractions: Fractions = {}): Wire => {
  const { input, interval } = fractionsOf(c, fractions);
  const range = rangeOfExp(c);
  if (interval[1] <= range.near) return near(c, x, { input, interval }, range);
  const bounded = interval[0] >= range.lo || interval[1] <= range.hi;
  const steps = bounded ? undefined : stepsOf(range, input);
  if (!steps || c.comparesByFss([range.lo, range.far, range.hi], count(x.shape)))
    return byThresholds(c, x, { input, interval }, range);
  const { step, lo, middle } = steps;
  const hi = Math.ceil(range.hi * math.pow2(input));
  const width = math.pow2(step);
  const far = hi - (STEPS - middle) * width;
  const { near: small, far: large } = windows(c, x, input, { ...range, far: far / math.pow2(input) });
  const [inNear, inFar, beyond] = between(c, x, hi - STEPS * width, step, [
    [lo, middle],
    [middle, STEPS],
  ]) as [Wire, Wire, Wire];
  return selectSum(c, [
    [inNear, small],
    [inFar, large],
    [beyond, filled(c, range.largest, x.shape)],
  ]);
};
