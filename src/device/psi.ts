/** @file The operation behind `sf.psi`: each party reads its identifiers, all hear of sizes or of failures, then they meet: two, or more around a leader. */
import { fail } from '../errors.ts';
import { type Duplicates, type Ids, type Normalize, readIds } from '../psi/ids.ts';
import { follow, lead, receiveCommon, sendCommon } from '../psi/many.ts';
import { type Learns, meetMasked } from '../psi/masked.ts';
import { receive, send } from '../psi/oprf.ts';
import { MOST_PAIRS, pairs } from '../psi/pairs.ts';
import { Wire } from '../psi/peer-messages.ts';
import { MOST_IDS } from '../psi/shape.ts';
import type { DeviceSession } from './devices.ts';
import { failedAt } from './failing.ts';
import type { Lines, Mode } from './mode.ts';
import { PYUObject } from './objects.ts';
import { INSIDE, type Op, quietly } from './operation.ts';

export interface PsiSettings {
  readonly reveal: 'rows' | 'size';
  readonly receivers: readonly string[];
  readonly duplicates: Duplicates;
  readonly normalize: Normalize | undefined;
}

/** A number of identifiers or rows, as a party says it. */
const checked = (count: unknown, party: string, most: number): number =>
  Number.isInteger(count) && (count as number) >= 0 && (count as number) <= most
    ? (count as number)
    : fail('SERIALIZATION', `${party} sent a number of rows that is none`, { party });

/** Rows of a party in the common order, from the numbers of its common items. */
const rowsOf = ({ first }: Ids, items: Uint32Array): Int32Array =>
  Int32Array.from(items, (item) => first[item]!);

interface Meeting {
  readonly receiver: string;
  readonly sender: string;
  readonly sizes: ReadonlyMap<string, number>;
  /** What each party learns. */
  readonly learns: ReadonlyMap<string, Learns>;
  /** Who is named first; its rows are the outer ones of pairs. */
  readonly outer: string;
}

/** One party's part. Resolves to its rows or their number, as far as it learns them. */
const take = async (
  party: string,
  ids: Ids,
  lines: Lines,
  { receiver, sender, sizes, learns, outer }: Meeting,
): Promise<Int32Array | number | undefined> => {
  const other = party === receiver ? sender : receiver;
  const peer = new Wire(lines.channel, other);
  const dealer = lines.dealer && new Wire(lines.dealer, lines.dealer.peers[0]!);
  const [own, others] = [learns.get(party)!, learns.get(other)!];
  try {
    const part = { set: ids, theirs: sizes.get(other)!, peer };
    const both = own === 'rows' && others === 'rows';
    const items = await (dealer === undefined
      ? meetMasked({ ...part, learns: own, peerLearns: others })
      : (party === receiver ? receive : send)({ ...part, dealer, both }));
    if (typeof items !== 'object') return items;
    return ids.groups ? await pairs(ids.groups, items, peer, party === outer) : rowsOf(ids, items);
  } finally {
    // Where this party has failed, the other one hears of it by this.
    peer.close();
    dealer?.close();
  }
};

/** What a party learns of sets of which one is empty. */
const nothingIn = (learns: Learns): Int32Array | number | undefined =>
  learns === 'rows' ? new Int32Array(0) : learns === 'size' ? 0 : undefined;

/** One party's part, as far as this program does it. */
type Meet = (party: string, ids: Ids) => Promise<Int32Array | number | undefined>;

const MOST_PARTIES = 5;

/** What is refused of sets of more than two parties. */
const checkMany = (parties: readonly string[], { reveal, duplicates }: PsiSettings): void => {
  if (parties.length > MOST_PARTIES)
    fail('UNSUPPORTED', `sf.psi is for two to ${MOST_PARTIES} parties, not ${parties.length}`);
  if (parties.length > 2 && reveal === 'size')
    fail(
      'UNSUPPORTED',
      'sf.psi: the size alone is found for two parties: of more, a receiver learns its rows',
    );
  if (parties.length > 2 && duplicates === 'product')
    fail('UNSUPPORTED', 'sf.psi: duplicates "product" is for two parties');
};

