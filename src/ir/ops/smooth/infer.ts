/** @file Type rules of smooth functions. */
import { fail } from '../../../errors.ts';
import type { Type } from '../graph.ts';
import { type InferTable, needDType, needSameShape, type One, result, type Some } from '../infer.ts';
import type { SmoothOp } from './catalogue.ts';

const real = ([x]: One, _attrs: unknown, op: string): Type => {
  needDType(op, x, 'float');
  return result(x.shape, 'fxp', [x]);
};

const realPair = (ins: Some, _attrs: unknown, op: string): Type => {
  for (const t of ins) needDType(op, t, 'float');
  return result(needSameShape(op, ins), 'fxp', ins);
};

export const INFER_SMOOTH: InferTable<SmoothOp> = {
  silu: real,
  mish: real,
  gelu: real,
  arctan: real,
  arctan2: realPair,
  within: (ins, attrs, op) =>
    attrs.lo <= attrs.hi
      ? real(ins, attrs, op)
      : fail('INVALID_ARGUMENT', `${op}: lo <= hi are to be numbers, not ${attrs.lo} and ${attrs.hi}`),
  interp: (ins, attrs, op) => {
    const { at, to } = attrs;
    const rising = at.every((v, i) => Number.isFinite(v) && (i === 0 || v > at[i - 1]!));
    return at.length > 0 && at.length === to.length && rising && to.every(Number.isFinite)
      ? real(ins, attrs, op)
      : fail('INVALID_ARGUMENT', `${op}: points are to be finite, and to rise`);
  },
  arcsin: real,
  arcsinh: real,
  cbrt: real,
  mantissa: real,
  exponent: (ins, attrs, op) => ({ ...real(ins, attrs, op), dtype: 'int32' }),
  hypot: realPair,
  nextafter: realPair,
  epsilon: () => ({ shape: [], dtype: 'fxp', secret: false }),
};
