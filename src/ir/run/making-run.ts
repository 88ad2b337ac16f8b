/**
 * @file A run of a graph on one party's own shares of masks, as data flow: gates make their material as soon as their inputs' masks are
 * known, and what all of them ask of the other party at a time travels together. The same at both parties: what is asked, and when,
 * depends on the graph alone, and on what was revealed. So many gates of a window take the flights of the one that takes most.
 */

import type { SharedArray } from '../../dealer/material-context.ts';
import type { Value } from '../../gates/gate.ts';
import type { InputAttrs } from '../../gates/input-reveal.ts';
import { isPausable, PAUSE, type Pause, Pauses } from '../../gates/pausable.ts';
import type { Transfer } from '../../making/chunks.ts';
import type { ProductRequest } from '../../making/cross-terms.ts';
import { halfOf } from '../../making/gate-halves.ts';
import { verdictProducts } from '../../making/gates/range-rows.ts';
import { Maker, type Making, type MakingRole, type Request } from '../../making/maker.ts';
import { materialOf, verdictOf } from '../compile/material.ts';
import type { Graph, Node, Tensor } from '../ops/graph.ts';
import { located } from '../ops/located.ts';
import { type Frame, Frames } from './frames.ts';
import type { MaskNumbers } from './mask-numbers.ts';
import { isLargeInput, type Kept, withMasks } from './mask-stream.ts';
import { VERDICT } from './party-run.ts';
import { step } from './step.ts';
import { arraysOf, type Entry, type Store } from './store.ts';

/** What a run gives, or waits for. */
export type MakingStep =
  | { readonly kind: 'ask'; readonly request: Request }
  | { readonly kind: 'made'; readonly gate: number; readonly arrays: readonly SharedArray[] }
  /** What the parties reveal under this number is to be known before it can go on. */
  | { readonly kind: 'question'; readonly gate: number }
  /** A window is full: more of it when some of it was used. */
  | { readonly kind: 'full' }
  | { readonly kind: 'pause' };

interface Active {
  readonly frame: Frame;
  readonly node: Node;
  readonly maker: Maker;
  readonly work: Making<Value[]>;
  /** What it asks for first. */
  asked: Request | undefined;
  /** Its operands, held as long as it runs: it has handed its results on. */
  readonly held: readonly Kept[] | undefined;
}

interface Asked {
  readonly frame: Frame;
  readonly node: Node;
  readonly gate: number;
}

const isMaking = (work: Making<Value[]> | Value[]): work is Making<Value[]> => !Array.isArray(work);

const PAUSED: MakingStep = { kind: 'pause' };

export class MakingRun {
  readonly #role: MakingRole;
  readonly #store: Store;
  readonly #window: number;
  readonly #frames: Frames;
  #active: Active[] = [];
  #questions: Asked[] = [];
  /** Of the window that is being made. */
  #bytes = 0;
  readonly #open = new Set<Maker>();
  readonly #pauses = new Pauses();
  readonly #numbers: MaskNumbers;

  /** `window`: bytes of material that are made at a time. `numbers`: of all masks of the session. */
  constructor(role: MakingRole, store: Store, window: number, numbers: MaskNumbers) {
    this.#role = role;
    this.#store = store;
    this.#window = window;
    this.#numbers = numbers;
    this.#frames = new Frames(store, (frame, node, ins) => (this.#step(frame, node, ins) as Entry[])[0]!);
  }

