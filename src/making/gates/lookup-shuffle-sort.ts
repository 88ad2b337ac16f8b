/** @file What reading at secret places, shuffles and sorts need, made by two parties. */

import { ringOf, type Value } from '../../gates/gate.ts';
import {
  blocks,
  elementAt,
  type LookupAttrs,
  type OneHotAttrs,
  powerAbove,
  tableSize,
} from '../../gates/lookup.ts';
import { permutations } from '../../gates/permutation.ts';
import type { Lanes } from '../../gates/shuffle.ts';
import { handedOn, levelsOf, type SignLevel, type SortAttrs } from '../../gates/sort.ts';
import type { Bits, Bytes, RingArray } from '../../ring/array.ts';
import * as math from '../../ring/math/index.ts';
import { type Maker, type Making, together } from '../maker.ts';
import { bitsToWords, bitTimes, indexCode, rowsOf } from '../numbers.ts';
import { permuted } from '../switching-network.ts';
import { signs } from './comparisons.ts';

/** The one-hot code of r mod `size`: a plane a place. */
function* placeCode(m: Maker, own: RingArray, size: number): Making<Bits> {
  const { ring } = m;
  if (size === 1) {
    const one = m.bits(own.length);
    ring.zero(one);
    if (m.first) ring.not(one, one);
    return one;
  }
  const { code, carry } = yield* indexCode(m, own, 0, math.log2(size));
  m.drop(carry);
  return code;
}

/** Bits of a number, by its one-hot code. */
const bitsOf = (m: Maker, code: Bits): Bits[] => {
  const size = code.planes;
  return Array.from({ length: math.log2(size) }, (_, k) => {
    const bit = m.bits(code.length);
    m.ring.zero(bit);
    for (let v = 0; v < size; v++) if ((v >> k) & 1) m.ring.xor(bit, bit, code.plane(v));
    return bit;
  });
};

export function* lookup(m: Maker, [x, place]: readonly Value[], a: LookupAttrs): Making<Value[]> {
  const outs = m.outs([{ r: m.wordMask('r') }]);
  const size = tableSize(a);
  const own = ringOf(place!.r);
  for (const [i, [start, count]] of blocks(a).entries()) {
    const code = yield* placeCode(m, own.view(start, count), size);
    const words = yield* together(Array.from({ length: size }, (_, v) => bitsToWords(m, code.plane(v))));
    const table = m.words(count * size);
    for (const [v, word] of words.entries()) {
      m.ring.strided(table, v, [size], word, 0, [1], [count]);
      m.drop(word);
    }
    m.share('codes', table, i);
    if (x!.r) m.share('rotations', yield* rotations(m, code, ringOf(x!.r), count, a), i);
    m.drop(code);
  }
  return outs;
}

/** The array's masks, rotated by r for each place: by its bits, one after the other. Place v holds those of v - r. */
function* rotations(
  m: Maker,
  code: Bits,
  masks: RingArray,
  count: number,
  a: LookupAttrs,
): Making<RingArray> {
  const { ring } = m;
  const { outer, n, inner } = a;
  const size = code.planes;
  const cells = outer * inner;
  // Cells of all places, each with `count` words: one for every element that reads.
  let state = Array.from({ length: size * cells }, (_, at) => {
    const [v, cell] = [Math.floor(at / cells), at % cells];
    const word = m.words(count);
    const j = elementAt(a, size, v);
    const from = (Math.floor(cell / inner) * n + j) * inner + (cell % inner);
    if (j < n && count > 0) ring.strided(word, 0, [1], masks, from, [0], [count]);
    else ring.zero(word);
    return word;
  });
  for (const [k, bit] of bitsOf(m, code).entries()) {
    const step = 1 << k;
    const changes = state.map((word, at) => {
      const [v, cell] = [Math.floor(at / cells), at % cells];
      const change = m.words(count);
      ring.sub(change, state[((v - step + size) % size) * cells + cell]!, word);
      return change;
    });
    const { products } = yield* bitTimes(m, bit, changes, false);
    const next = state.map((word, at) => {
      const sum = m.words(count);
      ring.add(sum, word, products[at]!);
      return sum;
    });
    m.drop(bit, ...state, ...changes, ...products);
    state = next;
  }
  const out = m.words(count * size * cells);
  for (const [at, word] of state.entries()) {
    ring.strided(out, at, [size * cells], word, 0, [1], [count]);
    m.drop(word);
  }
  return out;
}

export function* oneHot(m: Maker, [x]: readonly Value[], { n }: OneHotAttrs): Making<Value[]> {
  const outs = m.outs([{ r: m.bitMask('r') }]);
  const size = powerAbove(n);
  const code = yield* placeCode(m, ringOf(x!.r), size);
  m.share('rows', rowsOf(m, code, size));
  m.drop(code);
  return outs;
}

/** Masks of columns after both parties' turns. */
function* shuffled(m: Maker, masks: readonly RingArray[], { lanes, n }: Lanes): Making<void> {
  let current = [...masks];
  for (const party of [0, 1] as const) {
    const stream = m.mask('orders', party) as Bytes;
    const from = party === m.rank ? permutations(m, stream, lanes, n) : undefined;
    const moved = yield* permuted(m, party, from, current, lanes, n);
    for (const [j, column] of moved.entries()) {
      const added = m.wordMask('added', party * masks.length + j);
      m.ring.add(column, column, added);
      m.drop(added);
    }
    current = moved;
    m.drop(stream);
  }
  for (const [j, column] of current.entries()) m.share('shuffled', column, j);
}

export function* shuffle(m: Maker, ins: readonly Value[], attrs: Lanes): Making<Value[]> {
  const outs = m.outs(ins.map((_, j) => ({ r: m.wordMask('masks', j) })));
  yield* shuffled(
    m,
    ins.map((x) => ringOf(x.r)),
    attrs,
  );
  return outs;
}

/** The material of one level of comparisons with 0. */
function* level(m: Maker, { index, place, bits }: SignLevel): Making<void> {
  const rho = m.wordMask('rho', index);
  yield* signs(m, rho, bits, 1, place);
  m.drop(rho);
}

export function* sort(m: Maker, [x, ...along]: readonly Value[], attrs: SortAttrs): Making<Value[]> {
  const { lanes, n, want } = attrs;
  const place = m.words(lanes * n);
  m.ring.zero(place);
  const columns = [ringOf(x!.r), place, ...along.map((v) => ringOf(v.r))];
  const outs = m.outs(handedOn(columns, want).map((_, i) => ({ r: m.wordMask('masks', i) })));
  const levels = Array.from(levelsOf(attrs, true), ([, one]) => level(m, one));
  yield* together([shuffled(m, columns, attrs), ...levels]);
  return outs;
}
