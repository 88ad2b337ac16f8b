/** @file What a rewriting pass may ask of the graph that it builds: who made a value, and what number it is. */
import { type OpName, opSet } from '../../ops/catalogue.ts';
import { type Graph, sizeOf, type ValueId } from '../../ops/graph.ts';
import type { NodeOf, ProgramNode } from '../../ops/program.ts';

/** Ops that move the elements of one array about, and do nothing else. */
export const MOVES = opSet('broadcast', 'reshape', 'slice', 'transpose', 'gather');

/** Uses of each value of a graph by nodes and as an output. */
export const countUses = (graph: Graph): Int32Array => {
  const uses = new Int32Array(graph.types.length);
  for (const node of graph.nodes) for (const id of node.ins) uses[id]!++;
  for (const id of graph.outs) uses[id]!++;
  return uses;
};

/** The nodes of a graph, which may still grow, by what they make. */
export class Lookup {
  readonly #nodes: readonly ProgramNode[];
  readonly #makers: (ProgramNode | undefined)[] = [];
  #seen = 0;

  constructor({ nodes }: { readonly nodes: readonly ProgramNode[] }) {
    this.#nodes = nodes;
  }

  /** The node that makes a value; undefined for inputs. */
  maker(id: ValueId): ProgramNode | undefined {
    for (; this.#seen < this.#nodes.length; this.#seen++) {
      const node = this.#nodes[this.#seen]!;
      for (const out of node.outs) this.#makers[out] = node;
    }
    return this.#makers[id];
  }

  /** As maker, if the op is this one. */
  made<K extends OpName>(id: ValueId, op: K): NodeOf<K> | undefined {
    const node = this.maker(id);
    return node?.op === op ? (node as unknown as NodeOf<K>) : undefined;
  }

  /** The number that a public constant is in every place, seen through what moves elements about. */
  numberOf(id: ValueId): number | undefined {
    const node = this.maker(id);
    if (node && MOVES.has(node.op)) return this.numberOf(node.ins[0]!);
    if (node?.op !== 'const') return undefined;
    const t = node.attrs.value;
    return sizeOf(t.shape) === 1 ? Number(t.data[0]) : undefined;
  }
}
