/**
 * @file Functions of numbers by normalising: the 4-bit digit that leads |x| is found by public thresholds on one
 * comparison, x is scaled to y in [1, 16) in one gate, harmonics do the function, and the result is scaled back in one
 * gate (SIRNN, eprint 2021/459, section 4, with thresholds for bit tests). |x| < t is [x < t] xor [x < 1 - t]: the digit of a
 * number of either sign takes no more rounds than that of a positive one.
 *
 * By keys of two parties y is a broken line of x (fixed/lines.ts), opened beside the comparison: log takes 2 rounds, sqrt, rsqrt and
 * positive reciprocals 3, quotients, reciprocals of either sign and cbrt 4; 8 KB from the dealer.
 *
 * x = y 2^(4j - f), where j counts the thresholds 16^k <= |x| (raw), k = 1 .. D-1.
 */

import * as math from '../ring/math/index.ts';
import {
  add,
  addNumber,
  below,
  filled,
  mul,
  selectSum,
  sub,
  timesInteger,
  timesNumber,
  xor,
} from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { keyedLines } from './lines.ts';
import { smooth } from './smooth.ts';

/** Digits that a number may have: |x| < 2^26 (FM128), 2^18 (FM64), 2^8 (FM32). */
const DIGITS = { 32: 4, 64: 9, 128: 13 } as const;
/** Fraction bits of the function's value on [1, 16), before scaling back. */
const VALUE = { 32: 12, 64: 22, 128: 30 } as const;

/** A number in [1, 16) with `fraction` fraction bits, and what it was made of. */
export interface Normal {
  readonly y: Wire;
  readonly fraction: number;
  /** [|x| < 16^k] for k = 0 .. D-1, raw. */
  readonly under: readonly Wire[];
}

const powers = (digits: number): number[] => Array.from({ length: digits }, (_, k) => math.pow2(4 * k));

/** Bits of a difference of two numbers of so many digits. */
const widthOf = (digits: number): number => 4 * (digits + 1);

/** Bits in which numbers within the range of these functions are compared. */
export const comparedBits = (c: Circuit): number => widthOf(DIGITS[c.field.bits]);

/** x times the power of 16 that makes it [1, 16), less `trunc` bits. Rounds 1. x = 0 gives y = 0. */
export const scaleUp = (c: Circuit, x: Wire, under: readonly Wire[], trunc = 0): Normal => {
  const top = under.length - 1;
  const terms = under.slice(1).map((b, i): [Wire, Wire] => {
    const k = i + 1;
    return [b, timesInteger(c, x, math.pow2(4 * (top - k + 1)) - math.pow2(4 * (top - k)))];
  });
  if (trunc > 0) return { y: selectSum(c, terms, trunc, x), fraction: 4 * top - trunc, under };
  return { y: add(c, x, selectSum(c, terms)), fraction: 4 * top, under };
};

/**
 * x times the power of 16 that makes it (or, if `signed`, |x|) [1, 16), beside the comparison instead of after it: broken lines,
 * by keys where the planner wants them. From each threshold on x counts `slope` times more. Rounds 1.
 */
const keyedScale = (c: Circuit, x: Wire, digits: number, signed: boolean): Wire | undefined => {
  const top = digits - 1;
  const up = Array.from({ length: top }, (_, i) => ({
    at: math.pow2(4 * (i + 1)),
    slope: -15 * math.pow2(4 * (top - i - 1)),
  }));
  const down = up.map(({ at, slope }) => ({ at: 1 - at, slope })).reverse();
  const turns = signed ? [...down, { at: 0, slope: 2 * math.pow2(4 * top) }, ...up] : up;
  const slopes = turns.map((t) => t.slope);
  const steps = turns.map((t) => t.slope * t.at);
  const options = { bits: widthOf(digits), saves: signed ? 2 : 1 };
  const lines = keyedLines(c, x, { at: turns.map((t) => t.at), slopes, steps }, options);
  return lines && add(c, timesInteger(c, x, signed ? -1 : math.pow2(4 * top)), lines);
};

/** Rounds: less, and one; by keys those of less. */
const normalise = (c: Circuit, x: Wire): Normal => {
  const digits = DIGITS[c.field.bits];
  const under = below(c, x, powers(digits), widthOf(digits));
  const y = keyedScale(c, x, digits, false);
  return y ? { y, fraction: 4 * (digits - 1), under } : scaleUp(c, x, under);
};

