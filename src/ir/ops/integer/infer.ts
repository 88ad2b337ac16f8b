/** @file Type rules of ops on integers alone. Operands have one shape and one dtype: the front end saw to it. */

import { type Infer, needDType, needSameDType, needSameShape, num, type OpDef, result } from '../infer.ts';

const whole =
  (op: string): Infer =>
  (ins) => {
    const shape = needSameShape(op, ins);
    const dtype = needSameDType(op, ins);
    needDType(op, ins[0]!, 'int');
    return result(shape, dtype, ins);
  };

const binary = (doc: string): OpDef => ({ arity: 2, elementwise: true, doc, infer: whole });

const power =
  (op: string): Infer =>
  (ins) => {
    const [x, y] = ins;
    needDType(op, x!, 'number');
    needDType(op, y!, 'int');
    return result(needSameShape(op, ins), x!.dtype, ins);
  };

export const INTEGER: Readonly<Record<string, OpDef>> = {
  powWhole: {
    arity: 2,
    elementwise: true,
    doc: 'x (any number) to the y, an integer: integers wrap, and give 0 where y < 0; ins x, y',
    infer: power,
  },
  floorDivide: binary('x / y rounded down; 0 where y is 0'),
  remainder: binary('x - y * floorDivide(x, y): the sign of y; 0 where y is 0'),
  bitAnd: binary('bits that both have'),
  bitOr: binary('bits that either has'),
  bitXor: binary('bits that one has'),
  bitNot: { arity: 1, elementwise: true, doc: 'every bit flipped: -1 - x', infer: whole },
  place: {
    arity: 1,
    elementwise: true,
    doc: 'a place in an axis of {n}, int64: x where 0 <= x < n, x + n where -n <= x < 0, and n, which is none, elsewhere',
    infer: (op) => (ins, attrs) => {
      needDType(op, ins[0]!, 'int');
      num(op, attrs, 'n');
      return result(ins[0]!.shape, 'int64', ins);
    },
  },
  shiftLeft: binary('x * 2^y, wrapping; 0 where y is negative or the number of bits is reached'),
  shiftRight: binary(
    'x / 2^y rounded down; the sign alone where y is negative or the number of bits is reached',
  ),
};
