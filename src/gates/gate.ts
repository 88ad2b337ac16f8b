/**
 * @file What a gate is. A secret x is held as a public c = x + r (the same at every party) and additive shares
 * of the mask r, which the dealer knows (masked values: Turbospeedz, eprint 2019/080, section 3; ABY2.0, eprint
 * 2020/1225, section 3.1). Bits likewise, with xor for +.
 *
 * A gate stands in one file: `deal` makes its material from the masks alone, `eval` uses it on the masked values.
 */

import type { Dealing, Drawing } from '../dealer/material.ts';
import type { AnyArray as Arr, Bits, RingArray } from '../ring/array.ts';
import type { Pausable, Pause } from './pausable.ts';

/**
 * A value as somebody holds it. A party: c and its share r of the mask. The dealer: the whole mask r. A public
 * value: c alone, at parties and dealer alike.
 */
export interface Value {
  readonly c?: Arr;
  readonly r?: Arr;
}

export type GateAttrs = Readonly<Record<string, unknown>>;

/** An array that parties exchange in the next round. */
export interface Opening {
  /** On sending: this party's share. Afterwards: the sum of all shares (or what `from` sent). */
  readonly array: Arr;
  /** Bits on the wire per element of a Bytes array. */
  readonly width: number;
  /** Only this rank sends, and what it sends replaces the array. */
  readonly from?: number;
  /** Only these ranks receive. */
  readonly to?: readonly number[];
  /**
   * Computes the array from front to back where it is not there yet, and yields how many elements (planes of bits) are: a
   * long array leaves in parts while the rest is computed. The same lengths at every party, up to the whole; pauses anywhere.
   */
  readonly parts?: Iterable<number | Pause>;
  /** Work that needs nothing of this round, mostly draws of what comes next: done while messages travel. */
  readonly meanwhile?: () => void;
}

export type OpenOptions = Partial<Omit<Opening, 'array'>>;

/** A party's side of a gate: its material, and openings. */
export interface Party extends Drawing {
  /** Number of parties. */
  readonly parties: number;
  /** Exchanges one array in one round: `const c = yield* p.open(share)`. */
  open<T extends Arr>(array: T, options?: OpenOptions): Steps<T>;
  /** This party's own plaintext for an input gate, already encoded; undefined at the others. */
  input(name: number): Arr | undefined;
  /** Adds to this party's sum of what left the range at a site of the program. */
  note(site: number, share: number): void;
}

/** A protocol as a generator: every `yield` is one round, but for pauses of long work. */
export type Steps<T> = Generator<Pause | undefined, T, void>;

export interface Gate<A extends GateAttrs = GateAttrs> {
  /** Whether the dealer gives nothing for it, among that many parties. */
  needsNoDealer?(parties: number): boolean;
  /** Whether the dealer tells every party something: all of them wait for it. */
  readonly tells?: boolean;
  /** At once, or in stretches where it may take long. */
  deal(d: Dealing, ins: readonly Value[], attrs: A): Value[] | Pausable<Value[]>;
  eval(p: Party, ins: readonly Value[], attrs: A): Steps<Value[]>;
}

/** Opens an array; `work` is done while messages travel, and its result given beside the array. */
export function* openWhile<T extends Arr, R>(
  p: Party,
  array: T,
  work: () => R,
  options: OpenOptions = {},
): Steps<[opened: T, result: R]> {
  const results: R[] = [];
  const meanwhile = (): void => {
    results.push(work());
  };
  const opened = yield* p.open(array, { ...options, meanwhile });
  return [opened, results[0]!];
}

export const ringOf = (a: Arr | undefined): RingArray => a as RingArray;
export const bitsOf = (a: Arr | undefined): Bits => a as Bits;
