/**
 * @file What a gate is. A secret x is held as a public c = x + r (the same at every party) and additive shares
 * of the mask r, which the dealer knows (masked values: Turbospeedz, eprint 2019/080, section 3; ABY2.0, eprint
 * 2020/1225, section 3.1). Bits likewise, with xor for +.
 *
 * A gate stands in one file: `slots` declares its material (dealer/slots.ts), `deal` fills it from the masks alone, `eval` uses it on
 * the masked values. tsc refuses a slot that only one half uses: a half's type says which slots it uses.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import type { PartyContext } from '../dealer/party-context.ts';
import { MaterialLayout, type SlotNames, type SlotTable, type UsedNames } from '../dealer/slots.ts';
import { fail } from '../errors.ts';
import type { AnyArray as Arr, Bits, RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import type { MadeEnds } from './open-truncate.ts';
import type { Pausable, Pause } from './pausable.ts';

/**
 * A value as a party or the dealer holds it. A party: c and its share r of the mask. The dealer: the whole mask r. A public
 * value: c alone, at parties and dealer alike.
 */
export interface Value {
  readonly c?: Arr;
  readonly r?: Arr;
}

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
   * long array leaves in ranges while the rest is computed. The same lengths at every party, up to the whole; pauses anywhere.
   */
  readonly compute?: Iterable<number | Pause>;
  /** Work that needs nothing of this round, mostly streams of what comes next: done while messages travel. */
  readonly meanwhile?: () => void;
}

/** U: the slots that `compute` uses. */
export interface OpenOptions<U = never> extends Partial<Omit<Opening, 'array' | 'compute'>> {
  readonly compute?: Iterable<number | Pause | U>;
}

/** A private input of the program by its number, or a part of it. */
export interface PrivateInput {
  readonly name: number;
  readonly length: number;
  readonly from?: number;
}

/** A party's side of a gate: its material, and openings. */
export interface Party<S extends object = SlotTable> extends PartyContext<S> {
  /** Number of parties. */
  readonly parties: number;
  /** Set where two parties have made the material without a dealer: how gates open and truncate then. */
  readonly made: MadeEnds | undefined;
  /** Exchanges one array in one round: `const c = yield* p.open(share)`. */
  open<T extends Arr, U = never>(array: T, options?: OpenOptions<U>): Steps<T, U>;
  /** This party's own plaintext for an input gate, encoded; undefined at the others. */
  input(which: PrivateInput): Arr | undefined;
  /** Adds to this party's share of the range guard's sum for a site of the program. */
  note(site: number, share: number): void;
}

/** A protocol as a generator: every `yield` is one round, but for pauses of long work. U: the slots that it uses. */
export type Steps<T, U = never> = Generator<Pause | undefined | U, T, void>;

/** One operand of a gate, without its values. */
export interface Operand {
  readonly kind: 'ring' | 'bits';
  readonly length: number;
  readonly secret: boolean;
}

/** What a gate's material depends on, beside its attributes. */
export interface Shapes {
  readonly field: Field;
  readonly parties: number;
  readonly ins: readonly Operand[];
  /** Two parties make it between them, without a dealer. */
  readonly made?: boolean | undefined;
}

/** A gate, whatever its slots. */
export interface Gate<A> {
  /** Whether the dealer broadcasts some of its material to every party. */
  readonly broadcasts: boolean;
  slots(shapes: Shapes, attrs: A): SlotTable;
  /** Yields pauses where it may take long. */
  deal(d: DealerContext, ins: readonly Value[], attrs: A): Pausable<Value[]>;
  eval(p: Party, ins: readonly Value[], attrs: A): Steps<Value[]>;
}

/** A gate with the types of its slots. X, Y: what its halves yield, which names the slots that they use. */
interface Halves<A, S extends object, X, Y> {
  readonly broadcasts?: boolean;
  slots(shapes: Shapes, attrs: A): S;
  deal(d: DealerContext<S>, ins: readonly Value[], attrs: A): Generator<X, Value[], unknown>;
  eval(p: Party<S>, ins: readonly Value[], attrs: A): Generator<Y, Value[], void>;
}

/** Kinds of slots that no dealer has to fill. */
type DrawnByParties = 'publicCoins' | 'refresh' | 'ownBits' | 'entryPads' | 'chosenPads';

/** A gate, or what tsc shows in its place: the slots that a half does not use. */
type Checked<A, S, X, Y> = [
  Exclude<keyof S, UsedNames<X> | SlotNames<S, DrawnByParties>>,
  Exclude<keyof S, UsedNames<Y>>,
] extends [never, never]
  ? Gate<A>
  : {
      readonly 'slots that deal does not use': Exclude<keyof S, UsedNames<X> | SlotNames<S, DrawnByParties>>;
      readonly 'slots that eval does not use': Exclude<keyof S, UsedNames<Y>>;
    };

/** Defines a gate. Its type is no gate if one of the halves does not use a slot. */
export const gate = <A, S extends object, X, Y>(halves: Halves<A, S, X, Y>): Checked<A, S, X, Y> =>
  ({ ...halves, broadcasts: halves.broadcasts === true }) as unknown as Checked<A, S, X, Y>;

/** The material of one gate. */
export const layoutOf = <A>(of: Gate<A>, shapes: Shapes, attrs: A): MaterialLayout => {
  const layout = new MaterialLayout(shapes.field, of.slots(shapes, attrs), shapes.made);
  if (layout.toOthers > 0 && !of.broadcasts && !layout.made)
    fail('INVALID_ARGUMENT', 'a gate with broadcast slots has to say that it broadcasts');
  return layout;
};

/** Opens an array; `work` is done while messages travel, and its result given beside the array. */
export function* openWhile<T extends Arr, W, R, U = never>(
  p: Pick<Party, 'open'>,
  array: T,
  work: () => Iterable<W> & { [Symbol.iterator](): Iterator<W, R, unknown> },
  options: OpenOptions<U> = {},
): Steps<[opened: T, result: R], U | W> {
  const results: R[] = [];
  const meanwhile = (): void => {
    // It uses slots, and has nothing to yield.
    const { value } = work()[Symbol.iterator]().next();
    results.push(value as R);
  };
  const opened = yield* p.open(array, { ...options, meanwhile });
  return [opened, results[0]!];
}

export const ringOf = (a: Arr | undefined): RingArray => a as RingArray;
export const bitsOf = (a: Arr | undefined): Bits => a as Bits;
