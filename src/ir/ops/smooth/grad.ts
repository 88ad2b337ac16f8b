/** @file Gradients of smooth functions. */
import * as a from '../../trace/algebra.ts';
import type { BaseArray } from '../../trace/array.ts';
import { type Backward, type GradTable, none, slope, zerosLike } from '../../trace/grad-rule.ts';
import { apply } from '../../trace/tracer.ts';
import type { AttrsOf } from '../catalogue.ts';
import type { SmoothOp } from './catalogue.ts';

/** Of gelu(x) = x F(x): F + x F', F the normal distribution function or its form by tanh. */
const geluSlope = (b: Backward<AttrsOf<'gelu'>>): BaseArray => {
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
const lineSlope = ({ x, attrs }: Backward<AttrsOf<'interp'>>): BaseArray => {
  const { at, to } = attrs;
  const slopes = [0, ...at.slice(1).map((v, i) => (to[i + 1]! - to[i]!) / (v - at[i]!)), 0];
  const v = x(0);
  const none = zerosLike(v);
  const changes = at.map((from, i) => {
    const before = apply('less', [v, a.filled(from, v.shape)]);
    return a.select(before, none, a.filled(slopes[i + 1]! - slopes[i]!, v.shape));
  });
  return changes.reduce((sum, change) => a.add(sum, change));
};

export const GRAD_SMOOTH: GradTable<SmoothOp> = {
  silu: slope((b) => {
    const s = apply('sigmoid', [b.x(0)]);
    return a.add(s, a.mul(b.x(0), a.mul(s, a.sub(a.filled(1, s.shape), s))));
  }),
  mish: slope((b) => {
    const t = apply('tanh', [apply('softplus', [b.x(0)])]);
    const rest = a.sub(a.filled(1, t.shape), a.square(t));
    return a.add(t, a.mul(a.mul(b.x(0), apply('sigmoid', [b.x(0)])), rest));
  }),
  gelu: slope(geluSlope),
  arctan: slope((b) => apply('reciprocal', [a.add(a.square(b.x(0)), a.filled(1, b.x(0).shape))])),
  arctan2: (b, i) => {
    const square = a.add(a.square(b.x(0)), a.square(b.x(1)));
    return a.mul(b.ct, a.div(i === 0 ? b.x(1) : a.neg(b.x(0)), square));
  },
  within: (b) => b.ct,
  interp: slope(lineSlope),
  arcsin: slope((b) => apply('rsqrt', [a.sub(a.filled(1, b.x(0).shape), a.square(b.x(0)))])),
  arcsinh: slope((b) => a.rsqrt(a.add(a.square(b.x(0)), a.filled(1, b.ct.shape)))),
  cbrt: slope((b) => apply('reciprocal', [a.scale(a.square(b.y()), 3)])),
  mantissa: slope((b) => {
    const n = apply('convert', [apply('exponent', [b.x(0)])], { dtype: 'fxp' });
    return apply('exp', [a.scale(n, -Math.LN2)]);
  }),
  exponent: none,
  hypot: (b, i) => a.mul(b.ct, a.div(b.x(i), b.y())),
  nextafter: (b, i) => (i === 0 ? b.ct : undefined),
  epsilon: none,
};
