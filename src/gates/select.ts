/**
 * @file Bits times numbers: base + sum over j of b_j x_j, for masked bits b_j, and numbers that are secret or public.
 * With b = m + (1 - 2m) beta and x = c - r, the dealer shares beta and beta r; the sum is opened once (one opening
 * for a chain of selects; Boyle et al., eprint 2020/1392, section 5, without FSS keys).
 * Secrecy: beta and beta r are shared afresh, and the sum is opened under a stream of every party.
 *
 * Rounds 1, bytes k/8; dealer 2k/8 per secret x_j, k/8 per public one, k/8 more where truncation is folded in.
 */

import type { AnyArray as Arr } from '../ring/array.ts';
import { bitsOf, type Gate, ringOf } from './gate.ts';
import { dealOpenTruncate, openTruncate, type Truncation } from './open-truncate.ts';
import { inRanges } from './ranges.ts';

/** Ins: b_0, x_0, b_1, x_1, ... and, if their number is odd, the base. Outs: the sum. */
export const select: Gate<Truncation & Readonly<Record<string, unknown>>> = {
  deal(d, ins, attrs) {
    const n = ins[0]!.r!.length;
    for (let j = 0; j + 1 < ins.length; j += 2) {
      const beta = bitsOf(ins[j]!.r);
      const word = d.words(n);
      d.ring.bitsToRing(word, beta);
      d.give(word);
      const r = ins[j + 1]!.r;
      if (r) {
        d.ring.maskByBits(word, ringOf(r), beta);
        d.give(word);
      }
      d.drop(word);
    }
    return [dealOpenTruncate(d, d.draw(n), attrs, true)];
  },
  *eval(p, ins, attrs) {
    const n = ins[0]!.c!.length;
    const sum = p.words(n);
    p.ring.zero(sum);
    for (let j = 0; j + 1 < ins.length; j += 2) {
      const [b, x] = [ins[j]!, ins[j + 1]!];
      const beta = p.take(n);
      const betaR = x.r ? p.take(n) : null;
      p.ring.selectAdd(sum, bitsOf(b.c), ringOf(x.c), x.r ? ringOf(x.r) : null, beta, betaR, p.first);
      p.drop(beta);
      if (betaR) p.drop(betaR);
    }
    const base = ins.length % 2 ? ins.at(-1)! : undefined;
    const { array: u, fill } = p.drawParts(n);
    const parts = inRanges(n, p.field, (start, count) => {
      const at = (a: Arr | undefined) => ringOf(a).view(start, count);
      fill(start, count);
      p.ring.add(at(sum), at(sum), at(u));
      if (base && p.first) p.ring.add(at(sum), at(sum), at(base.c));
      if (base?.r) p.ring.sub(at(sum), at(sum), at(base.r));
    });
    return [yield* openTruncate(p, sum, attrs, parts, u)];
  },
};
