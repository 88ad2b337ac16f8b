/**
 * @file Products element by element: numbers stand in slots, so that a product of two polynomials is n products mod a plain prime t.
 *
 * Words mod 2^k become products mod P = t_1 .. t_m > 2^(2k + 39): one factor is taken as X = (x P - rest) / 2^k, where rest is x P mod 2^k,
 * signed, and X y 2^k / P is x y but for less than 2^-39. Shares mod P are taken to shares mod 2^k by rounding each (as in the Cheetah backend
 * of SPU): together they miss by one with a chance below 2^-40.
 *
 * Narrow factors, whose products are numbers below 2^b, take fewer primes: P > 2^(b + 41). They are not scaled, and shares mod P become shares
 * mod 2^k as they are, between -P / 2 and P / 2: they miss by P with a chance below 2^-40.
 */

import type { RingArray } from '../../ring/array.ts';
import type { Field } from '../../ring/field.ts';
import { FRACTION_LIMBS, packedBytes } from '../../ring/polynomials.ts';
import { inverse, joinWeights, limbsOf, mod, productOf, reduceWeights, wordsOf } from './modular.ts';
import { PLAIN_PRIMES } from './parameters.ts';
import type { OtherKey, OwnKey, Scheme } from './scheme.ts';

/** A factor of the other party's as it was received, and this party's words to multiply it by. */
export interface SlotTerm {
  readonly cipher: Uint8Array;
  /** Number of its first ciphertext. */
  readonly number: number;
  readonly plain: RingArray;
}

/** Terms of one answer: x_0 y_1 and x_1 y_0. */
const MOST = 2;

export class Slots {
  readonly field: Field;
  readonly n: number;
  /** Ciphertexts of one factor: one for each plain prime. */
  readonly ciphertexts: number;
  readonly cipherBytes: number;
  readonly answerBytes: number;
  readonly #scheme: Scheme;
  readonly #plain: readonly PlainPrime[];
  /** P mod 2^k, where factors are scaled by it. */
  readonly #product: RingArray | undefined;
  readonly #joins: RingArray;
  /** Of narrow factors: what counts how often P is to be taken off. */
  readonly #counts: RingArray | undefined;
  readonly #words: RingArray;
  readonly #planes: RingArray;
  readonly #parts: RingArray;
  /** Polynomials: two of scratch, then the rest of an answer's. */
  readonly #scratch: RingArray;
  readonly #factors: RingArray;
  readonly #halves: readonly [RingArray, RingArray];
  readonly #results: readonly [RingArray, RingArray];
  readonly #polynomials: RingArray;
  readonly #seconds: readonly RingArray[];

