/**
 * @file Polynomials mod X^n + 1 and a prime, by the kernels of assembly/lattice: n numbers as words of FM32. Destinations come
 * first. What the numbers are taken mod, and how far they are reduced, is up to who calls: it stands beside each method.
 */

import { fail } from '../errors.ts';
import type { Bytes, RingArray } from './array.ts';
import { FIELDS } from './field.ts';
import { exportsOf, type Kernel, moduleOf } from './modules.ts';
import type { Ring } from './ring.ts';

const NAMES = [
  'add', 'addScaled', 'backward', 'divide', 'dot', 'forward', 'join', 'lift', 'noise', 'pack', 'pick', 'reduce', 'remainder',
  'repeat', 'round', 'scale', 'split', 'subtract', 'tables', 'ternary', 'uniform', 'unpack',
] as const; // biome-ignore format: a table of names

type LatticeKernels = Readonly<Record<(typeof NAMES)[number], Kernel>>;

/** Numbers of 27 bits: 16 of them take 54 bytes. */
export const packedBytes = (n: number): number => (n / 16) * 54;

/** Room for them in memory. */
export const packingRoom = (n: number): number => packedBytes(n) + 5;

/** Fraction limbs of the weights of `join`. */
export const FRACTION_LIMBS = 3;

/** Primes of ciphertexts are below 2^27, those of plain numbers below 2^28. */
const MOST_PRIME = 0x10000000;

export class Polynomials {
  readonly ring: Ring;
  readonly #kernels: LatticeKernels;

  private constructor(ring: Ring, kernels: LatticeKernels) {
    this.ring = ring;
    this.#kernels = kernels;
  }

  /** The kernels on the ring's memory; their module is loaded with the first call. */
  static async on(ring: Ring): Promise<Polynomials> {
    const { memory } = ring;
    const module = await moduleOf('lattice', !(memory.buffer instanceof ArrayBuffer));
    return new Polynomials(ring, (await exportsOf(module, memory, NAMES)) as LatticeKernels);
  }

  /** Room for `count` polynomials of n numbers. */
  alloc(n: number, count = 1): RingArray {
    return this.ring.alloc(FIELDS.FM32, n * count);
  }

  /** The table of a prime p = 1 mod 2n for transforms of n numbers: 4 n words. */
  tables(n: number, p: number): RingArray {
    if (!(n >= 16 && n <= 32768 && (n & (n - 1)) === 0 && p < MOST_PRIME && p % (2 * n) === 1))
      fail('RANGE', `no transform of ${n} numbers mod ${p}`);
    const table = this.alloc(n, 4);
    this.#kernels.tables(table.ptr, n, p);
    return table;
  }

  /** In place. Input and output below 12p. From a polynomial below degree n / `from` that is repeated `from` times: the rest of it. */
  forward(x: RingArray, table: RingArray, p: number, from = 1): void {
    this.#words(x.length, x, [table, 4 * x.length]);
    if (!(from >= 1 && from <= x.length / 4 && (from & (from - 1)) === 0))
      fail('RANGE', `a transform of ${x.length} numbers does not begin with 1 / ${from}`);
    this.#kernels.forward(x.ptr, x.length, from, table.ptr, p);
  }

  /** In place, times n. Input and output below 2p. */
  backward(x: RingArray, table: RingArray, p: number): void {
    this.#words(x.length, x, [table, 4 * x.length]);
    this.#kernels.backward(x.ptr, x.length, table.ptr, p);
  }

  /** d = a w mod p, below p. a: any words; w below p. */
  scale(d: RingArray, a: RingArray, w: number, p: number): void {
    this.#words(d.length, d, a);
    this.#kernels.scale(d.ptr, a.ptr, d.length, w, p);
  }

  /** d = e + a w mod p, below 4p. e: below p, or small and signed; a: any words; w below p. */
  addScaled(d: RingArray, e: RingArray, a: RingArray, w: number, p: number): void {
    this.#words(d.length, d, e, a);
    this.#kernels.addScaled(d.ptr, e.ptr, a.ptr, d.length, w, p);
  }

