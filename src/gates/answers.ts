/** @file Answers of gates on bits: planes of shares that are opened, each under a mask of its own. */
import type { DealerContext } from '../dealer/dealer-context.ts';
import { bits as bitSlot } from '../dealer/slots.ts';
import type { Bits } from '../ring/array.ts';
import type { Party } from './gate.ts';

/** Masks of `count` answers of n elements. */
export const answerSlots = (n: number, count: number) => ({
  answers: Array.from({ length: count }, () => bitSlot('mask', n)),
});
type AnswerSlots = ReturnType<typeof answerSlots>;

/** The masks of so many answers. */
export function* dealAnswers(d: DealerContext<AnswerSlots>, count: number) {
  const outs: { r: Bits }[] = [];
  for (let i = 0; i < count; i++) outs.push({ r: yield* d.mask('answers', i) });
  return outs;
}

/** Opens xor-shares of answers, a plane each: masked bits. Rounds 1; a bit an answer. */
export function* openAnswers(p: Party<AnswerSlots>, shares: Bits) {
  const masks: Bits[] = [];
  for (let i = 0; i < shares.planes; i++) {
    const mask = yield* p.mask('answers', i);
    p.ring.xor(shares.plane(i), shares.plane(i), mask);
    masks.push(mask);
  }
  const opened = yield* p.open(shares);
  if (masks.length === 1) return [{ c: opened, r: masks[0]! }];
  return masks.map((r, i) => {
    const c = p.bits(opened.length);
    p.ring.copy(c, opened.plane(i));
    return { c, r };
  });
}
