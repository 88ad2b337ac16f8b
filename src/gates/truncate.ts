/**
 * @file Truncation of a masked value by public bits, outside of a product: for products by public numbers.
 *
 * Secrecy: truncate opens nothing, and the shifted mask is shared afresh; truncateExact as in open-truncate.ts.
 *
 * truncate: everyone shifts c, the dealer shares the shifted mask, both as signed numbers. Off by at most one unit in the last place. Wrong
 * when x + r leaves the signed numbers: probability |x| / (range of r), the same ratio as at the opening that made x, because x and r
 * are always scaled together; and never where r is 0, as that of a public value among secrets may be. Rounds 0, bytes 0; dealer k/8.
 *
 * truncateExact: see open-truncate.ts, exact form. Rounds 1, bytes k/8; dealer 2k/8.
 *
 * Two parties without a dealer open the shifted value: rounds 1, bytes k/8; exact: 2, (k + 1)/8.
 */

import { gate, ringOf, type Shapes } from './gate.ts';
import { byBits, dealShift, exactSlots, freeSlots, truncateOpened } from './open-truncate.ts';
import { dealGuard, rangeSlots, type Watch, watch } from './range-rows.ts';

export type TruncateAttrs = {
  /** Bits to drop. */
  readonly trunc: number;
  /** The result is (c >> trunc) - (r >> trunc) and no neighbour of it: a borrow of the same bits tells what x >> trunc is. */
  readonly whole?: boolean;
} & Watch;

export const truncate = gate({
  slots: ({ ins: [x], made }: Shapes, t: TruncateAttrs) => ({
    ...freeSlots(x!.length, made, t),
    ...rangeSlots(x!.length, t),
  }),
  *deal(d, [x], t) {
    const r = d.words(x!.r!.length);
    d.ring.sar(r, ringOf(x!.r), t.trunc);
    yield* d.share('shifted', r);
    yield* dealGuard(d, ringOf(x!.r), t, false);
    return [{ r }];
  },
  *eval(p, [x], t) {
    if (p.made && !t.whole) return [yield* p.made.freely(p, x!, byBits(p, t.trunc), t)];
    const c = p.words(x!.c!.length);
    p.ring.sar(c, ringOf(x!.c), t.trunc);
    const r = yield* p.receiveShare('shifted');
    yield* watch(p, ringOf(x!.c), t);
    return [{ c, r }];
  },
});

export const truncateExact = gate({
  slots: ({ ins: [x], made }: Shapes, t: TruncateAttrs) => ({
    ...exactSlots(x!.length, made, t.whole),
    ...rangeSlots(x!.length, t),
  }),
  *deal(d, [x], t) {
    return [yield* dealShift(d, ringOf(x!.r), { ...t, exact: true })];
  },
  *eval(p, [x], t) {
    if (p.made && !t.whole) return [yield* p.made.exactly(p, x!, byBits(p, t.trunc), t)];
    return [yield* truncateOpened(p, ringOf(x!.c), t)];
  },
});
