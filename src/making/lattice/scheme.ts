/**
 * @file BFV as far as two parties need it: encryption under the encrypting party's own key, and the other's answer, a sum of ciphertexts times
 * plain polynomials that is blinded, flooded and rounded. A ciphertext is (b, a) with b + a s = noise + message; a follows from a
 * seed and the ciphertext's number. All of it is kept number by number mod each prime, b and a transformed.
 *
 * Blinding is an encryption of zero under the encrypting party's public key: without it an answer's second half would be a known a times the
 * other's factor. The flood is uniform in 0 .. 2^flood times all that is rounded away: without it the noise would be a known e times that
 * factor. Both are part of the one function that makes answers; there is no way around them.
 */

import type { Bytes, RingArray } from '../../ring/array.ts';
import * as math from '../../ring/math/index.ts';
import { type Polynomials, packedBytes, packingRoom } from '../../ring/polynomials.ts';
import { inverse, mod, R, wordsOf } from './modular.ts';
import { CIPHER_PRIMES, type Setting } from './parameters.ts';
import type { Source } from './random-polynomials.ts';

/** The number of a public key; ciphertexts count from 1. */
const KEY = 0;

/** What a setting needs beyond keys: tables, constants and room. */
export class Scheme {
  readonly rows: Polynomials;
  readonly setting: Setting;
  readonly n: number;
  readonly primes: readonly number[];
  readonly tables: readonly RingArray[];
  /** 1 / n mod each prime, after a transform back; the same times 2^32, where a `dot` came before. */
  readonly scales: readonly number[];
  readonly dotScales: readonly number[];
  /** By the prime that is rounded away, then by each before it: 1 / dropped. */
  readonly #inverses: readonly (readonly number[])[];
  /** (p - 1) / 2, by prime: what rounds to the nearest. */
  readonly #halves: readonly RingArray[];
  /** Room for a polynomial as it is sent. */
  readonly wire: Bytes;
  readonly #held: (RingArray | Bytes)[] = [];

