/**
 * @file What functions by weighed tables need, made by two parties. Functions of a mask factor over its shares: cosines and sines of r_0 +
 * r_1 are sums of products of those of r_0 and r_1, and e^-r is a product. Factors are whole numbers of t bits, products have 2t, in a
 * ring wide enough, and are shifted down exactly (as open-truncate.ts does online): by the product of the top bits of their shares.
 */

import { Scratch } from '../../dealer/scratch.ts';
import { tableBlocks } from '../../gates/dealt-tables.ts';
import type { ExponentialAttrs, ExponentialsAttrs } from '../../gates/exponential.ts';
import type { FourierAttrs } from '../../gates/fourier.ts';
import { ringOf, type Value } from '../../gates/gate.ts';
import type { Bits, RingArray } from '../../ring/array.ts';
import { FIELDS } from '../../ring/field.ts';
import * as math from '../../ring/math/index.ts';
import type { Factor, ProductRequest } from '../cross-terms.ts';
import { type Maker, type Making, together } from '../maker.ts';
import { codesTimes, indexCode } from '../numbers.ts';
import { resultOf, wraps } from './multiply-select-and.ts';

const WIDE = FIELDS.FM128;

/** Signed words below 2^62 in the wide ring. */
const widened = (w: Scratch, a: RingArray): RingArray => {
  const plain = new BigInt64Array(a.length);
  w.ring.decodeInt(plain, a);
  const out = w.words(a.length);
  w.ring.encodeInt(out, plain);
  return out;
};

/** The low words of wide ones. */
const narrowed = (m: Maker, a: RingArray): RingArray => {
  const out = m.words(a.length);
  if (m.field === WIDE) m.ring.copy(out, a);
  else {
    const plain = new BigUint64Array(a.length);
    m.ring.decodeInt(plain, a);
    m.ring.encodeInt(out, plain);
  }
  return out;
};

/** Own numbers moved up by 2^bits, so that none is negative; they are below 2^bits in size. */
const raised = (m: Maker, w: Scratch, own: RingArray, bits: number): RingArray => {
  const up = w.scalar(math.pow2(bits));
  const out = w.words(own.length);
  m.ring.addScalar(out, own, up);
  w.drop(up);
  return out;
};

/** Bits of numbers that were moved up. */
const raisedBits = (bits: number): number => bits + 2;

/** out -= 2^bits a */
const takeOff = (m: Maker, w: Scratch, out: RingArray, a: RingArray, bits: number): void => {
  const linear = w.words(a.length);
  m.ring.shl(linear, a, bits);
  m.ring.sub(out, out, linear);
  w.drop(linear);
};

/** Shares of x_0 x_1 of each party's own numbers, below 2^bits in size. */
function* ownProducts(m: Maker, w: Scratch, own: readonly RingArray[], bits: number): Making<RingArray[]> {
  const { ring, first } = m;
  const n = own[0]!.length;
  const none = w.words(n);
  ring.zero(none);
  const all = own.map((x) => raised(m, w, x, bits));
  const outs = own.map(() => w.words(n));
  const factor = (words: RingArray, zero: Factor['zero']): Factor => ({
    own: words,
    zero,
    bits: raisedBits(bits),
  });
  const products = all.map(
    (x, i): ProductRequest => ({
      x: factor(first ? x : none, [false, true]),
      y: factor(first ? none : x, [true, false]),
      shape: { kind: 'elementwise', length: n },
      out: outs[i]!,
    }),
  );
  yield { transfers: [], products };
  // Of each product (a + u)(b + u) - u (a + u) - u (b + u) + u^2
  const square = w.scalar(math.pow2(bits));
  ring.shl(square, square, bits);
  outs.forEach((out, i) => {
    takeOff(m, w, out, all[i]!, bits);
    if (first) ring.addScalar(out, out, square);
  });
  w.drop(none, square, ...all);
  return outs;
}

