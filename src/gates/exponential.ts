/**
 * @file e^x in one opening, for any number of parties. x - lo = c - r, and both are cut into a piece number and a rest:
 * e^x = e^(lo + width * (hi(c) - hi(r)) + lo(c)) * e^-lo(r). The dealer shares, for each of P piece numbers j, [j = hi(r)]
 * e^-lo(r) (a one-time table: Ishai et al., TCC 2013, section 3, whose one entry carries a factor), and each party weighs
 * word j by the public e^(lo + width * (hi(c) - j mod P) + lo(c)). Where lo(c) < lo(r) the piece is one high, and the factor
 * less than 1 by just that much. Splitting an exponent for a product of two factors: SIRNN, eprint 2021/459, section 4.1.
 *
 * Secrecy: each dealt word is shared afresh, with the other parties' streams; the sum is opened under a mask of its own.
 * Conditions: 0 <= x - lo < (P - 1) width, and e^x 2^(t1 + t2) far below the ring (finish.ts).
 * Small results are as exact as their last bits: weights are rounded at 2^-t2, factors at 2^-t1.
 *
 * Rounds 1, bytes k/8; dealer P * k/8, and what finish.ts adds (free form k/8; exact: 2k/8, one round and k/8 more).
 */

import type { Parts } from '../dealer/material.ts';
import type { RingArray } from '../ring/array.ts';
import type { ExponentShape } from '../ring/ring.ts';
import { dealFinish, finish, type Truncation } from './finish.ts';
import { type Gate, type Party, ringOf } from './gate.ts';
import { inBlocks, tableBlocks } from './harmonics.ts';
import { PAUSE } from './stretches.ts';

export interface ExponentialAttrs extends Truncation, ExponentShape, Readonly<Record<string, unknown>> {
  readonly lo: number;
  /** Scale of the dealt factors and of the public weights, in bits. The opened value has scale t1 + t2. */
  readonly t1: number;
  readonly t2: number;
}

/** Ins: x - lo. Outs: e^x. */
export const exponential: Gate<ExponentialAttrs> = {
  *deal(d, [x], a) {
    const r = ringOf(x!.r);
    const mask = d.draw(r.length);
    for (const [start, length] of tableBlocks(r.length, d.field, a.pieces)) {
      const table = d.words(length * a.pieces);
      d.ring.exponentialDeal(table, r.view(start, length), a);
      d.give(table);
      d.drop(table);
      yield PAUSE;
    }
    return [dealFinish(d, mask, a, true)];
  },
  *eval(p, [x], a) {
    const c = ringOf(x!.c);
    const share = p.words(c.length);
    const u = p.drawParts(c.length);
    return [yield* finish(p, share, a, factors(p, share, c, u, a), u.array)];
  },
};

/** This party's shares of e^x, masked, part by part. */
const factors = (
  p: Party,
  share: RingArray,
  c: RingArray,
  u: Parts,
  a: ExponentialAttrs,
): Generator<number> => {
  const weigh = (start: number, length: number): void => {
    const table = p.take(length * a.pieces);
    p.ring.exponentialEval(share.view(start, length), c.view(start, length), table, a);
    p.drop(table);
  };
  const mask = (start: number, length: number): void => {
    const sum = share.view(start, length);
    u.fill(start, length);
    p.ring.add(sum, sum, u.array.view(start, length));
  };
  return inBlocks(tableBlocks(c.length, p.field, a.pieces), weigh, mask);
};
