/**
 * @file Every number that the security and correctness of products by lattices rest on, and the bounds that follow. One party encrypts
 * its factors under a key of its own (BFV: Fan and Vercauteren, eprint 2012/144), the other multiplies, blinds, floods and rounds.
 *
 * Secrets and the blinding's are uniform in -1, 0, 1; noise has a binomial distribution of variance 12. The Homomorphic Encryption
 * Standard (eprint 2019/939, table 1: ternary secrets, 128 bits, classical attacks) allows log2 q up to 109, 218, 438 for degrees of
 * 4096, 8192, 16384; the Security Guidelines (eprint 2024/463, by the Lattice Estimator) 106, 214, 430. The sizes below stay under both. A
 * test compares them, and works out the primal attack anew.
 */

import type { FieldName } from '../../ring/field.ts';
import * as math from '../../ring/math/index.ts';

/** Primes of ciphertexts: 1 mod 2^15, below 2^26.5, so that they fit into 27 bits and transforms of any degree here. */
export const CIPHER_PRIMES: readonly number[] = [
  94863361, 94273537, 93880321, 93847553, 93585409, 93356033, 93290497, 93192193, 92897281, 92602369,
  92471297, 92110849, 91914241,
]; // biome-ignore format: a table

/** Moduli of slots: 1 mod 2^14. Their product P is at least 2^(2k + 39): a product is off by one with a chance below 2^-40. */
export const PLAIN_PRIMES: Readonly<Record<FieldName, readonly number[]>> = {
  FM32: [133857281, 133644289, 133611521, 133513217],
  FM64: [268369921, 268271617, 268238849, 268189697, 268091393, 268042241],
  FM128: [
    133857281, 133644289, 133611521, 133513217, 133251073, 132825089, 132759553, 132710401, 132612097,
    132464641, 132333569,
  ],
}; // biome-ignore format: a table

export interface Setting {
  /** Degree of polynomials. */
  readonly n: number;
  /** How many of the primes of ciphertexts there are, and how many an answer keeps. */
  readonly primes: number;
  readonly kept: number;
  /** Bits of the flood that an answer keeps, beyond all that is rounded away. */
  readonly flood: number;
}

/**
 * What the statistical distance of an answer's noise from the flood alone is to be: 2^-40 for each of its numbers, or below 2^-40 for
 * 2^28 of them together, a session.
 */
export type Strength = 'number' | 'session';

/** For products in slots, and for matrices in coefficients, whose plain modulus is 2^k. */
export const SETTINGS: Readonly<
  Record<Strength, { readonly slots: Setting; readonly matrices: Readonly<Record<FieldName, Setting>> }>
> = {
  number: {
    slots: { n: 4096, primes: 4, kept: 2, flood: 24 },
    matrices: {
      FM32: { n: 8192, primes: 5, kept: 2, flood: 19 },
      FM64: { n: 8192, primes: 7, kept: 3, flood: 14 },
      FM128: { n: 16384, primes: 12, kept: 6, flood: 29 },
    },
  },
  session: {
    slots: { n: 8192, primes: 5, kept: 2, flood: 24 },
    matrices: {
      FM32: { n: 8192, primes: 6, kept: 2, flood: 19 },
      FM64: { n: 8192, primes: 8, kept: 3, flood: 14 },
      FM128: { n: 16384, primes: 13, kept: 6, flood: 29 },
    },
  },
};

/** Products of ciphertexts and plain polynomials that one answer may add up. */
export const MOST_TERMS = 16384;

/** Standard deviation of a fresh ciphertext: its noise of variance 12, and what rounding the message down leaves (below 1). */
const NOISE_DEVIATION = 3.52;

export interface Noise {
  /** log2 of q. */
  readonly modulus: number;
  /** log2 of the standard deviation of what depends on factors, before the flood. */
  readonly deviation: number;
  /** log2 of how many values the flood takes, each as likely. */
  readonly flood: number;
  /** log2 of the statistical distance for one number: the mean shift by the flood's width. */
  readonly distance: number;
  /** log2 of the largest noise of an answer, after rounding, and of what may be at most. */
  readonly most: number;
  readonly room: number;
}

/** What follows from a setting, for plain moduli of so many bits and answers that add up so many products. */
export const noiseOf = ({ n, primes, kept, flood }: Setting, plainBits: number, terms: number): Noise => {
  const bits = (list: readonly number[]): number => list.reduce((sum, q) => sum + math.log2(q), 0);
  const modulus = bits(CIPHER_PRIMES.slice(0, primes));
  const room = bits(CIPHER_PRIMES.slice(0, kept)) - plainBits - 1;
  // Plain factors are uniform in -t / 2 .. t / 2: of standard deviation t / sqrt(12).
  const deviation = plainBits + math.log2(NOISE_DEVIATION * Math.sqrt((n * terms) / 12));
  const width = flood + modulus - bits(CIPHER_PRIMES.slice(0, kept));
  // The mean size of a normal number is sqrt(2 / pi) deviations.
  const distance = deviation + math.log2(Math.sqrt(2 / Math.PI)) - width;
  // Half of the flood, rounding of both parts (the second times the secret), and ten deviations, which are less than one here.
  const most = math.log2(
    math.pow2(flood - 1) + (n + 1) / 2 + math.pow2(Math.max(0, deviation + 4 - (width - flood))),
  );
  return { modulus, deviation, flood: width, distance, most, room };
};
