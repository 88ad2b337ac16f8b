/**
 * @file Functions of a mask r = r_0 + r_1 of which each party knows its part: its 4-bit digits as one-hot codes, its carries, and bits as
 * words.
 *
 * A digit of r_0 is a one-hot code at rank 0, which is moved up by the digit of r_1, a bit of it at a time: [v] = [v] + b ([v - 2^j] - [v]),
 * each a transfer whose choice is rank 1's bit, worth a whole code; of the second half of the numbers with ranks changed. So one-hot codes of sums 0 to 30 come of four transfers a digit,
 * and with them whether a digit carries (16 and more) or passes a carry on (15). Carries are a prefix over those (Sklansky's tree), and
 * codes are moved up by them once more.
 */

import { halvesOf } from '../gates/halves.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import { bothWays, type Transfer } from './chunks.ts';
import { and } from './circuits.ts';
import { type Maker, type Making, together } from './maker.ts';

const RADIX = 16;

/** The low `count` digits of r, one-hot, the most significant first; and the carry into each, and behind the last. */
export interface Digits {
  /** 16 planes a digit. */
  readonly codes: Bits;
  /** Plane i: of r_0 + r_1 mod 16^i, the lowest first; `count` + 1 planes. */
  readonly carries: Bits;
}

/** Clears the elements for which this party has not that part. */
const onlyWhere = (m: Maker, planes: Bits, part: 'sends' | 'receives'): void => {
  for (const { sender, from, count } of halvesOf(planes.length))
    if ((sender === m.rank) !== (part === 'sends'))
      for (let i = 0; i < planes.planes; i++) m.ring.zero(planes.plane(i).view(from, count));
};

/** One-hot codes of r_0 + r_1, digit by digit, without carries: 31 planes a digit. */
function* sums(m: Maker, planes: Bits, count: number): Making<Bits> {
  const { ring } = m;
  const n = planes.length;
  const digitAt = (i: number): Bits => planes.plane(4 * (count - 1 - i), 4);
  let size = RADIX;
  let state = m.bits(n, count * size);
  for (let i = 0; i < count; i++) ring.oneHot(state.plane(i * size, size), digitAt(i));
  onlyWhere(m, state, 'sends');
  for (let j = 0; j < 4; j++) {
    const step = 1 << j;
    const next = size + step;
    const [moved, change] = [m.bits(n, count * next), m.bits(n, count * next)];
    ring.zero(moved);
    ring.zero(change);
    for (let i = 0; i < count; i++) {
      ring.copy(moved.plane(i * next, size), state.plane(i * size, size));
      ring.copy(change.plane(i * next + step, size), state.plane(i * size, size));
    }
    ring.xor(change, change, moved);
    const share = m.bits(n, count * next);
    const choices = m.bits(n, count);
    for (let i = 0; i < count; i++) ring.copy(choices.plane(i), digitAt(i).plane(j));
    onlyWhere(m, choices, 'receives');
    const payload = { kind: 'bits', width: next } as const;
    const transfers = bothWays({ planes: count, n, payload, choices, worth: change, out: share });
    yield { transfers, products: [] };
    ring.xor(moved, moved, share);
    for (let i = 0; i < count; i++)
      for (let v = 0; v < next; v++)
        ring.andXor(moved.plane(i * next + v), change.plane(i * next + v), choices.plane(i));
    m.drop(state, change, share, choices);
    [state, size] = [moved, next];
  }
  return state;
}

/** Generates or passes on, digit by digit, to carries behind each: planes from the lowest digit on, in place. */
function* prefix(m: Maker, generates: Bits, passes: Bits): Making<void> {
  const { ring } = m;
  const n = generates.length;
  const count = generates.planes;
  for (let size = 1; size < count; size *= 2) {
    const places: [at: number, below: number][] = [];
    for (let at = size; at < count; at++) {
      if (Math.floor(at / size) % 2 === 1) places.push([at, Math.floor(at / size) * size - 1]);
    }
    const [x, y] = [m.bits(n, places.length), m.bits(n, 2 * places.length)];
    places.forEach(([at, below], i) => {
      ring.copy(x.plane(i), passes.plane(at));
      ring.copy(y.plane(2 * i), generates.plane(below));
      ring.copy(y.plane(2 * i + 1), passes.plane(below));
    });
    const product = yield* and(m, x, y, 2);
    places.forEach(([at], i) => {
      ring.xor(generates.plane(at), generates.plane(at), product.plane(2 * i));
      ring.copy(passes.plane(at), product.plane(2 * i + 1));
    });
    m.drop(x, y, product);
  }
}

