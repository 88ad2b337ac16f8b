/** @file Signs, whole parts, powers and periodic functions of fixed-point numbers. */

import * as math from '../ring/math/index.ts';
import {
  add,
  addNumber,
  below,
  bitToNumber,
  filled,
  hidden,
  mul,
  not,
  selectSum,
  sub,
  timesInteger,
  timesNumber,
  truncate,
} from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { exp } from './exp.ts';
import { ANYWHERE, normaliseSigned } from './normalise.ts';
import { piecewiseLinearByFss } from './piecewise-linear.ts';
import { log, logOf, reciprocal, rsqrt, sqrt } from './roots-logarithms.ts';
import { smooth } from './smooth.ts';
import type { Interval } from './smooth-fss.ts';

const negative = (c: Circuit, x: Wire): Wire => below(c, x, [0])[0]!;

/** |x|. Rounds: less, and one; by FSS 1. */
export const abs = (c: Circuit, x: Wire): Wire => {
  const twice = piecewiseLinearByFss(c, x, { at: [0], slopes: [2], steps: [0] });
  return twice ? sub(c, twice, x) : sub(c, x, selectSum(c, [[negative(c, x), timesInteger(c, x, 2)]]));
};

/** -1, 0 or 1, as a ring integer times 2^scale. Rounds: less, and one; by FSS 1. */
export const sign = (c: Circuit, x: Wire, scale: number): Wire => {
  const step = math.pow2(scale);
  const viaFss = piecewiseLinearByFss(c, x, { at: [0, 1], slopes: [0, 0], steps: [step, step] });
  if (viaFss) return addNumber(c, viaFss, -step, 0);
  const [minus, notPlus] = below(c, x, [0, 1]);
  const unit = filled(c, step, x.shape, 0);
  return selectSum(c, [
    [not(c, notPlus!), unit],
    [minus!, timesInteger(c, unit, -1)],
  ]);
};

/** floor(x / 2^bits) as a ring integer, exact. Rounds 4 at 26 bits. */
export const floorShift = (c: Circuit, x: Wire, bits: number): Wire => {
  const lost = c.emit('borrow', [x], { bits }, [{ shape: x.shape, kind: 'bit', secret: true }])[0]!;
  return sub(c, truncate(c, x, bits, c.exact, true), bitToNumber(c, lost));
};

/** x cut to a whole number towards zero, as a ring integer. */
export const toInteger = (c: Circuit, x: Wire): Wire => {
  const sgn = negative(c, x);
  const magnitude = sub(c, x, selectSum(c, [[sgn, timesInteger(c, x, 2)]]));
  const whole = floorShift(c, magnitude, c.fraction);
  return sub(c, whole, selectSum(c, [[sgn, timesInteger(c, whole, 2)]]));
};

/** x^n for a whole n >= 0, by repeated squaring; `trunc` is the fraction of x. */
export const wholePower = (c: Circuit, x: Wire, n: number, trunc: number): Wire => {
  let result: Wire | undefined;
  let base = x;
  for (let e = n; e > 0; e = Math.floor(e / 2)) {
    if (e % 2) result = result ? mul(c, result, base, trunc) : base;
    if (e > 1) base = mul(c, base, base, trunc);
  }
  return result ?? filled(c, 1, x.shape, trunc);
};

/** x^y for a public y: whole powers of any x, halves by sqrt, others for x > 0 as exp(y log x). */
export const publicPower = (c: Circuit, x: Wire, y: number, interval: Interval = ANYWHERE): Wire => {
  if (Number.isInteger(y) && y >= 0 && y <= 64) return wholePower(c, x, y, c.fraction);
  if (y === -1) return c.inside(() => reciprocal(c, x, { interval }));
  if (y === 0.5) return c.inside(() => sqrt(c, x, { interval }));
  if (y === -0.5) return c.inside(() => rsqrt(c, x, { interval }));
  return Number.isInteger(y)
    ? power(c, x, y, interval)
    : power(c, x, y, [Math.max(0, interval[0]), interval[1]]);
};

/** Fraction bits of logarithms that are multiplied, and of what exp takes then: what is lost there the result loses relative to itself. */
export const logarithmBits = (c: Circuit): number => Math.max(c.fraction, c.field.fraction);

/** e^(log y), for a logarithm of so many bits, and a number y, or a wire with the program's fraction bits (`bits`). */
export const expOfProduct = (c: Circuit, log: Wire, y: Wire | number, bits = c.fraction): Wire => {
  const product = typeof y === 'number' ? timesNumber(c, log, y) : mul(c, log, y, bits);
  return c.inside(() => exp(c, product, { input: logarithmBits(c) }));
};

/**
 * x^y for y ln |x| in the range of exp. Of x < 0 it is |x|^y with the sign that the whole number next to y gives it; 0 counts as half a
 * unit in the last place. Relative error below (2 + |y| + |ln x|) 2^-21 (FM128).
 */
export const power = (c: Circuit, x: Wire, y: Wire | number, interval: Interval = ANYWHERE): Wire => {
  const [input, output] = [c.fraction, logarithmBits(c)];
  if (interval[0] >= 0) {
    const logarithm = c.inside(() => log(c, x, { interval, output }));
    return expOfProduct(c, logarithm, y);
  }
  const n = c.inside(() => normaliseSigned(c, x, { input, interval }));
  const logarithm = c.inside(() => logOf(c, n, input, output));
  const size = expOfProduct(c, logarithm, y);
  if (typeof y === 'number')
    return y % 2 === 0 ? size : sub(c, size, selectSum(c, [[n.minus, timesInteger(c, size, 2)]]));
  const turn = addNumber(c, selectSum(c, [[n.minus, timesInteger(c, oddness(c, y), -2)]]), 1, 0);
  return mul(c, size, turn, 0);
};

/** 1 where the whole number next to y is odd, else 0, as a ring integer. Rounds: those of floorShift. */
const oddness = (c: Circuit, y: Wire): Wire => {
  const held = addNumber(c, hidden(c, y), 0.5);
  return sub(c, floorShift(c, held, c.fraction), timesInteger(c, floorShift(c, held, c.fraction + 1), 2));
};

const sineOfTurns = (c: Circuit, turns: Wire): Wire => smooth(c, turns, 'sine');

/** sin x. Absolute error below 2^-21 + |x| 2^-30 (FM128). Rounds 1, bytes 16. */
export const sin = (c: Circuit, x: Wire): Wire => sineOfTurns(c, timesNumber(c, x, 1 / (2 * Math.PI)));

/** cos x, as sin. */
export const cos = (c: Circuit, x: Wire): Wire => {
  const turns = timesNumber(c, x, 1 / (2 * Math.PI));
  return sineOfTurns(c, add(c, turns, filled(c, 0.25, x.shape)));
};
