/**
 * @file Products of masked values and public real numbers p / 2^trunc in one step: everyone scales the public c, the dealer the mask,
 * both with all bits of the product (ring.scale). So there is no product that could leave the ring where the result does not, a factor
 * has all its bits, and a power of two is a shift.
 *
 * Secrecy: scale opens nothing, and the scaled mask is shared afresh; scaleExact as in open-truncate.ts.
 *
 * scale: c and r count as signed. Off by at most one unit in the last place. Wrong where x + r leaves the signed numbers: probability |x| / 2^k,
 * and never where r is 0, as that of a public value among secrets may be. Rounds 0, bytes 0; dealer k/8.
 * scaleExact: |x| < 2^(k-2), trunc <= k - 2; see open-truncate.ts, exact form. Rounds 1, bytes k/8; dealer 2k/8.
 */
import type { Scratch } from '../dealer/scratch.ts';
import type { RingArray } from '../ring/array.ts';
import { gate, ringOf, type Shapes } from './gate.ts';
import { exactMaterial, exactSlots, freeSlots, type Scaling, truncateExactly } from './open-truncate.ts';
import { dealGuard, rangeSlots, type Watch, watch } from './range-rows.ts';

/** The range guard watches x of the free form, if it does, and a wrap of x + r. */
export type ScaleAttrs = { readonly trunc: number } & Watch;

const scaled = (s: Scratch, x: RingArray, p: RingArray, trunc: number, signed: boolean): RingArray => {
  const out = s.words(x.length);
  s.ring.scale(out, x, p, trunc, signed);
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

const byFactor = (p: Scratch, factor: RingArray, trunc: number): Scaling => ({
  down: (dst, a) => p.ring.scale(dst, a, factor, trunc),
  unit: (dst, a, shift) => {
    const times = timesFactor(p, a.length, factor, shift - trunc, a);
    p.ring.copy(dst, times);
    p.drop(times);
  },
});

/** Ins: x, and the public p, of one element or as many. Outs: x p / 2^trunc. */
export const scale = gate({
  slots: ({ ins: [x], made }: Shapes, t: ScaleAttrs) => ({
    ...freeSlots(x!.length, made, t),
    ...rangeSlots(x!.length, t),
  }),
  *deal(d, [x, p], attrs) {
    const r = yield* d.share('shifted', scaled(d, ringOf(x!.r), ringOf(p!.c), attrs.trunc, true));
    yield* dealGuard(d, ringOf(x!.r), attrs, false);
    return [{ r }];
  },
  *eval(p, [x, factor], attrs) {
    if (p.made) return [yield* p.made.freely(p, x!, byFactor(p, ringOf(factor!.c), attrs.trunc), attrs)];
    const c = scaled(p, ringOf(x!.c), ringOf(factor!.c), attrs.trunc, true);
    const r = yield* p.receiveShare('shifted');
    yield* watch(p, ringOf(x!.c), attrs);
    return [{ c, r }];
  },
});

export const scaleExact = gate({
  slots: ({ ins: [x], made }: Shapes, _: ScaleAttrs) => exactSlots(x!.length, made),
  *deal(d, [x, p], { trunc }) {
    const [r, factor] = [ringOf(x!.r), ringOf(p!.c)];
    const n = r.length;
    yield* d.share('shifted', scaled(d, r, factor, trunc, false));
    const wraps = d.words(n);
    d.ring.shr(wraps, r, d.field.bits - 1);
    yield* d.share('wrap', timesFactor(d, n, factor, d.field.bits - trunc, wraps));
    return [{ r: yield* d.mask('next') }];
  },
  *eval(p, [x, factor], { trunc }) {
    const [masked, f] = [ringOf(x!.c), ringOf(factor!.c)];
    if (p.made) return [yield* p.made.exactly(p, x!, byFactor(p, f, trunc), {})];
    const material = yield* exactMaterial(p);
    const addPublic = (out: RingArray, c: RingArray): void => {
      p.ring.add(out, out, scaled(p, c, f, trunc, false));
      p.ring.sub(out, out, timesFactor(p, c.length, f, p.field.bits - 2 - trunc));
    };
    return [yield* truncateExactly(p, masked, material, addPublic)];
  },
});
