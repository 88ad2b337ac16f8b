/** @file The inverse of sinh: a Fourier sum near 0; beyond, the logarithm of the digit that leads x and of what it leads. */

import * as math from '../ring/math/index.ts';
import { add, addNumber, and, filled, selectSum, sub, timesInteger } from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import {
  type Fractions,
  fewDigits,
  flip,
  fractionsOf,
  type Known,
  normaliseSigned,
  scaleUp,
  widthOf,
  within,
} from './normalise.ts';
import { logOf } from './roots-logarithms.ts';
import { smooth } from './smooth.ts';

/** Harmonics do arcsinh x for |x| < 2^NEAR. */
const NEAR = 3;
/** arcsinh x = ln 2x + rest; for the second digit the rest is 2^-8 of that for the first, and then nothing (FM64: at once). */
const REST = { 32: 0, 64: 0, 128: 8 } as const;

/**
 * arcsinh x. Error below 2^-20 (FM128). Rounds 12, bytes 246, dealer 3.9 KB; of a promised range 7, 146; within +-2^NEAR 1, 16; by FSS 6,
 * 195.
 */
export const arcsinh = (c: Circuit, x: Wire, fractions: Fractions = {}): Wire => {
  const known = fractionsOf(c, fractions);
  if (Math.max(-known.interval[0], known.interval[1]) < math.pow2(NEAR)) return smooth(c, x, 'arcsinh');
  const digits = fewDigits(c, known);
  return digits === undefined ? arcsinhAnywhere(c, x, known) : arcsinhOfFew(c, x, widthOf(digits));
};

/** Beyond the last threshold there is no rest. */
const arcsinhAnywhere = (c: Circuit, x: Wire, known: Known): Wire => {
  const more = REST[c.field.bits];
  const n = normaliseSigned(c, x, known);
  const size = n.size();
  const first = math.pow2(c.fraction + NEAR);
  const thresholds = more === 0 ? [first, first * 16] : [first, first * 16, first * 256];
  const [near, ...inside] = within(c, x, thresholds).inside as [Wire, ...Wire[]];
  const digits = inside.length;
  const y = digits === 1 ? size : scaleUp(c, size, [near, inside[0]!]).ys[0]!;
  const scales = { input: c.fraction + NEAR + 4 * (digits - 1), output: c.fraction };
  const rest = smooth(c, y, 'arcsinhRest', scales);
  const log = addNumber(c, logOf(c, n, c.fraction, c.fraction), math.log(2));
  const wide = (w: Wire): Wire => timesInteger(c, w, math.pow2(more));
  const beyond = add(c, wide(log), wide(rest));
  const shares = digits === 1 ? [1] : [math.pow2(more) - 1, 1];
  const steps = inside.map((b, i): [Wire, Wire] => [b, timesInteger(c, rest, shares[i]!)]);
  return flip(
    c,
    n.minus,
    selectSum(c, [...steps, [near, sub(c, wide(smooth(c, size, 'arcsinh')), beyond)]], more, wide(log)),
  );
};

/**
 * The same for |x| of few digits. |x| = y 2^NEAR 16^j, y in [1, 16): what
 * depends on j and on the sign stands in one last opening. Where |x| is below the first threshold it is below all, so that
 * one term takes away what the logarithm says there.
 */
const arcsinhOfFew = (c: Circuit, x: Wire, bits: number): Wire => {
  const top = Math.max(0, Math.floor((bits - 5 - NEAR - c.fraction) / 4));
  const thresholds = Array.from({ length: top + 1 }, (_, k) => math.pow2(c.fraction + NEAR + 4 * k));
  const { negative, inside } = within(c, x, thresholds, bits);
  const size = flip(c, negative, x);
  const y = top === 0 ? size : scaleUp(c, size, inside).ys[0]!;
  const scales = { input: c.fraction + NEAR + 4 * top, output: c.fraction };
  const more = REST[c.field.bits];
  const wide = (w: Wire): Wire => timesInteger(c, w, math.pow2(more));
  const large = (NEAR + 4 * top + 1) * math.log(2);
  const ln16 = wide(filled(c, -4 * math.log(2), x.shape));
  // What it adds to be below threshold k: a digit less, and the rest of the first or second digit.
  const shares = more === 0 ? [1] : [math.pow2(more) - 1, 1];
  const rest = smooth(c, y, 'arcsinhRest', scales);
  const log = shares
    .slice(top)
    .reduce(
      (sum, share) => add(c, sum, timesInteger(c, rest, share)),
      wide(addNumber(c, smooth(c, y, 'log', scales), large)),
    );
  const steps = inside.slice(1).map((b, i): [Wire, Wire] => {
    const share = shares[i];
    return [b, share === undefined ? ln16 : add(c, ln16, timesInteger(c, rest, share))];
  });
  const small = steps.reduce((sum, [, step]) => add(c, sum, step), log);
  const twice = ([b, w]: readonly [Wire, Wire]): [Wire, Wire] => [
    and(c, b, negative),
    timesInteger(c, w, -2),
  ];
  const near = sub(c, wide(smooth(c, x, 'arcsinh')), small);
  const below: [Wire, Wire] = [inside[0]!, timesInteger(c, small, -1)];
  return selectSum(
    c,
    [...steps, ...steps.map(twice), [negative, timesInteger(c, log, -2)], [inside[0]!, near], twice(below)],
    more,
    log,
  );
};
