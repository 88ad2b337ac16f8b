/** @file Type rules of ops on integers alone. */
import type { Type } from '../graph.ts';
import { type InferTable, needDType, needSameDType, needSameShape, result, type Some } from '../infer.ts';
import type { IntegerOp } from './catalogue.ts';

const numbers = (ins: Some, _attrs: unknown, op: string): Type => {
  const shape = needSameShape(op, ins);
  const dtype = needSameDType(op, ins);
  needDType(op, ins[0], 'number');
  return result(shape, dtype, ins);
};

const whole = (ins: Some, _attrs: unknown, op: string): Type => {
  const shape = needSameShape(op, ins);
  const dtype = needSameDType(op, ins);
  needDType(op, ins[0], 'int');
  return result(shape, dtype, ins);
};

export const INFER_INTEGER: InferTable<IntegerOp> = {
  powWhole: (ins, _attrs, op) => {
    const [x, y] = ins;
    needDType(op, x, 'number');
    needDType(op, y, 'int');
    return result(needSameShape(op, ins), x.dtype, ins);
  },
  floorDivide: numbers,
  remainder: numbers,
  bitAnd: whole,
  bitOr: whole,
  bitXor: whole,
  bitNot: whole,
  place: ([x], _attrs, op) => {
    needDType(op, x, 'int');
    return result(x.shape, 'int64', [x]);
  },
  shiftLeft: whole,
  shiftRight: whole,
};
