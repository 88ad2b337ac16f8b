/**
 * @file Truncation of a masked value by public bits, outside of a product: for products by public numbers.
 *
 * Secrecy: truncate opens nothing, and the shifted mask is shared afresh; truncateExact as in open-truncate.ts.
 *
 * truncate: everyone shifts c, the dealer shares the shifted mask. Off by at most one unit in the last place. Wrong
 * when x + r wraps: probability |x| / (range of r), the same ratio as at the opening that made x, because x and r
 * are always scaled together. Rounds 0, bytes 0; dealer k/8.
 *
 * truncateExact: see open-truncate.ts, exact form. Rounds 1, bytes k/8; dealer 2k/8.
 */

import { type Gate, ringOf } from './gate.ts';
import { dealGuard, type Watch, watch } from './guard.ts';
import { dealOpenTruncate, truncateOpened } from './open-truncate.ts';

type ShiftGate = Gate<{ readonly trunc: number } & Watch>;

export const truncate: ShiftGate = {
  deal(d, [x], t) {
    const r = d.words(x!.r!.length);
    d.ring.shr(r, ringOf(x!.r), t.trunc);
    d.give(r);
    dealGuard(d, ringOf(x!.r), t, false);
    return [{ r }];
  },
  // biome-ignore lint/correctness/useYield: a gate without a round
  *eval(p, [x], t) {
    const c = p.words(x!.c!.length);
    p.ring.shr(c, ringOf(x!.c), t.trunc);
    const r = p.take(c.length);
    watch(p, ringOf(x!.c), t);
    return [{ c, r }];
  },
};

export const truncateExact: ShiftGate = {
  deal(d, [x], t) {
    return [dealOpenTruncate(d, ringOf(x!.r), { ...t, exact: true }, true)];
  },
  *eval(p, [x], t) {
    return [yield* truncateOpened(p, ringOf(x!.c), t)];
  },
};
