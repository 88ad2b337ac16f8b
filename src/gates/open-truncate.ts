/**
 * @file How a gate that computes numbers ends: shares of z are opened under a fresh mask, and truncation by
 * `trunc` bits is folded in.
 *
 * Free form (FM128): everyone shifts the public c = z + r; the dealer shares r >> trunc (both signed). Off by at most
 * one unit in the last place; wrong if z + r leaves the signed numbers, with probability |z| / 2^k (SecureML, eprint 2017/396,
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
 *
 * Two parties without a dealer (`made`) shift their shares where they lie (SecureML, section 4.1), refreshed by a stream that both know,
 * and open the result under masks of their own: in one round, wrong with the same probability. Exact: shares of z + 2^(k-2)
 * wrap where the top bit of either is set; these are exchanged, each under a random bit of its party, of which both have shares of
 * the product. Rounds 2, bytes (k + 1)/8.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { bits, type Slot, type Uses, words } from '../dealer/slots.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { openWhile, type Party, type Value } from './gate.ts';
import type { Pause } from './pausable.ts';
import { CUT_BITS, dealGuard, rangeSlots, TOP_BITS, type Watch, watch } from './range-rows.ts';

/** With what the range guard watches z by, if it does. */
export interface Truncation extends Watch {
  /** Bits to drop, 0 for none. */
  readonly trunc: number;
  readonly exact: boolean;
}

/** Of n numbers that are truncated. */
const shiftSlots = (n: number, t: Truncation, made = false) => ({
  shifted: t.trunc > 0 && !(made && t.exact) ? words<'truncation' | 'residue'>('truncation', n) : undefined,
  wrap: t.trunc > 0 && t.exact ? words('wrap', n) : undefined,
  next: t.trunc > 0 && t.exact ? words('mask', n) : undefined,
  tops: t.trunc > 0 && t.exact && made ? bits('ownBits', n) : undefined,
  ...rangeSlots(t.trunc > 0 ? n : 0, t, made ? CUT_BITS : TOP_BITS),
});
export type ShiftSlots = ReturnType<typeof shiftSlots>;

/**
 * Of n numbers that are opened, and truncated where `t` says so. `mask`: what the mask is under which they are opened; parties know
 * their shares of one that is a plain sum of streams.
 */
export const truncationSlots = (
  n: number,
  t: Truncation,
  mask: 'stream' | 'product',
  made?: boolean | undefined,
) => ({
  outMask: t.trunc === 0 && mask === 'product' ? words('product', n) : undefined,
  ...shiftSlots(n, t, made),
});
export type TruncationSlots = ReturnType<typeof truncationSlots>;

/**
 * What z is under as its shares are computed, where that is a sum of streams: the mask under which it will be opened, or what refreshes
 * shares that are shifted where they lie.
 */
export const openedUnder = ({ trunc }: Truncation, made: boolean | undefined): 'mask' | 'refresh' =>
  made && trunc > 0 ? 'refresh' : 'mask';

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
  if (exact) d.ring.shr(shifted, mask, trunc);
  else d.ring.sar(shifted, mask, trunc);
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
  if (p.made) return yield* p.made.open(p, share, t, compute, own);
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
    p.ring.sar(c, c, trunc);
  }
  return { c, r };
}

/** `whole`: the shifted mask is wanted as it is. */
type Free = Watch & { readonly whole?: boolean };

/**
 * Material to scale n values of their own, in the free form. Two parties scale what is watched in the exact form: a wrap of their shares
 * is seen by nobody.
 */
export const freeSlots = (n: number, made: boolean | undefined, { whole, guard }: Free) =>
  made && !whole && guard !== undefined
    ? (exactSlots(n, made) as unknown as FreeSlots)
    : {
        refresh: made && !whole ? words('refresh', n) : undefined,
        shifted: words<'truncation' | 'residue'>(whole ? 'residue' : 'truncation', n),
      };
interface FreeSlots {
  readonly refresh: Slot<'refresh', 'ring'> | undefined;
  readonly shifted: Slot<'truncation' | 'residue', 'ring'>;
}

/** The same in the exact form. */
export const exactSlots = (n: number, byParties: boolean | undefined, whole = false) => {
  const made = byParties && !whole;
  return {
    refresh: made ? words('refresh', n) : undefined,
    shifted: made ? undefined : words<'truncation' | 'residue'>(whole ? 'residue' : 'truncation', n),
    wrap: words('wrap', n),
    next: words('mask', n),
    tops: made ? bits('ownBits', n) : undefined,
  };
};

/** Shares scaled down where they lie: by a shift, or a public factor. */
export interface Scaling {
  /** dst = a, not negative, scaled down. */
  down(dst: RingArray, a: RingArray): void;
  /** dst = a 2^shift, scaled down: a is 0, 1 or -1. */
  unit(dst: RingArray, a: RingArray, shift: number): void;
}

export const byBits = (p: Scratch, trunc: number): Scaling => ({
  down: (dst, a) => p.ring.shr(dst, a, trunc),
  unit: (dst, a, shift) => p.ring.shl(dst, a, shift - trunc),
});

/** What a gate that ends with made material uses. */
type MadeSlots = 'shifted' | 'wrap' | 'next' | 'tops' | 'outMask' | 'rangeRows' | 'rangeWeights';
type Opened<U = never> = Generator<
  Pause | undefined | U | Uses<MadeSlots> | Uses<'refresh'>,
  { readonly c: RingArray; readonly r: RingArray },
  void
>;

/** Of `signs` in less-than.ts, where digits choose; the first two of between.ts, too. */
export interface ChosenSlots {
  readonly entries: readonly Slot<'entryPads', 'bits'>[];
  readonly chosen: readonly Slot<'chosenPads', 'bits'>[];
  readonly treeMasks: readonly Slot<'mask', 'bits'>[];
  readonly treeProducts: readonly Slot<'bitProducts', 'bits'>[];
}

/** How gates end where two parties have made their material (making/opened.ts, which comes with it). */
export interface MadeEnds {
  /** As openTruncate. */
  open<U>(
    p: Party<TruncationSlots>,
    share: RingArray,
    t: Truncation,
    compute: Iterable<number | Pause | U>,
    own: RingArray | undefined,
  ): Opened<U>;
  /** A value scaled down in the free form, and in the exact one; watched as `t` says. */
  freely(p: Party<FreeSlots>, x: Value, scaling: Scaling, t: Watch): Opened;
  exactly(p: Party<ReturnType<typeof exactSlots>>, x: Value, scaling: Scaling, t: Watch): Opened;
  /** As `signs` of less-than.ts. */
  signs(
    p: Party<ChosenSlots>,
    c: RingArray,
    r: RingArray,
    thresholds: readonly number[],
    bits: number,
    place: { readonly codes: number; readonly tree: number; readonly index: number },
  ): Generator<Pause | undefined | Uses<'entries' | 'chosen' | 'treeMasks' | 'treeProducts'>, Bits, void>;
  /** As `readRanges` of between.ts. */
  ranges(
    p: Party<Pick<ChosenSlots, 'entries' | 'chosen'>>,
    c: RingArray,
    r: RingArray,
    attrs: {
      readonly lo: number;
      readonly low: number;
      readonly ranges: readonly (readonly [number, number])[];
    },
    work: Bits,
  ): Generator<Pause | undefined | Uses<'entries' | 'chosen'>, void, void>;
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
