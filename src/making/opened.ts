/**
 * @file How gates that compute numbers end where two parties have made the material (gates/open-truncate.ts): shares are shifted where they lie,
 * and opened under fresh masks.
 */

import type { Slot } from '../dealer/slots.ts';
import { type Party, ringOf, type Value } from '../gates/gate.ts';
import {
  byBits,
  type exactSlots,
  type MadeEnds,
  type Scaling,
  type ShiftSlots,
  type Truncation,
  type TruncationSlots,
} from '../gates/open-truncate.ts';
import { PAUSE, type Pause } from '../gates/pausable.ts';
import { CUT_BITS, type RangeSlots, type RangeTest, type Watch, watch } from '../gates/range-rows.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { chosenRanges } from './ranges.ts';
import { chosenSigns } from './signs.ts';

/** Refreshed shares of a value, where two parties have made the material. */
function* refreshed(p: Party<{ refresh: Slot<'refresh', 'ring'> | undefined }>, { c, r }: Value) {
  const share = p.words(c!.length);
  if (p.first) p.ring.sub(share, ringOf(c), ringOf(r));
  else p.ring.neg(share, ringOf(r));
  const zero = yield* p.mask('refresh');
  p.ring.add(share, share, zero);
  return share;
}

/** Computes all of an array. */
function* computed<U>(compute: Iterable<number | Pause | U>): Generator<Pause | U, void, void> {
  for (const step of compute) yield typeof step === 'number' ? PAUSE : step;
}

/** The same where two parties have made the material. */
function* open<U>(
  p: Party<TruncationSlots>,
  share: RingArray,
  t: Truncation,
  compute: Iterable<number | Pause | U>,
  own: RingArray | undefined,
) {
  if (t.trunc === 0) {
    if (own) return { c: yield* p.open(share, { compute }), r: own };
    yield* computed(compute);
    const r = yield* p.receiveShare('outMask');
    p.ring.add(share, share, r);
    return { c: yield* p.open(share), r };
  }
  yield* computed(compute);
  const scaling = byBits(p, t.trunc);
  const out = t.exact ? yield* shiftExactly(p, share, scaling) : yield* shiftFreely(p, share, scaling);
  yield* watch(p, out.c, t, cutTest(p, t.trunc));
  return out;
}

/**
 * The test of the range guard for numbers z that were truncated to c - r: the top 9 bits of (c - r) 2^(trunc - 1) are those of z / 2, and
 * differ from them by half a ring where shares of z have wrapped.
 */
const cutTest =
  ({ ring, first }: Pick<Party, 'ring' | 'first'>, trunc: number): RangeTest =>
  (c, rows, weights) => {
    const up = ring.alloc(c.field, c.length);
    ring.shl(up, c, trunc - 1);
    const { bytes } = c.field;
    const [word, row, weight] = [ring.u8(up), ring.u8(rows), ring.u8(weights)];
    const side = first ? 1 : 0;
    const rowBytes = 1 << (CUT_BITS - 3);
    let [sum, end] = [0, bytes - 1];
    for (let i = 0; i < c.length; i++, end += bytes) {
      const at = (word[end]! << 1) | (word[end - 1]! >> 7);
      const inside = (row[i * rowBytes + (at >> 3)]! >> (at & 7)) & 1;
      const [a, b, d, e] = [weight[4 * i]!, weight[4 * i + 1]!, weight[4 * i + 2]!, weight[4 * i + 3]!];
      sum ^= (a | (b << 8) | (d << 16) | (e << 24)) & -(inside ^ side);
    }
    ring.release(up);
    return sum;
  };

/** Opens what refreshed shares stand for, scaled down. Gives `share` up. */
function* shiftFreely(p: Party<Pick<ShiftSlots, 'shifted'>>, share: RingArray, scaling: Scaling) {
  const { ring, first } = p;
  const r = yield* p.receiveShare('shifted');
  const down = p.words(share.length);
  if (!first) ring.neg(share, share);
  scaling.down(down, share);
  if (!first) ring.neg(down, down);
  ring.add(down, down, r);
  return { c: yield* p.open(down), r };
}

