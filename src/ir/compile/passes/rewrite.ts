/** @file Rebuilding a graph node by node: what every pass is made of. Values are renumbered and typed anew. */
import { GraphBuilder } from '../../ops/builder.ts';
import type { Graph, Node, ValueId } from '../../ops/graph.ts';

/** Adds the node (its operands already renamed) to the new graph, or finds what stands for it; gives its results. */
export type Visit = (to: GraphBuilder, node: Node, ins: readonly ValueId[]) => readonly ValueId[];

/** The node as it is. */
export const keep: Visit = (to, node, ins) =>
  to.emit(node.op, ins, node.attrs, { body: node.body, site: node.site });

/** A new graph with the same inputs and outputs, each node put through `visit`. What was a secret result stays one. */
export const rewrite = (graph: Graph, visit: Visit): Graph => {
  const to = new GraphBuilder();
  const names = new Map<ValueId, ValueId>();
  for (const id of graph.ins) names.set(id, to.input(graph.types[id]!));
  for (const node of graph.nodes) {
    const outs = visit(
      to,
      node,
      node.ins.map((id) => names.get(id)!),
    );
    for (const [i, id] of node.outs.entries()) names.set(id, outs[i]!);
  }
  const result = (id: ValueId): ValueId => {
    const made = names.get(id)!;
    return graph.types[id]!.secret && !to.typeOf(made).secret ? to.emit('hide', [made])[0]! : made;
  };
  return to.finish(graph.outs.map(result));
};