/** Digits of the mask whose share is `own`; `bits` of it, a multiple of four. */
export function* digits(m: Maker, own: RingArray, bits: number): Making<Digits> {
  const { ring } = m;
  const n = own.length;
  const count = bits / 4;
  const planes = m.bits(n, own.field.bits);
  ring.toPlanes(planes, own);
  const state = yield* sums(m, planes.plane(0, bits), count);
  m.drop(planes);
  const size = 2 * RADIX - 1;
  const codes = m.bits(n, RADIX * count);
  // From the lowest digit on.
  const [generates, passes] = [m.bits(n, count), m.bits(n, count)];
  ring.zero(generates);
  for (let i = 0; i < count; i++) {
    const low = count - 1 - i;
    for (let v = 0; v < RADIX; v++) {
      const [from, to] = [state.plane(i * size + v), codes.plane(i * RADIX + v)];
      ring.copy(to, from);
      if (v === RADIX - 1) {
        ring.copy(passes.plane(low), from);
        continue;
      }
      const above = state.plane(i * size + RADIX + v);
      ring.xor(to, to, above);
      ring.xor(generates.plane(low), generates.plane(low), above);
    }
  }
  m.drop(state);
  yield* prefix(m, generates, passes);
  m.drop(passes);
  const carries = m.bits(n, count + 1);
  ring.zero(carries.plane(0));
  ring.copy(carries.plane(1, count), generates);
  m.drop(generates);
  if (count > 1) {
    // All digits but the lowest are moved up by their carries.
    const change = m.bits(n, RADIX * (count - 1));
    const by = m.bits(n, count - 1);
    for (let i = 0; i < count - 1; i++) {
      ring.copy(by.plane(i), carries.plane(count - 1 - i));
      for (let v = 0; v < RADIX; v++) {
        const below = codes.plane(i * RADIX + ((v + RADIX - 1) % RADIX));
        ring.xor(change.plane(i * RADIX + v), codes.plane(i * RADIX + v), below);
      }
    }
    const product = yield* and(m, by, change, RADIX);
    const moved = codes.plane(0, RADIX * (count - 1));
    ring.xor(moved, moved, product);
    m.drop(change, by, product);
  }
  return { codes, carries };
}

/** Bits of what codes stand for: four planes a digit, the lowest bit of the lowest digit first. */
export const bitsOfCodes = (m: Maker, codes: Bits): Bits => {
  const { ring } = m;
  const count = codes.planes / RADIX;
  const out = m.bits(codes.length, 4 * count);
  ring.zero(out);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < 4; k++) {
      const to = out.plane(4 * (count - 1 - i) + k);
      for (let v = 0; v < RADIX; v++) if ((v >> k) & 1) ring.xor(to, to, codes.plane(i * RADIX + v));
    }
  return out;
};

/** The top digit without its bits from `kept` on: what it is mod 2^kept. */
export const foldTop = (m: Maker, codes: Bits, kept: number): void => {
  const size = 1 << kept;
  for (let v = RADIX - 1; v >= size; v--) {
    const [from, to] = [codes.plane(v), codes.plane(v % size)];
    m.ring.xor(to, to, from);
    m.ring.zero(from);
  }
};

/**
 * One-hot codes of xor-shared digits, four planes each from the lowest bit on: 16 planes each. The sender's code, whose entries v and
 * v ^ 2^j change places by bit j of the receiver's digit: both change by the same, so that a transfer is worth eight bits.
 */
export function* oneHot(m: Maker, planes: Bits): Making<Bits> {
  const { ring } = m;
  const n = planes.length;
  const count = planes.planes / 4;
  const codes = m.bits(n, RADIX * count);
  for (let i = 0; i < count; i++) ring.oneHot(codes.plane(RADIX * i, RADIX), planes.plane(4 * i, 4));
  onlyWhere(m, codes, 'sends');
  const half = RADIX / 2;
  const [change, share] = [m.bits(n, half * count), m.bits(n, half * count)];
  const choices = m.bits(n, count);
  for (let j = 0; j < 4; j++) {
    /** The planes of both entries of pair p of digit i. */
    const pair = (i: number, p: number): readonly [Bits, Bits] => {
      const low = ((p >> j) << (j + 1)) | (p & ((1 << j) - 1));
      return [codes.plane(RADIX * i + low), codes.plane(RADIX * i + low + (1 << j))];
    };
    for (let i = 0; i < count; i++) {
      ring.copy(choices.plane(i), planes.plane(4 * i + j));
      for (let p = 0; p < half; p++) ring.xor(change.plane(half * i + p), ...pair(i, p));
    }
    onlyWhere(m, choices, 'receives');
    const payload = { kind: 'bits', width: half } as const;
    const transfers = bothWays({ planes: count, n, payload, choices, worth: change, out: share });
    yield { transfers, products: [] };
    for (let i = 0; i < count; i++)
      for (let p = 0; p < half; p++) {
        const [to, at] = [share.plane(half * i + p), half * i + p];
        ring.andXor(to, change.plane(at), choices.plane(i));
        for (const entry of pair(i, p)) ring.xor(entry, entry, to);
      }
  }
  m.drop(change, share, choices);
  return codes;
}

