/**
 * @file Signs of masked numbers where two parties have made the material (gates/less-than.ts). x - t = y - r_1 for y = c - r_0 - t, which
 * rank 0 knows once c is public, and r_1, which rank 1 knows ahead. So each digit of r_1 has chosen one of 16 pads ahead of time; rank 0
 * sends 16 entries, [y < v] and [y = v] for each v, each under the pad of v and all under its own share, and rank 1 has the pad of one
 * (Rathee and others, CrypTFlow2, eprint 2020/1002, section 3.1.1, with choices made before). From there on it is the tree of multi-and.ts.
 *
 * Secrecy: 15 of 16 entries are under pads that rank 1 does not have, and the one it reads is under rank 0's stream.
 *
 * Rounds 1 more than those of the tree; 32 bits a digit and row.
 */

import type { Party } from '../gates/gate.ts';
import {
  clearAbove,
  covering,
  digit,
  digitTiles,
  entryBits,
  type SignPlace,
  type SignSlots,
  shiftedPlanes,
} from '../gates/less-than.ts';
import { lessTree } from '../gates/multi-and.ts';
import type { Bits, RingArray } from '../ring/array.ts';
import { addEntries, choose, ENTRIES } from './choices.ts';

export function* chosenSigns(
  p: Party<SignSlots>,
  c: RingArray,
  r: RingArray,
  thresholds: readonly number[],
  bits: number,
  place: SignPlace,
) {
  const { ring } = p;
  const n = c.length;
  const rows = thresholds.length;
  const digits = covering(bits - 1);
  const width = entryBits(rows);
  const tops = p.bits(n, rows);
  ring.zero(tops);
  /** Of this party's number: of each row at rank 0; at rank 1 of the mask, once. */
  const planes = own(p, c, r, thresholds).map((one, t) => {
    for (const row of p.first ? [t] : thresholds.keys()) ring.copy(tops.plane(row), one.plane(bits - 1));
    clearAbove(p, one, bits - 1);
    return one;
  });
  const chosen = yield* p.receiveShare('chosen', place.index);
  const tiles = digitTiles(n, digits);
  const sent: Bits[] = [];
  for (const [i, { from, count }] of tiles.entries()) {
    const entries = yield* p.receiveShare('entries', place.codes + i);
    sent.push(entries);
    if (p.first)
      for (let j = 0; j < count; j++) {
        const of = entries.plane(ENTRIES * width * j, ENTRIES * width);
        const share = chosen.plane(width * (from + j), width);
        planes.forEach((one, t) => {
          addEntries(ring, of, digit(one, 4 * digits, from + j), share, t);
        });
      }
    // All tiles in one round.
    if (i < tiles.length - 1) p.open(entries, { from: 0 }).next();
    else yield* p.open(entries, { from: 0 });
  }
  const [less, equal] = [p.bits(n, digits * rows), p.bits(n, digits * rows)];
  for (const [i, { from, count }] of tiles.entries()) {
    for (let j = from; j < from + count; j++) {
      const share = chosen.plane(width * j, width);
      if (!p.first) {
        const entries = sent[i]!.plane(ENTRIES * width * (j - from), ENTRIES * width);
        choose(ring, entries, digit(planes[0]!, 4 * digits, j));
        ring.xor(share, share, entries.plane(0, width));
      }
      for (let t = 0; t < rows; t++) {
        ring.copy(less.plane(t * digits + j), share.plane(2 * t));
        ring.copy(equal.plane(t * digits + j), share.plane(2 * t + 1));
      }
    }
    p.drop(sent[i]!);
  }
  p.drop(chosen, ...planes);
  function* upTo(): Generator<never, void, unknown> {}
  const out = yield* lessTree(p, { less, equal, upTo, inTiles: false }, digits, rows, place.tree);
  ring.xor(out, out, tops);
  p.drop(tops);
  return out;
}

const own = (p: Party<SignSlots>, c: RingArray, r: RingArray, thresholds: readonly number[]): Bits[] => {
  if (!p.first) return [shiftedPlanes(p, r, 0)];
  const y = p.words(c.length);
  p.ring.sub(y, c, r);
  const planes = thresholds.map((t) => shiftedPlanes(p, y, t));
  p.drop(y);
  return planes;
};
