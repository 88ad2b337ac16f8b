/**
 * @file The dealer's half of one gate's preprocessing. It knows every seed, every mask, and no data.
 *
 * Every party's share is the output of its own PRG, whose seed it shares with the dealer alone. A mask is a random value that
 * nobody chose: the sum (or xor) of all parties' streams. A shared value is one that the dealer chose: rank 0 gets the correction
 * that makes the shares add up, the others use their streams. This is the PRG compression of SPU's Beaver triples (SPU, USENIX ATC
 * 2023, section 4) applied to every gate. A broadcast is for what every party has to know: correction words of function secret
 * sharing, which hide nothing from those who hold one key.
 */

import type { AnyArray as Arr } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import { Prg } from '../ring/prg.ts';
import type { Ring } from '../ring/ring.ts';
import { add, subtract } from './group.ts';
import { MaterialContext, PUBLIC_SEED, type SharedArray } from './material-context.ts';
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

export class DealerContext<S extends object = SlotTable> extends MaterialContext {
  readonly #prgs: readonly Prg[];
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  readonly #handedOver: SharedArray[] | undefined;
  readonly #broadcasts: Uint8Array<ArrayBuffer>[] = [];

  /** `handsOver`: rank 0 is in this memory too, and takes the corrections as arrays. */
  constructor(
    ring: Ring,
    field: Field,
    prgs: readonly Prg[],
    gate: number,
    layout: MaterialLayout,
    handsOver = false,
  ) {
    super(ring, field, gate, layout);
    this.#prgs = prgs;
    this.#handedOver = handsOver ? [] : undefined;
  }

  get parties(): number {
    return this.#prgs.length;
  }

  /** The whole mask of a slot. */
  mask<N extends SlotNames<S, Exclude<StreamKind, 'publicCoins' | 'ownBits'>>>(
    name: N,
    index = 0,
  ): SlotUse<N, SlotArray<S[N]>> {
    const slot = this.use(name, index);
    const dst = this.arrayOf(slot);
    if (slot.kind !== 'ownMask' && slot.kind !== 'publicMask') this.#total(slot, dst, 0);
    else {
      const prg = slot.kind === 'ownMask' ? this.#prgs[slot.owner!]! : new Prg(this.ring, PUBLIC_SEED);
      prg.fill(dst, this.gate, slot.stream);
    }
    return new SlotUse(dst as SlotArray<S[N]>);
  }

  /** Shares a value among the parties. It stays the caller's. */
  share<N extends SlotNames<S, SharedKind>, T extends SlotArray<S[N]> & Arr>(
    name: N,
    value: T,
    index = 0,
  ): SlotUse<N, T> {
    const slot = this.#use(name, index, value);
    const others = this.arrayOf(slot);
    this.#total(slot, others, 1);
    subtract(this.ring, others, value, others);
    if (this.#handedOver)
      this.#handedOver[slot.toFirst!] = { array: this.handOver(others), length: slot.size };
    else {
      const chunk = new Uint8Array(slot.size);
      this.ring.writeWire(chunk, 0, others, slot.width);
      this.#chunks[slot.toFirst!] = chunk;
      this.drop(others);
    }
    return new SlotUse(value);
  }

  /** Sends a value to every party, and gives the array up. */
  broadcast<N extends SlotNames<S, BroadcastKind>>(
    name: N,
    value: SlotArray<S[N]> & Arr,
    index = 0,
  ): SlotUse<N, undefined> {
    const slot = this.#use(name, index, value);
    const chunk = this.ring.u8(value).slice();
    this.#broadcasts[slot.toOthers!] = chunk;
    if (this.#handedOver)
      this.#handedOver[slot.toFirst!] = { array: this.handOver(value), length: slot.size };
    else {
      this.#chunks[slot.toFirst!] = chunk;
      this.drop(value);
    }
    return new SlotUse(undefined);
  }

  /** What the ranks above 0 are sent. */
  get broadcasts(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#broadcasts;
  }

  /** What rank 0 is sent: one chunk for every slot that is shared or broadcast, in the order of the declaration. */
  get corrections(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#chunks;
  }

  /** The corrections where `handsOver` is set: whoever takes an array frees it. */
  get handedOver(): readonly SharedArray[] {
    return this.#handedOver ?? [];
  }

  /** Frees all that it holds: the gate is given up. */
  abandon(): void {
    for (const chunk of this.handedOver) if (chunk) this.ring.release(chunk.array);
    super.end();
  }

  /** Asserts that every slot was filled. */
  override end(keep: Iterable<Arr> = []): void {
    this.checkUsed(({ kind }) => kind !== 'publicCoins');
    super.end(keep);
  }

  #use(name: string, index: number, value: Arr): PlacedSlot {
    const slot = this.use(name, index);
    if (!fits(slot, value)) throw this.wrongForm(slot);
    return slot;
  }

  /** Adds up the streams of ranks >= from. */
  #total(slot: PlacedSlot, dst: Arr, from: number): void {
    this.#prgs[from]!.fill(dst, this.gate, slot.stream);
    if (from + 1 === this.#prgs.length) return;
    const temp = this.arrayOf(slot);
    for (const prg of this.#prgs.slice(from + 1)) {
      prg.fill(temp, this.gate, slot.stream);
      add(this.ring, dst, dst, temp);
    }
    this.drop(temp);
  }
}
