/**
 * @file Data flow of a party's run: the values of each graph that runs, who uses them, and which nodes may run next, in
 * the order of the program.
 */

import { type Analysis, analyse } from '../compile/analysis.ts';
import { type Graph, type Node, sizeOf, type Tensor } from '../ops/graph.ts';
import { isOver, trips } from '../ops/loops.ts';
import { Ready } from './ready.ts';
import { type Entry, isTensor, type Store } from './store.ts';

/** Gates from this number on have to wait: the dealer cannot deal them before it hears what is revealed. */
export interface Hold {
  limit: number;
}

/** One run of one graph: the program itself, or one iteration of a loop. */
export interface Frame {
  readonly graph: Graph;
  readonly analysis: Analysis;
  readonly base: number;
  readonly values: (Entry | undefined)[];
  readonly left: Int32Array;
  readonly missing: Int32Array;
  outsLeft: number;
  /** By value: the node that makes it, when it is needed. */
  readonly later: Map<number, number>;
  /** By node: those that reveal something, as long as the dealer has not gone past them. */
  readonly holds: ReadonlyMap<Node, Hold>;
  readonly done: (outs: Entry[]) => void;
}

/** Elements from which on a view of an input waits until it is needed. */
const LARGE = 1 << 14;

/** Runs a node that is a local op, at once. */
type Make = (frame: Frame, node: Node, ins: readonly Entry[]) => Entry;

export class Frames {
  readonly #store: Store;
  readonly #make: Make;
  readonly #ready = new Ready<readonly [Frame, number]>();
  readonly #holds = new Set<Hold>();

  constructor(store: Store, make: Make) {
    this.#store = store;
    this.#make = make;
  }

  /** The first node in the order of the program that may run now. */
  next(): readonly [Frame, number] | undefined {
    let limit = Number.POSITIVE_INFINITY;
    for (const hold of this.#holds) limit = Math.min(limit, hold.limit);
    return this.#ready.next(limit);
  }

  /** Begins a run of a graph: `done` is given its outputs, retained. */
  start(graph: Graph, base: number, inputs: readonly Entry[], done: Frame['done']): Frame {
    const analysis = analyse(graph);
    const frame: Frame = {
      graph,
      analysis,
      base,
      values: [],
      left: analysis.uses.slice(),
      missing: analysis.operands.slice(),
      outsLeft: analysis.outCount,
      later: new Map(),
      holds: new Map(
        analysis.stops.map((i) => [
          graph.nodes[i]!,
          // Its own gate, if it has one, is still to run.
          {
            limit:
              base + (analysis.place[i] === analysis.gate[i] ? analysis.gate[i]! + 1 : analysis.gate[i]!),
          },
        ]),
      ),
      done,
    };
    for (const hold of frame.holds.values()) this.#holds.add(hold);
    for (const i of analysis.roots) this.#queue(frame, i);
    if (frame.outsLeft === 0) done([]);
    for (const [i, id] of graph.ins.entries()) this.set(frame, id, this.#store.retain(inputs[i]!));
    return frame;
  }

  #queue(frame: Frame, i: number): void {
    if (this.#later(frame, i)) return;
    this.#ready.add(frame.base + frame.analysis.place[i]!, [frame, i]);
  }

  /**
   * A large view of an input is made when somebody needs it: made as soon as it can be, the batches of a training would all stand
   * beside the input. What it is a view of stays for the whole run anyway.
   */
  #later(frame: Frame, i: number): boolean {
    const { graph, analysis, later, values, left } = frame;
    const { op, ins, outs, attrs } = graph.nodes[i]!;
    if (op !== 'view' || attrs.fence === true) return false;
    const [[x], [y]] = [ins as [number], outs as [number]];
    if (analysis.isIn[x] === 0 && !later.has(x)) return false;
    if (analysis.isOut[y] === 1 || left[y] === 0 || sizeOf(graph.types[y]!.shape) < LARGE) return false;
    const entry = values[x];
    if (entry && (isTensor(entry) || entry.outside || !(entry.r || entry.stream))) return false;
    later.set(y, i);
    this.#there(frame, y);
    return true;
  }

  /** A value, which is made now if that was put off. */
  value(frame: Frame, id: number): Entry {
    const i = frame.later.get(id);
    if (i === undefined) return frame.values[id]!;
    frame.later.delete(id);
    const node = frame.graph.nodes[i]!;
    const made = this.#make(
      frame,
      node,
      node.ins.map((x) => this.value(frame, x)),
    );
    frame.values[id] = this.#store.retain(made);
    for (const x of node.ins) this.used(frame, x);
    return made;
  }

  /** Stores a value that is retained already. */
  set(frame: Frame, id: number, entry: Entry): void {
    frame.values[id] = entry;
    this.#there(frame, id);
  }

  /** Whoever waits for a value alone may run. */
  #there(frame: Frame, id: number): void {
    const { consumers, firstConsumer, isOut } = frame.analysis;
    for (let at = firstConsumer[id]!; at < firstConsumer[id + 1]!; at++) {
      const i = consumers[at]!;
      if (--frame.missing[i]! === 0) this.#queue(frame, i);
    }
    if (isOut[id] === 1 && --frame.outsLeft === 0) {
      frame.done(frame.graph.outs.map((out) => this.#leave(frame, out)));
    }
    if (frame.left[id] === 0 && frame.values[id]) this.#free(frame, id);
  }

  /** An output, retained: what nobody else uses changes hands. */
  #leave(frame: Frame, id: number): Entry {
    const entry = frame.values[id]!;
    if (--frame.left[id]! === 0) frame.values[id] = undefined;
    else this.#store.retain(entry);
    return entry;
  }

  /** Starts the iterations of a loop, each as soon as the one before has all its results, and the condition if it has one. */
  iterate(frame: Frame, node: Node, gate: number, ins: readonly Entry[]): void {
    const body = node.body!;
    const width = analyse(body).gates;
    const captured = ins.slice(node.outs.length);
    const lo = node.attrs.lo as number;
    const hold = frame.holds.get(node);
    if (hold) hold.limit = gate + trips(node) * width;
    const turn = (i: number, carry: readonly Entry[]): void => {
      if (isOver(node, i, carry[0] as Tensor)) {
        if (hold) this.#holds.delete(hold);
        for (const [j, id] of node.outs.entries()) this.set(frame, id, carry[j]!);
        for (const id of node.ins) this.used(frame, id);
        return;
      }
      const index: Entry = { shape: [], dtype: 'int64', data: BigInt64Array.of(BigInt(lo + i)) };
      this.start(body, gate + i * width, [index, ...carry, ...captured], (outs) => turn(i + 1, outs));
      for (const e of carry) this.#store.release(e);
    };
    turn(
      0,
      ins.slice(0, node.outs.length).map((e) => this.#store.retain(e)),
    );
  }

  /** One use of a value less. */
  used(frame: Frame, id: number): void {
    if (--frame.left[id]! === 0) this.#free(frame, id);
  }

  #free(frame: Frame, id: number): void {
    this.#store.release(frame.values[id]!);
    frame.values[id] = undefined;
  }

  /** A node has run. */
  finish(frame: Frame, node: Node, outs: readonly Entry[]): void {
    const hold = frame.holds.get(node);
    if (hold) this.#holds.delete(hold);
    for (const [i, id] of node.outs.entries()) this.set(frame, id, this.#store.retain(outs[i]!));
    for (const id of node.ins) this.used(frame, id);
  }
}
