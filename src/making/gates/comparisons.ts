/** @file What comparisons and bits need, made by two parties: digits of masks as one-hot codes, and products of masks of bits. */

import { prefixMerges } from '../../gates/bit-decomposition.ts';
import { ringOf, type Value } from '../../gates/gate.ts';
import { covering, digitTiles, FIRST_SIGN, type LessAttrs, type LowerPlace } from '../../gates/less-than.ts';
import { productCount, productsProgram, treePrograms } from '../../gates/multi-and.ts';
import type { TruncateAttrs } from '../../gates/truncate.ts';
import type { Bits, RingArray } from '../../ring/array.ts';
import * as math from '../../ring/math/index.ts';
import { bothWays } from '../chunks.ts';
import { and, ands, runShared } from '../circuits.ts';
import { type Maker, type Making, together } from '../maker.ts';
import { bitsOfCodes, bitsToWords, digits, foldTop } from '../numbers.ts';
import { chosenDigits } from './chosen-digits.ts';
import { rangeRows } from './range-rows.ts';
import { scale, scaleExact } from './simple.ts';

const RADIX = 16;
const FIRST: LowerPlace = { codes: 0, tree: 0 };

/** A plane of its own. */
export const copyOf = (m: Maker, plane: Bits): Bits => {
  const out = m.bits(plane.length, plane.planes);
  m.ring.copy(out, plane);
  return out;
};

/** Codes of digits in the tiles of a slot. */
export const giveTiles = (m: Maker, name: string, codes: Bits, first = 0): void => {
  const count = codes.planes / RADIX;
  for (const [i, tile] of digitTiles(codes.length, count).entries())
    m.share(name, copyOf(m, codes.plane(RADIX * tile.from, RADIX * tile.count)), first + i);
};

/** Products of masks for `count` trees over so many digits of n elements. */
function* tree(m: Maker, n: number, count: number, trees: number, first: number): Making<undefined> {
  const levels = treePrograms(count, trees).map(function* level({ products, deal }, i): Making<void> {
    const beta = m.bitMask('treeMasks', first + i);
    const out = m.bits(n, products);
    yield* runShared(m, deal, [beta, out]);
    m.drop(beta);
    m.share('treeProducts', out, first + i);
  });
  yield* together(levels);
  return undefined;
}

/** Material for [low c < low r] of the lowest `bits` bits, for so many rows c; the plane of bit `sign` of r, if it is asked for. */
function* lower(
  m: Maker,
  own: RingArray,
  bits: number,
  rows: number,
  place = FIRST,
  sign?: number,
): Making<Bits | undefined> {
  const n = own.length;
  const count = covering(bits);
  const all = covering(Math.max(bits, (sign ?? 0) + 1));
  const codes = function* (): Making<Bits | undefined> {
    const made = yield* digits(m, own, 4 * all);
    const whole = sign === undefined ? undefined : bitsOfCodes(m, made.codes);
    const plane = whole && copyOf(m, whole.plane(sign!));
    const kept = made.codes.plane(RADIX * (all - count), RADIX * count);
    const top = bits - 4 * (count - 1);
    if (count > 0 && top < 4) foldTop(m, kept, top);
    giveTiles(m, 'codes', kept, place.codes);
    m.drop(made.codes, made.carries, ...(whole ? [whole] : []));
    return plane;
  };
  const [plane] = yield* together([codes(), tree(m, n, count, rows, place.tree)]);
  return plane;
}

/**
 * Material for the signs of n numbers of `bits` bits, less `rows` public ones: pads of choices by rank 1's digits, or codes of the mask's.
 */
export function* signs(
  m: Maker,
  own: RingArray,
  bits: number,
  rows: number,
  place = FIRST_SIGN,
): Making<void> {
  if (m.layout.find('chosen', 0)) {
    const n = own.length;
    yield* together<unknown>([
      chosenDigits(m, own, bits, rows, place),
      tree(m, n, covering(bits - 1), rows, place.tree),
    ]);
    return;
  }
  const sign = yield* lower(m, own, bits - 1, rows, place, bits - 1);
  m.share('sign', sign!, place.index);
}

export function* less(
  m: Maker,
  [x]: readonly Value[],
  { thresholds, bits = m.field.bits }: LessAttrs,
): Making<Value[]> {
  const outs = m.outs(m.answers(thresholds.length));
  yield* signs(m, ringOf(x!.r), bits, thresholds.length);
  return outs;
}

export function* borrow(
  m: Maker,
  [x]: readonly Value[],
  { bits }: { readonly bits: number },
): Making<Value[]> {
  const outs = m.outs([{ r: m.bitMask('r') }]);
  yield* lower(m, ringOf(x!.r), bits, 1);
  return outs;
}

export function* negative(
  m: Maker,
  [x]: readonly Value[],
  { bits }: { readonly bits: number },
): Making<Value[]> {
  const outs = m.outs(m.answers(1));
  yield* signs(m, ringOf(x!.r), bits, 1);
  return outs;
}

