/**
 * @file Signs of masked numbers where two parties have made the material (gates/less-than.ts). x - t = y - r_1 for y = c - r_0 - t, which
 * rank 0 knows once c is public, and r_1, which rank 1 knows ahead. So each digit of r_1 has chosen one of 16 pads ahead of time; rank 0
 * sends 16 entries, [y < v] and [y = v] for each v, each under the pad of v and all under its own share, and rank 1 has the pad of one
 * (Rathee and others, CrypTFlow2, eprint 2020/1002, section 3.1.1, with choices made before). For the second half of the numbers ranks are
 * changed. From there on it is the tree of multi-and.ts.
 *
 * Secrecy: 15 of 16 entries are under pads that their receiver does not have, and the one it reads is under the sender's stream.
 *
 * Rounds 1 more than those of the tree; 32 bits a digit and row.
 */

import type { Party } from '../gates/gate.ts';
import { type Half, halvesOf, putHalf } from '../gates/halves.ts';
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

/** One half of the numbers, as a party has it. */
interface Side {
  readonly half: Half;
  /** Whether the entries are this party's. */
  readonly sends: boolean;
  /** Of the number that this party knows: a row a threshold at who sends, one row at who has chosen. */
  readonly planes: readonly Bits[];
  /** Own shares of the chosen entries at who sends, pads at who has chosen. */
  readonly chosen: Bits;
}

/** Digits of one half whose entries are sent as one array. */
interface Sent {
  readonly side: Side;
  readonly entries: Bits;
  readonly from: number;
  readonly count: number;
}

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
  const sent: Sent[] = [];
  for (const [h, half] of halvesOf(n).entries()) {
    const sends = half.sender === p.rank;
    const [some, mask] = [c, r].map((a) => a.view(half.from, half.count)) as [RingArray, RingArray];
    const planes = sends ? differences(p, some, mask, thresholds) : [shiftedPlanes(p, mask, 0)];
    for (const row of thresholds.keys())
      putHalf(ring, tops.plane(row), planes[sends ? row : 0]!.plane(bits - 1), half);
    for (const one of planes) clearAbove(p, one, bits - 1);
    const chosen = yield* p.receiveShare('chosen', place.index + h);
    const side = { half, sends, planes, chosen };
    for (const tile of digitTiles(half.count, digits)) {
      const entries = yield* p.receiveShare('entries', place.codes + sent.length);
      sent.push({ side, entries, ...tile });
    }
  }
  for (const [i, { side, entries, from, count }] of sent.entries()) {
    if (side.sends)
      for (let j = 0; j < count; j++) {
        const of = entries.plane(ENTRIES * width * j, ENTRIES * width);
        const share = side.chosen.plane(width * (from + j), width);
        side.planes.forEach((one, t) => {
          addEntries(ring, of, digit(one, 4 * digits, from + j), share, t);
        });
      }
    // All in one round.
    const opening = p.open(entries, { from: side.half.sender });
    if (i < sent.length - 1) opening.next();
    else yield* opening;
  }
  const [less, equal] = [p.bits(n, digits * rows), p.bits(n, digits * rows)];
  for (const { side, entries, from, count } of sent) {
    const { half, sends, chosen, planes } = side;
    for (let j = from; j < from + count; j++) {
      const share = chosen.plane(width * j, width);
      if (!sends) {
        const of = entries.plane(ENTRIES * width * (j - from), ENTRIES * width);
        choose(ring, of, digit(planes[0]!, 4 * digits, j));
        ring.xor(share, share, of.plane(0, width));
      }
      for (let t = 0; t < rows; t++) {
        putHalf(ring, less.plane(t * digits + j), share.plane(2 * t), half);
        putHalf(ring, equal.plane(t * digits + j), share.plane(2 * t + 1), half);
      }
    }
    p.drop(entries);
  }
  for (const { chosen, planes } of new Set(sent.map(({ side }) => side))) p.drop(chosen, ...planes);
  function* upTo(): Generator<never, void, unknown> {}
  const out = yield* lessTree(p, { less, equal, upTo, inTiles: false }, digits, rows, place.tree);
  ring.xor(out, out, tops);
  p.drop(tops);
  return out;
}

/** Planes of c - r - t, a row for each t. */
const differences = (
  p: Party<SignSlots>,
  c: RingArray,
  r: RingArray,
  thresholds: readonly number[],
): Bits[] => {
  const y = p.words(c.length);
  p.ring.sub(y, c, r);
  const planes = thresholds.map((t) => shiftedPlanes(p, y, t));
  p.drop(y);
  return planes;
};
