/** @file The operation behind `sf.psi`: each party reads its identifiers, all hear of sizes or of failures, then they meet: two, or more around a leader. */
import { fail } from '../errors.ts';
import { correlationFor } from '../psi/form.ts';
import { type Duplicates, type Ids, type Normalize, readIds } from '../psi/ids.ts';
import { follow, followCounting, lead, leadCounting, receiveCommon, sendCommon } from '../psi/many.ts';
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
    const rows = learns.get(receiver) === 'rows';
    const both = own === 'rows' && others === 'rows';
    const correlation = rows ? correlationFor(dealer, ids.count, part.theirs) : undefined;
    const items = await (correlation === undefined
      ? meetMasked({ ...part, learns: own, peerLearns: others })
      : (party === receiver ? receive : send)({ ...part, correlation, both }));
    if (typeof items !== 'object') return items;
    return ids.groups
      ? await pairs(ids.groups, items, [{ peer, before: other === outer }])
      : rowsOf(ids, items);
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

/** Three parties or more: the one with the fewest identifiers among those who learn the rows leads. Of a size the first party is told, and says it. */
const around = async (
  mode: Mode,
  op: Op,
  parties: readonly string[],
  sizes: ReadonlyMap<string, number>,
  { receivers, reveal }: Pick<PsiSettings, 'receivers' | 'reveal'>,
): Promise<Meet> => {
  const leader = receivers.reduce((a, b) => (sizes.get(b)! < sizes.get(a)! ? b : a));
  const others = parties.filter((party) => party !== leader);
  const most = Math.min(...sizes.values());
  const [first] = parties as [string];
  const counter = leader === first ? others[0]! : first;
  const learnsSize = (party: string): Learns => (party === first ? 'size' : 'nothing');
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
      const line = own.find(({ other }) => other === leader);
      const fellows = own.filter(({ other }) => other !== leader);
      if (reveal === 'size') {
        const with_ = line ?? own.find(({ other }) => other === counter)!;
        const counting = { with: with_, learns: learnsSize(party), peerLearns: learnsSize(with_.other) };
        if (!line) return (await leadCounting(ids, own, counting)) as number | undefined;
        if (party === counter) return (await followCounting(ids, fellows, counting)) as number | undefined;
        await follow(ids, line, fellows);
        return undefined;
      }
      let items: Uint32Array;
      if (line) {
        await follow(ids, line, fellows);
        if (!receivers.includes(party)) return undefined;
        items = await receiveCommon(ids, most, line.peer);
      } else {
        const told = own.filter(({ other }) => receivers.includes(other)).map(({ peer }) => peer);
        items = await sendCommon(ids, await lead(ids, own), told);
      }
      if (!ids.groups) return rowsOf(ids, items);
      const before = (other: string): boolean => parties.indexOf(other) < parties.indexOf(party);
      return await pairs(
        ids.groups,
        items,
        own.map(({ other, peer }) => ({ peer, before: before(other) })),
      );
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
  if (parties.length > MOST_PARTIES)
    fail('UNSUPPORTED', `sf.psi is for two to ${MOST_PARTIES} parties, not ${parties.length}`);
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
    : await (parties.length === 2 ? beside() : around(mode, op, parties, sizes, settings));
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
