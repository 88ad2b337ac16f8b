/**
 * @file Bits times numbers: base + sum over j of b_j x_j, for masked bits b_j, and numbers that are secret or public.
 * With b = m + (1 - 2m) beta and x = c - r, the dealer shares beta and beta r; the sum is opened once (one opening
 * for a chain of selects; Boyle et al., eprint 2020/1392, section 5, without FSS keys).
 * Secrecy: beta and beta r are shared afresh, and the sum is opened under a stream of every party.
 *
 * Rounds 1, bytes k/8; dealer 2k/8 per secret x_j, k/8 per public one, k/8 more where truncation is folded in.
 */

import { words } from '../dealer/slots.ts';
import type { AnyArray as Arr } from '../ring/array.ts';
import { bitsOf, gate, ringOf, type Shapes } from './gate.ts';
import {
  dealOpenTruncate,
  openedUnder,
  openTruncate,
  type Truncation,
  truncationSlots,
} from './open-truncate.ts';
import { inRanges } from './ranges.ts';

/** Ins: b_0, x_0, b_1, x_1, ... and, if their number is odd, the base. Outs: the sum. */
export const select = gate({
  slots: ({ ins, made }: Shapes, t: Truncation) => {
    const n = ins[0]!.length;
    const pairs = Math.floor(ins.length / 2);
    const secrets = ins.filter((x, i) => i % 2 === 1 && x.secret).length;
    return {
      beta: Array.from({ length: pairs }, () => words('bitTimes', n)),
      betaR: Array.from({ length: secrets }, () => words('bitTimes', n)),
      u: words(openedUnder(t, made), n),
      ...truncationSlots(n, t, 'stream', made),
    };
  },
  *deal(d, ins, attrs) {
    let secrets = 0;
    for (let j = 0; 2 * j + 1 < ins.length; j++) {
      const beta = bitsOf(ins[2 * j]!.r);
      const word = d.words(beta.length);
      d.ring.bitsToRing(word, beta);
      yield* d.share('beta', word, j);
      const r = ins[2 * j + 1]!.r;
      if (r) {
        d.ring.maskByBits(word, ringOf(r), beta);
        yield* d.share('betaR', word, secrets++);
      }
      d.drop(word);
    }
    return [yield* dealOpenTruncate(d, yield* d.mask('u'), attrs, 'stream')];
  },
  *eval(p, ins, attrs) {
    const n = ins[0]!.c!.length;
    const sum = p.words(n);
    p.ring.zero(sum);
    let secrets = 0;
    for (let j = 0; 2 * j + 1 < ins.length; j++) {
      const [b, x] = [ins[2 * j]!, ins[2 * j + 1]!];
      const beta = yield* p.receiveShare('beta', j);
      const r = x.r ? ringOf(x.r) : null;
      const betaR = r && (yield* p.receiveShare('betaR', secrets++));
      p.ring.selectAdd(sum, bitsOf(b.c), ringOf(x.c), r, beta, betaR, p.first);
      p.drop(beta);
      if (betaR) p.drop(betaR);
    }
    const base = ins.length % 2 ? ins.at(-1)! : undefined;
    const { array: u, fill } = yield* p.deferredMask('u');
    const compute = inRanges(n, p.field, (start, count) => {
      const at = (a: Arr | undefined) => ringOf(a).view(start, count);
      fill(start, count);
      p.ring.add(at(sum), at(sum), at(u));
      if (base && p.first) p.ring.add(at(sum), at(sum), at(base.c));
      if (base?.r) p.ring.sub(at(sum), at(sum), at(base.r));
    });
    return [yield* openTruncate(p, sum, attrs, compute, u)];
  },
});
