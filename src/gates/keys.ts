/**
 * @file What gates on keys have in common: two parties, each with the root seeds of its own stream, both told the correction
 * words, which are noise to whoever holds one seed. They do not collude with the dealer.
 */

import type { Dealing } from '../dealer/material.ts';
import type { Bytes, RingArray } from '../ring/array.ts';
import { DCF_SEED } from '../ring/fss.ts';
import { type KeyShape, keyRow } from '../ring/keys.ts';
import type { Party } from './gate.ts';

/** Both root seeds; a party's own, and zeros for the other's. */
export const rootSeeds = (s: Dealing | Party, n: number): [Bytes, Bytes] => [
  s.drawOf(0, s.bytes(n * DCF_SEED)),
  s.drawOf(1, s.bytes(n * DCF_SEED)),
];

/** Makes keys with ring payloads for the lowest bits of `index`. */
export const dealRingKeys = (
  d: Dealing,
  index: RingArray,
  leaf: RingArray | null,
  step: RingArray | null,
  shape: KeyShape,
): void => {
  const seeds = rootSeeds(d, index.length);
  const words = d.bytes(index.length * keyRow(d.field, shape));
  d.ring.keysGen(words, seeds, index, leaf, step, shape);
  d.drop(...seeds);
  d.tell(words);
};

/** A party's keys. */
export interface RingKey {
  readonly seed: Bytes;
  readonly words: Bytes;
}

export const takeRingKeys = (p: Party, n: number, shape: KeyShape): RingKey => {
  const seed = rootSeeds(p, n)[p.rank]!;
  return { seed, words: p.hear(n * keyRow(p.field, shape)) };
};

/** Bit `at` of each word, as a word. */
export const bitOf = (s: Dealing | Party, x: RingArray, at: number): RingArray => {
  const bit = s.words(x.length);
  if (at === s.field.bits - 1) s.ring.copy(bit, x);
  else s.ring.shl(bit, x, s.field.bits - 1 - at);
  s.ring.shr(bit, bit, s.field.bits - 1);
  return bit;
};

/** 1 - 2 bit. */
export const signOf = (s: Dealing | Party, bit: RingArray): RingArray => {
  const sign = s.words(bit.length);
  s.ring.add(sign, bit, bit);
  s.ring.neg(sign, sign);
  s.ring.addScalar(sign, sign, s.scalar(1));
  return sign;
};
