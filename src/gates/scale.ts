/**
 * @file Products of masked values and public real numbers p / 2^trunc in one step: everyone scales the public c, the dealer the mask,
 * both with all bits of the product (ring.scale). So there is no product that could leave the ring where the result does not, a factor
 * has all its bits, and a power of two is a shift.
 *
 * Secrecy: scale opens nothing, and the scaled mask is shared afresh; scaleExact as in open-truncate.ts.
 *
 * scale: off by at most one unit in the last place. Wrong where x + r wraps: probability |x| / 2^k. Rounds 0, bytes 0; dealer k/8.
 * scaleExact: |x| < 2^(k-2), trunc <= k - 2; see open-truncate.ts, exact form. Rounds 1, bytes k/8; dealer 2k/8.
 */
import type { Scratch } from '../dealer/scratch.ts';
import type { RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';
import { type Gate, ringOf } from './gate.ts';
import { dealGuard, type Watch, watch } from './guard.ts';

/** The range guard watches x of the free form, if it does, and a wrap of x + r. */
type ScaleGate = Gate<{ readonly trunc: number } & Watch>;

const scaled = (s: Scratch, x: RingArray, p: RingArray, trunc: number): RingArray => {
  const out = s.words(x.length);
  s.ring.scale(out, x, p, trunc);
  return out;
};

/** x times p 2^shift mod 2^k, for x 0 or 1 or (absent) 1. */
const timesFactor = (s: Scratch, n: number, p: RingArray, shift: number, x?: RingArray): RingArray => {
  const factor = s.words(p.length);
  s.ring.shl(factor, p, shift);
  if (!x && p.length === n) return factor;
  const out = s.words(n);
  if (p.length === n) s.ring.mul(out, x!, factor);
  else if (x) s.ring.mulScalar(out, x, factor);
  else {
    s.ring.zero(out);
    s.ring.addScalar(out, out, factor);
  }
  s.drop(factor);
  return out;
};

/** Ins: x, and the public p, of one element or as many. Outs: x p / 2^trunc. */
export const scale: ScaleGate = {
  deal(d, [x, p], attrs) {
    const r = d.give(scaled(d, ringOf(x!.r), ringOf(p!.c), attrs.trunc));
    dealGuard(d, ringOf(x!.r), attrs, false);
    return [{ r }];
  },
  // biome-ignore lint/correctness/useYield: a gate without a round
  *eval(p, [x, factor], attrs) {
    const c = scaled(p, ringOf(x!.c), ringOf(factor!.c), attrs.trunc);
    const r = p.take(c.length);
    watch(p, ringOf(x!.c), attrs);
    return [{ c, r }];
  },
};

export const scaleExact: ScaleGate = {
  deal(d, [x, p], { trunc }) {
    const [r, factor] = [ringOf(x!.r), ringOf(p!.c)];
    const n = r.length;
    d.give(scaled(d, r, factor, trunc));
    const wraps = d.words(n);
    d.ring.shr(wraps, r, d.field.bits - 1);
    d.give(timesFactor(d, n, factor, d.field.bits - trunc, wraps));
    return [{ r: d.draw(n) }];
  },
  *eval(p, [x, factor], { trunc }) {
    const { ring, field } = p;
    const [masked, f] = [ringOf(x!.c), ringOf(factor!.c)];
    const n = masked.length;
    const k = field.bits;
    const [shifted, wrap, next] = [p.take(n), p.take(n), p.draw(n)];
    const c = p.words(n);
    ring.addScalar(c, masked, p.scalar(math.pow2(k - 2)));
    // (1 - msb c) wrap, without a branch.
    const out = p.words(n);
    ring.shr(out, c, k - 1);
    ring.neg(out, out);
    ring.addScalar(out, out, p.scalar(1));
    ring.mul(out, out, wrap);
    ring.sub(out, out, shifted);
    if (p.first) {
      ring.add(out, out, scaled(p, c, f, trunc));
      ring.sub(out, out, timesFactor(p, n, f, k - 2 - trunc));
    }
    ring.add(out, out, next);
    return [{ c: yield* p.open(out), r: next }];
  },
};
