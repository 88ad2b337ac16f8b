/** @file Ops that move, join, reduce and multiply whole arrays, on batches: attributes that name axes move by one. */
import * as a from '../../trace/algebra.ts';
import type { BaseArray } from '../../trace/array.ts';
import {
  type Batched,
  type BatchTable,
  type Call,
  everywhere,
  indexOf,
  unlessMoved,
  wide,
} from '../../trace/batch-rule.ts';
import { apply } from '../../trace/tracer.ts';
import type { AttrsOf, Operands } from '../catalogue.ts';
import type { ShapeOp } from './catalogue.ts';

type CallOf<K extends ShapeOp> = Call<Operands<K, Batched>, AttrsOf<K>>;

const alongAxis =
  (op: 'max' | 'min' | 'argmax' | 'argmin') =>
  ({ ins: [{ x }], attrs: { axis } }: CallOf<'max'>): BaseArray =>
    apply(op, [x], { axis: axis + 1 });

export const BATCH_SHAPE: BatchTable<ShapeOp> = {
  matmul: everywhere,
  sum: ({ ins: [{ x }], attrs }) => apply('sum', [x], { axes: attrs.axes.map((i) => i + 1) }),
  max: alongAxis('max'),
  min: alongAxis('min'),
  argmax: alongAxis('argmax'),
  argmin: alongAxis('argmin'),
  broadcast: ({ ins: [{ x }], attrs: { shape }, size }) => {
    const own = x.shape.slice(1);
    const open = [size, ...new Array<number>(shape.length - own.length).fill(1), ...own];
    return a.broadcast(a.reshape(x, open), [size, ...shape]);
  },
  reshape: ({ ins: [{ x }], attrs, size }) => apply('reshape', [x], { shape: [size, ...attrs.shape] }),
  transpose: ({ ins: [{ x }], attrs }) =>
    apply('transpose', [x], { perm: [0, ...attrs.perm.map((i) => i + 1)] }),
  slice: ({ ins: [{ x }], attrs, size }) =>
    apply('slice', [x], {
      start: [0, ...attrs.start],
      size: [size, ...attrs.size],
      step: [1, ...attrs.step],
    }),
  gather: ({ ins: [{ x }], attrs }) => apply('gather', [x], { ...attrs, axis: attrs.axis + 1 }),
  concat: ({ ins: [first, ...rest], attrs, size }) =>
    apply('concat', [wide(first, size), ...rest.map((x) => wide(x, size))], { axis: attrs.axis + 1 }),
  pad: unlessMoved(1, ({ ins: [{ x }, { x: value }], attrs: { lo, hi } }: CallOf<'pad'>) =>
    apply('pad', [x, value], { lo: [0, ...lo], hi: [0, ...hi] }),
  ),
  dynamicSlice: unlessMoved(1, (c: CallOf<'dynamicSlice'>) =>
    apply('dynamicSlice', [c.ins[0].x, ...indexOf(c, 1)], { size: [c.size, ...c.attrs.size] }),
  ),
  dynamicUpdateSlice: unlessMoved(2, (c: CallOf<'dynamicUpdateSlice'>) =>
    apply('dynamicUpdateSlice', [wide(c.ins[0], c.size), wide(c.ins[1], c.size), ...indexOf(c, 2)]),
  ),
  const: everywhere,
};
