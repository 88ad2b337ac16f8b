/** @file Smooth functions that have a protocol of their own rather than a composition, and what is known of a number's form. */
import { binary, flag, type OpEntry, optional, real, reals, unary } from '../entry.ts';

export const SMOOTH = {
  silu: unary('x sigmoid(x)'),
  mish: unary('x tanh(softplus(x))'),
  gelu: {
    ...unary('x times the normal distribution function, or its form by tanh if {approximate}'),
    attrs: { approximate: flag },
  },
  arctan: unary('the angle of slope x'),
  arctan2: binary('the angle of the point (x, y), 0 at the origin; ins y, x'),
  within: { ...unary('x, of which the program promises {lo} <= x <= {hi}'), attrs: { lo: real, hi: real } },
  interp: {
    ...unary('the straight lines through ({at}, {to}) at x, constant beyond the ends; {at} rises'),
    attrs: { at: reals, to: reals },
  },
  arcsin: unary('the angle in [-pi/2, pi/2] whose sine is x'),
  arcsinh: unary('the number whose hyperbolic sine is x'),
  cbrt: unary('the cube root of x'),
  mantissa: unary('m of x = m 2^n, 1/2 <= |m| < 1; 0 of 0'),
  exponent: unary('n of x = m 2^n, 1/2 <= |m| < 1; 0 of 0'),
  hypot: binary('sqrt(x^2 + y^2)'),
  nextafter: binary(
    'the number next to x on the way to y: 2^-f away where numbers have f fraction bits; ins x, y',
  ),
  epsilon: {
    arity: 0,
    elementwise: false,
    attrs: { largest: optional(flag) },
    doc: 'the distance of neighbouring numbers, 2^-f; if {largest} the largest that still can be compared, 2^(k-3-f)',
  },
} as const satisfies Readonly<Record<string, OpEntry>>;

export type SmoothOp = keyof typeof SMOOTH;
