/** @file Type rules of smooth functions that have a protocol of their own rather than a composition. */

import { fail } from '../../../errors.ts';
import { type Infer, needDType, needSameShape, type OpDef, result } from '../infer.ts';

const real =
  (op: string): Infer =>
  (ins) => {
    needDType(op, ins[0]!, 'float');
    return result(ins[0]!.shape, 'fxp', ins);
  };

const realPair: (op: string) => Infer = (op) => (ins) => {
  for (const t of ins) needDType(op, t, 'float');
  return result(needSameShape(op, ins), 'fxp', ins);
};

const binary = (doc: string): OpDef => ({ arity: 2, elementwise: true, doc, infer: realPair });
const unary = (doc: string): OpDef => ({ arity: 1, elementwise: true, doc, infer: real });

export const SMOOTH: Readonly<Record<string, OpDef>> = {
  silu: unary('x sigmoid(x)'),
  mish: unary('x tanh(softplus(x))'),
  gelu: {
    ...unary('x times the normal distribution function, or its form by tanh if {approximate}'),
    infer: (op) => (ins, attrs, body) =>
      typeof attrs.approximate === 'boolean'
        ? real(op)(ins, attrs, body)
        : fail('INVALID_ARGUMENT', `${op}: attribute approximate is to be true or false`),
  },
  arctan: unary('the angle of slope x'),
  arctan2: binary('the angle of the point (x, y), 0 at the origin; ins y, x'),
  within: {
    ...unary('x, of which the program promises {lo} <= x <= {hi}'),
    infer: (op) => (ins, attrs, body) =>
      typeof attrs.lo === 'number' && typeof attrs.hi === 'number' && attrs.lo <= attrs.hi
        ? real(op)(ins, attrs, body)
        : fail(
            'INVALID_ARGUMENT',
            `${op}: lo <= hi are to be numbers, not ${String(attrs.lo)} and ${String(attrs.hi)}`,
          ),
  },
  interp: {
    ...unary('the straight lines through ({at}, {to}) at x, constant beyond the ends; {at} rises'),
    infer: (op) => (ins, attrs, body) => {
      const [at, to] = [attrs.at as readonly number[], attrs.to as readonly number[]];
      const rising = at.every((v, i) => Number.isFinite(v) && (i === 0 || v > at[i - 1]!));
      return at.length > 0 && at.length === to.length && rising && to.every(Number.isFinite)
        ? real(op)(ins, attrs, body)
        : fail('INVALID_ARGUMENT', `${op}: points are to be finite, and to rise`);
    },
  },
  arcsin: unary('the angle in [-pi/2, pi/2] whose sine is x'),
  arcsinh: unary('the number whose hyperbolic sine is x'),
  cbrt: unary('the cube root of x'),
  mantissa: unary('m of x = m 2^n, 1/2 <= |m| < 1; 0 of 0'),
  exponent: {
    ...unary('n of x = m 2^n, 1/2 <= |m| < 1; 0 of 0'),
    infer: (op) => (ins, attrs, body) =>
      real(op)(ins, attrs, body).map((t) => ({ ...t, dtype: 'int32' as const })),
  },
  hypot: binary('sqrt(x^2 + y^2)'),
  nextafter: binary(
    'the number next to x on the way to y: 2^-f away where numbers have f fraction bits; ins x, y',
  ),
  epsilon: {
    arity: 0,
    elementwise: false,
    doc: 'the distance of neighbouring numbers, 2^-f; if {largest} the largest that still can be compared, 2^(k-3-f)',
    infer: () => () => [{ shape: [], dtype: 'fxp', secret: false }],
  },
};
