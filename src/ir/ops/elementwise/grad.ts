/** @file Gradients of elementwise ops. */
import * as a from '../../trace/algebra.ts';
import type { BaseArray } from '../../trace/array.ts';
import {
  discrete,
  type GradRule,
  type GradTable,
  none,
  slope,
  where,
  zerosLike,
} from '../../trace/grad-rule.ts';
import { apply } from '../../trace/tracer.ts';
import type { AttrsOf } from '../catalogue.ts';
import type { ElementwiseOp } from './catalogue.ts';

/** Where the second operand wins, `less(loser, winner)` of it holds; equal ones share. */
const pick =
  (secondWins: (x: BaseArray, y: BaseArray) => BaseArray): GradRule<AttrsOf<'maximum'>> =>
  (b, i) => {
    const second = where(secondWins(b.x(0), b.x(1)), b.ct, true);
    if (b.attrs.first === true) return i === 1 ? second : a.sub(b.ct, second);
    const tied = where(a.equal(b.x(0), b.x(1)), a.scale(b.ct, 0.5), true);
    const both = a.add(second, tied);
    return i === 1 ? both : a.sub(b.ct, both);
  };

const clip: GradRule<AttrsOf<'clip'>> = (b) => {
  const { lo, hi, atEnds } = b.attrs;
  const x = b.x(0);
  const end = (v: number): BaseArray => a.filled(v, x.shape);
  const [low, high] = [lo > Number.NEGATIVE_INFINITY, hi < Number.POSITIVE_INFINITY];
  if (atEnds === 0) {
    const inside = [...(low ? [a.less(end(lo), x)] : []), ...(high ? [a.less(x, end(hi))] : [])];
    return inside.reduce((ct, cond) => where(cond, ct, true), b.ct);
  }
  const outside = [...(low ? [a.less(x, end(lo))] : []), ...(high ? [a.less(end(hi), x)] : [])];
  const ends =
    atEnds === 1 ? [] : [...(low ? [a.equal(x, end(lo))] : []), ...(high ? [a.equal(x, end(hi))] : [])];
  const half = a.scale(b.ct, 0.5);
  const shared = ends.reduce((ct, cond) => a.select(cond, half, ct), b.ct);
  return outside.reduce((ct, cond) => where(cond, ct, false), shared);
};

export const GRAD_ELEMENTWISE: GradTable<ElementwiseOp> = {
  add: (b) => b.ct,
  sub: (b, i) => (i === 0 ? b.ct : a.neg(b.ct)),
  mul: (b, i) => a.mul(b.ct, b.x(1 - i)),
  div: (b, i) => (i === 0 ? a.div(b.ct, b.x(1)) : a.neg(a.mul(a.div(b.ct, b.x(1)), b.y()))),
  maximum: pick(a.less),
  minimum: pick((x, y) => a.less(y, x)),
  pow: (b, i) => {
    if (i === 1) return a.mul(b.ct, a.mul(b.y(), a.log(b.x(0))));
    const less = a.sub(b.x(1), a.filled(1, b.ct.shape));
    return a.mul(b.ct, a.mul(b.x(1), apply('pow', [b.x(0), less])));
  },
  less: none,
  equal: none,
  and: discrete,
  or: discrete,
  xor: discrete,
  not: discrete,
  neg: (b) => a.neg(b.ct),
  abs: (b) => {
    const x = b.x(0);
    return a.select(a.less(x, zerosLike(x)), a.neg(b.ct), b.ct);
  },
  sign: none,
  floor: none,
  exp: slope((b) => b.y()),
  log: (b) => a.div(b.ct, b.x(0)),
  sqrt: slope((b) => a.scale(a.rsqrt(b.x(0)), 0.5)),
  rsqrt: slope((b) => a.scale(a.mul(a.square(b.y()), b.y()), -0.5)),
  reciprocal: slope((b) => a.neg(a.square(b.y()))),
  sigmoid: slope((b) => a.sub(b.y(), a.square(b.y()))),
  tanh: slope((b) => a.sub(a.filled(1, b.ct.shape), a.square(b.y()))),
  sin: slope((b) => a.cos(b.x(0))),
  cos: slope((b) => a.neg(a.sin(b.x(0)))),
  erf: slope((b) => a.scale(a.expOfNegative(a.neg(a.square(b.x(0)))), 2 / Math.sqrt(Math.PI))),
  softplus: slope((b) => apply('sigmoid', [b.x(0)])),
  select: (b, i) => (i === 0 ? undefined : where(b.x(0), b.ct, i === 1)),
  clip,
  stopGradient: none,
  convert: (b) => (b.t(0).dtype === 'fxp' && b.attrs.dtype === 'fxp' ? b.ct : undefined),
  reveal: (b) => b.ct,
  hide: (b) => b.ct,
};
