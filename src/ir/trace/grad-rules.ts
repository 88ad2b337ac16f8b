/**
 * @file How a small change of an op's result acts back on its operands: one rule an op, as compositions of ops. A rule
 * asks for operands and result only where it needs them, so that a loop keeps no more than its backward pass reads.
 */

import type { Attrs, Type } from '../ops/graph.ts';
import * as a from './algebra.ts';
import type { BaseArray } from './array.ts';
import { NDArray } from './ndarray.ts';
import { apply } from './tracer.ts';

/** What a rule has at hand. `x(i)` and `y()`: operand i and the result; `t(i)`: the type of operand i. */
export interface Backward {
  readonly x: (i: number) => BaseArray;
  readonly y: () => BaseArray;
  readonly t: (i: number) => Type;
  /** Gradient of the loss by the result. */
  readonly ct: BaseArray;
  readonly attrs: Attrs;
}

/** The gradient by operand i, called only when wanted; undefined: nothing flows to it. */
export type GradRule = (b: Backward, i: number) => BaseArray | undefined;

const list = (attrs: Attrs, key: string): readonly number[] => attrs[key] as readonly number[];
const zerosLike = (x: BaseArray): BaseArray => a.zeros(x.shape, x.dtype);

/** The part of ct where `cond` holds, or where it does not. */
const where = (cond: BaseArray, ct: BaseArray, holds: boolean): BaseArray =>
  holds ? a.select(cond, ct, zerosLike(ct)) : a.select(cond, zerosLike(ct), ct);

/** Of a function whose slope is `slope`. */
const slope =
  (of: (b: Backward) => BaseArray): GradRule =>
  (b) =>
    a.mul(b.ct, of(b));

/** In the order of places: what came from place p goes back there. */
const upwards = (b: Backward): Attrs => ({ axis: b.attrs.axis!, descending: false });

/** Of gelu(x) = x F(x): F + x F', F the normal distribution function or its form by tanh. */
const geluSlope = (b: Backward): BaseArray => {
  const x = b.x(0);
  const one = a.filled(1, x.shape);
  if (!b.attrs.approximate) {
    const whole = a.scale(a.add(apply('erf', [a.scale(x, Math.SQRT1_2)]), one), 0.5);
    const bell = a.expOfNegative(a.scale(a.square(x), -0.5));
    return a.add(whole, a.mul(x, a.scale(bell, 1 / Math.sqrt(2 * Math.PI))));
  }
  const k = Math.sqrt(2 / Math.PI);
  const square = a.square(x);
  const t = apply('tanh', [a.mul(x, a.scale(a.add(a.scale(square, 0.044715), one), k))]);
  const inner = a.scale(a.add(a.scale(square, 3 * 0.044715), one), k);
  const rest = a.mul(a.mul(x, a.sub(one, a.square(t))), inner);
  return a.scale(a.add(a.add(t, one), rest), 0.5);
};

/** The slope of the line at x: every point that x has reached changes it. */
const lineSlope = ({ x, attrs }: Backward): BaseArray => {
  const [at, to] = [list(attrs, 'at'), list(attrs, 'to')];
  const slopes = [0, ...at.slice(1).map((v, i) => (to[i + 1]! - to[i]!) / (v - at[i]!)), 0];
  const v = x(0);
  const none = zerosLike(v);
  const changes = at.map((from, i) => {
    const before = apply('less', [v, a.filled(from, v.shape)]);
    return a.select(before, none, a.filled(slopes[i + 1]! - slopes[i]!, v.shape));
  });
  return changes.reduce((sum, change) => a.add(sum, change));
};

const none: GradRule = () => undefined;

/** ct put back where a slice with this step took it from: one axis after another. */
const unslice: GradRule = (b) => {
  const { shape, dtype } = b.t(0);
  const [start, step] = [list(b.attrs, 'start'), list(b.attrs, 'step')];
  const lo = start.map((s, i) => (step[i] === 1 ? s : 0));
  const hi = shape.map((n, i) => (step[i] === 1 ? n - lo[i]! - b.ct.shape[i]! : 0));
  let x =
    lo.some((n) => n > 0) || hi.some((n) => n > 0)
      ? apply('pad', [b.ct, a.scalar(0, dtype)], { lo, hi })
      : b.ct;
  for (const [axis, by] of step.entries()) {
    if (by === 1) continue;
    const read = Array.from({ length: b.ct.shape[axis]! }, (_, j) => start[axis]! + j * by);
    x = a.scatterAdd(x, axis, read, shape[axis]!);
  }
  return x;
};

