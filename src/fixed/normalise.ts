/**
 * @file Normalising: x = y 2^(4j + base) for the 4-bit digit j that leads |x|, y in [1, 16), on which a Fourier sum computes a function
 * (SIRNN, eprint 2021/459, section 4). Here j is found, x is scaled to y, and results are scaled back.
 *
 * Anywhere in the ring: one gate finds j (gates/leading-digit.ts) as a coarse and a fine digit, x is scaled by one and by the other, in
 * whole ring arithmetic that drops nothing, and y fills the ring: its fraction bits and the period of Fourier sums are k bits. A result is
 * multiplied by its fine power; for its coarse one it is shifted by public numbers of bits before bits choose among what comes
 * out, so that nothing large is truncated.
 *
 * Where x is promised to be small: public thresholds 16^k on one comparison of few bits, one scaling and one back. |x| < t is
 * [x < t] xor [x < 1 - t]: numbers of either sign take no more rounds.
 *
 * By function secret sharing (FSS, two parties) y is a piecewise-linear function of x (fixed/piecewise-linear.ts), opened beside the comparison.
 */
import * as math from '../ring/math/index.ts';
import {
  add,
  addNumber,
  below,
  filled,
  selectSum,
  sub,
  timesInteger,
  timesNumber,
  truncate,
  xor,
} from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { flip, type Level, type Normal, wholeDigits } from './leading.ts';
import { piecewiseLinearByFss } from './piecewise-linear.ts';
import { smooth } from './smooth.ts';
import type { Interval } from './smooth-fss.ts';

export { flip, type Normal } from './leading.ts';

/** Digits in whose comparison few bits take part. */
const FEW = { 32: 4, 64: 9, 128: 13 } as const;
/** What is known of a number that is normalised. */
export interface Known {
  /** Its fraction bits. */
  readonly input: number;
  readonly interval: Interval;
}

/** Fraction bits of a function's argument and of its result, those of the program if absent; and where the argument lies. */
export interface Fractions {
  readonly input?: number;
  readonly output?: number;
  readonly interval?: Interval;
}

export const ANYWHERE: Interval = [-Infinity, Infinity];

/** With what is absent. */
export const fractionsOf = (
  c: Circuit,
  { input = c.fraction, output = c.fraction, interval = ANYWHERE }: Fractions,
): Known & { readonly output: number } => ({ input, output, interval });

/** Fraction bits of the function's value on [1, 16), before scaling back. */
const VALUE = { 32: 12, 64: 22, 128: 30 } as const;
export const valueBits = (c: Circuit): number => VALUE[c.field.bits];

/** A function of the normalised number, for each y that it may be; and half a bit if `exponent` has one. */
export const onNormal = (
  c: Circuit,
  n: Normal,
  name: Parameters<typeof smooth>[2],
  output = valueBits(c),
  exponent = 0,
): Wire[] => {
  const factor = Number.isInteger(exponent) ? 1 : Math.SQRT2;
  return n.ys.map((y) => smooth(c, y, name, { input: n.fraction, output, factor }));
};

export const powers = (digits: number): number[] =>
  Array.from({ length: digits }, (_, k) => math.pow2(4 * k));

/** Bits of a difference of two numbers of so many digits. */
export const widthOf = (digits: number): number => 4 * (digits + 1);

/** Digits of a number that is promised to have few. */
export const fewDigits = (c: Circuit, { input, interval }: Known): number | undefined => {
  const most = Math.max(Math.abs(interval[0]), Math.abs(interval[1])) * math.pow2(input);
  const most16 = FEW[c.field.bits];
  for (let digits = 2; digits <= most16; digits++) if (most < math.pow2(4 * digits)) return digits;
  return undefined;
};

/** Bits [|x| < t] for public t > 0, and [x < 0]. Rounds: less. */
export const within = (
  c: Circuit,
  x: Wire,
  thresholds: readonly number[],
  bits?: number,
): { negative: Wire; inside: Wire[] } => {
  const ends = [0, ...thresholds.flatMap((t) => [t, 1 - t])];
  const [negative, ...found] = below(c, x, ends, bits);
  return { negative: negative!, inside: thresholds.map((_, i) => xor(c, found[2 * i]!, found[2 * i + 1]!)) };
};

/** Whether 0 may occur. */
const mayBeZero = ({ input, interval }: Known): boolean =>
  interval[0] < math.pow2(-input) && interval[1] > -math.pow2(-input);

/** x times the power of 16 that makes it [1, 16). Rounds 1. x = 0 gives y = 0, or 1 if `filled`. */
export const scaleUp = (c: Circuit, x: Wire, under: readonly Wire[], fill = false): Normal => {
  const top = under.length - 1;
  const [zero, ...rest] = under;
  const terms = rest.map((b, i): [Wire, Wire] => [
    b,
    timesInteger(c, x, math.pow2(4 * (top - i)) - math.pow2(4 * (top - i - 1))),
  ]);
  if (fill) terms.push([zero!, filled(c, math.pow2(4 * top), x.shape, 0)]);
  const y = add(c, x, selectSum(c, terms));
  return { ys: [y], fraction: 4 * top, base: 0, few: true, levels: [{ step: 1, under: rest }], zero: zero! };
};

