/** @file One op on data in the clear, typed and checked as in a graph: `np` for PYUs. */
import { evalTyped } from './evaluate.ts';
import type { Attrs, Tensor } from './graph.ts';
import { inferTypes } from './types.ts';

export const evalOp = (op: string, ins: readonly Tensor[], attrs: Attrs = {}): Tensor => {
  const types = ins.map(({ shape, dtype }) => ({ shape, dtype, secret: false }));
  const [out] = inferTypes(op, types, attrs);
  return evalTyped(op, ins, attrs, out!);
};
