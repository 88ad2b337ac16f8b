/**
 * @file Piecewise-linear functions of one secret in one opening, for two parties: the sum of [x >= t] (slope (x - t) + step) over public t.
 * relu, |x|, clip, larger and smaller, sign and interpolation are such sums (splines and ReLU from one comparison key, whatever the
 * number of pieces: Boyle et al., eprint 2020/1392, section 5), here on masked values. Keys: assembly/fss-payload.ts.
 *
 * [x >= t] = u ^ v ^ g: u = top bit of y = c - t + 1, v = top bit of r, g = [low r < low y] in the bits below. u is public; the
 * key's payload is (1 - 2v) (1, r), which makes its shares those of v ^ g - v, and of that times r: the dealer shares v and
 * v r, and x = c - r does the rest. One key serves every t. Exact, whole words, like `less`.
 *
 * Secrecy: correction words are noise to whoever holds one seed; v and v r are shared afresh; the sum is opened under a mask
 * of its own. Two parties, who do not collude with the dealer. As `less`, x - t must not overflow (lie in b bits).
 *
 * Rounds 1, bytes k/8. Dealer bytes an element, to each party: 6096, 2016, 744 (FM128, 64, 32; without slopes 4064, 1512, 620;
 * b bits: (b - 1) (16 + k/4) or (b - 1) (16 + k/8)); to rank 0 k/4 or k/8 more; truncation as open-truncate.ts says. Local work 7 us
 * (FM128) a threshold.
 */

import { words } from '../dealer/slots.ts';
import type { RingArray } from '../ring/array.ts';
import { type KeyShape, keyRow } from '../ring/fss-payload.ts';
import { bitOf, dealRingKeys, evalSteps, keySlots, receiveKeys, signOf } from './fss-keys.ts';
import { gate, ringOf, type Shapes } from './gate.ts';
import { dealOpenTruncate, openTruncate, type Truncation, truncationSlots } from './open-truncate.ts';

/** From x = at[i] on, slopes[i] (x - at[i]) + steps[i] is added: raw whole numbers. */
export interface Breakpoints {
  readonly at: readonly number[];
  readonly slopes: readonly number[];
  readonly steps: readonly number[];
}

export interface PiecewiseLinearAttrs extends Truncation, Breakpoints {
  /** b: each x - t lies in [-2^(b-1), 2^(b-1)). Absent: anything but overflow. */
  readonly bits?: number;
}

/** What a key shares: the comparison, and that times r if there are slopes. */
export const piecewiseLinearShape = ({ slopes }: Breakpoints, bits: number): KeyShape => ({
  total: bits - 1,
  group: 0,
  words: 0,
  steps: slopes.some((v) => v !== 0) ? 2 : 1,
});

/** Ins: x. Outs: the sum. */
export const piecewiseLinearFss = gate({
  broadcasts: true,
  slots: ({ field, ins: [x] }: Shapes, a: PiecewiseLinearAttrs) => {
    const n = x!.length;
    const shape = piecewiseLinearShape(a, a.bits ?? field.bits);
    return {
      ...keySlots(n, keyRow(field, shape)),
      v: words('wrap', n),
      vR: shape.steps === 2 ? words('bitTimes', n) : undefined,
      u: words('mask', n),
      ...truncationSlots(n, a, 'stream'),
    };
  },
  *deal(d, [x], a) {
    const { ring } = d;
    const r = ringOf(x!.r);
    const n = r.length;
    const { bits = d.field.bits } = a;
    const shape = piecewiseLinearShape(a, bits);
    const v = bitOf(d, r, bits - 1);
    const sign = signOf(d, v);
    const payload = d.words(n * shape.steps);
    ring.copy(payload.view(0, n), sign);
    if (shape.steps === 2) ring.mul(payload.view(n, n), sign, r);
    yield* dealRingKeys(d, r, null, payload, shape);
    yield* d.share('v', v);
    if (shape.steps === 2) {
      ring.mul(v, v, r);
      yield* d.share('vR', v);
    }
    d.drop(v, sign, payload);
    return [yield* dealOpenTruncate(d, yield* d.mask('u'), a, 'stream')];
  },
  *eval(p, [x], a) {
    const { ring } = p;
    const [c, r] = [ringOf(x!.c), ringOf(x!.r)];
    const n = c.length;
    const { bits = p.field.bits } = a;
    const shape = piecewiseLinearShape(a, bits);
    const key = yield* receiveKeys(p);
    const v = yield* p.receiveShare('v');
    const vr = shape.steps === 2 ? yield* p.receiveShare('vR') : null;
    const share = yield* p.mask('u');
    const own = p.words(n);
    ring.copy(own, share);
    const [from, y, found, part] = [p.words(n), p.words(n), p.words(n * shape.steps), p.words(n)];
    const g = found.view(0, n);
    const times = (word: RingArray, factor: number): void => {
      if (factor !== 1) ring.mulScalar(word, word, p.scalar(factor));
    };
    for (const [i, at] of a.at.entries()) {
      const [slope, step] = [a.slopes[i]!, a.steps[i]!];
      ring.addScalar(from, c, p.scalar(-at));
      ring.addScalar(y, from, p.scalar(1));
      yield* evalSteps(p, found, key, y, shape);
      const u = bitOf(p, y, bits - 1);
      const sign = signOf(p, u);
      if (slope !== 0) {
        // - slope * [x >= t] r
        const gr = found.view(n, n);
        ring.add(gr, gr, vr!);
        ring.mul(gr, gr, sign);
        ring.mul(part, u, r);
        ring.add(part, part, gr);
        times(part, slope);
        ring.sub(share, share, part);
      }
      // (slope * (c - t) + step) [x >= t]
      ring.add(g, g, v);
      ring.mul(g, g, sign);
      if (p.first) ring.add(g, g, u);
      if (slope !== 0) {
        ring.mul(part, from, g);
        times(part, slope);
        ring.add(share, share, part);
      }
      if (step !== 0) {
        times(g, step);
        ring.add(share, share, g);
      }
      p.drop(u, sign);
    }
    p.drop(key.words, key.seed, v, from, y, found, part);
    if (vr) p.drop(vr);
    return [yield* openTruncate(p, share, a, [], own)];
  },
});
