/** @file Type rules of elementwise ops. Operands have one shape and one dtype: the front end saw to it. */

import { fail } from '../../../errors.ts';
import { isInt, parseDType } from '../dtypes.ts';
import type { Type } from '../graph.ts';
import {
  type ACCEPTS,
  type Infer,
  needDType,
  needSameDType,
  needSameShape,
  type OpDef,
  result,
} from '../infer.ts';

type Accepts = keyof typeof ACCEPTS;

const same =
  (accepts: Accepts, out?: 'bool') =>
  (op: string): Infer =>
  (ins) => {
    const shape = needSameShape(op, ins);
    const dtype = needSameDType(op, ins);
    needDType(op, ins[0]!, accepts);
    return result(shape, out ?? dtype, ins);
  };

const unary = (accepts: Accepts, doc: string): OpDef => ({
  arity: 1,
  elementwise: true,
  doc,
  infer: same(accepts),
});
const binary = (accepts: Accepts, doc: string, out?: 'bool'): OpDef => ({
  arity: 2,
  elementwise: true,
  doc,
  infer: same(accepts, out),
});

export const ELEMENTWISE: Readonly<Record<string, OpDef>> = {
  add: binary('number', 'x + y; integers wrap'),
  sub: binary('number', 'x - y; integers wrap'),
  mul: binary('number', 'x * y; integers wrap'),
  div: binary('float', 'x / y'),
  maximum: binary(
    'number',
    'the larger; of equal ones each has half of the gradient, or the first all of it if {first}',
  ),
  minimum: binary('number', 'the smaller; gradients as of maximum'),
  pow: binary('number', 'x to the y; float64: x >= 0 unless y is public and whole; integers: y >= 0'),
  less: binary('number', 'x < y', 'bool'),
  equal: binary('number', 'x == y', 'bool'),
  and: binary('bool', 'both'),
  or: binary('bool', 'either'),
  xor: binary('bool', 'exactly one'),
  not: unary('bool', 'the other'),
  neg: unary('number', '-x; integers wrap'),
  abs: unary('number', '|x|'),
  sign: unary('number', '-1, 0 or 1'),
  floor: unary('float', 'the largest whole number not above x'),
  exp: unary('float', 'e to the x'),
  log: unary('float', 'natural logarithm, x > 0'),
  sqrt: unary('float', 'square root, x >= 0'),
  rsqrt: unary('float', '1 / sqrt(x), x > 0'),
  reciprocal: unary('float', '1 / x'),
  sigmoid: unary('float', '1 / (1 + exp(-x))'),
  tanh: unary('float', 'hyperbolic tangent'),
  sin: unary('float', 'sine'),
  cos: unary('float', 'cosine'),
  erf: unary('float', 'error function'),
  softplus: unary('float', 'log(1 + exp(x))'),
  select: {
    arity: 3,
    elementwise: true,
    doc: 'cond ? x : y; ins cond (bool), x, y',
    infer: (op) => (ins) => {
      needDType(op, ins[0]!, 'bool');
      return result(needSameShape(op, ins), needSameDType(op, ins.slice(1)), ins);
    },
  },
  clip: {
    arity: 1,
    elementwise: true,
    doc:
      'x held between the public {lo} and {hi}: numbers of the dtype, or infinite where a side is open. At an end the gradient ' +
      'is halved, as it is shared with the bound, or multiplied by {atEnds}, 0 or 1',
    infer: (op) => (ins, attrs) => {
      const [x] = ins as readonly [Type];
      needDType(op, x, 'number');
      const [lo, hi] = [attrs.lo, attrs.hi];
      if (typeof lo !== 'number' || typeof hi !== 'number' || !(lo <= hi))
        return fail(
          'INVALID_ARGUMENT',
          `${op}: lo <= hi are to be numbers, not ${String(lo)} and ${String(hi)}`,
        );
      if (isInt(x.dtype) && [lo, hi].some((b) => Number.isFinite(b) && !Number.isSafeInteger(b)))
        return fail('RANGE', `${op}: bounds of integers are whole numbers below 2^53, not ${lo} and ${hi}`);
      return result(x.shape, x.dtype, ins);
    },
  },
  stopGradient: {
    arity: 1,
    elementwise: true,
    doc: 'x; gradients do not flow through. Only found in programs that are being differentiated',
    infer: () => (ins) => [ins[0]!],
  },
  convert: {
    arity: 1,
    elementwise: true,
    doc: 'to {dtype}: float64 to integer cuts the fraction off, integer to integer wraps, to bool is != 0',
    infer: (op) => (ins, attrs) => {
      const dtype = attrs.dtype;
      if (typeof dtype !== 'string') return fail('DTYPE', `${op}: attribute dtype is missing`);
      return result(ins[0]!.shape, parseDType(dtype), ins);
    },
  },
  reveal: {
    arity: 1,
    elementwise: true,
    doc: 'x, which all parties learn, and the dealer',
    infer: () => (ins) => [{ ...ins[0]!, secret: false }],
  },
  hide: {
    arity: 1,
    elementwise: true,
    doc: 'a public value made secret, value unchanged (a mask of zero: free); for loop carries that turn secret',
    infer: () => (ins) => [{ ...ins[0]!, secret: true }],
  },
};
