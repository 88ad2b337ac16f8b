/** @file Ops that have no protocol of their own become compositions of ops that have. */

import type { GraphBuilder } from '../../ops/builder.ts';
import type { Graph, Node, ValueId } from '../../ops/graph.ts';
import * as a from '../../trace/algebra.ts';
import type { BaseArray } from '../../trace/array.ts';
import { apply, trace } from '../../trace/tracer.ts';
import { hasRule } from '../lower.ts';
import { keep, rewrite } from './rewrite.ts';

type Expansion = (node: Node, ...ins: BaseArray[]) => BaseArray;

/** log(1 + exp x) = max(x, 0) + log(1 + exp(-|x|)), the maximum and |x| by one comparison. */
const softplus: Expansion = (_node, x) => {
  const minus = a.select(a.less(x, a.zeros(x.shape)), x, a.neg(x));
  const rest = a.log(a.add(a.exp(minus), a.filled(1, x.shape)));
  return a.add(a.scale(a.sub(x, minus), 0.5), rest);
};

/** By the bounds that are finite. */
const clip: Expansion = ({ attrs }, x) => {
  const { lo, hi } = attrs as { lo: number; hi: number };
  const above = lo === Number.NEGATIVE_INFINITY ? x : apply('maximum', [x, a.filled(lo, x.shape, x.dtype)]);
  return hi === Number.POSITIVE_INFINITY ? above : apply('minimum', [above, a.filled(hi, x.shape, x.dtype)]);
};

const EXPANSIONS: Readonly<Record<string, Expansion>> = {
  clip,
  softplus,
  stopGradient: (_node, x) => x,
};

/** Copies the graph `part` into `to` on these operands. */
const inline = (
  to: GraphBuilder,
  part: Graph,
  ins: readonly ValueId[],
  site: string | undefined,
): ValueId[] => {
  const names = new Map(part.ins.map((id, i) => [id, ins[i]!]));
  for (const node of part.nodes) {
    const outs = to.emit(
      node.op,
      node.ins.map((id) => names.get(id)!),
      node.attrs,
      { site },
    );
    for (const [i, id] of node.outs.entries()) names.set(id, outs[i]!);
  }
  return part.outs.map((id) => names.get(id)!);
};

/** Graph -> graph, loop bodies included. Ops on public values stay: the plain interpreter knows them. */
export const expand = (graph: Graph, has: (op: string) => boolean = hasRule): Graph =>
  rewrite(graph, (to, node, ins) => {
    if (node.body !== undefined) return keep(to, { ...node, body: expand(node.body, has) }, ins);
    const known = Object.hasOwn(EXPANSIONS, node.op) && !has(node.op);
    if (!known || !to.typeOf(ins.find((id) => to.typeOf(id).secret) ?? ins[0]!).secret)
      return keep(to, node, ins);
    const part = trace(
      (...xs: BaseArray[]) => EXPANSIONS[node.op]!(node, ...xs),
      ins.map((id) => to.typeOf(id)),
    ).graph;
    return inline(to, part, ins, node.site);
  });
