/**
 * @file e^x in one opening, for any number of parties. x - lo = c - r, and both are cut into a piece number and a rest:
 * e^x = e^(lo + width * (hi(c) - hi(r)) + lo(c)) * e^-lo(r). The dealer shares, for each of P piece numbers j, [j = hi(r)]
 * e^-lo(r) (a one-time table: Ishai et al., TCC 2013, section 3, whose one entry carries a factor), and each party weighs
 * word j by the public e^(lo + width * (hi(c) - j mod P) + lo(c)). Where lo(c) < lo(r) the piece is one high, and the factor
 * less than 1 by just that much. Splitting an exponent for a product of two factors: SIRNN, eprint 2021/459, section 4.1.
 *
 * Secrecy: each dealt word is shared afresh, with the other parties' streams; the sum is opened under a mask of its own.
 * Conditions: 0 <= x - lo < (P - 1) width, and e^x 2^(t1 + t2) far below the ring (open-truncate.ts).
 * Small results are as exact as their last bits: weights are rounded at 2^-t2, factors at 2^-t1.
 *
 * Rounds 1, bytes k/8; dealer P * k/8, and what open-truncate.ts adds (free form k/8; exact: 2k/8, one round and k/8 more).
 *
 * One table serves several windows of x at several scales (`exponentials`): pieces count mod P, so only the public weights differ. A window
 * is cut into bands of pieces, each with a scale of its own, by which its sum is shifted: so weights of 63 bits span any range. Nothing is
 * truncated. Rounds 1, bytes k/8 a window; dealer P * k/8.
 */

import type { DeferredMask } from '../dealer/party-context.ts';
import { words } from '../dealer/slots.ts';
import type { RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import type { ExponentBand, ExponentShape } from '../ring/ring.ts';
import { dealTables, inBlocks, tableBlocks } from './dealt-tables.ts';
import { gate, type Party, ringOf, type Shapes, type Value } from './gate.ts';
import {
  dealOpenTruncate,
  openedUnder,
  openTruncate,
  type Truncation,
  truncationSlots,
} from './open-truncate.ts';

export interface ExponentialAttrs extends Truncation, ExponentShape {
  readonly lo: number;
  /** Scale of the dealt factors and of the public weights, in bits. The opened value has scale t1 + t2. */
  readonly t1: number;
  readonly t2: number;
}

/** Of n elements, in blocks. */
const tableSlots = (field: Field, n: number, pieces: number) =>
  tableBlocks(n, field, pieces).map(([, length]) => words('table', length * pieces));

/** Ins: x - lo. Outs: e^x. */
export const exponential = gate({
  slots: ({ field, ins: [x], made }: Shapes, a: ExponentialAttrs) => ({
    u: words(openedUnder(a, made), x!.length),
    tables: tableSlots(field, x!.length, a.pieces),
    ...truncationSlots(x!.length, a, 'stream', made),
  }),
  *deal(d, [x], a) {
    const r = ringOf(x!.r);
    const mask = yield* d.mask('u');
    yield* dealTables(d, r.length, a.pieces, (table, start, length) =>
      d.ring.exponentialDeal(table, r.view(start, length), a),
    );
    return [yield* dealOpenTruncate(d, mask, a, 'stream')];
  },
  *eval(p, [x], a) {
    const c = ringOf(x!.c);
    const share = p.words(c.length);
    const u = yield* p.deferredMask('u');
    return [yield* openTruncate(p, share, a, factors(p, share, c, u, a), u.array)];
  },
});

/** This party's shares of e^x, masked, block by block. */
const factors = (
  p: Party<{ tables: ReturnType<typeof tableSlots> }>,
  share: RingArray,
  c: RingArray,
  u: DeferredMask,
  a: ExponentialAttrs,
) => {
  function* weigh(block: number, start: number, length: number) {
    const table = yield* p.receiveShare('tables', block);
    p.ring.exponentialEval(share.view(start, length), c.view(start, length), table, a);
    p.drop(table);
  }
  const mask = (start: number, length: number): void => {
    const sum = share.view(start, length);
    u.fill(start, length);
    p.ring.add(sum, sum, u.array.view(start, length));
  };
  return inBlocks(tableBlocks(c.length, p.field, a.pieces), weigh, mask);
};

export interface ExponentialsAttrs extends ExponentShape {
  readonly lo: number;
  readonly t1: number;
  readonly windows: number;
  /**
   * Bands, six numbers each: the window that it is added to, where the window's first piece begins, the band's first piece and the one
   * after its last, the scale of its weights, and by how many bits its sum is shifted.
   */
  readonly bands: readonly number[];
}

const bandsOf = ({ bands }: ExponentialsAttrs): ExponentBand[] =>
  Array.from({ length: bands.length / 6 }, (_, i) => {
    const [window, lo, from, to, t2, shift] = bands.slice(6 * i, 6 * i + 6) as [
      number, number, number, number, number, number,
    ]; // biome-ignore format: one row
    return { window, lo, from, to, t2, shift };
  });

/** Ins: x - lo. Outs: e^x for each window in which x may lie, at the scale that its bands say. */
export const exponentials = gate({
  slots: ({ field, ins: [x] }: Shapes, a: ExponentialsAttrs) => ({
    masks: Array.from({ length: a.windows }, () => words('mask', x!.length)),
    tables: tableSlots(field, x!.length, a.pieces),
  }),
  *deal(d, [x], a) {
    const r = ringOf(x!.r);
    const masks: Value[] = [];
    for (let i = 0; i < a.windows; i++) masks.push({ r: yield* d.mask('masks', i) });
    yield* dealTables(d, r.length, a.pieces, (table, start, length) =>
      d.ring.exponentialDeal(table, r.view(start, length), a),
    );
    return masks;
  },
  *eval(p, [x], a) {
    const { ring } = p;
    const c = ringOf(x!.c);
    const n = c.length;
    const masks: RingArray[] = [];
    for (let i = 0; i < a.windows; i++) masks.push(yield* p.mask('masks', i));
    const share = p.words(n * a.windows);
    for (const [i, mask] of masks.entries()) ring.copy(share.view(i * n, n), mask);
    const bands = bandsOf(a);
    for (const [i, [start, length]] of tableBlocks(n, p.field, a.pieces).entries()) {
      const table = yield* p.receiveShare('tables', i);
      const out = share.view(start, share.length - start);
      ring.exponentialWindows(out, c.view(start, length), table, a, n, bands);
      p.drop(table);
    }
    const opened = yield* p.open(share);
    return masks.map((r, i) => {
      const own = p.words(n);
      ring.copy(own, opened.view(i * n, n));
      return { c: own, r };
    });
  },
});
