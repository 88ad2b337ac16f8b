/** @file Smooth functions that have a protocol of their own rather than a composition, and what is known of a number's form. */
import { binary, flag, type OpEntry, optional, real, reals, unary } from '../entry.ts';

export const SMOOTH = {
  /** x sigmoid(x). */
  silu: unary,
  /** x tanh(softplus(x)). */
  mish: unary,
  /** x times the normal distribution function, or its form by tanh if {approximate}. */
  gelu: {
    ...unary,
    attrs: { approximate: flag },
  },
  /** The angle of slope x. */
  arctan: unary,
  /** The angle of the point (x, y), 0 at the origin; ins y, x. */
  arctan2: binary,
  /** x, of which the program promises {lo} <= x <= {hi}. */
  within: { ...unary, attrs: { lo: real, hi: real } },
  /** The straight lines through ({at}, {to}) at x, constant beyond the ends; {at} rises. */
  interp: {
    ...unary,
    attrs: { at: reals, to: reals },
  },
  /** The angle in [-pi/2, pi/2] whose sine is x. */
  arcsin: unary,
  /** The number whose hyperbolic sine is x. */
  arcsinh: unary,
  /** The cube root of x. */
  cbrt: unary,
  /** m of x = m 2^n, 1/2 <= |m| < 1; 0 of 0. */
  mantissa: unary,
  /** n of x = m 2^n, 1/2 <= |m| < 1; 0 of 0. */
  exponent: unary,
  /** Sqrt(x^2 + y^2). */
  hypot: binary,
  /** The number next to x on the way to y: 2^-f away where numbers have f fraction bits; ins x, y. */
  nextafter: binary,
  /** The distance of neighbouring numbers, 2^-f; if {largest} the largest that still can be compared, 2^(k-3-f). */
  epsilon: {
    arity: 0,
    elementwise: false,
    attrs: { largest: optional(flag) },
  },
} as const satisfies Readonly<Record<string, OpEntry>>;

export type SmoothOp = keyof typeof SMOOTH;
