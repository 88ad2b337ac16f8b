/**
 * @file What the range guard needs (gates/guard.ts), made by two parties: rows of bits by the top bits of a mask, as one-hot codes of these,
 * and the products of its verdict.
 */

import type { Value } from '../../gates/gate.ts';
import { fieldProduct, questions, readWord, WIDTH, wordBits } from '../../gates/guard.ts';
import { blocksOf, CUT_BITS, TOP_BITS, type Watch } from '../../gates/range-rows.ts';
import type { Bits, RingArray } from '../../ring/array.ts';
import { FIELDS } from '../../ring/field.ts';
import { and } from '../circuits.ts';
import type { Maker, Making } from '../maker.ts';
import { indexCode, rowsOf } from '../numbers.ts';

/** Bits below the top ones that are added for the carry into these: it is wrong with a probability of 2^-40, where there are more. */
const CARRY_BITS = 40;

/** Shares as words that have room for whole digits. */
const roomy = (m: Maker, own: RingArray): RingArray => {
  if (m.field !== FIELDS.FM32) return own;
  const { buffer } = m.ring.u8(own).slice();
  const wide = m.ring.alloc(FIELDS.FM64, own.length);
  m.adopt(wide);
  m.ring.encodeInt(wide, new Uint32Array(buffer, 0, own.length));
  return wide;
};

/** The one-hot code of the top `width` bits of a mask. */
function* topCode(m: Maker, own: RingArray, width: number): Making<Bits> {
  const { bits } = m.field;
  const below = Math.min(CARRY_BITS, bits - width);
  const top = m.words(own.length);
  m.ring.shr(top, own, bits - width - below);
  const words = roomy(m, top);
  const { code, carry } = yield* indexCode(m, words, below, width);
  m.drop(top, carry);
  if (words !== top) m.drop(words);
  return code;
}

/** Plane v: whether the number of the code is at most `margin` from v, mod their number, or as signed numbers. */
const nearCode = (m: Maker, code: Bits, margin: number, round: boolean): Bits => {
  const { ring } = m;
  const size = code.planes;
  const half = size / 2;
  const out = m.bits(code.length, size);
  const sum = m.bits(code.length);
  ring.zero(sum);
  const add = (v: number): void => {
    if (round || (v >= -half && v < half)) ring.xor(sum, sum, code.plane((v + size) % size));
  };
  for (let v = -half - margin; v < -half + margin; v++) add(v);
  for (let v = -half; v < half; v++) {
    add(v + margin);
    ring.copy(out.plane((v + size) % size), sum);
    add(v - margin);
  }
  m.drop(sum);
  return out;
};

/** Rows for numbers under the mask `own`, or for numbers that were truncated by `trunc` bits and are under it. */
export function* rangeRows(
  m: Maker,
  own: RingArray,
  { guard, margin = 0 }: Watch,
  round: boolean,
  trunc = 0,
): Making<void> {
  if (guard === undefined) return;
  const width = trunc > 0 ? CUT_BITS : TOP_BITS;
  // A copy: the mask is handed on before all of it is made.
  const mask = m.words(own.length);
  m.ring.shl(mask, own, Math.max(0, trunc - 1));
  for (const [i, [start, length]] of blocksOf(own.length).entries()) {
    const code = yield* topCode(m, mask.view(start, length), width);
    const near = nearCode(m, code, margin, round);
    m.share('rangeRows', rowsOf(m, near, near.planes), i);
    m.drop(code, near);
  }
  m.drop(mask);
}

/** Shares of alpha rho for each question that a verdict may ask: every bit of alpha times rho x^j, in GF(2^32). */
export function* verdictProducts(m: Maker, sites: number): Making<Value[]> {
  const { ring } = m;
  const count = questions(sites);
  const ofAll = (name: string): Uint32Array =>
    Uint32Array.from({ length: count }, (_, i) => {
      const mask = m.bitMask(name, i);
      const word = readWord(m, mask);
      m.drop(mask);
      return word;
    });
  const words = ring.alloc(FIELDS.FM32, count);
  m.adopt(words);
  const planesOf = (dst: Bits, numbers: Uint32Array): void => {
    ring.encodeInt(words, numbers);
    ring.toPlanes(dst, words);
  };
  const [x, y] = [m.bits(count, WIDTH), m.bits(count, WIDTH * WIDTH)];
  planesOf(x, ofAll('alpha'));
  const rho = ofAll('rho');
  for (let j = 0; j < WIDTH; j++)
    planesOf(
      y.plane(j * WIDTH, WIDTH),
      rho.map((word) => fieldProduct(word, 1 << j)),
    );
  const products = yield* and(m, x, y, WIDTH);
  const sum = m.bits(count, WIDTH);
  ring.zero(sum);
  for (let j = 0; j < WIDTH; j++) ring.xor(sum, sum, products.plane(j * WIDTH, WIDTH));
  ring.fromPlanes(words, sum);
  const made = new Uint32Array(ring.u8(words).slice().buffer, 0, count);
  for (const [i, word] of made.entries()) m.share('product', wordBits(m, word), i);
  m.drop(words, x, y, products, sum);
  return [];
}
