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

import type { Dealing } from '../dealer/material.ts';
import type { RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { openWhile, type Party, type Steps, type Value } from './gate.ts';
import { dealGuard, type Watch, watch } from './guard.ts';
import type { Pause } from './pausable.ts';

/** With what the range guard watches z by, if it does. */
export interface Truncation extends Watch {
  /** Bits to drop, 0 for none. */
  readonly trunc: number;
  readonly exact: boolean;
}

/**
 * The dealer's half. `mask` is the whole mask under which the shares will be opened; `drawn` says that it is the
 * plain sum of the parties' streams, so that parties know their shares of it already.
 */
export const dealOpenTruncate = (d: Dealing, mask: RingArray, t: Truncation, drawn: boolean): Value => {
  const { trunc, exact } = t;
  if (trunc === 0) return { r: drawn ? mask : d.give(mask) };
  const n = mask.length;
  const shifted = d.words(n);
  d.ring.shr(shifted, mask, trunc);
  d.give(shifted);
  if (!exact) {
    dealGuard(d, mask, t, false);
    return { r: shifted };
  }
  const wrap = d.words(n);
  d.ring.shr(wrap, mask, d.field.bits - 1);
  d.ring.shl(wrap, wrap, d.field.bits - trunc);
  d.give(wrap);
  const next = d.draw(n);
  dealGuard(d, mask, t, true);
  return { r: next };
};

/**
 * Opens `share` (this party's share of z plus its share of the mask), which `parts` may still have to compute. `own` is
 * its share of a drawn mask.
 */
export function* openTruncate(
  p: Party,
  share: RingArray,
  t: Truncation,
  parts: Iterable<number | Pause> = [],
  own?: RingArray,
): Steps<Value> {
  const { trunc, exact } = t;
  const n = share.length;
  if (trunc > 0 && exact) {
    const [c, drawn] = yield* openWhile(p, share, () => draw(p, n), { parts });
    watch(p, c, t);
    return yield* truncateExactly(p, c, trunc, drawn);
  }
  const [c, r] = yield* openWhile(p, share, () => (trunc === 0 && own) || p.take(n), { parts });
  if (trunc > 0) {
    watch(p, c, t);
    p.ring.shr(c, c, trunc);
  }
  return { c, r };
}

/** What the exact form needs of the dealer. */
interface Drawn {
  readonly shifted: RingArray;
  readonly wrap: RingArray;
  readonly next: RingArray;
}

const draw = (p: Party, n: number): Drawn => ({ shifted: p.take(n), wrap: p.take(n), next: p.draw(n) });

/** The second half of the exact form: truncates a masked value whose c is public already. */
export function* truncateOpened(
  p: Party,
  masked: RingArray,
  t: Watch & { readonly trunc: number },
): Steps<Value> {
  const drawn = draw(p, masked.length);
  watch(p, masked, t);
  return yield* truncateExactly(p, masked, t.trunc, drawn);
}

function* truncateExactly(
  p: Party,
  masked: RingArray,
  trunc: number,
  { shifted, wrap, next }: Drawn,
): Steps<Value> {
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
  if (p.first) {
    ring.shr(c, c, trunc);
    ring.add(out, out, c);
    ring.addScalar(out, out, p.scalar(-math.pow2(k - 2 - trunc)));
  }
  ring.add(out, out, next);
  return { c: yield* p.open(out), r: next };
}