  constructor(rows: Polynomials, setting: Setting) {
    this.rows = rows;
    this.setting = setting;
    this.n = setting.n;
    this.primes = CIPHER_PRIMES.slice(0, setting.primes);
    const { n, primes } = this;
    this.wire = this.hold(rows.ring.bytes(packingRoom(n)));
    this.tables = primes.map((p) => this.hold(rows.tables(n, p)));
    this.scales = primes.map((p) => mod(inverse(BigInt(n), p), p));
    this.dotScales = primes.map((p) => mod(inverse(BigInt(n), p) * R, p));
    this.#inverses = primes.map((dropped, i) =>
      primes.slice(0, i).map((p) => mod(inverse(BigInt(dropped), p), p)),
    );
    this.#halves = primes.map((p, i) =>
      this.hold(wordsOf(rows.ring, i < setting.kept ? [] : new Uint32Array(n).fill((p - 1) / 2))),
    );
  }

  /** `count` polynomials, which live as long as the scheme. */
  alloc(count = 1): RingArray {
    return this.hold(this.rows.alloc(this.n, count));
  }

  /** Keeps an array as long as the scheme. */
  hold<A extends RingArray | Bytes>(a: A): A {
    this.#held.push(a);
    return a;
  }

  close(): void {
    for (const a of this.#held.splice(0)) this.rows.ring.release(a);
  }

  /** Polynomial i of an array. */
  at(a: RingArray, i: number): RingArray {
    return a.view(i * this.n, this.n);
  }

  /**
   * Takes an answer's primes off but those that are kept, with a mask that is uniform below each where `source` is given, else rounding to the
   * nearest. v: a polynomial, or `length` numbers of one, for each prime. scratch: twice as many.
   */
  round(v: RingArray, length: number, scratch: RingArray, source: Source | undefined): void {
    const { rows, primes, setting } = this;
    const part = (i: number): RingArray => v.view(i * length, length);
    const [left, mask] = [scratch.view(0, length), scratch.view(length, length)];
    for (let d = primes.length - 1; d >= setting.kept; d--) {
      const dropped = primes[d]!;
      source?.uniform(mask, dropped);
      rows.remainder(left, part(d), source ? mask : this.#halves[d]!.view(0, length), dropped);
      for (let i = 0; i < d; i++) rows.divide(part(i), left, this.#inverses[d]![i]!, dropped, primes[i]!);
    }
  }

  /** Adds the flood: the same numbers of -2^(flood - 1) .. 2^(flood - 1) mod each kept prime. */
  flood(v: RingArray, length: number, scratch: RingArray, source: Source): void {
    const { rows, primes, setting } = this;
    const width = math.pow2(setting.flood);
    const [drawn, lifted] = [scratch.view(0, length), scratch.view(length, length)];
    source.uniform(drawn, width);
    for (let i = 0; i < setting.kept; i++) {
      const p = primes[i]!;
      const part = v.view(i * length, length);
      rows.lift(lifted, drawn, width, p * Math.ceil(width / 2 / p));
      rows.addScaled(part, part, lifted, 1, p);
      rows.scale(part, part, 1, p);
    }
  }
}

/** A party's own key. */
export class OwnKey {
  readonly #scheme: Scheme;
  readonly #source: Source;
  readonly #common: Source;
  /** The secret, transformed, times 2^32: mod each prime. */
  readonly #secret: RingArray;
  readonly #noise: RingArray;
  /** The second half of the ciphertext at hand. */
  readonly #seconds: RingArray;
  #number = KEY;

  /** `source`: this party's own; `common`: of the seed that goes with its public key. */
  constructor(scheme: Scheme, source: Source, common: Source) {
    this.#scheme = scheme;
    this.#source = source;
    this.#common = common;
    const { rows, primes, tables } = scheme;
    this.#secret = scheme.alloc(primes.length);
    this.#noise = scheme.alloc();
    this.#seconds = scheme.alloc(primes.length);
    source.ternary(this.#noise);
    primes.forEach((p, i) => {
      const s = scheme.at(this.#secret, i);
      rows.addScaled(s, this.#noise, this.#noise, 0, p);
      rows.forward(s, tables[i]!, p);
      rows.scale(s, s, mod(R, p), p);
    });
  }

  /** Begins the next ciphertext, the public key first, which has number 0: its noise and second half. Returns its number. */
  begin(): number {
    this.#source.noise(this.#noise);
    this.#common.uniforms(this.#seconds, this.#scheme.primes, this.#number);
    return this.#number++;
  }

  /** Encrypts mod prime i: x, a message mod it (below 4p, not transformed), becomes b, below p. */
  encrypt(x: RingArray, i: number): void {
    const { rows, tables, primes } = this.#scheme;
    const p = primes[i]!;
    const a = this.#scheme.at(this.#seconds, i);
    rows.addScaled(x, this.#noise, x, 1, p);
    rows.forward(x, tables[i]!, p);
    rows.scale(x, x, 1, p);
    rows.dot(a, a, 0, this.#scheme.at(this.#secret, i), 0, 1, p);
    rows.subtract(x, x, a, p);
  }

  /** The public key, as it is sent. */
  publicKey(): Uint8Array<ArrayBuffer> {
    const { rows, primes, wire } = this.#scheme;
    const out = new Uint8Array(primes.length * packedBytes(this.#scheme.n));
    const zero = this.#scheme.alloc();
    let at = 0;
    this.begin();
    primes.forEach((_, i) => {
      rows.ring.zero(zero);
      this.encrypt(zero, i);
      at += rows.pack(out, at, zero, wire);
    });
    return out;
  }

  /** c, the second half of an answer mod kept prime i, becomes c s, below p. */
  decrypt(c: RingArray, i: number): void {
    const { rows, tables, primes, scales } = this.#scheme;
    const p = primes[i]!;
    rows.forward(c, tables[i]!, p);
    rows.dot(c, this.#scheme.at(this.#secret, i), 0, c, 0, 1, p);
    rows.backward(c, tables[i]!, p);
    rows.scale(c, c, scales[i]!, p);
  }
}

/** The other party's public key, and what makes answers to its ciphertexts. */
export class OtherKey {
  readonly scheme: Scheme;
  readonly #source: Source;
  readonly #common: Source;
  /** b and a of its public key, of each prime. */
  readonly b: RingArray;
  readonly a: RingArray;

  /** `source`: this party's own; `common`: of the other's seed; `key`: its public key as it was received. */
  constructor(scheme: Scheme, source: Source, common: Source, key: Uint8Array) {
    const { rows, primes, wire } = scheme;
    this.scheme = scheme;
    this.#source = source;
    this.#common = common;
    this.b = scheme.alloc(primes.length);
    this.a = scheme.alloc(primes.length);
    let at = 0;
    primes.forEach((p, i) => {
      at += rows.unpack(scheme.at(this.b, i), key, at, p, wire);
    });
    common.uniforms(this.a, scheme.primes, KEY);
  }

  /** The second half of its ciphertext with this number, mod prime i. */
  second(a: RingArray, number: number, i: number): void {
    this.#common.uniformOf(a, this.scheme.primes[i]!, number, i);
  }

  /** The same mod each prime. */
  seconds(a: RingArray, number: number): void {
    this.#common.uniforms(a, this.scheme.primes, number);
  }

  /** A blinding: its secret, and its noise. */
  blind(secret: RingArray, noise: RingArray): void {
    this.#source.ternary(secret);
    this.#source.noise(noise);
  }

  /** A mask: numbers uniform mod a plain prime. */
  mask(d: RingArray, t: number): void {
    this.#source.uniform(d, t);
  }

  /** The blinding's secret mod prime i, transformed: what the public key is multiplied by. */
  blinding(d: RingArray, secret: RingArray, i: number): void {
    const { rows, tables, primes } = this.scheme;
    rows.addScaled(d, secret, secret, 0, primes[i]!);
    rows.forward(d, tables[i]!, primes[i]!);
  }

  /** Both halves of an answer, transformed back: the second with the blinding's noise. */
  back(c: RingArray, i: number, noise: RingArray | undefined): void {
    const { rows, tables, primes, dotScales } = this.scheme;
    const p = primes[i]!;
    rows.backward(c, tables[i]!, p);
    if (noise) rows.addScaled(c, noise, c, dotScales[i]!, p);
    rows.scale(c, c, noise ? 1 : dotScales[i]!, p);
  }

  /** Floods and rounds an answer: c0, `length` numbers for each prime, and c1. What is kept comes first. scratch: two polynomials. */
  finish(c0: RingArray, length: number, c1: RingArray, scratch: RingArray): void {
    const { scheme } = this;
    scheme.round(c0, length, scratch, this.#source);
    scheme.flood(c0, length, scratch, this.#source);
    scheme.round(c1, scheme.n, scratch, undefined);
  }
}
