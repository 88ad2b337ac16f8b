/**
 * @file Moves nodes that do not depend on revealed values to the front: the dealer follows the order of the program, and parties
 * hold back gates that come after something which has yet to be revealed.
 */
import type { ValueId } from '../../ops/graph.ts';
import type { OpGraph, ProgramNode } from '../../ops/program.ts';
import { keep, rewrite, withBody } from './rewrite.ts';

const reveals = (node: ProgramNode): boolean =>
  node.op === 'reveal' || (node.op === 'loop' && node.body.nodes.some(reveals));

/** Graph -> graph; loop bodies too. Nodes are sorted by how many revealing nodes, one after another, they wait for. */
export const hoist = (graph: OpGraph): OpGraph => {
  if (!graph.nodes.some(reveals)) return graph;
  const waits = new Map<ValueId, number>();
  const place = new Map<ProgramNode, number>();
  for (const node of graph.nodes) {
    const after = Math.max(0, ...node.ins.map((id) => waits.get(id) ?? 0));
    // Between what waits for as many: what reveals comes last.
    place.set(node, after + (reveals(node) ? 0.5 : 0));
    for (const id of node.outs) waits.set(id, after + (reveals(node) ? 1 : 0));
  }
  const nodes = graph.nodes.toSorted((a, b) => place.get(a)! - place.get(b)!);
  return rewrite({ ...graph, nodes }, (to, node, ins) => keep(to, withBody(node, hoist), ins));
};
