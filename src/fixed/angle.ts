/**
 * @file Arctangents: the argument is folded into [0, 1], where one spline does it, and unfolded in one gate: the
 * result is a sum of bits times numbers, for products of the bits by which it was folded.
 */

import {
  add,
  and,
  below,
  bitToNumber,
  filled,
  less,
  not,
  selectSum,
  sub,
  timesInteger,
  xor,
} from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { positiveQuotient, positiveReciprocal } from './normal.ts';
import { arctanUnit } from './smooth.ts';

const minusTwice = (c: Circuit, x: Wire): Wire => timesInteger(c, x, -2);
const flip = (c: Circuit, b: Wire, x: Wire): Wire => add(c, x, selectSum(c, [[b, minusTwice(c, x)]]));

/** arctan x, any x below 2^f. Error below 2^-20 (FM128). Rounds 15. */
export const arctan = (c: Circuit, x: Wire): Wire => {
  const unit = 2 ** c.fraction;
  const [low, negative, notHigh] = below(c, x, [-unit, 0, unit]) as [Wire, Wire, Wire];
  const beyond = xor(c, low, not(c, notHigh));
  const size = flip(c, negative, x);
  const inverse = positiveReciprocal(c, size);
  const y = arctanUnit(c, add(c, size, selectSum(c, [[beyond, sub(c, inverse, size)]])));
  // Beyond 1, pi/2 - y; below 0, the negative.
  const other = sub(c, filled(c, Math.PI / 2, x.shape), timesInteger(c, y, 2));
  return add(
    c,
    y,
    selectSum(c, [
      [beyond, other],
      [negative, minusTwice(c, y)],
      [and(c, beyond, negative), minusTwice(c, other)],
    ]),
  );
};

/**
 * The angle of the point (x, y) in (-pi, pi], 0 at the origin; the larger of |x|, |y| in [2^-f, 2^f). Error below
 * 2^-20 where that is above 2^-10 (FM128). Rounds 20, bytes 305.
 */
export const arctan2 = (c: Circuit, y: Wire, x: Wire): Wire => {
  const [left] = below(c, x, [0]) as [Wire];
  const [under] = below(c, y, [0]) as [Wire];
  const [u, v] = [flip(c, left, x), flip(c, under, y)];
  const steep = less(c, u, v);
  const more = selectSum(c, [[steep, sub(c, v, u)]]);
  const small = sub(c, v, more);
  // At the origin 0 / 1.
  const zero = (w: Wire): Wire => c.emit('isZero', [w], {}, [{ ...w, kind: 'bit' }])[0]!;
  const origin = bitToNumber(c, and(c, zero(x), zero(y)), c.fraction);
  const large = add(c, add(c, u, more), origin);
  const angle = arctanUnit(c, positiveQuotient(c, small, large));
  // q = steep ? pi/2 - angle : angle; h = left ? pi - q : q; under ? -h : h.
  const turn = sub(c, filled(c, Math.PI / 2, x.shape), timesInteger(c, angle, 2));
  const back = sub(c, filled(c, Math.PI, x.shape), timesInteger(c, angle, 2));
  const leftSteep = and(c, left, steep);
  return add(
    c,
    angle,
    selectSum(c, [
      [steep, turn],
      [left, back],
      [leftSteep, minusTwice(c, turn)],
      [under, minusTwice(c, angle)],
      [and(c, under, steep), minusTwice(c, turn)],
      [and(c, under, left), minusTwice(c, back)],
      [and(c, under, leftSteep), timesInteger(c, turn, 4)],
    ]),
  );
};
