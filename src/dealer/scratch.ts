/** @file Arrays that live as long as one gate or local op: all are freed at its end but those that it returns. */

import type { AnyArray as Arr, Bits, Bytes, RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import type { Ring } from '../ring/ring.ts';

export class Scratch {
  readonly ring: Ring;
  readonly field: Field;
  #held = new Set<Arr>();

  constructor(ring: Ring, field: Field) {
    this.ring = ring;
    this.field = field;
  }

  words(n: number): RingArray {
    return this.#hold(this.ring.alloc(this.field, n));
  }

  bits(n: number, planes = 1): Bits {
    return this.#hold(this.ring.bits(n, planes));
  }

  bytes(n: number): Bytes {
    return this.#hold(this.ring.bytes(n));
  }

  /** A one-element array with the signed integer `value` (|value| < 2^53 or a power of two in range). */
  scalar(value: number): RingArray {
    const s = this.words(1);
    this.ring.encode(s, Float64Array.of(value), 0);
    return s;
  }

  /** Takes over an array that somebody else has made. */
  adopt(a: Arr): void {
    this.#hold(a);
  }

  /** The array, which whoever gets it has to free. */
  handOver<T extends Arr>(a: T): T {
    this.#held.delete(a);
    return a;
  }

  /** Frees a temporary before the end. */
  drop(...arrays: Arr[]): void {
    for (const a of arrays) if (this.#held.delete(a)) this.ring.release(a);
  }

  /** Frees every temporary but those in `keep`, whose ownership passes to the caller. */
  end(keep: Iterable<Arr> = []): void {
    for (const a of keep) this.#held.delete(a);
    for (const a of this.#held) this.ring.release(a);
    this.#held.clear();
  }

  #hold<T extends Arr>(a: T): T {
    this.#held.add(a);
    return a;
  }
}
