/** @file Two sets that meet in one process, and what each party sees of it. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { Channel } from '../../src/link/link.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import type { Correlation } from '../../src/psi/correlation.ts';
import { deal, dealtBy } from '../../src/psi/dealt.ts';
import { type Duplicates, type Ids, readIds } from '../../src/psi/ids.ts';
import { receive, send } from '../../src/psi/oprf.ts';
import { Wire } from '../../src/psi/peer-messages.ts';

/** What a message becomes, by its number. */
export type Change = (bytes: Uint8Array, number: number) => Uint8Array;

const same: Change = (bytes) => bytes;

/** A channel that keeps what comes, and may change it. */
const tapped = (channel: Channel, seen: Uint8Array[], change: Change): Channel => ({
  self: channel.self,
  peers: channel.peers,
  stats: channel.stats,
  send: (to, tag, bytes) => channel.send(to, tag, bytes),
  recv: async (from, tag) => {
    const bytes = change(await channel.recv(from, tag), tag);
    seen.push(bytes.slice());
    return bytes;
  },
  notice: (from, heard) => channel.notice(from, heard),
  close: () => channel.close(),
});

/** Two parties' wires to each other, what came to each, and what each has sent; who fails or ends closes its channel. */
export const pairOf = <N extends string>(
  a: N,
  b: N,
  change: { readonly [P in N]?: Change | undefined },
  more: readonly string[] = [],
) => {
  const network = memoryNetwork([a, b, ...more]);
  const direct = {
    [a]: network[a]!.channel('sets', [b]),
    [b]: network[b]!.channel('sets', [a]),
  } as Record<N, Channel>;
  const seen = { [a]: [], [b]: [] } as unknown as Record<N, Uint8Array[]>;
  const wire = (self: N, other: N) => new Wire(tapped(direct[self], seen[self], change[self] ?? same), other);
  return {
    network,
    wires: { [a]: wire(a, b), [b]: wire(b, a) } as Record<N, Wire>,
    seen,
    sent: () =>
      ({ [a]: direct[a].stats.sent[b]!.bytes, [b]: direct[b].stats.sent[a]!.bytes }) as Record<N, number>,
    closing: async <T>(self: N, work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } finally {
        direct[self].close();
      }
    },
  };
};

/** Chi-square of the bytes of messages against the uniform distribution: 255 in the mean, with a deviation of 22.6. */
export const chi = (messages: readonly Uint8Array[]): number => {
  const counts = new Float64Array(256);
  let n = 0;
  for (const bytes of messages)
    for (const byte of bytes) {
      counts[byte]! += 1;
      n += 1;
    }
  return counts.reduce((sum, c) => sum + (c - n / 256) ** 2 / (n / 256), 0);
};

export interface Met {
  /** Rows of each party in the common order; undefined at a sender that learns nothing. */
  readonly receiver: number[];
  readonly sender: number[] | undefined;
  /** What came to each from the other, and the bytes that each has sent. */
  readonly seen: Readonly<Record<'receiver' | 'sender', Uint8Array[]>>;
  readonly sent: Readonly<Record<'receiver' | 'sender', number>>;
  readonly dealt: number;
  /** What came to each from the dealer. */
  readonly fromDealer: Readonly<Record<'receiver' | 'sender', Uint8Array[]>>;
}

export interface Settings {
  readonly both?: boolean;
  /** Changes messages to the receiver, or to the sender. */
  readonly toReceiver?: Change;
  readonly toSender?: Change;
}

export const read = (ids: unknown, party = 'alice', duplicates: Duplicates = 'error'): Promise<Ids> =>
  readIds(ids, { party, duplicates });

/** The receiver's and the sender's identifiers meet, with a dealer. */
export const meet = async (
  theirs: unknown,
  ours: unknown,
  { both = true, toReceiver, toSender }: Settings = {},
): Promise<Met> => {
  const change = { receiver: toReceiver, sender: toSender };
  const { network, wires, seen, sent, closing } = pairOf('receiver', 'sender', change, ['dealer']);
  const [x, y] = [await read(theirs, 'receiver'), await read(ours, 'sender')];
  const ends = network.dealer!.channel('dealer', ['receiver', 'sender']);
  const fromDealer = { receiver: [] as Uint8Array[], sender: [] as Uint8Array[] };
  const part = (self: 'receiver' | 'sender') => ({
    peer: wires[self],
    correlation: dealtBy(
      new Wire(tapped(network[self]!.channel('dealer', ['dealer']), fromDealer[self], same), 'dealer'),
    ),
    both,
  });
  const [dealt, items, others] = await Promise.all([
    deal(x.count, new Wire(ends, 'sender'), new Wire(ends, 'receiver')),
    closing('receiver', receive({ set: x, theirs: y.count, ...part('receiver') })),
    closing('sender', send({ set: y, theirs: x.count, ...part('sender') })),
  ]);
  return {
    receiver: Array.from(items, (item) => x.first[item]!),
    sender: others && Array.from(others, (item) => y.first[item]!),
    seen,
    sent: sent(),
    dealt,
    fromDealer,
  };
};

/** The same without a dealer. */
export const meetBy = async (
  correlation: Correlation,
  theirs: unknown,
  ours: unknown,
  { both = true, toReceiver, toSender }: Settings = {},
): Promise<Omit<Met, 'dealt' | 'fromDealer'>> => {
  const { wires, seen, sent, closing } = pairOf('receiver', 'sender', {
    receiver: toReceiver,
    sender: toSender,
  });
  const [x, y] = [await read(theirs, 'receiver'), await read(ours, 'sender')];
  const [items, others] = await Promise.all([
    closing('receiver', receive({ set: x, theirs: y.count, peer: wires.receiver, correlation, both })),
    closing('sender', send({ set: y, theirs: x.count, peer: wires.sender, correlation, both })),
  ]);
  return {
    receiver: Array.from(items, (item) => x.first[item]!),
    sender: others && Array.from(others, (item) => y.first[item]!),
    seen,
    sent: sent(),
  };
};

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/** The common rows by the identifiers, which have to be the same in the same order at both, of sets that meet in this way. */
export const commonBy =
  (way: (x: number[], y: number[], settings: Settings) => Promise<Pick<Met, 'receiver' | 'sender'>>) =>
  async (x: number[], y: number[], both = true): Promise<number[]> => {
    const { receiver, sender } = await way(x, y, { both });
    const ids = receiver.map((row) => x[row]!);
    if (both)
      assert.equal(
        sender!.map((row) => y[row]!),
        ids,
      );
    else assert.is(sender, undefined);
    return ids.toSorted((a, b) => a - b);
  };

/** Random sets meet so: the rows are those that both have. */
export const meetsAny = (
  common: ReturnType<typeof commonBy>,
  seed: number,
  numRuns: number,
): Promise<void> => {
  const sets = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 });
  return fc.assert(
    fc.asyncProperty(sets, sets, fc.boolean(), async (x, y, both) => {
      assert.equal(
        await common(x, y, both),
        x.filter((id) => y.includes(id)).toSorted((a, b) => a - b),
      );
    }),
    { seed, numRuns },
  );
};
