/**
 * @file Shuffle by a permutation that nobody knows: neither parties, unless all of them collude, nor the dealer.
 *
 * First (`shuffleColumns`) a product of one permutation a party, each drawn from that party's own stream (Chase, Ghosh,
 * Poburinnaya, "Secret-shared shuffle", ASIACRYPT 2020, section 4, with the dealer for its correlation; on masked
 * values). In turn, party i sends c' = pi_i(c) + D_i, D_i its own stream: to the others that is uniform. The dealer
 * follows the masks, r' = pi_i(r) + D_i, and shares the last one. Parties that are not honest learn nothing of pi_h of
 * an honest one, so nothing of the product. But the dealer, who knows the streams, knows it. That is enough inside of
 * a sort, whose result the dealer does not see.
 *
 * So the parties then draw a permutation among themselves, from coins that never reach the dealer, apply it to their
 * shares, and open those under fresh masks. Parties know that one and not the first, the dealer the first and not that
 * one. (Where rank 0 deals, TrustedFirstParty, it knows both, as it may know all else.) The last of the first permutations
 * needs no message: its c' is public nowhere, its party alone adds it to its share of what is opened.
 *
 * Rounds N. Bytes: each party but the last k/8 an element and column in its turn, all as much at the end, and 32 of coins;
 * dealer k/8. (`shuffleColumns`: rounds N, bytes k/8.)
 */

import type { Dealing } from '../dealer/material.ts';
import type { Bytes, RingArray } from '../ring/array.ts';
import { Prg, randomBytes } from '../ring/prg.ts';
import { type Gate, type Party, ringOf, type Steps, type Value } from './gate.ts';
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

/** The turns of all parties, the last one's result kept by that party: the others have zeros in its place. */
function* turns(
  p: Party,
  columns: readonly RingArray[],
  { lanes, n }: Lanes,
  keep: boolean,
): Steps<RingArray[]> {
  const size = lanes * n;
  let current = [...columns];
  for (let party = 0; party < p.parties; party++) {
    const stream = p.drawOf(party, p.bytes(streamBytes(lanes, n)));
    const own = party === p.rank;
    const from = own ? permutations(p, stream, lanes, n) : undefined;
    const sent = p.words(size * current.length);
    p.ring.zero(sent);
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
    if (!keep || party < p.parties - 1) yield* p.open(sent, { from: party });
    current = current.map((_, j) => sent.view(j * size, size));
  }
  return current;
}

/** Columns under their new masks. */
export function* shuffleColumns(
  p: Party,
  columns: readonly RingArray[],
  attrs: Lanes,
): Steps<{ c: RingArray; r: RingArray }[]> {
  const parts = yield* turns(p, columns, attrs, false);
  return parts.map((part) => {
    const c = p.words(part.length);
    p.ring.copy(c, part);
    return { c, r: p.take(c.length) };
  });
}

/** c, r -> this party's additive share. */
export const additive = (p: Party, { c, r }: { c: RingArray; r: RingArray }): RingArray => {
  const share = p.words(c.length);
  if (p.first) p.ring.sub(share, c, r);
  else p.ring.neg(share, r);
  return share;
};

const SEED = 32;

/** A seed that parties make together and the dealer does not hear of. It travels with the next round, and is whole then. */
const tossCoins = (p: Party): Bytes => {
  const seed = p.bytes(SEED);
  p.ring.u8(seed).set(randomBytes(SEED));
  p.open(seed).next();
  return seed;
};

/** Ins: columns of lanes x n. Outs: the columns, each lane's elements in an order that nobody knows. */
export const shuffle: Gate<Lanes & Readonly<Record<string, unknown>>> = {
  deal(d, ins, attrs) {
    dealShuffle(
      d,
      ins.map((x) => ringOf(x.r)),
      attrs,
    );
    return ins.map(() => ({ r: d.draw(attrs.lanes * attrs.n) }));
  },
  *eval(p, ins, attrs) {
    const { lanes, n } = attrs;
    const size = lanes * n;
    const seed = tossCoins(p);
    const last = yield* turns(
      p,
      ins.map((x) => ringOf(x.c)),
      attrs,
      true,
    );
    const stream = p.bytes(streamBytes(lanes, n));
    // The seed serves this once, so its first stream will do.
    new Prg(p.ring, p.ring.u8(seed)).fill(stream, 0, 0);
    const from = permutations(p, stream, lanes, n);
    const shares = last.map((c) => {
      const share = p.words(size);
      p.ring.sub(share, c, p.take(size));
      return share;
    });
    const masks = shares.map(() => p.draw(size));
    const opened = p.words(size * shares.length);
    shares.forEach((share, j) => {
      const part = opened.view(j * size, size);
      move(p, part, share, from);
      p.ring.add(part, part, masks[j]!);
    });
    yield* p.open(opened);
    return masks.map((r, j): Value => {
      const c = p.words(size);
      p.ring.copy(c, opened.view(j * size, size));
      return { c, r };
    });
  },
};
