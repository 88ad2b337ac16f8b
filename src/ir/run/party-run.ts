/**
 * @file A party's run of a graph, as data flow in rounds: every op whose inputs are there runs; when all that is
 * left waits for messages, all openings travel together, one message a peer. So independent ops share rounds, and
 * the rounds of a program are the longest path through its gates. The schedule depends on the graph alone: every
 * party makes the same one, and the bytes of a round need no labels.
 */

import type { Chunk } from '../../dealer/material-context.ts';
import type { MaterialLayout, SlotTable } from '../../dealer/slots.ts';
import type { Opening, Steps, Value } from '../../gates/gate.ts';
import { gateOf } from '../../gates/gate-table.ts';
import { verdict, type verdictSlots } from '../../gates/guard.ts';
import { isPausable, PAUSE, type Pausable, type Pause, Pauses } from '../../gates/pausable.ts';
import type { AnyArray as Arr } from '../../ring/array.ts';
import type { Field } from '../../ring/field.ts';
import type { Prg } from '../../ring/prg.ts';
import type { Ring } from '../../ring/ring.ts';
import { analyse } from '../compile/analysis.ts';
import { materialOf, verdictOf } from '../compile/material.ts';
import type { Graph, Node, Tensor } from '../ops/graph.ts';
import { located } from '../ops/located.ts';
import { isOver, trips } from '../ops/loops.ts';
import { decodeTensor } from './encode.ts';
import { type Frame, Frames } from './frames.ts';
import { GateParty } from './gate-party.ts';
import { type Kept, keptInput, withMasks } from './mask-stream.ts';
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
  readonly #frames: Frames;
  /** Gates that have opened something, and what they have. */
  #active: Active[] = [];
  /** Gates that have not ended. */
  readonly #open = new Set<Pick<GateParty, 'abandon'>>();
  #round: Round;
  readonly #pauses = new Pauses();
  /** When the last work ended. */
  #now = 0;
  #inputs: ReadonlyMap<number, Arr>;
  readonly #spent: (name: number) => void;

  /** `spent` hears which of the inputs has entered, and may be freed. */
  constructor(
    role: Role,
    store: Store,
    inputs: ReadonlyMap<number, Arr> = new Map(),
    spent: (name: number) => void = () => {},
  ) {
    this.#spent = spent;
    this.role = role;
    this.store = store;
    this.#inputs = inputs;
    this.#round = new Round(role);
    this.#frames = new Frames(store, (frame, node, ins) => (this.#step(frame, node, ins) as Entry[])[0]!);
  }

  /** Yields what it waits for; returns the outputs, retained once for the caller. Gates are numbered from `base`. */
  *run(graph: Graph, base: number, inputs: readonly Entry[]): Generator<Wait, Entry[], Answer> {
    let result: Entry[] | undefined;
    this.#sums = new Uint32Array(graph.watched?.length ?? 0);
    const frame = this.#frames.start(graph, base, inputs, (outs) => {
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
      for (let next = this.#frames.next(); next; next = this.#frames.next()) {
        const rest = this.#begin(...next);
        if (rest) yield* rest;
        if (this.#pauses.due(this.#now)) yield PAUSED;
      }
      if (this.#active.length === 0) return;
      yield* this.#exchange();
    }
  }

  /** Begins the verdict of the range guard, when all that it is about has run. */
  *#judge(frame: Frame): Generator<Wait, void, Answer> {
    const gate = frame.base + frame.analysis.gates - 1;
    const layout = verdictOf(this.role, this.#sums.length);
    const chunks = this.#needs(layout)
      ? ((yield { kind: 'material', gate, op: VERDICT.op }) as readonly Chunk[])
      : [];
    const party = this.#gateParty<ReturnType<typeof verdictSlots>>(gate, layout, chunks);
    const steps = function* (run: PartyRun) {
      run.left = yield* verdict(party, run.#sums);
      return [];
    };
    const rest = this.#advance({ frame, node: VERDICT, steps: steps(this) as Steps<Value[]>, party });
    if (rest) yield* rest;
  }

  /** Whether this party waits for the dealer's material. */
  #needs(layout: MaterialLayout): boolean {
    return (this.role.rank === 0 ? layout.toFirst : layout.toOthers) > 0;
  }

  #gateParty<S extends object = SlotTable>(
    gate: number,
    layout: MaterialLayout,
    chunks: readonly Chunk[],
  ): GateParty<S> {
    const party = new GateParty<S>(this.role, gate, layout, chunks, this.#inputs, this.#sums);
    this.#open.add(party);
    return party;
  }

  /** Begins a node, and ends it if that can be done at once; what is left of it otherwise. */
  #begin(frame: Frame, index: number): Generator<Wait, void, Answer> | undefined {
    const node = frame.graph.nodes[index]!;
    const ins = node.ins.map((id) => this.#frames.value(frame, id));
    const gate = frame.base + frame.analysis.gate[index]!;
    switch (frame.analysis.runners[index]!) {
      case 'loop':
        this.#iterate(frame, node, gate, ins);
        return undefined;
      case 'decode':
        return this.#decode(frame, node, gate, ins[0] as Value);
      case 'gate':
        return this.#gate(frame, node, gate, ins as readonly Kept[]);
      case 'step': {
        const made = this.#step(frame, node, ins);
        if (isPausable(made)) return this.#inStretches(frame, node, made);
        this.#frames.finish(frame, node, made);
        return undefined;
      }
    }
  }

  #step(frame: Frame, node: Node, ins: readonly Entry[]): ReturnType<typeof step> {
    const { ring, field } = this.role;
    return this.#timed(node, () => step(ring, field, frame.graph, node, ins), 1);
  }

  *#decode(frame: Frame, node: Node, gate: number, { c }: Value): Generator<Wait, void, Answer> {
    const { shape, dtype } = frame.graph.types[node.outs[0]!]!;
    const value = decodeTensor(this.role.ring, c!, shape, dtype, node.attrs.fraction as number);
    yield { kind: 'revealed', gate, value };
    this.#frames.finish(frame, node, [value]);
  }

  *#inStretches(frame: Frame, node: Node, steps: Pausable<Entry[]>): Generator<Wait, void, Answer> {
    try {
      let next = this.#timed(node, () => steps.next());
      for (; !next.done; next = this.#timed(node, () => steps.next())) yield PAUSED;
      this.#frames.finish(frame, node, next.value);
    } finally {
      // Given up in the middle, it frees what it holds.
      steps.return([]);
    }
  }

  *#gate(frame: Frame, node: Node, gate: number, ins: readonly Kept[]): Generator<Wait, void, Answer> {
    const layout = materialOf(frame.graph, node, this.role);
    const chunks = this.#needs(layout)
      ? ((yield { kind: 'material', gate, op: node.op }) as readonly Chunk[])
      : [];
    const party = this.#gateParty(gate, layout, chunks);
    this.#account(node.op, 0, 0, 1);
    const steps = gateOf(node.op)!.eval(party, withMasks(party, ins), node.attrs);
    const rest = this.#advance({ frame, node, steps, party });
    if (rest) yield* rest;
  }

  /** Runs a gate up to its next opening or its end; what is left of that, where it takes long or leaves at once. */
  #advance(active: Active): Generator<Wait, void, Answer> | undefined {
    const { node, steps } = active;
    const next = this.#timed(node, () => steps.next());
    if (next.value === PAUSE && !next.done) return this.#further(active);
    return this.#reached(active, next as IteratorResult<undefined, Value[]>);
  }

  *#further(active: Active): Generator<Wait, void, Answer> {
    const { node, steps } = active;
    let next: IteratorResult<Pause | undefined, Value[]>;
    do {
      yield PAUSED;
      next = this.#timed(node, () => steps.next());
    } while (next.value === PAUSE && !next.done);
    const rest = this.#reached(active, next as IteratorResult<undefined, Value[]>);
    if (rest) yield* rest;
  }

  /** A gate has come to an opening, or to its end. */
  #reached(
    active: Active,
    next: IteratorResult<undefined, Value[]>,
  ): Generator<Wait, void, Answer> | undefined {
    const { frame, node, party } = active;
    if (next.done) {
      const { ring, rank, prg } = this.role;
      const own = (owner: number): Prg | undefined => (owner === rank ? prg : undefined);
      const outs = next.value.map((out) => keptInput(ring, node, party.gate, out, own));
      party.end(outs.length === 1 ? arraysOf(outs[0]!) : outs.flatMap(arraysOf));
      this.#open.delete(party);
      if (node.op === 'input') this.#spent(node.attrs.name as number);
      this.#frames.finish(frame, node, outs);
      return undefined;
    }
    this.#active.push(active);
    const [opening, ...more] = party.openings.splice(0);
    if (opening === undefined) return undefined;
    const rest = this.#opened(node, opening);
    return rest || more.length > 0 ? this.#openedAll(node, rest, more) : undefined;
  }

  *#openedAll(
    node: Node,
    first: Generator<Wait, void, unknown> | undefined,
    more: readonly Opening[],
  ): Generator<Wait, void, Answer> {
    if (first) yield* first;
    for (const opening of more) {
      const rest = this.#opened(node, opening);
      if (rest) yield* rest;
    }
  }

  /** The rest of what a gate computes for an opening is the gate's work, and so is what it does meanwhile. */
  #opened(node: Node, opening: Opening): Generator<Wait, void, unknown> | undefined {
    const round = this.#round;
    this.#account(node.op, 0, round.bytesOf(opening), 0);
    return this.#timed(node, () => round.add(opening, <T>(work: () => T): T => this.#timed(node, work)));
  }

  /** Does a node's work, and puts it to its account. An error tells of the op and the user's call site. */
  #timed<T>(node: Node, work: () => T, count = 0): T {
    const start = performance.now();
    try {
      return work();
    } catch (e) {
      throw located(node, e);
    } finally {
      this.#now = performance.now();
      this.#account(node.op, this.#now - start, 0, count);
    }
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
        if (hold) this.#frames.letGo(hold);
        for (const [j, id] of node.outs.entries()) this.#frames.set(frame, id, carry[j]!);
        for (const id of node.ins) this.#frames.used(frame, id);
        return;
      }
      const index: Entry = { shape: [], dtype: 'int64', data: BigInt64Array.of(BigInt(lo + i)) };
      this.#frames.start(body, gate + i * width, [index, ...carry, ...captured], (outs) => turn(i + 1, outs));
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
    yield* round.exchange(() => active.map(({ node }) => node.op));
    for (const a of active) {
      const rest = this.#advance(a);
      if (rest) yield* rest;
      if (this.#pauses.due(this.#now)) yield PAUSED;
    }
  }

  #account(op: string, ms: number, bytes: number, count = 1): void {
    let p = this.profile.get(op);
    if (!p) {
      p = { count: 0, ms: 0, bytes: 0 };
      this.profile.set(op, p);
    }
    p.count += count;
    p.ms += ms;
    p.bytes += bytes;
  }
}
