/** @file Numbers as x = m 2^n with 1/2 <= |m| < 1: from the leading digit of |x|, and the leading bit of that digit. */
import * as math from '../ring/math/index.ts';
import { add, addNumber, below, filled, selectSum, timesInteger } from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { shifts } from './exact-shift.ts';
import { ANYWHERE, byDigit, normaliseSigned } from './normalise.ts';

/** [m, off by a unit in the last place; n, a ring integer], and 0, 0 for 0. Anywhere in the ring. Rounds 16, bytes 162; by FSS 7, 99. */
export const frexp = (c: Circuit, x: Wire): readonly [mantissa: Wire, exponent: Wire] => {
  const f = c.fraction;
  const n = normaliseSigned(c, x, { input: f, interval: ANYWHERE });
  // y in [1, 16), or 1 for 0, fills the ring. By tables -16^j has y = 16, which is negative there; by keys a y that is
  // a little less than 1 may belong to the next digit (not at FM32).
  const fss = n.ys.length > 1;
  const y = fss ? byDigit(c, n.levels[0]!.under, n.ys) : n.ys[0]!;
  const one = math.pow2(n.fraction);
  const [edge, ...bits] = below(c, y, [fss ? one : 0, 2 * one, 4 * one, 8 * one]) as [Wire, ...Wire[]];
  const whole = (value: number): Wire => filled(c, value, x.shape, 0);
  // x = y 2^(4j + base), raw: what each bit that is set takes away from the largest digit and its highest bit.
  const digits = n.levels.flatMap(({ step, under }) => under.map((b): [Wire, Wire] => [b, whole(-4 * step)]));
  const highest = n.levels.reduce((t, { step, under }) => t + 4 * step * under.length, 4 + n.base - f);
  const lowest = 1 + n.base - f;
  const exponent = selectSum(c, [
    ...digits,
    ...bits.map((b): [Wire, Wire] => [b, whole(-1)]),
    [edge, whole(fss ? -1 : 1)],
    [n.zero, whole(-lowest)],
  ]);
  // Each bit that is set doubles y, until its highest bit is that of 8.
  const times = (b: Wire, factor: number): [Wire, Wire] => [b, timesInteger(c, y, factor)];
  const doubled = selectSum(c, [
    ...bits.map((b, i) => times(b, math.pow2(2 - i))),
    ...(fss ? [times(edge, 8)] : []),
  ]);
  const size = shifts(c, add(c, y, doubled), true)(f - n.fraction - 4)!;
  const mantissa = add(
    c,
    size,
    selectSum(c, [
      [n.minus, timesInteger(c, size, -2)],
      [n.zero, timesInteger(c, size, -1)],
      ...(fss ? [] : [[edge, filled(c, 0.5, x.shape)] as const]),
    ]),
  );
  return [mantissa, addNumber(c, exponent, highest, 0)];
};
