/**
 * @file Functions of one secret in one opening wherever it lies, for two parties: pieces by a key whose payload is what the
 * dealer knows of the argument, and a step where the last piece ends. The piece of x = c - r is hi(c) - hi(r), or one less where
 * lo(c) < lo(r); a key for hi(r) is evaluated at P public neighbours, and P rows of shares come out, of which that of hi(r) holds
 * the payload: a table as in gates/exponential.ts, which nobody had to deal. In it stand powers of lo(r), for a polynomial each
 * piece (splines: Boyle et al., eprint 2020/1392, section 5, there by comparison keys; all pieces from one key of a point
 * function: Grotto, eprint 2023/108), or e^-lo(r). Below the first piece all rows are 0, and so is the sum; above the last one a
 * comparison by the same key adds what the function is there: a number, and with a second word of payload a multiple of x, as
 * gates/piecewise-linear-fss.ts. Keys: assembly/fss-payload.ts; weights: assembly/spline.ts, exponential.ts.
 *
 * Polynomials hold for the left neighbour too, so that a lost borrow does no harm: the functions are smooth ones.
 *
 * Secrecy: correction words are noise to whoever holds one seed; the sum is opened under a mask of its own. Two parties, who do
 * not collude with the dealer. Conditions: |f(x)| 2^(t1 + t2) far below the ring (open-truncate.ts); x of less than k - 2 bits, or
 * of b - 2 if `bits` says so.
 *
 * Rounds 1, bytes k/8, and as many for a multiple of x, which is opened beside the rest so that it may fill the ring. Dealer bytes an element, to each party, with L = b - 1 - pieceBits: spline L (16 + s k/8) + powers k/8, for s
 * words of a step (0, 1, or 2 with a multiple of x), and s words more to rank 0; exponential 16 (L - 2) + 64 (FM128; FM64 -3,
 * FM32 -4); and what open-truncate.ts adds. Local work (FM128, 16 pieces of 12 powers) 9.5 us, exponential 6 us.
 */

import type { DealerContext } from '../dealer/dealer-context.ts';
import { words as wordSlot } from '../dealer/slots.ts';
import type { RingArray } from '../ring/array.ts';
import type { Field } from '../ring/field.ts';
import { type KeyShape, keyRow } from '../ring/fss-payload.ts';
import * as math from '../ring/math/index.ts';
import type { SplineShape } from '../ring/ring.ts';
import { tableBlocks } from './dealt-tables.ts';
import type { ExponentialAttrs } from './exponential.ts';
import { bitOf, dealRingKeys, keySlots, receiveKeys, signOf } from './fss-keys.ts';
import { gate, type Party, ringOf, type Shapes } from './gate.ts';
import {
  dealOpenTruncate,
  openTruncate,
  type Truncation,
  truncateOpened,
  truncationSlots,
} from './open-truncate.ts';
import { PAUSE } from './pausable.ts';
import { watch } from './range-rows.ts';

export interface SplineAttrs extends Truncation, SplineShape {
  /** Scale of the payload and of the public weights, in bits. The opened value has scale t1 + t2. */
  readonly t1: number;
  readonly t2: number;
  /** `powers` of each piece in turn, in pieces from the left end of each. */
  readonly coefficients: Float64Array;
  /** What the function is below the pieces: it is added to what they say. */
  readonly left: number;
  /** What is added where x is above the pieces: a number, and x itself if `slope` is 1 (else 0). */
  readonly step: number;
  readonly slope: number;
  /** b: x lies in [-2^(b-1), 2^(b-1)), of which half is of use. Absent: all words. */
  readonly bits?: number;
}

type SplinePieces = { readonly pieces: number; readonly pieceBits: number; readonly bits?: number };

const totalOf = ({ pieceBits, bits }: SplinePieces, word: number): number => (bits ?? word) - 1 - pieceBits;

/** Material of n elements: keys, and what is above the pieces. */
const pieceSlots = (field: Field, n: number, t: Truncation, shape: KeyShape) => ({
  ...keySlots(n, keyRow(field, shape)),
  v: shape.steps > 0 ? wordSlot('wrap', n) : undefined,
  vR: shape.steps === 2 ? wordSlot('bitTimes', n) : undefined,
  u: wordSlot('mask', n),
  ...truncationSlots(n, t, 'stream'),
});
type PieceSlots = ReturnType<typeof pieceSlots>;

