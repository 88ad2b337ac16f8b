/** @file Values of a running program, with counted references to their arrays: memory is freed at the last use. */

import type { AnyArray as Arr } from '../../ring/array.ts';
import type { Ring } from '../../ring/ring.ts';
import type { Tensor } from '../ops/graph.ts';
import { eachSource, type Kept, MaskSource, MaskSources } from './mask-stream.ts';

/** A masked or ring value, or plain public data. */
export type Entry = Kept | Tensor;

export const isTensor = (e: Entry): e is Tensor => 'data' in e;

export class Store {
  readonly ring: Ring;
  /** Shared with a dealer in the same memory. */
  readonly masks: MaskSources;
  #counts = new Map<Arr | MaskSource, number>();
  /** One for all visits: each value of a program is held and given up. */
  readonly #retainOne = (held: Arr | MaskSource): void => this.#retain(held);
  readonly #releaseOne = (held: Arr | MaskSource): void => this.#release(held);

  constructor(ring: Ring, masks = new MaskSources(ring)) {
    this.ring = ring;
    this.masks = masks;
  }

  retain(entry: Entry): Entry {
    eachHeld(entry, this.#retainOne);
    return entry;
  }

  release(entry: Entry): void {
    eachHeld(entry, this.#releaseOne);
  }

  #retain(held: Arr | MaskSource): void {
    const count = this.#counts.get(held) ?? 0;
    if (count === 0 && held instanceof MaskSource) held.retain();
    this.#counts.set(held, count + 1);
  }

  #release(held: Arr | MaskSource): void {
    const left = this.#counts.get(held)! - 1;
    if (left > 0) this.#counts.set(held, left);
    else {
      this.#counts.delete(held);
      this.#free(held);
    }
  }

  #free(held: Arr | MaskSource): void {
    if (held instanceof MaskSource) held.release();
    else this.ring.release(held);
  }

  /** Frees whatever these entries do not hold: what a run that was given up had. */
  keepOnly(entries: Iterable<Entry>): void {
    const before = this.#counts;
    this.#counts = new Map();
    for (const entry of entries)
      eachHeld(entry, (held) => this.#counts.set(held, (this.#counts.get(held) ?? 0) + 1));
    for (const held of before.keys()) if (!this.#counts.has(held)) this.#free(held);
  }

  /** Arrays alive, for leak tests. */
  get size(): number {
    return this.#counts.size;
  }
}

/** Visits what an entry keeps alive. */
const eachHeld = (entry: Entry, visit: (held: Arr | MaskSource) => void): void => {
  if (isTensor(entry)) return;
  const { c, r } = entry;
  if (c) visit(c);
  if (r) visit(r);
  // Masks that are streams stand in place of words, mostly.
  if (!c || !r) eachSource(entry, visit);
};

export const arraysOf = (entry: Entry): Arr[] =>
  isTensor(entry) ? [] : [entry.c, entry.r].filter((a): a is Arr => a !== undefined);
