/**
 * @file Numbers that lie anywhere in the ring, normalised to y in [1, 16): the digit j that leads |x| is a coarse one and a fine one.
 * y fills the ring: nothing is dropped, and the period of Fourier sums is k bits.
 *
 * By tables of any number of parties one gate finds j (gates/leading-digit.ts), then x is scaled by one digit and by the other.
 *
 * By function secret sharing (FSS, two parties) x scaled by its coarse digit is a piecewise-linear function of x, opened beside the comparison; while its fine digit is
 * found, the function is done for each that it may be, and the right value is chosen after.
 */
import type { Breakpoints } from '../gates/piecewise-linear-fss.ts';
import * as math from '../ring/math/index.ts';
import { add, addNumber, below, filled, selectSum, sub, timesInteger, xor } from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { piecewiseLinearByFss, prefersFss } from './piecewise-linear.ts';

/** Fine digits of a coarse one, of the digits of a whole word. */
const FINE = { 32: 1, 64: 2, 128: 4 } as const;

/** Bits that tell a digit d: [d < i] for i = 1 and so on; each counts so many. */
export interface Level {
  readonly step: number;
  readonly under: readonly Wire[];
}

/** A number y in [1, 16) with `fraction` fraction bits, and what it was made of. */
export interface Normal {
  /** y; or, before the fine digit is known, what it is for each. */
  readonly ys: readonly Wire[];
  readonly fraction: number;
  /** x = y 2^(4j + base), raw. */
  readonly base: number;
  /** Whether one level is all, of few digits. */
  readonly few: boolean;
  /** j by digits, the fine one first. */
  readonly levels: readonly Level[];
  /** x = 0, for which j is 0. */
  readonly zero: Wire;
  /** x < 0 where only positive x are normalised: its coarse digit is the largest then, and y is 1. */
  readonly negative?: Wire;
}

/** Rounds that keys save: six, less what a comparison by FSS beside them takes, which tables do not need. */
const SAVED = 4;

/** x or -x, by a secret bit. Rounds 1. */
export const flip = (c: Circuit, b: Wire, x: Wire): Wire =>
  add(c, x, selectSum(c, [[b, timesInteger(c, x, -2)]]));

/** The coarse and the fine digit, x = 0 and x < 0, anywhere in the ring. Rounds 6. */
const leading = (c: Circuit, x: Wire, signed: boolean) => {
  const fine = FINE[c.field.bits];
  const coarse = c.field.bits / 4 / fine;
  const outs = Array.from(
    { length: coarse + fine },
    () => ({ shape: x.shape, kind: 'bit', secret: true }) as const,
  );
  const found = c.emit('leadingDigit', [x], { signed, fine }, outs);
  return {
    coarse: { step: fine, under: found.slice(0, coarse - 1) },
    fine: { step: 1, under: found.slice(coarse - 1, coarse + fine - 2) },
    zero: found.at(-2)!,
    negative: found.at(-1)!,
  };
};

/**
 * Scales by both digits. Where the number is 0, or of a sign that is not normalised, y is 1. Rounds 2, or 1 where there is no fine
 * digit.
 */
const scaleWhole = (
  c: Circuit,
  x: Wire,
  { coarse, fine, zero, negative }: ReturnType<typeof leading>,
  signed: boolean,
): Normal => {
  const digits = c.field.bits / 4;
  const fraction = digits * 4 - 5;
  const levels = [fine, coarse].filter((level) => level.under.length > 0);
  const none = signed ? zero : xor(c, zero, negative);
  const scaled = levels.reduceRight((w, { step, under }, i) => {
    const factor = (d: number): number => math.pow2(4 * (step * (under.length - d)));
    const terms = under.map((b, d): [Wire, Wire] => [b, timesInteger(c, w, factor(d) - factor(d + 1))]);
    if (!signed && w === x) terms.push([negative, timesInteger(c, x, -1)]);
    if (i === 0) terms.push([none, filled(c, math.pow2(fraction), x.shape, 0)]);
    return add(c, w, selectSum(c, terms));
  }, x);
  return { ys: [scaled], fraction, base: -1, few: false, levels, zero, ...(!signed && { negative }) };
};

