/** @file A party's half of one gate's preprocessing: its shares of the gate's slots. */

import type { AnyArray as Arr, RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import { Prg } from '../ring/prg.ts';
import type { Ring } from '../ring/ring.ts';
import { type Chunk, MaterialContext, PUBLIC_SEED } from './material-context.ts';
import {
  type BroadcastKind,
  fits,
  type MaterialLayout,
  type PlacedSlot,
  type SharedKind,
  type SlotArray,
  type SlotNames,
  type SlotTable,
  SlotUse,
  type StreamKind,
} from './slots.ts';

/** A mask whose elements are there once they were filled. */
export interface DeferredMask {
  readonly array: RingArray;
  fill(start: number, count: number): void;
}

/** Masks that may be filled as they are needed. */
type Deferred = 'mask' | 'pad' | 'refresh';

/** Names of masks of ring words. */
type RingMasks<S> = {
  [N in SlotNames<S, Deferred>]: SlotArray<S[N]> extends RingArray ? N : never;
}[SlotNames<S, Deferred>];

export class PartyContext<S extends object = SlotTable> extends MaterialContext {
  readonly rank: number;
  /** 1 at rank 0, who adds public terms, and 0 elsewhere. */
  readonly first: number;
  readonly #prg: Prg;
  /** The stream that two parties have in common, without a dealer. */
  readonly #common: Prg | undefined;
  readonly #chunks: readonly Chunk[];
  #discarded = false;

  /** `chunks`: what the dealer sent for the gate; none for ranks above 0 but of gates that broadcast. */
  constructor(
    ring: Ring,
    field: Field,
    rank: number,
    prg: Prg,
    gate: number,
    layout: MaterialLayout,
    chunks: readonly Chunk[],
    common?: Prg,
  ) {
    super(ring, field, gate, layout);
    this.rank = rank;
    this.first = rank === 0 ? 1 : 0;
    this.#prg = prg;
    this.#common = common;
    this.#chunks = chunks;
  }

  /** This party's share of a mask: its own stream. Of another owner's mask it is zero, and said to be. */
  mask<N extends SlotNames<S, StreamKind>>(name: N, index = 0): SlotUse<N, SlotArray<S[N]>> {
    const slot = this.use(name, index);
    if (this.#placeOf(slot) !== undefined) return new SlotUse(this.#share(slot) as SlotArray<S[N]>);
    const dst = this.arrayOf(slot);
    if (slot.kind === 'refresh' && this.layout.made) this.#refresh(dst as RingArray, slot, 0);
    else if (slot.kind === 'ownMask' && slot.owner !== this.rank) {
      this.ring.zero(dst);
      dst.zero = true;
    } else {
      const known = slot.kind === 'publicMask' || slot.kind === 'publicCoins';
      (known ? new Prg(this.ring, PUBLIC_SEED) : this.#prg).fill(dst, this.gate, slot.stream);
    }
    return new SlotUse(dst as SlotArray<S[N]>);
  }

  /** As `mask`, but filled as far as it is needed: ranges begin at multiples of 64 bytes. */
  deferredMask<N extends RingMasks<S>>(name: N): SlotUse<N, DeferredMask> {
    const slot = this.use(name, 0);
    if (this.#placeOf(slot) !== undefined)
      return new SlotUse({ array: this.#share(slot) as RingArray, fill: () => {} });
    const array = this.words(slot.length);
    const common = slot.kind === 'refresh' && this.layout.made;
    const fill = (start: number, count: number): void => {
      const part = array.view(start, count);
      if (common) this.#refresh(part, slot, start);
      else this.#prg.fill(part, this.gate, slot.stream, start * array.field.bytes);
    };
    return new SlotUse({ array, fill });
  }

  /** This party's share of what the dealer shared, or both have made. */
  receiveShare<N extends SlotNames<S, SharedKind>>(name: N, index = 0): SlotUse<N, SlotArray<S[N]>> {
    return new SlotUse(this.#share(this.use(name, index)) as SlotArray<S[N]>);
  }

  /** What the dealer sent to everybody. */
  receiveBroadcast<N extends SlotNames<S, BroadcastKind>>(name: N, index = 0): SlotUse<N, SlotArray<S[N]>> {
    return new SlotUse(this.#share(this.use(name, index)) as SlotArray<S[N]>);
  }

  /** Where this party's share is among what it was given; undefined where it is its own stream. */
  #placeOf(slot: PlacedSlot): number | undefined {
    return this.rank === 0 ? slot.toFirst : slot.toOthers;
  }

  #share(slot: PlacedSlot): Arr {
    const at = this.#placeOf(slot);
    return at === undefined ? this.#stream(slot) : this.#received(slot, this.#chunks[at]);
  }

  /** Words of a sharing of zero. */
  #refresh(dst: RingArray, slot: PlacedSlot, start: number): void {
    this.#common!.fill(dst, this.gate, slot.stream, start * dst.field.bytes);
    if (!this.first) this.ring.neg(dst, dst);
  }

  /** Gives up what is not needed, because revealed values made the gate shorter. It is never used. */
  discard(): void {
    this.#discarded = true;
    this.#release();
  }

  /** Frees all that it holds: the gate is given up. */
  abandon(): void {
    this.#release();
    super.end();
  }

  /** Asserts that every slot was used, and nothing else was sent: otherwise dealer and party follow different programs. */
  override end(keep: Iterable<Arr> = []): void {
    if (this.#chunks.length !== this.#expected) throw this.diverged();
    if (!this.#discarded) this.checkUsed(() => true);
    super.end(keep);
  }

  get #expected(): number {
    return this.rank === 0 ? this.layout.toFirst : this.layout.toOthers;
  }

  /** Arrays that were handed over for slots that were not used, and those that no slot was declared for. */
  #release(): void {
    const used = new Set(
      this.layout.slots.flatMap((slot) =>
        this.isUsed(slot) && this.#placeOf(slot) !== undefined ? [this.#placeOf(slot)!] : [],
      ),
    );
    for (const [i, chunk] of this.#chunks.entries())
      if ('array' in chunk && !used.has(i)) this.ring.release(chunk.array);
  }

  #stream(slot: PlacedSlot): Arr {
    const dst = this.arrayOf(slot);
    this.#prg.fill(dst, this.gate, slot.stream);
    return dst;
  }

  #received(slot: PlacedSlot, chunk: Chunk | undefined): Arr {
    if (chunk !== undefined && 'array' in chunk) {
      this.adopt(chunk.array);
      if (!fits(slot, chunk.array)) throw this.diverged();
      return chunk.array;
    }
    if (chunk?.length !== slot.size) throw this.diverged();
    const dst = this.arrayOf(slot);
    this.ring.readWire(dst, chunk, 0, slot.width);
    return dst;
  }
}
