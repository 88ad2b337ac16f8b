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

import type { DealerContext } from '../dealer/dealer-context.ts';
import type { Scratch } from '../dealer/scratch.ts';
import { bytes, ofOwner, words } from '../dealer/slots.ts';
import type { Bytes, RingArray } from '../ring/array.ts';
import { Prg, randomBytes } from '../ring/prg.ts';
import { gate, type Party, ringOf, type Shapes, type Value } from './gate.ts';
import { move, permutations, streamBytes } from './permutation.ts';

export interface Lanes {
  /** Each of `lanes` rows of n elements is shuffled by a permutation of its own. */
  readonly lanes: number;
  readonly n: number;
}

/** Material of the turns of all parties over so many columns. */
export const turnSlots = (parties: number, columns: number, { lanes, n }: Lanes) => {
  const owners = Array.from({ length: parties }, (_, party) => party);
  return {
    orders: owners.map((party) => ofOwner(party, bytes('ownMask', streamBytes(lanes, n)))),
    added: owners.flatMap((party) =>
      Array.from({ length: columns }, () => ofOwner(party, words('ownMask', lanes * n))),
    ),
    shuffled: Array.from({ length: columns }, () => words('permuted', lanes * n)),
  };
};
type TurnSlots = ReturnType<typeof turnSlots>;

/** The masks of the columns after the shuffle. Columns of a lane move together. */
export function* dealShuffle(d: DealerContext<TurnSlots>, masks: readonly RingArray[], { lanes, n }: Lanes) {
  let current = [...masks];
  for (let party = 0; party < d.parties; party++) {
    const from = permutations(d, yield* d.mask('orders', party), lanes, n);
    const moved: RingArray[] = [];
    for (const [j, r] of current.entries()) {
      const [next, added] = [d.words(r.length), yield* d.mask('added', party * masks.length + j)];
      move(d, next, r, from);
      d.ring.add(next, next, added);
      d.drop(added);
      moved.push(next);
    }
    current = moved;
  }
  for (const [j, r] of current.entries()) yield* d.share('shuffled', r, j);
  return current;
}

/** The turns of all parties, the last one's result kept by that party: the others have zeros in its place. */
function* turns(p: Party<TurnSlots>, columns: readonly RingArray[], { lanes, n }: Lanes, keep: boolean) {
  const size = lanes * n;
  let current = [...columns];
  for (let party = 0; party < p.parties; party++) {
    const stream = yield* p.mask('orders', party);
    const own = party === p.rank;
    const from = own ? permutations(p, stream, lanes, n) : undefined;
    const sent = p.words(size * current.length);
    p.ring.zero(sent);
    for (const [j, c] of current.entries()) {
      const added = yield* p.mask('added', party * columns.length + j);
      const part = sent.view(j * size, size);
      if (from) {
        move(p, part, c, from);
        p.ring.add(part, part, added);
      }
      p.drop(added);
    }
    p.drop(stream);
    if (!keep || party < p.parties - 1) yield* p.open(sent, { from: party });
    current = current.map((_, j) => sent.view(j * size, size));
  }
  return current;
}

/** Columns under their new masks. */
export function* shuffleColumns(p: Party<TurnSlots>, columns: readonly RingArray[], attrs: Lanes) {
  const parts = yield* turns(p, columns, attrs, false);
  const shuffled: { c: RingArray; r: RingArray }[] = [];
  for (const [j, part] of parts.entries()) {
    const c = p.words(part.length);
    p.ring.copy(c, part);
    shuffled.push({ c, r: yield* p.receiveShare('shuffled', j) });
  }
  return shuffled;
}

/** c, r -> this party's additive share. */
export const additive = (
  p: Scratch & { readonly first: number },
  { c, r }: { c: RingArray; r: RingArray },
): RingArray => {
  const share = p.words(c.length);
  if (p.first) p.ring.sub(share, c, r);
  else p.ring.neg(share, r);
  return share;
};

const SEED = 32;

/** A seed that parties make together and the dealer does not hear of. It travels with the next round, and is whole then. */
const tossCoins = (p: Scratch & Pick<Party, 'open'>): Bytes => {
  const seed = p.bytes(SEED);
  p.ring.u8(seed).set(randomBytes(SEED));
  p.open(seed).next();
  return seed;
};

/** Ins: columns of lanes x n. Outs: the columns, each lane's elements in an order that nobody knows. */
export const shuffle = gate({
  slots: ({ parties, ins }: Shapes, attrs: Lanes) => ({
    ...turnSlots(parties, ins.length, attrs),
    masks: ins.map(() => words('mask', attrs.lanes * attrs.n)),
  }),
  *deal(d, ins, attrs) {
    yield* dealShuffle(
      d,
      ins.map((x) => ringOf(x.r)),
      attrs,
    );
    const outs: Value[] = [];
    for (const j of ins.keys()) outs.push({ r: yield* d.mask('masks', j) });
    return outs;
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
    const shares: RingArray[] = [];
    const masks: RingArray[] = [];
    for (const [j, c] of last.entries()) {
      const share = p.words(size);
      p.ring.sub(share, c, yield* p.receiveShare('shuffled', j));
      shares.push(share);
      masks.push(yield* p.mask('masks', j));
    }
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
});
