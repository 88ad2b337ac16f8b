/**
 * @file Any smooth function of one secret in one opening, for any number of parties: a piecewise polynomial.
 *
 * The dealer shares (one-hot index of r) x (1, r, r^2, .., r^d), r taken within its piece; each party rotates by
 * the public digit of c and weights by coefficients that depend on c alone, and the sum *is* a share of the right
 * polynomial at x = c - r (the spline gate of Boyle et al., eprint 2020/1392, section 6, with one-time tables for
 * FSS keys). Because of the lost borrow the index can be one piece high, so every piece is fitted over its left
 * neighbour too, and of 2^b pieces the first 2^b - 1 are usable. The caller keeps x in range.
 *
 * Rounds 1, bytes k/8; dealer pieces * (degree + 1) * k/8. Exact truncation adds what finish.ts says.
 */

import type { RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import { dealFinish, finish, type Truncation } from './finish.ts';
import { type Gate, ringOf } from './gate.ts';

export interface SplineAttrs extends Truncation, Readonly<Record<string, unknown>> {
  readonly pieces: number;
  readonly degree: number;
  /** Low bits of x that are dropped first; then a piece is 2^stepBits wide. */
  readonly drop: number;
  readonly stepBits: number;
  /** Scale of the dealt powers and of the public weights, in bits. The opened value has scale t1 + t2. */
  readonly t1: number;
  readonly t2: number;
  /** pieces x (degree + 1), powers of (x - left) / width, ascending. */
  readonly coefficients: Float64Array;
}

/** Bytes of table per block: drawn and used while it is in the cache. */
const BLOCK = 128 << 10;

const blocks = (
  n: number,
  field: Field,
  { pieces, degree }: SplineAttrs,
): [start: number, length: number][] => {
  const size = Math.max(1, Math.floor(BLOCK / (pieces * (degree + 1) * field.bytes)));
  return Array.from({ length: Math.ceil(n / size) }, (_, i) => [i * size, Math.min(size, n - i * size)]);
};

export const spline: Gate<SplineAttrs> = {
  deal(d, [x], a) {
    const r = ringOf(x!.r);
    for (const [start, length] of blocks(r.length, d.field, a)) {
      const table = d.words(length * a.pieces * (a.degree + 1));
      d.ring.splineDeal(table, r.view(start, length), a);
      d.give(table);
      d.drop(table);
    }
    return [dealFinish(d, d.draw(r.length), a, true)];
  },
  *eval(p, [x], a) {
    const c = ringOf(x!.c);
    const share: RingArray = p.words(c.length);
    for (const [start, length] of blocks(c.length, p.field, a)) {
      const table = p.take(length * a.pieces * (a.degree + 1));
      p.ring.splineEval(share.view(start, length), c.view(start, length), table, a.coefficients, a);
      p.drop(table);
    }
    const u = p.draw(c.length);
    p.ring.add(share, share, u);
    return [yield* finish(p, share, a, u)];
  },
};