/**
 * x times the power of 16 that makes it (or, if `signed`, |x|) [1, 16), beside the comparison instead of after it: piecewise-linear functions,
 * by FSS where the planner wants them. From each threshold on x counts `slope` times more. Rounds 1.
 */
const scaleByFss = (
  c: Circuit,
  x: Wire,
  digits: number,
  signed: boolean,
  fill: boolean,
): Wire | undefined => {
  const top = digits - 1;
  const up = Array.from({ length: top }, (_, i) => ({
    at: math.pow2(4 * (i + 1)),
    slope: -15 * math.pow2(4 * (top - i - 1)),
  }));
  const down = up.map(({ at, slope }) => ({ at: 1 - at, slope })).reverse();
  const turns = [...(signed ? [...down, { at: 0, slope: 2 * math.pow2(4 * top) }] : []), ...up];
  const bent = turns.map(({ at, slope }) => ({ at, slope, step: slope * at }));
  if (fill) {
    // One more at 0, which is above -1 and below 1.
    const one = math.pow2(4 * top);
    const zero = bent.find((t) => t.at === 0);
    if (zero) zero.step += one;
    bent.push({ at: 1, slope: 0, step: -one });
  }
  const lines = piecewiseLinearByFss(
    c,
    x,
    { at: bent.map((t) => t.at), slopes: bent.map((t) => t.slope), steps: bent.map((t) => t.step) },
    { bits: widthOf(digits), saves: signed ? 2 : 1 },
  );
  if (!lines) return undefined;
  const y = add(c, timesInteger(c, x, signed ? -1 : math.pow2(4 * top)), lines);
  return fill && !signed ? addNumber(c, y, math.pow2(4 * top), 0) : y;
};

/** x > 0 normalised; others count as 0. Rounds 8 (FM32: 7), by FSS 1; few digits: less, and one; by FSS those of less. */
export const normalise = (c: Circuit, x: Wire, known: Known): Normal => {
  const digits = known.interval[0] >= 0 ? fewDigits(c, known) : undefined;
  if (digits === undefined) return wholeDigits(c, x, false);
  const under = below(c, x, powers(digits), widthOf(digits));
  const fill = mayBeZero(known);
  const y = scaleByFss(c, x, digits, false, fill);
  return y ? { ...scaleUp(c, x, under), ys: [y] } : scaleUp(c, x, under, fill);
};

/** What |x| was made of. */
export interface Signed extends Normal {
  /** x < 0. */
  readonly minus: Wire;
  /** |x|, a round after the bits. */
  readonly size: () => Wire;
  /** [|x| < t] for further thresholds. */
  readonly inside: readonly Wire[];
}

/** |x| normalised. Rounds 9 (FM32: 8), by FSS 1; few digits: less, and two; by FSS those of less. */
export const normaliseSigned = (
  c: Circuit,
  x: Wire,
  known: Known,
  thresholds: readonly number[] = [],
): Signed => {
  const digits = fewDigits(c, known);
  if (digits === undefined) {
    const beside = thresholds.length > 0 ? within(c, x, thresholds).inside : [];
    return { ...wholeDigits(c, x, true), inside: beside };
  }
  const ends = [...powers(digits), ...thresholds.map((t) => Math.min(t, math.pow2(4 * digits)))];
  const { negative: minus, inside: all } = within(c, x, ends, widthOf(digits));
  const inside = all.slice(0, digits);
  const rest = { minus, inside: all.slice(digits) };
  const fill = mayBeZero(known);
  const y = scaleByFss(c, x, digits, true, fill);
  if (y) return { ...scaleUp(c, x, inside), ys: [y], ...rest, size: () => flip(c, minus, x) };
  const size = flip(c, minus, x);
  return { ...scaleUp(c, size, inside, fill), ...rest, size: () => size };
};

/** The term of the digit that the bits tell. Terms that are 0 are left out. */
export const byDigit = (
  c: Circuit,
  under: readonly Wire[],
  terms: readonly (Wire | undefined)[],
  more: readonly (readonly [Wire, Wire])[] = [],
): Wire => {
  const steps = under.flatMap((b, i): [Wire, Wire][] => {
    const [own, next] = [terms[i], terms[i + 1]];
    if (own === next) return [];
    if (own && next) return [[b, sub(c, own, next)]];
    if (own) return [[b, own]];
    return next ? [[b, timesInteger(c, next, -1)]] : [];
  });
  return selectSum(c, [...steps, ...more], 0, terms[under.length]);
};

