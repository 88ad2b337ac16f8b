/**
 * @file What FSS gates have in common: two parties, each with the root seeds of its own stream, both told the correction
 * words, which are noise to whoever holds one seed. They do not collude with the dealer.
 */

import type { Dealing } from '../dealer/material.ts';
import type { Bytes, RingArray } from '../ring/array.ts';
import { DCF_SEED } from '../ring/fss.ts';
import { type KeyShape, keyRow } from '../ring/keys.ts';
import type { Party } from './gate.ts';
import { keyRanges, PAUSE, type Pausable } from './pausable.ts';

/** Both root seeds; a party's own, and zeros for the other's. */
export const rootSeeds = (s: Dealing | Party, n: number): [Bytes, Bytes] => [
  s.drawOf(0, s.bytes(n * DCF_SEED)),
  s.drawOf(1, s.bytes(n * DCF_SEED)),
];

/** Makes keys with ring payloads for the lowest bits of `index`. */
export function* dealRingKeys(
  d: Dealing,
  index: RingArray,
  leaf: RingArray | null,
  step: RingArray | null,
  shape: KeyShape,
): Pausable<void> {
  const n = index.length;
  const seeds = rootSeeds(d, n);
  const row = keyRow(d.field, shape);
  const words = d.bytes(n * row);
  for (const [start, count] of keyRanges(n, shape.total)) {
    const [first, second] = seeds.map((seed) => seedsOf(seed, start, count));
    d.ring.keysGen(
      words.view(start * row, count * row),
      [first!, second!],
      index.view(start, count),
      leaf?.view(start * shape.words, count * shape.words) ?? null,
      step && stepsOf(step, n, shape, start, count),
      shape,
      start,
      n,
    );
    yield PAUSE;
  }
  d.drop(...seeds);
  d.tell(words);
}

const seedsOf = (seed: Bytes, start: number, count: number): Bytes =>
  seed.view(start * DCF_SEED, count * DCF_SEED);

/** The words of some elements, from those of the first step to those of the last. */
const stepsOf = (all: RingArray, n: number, { steps }: KeyShape, start: number, count: number): RingArray =>
  all.view(start, (steps - 1) * n + count);

/** Evaluates keys without leaves at x: `found` is steps x n. */
export function* evalSteps(
  p: Party,
  found: RingArray,
  { words, seed }: RingKey,
  x: RingArray,
  shape: KeyShape,
): Pausable<void> {
  const n = x.length;
  const row = keyRow(p.field, shape);
  for (const [start, count] of keyRanges(n, shape.total)) {
    const [key, own] = [words.view(start * row, count * row), seedsOf(seed, start, count)];
    const steps = stepsOf(found, n, shape, start, count);
    p.ring.keysEval(null, steps, key, own, x.view(start, count), shape, 1, p.rank, start, n);
    yield PAUSE;
  }
}

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
