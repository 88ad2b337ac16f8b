/**
 * @file Shuffle by a permutation that no party knows: a product of one permutation a party, each drawn from that
 * party's own stream, which the dealer knows (Chase, Ghosh, Poburinnaya, "Secret-shared shuffle", ASIACRYPT 2020,
 * section 4, with the dealer for its correlation; on masked values).
 *
 * In turn, party i sends c' = pi_i(c) + D_i, D_i its own stream: to the others that is uniform. The dealer follows
 * the masks, r' = pi_i(r) + D_i, and shares the last one. Parties that are not honest learn nothing of pi_h of an
 * honest one, so nothing of the product.
 *
 * Rounds N, bytes k/8 an element and column, sent once by each party; dealer k/8.
 */

import type { Dealing } from '../dealer/material.ts';
import type { RingArray } from '../ring/array.ts';
import { type Gate, type Party, ringOf, type Steps } from './gate.ts';
import { move, permutations, streamBytes } from './permutation.ts';

export interface Lanes {
  /** Each of `lanes` rows of n elements is shuffled by a permutation of its own. */
  readonly lanes: number;
  readonly n: number;
}

/** The masks of the columns after the shuffle. Columns of a lane move together. */
export const dealShuffle = (d: Dealing, masks: readonly RingArray[], { lanes, n }: Lanes): RingArray[] => {
  let current = masks;
  for (let party = 0; party < d.parties; party++) {
    const from = permutations(d, d.drawOf(party, d.bytes(streamBytes(lanes, n))), lanes, n);
    current = current.map((r) => {
      const [next, added] = [d.words(r.length), d.drawOf(party, d.words(r.length))];
      move(d, next, r, from);
      d.ring.add(next, next, added);
      d.drop(added);
      return next;
    });
  }
  for (const r of current) d.give(r);
  return [...current];
};

/** Columns under their new masks. */
export function* shuffleColumns(
  p: Party,
  columns: readonly RingArray[],
  { lanes, n }: Lanes,
): Steps<{ c: RingArray; r: RingArray }[]> {
  const size = lanes * n;
  let current = [...columns];
  for (let party = 0; party < p.parties; party++) {
    const stream = p.drawOf(party, p.bytes(streamBytes(lanes, n)));
    const own = party === p.rank;
    const from = own ? permutations(p, stream, lanes, n) : undefined;
    const sent = p.words(size * current.length);
    current.forEach((c, j) => {
      const added = p.drawOf(party, p.words(size));
      const part = sent.view(j * size, size);
      if (from) {
        move(p, part, c, from);
        p.ring.add(part, part, added);
      }
      p.drop(added);
    });
    p.drop(stream);
    yield* p.open(sent, { from: party });
    current = current.map((_, j) => sent.view(j * size, size));
  }
  return current.map((part) => {
    const c = p.words(size);
    p.ring.copy(c, part);
    return { c, r: p.take(size) };
  });
}

/** Ins: columns of lanes x n. Outs: the columns, each lane's elements in an order that nobody knows. */
export const shuffle: Gate<Lanes & Readonly<Record<string, unknown>>> = {
  deal: (d, ins, attrs) =>
    dealShuffle(
      d,
      ins.map((x) => ringOf(x.r)),
      attrs,
    ).map((r) => ({ r })),
  *eval(p, ins, attrs) {
    const columns = ins.map((x) => ringOf(x.c));
    return yield* shuffleColumns(p, columns, attrs);
  },
};
