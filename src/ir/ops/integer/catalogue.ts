/** @file Ops on integers alone. Operands have one shape and one dtype: the front end sees to it. */
import { binary, type OpEntry, unary, whole } from '../entry.ts';

export const INTEGER = {
  powWhole: binary('x (any number) to the y, an integer: integers wrap, and give 0 where y < 0; ins x, y'),
  floorDivide: binary('x / y rounded down; 0 where y is 0'),
  remainder: binary('x - y * floorDivide(x, y): the sign of y; 0 where y is 0'),
  bitAnd: binary('bits that both have'),
  bitOr: binary('bits that either has'),
  bitXor: binary('bits that one has'),
  bitNot: unary('every bit flipped: -1 - x'),
  place: {
    ...unary(
      'a place in an axis of {n}, int64: x where 0 <= x < n, x + n where -n <= x < 0, and n, which is none, elsewhere',
    ),
    attrs: { n: whole },
  },
  shiftLeft: binary('x * 2^y, wrapping; 0 where y is negative or the number of bits is reached'),
  shiftRight: binary(
    'x / 2^y rounded down; the sign alone where y is negative or the number of bits is reached',
  ),
} as const satisfies Readonly<Record<string, OpEntry>>;

export type IntegerOp = keyof typeof INTEGER;
