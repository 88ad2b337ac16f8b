/** @file Elementwise ops on numbers and bools. Operands have one shape and one dtype: the front end sees to it. */
import { binary, dtype, flag, type OpEntry, oneOf, optional, real, unary } from '../entry.ts';

/** Roots and inverses may be asked for more fraction bits, to stand in a product of any size, or in one of the size of 1. */
const fine = { fine: optional(oneOf('fine', 'unit')) };
/** Of equal ones each has half of the gradient, or the first all of it. */
const first = { first: optional(flag) };

export const ELEMENTWISE = {
  add: binary('x + y; integers wrap'),
  sub: binary('x - y; integers wrap'),
  mul: {
    ...binary(
      'x * y; integers wrap; with {exact} a product by a public number keeps all its bits until then',
    ),
    attrs: { exact: optional(flag) },
  },
  div: {
    ...binary('x / y; {fine}: y divides many x, and quotients are below 2^46 at FM128'),
    attrs: { fine: optional(flag) },
  },
  maximum: {
    ...binary('the larger; of equal ones each has half of the gradient, or the first all of it if {first}'),
    attrs: first,
  },
  minimum: { ...binary('the smaller; gradients as of maximum'), attrs: first },
  pow: binary('x to the y; float64: x >= 0 unless y is public and whole; integers: y >= 0'),
  less: binary('x < y'),
  equal: binary('x == y'),
  and: binary('both'),
  or: binary('either'),
  xor: binary('exactly one'),
  not: unary('the other'),
  neg: unary('-x; integers wrap'),
  abs: unary('|x|'),
  sign: unary('-1, 0 or 1'),
  floor: unary('the largest whole number not above x'),
  exp: unary('e to the x'),
  log: unary('natural logarithm, x > 0'),
  sqrt: { ...unary('square root, x >= 0'), attrs: fine },
  rsqrt: { ...unary('1 / sqrt(x), x > 0'), attrs: fine },
  reciprocal: { ...unary('1 / x'), attrs: fine },
  sigmoid: unary('1 / (1 + exp(-x))'),
  tanh: unary('hyperbolic tangent'),
  sin: unary('sine'),
  cos: unary('cosine'),
  erf: unary('error function'),
  softplus: unary('log(1 + exp(x))'),
  select: { arity: 3, elementwise: true, attrs: {}, doc: 'cond ? x : y; ins cond (bool), x, y' },
  clip: {
    ...unary(
      'x held between the public {lo} and {hi}: numbers of the dtype, or infinite where a side is open. At an end the gradient ' +
        'is halved, as it is shared with the bound, or multiplied by {atEnds}, 0 or 1',
    ),
    attrs: { lo: real, hi: real, atEnds: optional(oneOf(0, 1)) },
  },
  stopGradient: unary(
    'x; gradients do not flow through. Only found in programs that are being differentiated',
  ),
  convert: {
    ...unary(
      'to {dtype}: float64 to integer cuts the fraction off, integer to integer wraps, to bool is != 0',
    ),
    attrs: { dtype },
  },
  reveal: unary('x, which all parties learn, and the dealer'),
  hide: unary(
    'a public value made secret, value unchanged (a mask of zero: free); for loop carries that turn secret',
  ),
} as const satisfies Readonly<Record<string, OpEntry>>;

export type ElementwiseOp = keyof typeof ELEMENTWISE;