/** The carry of the lowest `bits` bits of r_0 + r_1. */
function* carry(m: Maker, own: RingArray, bits: number): Making<Bits> {
  const { ring } = m;
  const n = own.length;
  if (bits === 0) {
    const none = m.bits(n);
    ring.zero(none);
    return none;
  }
  const planes = m.bits(n, own.field.bits);
  ring.toPlanes(planes, own);
  const mine = planes.plane(0, bits);
  let g = m.bits(n, bits);
  const payload = { kind: 'bits', width: 1 } as const;
  yield {
    transfers: bothWays({ planes: bits, n, payload, choices: mine, worth: mine, out: g }),
    products: [],
  };
  let p = copyOf(m, mine);
  m.drop(planes);
  for (let size = bits; size > 1; size = g.planes) {
    const pairs = size >> 1;
    const odd = size & 1;
    const [x, y] = [m.bits(n, pairs), m.bits(n, 2 * pairs)];
    for (let i = 0; i < pairs; i++) {
      ring.copy(x.plane(i), p.plane(2 * i + 1));
      ring.copy(y.plane(2 * i), g.plane(2 * i));
      ring.copy(y.plane(2 * i + 1), p.plane(2 * i));
    }
    const product = yield* and(m, x, y, 2);
    const [g2, p2] = [m.bits(n, pairs + odd), m.bits(n, pairs + odd)];
    for (let i = 0; i < pairs; i++) {
      ring.xor(g2.plane(i), g.plane(2 * i + 1), product.plane(2 * i));
      ring.copy(p2.plane(i), product.plane(2 * i + 1));
    }
    if (odd) {
      ring.copy(g2.plane(pairs), g.plane(size - 1));
      ring.copy(p2.plane(pairs), p.plane(size - 1));
    }
    m.drop(g, p, x, y, product);
    [g, p] = [g2, p2];
  }
  m.drop(p);
  return g;
}

/** (r mod 2^bits) >> shift: the sum of both parties' own, the carry into it, and less 2^(bits - shift) where it carries itself. */
export function* residue(
  m: Maker,
  [x]: readonly Value[],
  { bits, shift }: { readonly bits: number; readonly shift: number },
): Making<Value[]> {
  const { ring } = m;
  const own = ringOf(x!.r);
  const k = m.field.bits;
  const r = m.words(own.length);
  ring.shl(r, own, k - bits);
  ring.shr(r, r, k - bits + shift);
  if (shift < bits) {
    const [into, outOf] = yield* together([carry(m, own, shift), carry(m, own, bits)]);
    const [low, high] = yield* together([bitsToWords(m, into!), bitsToWords(m, outOf!)]);
    ring.add(r, r, low!);
    ring.shl(high!, high!, bits - shift);
    ring.sub(r, r, high!);
    m.drop(into!, outOf!, low!, high!);
  }
  const out = m.words(own.length);
  ring.copy(out, r);
  m.share('r', r);
  return [{ r: out }];
}

/** The mask's own bits from `trunc` on. */
function* shifted(m: Maker, own: RingArray, trunc: number): Making<RingArray> {
  const { ring } = m;
  const out = m.words(own.length);
  ring.shr(out, own, trunc);
  const [into, outOf] = yield* together([carry(m, own, trunc), carry(m, own, m.field.bits)]);
  const [low, high] = yield* together([bitsToWords(m, into!), bitsToWords(m, outOf!)]);
  ring.add(out, out, low!);
  ring.shl(high!, high!, m.field.bits - trunc);
  ring.sub(out, out, high!);
  m.drop(into!, outOf!, low!, high!);
  return out;
}

/** As signed numbers where the mask is wanted whole; else as a product with a power of two. */
export const truncate = (m: Maker, ins: readonly Value[], t: TruncateAttrs): Value[] | Making<Value[]> =>
  t.whole ? truncateWhole(m, ins, t) : scale(m, ins, t);

function* truncateWhole(m: Maker, [x]: readonly Value[], t: TruncateAttrs): Making<Value[]> {
  const { trunc } = t;
  // As a signed number: half a ring more of it is shifted, and taken off again.
  const { ring } = m;
  const k = m.field.bits;
  const own = m.words(ringOf(x!.r).length);
  ring.copy(own, ringOf(x!.r));
  if (m.first) ring.addScalar(own, own, m.scalar(-math.pow2(k - 1)));
  const r = yield* shifted(m, own, trunc);
  if (m.first) ring.addScalar(r, r, m.scalar(-math.pow2(k - 1 - trunc)));
  const out = m.words(r.length);
  ring.copy(out, r);
  m.drop(own);
  m.share('shifted', out);
  yield* rangeRows(m, ringOf(x!.r), t, false);
  return [{ r }];
}

