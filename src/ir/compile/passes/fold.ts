/**
 * @file Constant folding: ops on constants alone are computed. Ops that would make a constant larger than its operands
 * (a broadcast, a padding) stay, since constants travel with the program; a broadcast constant is not seen through.
 */

import { evalOp } from '../../ops/eager.ts';
import type { Tensor, ValueId } from '../../ops/graph.ts';
import { sizeOf } from '../../ops/graph.ts';
import type { OpGraph } from '../../ops/program.ts';
import { keep, rewrite, withBody } from './rewrite.ts';

/** Graph -> graph, loop bodies included. An op that fails on its constants is left to fail where it runs. */
export const fold = (graph: OpGraph): OpGraph => {
  const constants = new Map<ValueId, Tensor>();
  return rewrite(graph, (to, node, ins) => {
    if (node.op === 'loop') return keep(to, withBody(node, fold), ins);
    if (node.op === 'const') {
      const outs = keep(to, node, ins);
      constants.set(outs[0]!, node.attrs.value);
      return outs;
    }
    const type = graph.types[node.outs[0]]!;
    if (type.secret) return keep(to, node, ins);
    const values = ins.map((id) => constants.get(id));
    const given = Math.max(0, ...values.map((v) => (v === undefined ? 0 : sizeOf(v.shape))));
    if (node.op === 'epsilon' || !values.every((v) => v !== undefined) || sizeOf(type.shape) > given)
      return keep(to, node, ins);
    let value: Tensor;
    try {
      value = evalOp(node.op, values, node.attrs);
    } catch {
      return keep(to, node, ins);
    }
    const id = to.constant(value, node.site);
    constants.set(id, value);
    return [id];
  });
};
