/**
 * @file A program that shows its work: every secret value becomes an output, and loops that are short enough are
 * unrolled, so that whoever may see them can hold each against float64. Diagnostics of simulations alone.
 */

import { GraphBuilder } from '../ops/builder.ts';
import type { Tensor, ValueId } from '../ops/graph.ts';
import { trips } from '../ops/loops.ts';
import type { LoopNode, OpGraph, ProgramNode } from '../ops/program.ts';

/** Nodes that a program may have after unrolling; loops that would make it longer stay loops. */
const MOST = 4096;

export interface Exposed {
  /** Its outputs are those of the program, then the values in `shown`. */
  readonly graph: OpGraph;
  /** All secret values: inputs, then results in the order of the nodes. */
  readonly shown: readonly ValueId[];
  /** The iterations, outermost first, that a node of an unrolled loop belongs to. */
  readonly turns: ReadonlyMap<ValueId, readonly number[]>;
  /** Loops that stayed whole: only their results are shown. */
  readonly wholeLoops: number;
}

/** How many nodes the graph has when all its loops are unrolled. */
const unrolledSize = (graph: OpGraph): number =>
  graph.nodes.reduce((n, node) => n + (node.op === 'loop' ? turnsSize(node) : 1), 0);

/** Loops that a condition ends stay loops. */
const turnsSize = (node: LoopNode): number =>
  node.attrs.while === true ? Number.POSITIVE_INFINITY : trips(node) * (1 + unrolledSize(node.body));

/** The user-level graph with all secret values as outputs. */
export const expose = (graph: OpGraph, most = MOST): Exposed => {
  const to = new GraphBuilder();
  const turns = new Map<ValueId, readonly number[]>();
  let room = most;
  let wholeLoops = 0;

  const unroll = (node: LoopNode, ins: readonly ValueId[], trail: readonly number[]): readonly ValueId[] => {
    const { lo } = node.attrs;
    const captured = ins.slice(node.outs.length);
    let carry = ins.slice(0, node.outs.length);
    for (let i = 0; i < trips(node); i++) {
      const index: Tensor = { shape: [], dtype: 'int64', data: BigInt64Array.of(BigInt(lo + i)) };
      carry = copy(node.body, [to.constant(index, node.site), ...carry, ...captured], [...trail, lo + i]);
    }
    return carry;
  };

  const copyNode = (
    node: ProgramNode,
    ins: readonly ValueId[],
    trail: readonly number[],
  ): readonly ValueId[] => {
    if (node.op === 'loop') {
      const size = turnsSize(node);
      if (size <= room) {
        room -= size;
        return unroll(node, ins, trail);
      }
      wholeLoops++;
    }
    return to.copy(node, ins);
  };

  const copy = (from: OpGraph, ins: readonly ValueId[], trail: readonly number[]): ValueId[] => {
    const names = new Map(from.ins.map((id, i) => [id, ins[i]!]));
    for (const node of from.nodes) {
      const outs = copyNode(
        node,
        node.ins.map((id) => names.get(id)!),
        trail,
      );
      for (const [i, id] of node.outs.entries()) {
        names.set(id, outs[i]!);
        if (trail.length > 0 && node.body === undefined) turns.set(outs[i]!, trail);
      }
    }
    return from.outs.map((id) => names.get(id)!);
  };

  const outs = copy(
    graph,
    graph.ins.map((id) => to.input(graph.types[id]!)),
    [],
  );
  const shown = to.types.flatMap(({ secret }, id) => (secret ? [id] : []));
  return { graph: to.finish([...outs, ...shown]), shown, turns, wholeLoops };
};
