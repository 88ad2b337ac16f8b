/** @file Ops on integers, and the division that real numbers share with them. Operands have one shape and one dtype: the front end sees to it. */
import { binary, type OpEntry, unary, whole } from '../entry.ts';

export const INTEGER = {
  /** x (any number) to the y, an integer: integers wrap, and give 0 where y < 0; ins x, y. */
  powWhole: binary,
  /** x / y rounded down; where y is 0: 0 of integers, the largest quotient of real numbers. */
  floorDivide: binary,
  /** x - y * floorDivide(x, y): the sign of y; 0 where y is 0, and where a real quotient is beyond the largest. */
  remainder: binary,
  /** Bits that both have. */
  bitAnd: binary,
  /** Bits that either has. */
  bitOr: binary,
  /** Bits that one has. */
  bitXor: binary,
  /** Every bit flipped: -1 - x. */
  bitNot: unary,
  /** A place in an axis of {n}, int64: x where 0 <= x < n, x + n where -n <= x < 0, and n, which is none, elsewhere. */
  place: {
    ...unary,
    attrs: { n: whole },
  },
  /** x * 2^y, wrapping; 0 where y is negative or the number of bits is reached. */
  shiftLeft: binary,
  /** x / 2^y rounded down; the sign alone where y is negative or the number of bits is reached. */
  shiftRight: binary,
} as const satisfies Readonly<Record<string, OpEntry>>;

export type IntegerOp = keyof typeof INTEGER;
