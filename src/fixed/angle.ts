/**
 * @file Angles: the argument of arctan is folded into [0, 1], where a Fourier sum computes it, and unfolded in one gate: the
 * result is a sum of bits times numbers, for products of the bits by which it was folded.
 */

import * as math from '../ring/math/index.ts';
import { add, and, below, bitToNumber, filled, mul, not, selectSum, sub, timesInteger } from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { type Fractions, flip, fractionsOf, normaliseSigned, scaleUp, within } from './normalise.ts';
import { inverseOf, properQuotient, sqrtOf } from './roots-logarithms.ts';
import { smooth } from './smooth.ts';

const minusTwice = (c: Circuit, x: Wire): Wire => timesInteger(c, x, -2);

/** arctan x for |x| <= 1. Error below 2^-20 (FM128). Rounds 1, bytes 16; dealer 0.2 KB. */
export const arctanUnit = (c: Circuit, x: Wire): Wire => smooth(c, x, 'arctan');

/** arctan x. Error below 2^-20 (FM128). Rounds 15, bytes 195, dealer 2.3 KB; of a promised range 10, 221; by FSS 7, 179. */
export const arctan = (c: Circuit, x: Wire, fractions: Fractions = {}): Wire => {
  const n = normaliseSigned(c, x, fractionsOf(c, fractions), [math.pow2(c.fraction)]);
  const negative = n.minus;
  const size = n.size();
  const beyond = not(c, n.inside[0]!);
  const y = arctanUnit(
    c,
    add(
      c,
      size,
      selectSum(c, [
        [
          beyond,
          sub(
            c,
            inverseOf(c, n, () => size),
            size,
          ),
        ],
      ]),
    ),
  );
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
 * arcsin x for |x| <= 1: with v = 1 - |x|, pi/2 - sqrt(v) g(|x|) for a smooth g, and the sign of x. The digits of v come from
 * thresholds on x itself. Error below 2^-20 (FM128). Rounds 9, bytes 142; dealer 1.2 KB.
 */
export const arcsin = (c: Circuit, x: Wire): Wire => {
  const unit = math.pow2(c.fraction);
  // v < 16^k is |x| >= unit - 16^k + 1, and never false from 16^k > unit on.
  const digits = Math.floor(c.fraction / 4) + 1;
  const ends = Array.from({ length: digits }, (_, k) => unit - math.pow2(4 * k) + 1);
  const { negative, inside } = within(c, x, ends, 4 * Math.ceil((c.fraction + 3) / 4));
  const size = flip(c, negative, x);
  const v = sub(c, filled(c, 1, x.shape), size);
  const root = sqrtOf(
    c,
    scaleUp(
      c,
      v,
      inside.map((b) => not(c, b)),
    ),
  );
  const angle = sub(c, filled(c, Math.PI / 2, x.shape), mul(c, root, smooth(c, size, 'arccosRest')));
  return flip(c, negative, angle);
};

/**
 * The angle of the point (x, y) in (-pi, pi], 0 at the origin; |x|, |y| below a quarter of the ring. Error below 2^-20 where the
 * larger of them is above 2^-10 (FM128). Rounds 23, bytes 293, dealer 3 KB; by FSS 10, 275.
 */
export const arctan2 = (c: Circuit, y: Wire, x: Wire): Wire => {
  const negative = (w: Wire): Wire => below(c, w, [0])[0]!;
  const [left, under] = [negative(x), negative(y)];
  const [u, v] = [flip(c, left, x), flip(c, under, y)];
  const steep = negative(sub(c, u, v));
  const more = selectSum(c, [[steep, sub(c, v, u)]]);
  const small = sub(c, v, more);
  // At the origin 0 / 1.
  const zero = (w: Wire): Wire => c.emit('isZero', [w], {}, [{ ...w, kind: 'bit' }])[0]!;
  const origin = bitToNumber(c, and(c, zero(x), zero(y)), c.fraction);
  const large = add(c, add(c, u, more), origin);
  const angle = arctanUnit(c, properQuotient(c, small, large));
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
