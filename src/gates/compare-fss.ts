/**
 * @file Comparisons of two parties in one round: the opening of the result. c = x + r is public and the dealer knows
 * r, so a key for the secret number r is evaluated at the public c, and gives xor-shares of the answer with no message:
 * the offset-function gates of Boyle et al., eprint 2020/1392, sections 3 (DCF) and 4 (gates). Keys: assembly/fss-compare.ts.
 *
 * Secrecy: answers are opened under a fresh bit of each party; of keys see below.
 *
 * Two parties, who do not collude with the dealer. A party's root seeds are its own stream; the correction words are
 * broadcast to both, and are noise to whoever holds one seed. One key serves every threshold: it may be evaluated anywhere.
 *
 * Rounds 1; bits 1 a threshold. Dealer bytes an element, to each party: less 2096, 1040, 512 (FM128, 64, 32; b bits:
 * 16 (b - 1) and some) and a bit to rank 0; isZero 2112, 1056, 528; borrow 16 a bit and half a byte. Local work 6 us
 * (FM128) an evaluation.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import { bits as bitSlot } from '../dealer/slots.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import { DCF_SEED, dcfRow } from '../ring/fss-compare.ts';
import { answerSlots, dealAnswers, openAnswers } from './answers.ts';
import { dealSeeds, type Keys, keySlots, receiveKeys } from './fss-keys.ts';
import { gate, type Party, ringOf, type Shapes } from './gate.ts';
import type { BorrowAttrs, LessAttrs } from './less-than.ts';
import { keyRanges, PAUSE, type Pausable } from './pausable.ts';

/** Material of n comparison keys for `levels` bits. */
const comparisonSlots = (n: number, levels: number) => keySlots(n, dcfRow(levels));
type ComparisonSlots = ReturnType<typeof comparisonSlots>;

/** Makes keys for the lowest `levels` bits of r. */
function* dealKeys(d: DealerContext<ComparisonSlots>, r: RingArray, levels: number) {
  const [seed0, seed1] = yield* dealSeeds(d);
  const row = dcfRow(levels);
  const words = d.bytes(r.length * row);
  for (const [start, count] of keyRanges(r.length, levels)) {
    const seeds = [seed0, seed1].map((seed) => seed.view(start * DCF_SEED, count * DCF_SEED));
    d.ring.dcfGen(words.view(start * row, count * row), seeds[0]!, seeds[1]!, r.view(start, count), levels);
    yield PAUSE;
  }
  d.drop(seed0, seed1);
  yield* d.broadcast('keys', words);
}

/** Evaluates the keys of n elements at x: a plane each of what is asked for. */
function* evalKeys(
  p: Pick<Party, 'ring' | 'rank'>,
  less: Bits | null,
  equal: Bits | null,
  { words, seed }: Keys,
  x: RingArray,
  levels: number,
): Pausable<void> {
  const row = dcfRow(levels);
  for (const [start, count] of keyRanges(x.length, levels)) {
    const [cw, own] = [words.view(start * row, count * row), seed.view(start * DCF_SEED, count * DCF_SEED)];
    const at = (bits: Bits | null): Bits | null => bits?.view(start, count) ?? null;
    p.ring.dcfEval(at(less), at(equal), cw, own, x.view(start, count), levels, p.rank);
    yield PAUSE;
  }
}

/** Ins: x. Outs: a masked bit [x < t] per threshold. As `less`. */
export const lessFss = gate({
  broadcasts: true,
  slots: ({ field, ins: [x] }: Shapes, { thresholds, bits = field.bits }: LessAttrs) => ({
    ...comparisonSlots(x!.length, bits - 1),
    sign: bitSlot('maskBits', x!.length),
    ...answerSlots(x!.length, thresholds.length),
  }),
  *deal(d, [x], { thresholds, bits = d.field.bits }) {
    const r = ringOf(x!.r);
    const n = r.length;
    yield* dealKeys(d, r, bits - 1);
    const planes = d.bits(n, d.field.bits);
    d.ring.toPlanes(planes, r);
    const sign = d.bits(n);
    d.ring.copy(sign, planes.plane(bits - 1));
    d.drop(planes);
    yield* d.share('sign', sign);
    return yield* dealAnswers(d, thresholds.length);
  },
  *eval(p, [x], { thresholds, bits = p.field.bits }) {
    const { ring } = p;
    const c = ringOf(x!.c);
    const n = c.length;
    const { seed, words } = yield* receiveKeys(p);
    const maskSign = yield* p.receiveShare('sign');
    const lower = p.bits(n, thresholds.length);
    const shifted = p.words(n);
    const planes = p.bits(n, p.field.bits);
    for (const [i, t] of thresholds.entries()) {
      const out = lower.plane(i);
      ring.addScalar(shifted, c, p.scalar(-t));
      yield* evalKeys(p, out, null, { words, seed }, shifted, bits - 1);
      ring.xor(out, out, maskSign);
      if (!p.first) continue;
      ring.toPlanes(planes, shifted);
      ring.xor(out, out, planes.plane(bits - 1));
    }
    p.drop(words, shifted, planes);
    return yield* openAnswers(p, lower);
  },
});

/** Material of one comparison's bit. */
const keysSlots = (n: number, levels: number) => ({
  ...comparisonSlots(n, levels),
  ...answerSlots(n, 1),
});

/** Opens one answer of the keys, masked. */
function* answer(
  p: Party<ReturnType<typeof keysSlots>>,
  c: RingArray,
  levels: number,
  which: 'less' | 'equal',
) {
  const { seed, words } = yield* receiveKeys(p);
  const share = p.bits(c.length);
  const [less, equal] = which === 'less' ? [share, null] : [null, share];
  yield* evalKeys(p, less, equal, { words, seed }, c, levels);
  p.drop(words);
  return yield* openAnswers(p, share);
}

/** Ins: x. Outs: the masked bit [x == 0], that is c == r. As `isZero`. */
export const isZeroFss = gate({
  broadcasts: true,
  slots: ({ field, ins: [x] }: Shapes, _: object) => keysSlots(x!.length, field.bits),
  *deal(d, [x]) {
    yield* dealKeys(d, ringOf(x!.r), d.field.bits);
    return yield* dealAnswers(d, 1);
  },
  *eval(p, [x]) {
    return yield* answer(p, ringOf(x!.c), p.field.bits, 'equal');
  },
});

/** Ins: x. Outs: the masked bit [low c < low r] of the lowest `bits` bits. As `borrow`. */
export const borrowFss = gate({
  broadcasts: true,
  slots: ({ ins: [x] }: Shapes, { bits }: BorrowAttrs) => keysSlots(x!.length, bits),
  *deal(d, [x], { bits }) {
    yield* dealKeys(d, ringOf(x!.r), bits);
    return yield* dealAnswers(d, 1);
  },
  *eval(p, [x], { bits }) {
    return yield* answer(p, ringOf(x!.c), bits, 'less');
  },
});