/** Shares of the product of both parties' own complex numbers x + y i, both parts below 2^bits in size: its real part, and the other. */
function* ownComplexProduct(
  m: Maker,
  w: Scratch,
  x: RingArray,
  y: RingArray,
  bits: number,
): Making<readonly [RingArray, RingArray]> {
  const { ring, first } = m;
  const n = x.length;
  const [a, b] = [raised(m, w, x, bits), raised(m, w, y, bits)];
  const [real, out] = [w.words(n), w.words(n)];
  const factor = (own: RingArray): Factor => ({ own, zero: [false, false], bits: raisedBits(bits) });
  const shape = { kind: 'elementwise', length: n } as const;
  yield { transfers: [], products: [{ x: factor(a), y: factor(b), shape, out, real }] };
  // Of the real part u (a_0 + a_1) - u (b_0 + b_1), of the other u (a_0 + b_0 + a_1 + b_1) - 2 u^2 is too much.
  takeOff(m, w, out, a, bits);
  takeOff(m, w, out, b, bits);
  if (first) {
    const squares = w.scalar(math.pow2(bits));
    ring.shl(squares, squares, bits + 1);
    ring.addScalar(out, out, squares);
    w.drop(squares);
  }
  ring.sub(a, a, b);
  takeOff(m, w, real, a, bits);
  w.drop(a, b);
  return [real, out];
}

/** Shares of z, |z| < 2^126, to shares of z 2^-bits, off by one unit in the last place at most: their wrap is the or of their top bits. */
function* shiftDown(m: Maker, w: Scratch, shares: RingArray, bits: number): Making<void> {
  const { ring, first } = m;
  const n = shares.length;
  const k = WIDE.bits;
  if (first) ring.addScalar(shares, shares, w.scalar(math.pow2(k - 2)));
  const planes = w.bits(n, k);
  ring.toPlanes(planes, shares);
  const top = planes.plane(k - 1);
  const [own, both] = [w.words(n), w.words(n)];
  ring.bitsToRing(own, top);
  const data = first ? { worth: own } : { choices: top };
  yield {
    transfers: [
      { sender: 0, planes: 1, n, payload: { kind: 'words', count: 1, field: WIDE }, ...data, out: both },
    ],
    products: [],
  };
  // The wrap, less the product of both top bits, counts 2^(k - bits).
  ring.sub(own, own, both);
  ring.shl(own, own, k - bits);
  ring.shr(shares, shares, bits);
  ring.sub(shares, shares, own);
  if (first) ring.addScalar(shares, shares, w.scalar(-math.pow2(k - 2 - bits)));
  w.drop(planes, own, both);
}

/** Units of the result, as a power of two, that all factors' last bits together may be off by. */
const SPARE = 4;

/**
 * Bits of the factors of a table: as few as the result needs. Each harmonic is off by some 2^-bits, by its coefficients; the words of
 * the table itself have t1 bits, which products would have to be made of.
 */
const factorBits = ({ t1, t2, trunc, coefficients }: FourierAttrs): number => {
  const size = coefficients.reduce((sum, v) => sum + Math.abs(v), 0);
  return Math.min(t1, Math.max(1, Math.ceil(t1 + t2 - trunc + math.log2(Math.max(size, 1)) + SPARE)));
};

/** Cosines and sines of the harmonics of r, in the order of the table: of each element, all cosines and then all sines. */
function* harmonics(m: Maker, own: RingArray, a: FourierAttrs): Making<RingArray> {
  const { ring } = m;
  const n = own.length;
  const size = n * a.count;
  const bits = factorBits(a);
  const w = new Scratch(ring, WIDE);
  try {
    const table = m.words(2 * size);
    ring.fourierDeal(table, own, { ...a, t1: bits });
    const wide = widened(w, table);
    m.drop(table);
    const [cosine, sine] = [0, 1].map((which) => {
      const part = w.words(size);
      ring.strided(part, 0, [a.count, 1], wide, which * a.count, [2 * a.count, 1], [n, a.count]);
      return part;
    }) as [RingArray, RingArray];
    w.drop(wide);
    const parts = yield* ownComplexProduct(m, w, cosine, sine, bits);
    const made = w.words(2 * size);
    parts.forEach((part, which) => {
      ring.strided(made, which * a.count, [2 * a.count, 1], part, 0, [a.count, 1], [n, a.count]);
    });
    w.drop(cosine, sine, ...parts);
    if (2 * bits > a.t1) yield* shiftDown(m, w, made, 2 * bits - a.t1);
    else ring.shl(made, made, a.t1 - 2 * bits);
    return narrowed(m, made);
  } finally {
    w.end();
  }
}