  /** `count`: the primes of narrow factors; all of the field's, where they are as wide as it. */
  constructor(scheme: Scheme, field: Field, count = PLAIN_PRIMES[field.name].length) {
    const narrow = count < PLAIN_PRIMES[field.name].length;
    const primes = PLAIN_PRIMES[field.name].slice(0, count);
    const product = productOf(primes);
    const { rows, n, setting } = scheme;
    const { ring } = rows;
    this.field = field;
    this.n = n;
    this.#scheme = scheme;
    this.ciphertexts = primes.length;
    this.cipherBytes = primes.length * scheme.primes.length * packedBytes(n);
    this.answerBytes = primes.length * setting.kept * 2 * packedBytes(n);
    this.#plain = primes.map((t) => plainPrime(scheme, field, t, product, narrow));
    const hold = (values: ArrayLike<bigint>): RingArray => scheme.hold(wordsOf(ring, values));
    if (narrow) {
      const parts = primes.map((t) => product / BigInt(t));
      this.#joins = hold([...parts, -product].flatMap((v) => wholeWeight(field.bits, v)));
      this.#counts = hold(primes.flatMap((t) => limbsOf((1n << FRACTION) / BigInt(t), FRACTION_LIMBS + 1)));
    } else {
      this.#joins = hold(joinWeights(field.bits, primes, FRACTION_LIMBS));
      this.#product = scheme.hold(ring.alloc(field, 1));
      ring.u8(this.#product).forEach((_, i, bytes) => {
        bytes[i] = Number((product >> BigInt(8 * i)) & 255n);
      });
    }
    this.#words = scheme.hold(ring.alloc(field, n));
    this.#planes = scheme.alloc((MOST * field.bits) / 32);
    this.#parts = scheme.alloc(primes.length + 1);
    this.#scratch = scheme.alloc(2);
    this.#factors = scheme.alloc(MOST + 1);
    this.#halves = [scheme.alloc(MOST + 1), scheme.alloc(MOST + 1)];
    this.#results = [scheme.alloc(setting.primes), scheme.alloc(setting.primes)];
    this.#polynomials = scheme.alloc(MOST + 3);
    this.#seconds = Array.from({ length: MOST }, () => scheme.alloc(setting.primes));
  }

  /** Encrypts n words, as `ciphertexts` ciphertexts of the key. */
  encrypt(own: OwnKey, x: RingArray): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.cipherBytes);
    const { rows, primes } = this.#scheme;
    const message = this.#polynomial(0);
    const room = this.#polynomial(1);
    const planes = this.#planesOf(0);
    if (this.#product) rows.ring.mulScalar(this.#words, x, this.#product);
    rows.split(planes, this.#product ? this.#words : x);
    let at = 0;
    for (const { t, table, scaled, messageScale, lifts } of this.#plain) {
      own.begin();
      rows.reduce(message, planes, scaled, t);
      rows.backward(message, table, t);
      rows.scale(message, message, messageScale, t);
      primes.forEach((p, i) => {
        rows.scale(room, message, lifts[i]!, p);
        own.encrypt(room, i);
        at += rows.pack(out, at, room, this.#scheme.wire);
      });
    }
    return out;
  }

  /** The answer to up to two factors: the sum of their products with this party's words, whose share is `share`. */
  answer(other: OtherKey, terms: readonly SlotTerm[], share: RingArray): Uint8Array<ArrayBuffer> {
    const { rows } = this.#scheme;
    const out = new Uint8Array(this.answerBytes);
    terms.forEach(({ plain }, k) => {
      rows.split(this.#planesOf(k), plain);
    });
    let at = 0;
    for (let i = 0; i < this.#plain.length; i++) at += this.#answer(other, terms, i, out, at);
    this.#join(share);
    return out;
  }

  /** The part of an answer mod a plain prime. */
  #answer(
    other: OtherKey,
    terms: readonly SlotTerm[],
    which: number,
    out: Uint8Array,
    start: number,
  ): number {
    const scheme = this.#scheme;
    const { rows, primes, n } = scheme;
    const { t, table, plain, plainScale, messageScale, lifts, part } = this.#plain[which]!;
    const [c0, c1] = this.#results;
    const [secret, noise, mask] = [this.#polynomial(0), this.#polynomial(1), this.#polynomial(2)];
    terms.forEach((_, k) => {
      const y = this.#polynomial(3 + k);
      rows.reduce(y, this.#planesOf(k), plain, t);
      rows.backward(y, table, t);
      rows.scale(y, y, plainScale, t);
    });
    // This party's share is the mask, negative; the other's gets it.
    other.mask(mask, t);
    rows.scale(scheme.at(this.#parts, which), mask, t - part, t);
    rows.backward(mask, table, t);
    rows.scale(mask, mask, messageScale, t);
    other.blind(secret, noise);
    terms.forEach(({ number }, k) => {
      other.seconds(this.#seconds[k]!, number + which);
    });
    const count = terms.length + 1;
    primes.forEach((p, i) => {
      this.#load(other, terms, which, i);
      other.blinding(scheme.at(this.#factors, 0), secret, i);
      terms.forEach((_, k) => {
        const y = scheme.at(this.#factors, k + 1);
        rows.lift(y, this.#polynomial(3 + k), t, 2 * p);
        rows.forward(y, scheme.tables[i]!, p);
      });
      const [b, a] = [scheme.at(c0, i), scheme.at(c1, i)];
      rows.dot(b, this.#halves[0], n, this.#factors, n, count, p);
      rows.dot(a, this.#halves[1], n, this.#factors, n, count, p);
      other.back(b, i, undefined);
      other.back(a, i, noise);
      rows.addScaled(b, b, mask, lifts[i]!, p);
      rows.scale(b, b, 1, p);
    });
    other.finish(c0, n, c1, this.#scratch);
    let at = start;
    for (const half of [c1, c0])
      for (let i = 0; i < scheme.setting.kept; i++) at += rows.pack(out, at, scheme.at(half, i), scheme.wire);
    return at - start;
  }

  /** Public key and ciphertexts mod prime i, side by side. */
  #load(other: OtherKey, terms: readonly SlotTerm[], which: number, i: number): void {
    const scheme = this.#scheme;
    const { rows, primes } = scheme;
    const size = packedBytes(scheme.n);
    const [b, a] = this.#halves;
    rows.ring.copy(scheme.at(b, 0), scheme.at(other.b, i));
    rows.ring.copy(scheme.at(a, 0), scheme.at(other.a, i));
    terms.forEach(({ cipher }, k) => {
      const at = (which * primes.length + i) * size;
      rows.unpack(scheme.at(b, k + 1), cipher, at, primes[i]!, scheme.wire);
      rows.ring.copy(scheme.at(a, k + 1), scheme.at(this.#seconds[k]!, i));
    });
  }

  /** Decrypts an answer: this party's share. */
  decrypt(own: OwnKey, bytes: Uint8Array, share: RingArray): void {
    const scheme = this.#scheme;
    const { rows, primes, setting } = scheme;
    const [c0, c1] = this.#results;
    const size = packedBytes(scheme.n);
    const [q0, q1] = [primes[0]!, primes[1]!];
    const inverses = [mod(inverse(BigInt(q1), q0), q0), mod(inverse(BigInt(q0), q1), q1)] as const;
    this.#plain.forEach(({ t, table, part }, which) => {
      const start = which * setting.kept * 2 * size;
      for (let i = 0; i < setting.kept; i++) {
        const [b, a] = [scheme.at(c0, i), scheme.at(c1, i)];
        rows.unpack(a, bytes, start + i * size, primes[i]!, scheme.wire);
        rows.unpack(b, bytes, start + (setting.kept + i) * size, primes[i]!, scheme.wire);
        own.decrypt(a, i);
        rows.add(b, b, a, primes[i]!);
      }
      const m = this.#polynomial(0);
      rows.round(m, [scheme.at(c0, 0), scheme.at(c0, 1)], inverses, [q0, q1], t);
      rows.forward(m, table, t);
      rows.scale(scheme.at(this.#parts, which), m, part, t);
    });
    this.#join(share);
  }

  /** Shares mod P, number by number mod the plain primes, as words. */
  #join(share: RingArray): void {
    const { rows } = this.#scheme;
    const counts = this.#scheme.at(this.#parts, this.ciphertexts);
    if (this.#counts) rows.join(counts, this.#parts, this.#counts);
    rows.join(share, this.#parts, this.#joins);
  }

  #polynomial(i: number): RingArray {
    return this.#scheme.at(this.#polynomials, i);
  }

  /** Room for the limbs of a factor. */
  #planesOf(k: number): RingArray {
    const length = (this.field.bits / 32) * this.n;
    return this.#planes.view(k * length, length);
  }
}

/** Primes that products below 2^bits take, which are not reduced mod 2^k. */
export const primesFor = (field: Field, bits: number): number => {
  const all = PLAIN_PRIMES[field.name];
  let product = 1n;
  for (const [i, t] of all.entries()) {
    product *= BigInt(t);
    if (product >> BigInt(Math.ceil(bits) + 41) > 0n) return i + 1;
  }
  return all.length;
};

interface PlainPrime {
  readonly t: number;
  readonly table: RingArray;
  /** Words to numbers mod t: scaled by P / 2^k where they are wide, and as they are. */
  readonly scaled: RingArray;
  readonly plain: RingArray;
  /** After a transform back: of a plain factor, and of a message, which is taken times q. */
  readonly plainScale: number;
  readonly messageScale: number;
  /** -1 / t mod each prime of ciphertexts: q m mod t, times it, is q m / t rounded down. */
  readonly lifts: readonly number[];
  /** 1 / (P / t) mod t. */
  readonly part: number;
}

const FRACTION = 32n * BigInt(FRACTION_LIMBS);

/** A weight of `join` without a fraction. */
const wholeWeight = (bits: number, v: bigint): bigint[] =>
  limbsOf(BigInt.asUintN(bits, v) << FRACTION, bits / 32 + FRACTION_LIMBS);

const plainPrime = (
  scheme: Scheme,
  field: Field,
  t: number,
  product: bigint,
  narrow: boolean,
): PlainPrime => {
  const { rows, n, primes } = scheme;
  const { bits } = field;
  const power = inverse(1n << BigInt(bits), t);
  const size = inverse(BigInt(n), t);
  const q = productOf(primes);
  return {
    t,
    table: scheme.hold(rows.tables(n, t)),
    scaled: scheme.hold(wordsOf(rows.ring, reduceWeights(bits, narrow ? 1n : -power, t))),
    plain: scheme.hold(wordsOf(rows.ring, reduceWeights(bits, 1n, t))),
    plainScale: mod(size, t),
    messageScale: mod(size * q, t),
    lifts: primes.map((p) => mod(-inverse(BigInt(t), p), p)),
    part: mod(inverse(product / BigInt(t), t), t),
  };
};