/** w 2^exponent for |w| < 2^bits; undefined where that is below a quarter. Local, but for exact truncation. */
export const shifted = (c: Circuit, w: Wire, bits: number, exponent: number): Wire | undefined => {
  if (bits + exponent < -1) return undefined;
  if (!Number.isInteger(exponent)) return timesNumber(c, w, math.exp(exponent * math.log(2)));
  return exponent >= 0 ? timesInteger(c, w, math.pow2(exponent)) : truncate(c, w, -exponent);
};

/** Bits of factors that are no powers of two. */
const ROOT = { 32: 12, 64: 22, 128: 28 } as const;

export interface Rescale {
  /** The result is value 2^(slope j + shift). */
  readonly slope: number;
  readonly shift: number;
  /** |value| < 2^bits. */
  readonly bits: number;
  /** 0 gives 0; else it is what y = 1 gives. */
  readonly zero?: boolean;
  /** The result for x < 0, raw, where only positive x are normalised. */
  readonly least?: number;
  /** What stands for the results of so many of the lowest coarse digits, 0 included; and nothing is negative. */
  readonly low?: { readonly digits: number; readonly value: Wire };
}

/** What a level multiplies by, times 2^-back: whole numbers for its digits. */
const factors = (c: Circuit, { step, under }: Level, slope: number) => {
  const rise = slope * step;
  const most = under.length;
  const back = rise < 0 ? -rise * most : 0;
  const more = Number.isInteger(rise) ? 0 : ROOT[c.field.bits];
  const factor = (d: number): number => Math.round(math.exp((rise * d + back + more) * math.log(2)));
  const exact = (d: number): number => math.pow2(rise * d + back);
  return { factor: more > 0 ? factor : exact, back, more, bits: Math.abs(rise) * most };
};

/** One value, or one for each fine digit, of so many bits, and how far it is to be shifted. */
interface Fine {
  readonly values: readonly Wire[];
  readonly bits: number;
  readonly shift: number;
}

/** By the fine digit alone: a value of so many bits, which its coarse digit and `shift` are to scale. Rounds 1, if there is one. */
export const rescaleFine = (
  c: Circuit,
  values: readonly Wire[],
  n: Normal,
  { slope, shift, bits }: Rescale,
): Fine =>
  n.levels.slice(0, -1).reduce<Fine>(
    (r, level) => {
      const f = factors(c, level, slope);
      const most = level.under.length;
      const of = (d: number): Wire => r.values[Math.min(d, r.values.length - 1)]!;
      const scaled = (d: number): Wire => timesInteger(c, of(d), f.factor(d));
      const steps = level.under.map((b, d): [Wire, Wire] => [
        b,
        of(d) === of(d + 1)
          ? timesInteger(c, of(d), f.factor(d) - f.factor(d + 1))
          : sub(c, scaled(d), scaled(d + 1)),
      ]);
      return {
        values: [selectSum(c, steps, f.more, scaled(most))],
        bits: r.bits + f.bits,
        shift: r.shift - f.back,
      };
    },
    { values, bits, shift },
  );

/**
 * Scales a result back. Rounds 2 (one where j has no fine digit), bytes 2k/8 (k/8). Off by one unit in the last place. What is not
 * normalised (x <= 0) counts as 0.
 */
export const rescale = (c: Circuit, values: readonly Wire[], n: Normal, r: Rescale): Wire => {
  const { slope } = r;
  if (n.few) {
    const value = values[0]!;
    const [level] = n.levels as [Level];
    const { factor, back, more } = factors(c, level, slope);
    const trunc = Math.max(0, back + more - r.shift);
    const scale = math.pow2(trunc - (back + more - r.shift));
    const terms = level.under.map((b, d): [Wire, Wire] => [
      b,
      timesInteger(c, value, (factor(d) - factor(d + 1)) * scale),
    ]);
    if (r.zero) terms.push([n.zero, timesInteger(c, value, -factor(0) * scale)]);
    return selectSum(c, terms, trunc, timesInteger(c, value, factor(level.under.length) * scale));
  }
  const { values: found, bits, shift } = rescaleFine(c, values, n, r);
  const w = found[0]!;
  const { step, under } = n.levels.at(-1)!;
  const terms = Array.from({ length: under.length + 1 }, (_, d) =>
    r.low && d < r.low.digits ? r.low.value : shifted(c, w, bits, shift + slope * step * d),
  );
  if (r.low) return byDigit(c, under, terms);
  const more: [Wire, Wire][] = [];
  const [first, last] = [terms[0], terms.at(-1)];
  if (r.zero && first) more.push([n.zero, timesInteger(c, first, -1)]);
  if (n.negative && last) more.push([n.negative, timesInteger(c, last, -1)]);
  if (n.negative && r.least) more.push([n.negative, filled(c, r.least, w.shape, 0)]);
  return byDigit(c, under, terms, more);
};
