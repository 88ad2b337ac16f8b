/** @file Jobs: the unit of work that every party and the dealer run in the same order, and the messages about them to the dealer. */

import { sha512 } from '#kernel-host';
import { TesseraError } from '../../errors.ts';
import { createCodec } from '../../link/codec.ts';
import { analyse } from '../compile/analysis.ts';
import type { DType, Graph, Tensor } from '../ops/graph.ts';
import type { Dealer, Deals } from './dealer-run.ts';
import type { Entry } from './store.ts';

export interface Job {
  /** Lowered. */
  readonly graph: Graph;
  /** Objects that are its inputs. */
  readonly ins: readonly number[];
  /** Objects under which its outputs are kept; -1 keeps none. */
  readonly outs: readonly number[];
  /** Per output: how a public result is decoded and given back, or null. */
  readonly reveal?: readonly ({ readonly dtype: DType } | null)[];
}

/** Where a job stands among all: its number, and its first gate's. Numbers only rise, also past jobs that were given up. */
export interface Place {
  readonly number: number;
  readonly gate: number;
}

/** A party to the dealer, in order. Rank 0 sends jobs whole, the others their digest: the dealer sees that all agree. */
export type DealerMessage =
  | { readonly kind: 'seed'; readonly seed: Uint8Array }
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'digest'; readonly digest: string }
  | { readonly kind: 'free'; readonly ids: readonly number[] }
  /** Rank 0 has given up what it asked for last; it speaks again on another channel. */
  | { readonly kind: 'stop' }
  /** Rank 0 goes on after jobs that were given up: the first gate and job from here on, and the objects that are left. */
  | { readonly kind: 'resume'; readonly place: Place; readonly kept: readonly number[] }
  | { readonly kind: 'taken'; readonly bytes: number }
  /** Rank 0 waits for this gate's material: the dealer must come to it, even beyond its window. */
  | { readonly kind: 'need'; readonly gate: number }
  /** What the program revealed on its way, from every party. */
  | { readonly kind: 'revealed'; readonly gate: number; readonly value: Tensor }
  | { readonly kind: 'bye' };

const codec = createCodec();

export const packMessage = (m: DealerMessage): Uint8Array => codec.encode(m);

export const unpackMessage = (bytes: Uint8Array): DealerMessage => {
  const message = codec.decode(bytes) as DealerMessage | null;
  if (typeof message?.kind !== 'string')
    throw new TesseraError('SERIALIZATION', 'a message to the dealer has no kind');
  return message;
};

/** SHA-512 of what parties and dealer must agree on; call sites are left out. */
export const digestOf = ({ graph, ins, outs }: Job): string => {
  const bare = (g: Graph): unknown => [
    g.ins,
    g.outs,
    g.types,
    g.nodes.map((n) => [n.op, n.ins, n.outs, n.attrs, n.body && bare(n.body)]),
  ];
  const hash = sha512(codec.encode([bare(graph), graph.watched?.length ?? 0, ins, outs]));
  return Array.from(hash.subarray(0, 32), (b) => b.toString(16).padStart(2, '0')).join('');
};

/** The dealer's objects (masks) and its runs of jobs, one after another. */
export class DealerJobs {
  readonly dealer: Dealer;
  #objects = new Map<number, Entry>();
  #next = 0;

  constructor(dealer: Dealer) {
    this.dealer = dealer;
  }

  /** `base`: the number of its first gate, if not the one after the last job's. */
  *run(job: Job, base: number = this.#next): Deals<void> {
    if (base < this.#next)
      throw new TesseraError('DIVERGED', `gate ${base} was dealt before: a stream serves once`, { base });
    this.#next = base + analyse(job.graph).gates;
    const ins = job.ins.map((id) => this.#objects.get(id)!);
    const outs = yield* this.dealer.run(job.graph, base, ins);
    outs.forEach((entry, i) => {
      const id = job.outs[i]!;
      if (id < 0) this.dealer.store.release(entry);
      else this.#objects.set(id, entry);
    });
  }

  /** A job is given up: frees what it had on its way. */
  giveUp(): void {
    this.dealer.store.keepOnly(this.#objects.values());
  }

  /** Frees all objects but these. */
  keepOnly(ids: ReadonlySet<number>): void {
    for (const id of this.#objects.keys()) if (!ids.has(id)) this.#objects.delete(id);
    this.giveUp();
  }

  free(ids: readonly number[]): void {
    for (const id of ids) {
      const entry = this.#objects.get(id);
      if (entry) this.dealer.store.release(entry);
      this.#objects.delete(id);
    }
  }
}
