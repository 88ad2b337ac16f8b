/**
 * @file Broadcasts of a tiled program where rank 0 deals: one message just before each tile, so that only the FSS keys of one tile are
 * held at a time. All ranks compute from the graph which gates belong to which tile.
 */
import { gateOf } from '../../gates/gate-table.ts';
import { analyse, broadcasts, isDataDependent } from '../compile/analysis.ts';
import type { Graph } from '../ops/graph.ts';
import { trips } from '../ops/loops.ts';

/** A gate with a broadcast, or the end of a tile. */
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

export class BroadcastTiles {
  readonly #part = new Map<number, number>();
  /** The last gate of each tile. */
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

  /** If a tile begins with this gate: the tile's last gate. */
  enter(gate: number): number | undefined {
    const part = this.#part.get(gate);
    if (part === undefined || part <= this.#at) return undefined;
    this.#at = part;
    return this.#last[part];
  }
}

/** The tiles of a program; undefined if it is not tiled, or if it is data-dependent, so that broadcasts follow what it reveals. */
export const tilesOf = (graph: Graph, base: number): BroadcastTiles | undefined =>
  broadcasts(graph) && isFenced(graph) && !isDataDependent(graph)
    ? new BroadcastTiles(graph, base)
    : undefined;
