/** Three sets or more meet around a leader: what comes out, with a dealer and without, and what the leader sees of sets of some of them. */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { Channel } from '../../src/link/link.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { deal } from '../../src/psi/dealt.ts';
import { follow, lead, type PeerChannels, receiveCommon, sendCommon } from '../../src/psi/many.ts';
import { Wire } from '../../src/psi/peer-messages.ts';
import { rejection, suite } from '../link/helpers.ts';
import { type Change, chi, read } from './helpers.ts';

const test = suite('psi/many');
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

interface Settings {
  readonly dealt: boolean;
  /** Changes messages from the first follower to the leader, or from the leader to it. */
  readonly toLeader?: Change;
  readonly fromLeader?: Change;
}

/** The first set leads; all learn. Resolves to the identifiers of each in the common order, and what came to the leader from the first of the others. */
const meet = async (tables: readonly (readonly number[])[], { dealt, toLeader, fromLeader }: Settings) => {
  const names = tables.map((_, i) => `p${i}`);
  const network = memoryNetwork([...names, 'dealer']);
  const sets = await Promise.all(tables.map((ids, i) => read([...ids], names[i])));
  const seen: Uint8Array[] = [];
  const open: Channel[] = [];
  const wire = (self: string, other: string, change?: Change): Wire => {
    const channel = network[self]!.channel([self, other].sort().join(), [other]);
    open.push(channel);
    if (!change) return new Wire(channel, other);
    const recv: Channel['recv'] = async (from, tag) => {
      const bytes = change(await channel.recv(from, tag), tag);
      if (self === 'p0') seen.push(bytes.slice());
      return bytes;
    };
    return new Wire(
      {
        ...channel,
        self: channel.self,
        peers: channel.peers,
        stats: channel.stats,
        send: (...a) => channel.send(...a),
        recv,
        notice: (...a) => channel.notice(...a),
        close: () => channel.close(),
      } as Channel,
      other,
    );
  };
  const dealerOf = (self: string, i: number): Wire | undefined =>
    dealt ? new Wire(network[self]!.channel(`dealer ${i}`, ['dealer']), 'dealer') : undefined;
  if (dealt)
    for (const [i, name] of names.entries())
      if (i > 0) {
        const ends = network.dealer!.channel(`dealer ${i}`, [name, 'p0']);
        deal(sets[0]!.count, new Wire(ends, name), new Wire(ends, 'p0')).catch(() => ends.close());
      }
  const same: Change = (bytes) => bytes;
  const others = names.slice(1).map(
    (name, k): PeerChannels => ({
      peer: wire('p0', name, k === 0 ? (toLeader ?? same) : undefined),
      dealer: dealerOf('p0', k + 1),
      theirs: sets[k + 1]!.count,
    }),
  );
  const leading = async (): Promise<Uint32Array> =>
    sendCommon(
      sets[0]!,
      await lead(sets[0]!, others),
      others.map(({ peer }) => peer),
    );
  const following = async (k: number): Promise<Uint32Array> => {
    const set = sets[k]!;
    const peer = wire(names[k]!, 'p0', k === 1 ? fromLeader : undefined);
    const fellows = names.flatMap((name, j) =>
      j === 0 || j === k ? [] : [{ peer: wire(names[k]!, name), first: k < j }],
    );
    await follow(set, { peer, dealer: dealerOf(names[k]!, k), theirs: sets[0]!.count }, fellows);
    return receiveCommon(set, Math.min(...sets.map((s) => s.count)), peer);
  };
  const closing = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (e) {
      for (const channel of open) channel.close();
      throw e;
    }
  };
  const items = await Promise.all([
    closing(leading()),
    ...names.slice(1).map((_, k) => closing(following(k + 1))),
  ]);
  return { ids: items.map((own, i) => Array.from(own, (item) => tables[i]![sets[i]!.first[item]!]!)), seen };
};

const common = async (tables: readonly (readonly number[])[], dealt: boolean): Promise<number[]> => {
  const { ids } = await meet(tables, { dealt });
  for (const own of ids) assert.equal(own, ids[0]);
  return ids[0]!.toSorted((a, b) => a - b);
};

test('the intersection of three to five sets of any sizes, with a dealer and without', async () => {
  const set = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(fc.array(set, { minLength: 3, maxLength: 5 }), fc.boolean(), async (tables, dealt) => {
      const want = tables[0]!.filter((id) => tables.every((t) => t.includes(id))).toSorted((a, b) => a - b);
      assert.equal(await common(tables, dealt), want);
    }),
    { seed: 7, numRuns: 24 },
  );
});

test('thousands, and none in common', async () => {
  assert.equal(await common([range(0, 5000), range(1000, 9000), range(-500, 4000)], true), range(1000, 4000));
  assert.equal(await common([range(0, 300), range(300, 600), range(0, 600)], true), []);
  assert.equal(await common([range(0, 300), range(300, 600), range(0, 600)], false), []);
});

test('without a dealer: transfers with those who have many, points of a curve with those who have few', async () => {
  const few = range(900, 1000);
  assert.equal(await common([range(0, 1200), range(600, 2400), range(100, 1100)], false), range(600, 1100));
  assert.equal(await common([range(0, 1200), range(600, 1400), few], false), few);
  assert.equal(await common([range(0, 1200), range(1200, 2400), range(0, 1200)], false), []);
});

test('what the leader gets of a set does not depend on whether some of the others have its identifiers', async () => {
  for (const second of [range(0, 2000), range(5000, 7000)]) {
    const { seen, ids } = await meet([range(0, 2000), second, range(9000, 11_000)], { dealt: true });
    assert.equal(ids[0], []);
    assert.ok(Math.abs(chi(seen) - 255) < 150, `uniform: ${chi(seen)}`);
  }
});

test('messages of another form are errors, never wrong rows', async () => {
  const tables = [range(0, 50), range(10, 60), range(0, 60)];
  const cut: Change = (b) => b.subarray(1);
  for (const dealt of [true, false]) {
    const error = await rejection(meet(tables, { dealt, toLeader: cut }));
    assert.is(error.code, 'SERIALIZATION', error.message);
  }
  const noise: Change = (b) => crypto.getRandomValues(new Uint8Array(b.length));
  const store: Change = (b, i) => (i === 1 ? noise(b, i) : b);
  assert.equal((await meet(tables, { dealt: true, toLeader: store })).ids[0], []);
  const more: Change = (b, i) => {
    if (i !== 2) return b;
    const out = b.slice();
    new DataView(out.buffer).setUint32(32, 51, true);
    return out;
  };
  const error = await rejection(meet(tables, { dealt: true, fromLeader: more }));
  assert.match(error.message, /51 common identifiers, where there are at most 50/);
});

test.run();