/** The top bits of both shares, each under the bit of its party: [rank 0's, rank 1's], public. */
function* openTops(p: Pick<Party, 'open' | 'bits' | 'ring' | 'first'>, top: Bits, mask: Bits) {
  const both = [p.bits(top.length), p.bits(top.length)] as const;
  p.ring.xor(both[p.first ? 0 : 1], top, mask);
  // Both in one round.
  p.open(both[0], { from: 0 }).next();
  yield* p.open(both[1], { from: 1 });
  return both;
}

/** The same in the exact form. */
function* shiftExactly(
  p: Party<Pick<ShiftSlots, 'wrap' | 'next' | 'tops'>>,
  share: RingArray,
  scaling: Scaling,
) {
  const { ring, field, first } = p;
  const n = share.length;
  const k = field.bits;
  if (first) ring.addScalar(share, share, p.scalar(math.pow2(k - 2)));
  const planes = p.bits(n, k);
  ring.toPlanes(planes, share);
  const top = planes.plane(k - 1);
  const own = yield* p.mask('tops');
  const [d, e] = yield* openTops(p, top, own);
  // m_0 m_1 = (d + (1 - 2d) a) (e + (1 - 2e) b), of whose last product both have shares: rank 0 adds what is with a, rank 1 with b.
  const product = yield* p.receiveShare('wrap');
  const [one, other] = first ? [d, e] : [e, d];
  const [mine, theirs, bit] = [p.words(n), p.words(n), p.words(n)];
  const minus = (dst: RingArray, a: Bits): void => {
    ring.bitsToRing(dst, a);
    ring.mulScalar(dst, dst, p.scalar(-2));
    ring.addScalar(dst, dst, p.scalar(1));
  };
  minus(mine, one);
  minus(theirs, other);
  ring.mul(product, product, mine);
  ring.mul(product, product, theirs);
  // (1 - 2 one) own other, and rank 0 adds d e: of this party's wrap, its top bit less all of them.
  ring.bitsToRing(bit, own);
  ring.mul(bit, bit, mine);
  const word = p.words(n);
  ring.bitsToRing(word, other);
  ring.mul(bit, bit, word);
  ring.add(bit, bit, product);
  if (first) {
    ring.bitsToRing(mine, one);
    ring.mul(mine, mine, word);
    ring.add(bit, bit, mine);
  }
  ring.bitsToRing(word, top);
  ring.sub(bit, word, bit);
  // Of shares s_0 and s_1: s_0 rounded down, s_1 rounded up, so that what has no low bits stays as it is; less wrap 2^k, and less the
  // 2^(k-2) that was added.
  const down = p.words(n);
  if (first) scaling.down(down, share);
  else {
    ring.neg(word, share);
    scaling.down(down, word);
    ring.neg(down, down);
    // -(2^k - s_1) counts 2^k less than s_1, but for s_1 = 0.
    ring.or(word, word, share);
    ring.shr(word, word, k - 1);
    ring.sub(bit, bit, word);
  }
  scaling.unit(mine, bit, k);
  ring.sub(down, down, mine);
  if (first) {
    ring.zero(bit);
    ring.addScalar(bit, bit, p.scalar(1));
    scaling.unit(mine, bit, k - 2);
    ring.sub(down, down, mine);
  }
  p.drop(planes, product, mine, theirs, bit, word);
  const r = yield* p.mask('next');
  ring.add(down, down, r);
  return { c: yield* p.open(down), r };
}

/** In the exact form, watched as `t` says: by x itself, which is masked. */
function* exactly(p: Party<ReturnType<typeof exactSlots>>, x: Value, scaling: Scaling, t: Watch) {
  yield* watch(p as unknown as Party<RangeSlots>, ringOf(x.c), t);
  return yield* shiftExactly(p, yield* refreshed(p, x), scaling);
}

export const madeEnds: MadeEnds = {
  open,
  signs: chosenSigns,
  ranges: chosenRanges,
  *freely(p, x, scaling, t) {
    if (t.guard === undefined) return yield* shiftFreely(p, yield* refreshed(p, x), scaling);
    return yield* exactly(p as unknown as Party<ReturnType<typeof exactSlots>>, x, scaling, t);
  },
  exactly,
};
