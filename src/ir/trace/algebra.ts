/** @file Ops as functions, for the rules of transformations (gradients, batching): operands have the shapes that ops need. */

import type { BinaryOp, UnaryOp } from '../ops/catalogue.ts';
import type { DType, Shape } from '../ops/graph.ts';
import { sameShape } from '../ops/shapes.ts';
import type { BaseArray } from './array.ts';
import { NDArray } from './ndarray.ts';
import { apply } from './tracer.ts';

const binary =
  (op: BinaryOp) =>
  (x: BaseArray, y: BaseArray): BaseArray =>
    apply(op, [x, y]);

const unary =
  (op: UnaryOp) =>
  (x: BaseArray): BaseArray =>
    apply(op, [x]);

export const add = binary('add');
export const sub = binary('sub');
export const mul = binary('mul');
export const div = binary('div');
export const less = binary('less');
export const equal = binary('equal');
export const neg = unary('neg');
const exp = unary('exp');
/** exp of what is known to be 0 or less. */
export const expOfNegative = (x: BaseArray): BaseArray =>
  exp(apply('within', [x], { lo: Number.NEGATIVE_INFINITY, hi: 0 }));
export const log = unary('log');
export const rsqrt = unary('rsqrt');
export const sin = unary('sin');
export const cos = unary('cos');

export const scalar = (value: number, dtype: DType = 'fxp'): NDArray => NDArray.from(value, dtype);

/** `value` in every place. */
export const filled = (value: number, shape: Shape, dtype: DType = 'fxp'): BaseArray =>
  broadcast(scalar(value, dtype), shape);

export const zeros = (shape: Shape, dtype: DType = 'fxp'): BaseArray => filled(0, shape, dtype);

/** x times a JavaScript number. */
export const scale = (x: BaseArray, factor: number): BaseArray => mul(x, filled(factor, x.shape));

export const square = (x: BaseArray): BaseArray => mul(x, x);

export const select = (cond: BaseArray, x: BaseArray, y: BaseArray): BaseArray =>
  apply('select', [cond, x, y]);

export const broadcast = (x: BaseArray, shape: Shape): BaseArray =>
  sameShape(x.shape, shape) ? x : apply('broadcast', [x], { shape: [...shape] });

export const reshape = (x: BaseArray, shape: Shape): BaseArray =>
  sameShape(x.shape, shape) ? x : apply('reshape', [x], { shape: [...shape] });

export const transpose = (x: BaseArray, perm: readonly number[]): BaseArray =>
  perm.every((p, i) => p === i) ? x : apply('transpose', [x], { perm });

/** The last two axes exchanged. */
export const flipMatrix = (x: BaseArray): BaseArray => {
  const n = x.ndim;
  return transpose(
    x,
    x.shape.map((_, i) => (i === n - 1 ? n - 2 : i === n - 2 ? n - 1 : i)),
  );
};

export const matmul = binary('matmul');

export const sum = (x: BaseArray, axes: readonly number[]): BaseArray =>
  axes.length === 0 ? x : apply('sum', [x], { axes: [...axes] });

export const concat = (xs: readonly [BaseArray, ...BaseArray[]], axis: number): BaseArray =>
  xs.length === 1 ? xs[0] : apply('concat', xs, { axis });

const gather = (x: BaseArray, axis: number, indices: readonly number[]): BaseArray =>
  apply('gather', [x], { axis, indices: [...indices] });

/** Elements from .. to - 1 along one axis. */
export const block = (x: BaseArray, axis: number, from: number, to: number): BaseArray =>
  from === 0 && to === x.shape[axis]
    ? x
    : apply('slice', [x], {
        start: x.shape.map((_, i) => (i === axis ? from : 0)),
        size: x.shape.map((n, i) => (i === axis ? to - from : n)),
        step: x.shape.map(() => 1),
      });

/** x with one more axis of size n in front, the same in each place. */
export const repeatFirst = (x: BaseArray, n: number): BaseArray => broadcast(x, [n, ...x.shape]);

/** `x`, from which an op took `axes`, put back into `shape`: the same value all along them. */
export const spreadAxes = (x: BaseArray, shape: Shape, axes: readonly number[]): BaseArray =>
  broadcast(
    reshape(
      x,
      shape.map((n, i) => (axes.includes(i) ? 1 : n)),
    ),
    shape,
  );

/** Sum of `x`, to which something of shape `to` was broadcast, over what the broadcast repeated. */
export const sumTo = (x: BaseArray, to: Shape): BaseArray => {
  const lead = x.ndim - to.length;
  const axes = [...x.shape.keys()].filter((i) => i < lead || (to[i - lead] === 1 && x.shape[i] !== 1));
  return reshape(sum(x, axes), to);
};

/** 0, 1, .. n - 1 as int64, along `axis` of `shape`. */
export const counting = (shape: Shape, axis: number): BaseArray => {
  const n = shape[axis]!;
  const count = new NDArray(
    [n],
    'int64',
    BigInt64Array.from({ length: n }, (_, i) => BigInt(i)),
  );
  return spreadAxes(
    reshape(count, [n]),
    shape,
    [...shape.keys()].filter((i) => i !== axis),
  );
};

/** The positions that `gather` read, undone: element i of the axis is the sum of what was read from it. */
export const scatterAdd = (x: BaseArray, axis: number, indices: readonly number[], n: number): BaseArray => {
  const places: number[][] = Array.from({ length: n }, () => []);
  for (const [at, i] of indices.entries()) places[i]!.push(at);
  const most = Math.max(1, ...places.map((p) => p.length));
  const shape = x.shape.map((m, i) => (i === axis ? 1 : m));
  const padded = concat([x, zeros(shape, x.dtype)], axis);
  const nothing = indices.length;
  const wide = gather(
    padded,
    axis,
    places.flatMap((p) => Array.from({ length: most }, (_, k) => p[k] ?? nothing)),
  );
  if (most === 1) return wide;
  const split = [...x.shape.slice(0, axis), n, most, ...x.shape.slice(axis + 1)];
  return sum(reshape(wide, split), [axis + 1]);
};
