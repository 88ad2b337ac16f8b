/** @file Constants of residue arithmetic, worked out once a session on big integers. */

import type { RingArray } from '../../ring/array.ts';
import { FIELDS } from '../../ring/field.ts';
import type { Ring } from '../../ring/ring.ts';

/** x mod p, not negative, as a number. */
export const mod = (x: bigint, p: number): number => {
  const r = Number(x % BigInt(p));
  return r < 0 ? r + p : r;
};

/** 1 / x mod the prime p. */
export const inverse = (x: bigint, p: number): bigint => {
  let [result, square, e] = [1n, BigInt(mod(x, p)), BigInt(p) - 2n];
  for (; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * square) % BigInt(p);
    square = (square * square) % BigInt(p);
  }
  return result;
};

/** What `dot` and `reduce` divide by. */
export const R = 1n << 32n;

export const productOf = (primes: readonly number[]): bigint =>
  primes.reduce((product, p) => product * BigInt(p), 1n);

/** Numbers below 2^32 as words of FM32. */
export const wordsOf = (ring: Ring, values: ArrayLike<number | bigint>): RingArray => {
  const out = ring.alloc(FIELDS.FM32, values.length);
  ring.u8(out).set(new Uint8Array(Uint32Array.from(values, Number).buffer));
  return out;
};

/** Weights that take signed words of k bits, times `factor`, to numbers mod p (Polynomials.reduce). */
export const reduceWeights = (bits: number, factor: bigint, p: number): number[] => [
  ...Array.from({ length: bits / 32 }, (_, j) => mod((factor << BigInt(32 * j)) * R, p)),
  mod(-(factor << BigInt(bits - 1)) * R, p),
];

/** The lowest `count` limbs of 32 bits. */
export const limbsOf = (v: bigint, count: number): bigint[] =>
  Array.from({ length: count }, (_, l) => (v >> BigInt(32 * l)) & 0xffffffffn);

/** Weights that take numbers mod p_i, which are parts v / (P / p_i), to v 2^k / P as words (Polynomials.join). */
export const joinWeights = (bits: number, primes: readonly number[], fractionLimbs: number): bigint[] =>
  primes.flatMap((p) =>
    limbsOf((1n << BigInt(bits + 32 * fractionLimbs)) / BigInt(p), bits / 32 + fractionLimbs),
  );