/** The extreme's gradient is shared evenly by all that are as large: how many there are is looked up among the shares. */
const extreme: GradRule = (b) => {
  const axis = b.attrs.axis as number;
  const { shape } = b.t(0);
  const n = shape[axis]!;
  const wide = (x: BaseArray): BaseArray => a.spreadAxes(x, shape, [axis]);
  const here = a.equal(b.x(0), wide(b.y()));
  const count = a.sum(apply('convert', [here], { dtype: 'int32' }), [axis]);
  const shares = new NDArray(
    [n + 1],
    'fxp',
    Float64Array.from({ length: n + 1 }, (_, k) => 1 / Math.max(1, k)),
  );
  const part = n === 1 ? b.ct : a.mul(b.ct, apply('lookup', [shares, count], { axis: 0 }));
  return where(here, wide(part), true);
};

/** Where the second operand wins, `less(loser, winner)` of it holds; equal ones share. */
const pick =
  (secondWins: (x: BaseArray, y: BaseArray) => BaseArray): GradRule =>
  (b, i) => {
    const second = where(secondWins(b.x(0), b.x(1)), b.ct, true);
    if (b.attrs.first === true) return i === 1 ? second : a.sub(b.ct, second);
    const tied = where(a.equal(b.x(0), b.x(1)), a.scale(b.ct, 0.5), true);
    const both = a.add(second, tied);
    return i === 1 ? both : a.sub(b.ct, both);
  };