/** Three parties or more: the one with the fewest identifiers among those who learn the rows leads. */
const around = async (
  mode: Mode,
  op: Op,
  parties: readonly string[],
  sizes: ReadonlyMap<string, number>,
  receivers: readonly string[],
): Promise<Meet> => {
  const leader = receivers.reduce((a, b) => (sizes.get(b)! < sizes.get(a)! ? b : a));
  const others = parties.filter((party) => party !== leader);
  const most = Math.min(...sizes.values());
  const lines = new Map<string, Map<string, Lines>>(parties.map((party) => [party, new Map()]));
  const open = async (a: string, b: string, count: number | undefined): Promise<void> => {
    const both = await mode.lines!(op, [a, b], count);
    for (const [party, own] of both) lines.get(party)!.set(party === a ? b : a, own);
  };
  for (const [i, other] of others.entries()) {
    await open(other, leader, sizes.get(leader));
    for (const fellow of others.slice(i + 1)) await open(other, fellow, undefined);
  }
  return async (party, ids) => {
    const own = [...lines.get(party)!].map(([other, { channel, dealer }]) => ({
      other,
      peer: new Wire(channel, other),
      dealer: dealer && new Wire(dealer, dealer.peers[0]!),
      theirs: sizes.get(other)!,
      first: others.indexOf(party) < others.indexOf(other),
    }));
    try {
      if (party === leader) {
        const items = await lead(ids, own);
        const told = own.filter(({ other }) => receivers.includes(other)).map(({ peer }) => peer);
        return rowsOf(ids, await sendCommon(ids, items, told));
      }
      const line = own.find(({ other }) => other === leader)!;
      await follow(
        ids,
        line,
        own.filter(({ other }) => other !== leader),
      );
      return receivers.includes(party) ? rowsOf(ids, await receiveCommon(ids, most, line.peer)) : undefined;
    } finally {
      for (const { peer, dealer } of own) {
        peer.close();
        dealer?.close();
      }
    }
  };
};

/** Resolves to handles of rows at the receivers, by party, and to their number where all learn it. */
export const meet = async (
  session: DeviceSession,
  op: Op,
  given: readonly (readonly [string, PYUObject])[],
  settings: PsiSettings,
): Promise<Readonly<Record<string, PYUObject | number>>> => {
  const { reveal, receivers, duplicates, normalize } = settings;
  const { mode, unseen } = session;
  const parties = given.map(([party]) => party);
  const [a, b] = parties as [string, string];
  checkMany(parties, settings);
  if (mode.lines === undefined) return fail('UNSUPPORTED', `sf.psi is not for sessions on a ${mode.name}`);
  const read = new Map<string, Ids>();
  const announced = given.map(([party, object]) =>
    mode.announce(party, `${op.number} size`, op, async () => {
      const value = await object[INSIDE];
      try {
        const ids = await readIds(value, { party, duplicates, normalize });
        read.set(party, ids);
        return ids.count;
      } catch (e) {
        throw failedAt(party, op, e, { party });
      }
    }),
  );
  const counts = await unseen.reported(Promise.all(announced.map(quietly)));
  const sizes = new Map(parties.map((party, i) => [party, checked(counts[i], party, MOST_IDS)]));
  // How many there are is found by the first, who says it.
  const learnsOf = (party: string): Learns =>
    reveal === 'size' ? (party === a ? 'size' : 'nothing') : receivers.includes(party) ? 'rows' : 'nothing';
  const learns = new Map(parties.map((party) => [party, learnsOf(party)]));
  const all = receivers.length === parties.length;
  const beside = async (): Promise<Meet> => {
    // The receiver's set costs more bytes than the sender's.
    const receiver = all ? (sizes.get(b)! < sizes.get(a)! ? b : a) : receivers[0]!;
    const meeting: Meeting = { receiver, sender: receiver === a ? b : a, sizes, learns, outer: a };
    const dealt = reveal === 'rows' ? sizes.get(receiver) : undefined;
    const lines = await mode.lines!(op, [meeting.sender, receiver], dealt);
    return (party, ids) => take(party, ids, lines.get(party)!, meeting);
  };
  const empty = parties.some((party) => sizes.get(party) === 0);
  const met = empty
    ? undefined
    : await (parties.length === 2 ? beside() : around(mode, op, parties, sizes, receivers));
  const done = parties.map((party) =>
    mode.perform(party, `${op.number} rows`, op, async () => {
      if (met === undefined) return nothingIn(learnsOf(party));
      try {
        return await met(party, read.get(party)!);
      } catch (e) {
        throw failedAt(party, op, e, { party });
      }
    }),
  );
  const result: Record<string, PYUObject | number> = {};
  for (const [i, [party, object]] of given.entries())
    if (learnsOf(party) === 'rows') result[party] = new PYUObject<unknown>(object.device, op, done[i]!);
  const size = async (): Promise<number> => {
    const found = await done[0];
    return typeof found === 'number' ? found : found!.length;
  };
  const told = all ? mode.announce(a, `${op.number} rows`, op, size) : Promise.resolve(undefined);
  await unseen.reported(Promise.all([...done, told].map(quietly)));
  const known = await told;
  return known === undefined ? result : { ...result, size: checked(known, a, MOST_PAIRS) };
};
