/** @file The dealer's run of a graph: masks only, node after node, ahead of the parties. No data, no user code. */

import { DealerContext } from '../../dealer/dealer-context.ts';
import type { SharedArray } from '../../dealer/material-context.ts';
import type { MaterialLayout, SlotTable } from '../../dealer/slots.ts';
import type { Value } from '../../gates/gate.ts';
import { gateOf } from '../../gates/gate-table.ts';
import { dealVerdict, type verdictSlots } from '../../gates/guard.ts';
import type { InputAttrs } from '../../gates/input-reveal.ts';
import { isPausable, PAUSE, type Pausable, type Pause, Pauses } from '../../gates/pausable.ts';
import type { Field } from '../../ring/field.ts';
import type { Prg } from '../../ring/prg.ts';
import type { Ring } from '../../ring/ring.ts';
import { analyse, type Runner } from '../compile/analysis.ts';
import { materialOf, verdictOf } from '../compile/material.ts';
import type { Graph, Node, Tensor, Type } from '../ops/graph.ts';
import { located } from '../ops/located.ts';
import { isOver } from '../ops/loops.ts';
import { isLargeInput, type Kept, type MaskSources, withMasks } from './mask-stream.ts';
import { step } from './step.ts';
import { arraysOf, type Entry, Store } from './store.ts';

/** What rank 0 must receive for one gate. */
export interface Correction {
  readonly gate: number;
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** The same as arrays, if rank 0 is in the dealer's memory (then there are no chunks). */
  readonly arrays: readonly SharedArray[];
  /** Broadcasts of this gate: what every other rank is sent. */
  readonly broadcasts: readonly Uint8Array<ArrayBuffer>[];
}

/** The dealer needs the value that the parties reveal under this number before it can continue. */
export interface Question {
  readonly asks: number;
  readonly type: Type;
}

/** A dealer's run of a graph, with pauses in long work. Its questions are answered with revealed values. */
export type Deals<T> = Generator<Correction | Question | Pause, T, Tensor | undefined>;

export class Dealer {
  readonly ring: Ring;
  readonly field: Field;
  readonly store: Store;
  readonly #prgs: readonly Prg[];
  readonly #handsOver: boolean;

  /** `prgs`: one per party, by rank. `masks`: those of parties in the same memory. `handsOver`: rank 0 is one of them. */
  constructor(ring: Ring, field: Field, prgs: readonly Prg[], masks?: MaskSources, handsOver = false) {
    this.#handsOver = handsOver;
    this.ring = ring;
    this.field = field;
    this.store = new Store(ring, masks);
    this.#prgs = prgs;
  }

  /**
   * Yields the corrections in gate order; returns the masks of the outputs, which the caller owns (release them
   * in `store`). Gates are numbered from `base`. `inputs` stay the caller's.
   */
  *run(graph: Graph, base: number, inputs: readonly Entry[]): Deals<Entry[]> {
    const { store } = this;
    const { uses, gate, gates: count, runners } = analyse(graph);
    const left = uses.slice();
    const values: (Entry | undefined)[] = [];
    const pauses = new Pauses();
    const drop = (id: number): void => {
      if (left[id]! <= 0) {
        store.release(values[id]!);
        values[id] = undefined;
      }
    };
    graph.ins.forEach((id, i) => {
      values[id] = store.retain(inputs[i]!);
      drop(id);
    });
    for (let i = 0; i < graph.nodes.length; i++) {
      const node = graph.nodes[i]!;
      const ins = node.ins.map((id) => values[id]!);
      const outs = yield* this.#node(runners[i]!, graph, node, base + gate[i]!, ins);
      if (pauses.due()) yield PAUSE;
      for (let j = 0; j < node.outs.length; j++) {
        const id = node.outs[j]!;
        values[id] = outs[j]!;
        drop(id);
      }
      for (const id of node.ins) {
        left[id]!--;
        if (values[id]) drop(id);
      }
    }
    if (graph.watched) yield* this.#verdict(base + count - 1, graph.watched.length);
    return graph.outs.map((id) => {
      const out = values[id]!;
      if (--left[id]! > 0) store.retain(out);
      return out;
    });
  }

