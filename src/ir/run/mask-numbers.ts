/**
 * @file Masks by number, where two parties make their material: those of the same words have the same number, and which party's share is
 * nothing but zeros is known too. Both follow from the graph alone, so that both parties find the same.
 */

import type { AnyArray as Arr } from '../../ring/array.ts';
import type { Node } from '../ops/graph.ts';
import type { Kept, MaskStream } from './mask-stream.ts';
import { type Entry, isTensor } from './store.ts';

/** By rank: whether its share is zero by the program. */
type Zeros = readonly [boolean, boolean];

export interface MaskNumber {
  readonly number: number;
  readonly zero: Zeros;
}

/** Moves that are remembered. */
const MOST_MOVED = 1 << 14;

const NEITHER: Zeros = [false, false];

/** Ops that move words, and do nothing else: what they make of the same words is the same again. */
const MOVES: ReadonlySet<string> = new Set(['view', 'concat']);

const holderOf = ({ stream, r }: Kept): MaskStream | Arr | undefined => stream ?? r;

export class MaskNumbers {
  readonly #known = new WeakMap<object, MaskNumber>();
  /** Numbers of what was moved, by op and operands: the batches of a training are the same in every pass. */
  readonly #moved = new Map<string, number>();
  #next = 0;

  /** The mask of a value; undefined where it has none. */
  of(entry: Entry): MaskNumber | undefined {
    const holder = isTensor(entry) ? undefined : holderOf(entry);
    return holder && (this.#known.get(holder) ?? this.#fresh(holder, NEITHER));
  }

  /** What an input gate gives: a mask of its owner. */
  ofOwner(entry: Entry, owner: number): void {
    const holder = isTensor(entry) ? undefined : holderOf(entry);
    if (holder) this.#fresh(holder, [owner !== 0, owner !== 1]);
  }

  /** What a local op gives. */
  derived(node: Node, ins: readonly Entry[], [out]: readonly Entry[]): void {
    const holder = out && !isTensor(out) ? holderOf(out) : undefined;
    if (!holder || this.#known.has(holder)) return;
    const from = ins.map((x) => this.of(x));
    const secret = from.filter((x) => x !== undefined);
    const zero: Zeros = [secret.every((x) => x.zero[0]), secret.every((x) => x.zero[1])];
    if (!MOVES.has(node.op) || secret.length < ins.length) {
      this.#fresh(holder, zero);
      return;
    }
    const key = `${node.op} ${secret.map((x) => x.number)} ${JSON.stringify(node.attrs)}`;
    const number = this.#moved.get(key) ?? this.#next++;
    // The one used last is the last one.
    this.#moved.delete(key);
    this.#moved.set(key, number);
    if (this.#moved.size > MOST_MOVED)
      for (const oldest of this.#moved.keys()) {
        this.#moved.delete(oldest);
        break;
      }
    this.#known.set(holder, { number, zero });
  }

  #fresh(holder: object, zero: Zeros): MaskNumber {
    const made = { number: this.#next++, zero };
    this.#known.set(holder, made);
    return made;
  }
}
