/** @file What both halves of a gate have in common: arrays that live as long as the gate, and its slots, each used once. */

import { TesseraError } from '../errors.ts';
import type { AnyArray as Arr } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import type { Ring } from '../ring/ring.ts';
import { Scratch } from './scratch.ts';
import type { MaterialLayout, PlacedSlot } from './slots.ts';

/** The seed of streams that hide nothing: of values that everybody knows. */
export const PUBLIC_SEED = new Uint8Array(32);

/** A correction that stays in the memory that dealer and rank 0 share; `length` is what it would take on a wire. */
export interface SharedArray {
  readonly array: Arr;
  readonly length: number;
  /** Bits of an element of bytes on a wire, where two parties have made it. */
  readonly width?: number;
}

/** One correction at rank 0: the bytes of a message, or the array itself, which it then owns. */
export type Chunk = Uint8Array | SharedArray;

export abstract class MaterialContext extends Scratch {
  readonly layout: MaterialLayout;
  readonly gate: number;
  readonly #used: boolean[] = [];
  #count = 0;

  constructor(ring: Ring, field: Field, gate: number, layout: MaterialLayout) {
    super(ring, field);
    this.gate = gate;
    this.layout = layout;
  }

  /** A slot that is used now, for the first and only time. */
  protected use(name: string, index: number): PlacedSlot {
    const slot = this.layout.find(name, index);
    if (!slot) throw this.#wrong(name, index, 'is not declared');
    if (this.#used[slot.stream]) throw this.#wrong(name, index, 'is used twice');
    this.#used[slot.stream] = true;
    this.#count++;
    return slot;
  }

  protected isUsed(slot: PlacedSlot): boolean {
    return this.#used[slot.stream] === true;
  }

  /** Every slot that `needed` says has to be used was used. */
  protected checkUsed(needed: (slot: PlacedSlot) => boolean): void {
    if (this.#count === this.layout.slots.length) return;
    const missing = this.layout.slots.find((slot) => needed(slot) && !this.isUsed(slot));
    if (missing) throw this.#wrong(missing.name, 0, 'is not used');
  }

  /** An array in the form of a slot. */
  protected arrayOf({ form, length, planes }: PlacedSlot): Arr {
    return form === 'ring'
      ? this.words(length)
      : form === 'bits'
        ? this.bits(length, planes)
        : this.bytes(length);
  }

  /** Material of another form than the one declared. */
  protected diverged(): TesseraError {
    return new TesseraError(
      'DIVERGED',
      `the dealer's material for gate ${this.gate} has another form: dealer and parties follow different programs`,
      { gate: this.gate },
    );
  }

  protected wrongForm({ name }: PlacedSlot): TesseraError {
    return this.#wrong(name, 0, 'has another length or form than it was declared with');
  }

  #wrong(slot: string, index: number, what: string): TesseraError {
    const place = index > 0 ? `[${index}]` : '';
    return new TesseraError('DIVERGED', `material of gate ${this.gate}: slot ${slot}${place} ${what}`, {
      gate: this.gate,
      slot,
    });
  }
}
