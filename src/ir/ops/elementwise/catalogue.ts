/** @file Elementwise ops on numbers and bools. Operands have one shape and one dtype: the front end sees to it. */
import { binary, dtype, flag, type OpEntry, oneOf, optional, real, unary } from '../entry.ts';

/** Roots and inverses may be asked for more fraction bits, to stand in a product of any size, or in one of the size of 1. */
const fine = { fine: optional(oneOf('fine', 'unit')) };
/** In a program of single precision, whose functions may be taken together where it has written one out: to an absolute error. */
const single = { single: optional(flag) };
/** Of equal ones each has half of the gradient, or the first all of it. */
const first = { first: optional(flag) };

export const ELEMENTWISE = {
  /** x + y; integers wrap. */
  add: binary,
  /** x - y; integers wrap. */
  sub: binary,
  /** x * y; integers wrap; with {exact} a product by a public number keeps all its bits until then. */
  mul: {
    ...binary,
    attrs: { exact: optional(flag) },
  },
  /** x / y; {fine}: y divides many x. */
  div: {
    ...binary,
    attrs: { fine: optional(flag) },
  },
  /** The larger; of equal ones each has half of the gradient, or the first all of it if {first}. */
  maximum: {
    ...binary,
    attrs: first,
  },
  /** The smaller; gradients as of maximum. */
  minimum: { ...binary, attrs: first },
  /** x to the y; float64: x >= 0 unless y is public and whole; integers: y >= 0. */
  pow: binary,
  /** x < y. */
  less: binary,
  /** x == y. */
  equal: binary,
  /** Both. */
  and: binary,
  /** Either. */
  or: binary,
  /** Exactly one. */
  xor: binary,
  /** The other. */
  not: unary,
  /** -x; integers wrap. */
  neg: unary,
  /** |x|. */
  abs: unary,
  /** -1, 0 or 1. */
  sign: unary,
  /** The largest whole number not above x. */
  floor: unary,
  /** e to the x. */
  exp: unary,
  /** Natural logarithm, x > 0. */
  log: unary,
  /** Square root, x >= 0. */
  sqrt: { ...unary, attrs: fine },
  /** 1 / sqrt(x), x > 0. */
  rsqrt: { ...unary, attrs: fine },
  /** 1 / x. */
  reciprocal: { ...unary, attrs: fine },
  /** 1 / (1 + exp(-x)). */
  sigmoid: unary,
  /** Hyperbolic tangent. */
  tanh: { ...unary, attrs: single },
  /** Sine. */
  sin: unary,
  /** Cosine. */
  cos: unary,
  /** Error function. */
  erf: { ...unary, attrs: single },
  /** Log(1 + exp(x)). */
  softplus: unary,
  /** cond ? x : y; ins cond (bool), x, y. */
  select: { arity: 3, elementwise: true, attrs: {} },
  /**
   * x held between the public {lo} and {hi}: numbers of the dtype, or infinite where a side is open. At an end the gradient is halved, as
   * it is shared with the bound, or multiplied by {atEnds}, 0 or 1.
   */
  clip: {
    ...unary,
    attrs: { lo: real, hi: real, atEnds: optional(oneOf(0, 1)) },
  },
  /** x; gradients do not flow through. Only found in programs that are being differentiated. */
  stopGradient: unary,
  /** To {dtype}: float64 to integer cuts the fraction off, integer to integer wraps, to bool is != 0. */
  convert: {
    ...unary,
    attrs: { dtype },
  },
  /** x, which all parties learn, and the dealer. */
  reveal: unary,
  /** A public value made secret, value unchanged (a mask of zero: free); for loop carries that turn secret. */
  hide: unary,
} as const satisfies Readonly<Record<string, OpEntry>>;

export type ElementwiseOp = keyof typeof ELEMENTWISE;