function* dealPieces(
  d: DealerContext<PieceSlots>,
  r: RingArray,
  leaf: RingArray,
  a: SplinePieces & Truncation,
  shape: KeyShape,
) {
  const { ring } = d;
  const n = r.length;
  const index = d.words(n);
  ring.shr(index, r, a.pieceBits);
  const payload = shape.steps ? d.words(n * shape.steps) : null;
  const v = bitOf(d, index, shape.total);
  if (payload) ring.copy(payload.view(0, n), signOf(d, v));
  if (shape.steps === 2) ring.mul(payload!.view(n, n), payload!.view(0, n), r);
  yield* dealRingKeys(d, index, leaf, payload, shape);
  if (payload) yield* d.share('v', v);
  if (shape.steps === 2) {
    ring.mul(v, v, r);
    yield* d.share('vR', v);
  }
  const u = yield* d.mask('u');
  return yield* dealOpenTruncate(d, u, a, 'stream');
}

/** Shares of the weighed rows, and of [x is above the pieces] (1, r) as far as the key has steps. */
function* evalPieces(
  p: Party<PieceSlots>,
  { c, r }: { c: RingArray; r: RingArray },
  a: SplinePieces,
  shape: KeyShape,
  weigh: (share: RingArray, c: RingArray, table: RingArray) => void,
) {
  const { ring } = p;
  const n = c.length;
  const { seed, words } = yield* receiveKeys(p);
  const first = p.words(n);
  ring.shr(first, c, a.pieceBits);
  ring.addScalar(first, first, p.scalar(1 - a.pieces));
  const share = p.words(n);
  const above = Array.from({ length: shape.steps }, () => p.words(n));
  const [row, root] = [words.length / Math.max(n, 1), seed.length / Math.max(n, 1)];
  for (const [start, length] of tableBlocks(n, p.field, a.pieces * shape.words)) {
    const table = p.words(length * a.pieces * shape.words);
    const steps = shape.steps ? p.words(length * shape.steps) : null;
    const part = (x: RingArray): RingArray => x.view(start, length);
    const key = words.view(start * row, length * row);
    const own = seed.view(start * root, length * root);
    ring.keysEval(table, steps, key, own, part(first), shape, a.pieces, p.rank, start);
    weigh(part(share), part(c), table);
    above.forEach((word, i) => {
      ring.copy(part(word), steps!.view(i * length, length));
    });
    p.drop(table);
    if (steps) p.drop(steps);
    yield PAUSE;
  }
  p.drop(words, seed);
  if (shape.steps) {
    const u = bitOf(p, first, shape.total);
    const sign = signOf(p, u);
    ring.add(above[0]!, above[0]!, yield* p.receiveShare('v'));
    if (shape.steps === 2) ring.add(above[1]!, above[1]!, yield* p.receiveShare('vR'));
    for (const word of above) ring.mul(word, word, sign);
    if (p.first) ring.add(above[0]!, above[0]!, u);
    if (shape.steps === 2) {
      ring.mul(u, u, r);
      ring.add(above[1]!, above[1]!, u);
    }
  }
  return { share, above };
}

/** What its key shares. */
export const splineShape = (a: SplineAttrs, word: number): KeyShape => ({
  total: totalOf(a, word),
  group: 0,
  words: a.powers,
  steps: a.slope !== 0 ? 2 : a.step !== 0 ? 1 : 0,
});

/** A real number at the scale of the opened value. */
const scaled = (p: Party, value: number, { t1, t2 }: SplineAttrs): RingArray => {
  const word = p.scalar(Math.round(value * math.pow2(t2)));
  p.ring.shl(word, word, t1);
  return word;
};

