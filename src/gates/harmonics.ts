/**
 * @file Any smooth function of one secret in one opening, for any number of parties: a sum of harmonics,
 * f(x) = a_0 + the sum over k of a_k cos(k x) + b_k sin(k x), x in turns of 2^turn (Boura et al., "High-precision privacy-preserving
 * real-valued function evaluation", FC 2018, eprint 2017/1234, section 4; for sigmoid: Zheng et al., ACSAC 2023). Not only
 * periodic functions: a smooth one on half a turn has a smooth periodic extension (fixed/fit.ts), and the few words a
 * harmonic takes make a table a tenth as large as that of a piecewise polynomial of the same error.
 *
 * x = c - r: the turn is taken by dropping the high bits of c and of r; the dealer shares cos(k r) and sin(k r), and the
 * weights a_k cos(k c) + b_k sin(k c), a_k sin(k c) - b_k cos(k c) are public, so each party's weighed sum is its share
 * of f(x). A multiple of x itself, of which everybody has a share, is added on request.
 *
 * Secrecy: each dealt word is shared afresh, with the other parties' streams; the sum is opened under a mask of its own.
 * Conditions: |f(x)| 2^(t1 + t2) stays far below the ring (finish.ts says how far, and what a wrap has for probability).
 *
 * Rounds 1, bytes k/8; dealer 2 * count * k/8, and what finish.ts adds (free form k/8; exact: 2k/8, one round and k/8 more).
 */

import type { RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import type { HarmonicShape } from '../ring/ring.ts';
import { dealFinish, finish, type Truncation } from './finish.ts';
import { type Gate, ringOf } from './gate.ts';

export interface HarmonicAttrs extends Truncation, HarmonicShape, Readonly<Record<string, unknown>> {
  /** Scale of the dealt words and of the public weights, in bits. The opened value has scale t1 + t2. */
  readonly t1: number;
  readonly t2: number;
  /** a_k and b_k in turn. */
  readonly coefficients: Float64Array;
  /** a_0, added inside the opening: alone, the sum of the others may be far larger than f. */
  readonly constant: number;
  /** What the raw x is multiplied with and added at scale t1 + t2: 0 or a power of two. */
  readonly linear: number;
}

/** Bytes of table per block: drawn and used while it is in the cache. */
const BLOCK = 128 << 10;

/** Elements whose tables of `row` words are dealt in one piece. */
export const tableBlocks = (n: number, field: Field, row: number): [start: number, length: number][] => {
  const size = Math.max(1, Math.floor(BLOCK / (row * field.bytes)));
  return Array.from({ length: Math.ceil(n / size) }, (_, i) => [i * size, Math.min(size, n - i * size)]);
};

/** Ins: x. Outs: f(x). */
export const harmonics: Gate<HarmonicAttrs> = {
  deal(d, [x], a) {
    const r = ringOf(x!.r);
    for (const [start, length] of tableBlocks(r.length, d.field, 2 * a.count)) {
      const table = d.words(length * 2 * a.count);
      d.ring.harmonicsDeal(table, r.view(start, length), a);
      d.give(table);
      d.drop(table);
    }
    return [dealFinish(d, d.draw(r.length), a, true)];
  },
  *eval(p, [x], a) {
    const c = ringOf(x!.c);
    const share: RingArray = p.words(c.length);
    for (const [start, length] of tableBlocks(c.length, p.field, 2 * a.count)) {
      const table = p.take(length * 2 * a.count);
      p.ring.harmonicsEval(share.view(start, length), c.view(start, length), table, a.coefficients, a);
      p.drop(table);
    }
    if (p.first && a.constant !== 0) {
      const constant = p.scalar(Math.round(a.constant * 2 ** a.t2));
      p.ring.shl(constant, constant, a.t1);
      p.ring.addScalar(share, share, constant);
    }
    if (a.linear !== 0) {
      const own = p.words(c.length);
      if (p.first) p.ring.sub(own, c, ringOf(x!.r));
      else p.ring.neg(own, ringOf(x!.r));
      p.ring.mulScalar(own, own, p.scalar(a.linear));
      p.ring.add(share, share, own);
      p.drop(own);
    }
    const u = p.draw(c.length);
    p.ring.add(share, share, u);
    return [yield* finish(p, share, a, u)];
  },
};