/** Bits [|x| < t] for public t > 0, and [x < 0]. Rounds: less. */
export const within = (
  c: Circuit,
  x: Wire,
  thresholds: readonly number[],
  bits: number,
): { negative: Wire; inside: Wire[] } => {
  const ends = [0, ...thresholds.flatMap((t) => [t, 1 - t])];
  const [negative, ...found] = below(c, x, ends, bits);
  return { negative: negative!, inside: thresholds.map((_, i) => xor(c, found[2 * i]!, found[2 * i + 1]!)) };
};

/**
 * |x| normalised. `size`: |x|, one round after less; `inside`: [|x| < t] for further thresholds. Rounds: less, and two; by keys
 * those of less.
 */
export const normaliseSigned = (
  c: Circuit,
  x: Wire,
  thresholds: readonly number[] = [],
): Normal & { readonly negative: Wire; readonly size: () => Wire; readonly inside: readonly Wire[] } => {
  const digits = DIGITS[c.field.bits];
  const { negative, inside } = within(c, x, [...powers(digits), ...thresholds], widthOf(digits));
  const under = inside.slice(0, digits);
  const rest = { negative, inside: inside.slice(digits) };
  const y = keyedScale(c, x, digits, true);
  if (y) return { y, fraction: 4 * (digits - 1), under, ...rest, size: () => flip(c, negative, x) };
  const size = flip(c, negative, x);
  return { ...scaleUp(c, size, under), ...rest, size: () => size };
};

/**
 * result * factor(j) * 2^-shift, for the digit j that leads x and whole factors. `zero`: x = 0 gives 0. Rounds 1. All terms
 * stand inside one opening, so that truncation is folded in: the largest digit is "none is under". Of an odd number of
 * fraction bits a root leaves half a bit to shift by.
 */
const rescaleBy = (
  c: Circuit,
  result: Wire,
  { under }: Normal,
  whole: (j: number) => number,
  shift: number,
  zero: boolean,
): Wire => {
  const top = under.length - 1;
  const value = Number.isInteger(shift) ? result : timesNumber(c, result, Math.SQRT2);
  const trunc = Math.max(0, Math.ceil(shift));
  const factor = (j: number): number => whole(j) * math.pow2(trunc - Math.ceil(shift));
  const terms = under
    .slice(1)
    .map((b, i): [Wire, Wire] => [b, timesInteger(c, value, factor(i) - factor(i + 1))]);
  if (zero) terms.push([under[0]!, timesInteger(c, value, -factor(0))]);
  return selectSum(c, terms, trunc, timesInteger(c, value, factor(top)));
};

/** value * 2^(step * j) * 2^-trunc (or by the mirror image D-1-j of the digit if `step` < 0). */
const rescale = (
  c: Circuit,
  value: Wire,
  normal: Normal,
  step: number,
  trunc: number,
  zero: boolean,
): Wire => {
  const top = normal.under.length - 1;
  const factor = (j: number): number => (step > 0 ? math.pow2(step * j) : math.pow2(-step * (top - j)));
  return rescaleBy(c, value, normal, factor, trunc, zero);
};

const valueBits = (c: Circuit): number => VALUE[c.field.bits];

const onNormal = (c: Circuit, n: Normal, name: Parameters<typeof smooth>[2], output = valueBits(c)): Wire =>
  smooth(c, n.y, name, { input: n.fraction, output });

/** ln x for x in [2^-f, 2^f). Absolute error below 2^-20 (FM128). Rounds 5, bytes 97; dealer 1.2 KB. */
export const log = (c: Circuit, x: Wire): Wire => {
  const n = normalise(c, x);
  const onY = onNormal(c, n, 'log', c.fraction);
  const ln16 = filled(c, -4 * math.log(2), x.shape);
  const digits = selectSum(
    c,
    n.under.slice(1).map((b) => [b, ln16]),
  );
  return addNumber(c, add(c, onY, digits), (4 * (n.under.length - 1) - c.fraction) * math.log(2));
};

/** The square root of what was normalised. Rounds 2. */
export const sqrtOf = (c: Circuit, n: Normal): Wire =>
  rescale(c, onNormal(c, n, 'sqrt'), n, 2, valueBits(c) - c.fraction / 2, true);

/** sqrt x for x in [0, 2^f). Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 6, bytes 97; dealer 1.4 KB. */
export const sqrt = (c: Circuit, x: Wire): Wire => sqrtOf(c, normalise(c, x));

/** Bits of a sum of squares, those of its fraction (no more of the products are kept), and what harmonics need not have. */
const SQUARES = {
  32: { bits: 24, most: 16, surplus: 0 },
  64: { bits: 56, most: 36, surplus: 0 },
  128: { bits: 80, most: 52, surplus: 28 },
} as const;

