/**
 * @file A party's run of a graph, as data flow in rounds: every op whose inputs are there runs; when all that is
 * left waits for messages, all openings travel together, one message a peer. So independent ops share rounds, and
 * the rounds of a program are the longest path through its gates. The schedule depends on the graph alone: every
 * party makes the same one, and the bytes of a round need no labels.
 */

import type { Chunk } from '../../dealer/material-context.ts';
import { PartyContext } from '../../dealer/party-context.ts';
import type { MaterialLayout, SlotTable } from '../../dealer/slots.ts';
import type { Opening, OpenOptions, Party, Steps, Value } from '../../gates/gate.ts';
import { gateOf } from '../../gates/gate-table.ts';
import { verdict, type verdictSlots } from '../../gates/guard.ts';
import { PAUSE, type Pause } from '../../gates/pausable.ts';
import type { AnyArray as Arr } from '../../ring/array.ts';
import type { Field } from '../../ring/field.ts';
import type { Prg } from '../../ring/prg.ts';
import type { Ring } from '../../ring/ring.ts';
import { type Analysis, analyse, DECODE, isGate } from '../compile/analysis.ts';
import { materialOf, verdictOf } from '../compile/material.ts';
import type { Graph, Node, Tensor } from '../ops/graph.ts';
import { located } from '../ops/located.ts';
import { isOver, trips } from '../ops/loops.ts';
import { decodeTensor } from './encode.ts';
import { Ready } from './ready.ts';
import { PAUSED, Round } from './round.ts';
import { step } from './step.ts';
import { arraysOf, type Entry, type Store } from './store.ts';

/**
 * What a run asks for: that messages leave, the next message of some peers, the dealer's material for a gate, or that
 * the dealer hears what was revealed.
 */
export type Wait =
  | {
      readonly kind: 'send';
      readonly send: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
      /** There is work to do before anything is awaited: let the messages get on their way first. */
      readonly turn: boolean;
    }
  | {
      readonly kind: 'receive';
      readonly from: readonly number[];
      /** The last of its round. */
      readonly end: boolean;
    }
  | { readonly kind: 'material'; readonly gate: number; readonly op: string }
  | { readonly kind: 'revealed'; readonly gate: number; readonly value: Tensor }
  /** Nothing: in the middle of long work, a place to let the event loop turn. */
  | { readonly kind: 'pause' };

/** The answer to `receive`: what each peer sent. To `material`: its chunks. To the others: none. */
export type Answer = ReadonlyMap<number, Uint8Array> | readonly Chunk[];

export interface Role {
  readonly ring: Ring;
  readonly field: Field;
  readonly rank: number;
  readonly parties: number;
  /** This party's stream, whose seed the dealer knows. */
  readonly prg: Prg;
}

/** One op's account. */
export interface OpProfile {
  count: number;
  /** Milliseconds of local work. */
  ms: number;
  /** Bytes sent to all peers together. */
  bytes: number;
}

/** A gate in the middle of its rounds. */
interface Active {
  readonly frame: Frame;
  readonly node: Node;
  readonly steps: Steps<Value[]>;
  readonly party: GateParty;
}

/** Gates from this number on have to wait: the dealer cannot deal them before it hears what is revealed. */
interface Hold {
  limit: number;
}

/** One run of one graph: the program itself, or one iteration of a loop. */
interface Frame {
  readonly graph: Graph;
  readonly analysis: Analysis;
  readonly base: number;
  readonly values: (Entry | undefined)[];
  readonly left: Int32Array;
  readonly missing: Int32Array;
  outsLeft: number;
  /** By node: those that reveal something, as long as the dealer has not gone past them. */
  readonly holds: ReadonlyMap<Node, Hold>;
  readonly done: (outs: Entry[]) => void;
}

class GateParty<S extends object = SlotTable> extends PartyContext<S> implements Party<S> {
  readonly parties: number;
  readonly openings: Opening[] = [];
  readonly #inputs: ReadonlyMap<number, Arr>;
  readonly #sums: Uint32Array;