export function* fourier(m: Maker, [x]: readonly Value[], a: FourierAttrs): Making<Value[]> {
  const whole = ringOf(x!.r);
  const n = whole.length;
  const { drop = 0 } = a;
  const outs = m.outs([resultOf(m, a, 'u')]);
  // The turn is taken of the sum: of r_0 and r_1 without their low bits it is off by a unit at most.
  const own = m.words(n);
  m.ring.shr(own, whole, drop);
  const blocks = tableBlocks(n, m.field, 2 * a.count).map(function* block([start, length], i): Making<void> {
    m.share('tables', yield* harmonics(m, own.view(start, length), a), i);
  });
  yield* wraps(m, outs[0]!, a);
  for (const block of blocks) yield* block;
  m.drop(own);
  return outs;
}

type Cut = Pick<ExponentialAttrs, 'pieces' | 'pieceBits' | 'fraction' | 't1'>;

/**
 * Rows of tables: of each element a word for each piece, zeros but for piece hi(r), where e^-lo(r) stands. lo(r) is lo(r_0) + lo(r_1), or
 * less by a piece where that carries: both are products, and the carry chooses.
 */
function* pieceRows(m: Maker, own: RingArray, a: Cut): Making<RingArray> {
  const { ring, first } = m;
  const n = own.length;
  const { pieces, pieceBits, fraction, t1 } = a;
  const w = new Scratch(ring, WIDE);
  try {
    const shape = { pieces: 1, pieceBits, fraction, t1 };
    const low = m.words(n);
    ring.exponentialDeal(low, own, shape);
    const factor = widened(w, low);
    // One party's factor where a piece is taken off: e^(width of a piece) times as much.
    const grown = w.words(n);
    const width = math.pow2(pieceBits - fraction);
    const by = w.scalar(Math.round(math.exp(width) * math.pow2(GROWTH)));
    ring.scale(grown, factor, by, GROWTH);
    const bits = t1 + 1 + Math.ceil(width * Math.LOG2E);
    const index = indexCode(m, own, pieceBits, math.log2(pieces));
    const products = function* (): Making<RingArray[]> {
      const made = yield* ownProducts(m, w, [factor, first ? grown : factor], bits);
      yield* shiftDownAll(m, w, made, t1);
      return made.map((one) => narrowed(m, one));
    };
    const [found, made] = yield* together<unknown>([index, products()]);
    const { code, carry } = found as { code: Bits; carry: Bits };
    const [plain, less] = made as [RingArray, RingArray];
    ring.sub(less, less, plain);
    const [step] = yield* codesTimes(m, carry, less);
    ring.add(plain, plain, step!);
    const rows = yield* codesTimes(m, code, plain);
    const out = m.words(n * pieces);
    for (const [j, row] of rows.entries()) {
      ring.strided(out, j, [pieces], row, 0, [1], [n]);
      m.drop(row);
    }
    m.drop(low, code, carry, plain, less, step!);
    return out;
  } finally {
    w.end();
  }
}

/** Fraction bits of a public factor. */
const GROWTH = 40;

function* shiftDownAll(m: Maker, w: Scratch, shares: readonly RingArray[], bits: number): Making<void> {
  yield* together(shares.map((one) => shiftDown(m, w, one, bits)));
}

function* pieceTables(m: Maker, own: RingArray, a: Cut): Making<void> {
  for (const [i, [start, length]] of tableBlocks(own.length, m.field, a.pieces).entries())
    m.share('tables', yield* pieceRows(m, own.view(start, length), a), i);
}

export function* exponential(m: Maker, [x]: readonly Value[], a: ExponentialAttrs): Making<Value[]> {
  const outs = m.outs([resultOf(m, a, 'u')]);
  const own = ringOf(x!.r);
  yield* wraps(m, outs[0]!, a);
  yield* pieceTables(m, own, a);
  return outs;
}

export function* exponentials(m: Maker, [x]: readonly Value[], a: ExponentialsAttrs): Making<Value[]> {
  const outs = m.outs(Array.from({ length: a.windows }, (_, i) => ({ r: m.wordMask('masks', i) })));
  yield* pieceTables(m, ringOf(x!.r), a);
  return outs;
}
