/** @file Values of a running program, with counted references to their arrays: memory is freed at the last use. */

import type { AnyArray as Arr } from '../../ring/array.ts';
import type { Ring } from '../../ring/ring.ts';
import type { Tensor } from '../ops/graph.ts';
import type { Kept } from './mask-stream.ts';

/** A masked or ring value, or plain public data. */
export type Entry = Kept | Tensor;

export const isTensor = (e: Entry): e is Tensor => 'data' in e;

export class Store {
  readonly ring: Ring;
  #counts = new Map<Arr, number>();

  constructor(ring: Ring) {
    this.ring = ring;
  }

  retain(entry: Entry): Entry {
    for (const a of arraysOf(entry)) this.#counts.set(a, (this.#counts.get(a) ?? 0) + 1);
    return entry;
  }

  release(entry: Entry): void {
    for (const a of arraysOf(entry)) {
      const left = this.#counts.get(a)! - 1;
      if (left > 0) this.#counts.set(a, left);
      else {
        this.#counts.delete(a);
        this.ring.release(a);
      }
    }
  }

  /** Frees whatever these entries do not hold: what a run that was given up had. */
  keepOnly(entries: Iterable<Entry>): void {
    const kept = new Map<Arr, number>();
    for (const entry of entries) for (const a of arraysOf(entry)) kept.set(a, (kept.get(a) ?? 0) + 1);
    for (const a of this.#counts.keys()) if (!kept.has(a)) this.ring.release(a);
    this.#counts = kept;
  }

  /** Arrays alive, for leak tests. */
  get size(): number {
    return this.#counts.size;
  }
}

export const arraysOf = (entry: Entry): Arr[] =>
  isTensor(entry) ? [] : [entry.c, entry.r].filter((a): a is Arr => a !== undefined);