  /** Returns this party's shares of the outputs' masks, retained once for the caller. */
  *run(
    graph: Graph,
    base: number,
    inputs: readonly Entry[],
  ): Generator<MakingStep, Entry[], Tensor | undefined> {
    let result: Entry[] | undefined;
    const frame = this.#frames.start(graph, base, inputs, (outs) => {
      result = outs;
    });
    let verdict = graph.watched?.length;
    for (;;) {
      const full = this.#bytes >= this.#window;
      if (!full) yield* this.#beginAll();
      if (this.#active.length > 0) yield* this.#exchange();
      else if (full) {
        // What has begun is finished before anything else begins.
        this.#bytes = 0;
        yield { kind: 'full' };
      } else if (this.#bytes < this.#window && !(yield* this.#answered())) {
        if (verdict === undefined) return result!;
        yield* this.#beginVerdict(frame, verdict);
        verdict = undefined;
      }
    }
  }

  /** The material of the range guard's verdict on so many sites, with the last number of the run. */
  *#beginVerdict(frame: Frame, sites: number): Generator<MakingStep, void, Tensor | undefined> {
    const { field } = this.#role;
    const gate = frame.base + frame.analysis.gates - 1;
    const maker = new Maker(this.#role, gate, verdictOf({ field, made: true }, sites));
    this.#open.add(maker);
    const work = verdictProducts(maker, sites);
    const { value } = yield* this.#advance(VERDICT, work);
    this.#active.push({ frame, node: VERDICT, maker, work, asked: value as Request, held: [] });
  }

  /** Frees what gates in their middle hold: the run goes no further. Values are the store's. */
  abandon(): void {
    for (const maker of this.#open) maker.abandon();
    this.#open.clear();
  }

  /** Begins all that may begin now, but for what has no room in the window. */
  *#beginAll(): Generator<MakingStep, void, Tensor | undefined> {
    while (this.#bytes < this.#window) {
      const next = this.#frames.next();
      if (!next) return;
      this.#bytes += yield* this.#begin(...next);
      if (this.#pauses.due()) yield PAUSED;
    }
  }

  /** Takes the answer to the first question; false if there is none. */
  *#answered(): Generator<MakingStep, boolean, Tensor | undefined> {
    this.#questions.sort((a, b) => a.gate - b.gate);
    const asked = this.#questions.shift();
    if (!asked) return false;
    const value = (yield { kind: 'question', gate: asked.gate }) as Tensor;
    this.#frames.finish(asked.frame, asked.node, [value]);
    return true;
  }

  *#begin(frame: Frame, index: number): Generator<MakingStep, number, Tensor | undefined> {
    const node = frame.graph.nodes[index]!;
    const ins = node.ins.map((id) => this.#frames.value(frame, id));
    const gate = frame.base + frame.analysis.gate[index]!;
    switch (frame.analysis.runners[index]!) {
      case 'loop':
        this.#frames.iterate(frame, node, gate, ins);
        return 0;
      case 'decode':
        this.#questions.push({ frame, node, gate });
        return 0;
      case 'gate':
        return yield* this.#gate(frame, node, gate, ins as readonly Kept[]);
      case 'step': {
        const made = this.#step(frame, node, ins);
        if (!isPausable(made)) {
          this.#frames.finish(frame, node, made);
          return 0;
        }
        let next = made.next();
        for (; !next.done; next = made.next()) yield PAUSED;
        this.#frames.finish(frame, node, next.value);
        return 0;
      }
    }
  }

  #step(frame: Frame, node: Node, ins: readonly Entry[]): ReturnType<typeof step> {
    const { ring, field } = this.#role;
    const made = this.#at(node, () => step(ring, field, frame.graph, node, ins));
    if (!isPausable(made)) this.#numbers.derived(node, ins, made);
    return made;
  }

  *#gate(
    frame: Frame,
    node: Node,
    gate: number,
    ins: readonly Kept[],
  ): Generator<MakingStep, number, Tensor | undefined> {
    const { field, rank, prg } = this.#role;
    if (isLargeInput(node)) {
      const { owner, length } = node.attrs as unknown as InputAttrs;
      const stream = this.#store.masks.stream(field, length, gate, owner === rank ? prg : undefined);
      const made = { stream };
      this.#numbers.ofOwner(made, owner);
      this.#frames.finish(frame, node, [made]);
      return 0;
    }
    const layout = materialOf(frame.graph, node, { field, parties: 2, made: true });
    const masks = ins.map((x) => this.#numbers.of(x));
    const maker = new Maker(this.#role, gate, layout, masks);
    this.#open.add(maker);
    const work = this.#at(node, () => halfOf(node.op)(maker, withMasks(maker, ins), node.attrs));
    if (!isMaking(work)) yield* this.#finish({ frame, node, maker }, work);
    else {
      const next = yield* this.#advance(node, work);
      if (next.done) yield* this.#finish({ frame, node, maker }, next.value);
      else {
        const held = maker.known && this.#handOn(frame, node, maker, ins);
        this.#active.push({ frame, node, maker, work, asked: next.value as Request, held });
      }
    }
    return layout.bytesToFirst;
  }

  /** Masks of results are known before their gate has its material: who waits for them may begin. */
  #handOn(frame: Frame, node: Node, maker: Maker, ins: readonly Kept[]): readonly Kept[] {
    for (const x of ins) this.#store.retain(x);
    for (const a of maker.known!.flatMap(arraysOf)) maker.handOver(a);
    this.#frames.finish(frame, node, maker.known!);
    return ins;
  }

  /** The next thing that a gate asks for, or its end. */
  *#advance(
    node: Node,
    work: Making<Value[]>,
  ): Generator<MakingStep, IteratorResult<Request | Pause, Value[]>, Tensor | undefined> {
    let next = this.#at(node, () => work.next());
    while (!next.done && next.value === PAUSE) {
      yield PAUSED;
      next = this.#at(node, () => work.next());
    }
    return next;
  }

  /** Lets each active gate run to what it asks for, and asks for all of it. */
  *#exchange(): Generator<MakingStep, void, Tensor | undefined> {
    const transfers: Transfer[] = [];
    const products: ProductRequest[] = [];
    const active = this.#active;
    this.#active = [];
    for (const one of active) {
      let { asked } = one;
      one.asked = undefined;
      if (!asked) {
        const next = yield* this.#advance(one.node, one.work);
        if (next.done) {
          yield* this.#finish(one, next.value);
          continue;
        }
        asked = next.value as Request;
      }
      transfers.push(...asked.transfers);
      products.push(...asked.products);
      this.#active.push(one);
      if (this.#pauses.due()) yield PAUSED;
    }
    if (transfers.length + products.length > 0) yield { kind: 'ask', request: { transfers, products } };
  }

  *#finish(
    { frame, node, maker, held }: Pick<Active, 'frame' | 'node' | 'maker'> & Partial<Pick<Active, 'held'>>,
    values: readonly Value[],
  ): Generator<MakingStep, void, Tensor | undefined> {
    maker.end(held ? [] : values.flatMap(arraysOf));
    this.#open.delete(maker);
    if (node.op === 'input') this.#numbers.ofOwner(values[0]!, (node.attrs as unknown as InputAttrs).owner);
    if (held) for (const x of held) this.#store.release(x);
    else this.#frames.finish(frame, node, values);
    if (maker.shares.length > 0) yield { kind: 'made', gate: maker.gate, arrays: maker.shares };
  }

  #at<T>(node: Node, work: () => T): T {
    try {
      return work();
    } catch (e) {
      throw located(node, e);
    }
  }
}
