/** @file Batching of sorting and of access at secret indexes. */
import * as a from '../../trace/algebra.ts';
import type { BaseArray } from '../../trace/array.ts';
import {
  type Batched,
  type BatchTable,
  type Call,
  eachAlone,
  everywhere,
  indexOf,
  unlessMoved,
  wide,
} from '../../trace/batch-rule.ts';
import { apply } from '../../trace/tracer.ts';
import type { AttrsOf, Operands } from '../catalogue.ts';
import { missing } from '../missing.ts';
import type { ObliviousOp } from './catalogue.ts';

type CallOf<K extends ObliviousOp> = Call<Operands<K, Batched>, AttrsOf<K>>;

/** The first two axes exchanged. */
const swapFirst = (x: BaseArray): BaseArray => a.transpose(x, [1, 0, ...[...x.shape.keys()].slice(2)]);

export const BATCH_OBLIVIOUS: BatchTable<ObliviousOp> = {
  sort: ({ ins: [{ x }], attrs }) => apply('sort', [x], { ...attrs, axis: attrs.axis + 1 }),
  argsort: ({ ins: [{ x }], attrs }) => apply('argsort', [x], { ...attrs, axis: attrs.axis + 1 }),
  sortBy: ({ ins: [keys, values], attrs, size }) =>
    apply('sortBy', [wide(keys, size), wide(values, size)], { ...attrs, axis: attrs.axis + 1 }),
  shuffle: missing('one order for all examples, or one for each, is for the program to say'),
  randomBits: everywhere,
  /** One array for all examples, places of their own: the batch stands where the places begin. */
  lookup: (c) => {
    const [x, places] = c.ins;
    const { axis } = c.attrs;
    if (!places.batched) return apply('lookup', [x.x, places.x], { axis: axis + 1 });
    if (x.batched) return eachAlone(c);
    const out = apply('lookup', [x.x, places.x], { axis });
    const rest = [...out.shape.keys()].filter((i) => i !== axis);
    return a.transpose(out, [axis, ...rest]);
  },
  scatterAdd: (c) => {
    const [x, places, parts] = c.ins;
    if (places.batched) return eachAlone(c);
    // The batch stands behind the axis that is added along.
    const [to, rows] = [swapFirst(wide(x, c.size)), swapFirst(wide(parts, c.size))];
    return swapFirst(apply('scatterAdd', [to, places.x, rows], c.attrs));
  },
  sliceAt: unlessMoved(1, (c: CallOf<'sliceAt'>) =>
    apply('sliceAt', [c.ins[0].x, ...indexOf(c, 1)], { size: [c.size, ...c.attrs.size] }),
  ),
  updateAt: unlessMoved(2, (c: CallOf<'updateAt'>) =>
    apply('updateAt', [wide(c.ins[0], c.size), wide(c.ins[1], c.size), ...indexOf(c, 2)]),
  ),
};