  /** d = a, taken from below t to -t / 2 .. t / 2, plus `offset`. */
  lift(d: RingArray, a: RingArray, t: number, offset: number): void {
    this.#words(d.length, d, a);
    this.#kernels.lift(d.ptr, a.ptr, d.length, t, offset);
  }

  /** d = a + b mod p, all below p. */
  add(d: RingArray, a: RingArray, b: RingArray, p: number): void {
    this.#words(d.length, d, a, b);
    this.#kernels.add(d.ptr, a.ptr, b.ptr, d.length, p);
  }

  /** d = a - b mod p, all below p. */
  subtract(d: RingArray, a: RingArray, b: RingArray, p: number): void {
    this.#words(d.length, d, a, b);
    this.#kernels.subtract(d.ptr, a.ptr, b.ptr, d.length, p);
  }

  /**
   * d = the sum of `count` products a b 2^-32 mod p, below p. a, b: `count` polynomials, one every stepA and stepB numbers; those of a below p,
   * of b below 12p; p below 2^27, count up to 128.
   */
  dot(
    d: RingArray,
    a: RingArray,
    stepA: number,
    b: RingArray,
    stepB: number,
    count: number,
    p: number,
  ): void {
    const n = d.length;
    this.#words(n, d, [a, (count - 1) * stepA + n], [b, (count - 1) * stepB + n]);
    if (!(count >= 1 && count <= 128)) fail('RANGE', `a sum of ${count} products`);
    this.#kernels.dot(d.ptr, a.ptr, stepA * 4, b.ptr, stepB * 4, count, n, p);
  }

  /** d = r + p - (v + r mod p): what `divide` needs to take the prime p off. v, r below p. */
  remainder(d: RingArray, v: RingArray, r: RingArray, p: number): void {
    this.#words(d.length, d, v, r);
    this.#kernels.remainder(d.ptr, v.ptr, r.ptr, d.length, p);
  }

  /** v = (v + d - dropped) w mod p, below p; d of `remainder`, w = 1 / dropped mod p. */
  divide(v: RingArray, d: RingArray, w: number, dropped: number, p: number): void {
    this.#words(v.length, v, d);
    this.#kernels.divide(v.ptr, d.ptr, v.length, w, dropped, p);
  }

  /** d[i] = s[first + i step]. */
  pick(d: RingArray, s: RingArray, first: number, step: number): void {
    this.#words(16, [d, d.length], [s, first + (d.length - 1) * step + 1]);
    this.#kernels.pick(d.ptr, s.ptr, d.length, first, step);
  }

  /** d = its first `block` numbers again and again; block divides its length. */
  repeat(d: RingArray, block: number): void {
    this.#words(d.length, d);
    if (!(block >= 4 && d.length % block === 0)) fail('RANGE', `blocks of ${block} in ${d.length} numbers`);
    this.#kernels.repeat(d.ptr, block, d.length);
  }

  /** Limbs of words, a plane for each: n numbers a plane, n a multiple of 16. */
  split(planes: RingArray, a: RingArray): void {
    const { bytes } = a.field;
    this.#words(a.length, [planes, (a.length * bytes) / 4]);
    this.ring.live(a);
    this.#kernels.split(planes.ptr, a.ptr, a.length, bytes);
  }

  /** d = the sum of planes times weights, plus the last weight, 2^-32 mod p, below 2p. */
  reduce(d: RingArray, planes: RingArray, weights: RingArray, p: number): void {
    const count = weights.length - 1;
    this.#words(d.length, d, [planes, count * d.length]);
    this.ring.live(weights);
    this.#kernels.reduce(d.ptr, planes.ptr, d.length, count, weights.ptr, p);
  }

  /** d = the sum of planes, of numbers below 2^28, times weights with three fraction limbs, rounded: up to 15 planes. */
  join(d: RingArray, planes: RingArray, weights: RingArray): void {
    const limbs = d.field.bytes / 4 + FRACTION_LIMBS;
    const count = weights.length / limbs;
    this.#words(d.length, [planes, count * d.length], [weights, weights.length]);
    if (!(Number.isInteger(count) && count <= 15)) fail('RANGE', `${count} planes do not make a word`);
    this.ring.live(d);
    this.#kernels.join(d.ptr, planes.ptr, d.length, count, weights.ptr, d.field.bytes);
  }