/** Ends of coarse digits; the lower ones in few bits, so that a step over one is exact. */
const ends = (c: Circuit, fine: number): { at: number; mirrored: number }[] =>
  Array.from({ length: c.field.bits / 4 / fine - 1 }, (_, i) => {
    const at = math.pow2(4 * fine * (i + 1) - 1);
    return { at, mirrored: at < math.pow2(36) ? 1 - at : -at * (1 - math.pow2(-20)) };
  });

/** x scaled by its coarse digit as a piecewise-linear function of x, and the thresholds of that digit. */
const coarseLine = (c: Circuit, signed: boolean) => {
  const fine = FINE[c.field.bits];
  const digits = c.field.bits / 4;
  const coarse = digits / fine;
  const fraction = 4 * digits - 5;
  const turns = ends(c, fine);
  const factor = (a: number): number => math.pow2(4 * (fine * (coarse - 1 - a)));
  const up = turns.map(({ at }, i) => ({ at, slope: factor(i + 1) - factor(i) }));
  const down = turns.map(({ mirrored }, i) => ({ at: mirrored, slope: up[i]!.slope }));
  const all = [...(signed ? down : []), { at: 0, slope: (signed ? 2 : 1) * factor(0) }, ...up];
  // y is 1 for what is not normalised: one more at 0, or below 1.
  const one = math.pow2(fraction - 4 * (fine - 1));
  const steps = all.map(({ at, slope }) => (signed && at === 0 ? one : at * slope));
  const line: Breakpoints = {
    at: [...all.map((t) => t.at), 1],
    slopes: [...all.map((t) => t.slope), 0],
    steps: [...steps, -one],
  };
  return { line, turns, one };
};

/** Whether so many numbers are normalised by FSS. */
export const digitsByFss = (c: Circuit, elements: number, signed: boolean): boolean =>
  prefersFss(c, elements, coarseLine(c, signed).line, { saves: SAVED });

/** The same by FSS, where the planner wants them. Rounds 1, and 1 beside what is done with the ys. */
const byKeys = (c: Circuit, x: Wire, signed: boolean): (Normal & { readonly minus: Wire }) | undefined => {
  const fine = FINE[c.field.bits];
  const digits = c.field.bits / 4;
  const fraction = 4 * digits - 5;
  const { line, turns, one } = coarseLine(c, signed);
  const lines = piecewiseLinearByFss(c, x, line, { saves: SAVED });
  if (!lines) return undefined;
  const scaled = signed ? sub(c, lines, x) : addNumber(c, lines, one, 0);
  const found = below(c, x, [0, 1, ...turns.flatMap((t) => (signed ? [t.at, t.mirrored] : [t.at]))]);
  const [minus, small, ...rest] = found as [Wire, Wire, ...Wire[]];
  const under = turns.map((_, i) =>
    signed ? xor(c, rest[2 * i]!, rest[2 * i + 1]!) : xor(c, rest[i]!, minus),
  );
  const levels: Level[] = [{ step: fine, under }];
  if (fine > 1) {
    const last = digits - fine;
    const thresholds = Array.from({ length: fine - 1 }, (_, i) => math.pow2(4 * (last + i + 1) - 1));
    levels.unshift({ step: 1, under: below(c, scaled, thresholds) });
  }
  return {
    ys: Array.from({ length: fine }, (_, b) => timesInteger(c, scaled, math.pow2(4 * (fine - 1 - b)))),
    fraction,
    base: -1,
    few: false,
    levels,
    zero: xor(c, small, minus),
    ...(!signed && { negative: minus }),
    minus,
  };
};

/** x normalised: |x|, or x > 0. `minus` is x < 0, `size` gives |x|. */
export const wholeDigits = (
  c: Circuit,
  x: Wire,
  signed: boolean,
): Normal & { readonly minus: Wire; readonly size: () => Wire } => {
  const viaFss = byKeys(c, x, signed);
  if (viaFss) return { ...viaFss, size: () => flip(c, viaFss.minus, x) };
  const found = leading(c, x, signed);
  const size = signed ? flip(c, found.negative, x) : x;
  return { ...scaleWhole(c, size, found, signed), minus: found.negative, size: () => size };
};
