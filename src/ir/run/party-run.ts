/**
 * @file A party's run of a graph, as data flow in rounds: every op whose inputs are there runs; when all that is
 * left waits for messages, all openings travel together, one message a peer. So independent ops share rounds, and
 * the rounds of a program are the longest path through its gates. The schedule depends on the graph alone: every
 * party makes the same one, and the bytes of a round need no labels.
 */

import type { Chunk } from '../../dealer/material-context.ts';
import type { MaterialLayout, SlotTable } from '../../dealer/slots.ts';
import type { Opening, PrivateInput, Steps, Value } from '../../gates/gate.ts';
import { gateOf } from '../../gates/gate-table.ts';
import { verdict, type verdictSlots } from '../../gates/guard.ts';
import { isPausable, PAUSE, type Pausable, type Pause, Pauses } from '../../gates/pausable.ts';
import type { RingArray } from '../../ring/array.ts';
import { materialOf, verdictOf } from '../compile/material.ts';
import type { Graph, Node } from '../ops/graph.ts';
import { located } from '../ops/located.ts';
import { decodeTensor } from './encode.ts';
import { type Frame, Frames } from './frames.ts';
import { GateParty, type PrivateInputs } from './gate-party.ts';
import { isLargeInput, type Kept, withMasks } from './mask-stream.ts';
import type { Answer, Role, Wait } from './party-role.ts';
import type { ProgressWatch } from './progress.ts';
import { PAUSED, Round } from './round.ts';
import { step } from './step.ts';
import { arraysOf, type Entry, type Store } from './store.ts';

/** What the layout of material depends on. */
const settingOf = ({ field, parties, made }: Role) => ({ field, parties, made: made !== undefined });

/** The profile of one op. */
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

/** A node that stands for the verdict of the range guard, at the end of a program that is watched. */
export const VERDICT: Node = { op: 'verdict', ins: [], outs: [], attrs: {} };

const NONE: PrivateInputs = { get: () => undefined, spent: () => {} };

export class PartyRun {
  readonly role: Role;
  readonly store: Store;
  readonly profile = new Map<string, OpProfile>();
  rounds = 0;
  /** Where somebody wants to know how far the run is. */
  watch: ProgressWatch | undefined;
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
  readonly #inputs: PrivateInputs;

  constructor(role: Role, store: Store, inputs: PrivateInputs = NONE) {
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

  /** Ends the run early, and frees the arrays of gates that are not complete. Values belong to the store. */
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
    const layout = verdictOf(settingOf(this.role), this.#sums.length);
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
    if (!node.body) this.watch?.begun(node);
    const ins = node.ins.map((id) => this.#frames.value(frame, id));
    const gate = frame.base + frame.analysis.gate[index]!;
    switch (frame.analysis.runners[index]!) {
      case 'loop':
        this.#frames.iterate(frame, node, gate, ins);
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
    const layout = materialOf(frame.graph, node, settingOf(this.role));
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
      const outs = isLargeInput(node) ? this.#asStream(node, party, next.value) : next.value;
      party.end(outs.length === 1 ? arraysOf(outs[0]!) : outs.flatMap(arraysOf));
      this.#open.delete(party);
      if (node.op === 'input') this.#inputs.spent(node.attrs as unknown as PrivateInput);
      this.#frames.finish(frame, node, outs);
      return undefined;
    }
    this.#active.push(active);
    const [opening, ...more] = party.openings.splice(0);
    if (opening === undefined) return undefined;
    const rest = this.#opened(node, opening);
    return rest || more.length > 0 ? this.#openedAll(node, rest, more) : undefined;
  }

  /** The result of a large input gate. Its owner has drawn the mask already. */
  #asStream(node: Node, party: GateParty, [out]: readonly Value[]): readonly Kept[] {
    const { c, r } = out as { c: RingArray; r: RingArray };
    const owned = node.attrs.owner === this.role.rank;
    const prg = owned ? this.role.prg : undefined;
    const stream = this.store.masks.stream(r.field, r.length, party.gate, prg);
    if (owned) stream.source.put(party.handOver(r));
    return [{ c, stream }];
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

  /** Does a node's work, and adds it to the op's profile. Errors name the op and the user's call site. */
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
