/**
 * @file Roots and logarithms, and lengths of two numbers, by normalising (fixed/normalise.ts): right wherever a number may lie in the ring,
 * for any fraction bits. Where a program promises that x is small, a cheaper form.
 *
 * Only 0 and positive numbers have a logarithm and a square root: negative ones count as 0. So log x of x <= 0 is that of half a unit
 * in the last place, and 1 / sqrt x too; sqrt x is 0.
 *
 * Rounds and bytes are those of FM128 anywhere, then those of a promised range (13 digits), then by FSS (two parties). FM64, FM32:
 * relative errors below 2^-15 and 2^-4, and absolute ones of log below 2^-16 and 2^-7.
 */

import * as math from '../ring/math/index.ts';
import { add, addNumber, and, below, filled, mul, selectSum, sub, timesInteger } from './basic.ts';
import { type Circuit, count, type Wire } from './circuit.ts';
import { shiftExactly } from './exact-shift.ts';
import { digitsByFss } from './leading.ts';
import {
  ANYWHERE,
  type Fractions,
  flip,
  fractionsOf,
  type Normal,
  normalise,
  normaliseSigned,
  onNormal,
  powers,
  type Rescale,
  rescale,
  scaleUp,
  valueBits,
  widthOf,
  within,
} from './normalise.ts';
import { smooth } from './smooth.ts';
import type { Interval } from './smooth-fss.ts';

export {
  divide,
  inverseOf,
  positiveQuotient,
  positiveReciprocal,
  properQuotient,
  reciprocal,
} from './divide.ts';
export { type Fractions, fractionsOf, normalise } from './normalise.ts';

/** ln x. Absolute error below 2^-20 (FM128), beside two units in the last place. Rounds 9, bytes 88, dealer 1.4 KB; 5, 97; 3, 98. */
export const log = (c: Circuit, x: Wire, fractions: Fractions = {}): Wire => {
  const { output, ...known } = fractionsOf(c, fractions);
  return logOf(c, normalise(c, x, known), known.input, output);
};

/** ln of what was normalised, which has `input` fraction bits. Rounds 1. */
export const logOf = (c: Circuit, n: Normal, input: number, output: number): Wire => {
  const onYs = onNormal(c, n, 'log', output);
  const raw = (bits: number): number => Math.round(bits * math.log(2) * math.pow2(output));
  const last = n.levels.length - 1;
  // What each digit counts is rounded, not what it counts more than the next.
  const counts = n.levels.map(({ step, under }, i) =>
    Array.from({ length: under.length + 1 }, (_, d) => raw(4 * step * d + (i === last ? n.base - input : 0))),
  );
  const constant = (value: number): Wire => filled(c, value, onYs[0]!.shape, 0);
  const many = onYs.length > 1;
  const terms = n.levels.flatMap(({ under }, i) =>
    under.map((b, d): [Wire, Wire] => {
      const more = constant(counts[i]![d]! - counts[i]![d + 1]!);
      return [b, many && i < last ? add(c, sub(c, onYs[d]!, onYs[d + 1]!), more) : more];
    }),
  );
  // Of a negative number the coarse digit is the largest, and the fine one too where it is known with it.
  const least = counts.slice(many ? last : 0).reduce((t, own) => t + own[0]! - own.at(-1)!, 0);
  if (n.negative) terms.push([n.negative, constant(least)]);
  const largest = counts.reduce((t, own) => t + own.at(-1)!, 0);
  return addNumber(c, add(c, onYs.at(-1)!, selectSum(c, terms)), largest, 0);
};

/** The square root of what was normalised; `low` as in `rescale`. Rounds 3; few digits: 2. */
export const sqrtOf = (c: Circuit, n: Normal, fractions: Fractions = {}, low?: Rescale['low']): Wire => {
  const { input, output } = fractionsOf(c, fractions);
  const v = valueBits(c);
  const exponent = (n.base - input) / 2 + output - v;
  const value = onNormal(c, n, 'sqrt', v, exponent);
  const how = { slope: 2, shift: Math.floor(exponent), bits: v + 3, zero: true };
  return rescale(c, value, n, low ? { ...how, low } : how);
};

/**
 * sqrt x. Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 11, bytes 104, dealer 1.6 KB; 6, 97; 4, 114.
 */
export const sqrt = (c: Circuit, x: Wire, fractions: Fractions = {}): Wire =>
  sqrtOf(c, normalise(c, x, fractionsOf(c, fractions)), fractions);

/** 1 / sqrt x. Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 11, bytes 104, dealer 1.7 KB; 6, 97; 4, 114. */
export const rsqrt = (c: Circuit, x: Wire, fractions: Fractions = {}): Wire =>
  rsqrtOf(c, normalise(c, x, fractionsOf(c, fractions)), fractions);

