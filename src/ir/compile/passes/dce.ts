/** @file Dead code elimination: removes nodes that no output depends on, and carries and captured values that a loop does not need. */
import type { Graph, ValueId } from '../../ops/graph.ts';
import type { LoopNode, OpGraph, ProgramNode } from '../../ops/program.ts';
import { keep, rewrite, withBody } from './rewrite.ts';

/** The values that `outs` need. */
const liveValues = (graph: Graph, outs: readonly ValueId[]): Set<ValueId> => {
  const live = new Set(outs);
  for (const node of graph.nodes.toReversed())
    if (node.outs.some((id) => live.has(id))) for (const id of node.ins) live.add(id);
  return live;
};

/** Which carries of a loop are needed when only `wanted` of its results are: the condition always, if it has one. */
const liveCarries = ({ attrs, body }: LoopNode, wanted: readonly boolean[]): boolean[] => {
  const live = wanted.map((is, i) => is || (i === 0 && attrs.while === true));
  for (;;) {
    const values = liveValues(
      body,
      body.outs.filter((_, i) => live[i]),
    );
    const more = live.map((is, i) => is || values.has(body.ins[1 + i]!));
    if (more.every((is, i) => is === live[i])) return live;
    for (const [i, is] of more.entries()) live[i] = is;
  }
};

/** The loop with only the carries in `live`, and only the captured values that its body still uses. */
const narrow = (node: LoopNode, live: readonly boolean[]): LoopNode => {
  const { body } = node;
  const whole = live.every((is) => is);
  const kept = dce(whole ? body : { ...body, outs: body.outs.filter((_, i) => live[i]) });
  const used = liveValues(kept, kept.outs);
  const carries = body.outs.length;
  const stays = (i: number): boolean => (i < carries ? live[i]! : used.has(kept.ins[1 + i]!));
  if (whole && node.ins.every((_, i) => stays(i))) return kept === body ? node : { ...node, body: kept };
  return {
    ...node,
    ins: node.ins.filter((_, i) => stays(i)),
    outs: node.outs.filter((_, i) => live[i]),
    body: { ...kept, ins: kept.ins.filter((_, i) => i === 0 || stays(i - 1)) },
  };
};

/** Graph -> graph. Inputs stay, used or not: they are the program's signature. */
export const dce = (graph: OpGraph): OpGraph => {
  const live = new Uint8Array(graph.types.length);
  const isLive = (id: ValueId): boolean => live[id] === 1;
  for (const id of graph.outs) live[id] = 1;
  const nodes: ProgramNode[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!;
    if (!node.outs.some(isLive)) continue;
    const left = node.op === 'loop' ? narrow(node, liveCarries(node, node.outs.map(isLive))) : node;
    for (const id of left.ins) live[id] = 1;
    nodes.push(left);
  }
  if (nodes.length === graph.nodes.length && !graph.nodes.some(({ op }) => op === 'loop')) return graph;
  return rewrite(graph, keep, nodes.reverse().map(compact));
};

/** Loop bodies whose inputs were dropped are renumbered. */
const compact = (node: ProgramNode): ProgramNode => withBody(node, (body) => rewrite(body, keep));