  constructor(
    role: Role,
    gate: number,
    layout: MaterialLayout,
    chunks: readonly Chunk[],
    inputs: ReadonlyMap<number, Arr>,
    sums: Uint32Array,
  ) {
    super(role.ring, role.field, role.rank, role.prg, gate, layout, chunks);
    this.parties = role.parties;
    this.#inputs = inputs;
    this.#sums = sums;
  }

  *open<T extends Arr, U = never>(array: T, options: OpenOptions<U> = {}): Steps<T, U> {
    // Slots that it uses are in its type alone: only numbers and pauses come out of it.
    const { compute, ...rest } = options as OpenOptions;
    this.openings.push({ width: 8, ...rest, ...(compute && { compute }), array });
    yield;
    return array;
  }

  input(name: number): Arr | undefined {
    return this.#inputs.get(name);
  }

  note(site: number, share: number): void {
    this.#sums[site]! ^= share;
  }
}

/** What is not in the program: at the end of one that is watched. */
const VERDICT: Node = { op: 'verdict', ins: [], outs: [], attrs: {} };

export class PartyRun {
  readonly role: Role;
  readonly store: Store;
  readonly profile = new Map<string, OpProfile>();
  rounds = 0;
  /** The first of the watched ops at which numbers left the range, when the run is over. */
  left: number | undefined;
  /** By watched op: this party's share of what left the range. */
  #sums = new Uint32Array();
  readonly #ready = new Ready<readonly [Frame, number]>();
  readonly #holds = new Set<Hold>();
  /** Gates that have opened something, and what they have. */
  #active: Active[] = [];
  /** Gates that have not ended. */
  readonly #open = new Set<Pick<GateParty, 'abandon'>>();
  #round: Round;
  #inputs: ReadonlyMap<number, Arr>;

  constructor(role: Role, store: Store, inputs: ReadonlyMap<number, Arr> = new Map()) {
    this.role = role;
    this.store = store;
    this.#inputs = inputs;
    this.#round = new Round(role);
  }