  /** d = v t / (q0 q1), rounded, mod t: v is a mod q0 and b mod q1; w0 = 1 / q1 mod q0, w1 = 1 / q0 mod q1. */
  round(
    d: RingArray,
    [a, b]: readonly [RingArray, RingArray],
    [w0, w1]: readonly [number, number],
    [q0, q1]: readonly [number, number],
    t: number,
  ): void {
    this.#words(d.length, d, a, b);
    this.#kernels.round(d.ptr, a.ptr, b.ptr, d.length, w0, w1, q0, q1, t);
  }

  /** Numbers uniform mod p from random bytes, at most `need`: how many there are. */
  uniform(d: RingArray, random: Bytes, need: number, p: number): number {
    this.#words(16, [d, need]);
    this.ring.live(random);
    const words = Math.floor(random.length / 4);
    return this.#kernels.uniform(d.ptr, random.ptr, words, need, Math.floor(0xffffffff / p) * p, p);
  }

  /** -1, 0 and 1 from random bytes, at most `need`: how many there are. */
  ternary(d: RingArray, random: Bytes, need: number): number {
    this.#words(16, [d, need]);
    this.ring.live(random);
    return this.#kernels.ternary(d.ptr, random.ptr, random.length, need);
  }

  /** Small signed numbers of variance 12 from six random bytes each. */
  noise(d: RingArray, random: Bytes): void {
    this.#words(d.length, d);
    this.ring.live(random);
    if (random.length < 6 * d.length)
      fail('SHAPE', `${random.length} bytes for ${d.length} numbers of noise`);
    this.#kernels.noise(d.ptr, random.ptr, d.length);
  }

  /** Writes numbers below 2^27 into `out`, at `offset`: packedBytes of them. */
  pack(out: Uint8Array, offset: number, a: RingArray, scratch: Bytes): number {
    const size = this.#room(out, offset, a, scratch);
    this.#kernels.pack(scratch.ptr, a.ptr, a.length);
    out.set(this.ring.u8(scratch).subarray(0, size), offset);
    return size;
  }

  /** Reads numbers that have to be below p, from `bytes` at `offset`: packedBytes of them. */
  unpack(d: RingArray, bytes: Uint8Array, offset: number, p: number, scratch: Bytes): number {
    const size = this.#room(bytes, offset, d, scratch);
    this.ring.u8(scratch).set(bytes.subarray(offset, offset + size));
    if (this.#kernels.unpack(d.ptr, scratch.ptr, d.length, p) === 0)
      fail('SERIALIZATION', 'a ciphertext has a number that is not below its modulus');
    return size;
  }

  #room(bytes: Uint8Array, offset: number, a: RingArray, scratch: Bytes): number {
    this.#words(a.length, a);
    this.ring.live(scratch);
    const size = packedBytes(a.length);
    if (scratch.length < packingRoom(a.length))
      fail('SHAPE', `${a.length} numbers are not packed into ${scratch.length} bytes`);
    if (!(offset >= 0 && offset + size <= bytes.length))
      fail('SERIALIZATION', `a ciphertext of ${size} bytes is not in ${bytes.length} at ${offset}`);
    return size;
  }

  /** Arrays of FM32 of n words, or of at least so many; n: a multiple of 16. */
  #words(n: number, ...arrays: (RingArray | readonly [RingArray, number])[]): void {
    if (n % 16 !== 0) fail('SHAPE', `polynomials have a multiple of 16 numbers, not ${n}`);
    for (const one of arrays) {
      const [a, least] = 'kind' in one ? [one, n] : one;
      this.ring.live(a);
      if (a.field !== FIELDS.FM32 || a.length < least || ('kind' in one && a.length !== n))
        fail('SHAPE', `a polynomial has ${least} words of FM32, not ${a.length} of ${a.field.name}`);
    }
  }
}