export function* truncateExact(m: Maker, ins: readonly Value[], t: TruncateAttrs): Making<Value[]> {
  const [x] = ins;
  const { trunc, whole } = t;
  if (!whole) return yield* scaleExact(m, ins, t);
  const outs = m.outs([{ r: m.wordMask('next') }]);
  const { ring } = m;
  const k = m.field.bits;
  const own = ringOf(x!.r);
  const top = function* (): Making<RingArray> {
    // The top bit of the mask: that of both shares, and the carry into it.
    const bit = yield* carry(m, own, k - 1);
    const planes = m.bits(own.length, k);
    ring.toPlanes(planes, own);
    ring.xor(bit, bit, planes.plane(k - 1));
    const word = yield* bitsToWords(m, bit);
    ring.shl(word, word, k - trunc);
    m.drop(bit, planes);
    return word;
  };
  const [r, wrap] = yield* together([shifted(m, own, trunc), top()]);
  m.share('shifted', r!);
  m.share('wrap', wrap!);
  yield* rangeRows(m, own, t, true);
  return outs;
}

/** Parts one after another, and each of them from what was made of all. */
const joined = (m: Maker, parts: readonly RingArray[]): RingArray => {
  const n = parts[0]!.length;
  const out = m.words(n * parts.length);
  parts.forEach((a, i) => {
    m.ring.copy(out.view(i * n, n), a);
  });
  return out;
};

const partOf = (m: Maker, plane: Bits, i: number, n: number): Bits => {
  const out = m.bits(n);
  if (n > 0) m.ring.strided(out, 0, [1], plane, i * n, [1], [n]);
  return out;
};

export function* lessInt(
  m: Maker,
  [x, y]: readonly Value[],
  { bits }: { readonly bits: number },
): Making<Value[]> {
  const outs = m.outs(m.answers(1));
  const { ring } = m;
  const [rx, ry] = [ringOf(x!.r), ringOf(y!.r)];
  const n = rx.length;
  const r = m.words(n);
  ring.sub(r, rx, ry);
  const all = joined(m, [r, rx, ry]);
  const tops = (yield* lower(m, all, bits, 1, FIRST, bits - 1))!;
  const [z, a, b] = [0, 1, 2].map((i) => partOf(m, tops, i, n)) as [Bits, Bits, Bits];
  // [r_x < r_y] is the majority of not a, b and z: not a, if b and z are not both the other.
  if (m.first) ring.not(a, a);
  ring.xor(b, b, a);
  ring.xor(z, z, a);
  const both = yield* and(m, b, z);
  ring.xor(a, a, both);
  m.drop(r, all, tops, z, b, both);
  m.share('masksLess', a);
  return outs;
}

export function* belowInt(
  m: Maker,
  [x]: readonly Value[],
  { bits, thresholds }: { readonly bits: number; readonly thresholds: readonly number[] },
): Making<Value[]> {
  const outs = m.outs(m.answers(thresholds.length));
  yield* lower(m, ringOf(x!.r), bits, 1 + thresholds.length);
  return outs;
}

/** The products of one merge of a prefix of borrows. */
function* merge(
  m: Maker,
  beta: Bits,
  { uses, sets }: { readonly uses: readonly number[]; readonly sets: readonly number[] },
  at: number,
): Making<void> {
  const n = beta.length;
  const own = m.bits(n, uses.length);
  uses.forEach((from, i) => {
    m.ring.copy(own.plane(i), beta.plane(from));
  });
  const products = m.bits(n, productCount(sets));
  yield* runShared(m, productsProgram(sets), [own, products]);
  m.drop(own);
  m.share('prefixProducts', products, at);
}

export function* bits(
  m: Maker,
  [x]: readonly Value[],
  { bits: b }: { readonly bits: number },
): Making<Value[]> {
  const outs = m.outs([{ r: m.bitMask('r') }]);
  const { ring } = m;
  const own = ringOf(x!.r);
  const n = own.length;
  const count = b / 4;
  const codes = function* (): Making<void> {
    const { codes, carries } = yield* digits(m, own, b);
    const beta = m.bitMask('borrowMasks');
    const [by, times] = [m.bits(n, count - 1), m.bits(n, RADIX * (count - 1))];
    // Codes stand from the most significant digit on, as masks of borrows from the least.
    for (let j = 0; j < count; j++) {
      const code = codes.plane(RADIX * (count - 1 - j), RADIX);
      if (j > 0) {
        ring.copy(by.plane(j - 1), beta.plane(j - 1));
        ring.copy(times.plane(RADIX * (j - 1), RADIX), code);
      }
      m.share('codes', copyOf(m, code), j);
    }
    const [products] = yield* ands(m, [{ x: by, y: times, width: RADIX }]);
    for (let j = 1; j < count; j++)
      m.share('codesTimesMasks', copyOf(m, products!.plane(RADIX * (j - 1), RADIX)), j - 1);
    m.drop(codes, carries, beta, by, times, products!);
  };
  let at = 0;
  const merges = prefixMerges(count - 1).flatMap((level, i) => {
    const beta = m.bitMask('prefixMasks', i);
    return level.map((one) => merge(m, beta, one, at++));
  });
  yield* together([codes(), ...merges]);
  return outs;
}