/** 1 / the square root of what was normalised. Rounds 3; few digits: 2. */
export const rsqrtOf = (c: Circuit, n: Normal, fractions: Fractions = {}): Wire => {
  const { input, output } = fractionsOf(c, fractions);
  const v = valueBits(c);
  const largest = (input - n.base) / 2 + output;
  const value = onNormal(c, n, 'rsqrt', v, largest);
  const least = math.exp(largest * math.log(2));
  return rescale(c, value, n, { slope: -2, shift: Math.floor(largest) - v, bits: v + 1, least });
};

/** The cube root of x, of either sign. Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 13, bytes 136, dealer 1.8 KB; 8, 181; 5, 130. */
export const cbrt = (c: Circuit, x: Wire, fractions: Fractions = {}): Wire => {
  const { output, ...known } = fractionsOf(c, fractions);
  const n = normaliseSigned(c, x, known);
  const v = valueBits(c);
  const exponent = (n.base - known.input) / 3;
  const shift = Math.floor(exponent + 1e-9);
  const rest = math.cbrt(math.pow2(Math.round(3 * (exponent - shift))));
  const values = n.ys.map((y) => smooth(c, y, 'cbrt', { input: n.fraction, output: v, factor: rest }));
  const root = rescale(c, values, n, {
    slope: 4 / 3,
    shift: shift + output - v,
    bits: v + 3,
    zero: true,
  });
  return flip(c, n.minus, root);
};

interface Lengths {
  /** Squares of numbers below 2^near are whole. From each `from` on numbers are shifted by so many bits. */
  readonly near: number;
  readonly far: readonly { readonly from: number; readonly by: number }[];
  /** Squares of few digits have so many. */
  readonly few: number;
}

const LENGTHS: Readonly<Record<32 | 64 | 128, Lengths>> = {
  32: {
    near: 14,
    far: [
      { from: 14, by: 6 },
      { from: 20, by: 12 },
      { from: 26, by: 17 },
    ],
    few: 6,
  },
  64: {
    near: 30,
    far: [
      { from: 30, by: 16 },
      { from: 46, by: 32 },
    ],
    few: 14,
  },
  128: { near: 62, far: [{ from: 62, by: 40 }], few: 20 },
};

/** By FSS at FM128: larger numbers are shifted by so many bits, and of the squares of those this many of the lowest coarse digits are near. */
const SHRUNK = { by: 39, digits: 3 } as const;

/**
 * sqrt(x^2 + y^2) as far as the ring holds it; FM128: |x|, |y| < 2^(101 - f). The squares keep their bits, so that nothing is
 * lost near 0. Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 19, bytes 270, dealer 2.1 KB; where both are
 * promised to be below 2^(62 - f), 12, 136, and below 2^(39 - f) 8, 198; by FSS 6, 323, relative error 2^-19.
 */
export const hypot = (
  c: Circuit,
  x: Wire,
  y: Wire,
  { interval = ANYWHERE }: { readonly interval?: Interval } = {},
): Wire => {
  const { near, far, few } = LENGTHS[c.field.bits];
  const most = Math.max(Math.abs(interval[0]), Math.abs(interval[1]));
  const input = 2 * c.fraction;
  const squares = (u: Wire, v: Wire): Wire => add(c, mul(c, u, u, 0), mul(c, v, v, 0));
  const length = (u: Wire, v: Wire): Wire => sqrt(c, squares(u, v), { input });
  if (2 * most * most * math.pow2(input) < math.pow2(4 * few)) {
    const sum = squares(x, y);
    return sqrtOf(c, scaleUp(c, sum, below(c, sum, powers(few), widthOf(few))), { input });
  }
  if (most < math.pow2(near - c.fraction)) return length(x, y);
  if (c.field.bits === 128 && digitsByFss(c, count(x.shape), false)) {
    // Both roots at once; the digits of the second tell which one counts.
    const { by: less, digits } = SHRUNK;
    const shifted = squares(shiftExactly(c, x, less), shiftExactly(c, y, less));
    const low = { digits, value: length(x, y) };
    const n = normalise(c, shifted, { input, interval: ANYWHERE });
    return sqrtOf(c, n, { input, output: c.fraction + less }, low);
  }
  const inside = (w: Wire): readonly Wire[] =>
    within(
      c,
      w,
      far.map(({ from }) => math.pow2(from)),
    ).inside;
  const [ofX, ofY] = [inside(x), inside(y)];
  /** Whether both are below each `from`: what is below one is below all larger ones. */
  const smaller = far.map((_, i) => and(c, ofX[i]!, ofY[i]!));
  const shifts = [0, ...far.map(({ by }) => by)];
  /** Of what is made of a number for each shift, the first that is right. */
  const right = (make: (by: number) => Wire): Wire => {
    const made = shifts.map(make);
    return selectSum(
      c,
      smaller.map((bit, i) => [bit, sub(c, made[i]!, made[i + 1]!)] as const),
      0,
      made.at(-1)!,
    );
  };
  const shrunk = (w: Wire): Wire => right((by) => (by === 0 ? w : shiftExactly(c, w, by)));
  const root = length(shrunk(x), shrunk(y));
  return right((by) => timesInteger(c, root, math.pow2(by)));
};
