/**
 * @file What the dealer broadcasts all parties of a program in pieces, where rank 0 deals: a message for each piece, just before it, so
 * that the keys of one piece are held at a time. Rank 0 and the others find the same places by the graph alone.
 */
import { gateOf } from '../../gates/gate-table.ts';
import { analyse, broadcasts, steered } from '../compile/analysis.ts';
import type { Graph } from '../ops/graph.ts';
import { trips } from '../ops/loops.ts';

/** A gate of which all parties are told something, or the end of a piece. */
type Mark = number | 'fence';

function* marks(graph: Graph, base: number): Generator<Mark> {
  const { gate } = analyse(graph);
  for (const [i, node] of graph.nodes.entries()) {
    const at = base + gate[i]!;
    if (node.body && broadcasts(node.body)) {
      const width = analyse(node.body).gates;
      for (let turn = 0; turn < trips(node); turn++) yield* marks(node.body, at + turn * width);
    } else if (gateOf(node.op)?.broadcasts) yield at;
    if (node.attrs.fence === true) yield 'fence';
  }
}

const isFenced = (graph: Graph): boolean =>
  graph.nodes.some((node) => node.attrs.fence === true || (node.body !== undefined && isFenced(node.body)));

export class ToldParts {
  readonly #part = new Map<number, number>();
  /** By part: its last gate. */
  readonly #last: number[] = [];
  #at = -1;

  constructor(graph: Graph, base: number) {
    let open = false;
    for (const mark of marks(graph, base)) {
      if (mark === 'fence') open = false;
      else {
        if (!open) this.#last.push(mark);
        open = true;
        this.#last[this.#last.length - 1] = mark;
        this.#part.set(mark, this.#last.length - 1);
      }
    }
  }

  /** Whether a part begins with this gate; its last gate. */
  enter(gate: number): number | undefined {
    const part = this.#part.get(gate);
    if (part === undefined || part <= this.#at) return undefined;
    this.#at = part;
    return this.#last[part];
  }
}

/** The parts of a program in pieces; undefined if all is told at once, or as it is revealed. */
export const partsOf = (graph: Graph, base: number): ToldParts | undefined =>
  broadcasts(graph) && isFenced(graph) && !steered(graph) ? new ToldParts(graph, base) : undefined;