/** One plane of xor-shared bits as shared words: b = b_0 + b_1 - 2 b_0 b_1. */
export function* bitsToWords(m: Maker, bits: Bits): Making<RingArray> {
  const { ring, field } = m;
  const n = bits.length;
  const own = m.words(n);
  ring.bitsToRing(own, bits);
  const out = m.words(n);
  const worth = m.words(n);
  ring.mulScalar(worth, own, m.scalar(-2));
  const payload = { kind: 'words', count: 1, field } as const;
  yield { transfers: bothWays({ planes: 1, n, payload, choices: bits, worth, out }), products: [] };
  ring.add(out, out, own);
  m.drop(own, worth);
  return out;
}

/**
 * An xor-shared bit as a word, if `alone`, and it times shared words, each of as many elements as the bit has: (b_0 xor b_1) (w_0 + w_1) is
 * what each party has of both, and b_1 (1 - 2 b_0) w_0 + b_0 (1 - 2 b_1) w_1.
 */
export function* bitTimes(
  m: Maker,
  bits: Bits,
  given: readonly RingArray[],
  alone: boolean,
): Making<{ readonly bit: RingArray | undefined; readonly products: RingArray[] }> {
  const { ring, rank, field } = m;
  const n = bits.length;
  const bit = m.words(n);
  ring.bitsToRing(bit, bits);
  const sign = m.words(n);
  ring.mulScalar(sign, bit, m.scalar(-2));
  const twice = m.words(n);
  ring.copy(twice, sign);
  ring.addScalar(sign, sign, m.scalar(1));
  const transfers: Transfer[] = [];
  const ask = (sender: 0 | 1, worth: RingArray): RingArray => {
    const out = m.words(n);
    const own = sender === rank ? { worth } : { choices: bits };
    transfers.push({ sender, planes: 1, n, payload: { kind: 'words', count: 1, field }, ...own, out });
    return out;
  };
  const single = alone ? m.words(n) : undefined;
  if (single) {
    const payload = { kind: 'words', count: 1, field } as const;
    transfers.push(...bothWays({ planes: 1, n, payload, choices: bits, worth: twice, out: single }));
  }
  const products = given.map((w) => {
    const worth = m.words(n);
    ring.mul(worth, sign, w);
    const parts = [ask(0, worth), ask(1, worth)];
    const local = m.words(n);
    ring.mul(local, bit, w);
    return { parts, local, worth };
  });
  if (transfers.length > 0) yield { transfers, products: [] };
  if (single) ring.add(single, single, bit);
  const out = products.map(({ parts, local, worth }) => {
    for (const part of parts) ring.add(local, local, part);
    m.drop(worth, ...parts);
    return local;
  });
  m.drop(bit, sign, twice);
  return { bit: single, products: out };
}

/**
 * The one-hot code, 2^width planes, of bits from .. from + width of the mask whose share is `own`: of all of the sum, with the carry into
 * it. Also that carry, as a plane.
 */
export function* indexCode(
  m: Maker,
  own: RingArray,
  from: number,
  width: number,
): Making<{ readonly code: Bits; readonly carry: Bits }> {
  const { ring } = m;
  const n = own.length;
  // Both ends of what is below the index on whole digits: moved up by what is missing.
  const up = (4 - (from % 4)) % 4;
  const low = from + up;
  const count = Math.ceil(width / 4);
  const moved = ring.alloc(own.field, n);
  m.adopt(moved);
  ring.shl(moved, own, up);
  const total = low + 4 * count;
  const bits = own.field.bits;
  if (total > bits)
    throw new RangeError(`an index of ${width} bits from bit ${from} on does not fit into ${bits}`);
  const { codes, carries } = yield* digits(m, moved, total);
  const carry = m.bits(n);
  ring.copy(carry, carries.plane(low / 4));
  const top = width - 4 * (count - 1);
  if (top < 4) foldTop(m, codes, top);
  let code = m.bits(n, 1 << top);
  ring.copy(code, codes.plane(0, 1 << top));
  // A digit more at a time: every code of the higher ones times all of the next.
  for (let digit = 1; digit < count; digit++) {
    const rows = code.planes;
    const next = m.bits(n, RADIX * rows);
    for (let row = 0; row < rows; row++)
      ring.copy(next.plane(RADIX * row, RADIX), codes.plane(RADIX * digit, RADIX));
    const product = yield* and(m, code, next, RADIX);
    m.drop(code, next);
    code = product;
  }
  m.drop(moved, codes, carries);
  return { code, carry };
}

/** As bitTimes, for several planes of bits, each with the same words: by plane, the products. */
export function* codesTimes(m: Maker, code: Bits, word: RingArray): Making<RingArray[]> {
  const works = Array.from({ length: code.planes }, (_, i) => bitTimes(m, code.plane(i), [word], false));
  const done = yield* together(works);
  return done.map(({ products }) => products[0]!);
}

/** Of each element, a bit for each plane: rows as a gate reads them. */
export const rowsOf = (m: Maker, planes: Bits, width: number): Bits => {
  const n = planes.length;
  const out = m.bits(n * width);
  m.ring.zero(out);
  if (n > 0)
    for (let v = 0; v < planes.planes; v++) m.ring.strided(out, v, [width], planes.plane(v), 0, [1], [n]);
  return out;
};
