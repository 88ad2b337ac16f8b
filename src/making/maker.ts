/**
 * @file A party's side of one gate's material as two parties make it: it has its own shares of all masks, and puts its shares of what a
 * dealer would have shared. What it needs of the other party is asked for in batches: a generator yields a request, whose results are
 * there when it goes on. Requests of all gates that run at a time travel together (ir/run/making-run.ts).
 */

import { MaterialContext, PUBLIC_SEED, type SharedArray } from '../dealer/material-context.ts';
import { fits, type MaterialLayout, type PlacedSlot } from '../dealer/slots.ts';
import type { Value } from '../gates/gate.ts';
import type { Pause } from '../gates/pausable.ts';
import type { AnyArray as Arr, Bits, RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import { Prg } from '../ring/prg.ts';
import type { Ring } from '../ring/ring.ts';
import type { Transfer } from './chunks.ts';
import type { ProductRequest } from './cross-terms.ts';

/** What is to be made before a generator goes on. The same at both parties, but for the data. */
export interface Request {
  readonly transfers: readonly Transfer[];
  readonly products: readonly ProductRequest[];
}

/** Work of both parties. */
export type Making<T> = Generator<Request | Pause, T, unknown>;

/** Who makes: a party and its streams. */
export interface MakingRole {
  readonly ring: Ring;
  readonly field: Field;
  readonly rank: 0 | 1;
  /** Its own stream, whose seed nobody else has. */
  readonly prg: Prg;
  /** The stream that both have. */
  readonly common: Prg;
}

/** What both parties know of an operand's mask. */
export interface Operand {
  /** The same words have the same number. */
  readonly number: number;
  /** By rank: whether its share is zero by the program. */
  readonly zero: readonly [boolean, boolean];
}

export class Maker extends MaterialContext {
  readonly role: MakingRole;
  readonly rank: 0 | 1;
  /** Of each operand that has a mask. */
  readonly operands: readonly (Operand | undefined)[];
  readonly #shares: SharedArray[] = [];
  /** Masks of the gate's results, once they are known. */
  known: readonly Value[] | undefined;

  constructor(
    role: MakingRole,
    gate: number,
    layout: MaterialLayout,
    operands: readonly (Operand | undefined)[] = [],
  ) {
    super(role.ring, role.field, gate, layout);
    this.role = role;
    this.rank = role.rank;
    this.operands = operands;
  }

  /** Rank 0 adds public terms. */
  get first(): boolean {
    return this.rank === 0;
  }

  /** Says what the masks of the results are, as soon as they are drawn: whatever comes next need not wait for material. The same values. */
  outs(values: Value[]): Value[] {
    this.known = values;
    return values;
  }

  /** This party's share of a mask of words: its own stream, as its gate will draw it. */
  wordMask(name: string, index = 0): RingArray {
    return this.mask(name, index) as RingArray;
  }

  /** The same of bits. */
  bitMask(name: string, index = 0): Bits {
    return this.mask(name, index) as Bits;
  }

  /** Masks of so many answers of a gate (gates/answers.ts). */
  answers(count: number): { readonly r: Bits }[] {
    return Array.from({ length: count }, (_, i) => ({ r: this.bitMask('answers', i) }));
  }

  mask(name: string, index = 0): Arr {
    const slot = this.use(name, index);
    const dst = this.arrayOf(slot);
    if (slot.kind === 'ownMask' && slot.owner !== this.rank) {
      this.ring.zero(dst);
      dst.zero = true;
    } else {
      const known = slot.kind === 'publicMask' || slot.kind === 'publicCoins';
      (known ? new Prg(this.ring, PUBLIC_SEED) : this.role.prg).fill(dst, this.gate, slot.stream);
    }
    return dst;
  }

  /** Puts this party's share of a slot, and gives it up. */
  share(name: string, array: Arr, index = 0): void {
    const slot = this.use(name, index);
    if (!fits(slot, array)) throw this.wrongForm(slot);
    this.#shares[this.#placeOf(slot)!] = {
      array: this.handOver(array),
      length: slot.size,
      width: slot.width,
    };
  }

  /** Puts a share that stays the caller's. */
  shareCopy(name: string, array: Arr, index = 0): void {
    const copy =
      array.kind === 'ring' ? this.words(array.length) : this.bits(array.length, (array as Bits).planes);
    this.ring.copy(copy, array);
    this.share(name, copy, index);
  }

  /**
   * Adds a sharing of zero, drawn from the common stream of a slot's number, to words. Shares of a product of what one party has lie all
   * at that party; shifted where they lie, a negative number would be a large one.
   */
  refresh(words: RingArray, name: string): void {
    const { stream } = this.layout.find(name, 0) as PlacedSlot;
    const zero = this.words(words.length);
    this.role.common.fill(zero, this.gate, stream);
    if (this.first) this.ring.add(words, words, zero);
    else this.ring.sub(words, words, zero);
    this.drop(zero);
  }

  /** This party's shares for its half of the gate: whoever takes an array frees it. */
  get shares(): readonly SharedArray[] {
    return this.#shares;
  }

  /** Where a slot is among what this party is given. */
  #placeOf({ toFirst, toOthers }: PlacedSlot): number | undefined {
    return this.first ? toFirst : toOthers;
  }

  /** Frees all that it holds: the gate is given up. */
  abandon(): void {
    for (const chunk of this.#shares) if (chunk) this.ring.release(chunk.array);
    super.end();
  }

  /** Asserts that every slot that has to be made was. Masks that no share depends on are not drawn. */
  override end(keep: Iterable<Arr> = []): void {
    this.checkUsed((slot) => this.#placeOf(slot) !== undefined);
    super.end(keep);
  }
}

/** Runs work of both parties side by side: what they ask for travels together. */
export function* together<T>(works: readonly Making<T>[]): Making<T[]> {
  const results: T[] = [];
  let running = works.map((work, i) => ({ work, i }));
  while (running.length > 0) {
    const transfers: Transfer[] = [];
    const products: ProductRequest[] = [];
    const left: typeof running = [];
    for (const entry of running) {
      let next = entry.work.next();
      while (!next.done && next.value === 'pause') next = entry.work.next();
      if (next.done) results[entry.i] = next.value;
      else {
        const asked = next.value as Request;
        transfers.push(...asked.transfers);
        products.push(...asked.products);
        left.push(entry);
      }
    }
    running = left;
    if (transfers.length + products.length > 0) yield { transfers, products };
  }
  return results;
}
