/** @file Gradients of sorting and of access at secret indexes: they flow back to where the elements came from. */
import * as a from '../../trace/algebra.ts';
import type { BaseArray } from '../../trace/array.ts';
import { type Backward, type GradRule, type GradTable, none } from '../../trace/grad-rule.ts';
import { apply } from '../../trace/tracer.ts';
import type { AttrsOf } from '../catalogue.ts';
import { sizeOf } from '../graph.ts';
import { missing } from '../missing.ts';
import type { ObliviousOp } from './catalogue.ts';

/** In the order of places: what came from place p goes back there. */
const upwards = (b: Backward<AttrsOf<'sort'>>): AttrsOf<'sort'> => ({
  axis: b.attrs.axis,
  descending: false,
});

/** The axis in front of the others, and behind them again. */
const toFront = (x: BaseArray, axis: number): BaseArray =>
  a.transpose(x, [axis, ...[...x.shape.keys()].filter((i) => i !== axis)]);
const fromFront = (x: BaseArray, axis: number): BaseArray => {
  const rest = [...x.shape.keys()].slice(1);
  return a.transpose(x, [...rest.slice(0, axis), 0, ...rest.slice(axis)]);
};

/** Each lane's gradients put where its elements were: a one-hot matrix a lane, and one product. */
const sort: GradRule<AttrsOf<'sort'>> = (b) => {
  const axis = b.attrs.axis;
  const order = apply('argsort', [b.x(0)], b.attrs);
  const n = b.t(0).shape[axis]!;
  if (b.ct.ndim === 1) return apply('scatterAdd', [a.zeros([n]), order, b.ct]);
  const lanes = b.ct.size / Math.max(1, n);
  const flat = (x: BaseArray): BaseArray =>
    a.reshape(a.transpose(a.reshape(toFront(x, axis), [n, lanes]), [1, 0]), [lanes, n]);
  const shape = [lanes, n, n];
  const from = a.broadcast(a.reshape(flat(order), [lanes, n, 1]), shape);
  const here = apply('convert', [a.equal(from, a.counting(shape, 2))], { dtype: 'fxp' });
  const put = a.reshape(a.matmul(a.reshape(flat(b.ct), [lanes, 1, n]), here), [lanes, n]);
  const front = toFront(b.ct, axis).shape;
  return fromFront(a.reshape(a.transpose(put, [1, 0]), front), axis);
};

const lookup: GradRule<AttrsOf<'lookup'>> = (b, i) => {
  if (i !== 0) return undefined;
  const axis = b.attrs.axis;
  const places = b.x(1);
  const n = b.t(0).shape[axis]!;
  const own = [...b.ct.shape.keys()];
  const read = own.slice(axis, axis + places.ndim);
  const moved = a.transpose(b.ct, [...read, ...own.filter((k) => !read.includes(k))]);
  const rest = moved.shape.slice(places.ndim);
  const parts = a.reshape(moved, [sizeOf(places.shape), ...rest]);
  const at = apply('place', [a.reshape(places, [places.size])], { n });
  const sum = apply('scatterAdd', [a.zeros([n, ...rest]), at, parts], { drops: true });
  return fromFront(sum, axis);
};

export const GRAD_OBLIVIOUS: GradTable<ObliviousOp> = {
  sort,
  argsort: none,
  sortBy: (b, i) =>
    i === 0 ? undefined : apply('sortBy', [apply('argsort', [b.x(0)], b.attrs), b.ct], upwards(b)),
  shuffle: missing('its order is another each time, and secret'),
  randomBits: none,
  lookup,
  scatterAdd: (b, i) => {
    if (i !== 2) return i === 0 ? b.ct : undefined;
    // What was dropped reads the 0 behind the axis.
    const none = a.zeros([1, ...b.ct.shape.slice(1)]);
    const from = b.attrs.drops === true ? a.concat([b.ct, none], 0) : b.ct;
    return apply('lookup', [from, b.x(1)], { axis: 0 });
  },
  sliceAt: (b, i) => {
    if (i !== 0) return undefined;
    const { shape, dtype } = b.t(0);
    return apply('updateAt', [a.zeros(shape, dtype), b.ct, ...shape.map((_, k) => b.x(1 + k))]);
  },
  updateAt: (b, i) => {
    if (i > 1) return undefined;
    const { shape, dtype } = b.t(1);
    const places = shape.map((_, k) => b.x(2 + k));
    return i === 1
      ? apply('sliceAt', [b.ct, ...places], { size: [...shape] })
      : apply('updateAt', [b.ct, a.zeros(shape, dtype), ...places]);
  },
};
