/** @file What a rewriting pass may ask of the graph that it builds: who made a value, and what number it is. */
import { type Graph, type Node, sizeOf, type Tensor, type ValueId } from '../../ops/graph.ts';

const MOVES: ReadonlySet<string> = new Set(['broadcast', 'reshape', 'slice', 'transpose', 'gather']);

/** Uses of each value of a graph by nodes and as an output. */
export const countUses = (graph: Graph): Int32Array => {
  const uses = new Int32Array(graph.types.length);
  for (const node of graph.nodes) for (const id of node.ins) uses[id]!++;
  for (const id of graph.outs) uses[id]!++;
  return uses;
};

/** The nodes of a graph, which may still grow, by what they make. */
export class Lookup {
  readonly #nodes: readonly Node[];
  readonly #makers = new Map<ValueId, Node>();
  #seen = 0;

  constructor({ nodes }: { readonly nodes: readonly Node[] }) {
    this.#nodes = nodes;
  }

  /** The node that makes a value; undefined for inputs. */
  maker(id: ValueId): Node | undefined {
    for (; this.#seen < this.#nodes.length; this.#seen++) {
      const node = this.#nodes[this.#seen]!;
      for (const out of node.outs) this.#makers.set(out, node);
    }
    return this.#makers.get(id);
  }

  /** As maker, if the op is this one. */
  made(id: ValueId, op: string): Node | undefined {
    const node = this.maker(id);
    return node?.op === op ? node : undefined;
  }

  /** The number that a public constant is in every place, seen through what moves elements about. */
  numberOf(id: ValueId): number | undefined {
    const node = this.maker(id);
    if (node && MOVES.has(node.op)) return this.numberOf(node.ins[0]!);
    if (node?.op !== 'const') return undefined;
    const t = node.attrs.value as Tensor;
    return sizeOf(t.shape) === 1 ? Number(t.data[0]) : undefined;
  }
}
