/**
 * @file What FSS gates have in common: two parties, each with root seeds from its own stream, both with the broadcast correction
 * words, which are noise to whoever holds one seed. They do not collude with the dealer.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { bytes, ofOwner } from '../dealer/slots.ts';
import type { Bytes, RingArray } from '../ring/array.ts';
import { DCF_SEED } from '../ring/fss-compare.ts';
import { type KeyShape, keyRow } from '../ring/fss-payload.ts';
import type { Party } from './gate.ts';
import { keyRanges, PAUSE, type Pausable } from './pausable.ts';

/** Material of n keys of `row` bytes: the root seed of each party, from its own stream, and the correction words. */
export const keySlots = (n: number, row: number) => ({
  seeds: [0, 1].map((owner) => ofOwner(owner, bytes('ownMask', n * DCF_SEED))),
  keys: bytes('fssKeys', n * row),
});
type KeySlots = ReturnType<typeof keySlots>;

/** Both root seeds of each key. */
export function* dealSeeds(d: DealerContext<KeySlots>) {
  return [yield* d.mask('seeds', 0), yield* d.mask('seeds', 1)] as const;
}

/** A party's keys. */
export interface Keys {
  readonly seed: Bytes;
  readonly words: Bytes;
}

export function* receiveKeys(p: Party<KeySlots>) {
  const seeds = [yield* p.mask('seeds', 0), yield* p.mask('seeds', 1)];
  p.drop(seeds[1 - p.rank]!);
  return { seed: seeds[p.rank]!, words: yield* p.receiveBroadcast('keys') };
}

/** Makes keys with ring payloads for the lowest bits of `index`. */
export function* dealRingKeys(
  d: DealerContext<KeySlots>,
  index: RingArray,
  leaf: RingArray | null,
  step: RingArray | null,
  shape: KeyShape,
) {
  const n = index.length;
  const seeds = yield* dealSeeds(d);
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
  yield* d.broadcast('keys', words);
}

const seedsOf = (seed: Bytes, start: number, count: number): Bytes =>
  seed.view(start * DCF_SEED, count * DCF_SEED);

/** The words of some elements, from those of the first step to those of the last. */
const stepsOf = (all: RingArray, n: number, { steps }: KeyShape, start: number, count: number): RingArray =>
  all.view(start, (steps - 1) * n + count);

/** Evaluates keys without leaves at x: `found` is steps x n. */
export function* evalSteps(
  p: Scratch & { readonly rank: number },
  found: RingArray,
  { words, seed }: Keys,
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

/** Bit `at` of each word, as a word. */
export const bitOf = (s: Scratch, x: RingArray, at: number): RingArray => {
  const bit = s.words(x.length);
  if (at === s.field.bits - 1) s.ring.copy(bit, x);
  else s.ring.shl(bit, x, s.field.bits - 1 - at);
  s.ring.shr(bit, bit, s.field.bits - 1);
  return bit;
};

/** 1 - 2 bit. */
export const signOf = (s: Scratch, bit: RingArray): RingArray => {
  const sign = s.words(bit.length);
  s.ring.add(sign, bit, bit);
  s.ring.neg(sign, sign);
  s.ring.addScalar(sign, sign, s.scalar(1));
  return sign;
};