  /** Outputs are retained once, for the caller. */
  *#node(
    runner: Runner,
    graph: Graph,
    node: Node,
    number: number,
    ins: readonly Entry[],
  ): Deals<readonly Entry[]> {
    if (runner === 'loop') return yield* this.#loop(node, number, ins);
    if (runner === 'decode') return [(yield { asks: number, type: graph.types[node.outs[0]!]! })!];
    const { store } = this;
    if (runner === 'step') {
      const made = this.#at(node, () => step(this.ring, this.field, graph, node, ins));
      const outs = isPausable(made) ? yield* this.#located(node, made) : made;
      for (const out of outs) store.retain(out);
      return outs;
    }
    if (isLargeInput(node)) {
      const { owner, length } = node.attrs as unknown as InputAttrs;
      const stream = store.masks.stream(this.field, length, number, this.#prgs[owner]!);
      return [store.retain({ stream })];
    }
    const layout = materialOf(graph, node, { field: this.field, parties: this.#prgs.length });
    const context = this.#context(number, layout);
    let outs: Value[] | undefined;
    try {
      outs = yield* gateOf(node.op)!.deal(context, withMasks(context, ins as readonly Kept[]), node.attrs);
    } catch (e) {
      throw located(node, e);
    } finally {
      // It failed, or was given up in the middle.
      if (!outs) context.abandon();
    }
    context.end(outs.length === 1 ? arraysOf(outs[0]!) : outs.flatMap(arraysOf));
    for (const out of outs) store.retain(out);
    const made = correctionOf(context, number);
    if (made) yield made;
    return outs;
  }

  #context<S extends object = SlotTable>(number: number, layout: MaterialLayout): DealerContext<S> {
    return new DealerContext(this.ring, this.field, this.#prgs, number, layout, this.#handsOver);
  }

  #at<T>(node: Node, work: () => T): T {
    try {
      return work();
    } catch (e) {
      throw located(node, e);
    }
  }

  *#located<T>(node: Node, work: Pausable<T>): Pausable<T> {
    try {
      return yield* work;
    } catch (e) {
      throw located(node, e);
    }
  }

  *#verdict(number: number, sites: number): Deals<void> {
    const context = this.#context<ReturnType<typeof verdictSlots>>(number, verdictOf(this, sites));
    for (const _ of dealVerdict(context, sites));
    context.end();
    const made = correctionOf(context, number);
    if (made) yield made;
  }

  *#loop(node: Node, number: number, ins: readonly Entry[]): Deals<Entry[]> {
    const body = node.body!;
    const { gates: width } = analyse(body);
    const lo = node.attrs.lo as number;
    let carry = ins.slice(0, node.outs.length).map((e) => this.store.retain(e));
    const captured = ins.slice(node.outs.length);
    for (let i = 0; !isOver(node, i, carry[0] as Tensor); i++) {
      const index: Entry = { shape: [], dtype: 'int64', data: BigInt64Array.of(BigInt(lo + i)) };
      const next = yield* this.run(body, number + i * width, [index, ...carry, ...captured]);
      for (const e of carry) this.store.release(e);
      carry = next;
    }
    return carry;
  }
}

const correctionOf = (
  {
    corrections: chunks,
    handedOver: arrays,
    broadcasts,
  }: Pick<DealerContext, 'corrections' | 'handedOver' | 'broadcasts'>,
  gate: number,
): Correction | undefined =>
  chunks.length + arrays.length > 0 ? { gate, chunks, arrays, broadcasts } : undefined;

/** A dealer's run on demand: it deals for one gate at a time, and waits where it needs a revealed value. */
export class Dealt<T> {
  readonly #steps: Deals<T>;
  readonly #revealed = new Map<number, Tensor>();
  #question: Question | undefined;
  over = false;
  /** What the run returned, when it is over. */
  result: T | undefined;

  constructor(steps: Deals<T>) {
    this.#steps = steps;
  }

  /** Ends the run early, and frees the arrays of a gate that is not complete. */
  stop(): void {
    this.over = true;
    this.#steps.return(undefined as T);
  }

  /** The revealed value that it waits for; undefined if it does not wait. */
  get question(): Question | undefined {
    return this.#question;
  }

  /** The next correction; undefined when it is over or waits. */
  next(): Correction | undefined {
    for (;;) {
      const next = this.step();
      if (next !== PAUSE) return next;
    }
  }

  /** As next, but returns at pauses too. */
  step(): Correction | Pause | undefined {
    while (!this.over) {
      const answer = this.#question && this.#revealed.get(this.#question.asks);
      if (this.#question && answer === undefined) return undefined;
      if (this.#question) this.#revealed.delete(this.#question.asks);
      this.#question = undefined;
      const next = this.#steps.next(answer);
      if (next.done) [this.over, this.result] = [true, next.value];
      else if (next.value === PAUSE || !('asks' in next.value)) return next.value;
      else this.#question = next.value;
    }
    return undefined;
  }

  /** Answers a question: the value that the parties revealed. */
  reveal(gate: number, value: Tensor): void {
    this.#revealed.set(gate, value);
  }
}
