/** @file Rebuilding a graph node by node: what every pass is made of. Values are renumbered and typed anew. */
import { GraphBuilder } from '../../ops/builder.ts';
import type { ValueId } from '../../ops/graph.ts';
import type { OpGraph, ProgramNode } from '../../ops/program.ts';

/** Adds the node (its operands already renamed) to the new graph, or finds what stands for it; gives its results. */
export type Visit = (to: Rewriter, node: ProgramNode, ins: readonly ValueId[]) => readonly ValueId[];

/** The new graph, which knows the types of the old one. */
export class Rewriter extends GraphBuilder {
  readonly from: OpGraph;

  constructor(from: OpGraph) {
    super();
    this.from = from;
  }
}

/** A loop with its body put through a pass; any other node as it is. */
export const withBody = (node: ProgramNode, pass: (body: OpGraph) => OpGraph): ProgramNode => {
  if (node.op !== 'loop') return node;
  const body = pass(node.body);
  return body === node.body ? node : { ...node, body };
};

/** The node as it is. */
export const keep: Visit = (to, node, ins) => to.keep(node, ins, to.from.types);

/**
 * A new graph with the same inputs and outputs, each node (or each of `nodes`, some of them) put through `visit`. What was a
 * secret result stays one. Where nothing has changed it is the same graph, and not another.
 */
export const rewrite = (
  graph: OpGraph,
  visit: Visit,
  nodes: readonly ProgramNode[] = graph.nodes,
): OpGraph => {
  const to = new Rewriter(graph);
  const names = new Int32Array(graph.types.length).fill(-1);
  for (const id of graph.ins) names[id] = to.input(graph.types[id]!);
  const renamed = (ids: readonly ValueId[]): readonly ValueId[] => {
    for (let i = 0; i < ids.length; i++) if (names[ids[i]!] !== ids[i]) return ids.map((id) => names[id]!);
    return ids;
  };
  for (const node of nodes) {
    const outs = visit(to, node, renamed(node.ins));
    for (let i = 0; i < node.outs.length; i++) names[node.outs[i]!] = outs[i]!;
  }
  const result = (id: ValueId): ValueId => {
    const made = names[id]!;
    return graph.types[id]!.secret && !to.typeOf(made).secret ? to.emit('hide', [made], {}) : made;
  };
  const made = to.finish(graph.outs.map(result));
  return isSame(graph, made) ? graph : made;
};

const sameList = <T>(a: readonly T[], b: readonly T[]): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

const isSame = (a: OpGraph, b: OpGraph): boolean =>
  a.types.length === b.types.length &&
  sameList(a.ins, b.ins) &&
  sameList(a.outs, b.outs) &&
  a.nodes.length === b.nodes.length &&
  a.nodes.every((node, i) => {
    const other = b.nodes[i]!;
    if (node === other) return true;
    return (
      node.body !== undefined &&
      node.body === other.body &&
      node.op === other.op &&
      node.attrs === other.attrs &&
      node.site === other.site &&
      sameList(node.ins, other.ins) &&
      sameList(node.outs, other.outs)
    );
  });