/** Ins: x from the left end of the pieces on. Outs: f(x). */
export const splineFss = gate({
  broadcasts: true,
  slots: ({ field, ins: [x] }: Shapes, a: SplineAttrs) => {
    const shape = splineShape(a, field.bits);
    return {
      ...pieceSlots(field, x!.length, a, shape),
      beside: shape.steps === 2 ? wordSlot('mask', x!.length) : undefined,
    };
  },
  *deal(d, [x], a) {
    const r = ringOf(x!.r);
    const leaf = d.words(r.length * a.powers);
    d.ring.splineDeal(leaf, r, a);
    const shape = splineShape(a, d.field.bits);
    const kept = yield* dealPieces(d, r, leaf, a, shape);
    if (shape.steps < 2) return [kept];
    const mask = d.words(r.length);
    d.ring.add(mask, kept.r, yield* d.mask('beside'));
    return [{ r: mask }];
  },
  *eval(p, [x], a) {
    const { ring } = p;
    const [c, r] = [ringOf(x!.c), ringOf(x!.r)];
    const shape = splineShape(a, p.field.bits);
    const { share, above } = yield* evalPieces(p, { c, r }, a, shape, (out, part, table) =>
      ring.splineEval(out, part, table, a.coefficients, a),
    );
    const n = c.length;
    const [is, times] = above;
    const both = times ? p.words(2 * n) : share;
    if (times) {
      // [x above] (c - r), opened beside the rest and not truncated: x may fill the ring.
      const own = both.view(n, n);
      ring.mul(own, is!, c);
      ring.sub(own, own, times);
    }
    if (is) {
      ring.mulScalar(is, is, scaled(p, a.step, a));
      ring.add(share, share, is);
    }
    if (p.first && a.left !== 0) ring.addScalar(share, share, scaled(p, a.left, a));
    const u = yield* p.mask('u');
    ring.add(share, share, u);
    if (!times) return [yield* openTruncate(p, share, a, [], u)];
    const beside = yield* p.mask('beside');
    ring.copy(both.view(0, n), share);
    ring.add(both.view(n, n), both.view(n, n), beside);
    return [yield* openTruncateBoth(p, both, a, beside)];
  },
});

/** Opens two sums in one array: the first is truncated, the second added to it. */
function* openTruncateBoth(p: Party<PieceSlots>, both: RingArray, t: Truncation, beside: RingArray) {
  const { ring } = p;
  const n = beside.length;
  const opened = yield* p.open(both);
  const first = p.words(n);
  ring.copy(first, opened.view(0, n));
  const kept = t.exact
    ? yield* truncateOpened(p, first, t)
    : { c: first, r: yield* p.receiveShare('shifted') };
  const { c } = kept;
  if (!t.exact) {
    yield* watch(p, c, t);
    ring.sar(c, c, t.trunc);
  }
  ring.add(c, c, opened.view(n, n));
  const r = p.words(n);
  ring.add(r, kept.r, beside);
  return { c, r };
}

/** `bits` as a spline's. */
export type ExponentialFssAttrs = ExponentialAttrs & SplinePieces;

/** A leaf holds as many indices as a block of 64 bytes has words. */
export const exponentialShape = (a: SplinePieces, word: number): KeyShape => ({
  total: totalOf(a, word),
  group: math.log2(512 / word),
  words: 1,
  steps: 0,
});

/** Ins: x - lo. Outs: e^x, 0 for x below lo. */
export const exponentialFss = gate({
  broadcasts: true,
  slots: ({ field, ins: [x] }: Shapes, a: ExponentialFssAttrs) =>
    pieceSlots(field, x!.length, a, exponentialShape(a, field.bits)),
  *deal(d, [x], a) {
    const r = ringOf(x!.r);
    const leaf = d.words(r.length);
    d.ring.exponentialDeal(leaf, r, { ...a, pieces: 1 });
    return [yield* dealPieces(d, r, leaf, a, exponentialShape(a, d.field.bits))];
  },
  *eval(p, [x], a) {
    const [c, r] = [ringOf(x!.c), ringOf(x!.r)];
    const { share } = yield* evalPieces(
      p,
      { c, r },
      a,
      exponentialShape(a, p.field.bits),
      (out, part, table) => p.ring.exponentialEval(out, part, table, a),
    );
    const u = yield* p.mask('u');
    p.ring.add(share, share, u);
    return [yield* openTruncate(p, share, a, [], u)];
  },
});
