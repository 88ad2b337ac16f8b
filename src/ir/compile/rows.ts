/**
 * @file Rows that are taken out of one array, as ops that became one leave their results (passes/group.ts): found before the graph is
 * lowered, and taken at once (parts.ts), where lowering thousands of views would give the same.
 */
import { sizeOf, type ValueId } from '../ops/graph.ts';
import type { NodeOf, OpGraph } from '../ops/program.ts';
import type { Lowering } from './lowering-state.ts';
import { LEAST, MOST, PARTS, SMALL } from './parts.ts';
import { countUses } from './passes/makers.ts';
import { loweredType } from './ports.ts';

/** Rows of one array, in the order of the program: where each begins, and the value that it becomes. */
interface Taken {
  readonly from: ValueId;
  readonly length: number;
  readonly starts: number[];
  readonly outs: ValueId[];
  /** Where in the graph the first and the others stand. */
  readonly places: number[];
}

const isRow = (graph: OpGraph, { ins: [x], attrs }: NodeOf<'slice'>): boolean => {
  const { shape, secret, dtype } = graph.types[x]!;
  const { start, size, step } = attrs;
  if (!secret || dtype === 'bool' || sizeOf(shape) > MOST) return false;
  for (let i = 0; i < shape.length; i++)
    if (step[i] !== 1 || (i === 0 ? size[0] !== 1 : start[i] !== 0 || size[i] !== shape[i])) return false;
  return shape.length > 0;
};

/** The rows of a graph, by the node that takes the first; nodes that come with another. */
export class Rows {
  readonly #first = new Map<number, Taken>();
  readonly #others = new Set<number>();

  constructor(graph: OpGraph) {
    const { nodes, types } = graph;
    const found = new Map<ValueId, Taken>();
    let uses: Int32Array | undefined;
    for (let i = 0; i + 1 < nodes.length; i++) {
      const [row, shaped] = [nodes[i]!, nodes[i + 1]!];
      if (row.op !== 'slice' || shaped.op !== 'reshape' || shaped.ins[0] !== row.outs[0]) continue;
      if ('fence' in row.attrs || 'fence' in shaped.attrs || !isRow(graph, row)) continue;
      uses ??= countUses(graph);
      if (uses[row.outs[0]] !== 1) continue;
      const [from] = row.ins;
      let taken = found.get(from);
      if (!taken) {
        taken = { from, length: sizeOf(types[row.outs[0]]!.shape), starts: [], outs: [], places: [] };
        found.set(from, taken);
      }
      taken.starts.push(row.attrs.start[0]! * taken.length);
      taken.outs.push(shaped.outs[0]);
      taken.places.push(i);
    }
    for (const taken of found.values()) {
      if (taken.length === 0 || taken.length > SMALL || taken.outs.length < LEAST) continue;
      this.#first.set(taken.places[0]!, taken);
    }
  }

  /** Lowers the node at this place, if it takes the first of many rows; all others come with it. Whether it has been lowered. */
  lower(l: Lowering, place: number): boolean {
    if (this.#others.delete(place)) return true;
    const taken = this.#first.get(place);
    // What has bits of its own keeps them in its rows.
    if (!taken || l.hasBits(taken.from)) return false;
    const { from, length, starts, outs, places } = taken;
    const types = outs.map((id) => loweredType(l.type(id)));
    const attrs = { starts, lengths: starts.map(() => length) };
    const ids = l.circuit.node(PARTS, [l.lowered(from)], attrs, types);
    for (const [i, id] of outs.entries()) {
      l.bind(id, ids[i]!);
      l.noteRow(id, from);
      this.#others.add(places[i]!);
      this.#others.add(places[i]! + 1);
    }
    return this.#others.delete(place);
  }
}
