/**
 * @file How a gate that computes numbers ends: shares of z are opened under a fresh mask, and truncation by
 * `trunc` bits is folded in.
 *
 * Free form (FM128): everyone shifts the public c = z + r; the dealer shares r >> trunc (logical). Off by at most
 * one unit in the last place; wrong if z + r wraps, with probability |z| / 2^k (SecureML, eprint 2017/396,
 * theorem 1, on a masked value instead of shares; "Truncation untangled", PETS 2025). Rounds 1, bytes k/8.
 *
 * Which of the two neighbours comes out is the borrow of the dropped bits, [low c < low r], and c is public: who
 * learns the result learns this one comparison of the dropped bits with a random public number, as in every
 * probabilistic truncation.
 *
 * Exact form (`exact`, FM64 and FM32, |z| < 2^(k-2)): c is z + 2^(k-2) + r; its wrap bit is
 * (1 - msb(c)) msb(r), of which the dealer shares msb(r); a second opening puts the result under a mask that the
 * dealer knows (Escudero et al., eprint 2020/338, section 5.1). Never wrong by more than one unit in the last
 * place. Rounds 2, bytes 2k/8.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import { words } from '../dealer/slots.ts';
import type { RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { openWhile, type Party } from './gate.ts';
import { dealGuard, rangeSlots, type Watch, watch } from './guard.ts';
import type { Pause } from './pausable.ts';

/** With what the range guard watches z by, if it does. */
export interface Truncation extends Watch {
  /** Bits to drop, 0 for none. */
  readonly trunc: number;
  readonly exact: boolean;
}

/** Of n numbers that are truncated. */
export const shiftSlots = (n: number, t: Truncation) => ({
  shifted: t.trunc > 0 ? words('truncation', n) : undefined,
  wrap: t.trunc > 0 && t.exact ? words('wrap', n) : undefined,
  next: t.trunc > 0 && t.exact ? words('mask', n) : undefined,
  ...rangeSlots(t.trunc > 0 ? n : 0, t),
});
type ShiftSlots = ReturnType<typeof shiftSlots>;

/**
 * Of n numbers that are opened, and truncated where `t` says so. `mask`: what the mask is under which they are opened; parties know
 * their shares of one that is a plain sum of streams.
 */
export const truncationSlots = (n: number, t: Truncation, mask: 'stream' | 'product') => ({
  outMask: t.trunc === 0 && mask === 'product' ? words('product', n) : undefined,
  ...shiftSlots(n, t),
});
type TruncationSlots = ReturnType<typeof truncationSlots>;

/** The dealer's half. `mask` is the whole mask under which the shares will be opened. */
export function* dealOpenTruncate(
  d: DealerContext<TruncationSlots>,
  mask: RingArray,
  t: Truncation,
  kind: 'stream' | 'product',
) {
  if (t.trunc > 0) return yield* dealShift(d, mask, t);
  return { r: kind === 'stream' ? mask : yield* d.share('outMask', mask) };
}

/** The dealer's half of a truncation, of numbers under the whole mask `mask`. */
export function* dealShift(d: DealerContext<ShiftSlots>, mask: RingArray, t: Truncation) {
  const { trunc, exact } = t;
  const n = mask.length;
  const shifted = d.words(n);
  d.ring.shr(shifted, mask, trunc);
  yield* d.share('shifted', shifted);
  if (!exact) {
    yield* dealGuard(d, mask, t, false);
    return { r: shifted };
  }
  const wrap = d.words(n);
  d.ring.shr(wrap, mask, d.field.bits - 1);
  d.ring.shl(wrap, wrap, d.field.bits - trunc);
  yield* d.share('wrap', wrap);
  const next = yield* d.mask('next');
  yield* dealGuard(d, mask, t, true);
  return { r: next };
}

/**
 * Opens `share` (this party's share of z plus its share of the mask), which `compute` may still have to fill. `own` is
 * its share of a mask that is a sum of streams.
 */
export function* openTruncate<U = never>(
  p: Party<TruncationSlots>,
  share: RingArray,
  t: Truncation,
  compute: Iterable<number | Pause | U> = [],
  own?: RingArray,
) {
  const { trunc, exact } = t;
  if (trunc > 0 && exact) {
    const [c, material] = yield* openWhile(p, share, () => exactMaterial(p), { compute });
    yield* watch(p, c, t);
    return yield* truncateExactly(p, c, material, byShift(p, trunc));
  }
  const work = function* () {
    if (trunc > 0) return yield* p.receiveShare('shifted');
    return own ?? (yield* p.receiveShare('outMask'));
  };
  const [c, r] = yield* openWhile(p, share, work, { compute });
  if (trunc > 0) {
    yield* watch(p, c, t);
    p.ring.shr(c, c, trunc);
  }
  return { c, r };
}

/** What the exact form needs of the preprocessing. */
export interface ExactMaterial {
  readonly shifted: RingArray;
  readonly wrap: RingArray;
  readonly next: RingArray;
}

/** Its slots. */
type ExactSlots = Pick<ShiftSlots, 'shifted' | 'wrap' | 'next'>;

export function* exactMaterial(p: Party<ExactSlots>) {
  const shifted = yield* p.receiveShare('shifted');
  return { shifted, wrap: yield* p.receiveShare('wrap'), next: yield* p.mask('next') };
}

/** The second half of the exact form: truncates a masked value whose c is public already. */
export function* truncateOpened(
  p: Party<ShiftSlots>,
  masked: RingArray,
  t: Watch & { readonly trunc: number },
) {
  const material = yield* exactMaterial(p);
  yield* watch(p, masked, t);
  return yield* truncateExactly(p, masked, material, byShift(p, t.trunc));
}

/** Truncation by a shift: for `truncateExactly`. */
const byShift =
  (p: Party<ExactSlots>, trunc: number) =>
  (out: RingArray, c: RingArray): void => {
    p.ring.shr(c, c, trunc);
    p.ring.add(out, out, c);
    p.ring.addScalar(out, out, p.scalar(-math.pow2(p.field.bits - 2 - trunc)));
  };

/**
 * The exact form, of a truncation or a product by a public number. `addPublic` adds to `out` the scaled c less the scaled 2^(k-2),
 * and may use c up.
 */
export function* truncateExactly(
  p: Party<ExactSlots>,
  masked: RingArray,
  { shifted, wrap, next }: ExactMaterial,
  addPublic: (out: RingArray, c: RingArray) => void,
) {
  const { ring, field } = p;
  const n = masked.length;
  const k = field.bits;
  const c = p.words(n);
  ring.addScalar(c, masked, p.scalar(math.pow2(k - 2)));
  // (1 - msb c) * wrap, without a branch: msb as 0 or 1, then a multiplication.
  const out = p.words(n);
  ring.shr(out, c, k - 1);
  ring.neg(out, out);
  ring.addScalar(out, out, p.scalar(1));
  ring.mul(out, out, wrap);
  ring.sub(out, out, shifted);
  if (p.first) addPublic(out, c);
  ring.add(out, out, next);
  return { c: yield* p.open(out), r: next };
}