/**
 * sqrt(x^2 + y^2) below 2^14 (FM128), 2^10 (FM64), 2^4 (FM32): the squares keep their bits, so that nothing is lost near 0. Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 8, bytes 198; dealer 2.1 KB.
 */
export const hypot = (c: Circuit, x: Wire, y: Wire): Wire => {
  const { bits, most, surplus } = SQUARES[c.field.bits];
  const fraction = Math.min(2 * c.fraction, most);
  const square = (w: Wire): Wire => mul(c, w, w, 2 * c.fraction - fraction);
  const squares = add(c, square(x), square(y));
  const n = scaleUp(c, squares, below(c, squares, powers(bits / 4), bits + 4), surplus);
  return rescale(c, onNormal(c, n, 'sqrt'), n, 2, valueBits(c) - c.fraction + fraction / 2, true);
};

/** 1 / sqrt x for x in [2^-f, 2^f). Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 6, bytes 97; dealer 1.5 KB. */
export const rsqrt = (c: Circuit, x: Wire): Wire => {
  const n = normalise(c, x);
  const trunc = valueBits(c) + 2 * (n.under.length - 1) - (3 * c.fraction) / 2;
  return rescale(c, onNormal(c, n, 'rsqrt'), n, -2, trunc, false);
};

/** x or -x, by a secret bit. Rounds 1. */
export const flip = (c: Circuit, b: Wire, x: Wire): Wire =>
  add(c, x, selectSum(c, [[b, timesInteger(c, x, -2)]]));

/** Bits of the factors 16^(j/3). */
const ROOT = { 32: 12, 64: 22, 128: 33 } as const;

/** The cube root of x, |x| < 2^f. Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 8, bytes 181; dealer 1.6 KB. */
export const cbrt = (c: Circuit, x: Wire): Wire => {
  const n = normaliseSigned(c, x);
  const bits = ROOT[c.field.bits];
  const factor = (j: number): number =>
    Math.round(math.cbrt(math.pow2(4 * j - c.fraction)) * math.pow2(bits));
  const root = rescaleBy(c, onNormal(c, n, 'cbrt'), n, factor, valueBits(c) + bits - c.fraction, true);
  return flip(c, n.negative, root);
};

/** 1 / |x| for what was normalised. Rounds 2. */
export const inverseOf = (c: Circuit, n: Normal): Wire =>
  rescale(
    c,
    onNormal(c, n, 'reciprocal'),
    n,
    -4,
    valueBits(c) + 4 * (n.under.length - 1) - 2 * c.fraction,
    false,
  );

/** 1 / x for 2^-f <= |x| < 2^f. Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 8, bytes 181; dealer 1.8 KB. */
export const reciprocal = (c: Circuit, x: Wire): Wire => {
  const n = normaliseSigned(c, x);
  return flip(c, n.negative, inverseOf(c, n));
};

/** 1 / x for 2^-f <= x < 2^f. Rounds 6, bytes 97; dealer 1.6 KB. */
export const positiveReciprocal = (c: Circuit, x: Wire): Wire => inverseOf(c, normalise(c, x));

/** Extra fraction bits of a / y before scaling back: the error is that of moving a by 2^-GUARD units. */
const GUARD = 8;

/** a / the number that was normalised. Rounds 3. */
const quotient = (c: Circuit, a: Wire, n: Normal): Wire => {
  const product = mul(c, a, onNormal(c, n, 'reciprocal'), valueBits(c) - GUARD);
  return rescale(c, product, n, -4, c.fraction + GUARD + 4 * (n.under.length - 1) - 2 * c.fraction, false);
};

/** a / b for b in [2^-f, 2^f). Rounds 7; else as divide. */
export const positiveQuotient = (c: Circuit, a: Wire, b: Wire): Wire => quotient(c, a, normalise(c, b));

/**
 * a / b for |b| in [2^-f, 2^f) and |a / b| < 2^f. Relative error below 2^-20 (FM128), or that of moving a by a
 * sixteenth of a unit in its last place. Rounds 8, bytes 197; dealer 1.8 KB.
 */
export const divide = (c: Circuit, a: Wire, b: Wire): Wire => {
  const n = normaliseSigned(c, b);
  const signed = a.secret
    ? flip(c, n.negative, a)
    : sub(c, a, selectSum(c, [[n.negative, timesInteger(c, a, 2)]]));
  return quotient(c, signed, n);
};
