/** @file Gradients of ops that move, join, reduce and multiply whole arrays: back to where the elements came from. */
import * as a from '../../trace/algebra.ts';
import type { BaseArray } from '../../trace/array.ts';
import { type GradRule, type GradTable, none, where } from '../../trace/grad-rule.ts';
import { NDArray } from '../../trace/ndarray.ts';
import { apply } from '../../trace/tracer.ts';
import type { AttrsOf } from '../catalogue.ts';
import type { ShapeOp } from './catalogue.ts';

/** ct put back where a slice with this step took it from: one axis after another. */
const unslice: GradRule<AttrsOf<'slice'>> = (b) => {
  const { shape, dtype } = b.t(0);
  const [start, step] = [b.attrs.start, b.attrs.step];
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
const extreme: GradRule<AttrsOf<'max'>> = (b) => {
  const axis = b.attrs.axis;
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

export const GRAD_SHAPE: GradTable<ShapeOp> = {
  matmul: (b, i) => (i === 0 ? a.matmul(b.ct, a.flipMatrix(b.x(1))) : a.matmul(a.flipMatrix(b.x(0)), b.ct)),
  sum: (b) => a.spreadAxes(b.ct, b.t(0).shape, b.attrs.axes),
  max: extreme,
  min: extreme,
  argmax: none,
  argmin: none,
  broadcast: (b) => a.sumTo(b.ct, b.t(0).shape),
  reshape: (b) => a.reshape(b.ct, b.t(0).shape),
  transpose: (b) => {
    const perm = b.attrs.perm;
    return a.transpose(
      b.ct,
      perm.map((_, i) => perm.indexOf(i)),
    );
  },
  slice: unslice,
  gather: (b) => {
    const axis = b.attrs.axis;
    return a.scatterAdd(b.ct, axis, b.attrs.indices, b.t(0).shape[axis]!);
  },
  concat: (b, i) => {
    const axis = b.attrs.axis;
    let from = 0;
    for (let k = 0; k < i; k++) from += b.t(k).shape[axis]!;
    return a.block(b.ct, axis, from, from + b.t(i).shape[axis]!);
  },
  pad: (b, i) => {
    if (i === 1) return undefined;
    const size = [...b.t(0).shape];
    return apply('slice', [b.ct], { start: b.attrs.lo, size, step: size.map(() => 1) });
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
  const: none,
};