  /** Yields what it waits for; returns the outputs, retained once for the caller. Gates are numbered from `base`. */
  *run(graph: Graph, base: number, inputs: readonly Entry[]): Generator<Wait, Entry[], Answer> {
    let result: Entry[] | undefined;
    this.#sums = new Uint32Array(graph.watched?.length ?? 0);
    const frame = this.#start(graph, base, inputs, (outs) => {
      result = outs;
    });
    yield* this.#toEnd();
    if (graph.watched) {
      yield* this.#judge(frame);
      yield* this.#toEnd();
    }
    return result!;
  }

  /** Frees what gates in their middle hold: the run goes no further. Values are the store's. */
  abandon(): void {
    for (const party of this.#open) party.abandon();
    this.#open.clear();
  }

  *#toEnd(): Generator<Wait, void, Answer> {
    for (;;) {
      for (let next = this.#next(); next; next = this.#next()) {
        yield* this.#begin(...next);
        yield PAUSED;
      }
      if (this.#active.length === 0) return;
      yield* this.#exchange();
    }
  }

  /** Begins the verdict of the range guard, when all that it is about has run. */
  *#judge(frame: Frame): Generator<Wait, void, Answer> {
    const gate = frame.base + frame.analysis.gates - 1;
    const layout = verdictOf(this.role, this.#sums.length);
    const party = yield* this.#gateParty<ReturnType<typeof verdictSlots>>(gate, VERDICT.op, layout);
    const steps = function* (run: PartyRun) {
      run.left = yield* verdict(party, run.#sums);
      return [];
    };
    yield* this.#advance({ frame, node: VERDICT, steps: steps(this) as Steps<Value[]>, party });
  }

  *#gateParty<S extends object = SlotTable>(
    gate: number,
    op: string,
    layout: MaterialLayout,
  ): Generator<Wait, GateParty<S>, Answer> {
    const needs = (this.role.rank === 0 ? layout.toFirst : layout.toOthers) > 0;
    const chunks = needs ? ((yield { kind: 'material', gate, op }) as readonly Chunk[]) : [];
    const party = new GateParty<S>(this.role, gate, layout, chunks, this.#inputs, this.#sums);
    this.#open.add(party);
    return party;
  }

  #next(): readonly [Frame, number] | undefined {
    let limit = Number.POSITIVE_INFINITY;
    for (const hold of this.#holds) limit = Math.min(limit, hold.limit);
    return this.#ready.next(limit);
  }

  #start(graph: Graph, base: number, inputs: readonly Entry[], done: Frame['done']): Frame {
    const analysis = analyse(graph);
    const frame: Frame = {
      graph,
      analysis,
      base,
      values: [],
      left: analysis.uses.slice(),
      missing: Int32Array.from(graph.nodes, (n) => n.ins.length),
      outsLeft: new Set(graph.outs).size,
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
    graph.nodes.forEach((node, i) => {
      if (node.ins.length === 0) this.#queue(frame, i);
    });
    if (frame.outsLeft === 0) done([]);
    for (const [i, id] of graph.ins.entries()) this.#set(frame, id, this.store.retain(inputs[i]!));
    return frame;
  }

  #queue(frame: Frame, i: number): void {
    this.#ready.add(frame.base + frame.analysis.place[i]!, [frame, i]);
  }

  /** Stores a value that is retained already. */
  #set(frame: Frame, id: number, entry: Entry): void {
    frame.values[id] = entry;
    for (const i of frame.analysis.consumers[id]!) {
      if (--frame.missing[i]! === 0) this.#queue(frame, i);
    }
    if (frame.graph.outs.includes(id) && --frame.outsLeft === 0) {
      frame.done(frame.graph.outs.map((out) => this.store.retain(frame.values[out]!)));
      for (const out of frame.graph.outs) this.#used(frame, out);
    }
    if (frame.left[id] === 0 && frame.values[id]) this.#free(frame, id);
  }

  #used(frame: Frame, id: number): void {
    if (--frame.left[id]! === 0) this.#free(frame, id);
  }

  #free(frame: Frame, id: number): void {
    this.store.release(frame.values[id]!);
    frame.values[id] = undefined;
  }

  *#begin(frame: Frame, index: number): Generator<Wait, void, Answer> {
    const node = frame.graph.nodes[index]!;
    const ins = node.ins.map((id) => frame.values[id]!);
    const gate = frame.base + frame.analysis.gate[index]!;
    if (node.op === 'loop') {
      this.#iterate(frame, node, gate, ins);
      return;
    }
    if (node.op === DECODE) {
      const { shape, dtype } = frame.graph.types[node.outs[0]!]!;
      const array = (ins[0] as Value).c!;
      const value = decodeTensor(this.role.ring, array, shape, dtype, node.attrs.fraction as number);
      yield { kind: 'revealed', gate, value };
      this.#finish(frame, node, [value]);
      return;
    }
    if (!isGate(frame.graph, node)) {
      const steps = step(this.role.ring, this.role.field, frame.graph, node, ins);
      try {
        const outs = (yield* this.#further(node, steps, 1)).value as Entry[];
        this.#finish(frame, node, outs);
      } finally {
        // Given up in the middle, it frees what it holds.
        steps.return([]);
      }
      return;
    }
    const party = yield* this.#gateParty(gate, node.op, materialOf(frame.graph, node, this.role));
    const steps = gateOf(node.op)!.eval(party, ins as readonly Value[], node.attrs);
    yield* this.#advance({ frame, node, steps, party });
  }

  /** Runs a gate up to its next opening or its end. */
  *#advance(active: Active): Generator<Wait, void, Answer> {
    const { frame, node, steps, party } = active;
    const next = yield* this.#further(node, steps, 0);
    if (!next.done) {
      this.#active.push(active);
      for (const opening of party.openings.splice(0)) yield* this.#opened(node, opening);
      return;
    }
    party.end(next.value.flatMap(arraysOf));
    this.#open.delete(party);
    this.#account(node.op, 0, 0);
    this.#finish(frame, node, next.value);
  }

  /** Runs up to the next round or the end, with pauses between. */
  *#further<T>(
    node: Node,
    steps: Generator<Pause | undefined, T, void>,
    count: number,
  ): Generator<Wait, IteratorResult<void, T>, Answer> {
    let times = count;
    for (;;) {
      const start = performance.now();
      const next = this.#located(node, () => steps.next());
      this.#account(node.op, performance.now() - start, 0, times);
      if (next.done || next.value !== PAUSE) return next as IteratorResult<void, T>;
      times = 0;
      yield PAUSED;
    }
  }

  /** The rest of what a gate computes for an opening is the gate's work, and so is what it does meanwhile. */
  *#opened(node: Node, opening: Opening): Generator<Wait, void, Answer> {
    const timed = <T>(work: () => T): T => {
      const start = performance.now();
      const result = this.#located(node, work);
      this.#account(node.op, performance.now() - start, 0, 0);
      return result;
    };
    const { compute, meanwhile } = opening;
    const bytes = yield* this.#round.add({
      ...opening,
      ...(compute && { compute: eachIn(compute, timed) }),
      ...(meanwhile && { meanwhile: () => timed(meanwhile) }),
    });
    this.#account(node.op, 0, bytes, 0);
  }

  #finish(frame: Frame, node: Node, outs: readonly Entry[]): void {
    const hold = frame.holds.get(node);
    if (hold) this.#holds.delete(hold);
    for (const [i, id] of node.outs.entries()) this.#set(frame, id, this.store.retain(outs[i]!));
    for (const id of node.ins) this.#used(frame, id);
  }

  /** Starts the iterations of a loop, each as soon as the one before has all its results, and the condition if it has one. */
  #iterate(frame: Frame, node: Node, gate: number, ins: readonly Entry[]): void {
    const body = node.body!;
    const width = analyse(body).gates;
    const captured = ins.slice(node.outs.length);
    const lo = node.attrs.lo as number;
    const hold = frame.holds.get(node);
    if (hold) hold.limit = gate + trips(node) * width;
    const turn = (i: number, carry: readonly Entry[]): void => {
      if (isOver(node, i, carry[0] as Tensor)) {
        if (hold) this.#holds.delete(hold);
        for (const [j, id] of node.outs.entries()) this.#set(frame, id, carry[j]!);
        for (const id of node.ins) this.#used(frame, id);
        return;
      }
      const index: Entry = { shape: [], dtype: 'int64', data: BigInt64Array.of(BigInt(lo + i)) };
      this.#start(body, gate + i * width, [index, ...carry, ...captured], (outs) => turn(i + 1, outs));
      for (const e of carry) this.store.release(e);
    };
    turn(
      0,
      ins.slice(0, node.outs.length).map((e) => this.store.retain(e)),
    );
  }

  /** Exchanges the openings of all active gates, and lets each run on. */
  *#exchange(): Generator<Wait, void, Answer> {
    const [active, round] = [this.#active, this.#round];
    this.#active = [];
    this.#round = new Round(this.role);
    this.rounds++;
    yield* round.exchange(active.map(({ node }) => node.op));
    for (const a of active) {
      yield* this.#advance(a);
      yield PAUSED;
    }
  }

  /** Adds the op and the user's call site to an error. */
  #located<T>(node: Node, work: () => T): T {
    try {
      return work();
    } catch (e) {
      throw located(node, e);
    }
  }

  #account(op: string, ms: number, bytes: number, count = 1): void {
    const p = this.profile.get(op) ?? { count: 0, ms: 0, bytes: 0 };
    this.profile.set(op, p);
    p.count += count;
    p.ms += ms;
    p.bytes += bytes;
  }
}

/** The same values, each step of the iteration in `around`. */
function* eachIn<T>(values: Iterable<T>, around: <R>(work: () => R) => R): Generator<T> {
  const steps = values[Symbol.iterator]();
  for (let next = around(() => steps.next()); !next.done; next = around(() => steps.next())) yield next.value;
}
