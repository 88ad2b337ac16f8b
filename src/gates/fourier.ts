/**
 * @file Any smooth function of one secret in one opening, for any number of parties: a sum of harmonics,
 * f(x) = a_0 + the sum over k of a_k cos(k x) + b_k sin(k x), x in turns of 2^turn (Boura et al., "High-precision privacy-preserving
 * real-valued function evaluation", FC 2018, eprint 2017/1234, section 4; for sigmoid: Zheng et al., ACSAC 2023). Not only
 * periodic functions: a smooth one on half a turn has a smooth periodic extension (fixed/fit-fourier.ts), and the few words a
 * harmonic takes make a table a tenth as large as that of a piecewise polynomial of the same error.
 *
 * x = c - r: the turn is taken by dropping the high bits of c and of r; the dealer shares cos(k r) and sin(k r), and the
 * weights a_k cos(k c) + b_k sin(k c), a_k sin(k c) - b_k cos(k c) are public, so each party's weighed sum is its share
 * of f(x). A multiple of x itself, of which everybody has a share, is added on request.
 *
 * Secrecy: each dealt word is shared afresh, with the other parties' streams; the sum is opened under a mask of its own.
 * Conditions: |f(x)| 2^(t1 + t2) stays far below the ring (open-truncate.ts says how far, and what a wrap has for probability).
 *
 * Rounds 1, bytes k/8; dealer 2 * count * k/8, and what open-truncate.ts adds (free form k/8; exact: 2k/8, one round and k/8 more).
 */

import type { DeferredMask } from '../dealer/party-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { words } from '../dealer/slots.ts';
import type { RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import * as math from '../ring/math/index.ts';
import type { FourierShape } from '../ring/ring.ts';
import { dealTables, inBlocks, tableBlocks } from './dealt-tables.ts';
import { gate, type Party, ringOf, type Shapes, type Value } from './gate.ts';
import {
  dealOpenTruncate,
  openedUnder,
  openTruncate,
  type Truncation,
  truncationSlots,
} from './open-truncate.ts';

export interface FourierAttrs extends Truncation, FourierShape {
  /** Scale of the dealt words and of the public weights, in bits. The opened value has scale t1 + t2. */
  readonly t1: number;
  readonly t2: number;
  /** a_k and b_k in turn. */
  readonly coefficients: Float64Array;
  /** a_0, added inside the opening: alone, the sum of the others may be far larger than f. */
  readonly constant: number;
  /** What the raw x is multiplied with and added at scale t1 + t2: 0 or a power of two. */
  readonly linear: number;
  /** Low bits of x that are left out, where turns are longer than 2^62: 2^turn counts from there. 0 if there is a linear part. */
  readonly drop?: number;
}

/** What the turn is taken of. */
const high = (s: Scratch, a: RingArray, { drop = 0 }: FourierAttrs): RingArray => {
  if (drop === 0) return a;
  const out = s.words(a.length);
  s.ring.shr(out, a, drop);
  return out;
};

const fourierSlots = (field: Field, n: number, a: FourierAttrs, made: boolean | undefined) => ({
  u: words(openedUnder(a, made), n),
  tables: tableBlocks(n, field, 2 * a.count).map(([, length]) => words('function', length * 2 * a.count)),
  ...truncationSlots(n, a, 'stream', made),
});

/** Ins: x. Outs: f(x). */
export const fourier = gate({
  slots: ({ field, ins: [x], made }: Shapes, a: FourierAttrs) => fourierSlots(field, x!.length, a, made),
  *deal(d, [x], a) {
    const r = high(d, ringOf(x!.r), a);
    const mask = yield* d.mask('u');
    yield* dealTables(d, r.length, 2 * a.count, (table, start, length) =>
      d.ring.fourierDeal(table, r.view(start, length), a),
    );
    return [yield* dealOpenTruncate(d, mask, a, 'stream')];
  },
  *eval(p, [x], a) {
    const c = ringOf(x!.c);
    const share = p.words(c.length);
    const u = yield* p.deferredMask('u');
    return [yield* openTruncate(p, share, a, sums(p, share, x!, u, a), u.array)];
  },
});

/** This party's shares of f(x), masked, block by block. */
const sums = (
  p: Party<Pick<ReturnType<typeof fourierSlots>, 'tables'>>,
  share: RingArray,
  x: Value,
  u: DeferredMask,
  a: FourierAttrs,
) => {
  const { ring } = p;
  const from = high(p, ringOf(x.c), a);
  const constant = p.scalar(p.first ? Math.round(a.constant * math.pow2(a.t2)) : 0);
  ring.shl(constant, constant, a.t1);
  function* weigh(block: number, start: number, length: number) {
    const table = yield* p.receiveShare('tables', block);
    const c = from.view(start, length);
    ring.fourierEval(share.view(start, length), c, table, a.coefficients, a);
    p.drop(table);
  }
  const mask = (start: number, length: number): void => {
    const at = (array: RingArray): RingArray => array.view(start, length);
    const sum = at(share);
    ring.addScalar(sum, sum, constant);
    if (a.linear !== 0) {
      const own = p.words(length);
      if (p.first) ring.sub(own, at(ringOf(x.c)), at(ringOf(x.r)));
      else ring.neg(own, at(ringOf(x.r)));
      ring.mulScalar(own, own, p.scalar(a.linear));
      ring.add(sum, sum, own);
      p.drop(own);
    }
    u.fill(start, length);
    ring.add(sum, sum, at(u.array));
  };
  return inBlocks(tableBlocks(share.length, p.field, 2 * a.count), weigh, mask);
};
