/**
 * @file Functions of positive numbers by normalising: the 4-bit digit that leads x is found by public thresholds on
 * one comparison, x is scaled to y in [1, 16) in one gate, a spline does the function, and the result is scaled
 * back in one gate (SIRNN, eprint 2021/459, section 4, with thresholds for bit tests).
 *
 * x = y 2^(4j - f), where j counts the thresholds 16^k <= x (raw), k = 1 .. D-1.
 */

import * as elementary from '../gates/elementary.ts';
import { add, addNumber, below, filled, mul, selectSum, sub, timesInteger } from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { onNormal } from './smooth.ts';

/** Digits that a positive number may have: x < 2^26 (FM128), 2^18 (FM64), 2^8 (FM32). */
const DIGITS = { 32: 4, 64: 9, 128: 13 } as const;
/** Fraction bits of the function's value on [1, 16), before scaling back. */
const VALUE = { 32: 12, 64: 22, 128: 30 } as const;

interface Normal {
  /** y in [1, 16), with `fraction` fraction bits. */
  readonly y: Wire;
  readonly fraction: number;
  /** [x < 16^k] for k = 0 .. D-1, raw. */
  readonly under: readonly Wire[];
}

/** Rounds: less, and one. x = 0 gives y = 0. */
const normalise = (c: Circuit, x: Wire): Normal => {
  const top = DIGITS[c.field.bits] - 1;
  const under = below(
    c,
    x,
    Array.from({ length: top + 1 }, (_, k) => 16 ** k),
  );
  const terms = under.slice(1).map((b, i): [Wire, Wire] => {
    const k = i + 1;
    return [b, timesInteger(c, x, 16 ** (top - k + 1) - 16 ** (top - k))];
  });
  return { y: add(c, x, selectSum(c, terms)), fraction: 4 * top, under };
};

/**
 * value * 2^(step * j) * 2^-trunc, for the digit j that leads x (or its mirror image D-1-j if `step` < 0). `zero`:
 * x = 0 gives 0. Rounds 1.
 */
const rescale = (
  c: Circuit,
  value: Wire,
  { under }: Normal,
  step: number,
  trunc: number,
  zero: boolean,
): Wire => {
  const top = under.length - 1;
  const factor = (j: number): number => (step > 0 ? 2 ** (step * j) : 2 ** (-step * (top - j)));
  // All terms inside one opening, so that truncation is folded in: the largest digit is "none is under".
  const terms = under
    .slice(1)
    .map((b, i): [Wire, Wire] => [b, timesInteger(c, value, factor(i) - factor(i + 1))]);
  if (zero) terms.push([under[0]!, timesInteger(c, value, -factor(0))]);
  return selectSum(c, terms, trunc, timesInteger(c, value, factor(top)));
};

const valueBits = (c: Circuit): number => VALUE[c.field.bits];

/** ln x for x in [2^-f, 2^f). Absolute error below 2^-20 (FM128). Rounds 6. */
export const log = (c: Circuit, x: Wire): Wire => {
  const n = normalise(c, x);
  const onY = onNormal(c, n.y, 'log', { input: n.fraction, output: c.fraction });
  const ln16 = filled(c, -4 * elementary.log(2), x.shape);
  const digits = selectSum(
    c,
    n.under.slice(1).map((b) => [b, ln16]),
  );
  return addNumber(c, add(c, onY, digits), (4 * (n.under.length - 1) - c.fraction) * elementary.log(2));
};

/** sqrt x for x in [0, 2^f). Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 7. */
export const sqrt = (c: Circuit, x: Wire): Wire => {
  const n = normalise(c, x);
  const s = onNormal(c, n.y, 'sqrt', { input: n.fraction, output: valueBits(c) });
  return rescale(c, s, n, 2, valueBits(c) - c.fraction / 2, true);
};

/** 1 / sqrt x for x in [2^-f, 2^f). Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 7. */
export const rsqrt = (c: Circuit, x: Wire): Wire => {
  const n = normalise(c, x);
  const s = onNormal(c, n.y, 'rsqrt', { input: n.fraction, output: valueBits(c) });
  return rescale(c, s, n, -2, valueBits(c) + 2 * (n.under.length - 1) - (3 * c.fraction) / 2, false);
};

const signOf = (c: Circuit, x: Wire): Wire => below(c, x, [0])[0]!;

/** x or -x, by a secret bit. Rounds 1. */
const flip = (c: Circuit, b: Wire, x: Wire): Wire => add(c, x, selectSum(c, [[b, timesInteger(c, x, -2)]]));

/** 1 / x for 2^-f <= |x| < 2^f. Relative error below 2^-20 (FM128), or one unit in the last place. Rounds 13. */
export const reciprocal = (c: Circuit, x: Wire): Wire => {
  const negative = signOf(c, x);
  return flip(c, negative, positiveReciprocal(c, flip(c, negative, x)));
};

/** 1 / x for 2^-f <= x < 2^f. Rounds 7. */
export const positiveReciprocal = (c: Circuit, x: Wire): Wire => {
  const n = normalise(c, x);
  const inverse = onNormal(c, n.y, 'reciprocal', { input: n.fraction, output: valueBits(c) });
  return rescale(c, inverse, n, -4, valueBits(c) + 4 * (n.under.length - 1) - 2 * c.fraction, false);
};

/** Extra fraction bits of a / y before scaling back: the error is that of moving a by 2^-GUARD units. */
const GUARD = 8;

/** a / the number that was normalised. Rounds 3 beside those of normalise. */
const quotient = (c: Circuit, a: Wire, n: Normal): Wire => {
  const inverse = onNormal(c, n.y, 'reciprocal', { input: n.fraction, output: valueBits(c) });
  const product = mul(c, a, inverse, valueBits(c) - GUARD);
  return rescale(c, product, n, -4, c.fraction + GUARD + 4 * (n.under.length - 1) - 2 * c.fraction, false);
};

/** a / b for b in [2^-f, 2^f). Rounds 8; else as divide. */
export const positiveQuotient = (c: Circuit, a: Wire, b: Wire): Wire => quotient(c, a, normalise(c, b));

/**
 * a / b for |b| in [2^-f, 2^f) and |a / b| < 2^f. Relative error below 2^-20 (FM128), or that of moving a by a
 * sixteenth of a unit in its last place. Rounds 13.
 */
export const divide = (c: Circuit, a: Wire, b: Wire): Wire => {
  const negative = signOf(c, b);
  const n = normalise(c, flip(c, negative, b));
  const signed = a.secret
    ? flip(c, negative, a)
    : sub(c, a, selectSum(c, [[negative, timesInteger(c, a, 2)]]));
  return quotient(c, signed, n);
};
