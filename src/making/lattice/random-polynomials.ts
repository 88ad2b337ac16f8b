/** @file Random polynomials from a seed: the sender's own, from the platform's source, or one that both parties know. */

import type { Bytes, RingArray } from '../../ring/array.ts';
import type { Polynomials } from '../../ring/polynomials.ts';
import { Prg } from '../../ring/prg.ts';

/** Random bytes for n numbers of which a few are refused; that more are wanted happens once in 2^40. */
const bytesFor = (n: number, each: number): number => Math.ceil((n * each * 33) / 32 / 64 + 8) * 64;

export class Source {
  readonly #rows: Polynomials;
  readonly #prg: Prg;
  readonly #room: Bytes;
  #next = 0;

  /** For up to `count` polynomials of n numbers at once. */
  constructor(rows: Polynomials, seed: Uint8Array, n: number, count: number) {
    this.#rows = rows;
    this.#prg = new Prg(rows.ring, seed);
    this.#room = rows.ring.bytes(Math.max(bytesFor(n, 4) * count, 6 * n));
  }

  close(): void {
    this.#rows.ring.release(this.#room);
  }

  /** Numbers uniform mod p. */
  uniform(d: RingArray, p: number): void {
    this.#stretch(d, bytesFor(d.length, 4), this.#next++, 0, this.#uniform(p));
  }

  /** Polynomials, one mod each prime: those of this number. */
  uniforms(d: RingArray, primes: readonly number[], stream: number): void {
    const n = d.length / primes.length;
    const bytes = bytesFor(n, 4);
    const all = this.#room.view(0, bytes * primes.length);
    this.#prg.fill(all, stream, 0);
    primes.forEach((p, i) => {
      const use = this.#uniform(p);
      const one = d.view(i * n, n);
      this.#more(one, bytes, stream, i, use, use(one, all.view(i * bytes, bytes)));
    });
  }

  /** One of them: the one mod prime i. */
  uniformOf(d: RingArray, p: number, stream: number, i: number): void {
    this.#stretch(d, bytesFor(d.length, 4), stream, i, this.#uniform(p));
  }

  /** -1, 0 and 1. */
  ternary(d: RingArray): void {
    this.#stretch(d, bytesFor(d.length, 1), this.#next++, 0, (rest, room) =>
      this.#rows.ternary(rest, room, rest.length),
    );
  }

  /** Small numbers of variance 12. */
  noise(d: RingArray): void {
    const room = this.#room.view(0, 6 * d.length);
    this.#prg.fill(room, this.#next++, 0);
    this.#rows.noise(d, room);
  }

  /** Words of a ring. */
  words(d: RingArray): void {
    this.#prg.fill(d, this.#next++, 0);
  }

  #uniform(p: number): Use {
    return (rest, room) => this.#rows.uniform(rest, room, rest.length, p);
  }

  /** Fills d from stretch i of a stream. */
  #stretch(d: RingArray, bytes: number, stream: number, i: number, use: Use): void {
    const room = this.#room.view(0, bytes);
    this.#prg.fill(room, stream, 0, i * bytes);
    this.#more(d, bytes, stream, i, use, use(d, room));
  }

  /** Draws again what was missing. */
  #more(d: RingArray, bytes: number, stream: number, i: number, use: Use, have: number): void {
    const room = this.#room.view(0, bytes);
    for (let [done, draw] = [have, 1]; done < d.length; draw++) {
      this.#prg.fill(room, stream, draw, i * bytes);
      done += use(d.view(done, d.length - done), room);
    }
  }
}

/** Fills a part of `rest`: how many numbers. */
type Use = (rest: RingArray, room: Bytes) => number;
