/** @file Type rules of elementwise ops. */
import { fail } from '../../../errors.ts';
import { isInt, parseDType } from '../dtypes.ts';
import type { Type } from '../graph.ts';
import {
  type ACCEPTS,
  type InferTable,
  needDType,
  needSameDType,
  needSameShape,
  result,
  type Some,
} from '../infer.ts';
import type { ElementwiseOp } from './catalogue.ts';

const same =
  (accepts: keyof typeof ACCEPTS, out?: 'bool') =>
  (ins: Some, _attrs: unknown, op: string): Type => {
    const shape = needSameShape(op, ins);
    const dtype = needSameDType(op, ins);
    needDType(op, ins[0], accepts);
    return result(shape, out ?? dtype, ins);
  };

const number = same('number');
const float = same('float');
const bool = same('bool');
const comparison = same('number', 'bool');

export const INFER_ELEMENTWISE: InferTable<ElementwiseOp> = {
  add: number,
  sub: number,
  mul: number,
  div: float,
  maximum: number,
  minimum: number,
  pow: number,
  less: comparison,
  equal: comparison,
  and: bool,
  or: bool,
  xor: bool,
  not: bool,
  neg: number,
  abs: number,
  sign: number,
  floor: float,
  exp: float,
  log: float,
  sqrt: float,
  rsqrt: float,
  reciprocal: float,
  sigmoid: float,
  tanh: float,
  sin: float,
  cos: float,
  erf: float,
  softplus: float,
  select: (ins, _attrs, op) => {
    const [cond, x, y] = ins;
    needDType(op, cond, 'bool');
    return result(needSameShape(op, ins), needSameDType(op, [x, y]), ins);
  },
  clip: (ins, { lo, hi }, op) => {
    const [x] = ins;
    needDType(op, x, 'number');
    if (!(lo <= hi))
      fail('INVALID_ARGUMENT', `${op}: lo <= hi are to be numbers, not ${String(lo)} and ${String(hi)}`);
    if (isInt(x.dtype) && [lo, hi].some((b) => Number.isFinite(b) && !Number.isSafeInteger(b)))
      return fail('RANGE', `${op}: bounds of integers are whole numbers below 2^53, not ${lo} and ${hi}`);
    return result(x.shape, x.dtype, ins);
  },
  stopGradient: ([x]) => x,
  convert: ([x], { dtype }) => result(x.shape, parseDType(dtype), [x]),
  reveal: ([x]) => ({ ...x, secret: false }),
  hide: ([x]) => ({ ...x, secret: true }),
};