const clip: GradRule = (b) => {
  const { lo, hi, atEnds } = b.attrs as { lo: number; hi: number; atEnds?: 0 | 1 };
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

export const GRAD_RULES: Readonly<Record<string, GradRule>> = {
  add: (b) => b.ct,
  sub: (b, i) => (i === 0 ? b.ct : a.neg(b.ct)),
  mul: (b, i) => a.mul(b.ct, b.x(1 - i)),
  div: (b, i) => (i === 0 ? a.div(b.ct, b.x(1)) : a.neg(a.mul(a.div(b.ct, b.x(1)), b.y()))),
  neg: (b) => a.neg(b.ct),
  maximum: pick(a.less),
  minimum: pick((x, y) => a.less(y, x)),
  pow: (b, i) => {
    if (i === 1) return a.mul(b.ct, a.mul(b.y(), a.log(b.x(0))));
    const less = a.sub(b.x(1), a.filled(1, b.ct.shape));
    return a.mul(b.ct, a.mul(b.x(1), apply('pow', [b.x(0), less])));
  },
  powWhole: (b, i) => {
    if (i === 1) return undefined;
    const [x, y] = [b.x(0), b.x(1)];
    const less = a.sub(y, a.filled(1, y.shape, y.dtype));
    return a.mul(b.ct, a.mul(apply('convert', [y], { dtype: 'fxp' }), apply('powWhole', [x, less])));
  },
  abs: (b) => {
    const x = b.x(0);
    return a.select(a.less(x, zerosLike(x)), a.neg(b.ct), b.ct);
  },
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
  sort: (b) => apply('sortBy', [apply('argsort', [b.x(0)], b.attrs), b.ct], upwards(b)),
  sortBy: (b, i) =>
    i === 0 ? undefined : apply('sortBy', [apply('argsort', [b.x(0)], b.attrs), b.ct], upwards(b)),
  argsort: none,
  hypot: (b, i) => a.mul(b.ct, a.div(b.x(i), b.y())),
  mish: slope((b) => {
    const t = apply('tanh', [apply('softplus', [b.x(0)])]);
    const rest = a.sub(a.filled(1, t.shape), a.square(t));
    return a.add(t, a.mul(a.mul(b.x(0), apply('sigmoid', [b.x(0)])), rest));
  }),
  silu: slope((b) => {
    const s = apply('sigmoid', [b.x(0)]);
    return a.add(s, a.mul(b.x(0), a.mul(s, a.sub(a.filled(1, s.shape), s))));
  }),
  gelu: slope(geluSlope),
  arctan: slope((b) => apply('reciprocal', [a.add(a.square(b.x(0)), a.filled(1, b.x(0).shape))])),
  arctan2: (b, i) => {
    const square = a.add(a.square(b.x(0)), a.square(b.x(1)));
    return a.mul(b.ct, a.div(i === 0 ? b.x(1) : a.neg(b.x(0)), square));
  },
  interp: slope(lineSlope),
  arcsin: slope((b) => apply('rsqrt', [a.sub(a.filled(1, b.x(0).shape), a.square(b.x(0)))])),
  arcsinh: slope((b) => a.rsqrt(a.add(a.square(b.x(0)), a.filled(1, b.ct.shape)))),
  cbrt: slope((b) => apply('reciprocal', [a.scale(a.square(b.y()), 3)])),
  mantissa: slope((b) => {
    const n = apply('convert', [apply('exponent', [b.x(0)])], { dtype: 'fxp' });
    return apply('exp', [a.scale(n, -Math.LN2)]);
  }),
  exponent: none,
  nextafter: (b, i) => (i === 0 ? b.ct : undefined),
  softplus: slope((b) => apply('sigmoid', [b.x(0)])),
  clip,
  select: (b, i) => (i === 0 ? undefined : where(b.x(0), b.ct, i === 1)),
  convert: (b) => (b.t(0).dtype === 'fxp' && b.attrs.dtype === 'fxp' ? b.ct : undefined),
  hide: (b) => b.ct,
  within: (b) => b.ct,
  reveal: (b) => b.ct,
  less: none,
  equal: none,
  floor: none,
  sign: none,
  stopGradient: none,
  argmax: none,
  argmin: none,
  matmul: (b, i) => (i === 0 ? a.matmul(b.ct, a.flipMatrix(b.x(1))) : a.matmul(a.flipMatrix(b.x(0)), b.ct)),
  sum: (b) => a.spreadAxes(b.ct, b.t(0).shape, list(b.attrs, 'axes')),
  max: extreme,
  min: extreme,
  broadcast: (b) => a.sumTo(b.ct, b.t(0).shape),
  reshape: (b) => a.reshape(b.ct, b.t(0).shape),
  transpose: (b) => {
    const perm = list(b.attrs, 'perm');
    return a.transpose(
      b.ct,
      perm.map((_, i) => perm.indexOf(i)),
    );
  },
  slice: unslice,
  gather: (b) => {
    const axis = b.attrs.axis as number;
    return a.scatterAdd(b.ct, axis, list(b.attrs, 'indices'), b.t(0).shape[axis]!);
  },
  concat: (b, i) => {
    const axis = b.attrs.axis as number;
    let from = 0;
    for (let k = 0; k < i; k++) from += b.t(k).shape[axis]!;
    return a.block(b.ct, axis, from, from + b.t(i).shape[axis]!);
  },
  pad: (b, i) => {
    if (i === 1) return undefined;
    const size = [...b.t(0).shape];
    return apply('slice', [b.ct], { start: list(b.attrs, 'lo'), size, step: size.map(() => 1) });
  },
  dynamicSlice: (b, i) => {
    if (i !== 0) return undefined;
    const { shape, dtype } = b.t(0);
    const index = shape.map((_, k) => b.x(1 + k));
    return apply('dynamicUpdateSlice', [a.zeros(shape, dtype), b.ct, ...index]);
  },
  dynamicUpdateSlice: (b, i) => {
    if (i > 1) return undefined;
    const { shape, dtype } = b.t(1);
    const index = shape.map((_, k) => b.x(2 + k));
    return i === 1
      ? apply('dynamicSlice', [b.ct, ...index], { size: [...shape] })
      : apply('dynamicUpdateSlice', [b.ct, a.zeros(shape, dtype), ...index]);
  },
};
