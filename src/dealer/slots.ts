/**
 * @file Material by name. A gate declares its slots, each an array of correlated randomness: what it is (kind), its form and its
 * length, as a function of the shapes and attributes alone. The dealer's half fills the slots by name, the parties' half reads them
 * by name, and PRG streams and corrections are numbered by the declaration, whatever the order of the calls.
 *
 * A declaration needs no data, no mask and no seed. So the bytes of preprocessing are known before a program runs, and a third
 * half may make the same slots without a dealer, asynchronously and in bulk: all requests of a window of a program can be
 * collected by kind before the first of them is answered, and each answer belongs to a gate, a slot and an index. The kinds of dealt
 * slots are therefore the correlations that two parties can make by themselves, not what the dealer happens to compute.
 */

import type { AnyArray as Arr, Bits, Bytes, RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';

/** Slots that every party fills from its own stream: nothing is sent for them. */
export type StreamKind =
  /** The sum (xor) of all parties' streams: a mask that nobody chose. */
  | 'mask'
  /** The stream of one party, `owner`: the others hold a share of zero. */
  | 'ownMask'
  /** A stream that everybody knows, used as a mask of a public value. */
  | 'publicMask'
  /** A stream that everybody knows; the dealer has no use for it. */
  | 'publicCoins'
  /** With a dealer a mask; where two parties make their material, shares of the product of two masks. */
  | 'pad'
  /** With a dealer a mask; where two parties make their material, a sharing of zero from a stream that both know. */
  | 'refresh'
  /** A mask that only made material needs. */
  | 'ownBits';

/** Slots that are secret-shared: rank 0 is sent a correction, the others use their streams. */
export type SharedKind =
  /** A sharing of zero. */
  | 'zero'
  /** Products of masks, of matrices too, under a mask. */
  | 'product'
  /** A mask, shifted or scaled by public numbers; where shares are shifted where they lie, the mask of the result. */
  | 'truncation'
  /** A stretch of a mask's bits as a number. */
  | 'residue'
  /** Whether a mask's two shares wrap: its top bit, as a word. */
  | 'wrap'
  /** Bits of a mask as they are. */
  | 'maskBits'
  /** A masked bit's mask as a word, and that times words. */
  | 'bitTimes'
  /** ANDs of bits of masks. */
  | 'bitProducts'
  /** One-hot codes of small digits of a mask: 1-of-2^m choices. */
  | 'digitCodes'
  /** A row per value of an index, of which one holds a payload. */
  | 'table'
  /** Functions of a mask that factor over its shares: sines and cosines. */
  | 'function'
  /** Masks after a permutation. */
  | 'permuted'
  /** Words that are rotated by a mask. */
  | 'rotations'
  /** Made only: the owner's pads of all 16 entries of choices. To the other rank it is room for what is sent under them. */
  | 'entryPads'
  /** Made only: the pads of the entries that the other rank chooses by its digits. To the owner it is a mask for what is chosen. */
  | 'chosenPads';

/** Sent to every party as it is: correction words of function secret sharing. */
export type BroadcastKind = 'fssKeys';

export type SlotKind = StreamKind | SharedKind | BroadcastKind;
export type SlotForm = 'ring' | 'bits' | 'bytes';

export interface Slot<K extends SlotKind = SlotKind, F extends SlotForm = SlotForm> {
  readonly kind: K;
  readonly form: F;
  /** Elements. */
  readonly length: number;
  /** Planes of bits; 1 for other forms. */
  readonly planes: number;
  /** Bits of an element of bytes on the wire. */
  readonly width: number;
  /** Whose stream it is, of kind `ownMask`; who has the entries, of choices. */
  readonly owner?: number | undefined;
}

/** Slots by name. A list is used by index; what is undefined is not needed for these attributes. */
export interface SlotTable {
  readonly [name: string]: Slot | readonly Slot[] | undefined;
}

/** `length` ring words. */
export const words = <K extends SlotKind>(kind: K, length: number): Slot<K, 'ring'> => ({
  kind,
  form: 'ring',
  length,
  planes: 1,
  width: 8,
});

/** `planes` planes of `length` bits. */
export const bits = <K extends SlotKind>(kind: K, length: number, planes = 1): Slot<K, 'bits'> => ({
  kind,
  form: 'bits',
  length,
  planes,
  width: 8,
});

/** `length` numbers of `width` bits, one a byte in memory. */
export const bytes = <K extends SlotKind>(kind: K, length: number, width = 8): Slot<K, 'bytes'> => ({
  kind,
  form: 'bytes',
  length,
  planes: 1,
  width,
});

/** Kinds of slots that are one party's. */
type OwnedKind = 'ownMask' | 'entryPads' | 'chosenPads';

/** A slot of one party. */
export const ofOwner = <K extends OwnedKind, F extends SlotForm>(
  owner: number,
  slot: Slot<K, F>,
): Slot<K, F> => ({
  ...slot,
  owner,
});

/** A slot, or one of a list. */
type One<T> = T extends readonly (infer E)[] ? E : NonNullable<T>;

/** Names of slots of some kinds. */
export type SlotNames<S, K extends SlotKind> = string &
  { [N in keyof S]: One<S[N]> extends Slot<infer J> ? (J extends K ? N : never) : never }[keyof S];

/** The array that a slot is. */
export type SlotArray<T> =
  One<T> extends Slot<SlotKind, infer F> ? { ring: RingArray; bits: Bits; bytes: Bytes }[F] : never;

declare const used: unique symbol;

/** In the type of what a generator yields: the generator uses slot N. Nothing of the kind is yielded when it runs. */
export interface Uses<N extends string> {
  readonly [used]: N;
}

/** The names of slots that a generator uses, by the type of what it yields. */
export type UsedNames<Y> = Y extends Uses<infer N> ? N : never;

/** A slot's value. `yield*` gives it, and puts the slot's name into the type of the generator. */
export class SlotUse<N extends string, T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  [Symbol.iterator](): Iterator<Uses<N>, T, unknown> {
    return { next: () => ({ done: true, value: this.#value }) };
  }
}

/** A slot with the place of its stream and of its correction. */
export interface PlacedSlot extends Slot {
  readonly name: string;
  /** Number of its stream in the gate. */
  readonly stream: number;
  /** Place among what rank 0 is sent for the gate, and among what the others are; undefined if nothing is. */
  readonly toFirst: number | undefined;
  readonly toOthers: number | undefined;
  /** Bytes of its correction on a wire. */
  readonly size: number;
}

type Sent = 'none' | 'first' | 'others' | 'all';

/** Who is sent something by a dealer. */
const SENT: Readonly<Record<SlotKind, Sent>> = {
  mask: 'none',
  ownMask: 'none',
  publicMask: 'none',
  publicCoins: 'none',
  pad: 'none',
  refresh: 'none',
  ownBits: 'none',
  zero: 'first',
  product: 'first',
  truncation: 'first',
  residue: 'first',
  wrap: 'first',
  maskBits: 'first',
  bitTimes: 'first',
  bitProducts: 'first',
  digitCodes: 'first',
  table: 'first',
  function: 'first',
  permuted: 'first',
  rotations: 'first',
  entryPads: 'none',
  chosenPads: 'none',
  fssKeys: 'all',
};

/** Of made material each party has a share that is made; these are the streams of a party all the same. */
const OWN: ReadonlySet<SlotKind> = new Set<SlotKind>([
  'mask',
  'ownMask',
  'publicMask',
  'publicCoins',
  'refresh',
  'ownBits',
  'zero',
  'product',
  'truncation',
]);

/** What one party alone is given of made material, by the rank of the owner. */
const ONE: Readonly<Partial<Record<SlotKind, readonly [Sent, Sent]>>> = {
  entryPads: ['first', 'others'],
  chosenPads: ['others', 'first'],
};

const sentFor = ({ kind, owner }: Slot, made: boolean): Sent =>
  made ? (OWN.has(kind) ? 'none' : (ONE[kind]?.[owner ?? 0] ?? 'all')) : SENT[kind];

const wireSize = (field: Field, { form, length, planes, width }: Slot): number => {
  if (form === 'bits') return planes * Math.ceil(length / 8);
  return form === 'ring' ? length * field.bytes : Math.ceil((length * width) / 8);
};

const isList = (slot: Slot | readonly Slot[]): slot is readonly Slot[] => Array.isArray(slot);

/** A declaration laid out for one gate of one shape: streams and corrections are numbered in the order of the declaration. */
export class MaterialLayout {
  readonly slots: readonly PlacedSlot[];
  /** Corrections that rank 0 is sent, and broadcasts that the other ranks are sent. */
  toFirst: number;
  toOthers: number;
  /** Their bytes, without headers: to rank 0, and to each of the others. */
  bytesToFirst: number;
  bytesToOthers: number;
  /** Whether two parties make it, without a dealer. */
  readonly made: boolean;
  /** By name: the place of its first slot, and the place after its last one. They are few: a search is faster than a map. */
  readonly #names: string[] = [];
  readonly #ends: number[] = [];

  constructor(field: Field, table: SlotTable, made = false) {
    this.made = made;
    const slots: PlacedSlot[] = [];
    this.slots = slots;
    [this.toFirst, this.toOthers, this.bytesToFirst, this.bytesToOthers] = [0, 0, 0, 0];
    for (const name of Object.keys(table)) {
      const declared = table[name];
      if (declared === undefined) continue;
      if (isList(declared)) for (const slot of declared) this.#place(field, slots, name, slot);
      else this.#place(field, slots, name, declared);
      this.#names.push(name);
      this.#ends.push(slots.length);
    }
  }

  /** A slot; undefined if it is not declared. */
  find(name: string, index: number): PlacedSlot | undefined {
    const at = this.#names.indexOf(name);
    if (at < 0 || !(index >= 0)) return undefined;
    const place = (at === 0 ? 0 : this.#ends[at - 1]!) + index;
    return place < this.#ends[at]! ? this.slots[place] : undefined;
  }

  #place(field: Field, slots: PlacedSlot[], name: string, slot: Slot): void {
    const { kind, form, length, planes, width, owner } = slot;
    const sent = sentFor(slot, this.made);
    const [toFirst, toOthers] = [sent === 'first' || sent === 'all', sent === 'others' || sent === 'all'];
    const size = sent === 'none' ? 0 : wireSize(field, slot);
    slots.push({
      kind,
      form,
      length,
      planes,
      width,
      owner,
      name,
      stream: slots.length,
      toFirst: toFirst ? this.toFirst++ : undefined,
      toOthers: toOthers ? this.toOthers++ : undefined,
      size,
    });
    if (toFirst) this.bytesToFirst += size;
    if (toOthers) this.bytesToOthers += size;
  }
}

/** Whether an array has the form that a slot was declared with. */
export const fits = (slot: Slot, a: Arr): boolean =>
  a.kind === slot.form && a.length === slot.length && (a.kind !== 'bits' || a.planes === slot.planes);
