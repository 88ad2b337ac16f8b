/** What a party sees is no test of guesses, and is another one each time: what only looks uniform may still be a function of the identifiers. */
import * as assert from 'uvu/assert';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { deal } from '../../src/psi/dealt.ts';
import { follow, lead, type PeerChannels, receiveCommon, sendCommon } from '../../src/psi/many.ts';
import { meetMasked } from '../../src/psi/masked.ts';
import { order, type SetOf } from '../../src/psi/oprf.ts';
import { MOST_PAIRS, pairs } from '../../src/psi/pairs.ts';
import { Wire } from '../../src/psi/peer-messages.ts';
import { answerFor, askFor, give, keep } from '../../src/psi/prepared.ts';
import { recordBytes, shapeOf } from '../../src/psi/shape.ts';
import { transferred } from '../../src/psi/transferred.ts';
import { rejection, suite } from '../link/helpers.ts';
import { type Change, meet, meetBy, pairOf, read } from './helpers.ts';

const test = suite('psi/secrecy');
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Pieces of 16 bytes, from the beginning of each message. */
const piecesOf = (messages: readonly Uint8Array[]): string[] =>
  messages.flatMap((bytes) =>
    range(0, Math.floor(bytes.length / 16)).map((i) =>
      Buffer.from(bytes.subarray(16 * i, 16 * i + 16)).toString('hex'),
    ),
  );

/** No piece comes twice in what two runs on equal sets show. */
const fresh = async (what: string, run: () => Promise<readonly Uint8Array[]>): Promise<void> => {
  const all = [...piecesOf(await run()), ...piecesOf(await run())];
  assert.ok(all.length >= 4, `${what}: something is shown`);
  assert.is(new Set(all).size, all.length, what);
};

const masked = async (x: readonly number[], y: readonly number[]) => {
  const [a, b] = [await read(x, 'left'), await read(y, 'right')];
  const { wires, seen, closing } = pairOf('left', 'right', {});
  const both = { learns: 'rows', peerLearns: 'rows' } as const;
  await Promise.all([
    closing('left', meetMasked({ set: a, theirs: b.count, peer: wires.left!, ...both })),
    closing('right', meetMasked({ set: b, theirs: a.count, peer: wires.right!, ...both })),
  ]);
  return seen;
};

/** A set that is prepared, and a question of it. */
const asked = async (large: readonly number[], small: readonly number[], change: { kept?: Change } = {}) => {
  const [a, b] = [await read(large, 'owner'), await read(small, 'asker')];
  const first = pairOf('owner', 'asker', change.kept ? { asker: change.kept } : {});
  const [key, known] = await Promise.all([
    first.closing('owner', give(a, first.wires.owner!)),
    first.closing('asker', keep(a.count, first.wires.asker!)),
  ]);
  const second = pairOf('owner', 'asker', {});
  const [, rows] = await Promise.all([
    second.closing('owner', answerFor(key, b.count, second.wires.owner!)),
    second.closing('asker', askFor(b, known, second.wires.asker!)),
  ]);
  return { rows, seen: [...first.seen.asker!, ...second.seen.owner!, ...second.seen.asker!] };
};

/** The first of three sets leads, with a dealer; what all see of each other, and what the followers share. */
const led = async (tables: readonly (readonly number[])[], leads: readonly number[], change?: Change) => {
  const network = memoryNetwork(['p0', 'p1', 'p2', 'dealer']);
  const sets = await Promise.all(tables.map((ids, i) => read([...ids], `p${i}`)));
  const seen: Uint8Array[] = [];
  const wire = (self: string, other: string, changed: Change = (b) => b): Wire => {
    const channel = network[self]!.channel([self, other].sort().join(), [other]);
    const recv: typeof channel.recv = async (from, tag) => {
      const bytes = changed(await channel.recv(from, tag), tag);
      seen.push(bytes.slice());
      return bytes;
    };
    return new Wire(
      Object.assign(Object.create(channel) as typeof channel, {
        send: (to: string, tag: number, bytes: Uint8Array) => channel.send(to, tag, bytes),
        recv,
        close: () => channel.close(),
      }),
      other,
    );
  };
  const dealerOf = (self: string, k: number): Wire =>
    new Wire(network[self]!.channel(`dealer ${k}`, ['dealer']), 'dealer');
  for (const k of [1, 2]) {
    const ends = network.dealer!.channel(`dealer ${k}`, [`p${k}`, 'p0']);
    deal(sets[0]!.count, new Wire(ends, `p${k}`), new Wire(ends, 'p0')).catch(() => ends.close());
  }
  const channels = [1, 2].map(
    (k): PeerChannels => ({ peer: wire('p0', `p${k}`), dealer: dealerOf('p0', k), theirs: sets[k]!.count }),
  );
  const leading = async (): Promise<readonly Uint32Array[]> => {
    if (leads.length === 2) {
      const items = await lead(sets[0]!, channels);
      await sendCommon(
        sets[0]!,
        items,
        channels.map(({ peer }) => peer),
      );
      return [items];
    }
    // One after the other, each by itself.
    return [await lead(sets[0]!, [channels[0]!]), await lead(sets[0]!, [channels[1]!])];
  };
  const following = async (k: number): Promise<void> => {
    const peer = wire(`p${k}`, 'p0', k === 1 ? change : undefined);
    const fellows = [{ peer: wire(`p${k}`, `p${3 - k}`), first: k === 1 }];
    await follow(sets[k]!, { peer, dealer: dealerOf(`p${k}`, k), theirs: sets[0]!.count }, fellows);
    if (leads.length === 2) await receiveCommon(sets[k]!, sets[0]!.count, peer);
  };
  const [found] = await Promise.all([leading(), following(1), following(2)]);
  return { found, seen };
};

test('two runs on equal sets have not a piece in common, and no seed is dealt twice', async () => {
  const x = range(0, 40);
  await fresh('with a dealer', async () => {
    const { seen, fromDealer } = await meet(x, x, { both: false });
    // Records of a function that is another one: those of some bytes each are compared as the whole message.
    return [...seen.sender, ...fromDealer.receiver, ...fromDealer.sender, seen.receiver[0]!.slice(0, 16)];
  });
  await fresh('by transfers', async () => {
    const { seen } = await meetBy(transferred, x, x, { both: false });
    return [...seen.sender, seen.receiver[0]!, seen.receiver[1]!.slice(0, 16)];
  });
  await fresh('masked points', async () => {
    const { left, right } = await masked(x, x);
    return [left[0]!, right[0]!];
  });
  await fresh('a prepared set and a question', async () => (await asked(x, range(30, 50))).seen);
  await fresh('three parties', async () => {
    const { seen } = await led([x, x, x], [1, 2]);
    // Both of the others are told the same of what all have.
    return seen.filter((bytes, i) => seen.findIndex((other) => Buffer.compare(bytes, other) === 0) === i);
  });
});

test('what a sender gets does not fit the identifiers of the receiver', async () => {
  const x = range(0, 300);
  const { seen } = await meet(x, range(1000, 1300), { both: false });
  const set = await read(x, 'guess');
  const { memory, kernels, values, hashed } = decoded(set, seen.sender[0]!, seen.sender.slice(1));
  assert.ok(kernels);
  const [got, wanted] = [memory.words(values, 4 * set.count), memory.words(hashed, 4 * set.count)];
  const equal = x.filter((_, i) => got[4 * i] === wanted[4 * i]);
  assert.equal(equal, [], 'a store in the open gives each of its keys its hash');
});

test('columns that a sender gets by transfers do not fit the identifiers of the receiver', async () => {
  const x = range(0, 300);
  const { seen } = await meetBy(transferred, x, range(1000, 1300), { both: false });
  const [, , seedBytes, message] = seen.sender;
  const set = await read(x, 'guess');
  const { memory, digests, count } = set;
  const { kernels } = memory;
  const { bins, columns, total } = shapeOf(300);
  const n = 128 * Math.ceil(total / 128);
  assert.is(message!.length, 32 * n);
  const seed = memory.take(32);
  memory.bytes(seed, 32).set(seedBytes!);
  const { sorted } = order(set, seed, { bins, columns, total });
  const [came, rows, values, hashed] = [
    memory.take(32 * n),
    memory.take(16 * n),
    memory.take(16 * 304),
    memory.take(16 * 384),
  ];
  memory.bytes(came, 32 * n).set(message!);
  kernels.rowsOf(rows, came, n);
  kernels.decodeBand(values, hashed, rows, digests, sorted, count, seed, bins, columns);
  // The first 128 columns of the words of the hashes, which columns in the open give.
  const words = memory.take(32 * 384);
  memory.bytes(words, 32 * 384).fill(0);
  kernels.addWords(words, hashed, 384);
  kernels.rowsOf(hashed, words, 384);
  const [got, wanted] = [memory.words(values, 4 * count), memory.words(hashed, 4 * count)];
  assert.equal(
    x.filter((_, i) => got[4 * i] === wanted[4 * i]),
    [],
  );
});

/** What a store gives for a set of guesses, and their hashes. */
const decoded = (set: SetOf, seedBytes: Uint8Array, store: readonly Uint8Array[]) => {
  const { memory, digests, count } = set;
  const { kernels } = memory;
  const shape = shapeOf(300);
  const seed = memory.take(32);
  memory.bytes(seed, 32).set(seedBytes);
  const { sorted } = order(set, seed, shape);
  const bytes = Buffer.concat(store);
  assert.is(bytes.length, 16 * shape.total);
  const at = memory.take(bytes.length + 16 * 224);
  memory.bytes(at, bytes.length).set(bytes);
  const values = memory.take(16 * Math.ceil(count / 16) * 16);
  const hashed = memory.take(16 * Math.ceil(count / 16) * 16);
  kernels.decodeBand(values, hashed, at, digests, sorted, count, seed, shape.bins, shape.columns);
  return { memory, kernels, sorted, seed, values, hashed };
};

test('what a receiver gets gives no value of the function but those of its own', async () => {
  const [x, y] = [range(0, 300), range(1000, 1300)];
  const { seen, fromDealer } = await meet(x, y, { both: false });
  const set = await read(y, 'guess');
  const { memory, kernels, seed, values } = decoded(set, seen.sender[0]!, fromDealer.receiver.slice(1));
  const length = recordBytes(300, 300);
  kernels.hashValues(values, values, set.count, seed, length);
  // A record is the highest bytes of a value, the highest first.
  const guesses = new Set(
    y.map((_, i) =>
      Buffer.from(
        memory
          .bytes(values + 16 * i, 16)
          .slice()
          .reverse(),
      )
        .subarray(0, length)
        .toString('hex'),
    ),
  );
  const records = Buffer.from(seen.receiver[0]!);
  const found = y.filter((_, i) =>
    guesses.has(records.subarray(length * i, length * (i + 1)).toString('hex')),
  );
  assert.equal(found, []);
});

test('the factor of a sender is no element of its stream: the first correlation would tell it', async () => {
  const { fromDealer } = await meet(range(0, 20), range(0, 20), { both: false });
  const { memory } = await read([1], 'any');
  const { kernels } = memory;
  const at = memory.take(16 * 16);
  memory.bytes(at, 256).fill(0);
  memory.stream(at, 256, fromDealer.receiver[0]!, 0);
  const rest = memory.take(256);
  memory.stream(rest, 256, fromDealer.sender[0]!, 0);
  const suspect = memory.take(16);
  memory.bytes(suspect, 16).set(memory.bytes(rest, 16).slice());
  const tables = memory.take(kernels.factorBytes() >>> 0);
  kernels.prepareFactor(tables, suspect);
  kernels.multiplyAdd(at, at, rest, tables, 16);
  assert.is.not(
    Buffer.from(memory.bytes(at, 16)).toString('hex'),
    Buffer.from(fromDealer.receiver[1]!.subarray(0, 16)).toString('hex'),
  );
});

test('a leader that hears the others one by one learns nothing of the set of one', async () => {
  const x = range(0, 60);
  const { found } = await led([x, x, x], [1]);
  assert.equal(
    found.map((items) => items.length),
    [0, 0],
  );
});

test('points come in no order of the rows, and in none that both have', async () => {
  const x = range(0, 400);
  const { left, right } = await masked(x, x);
  // Records of the twice multiplied points, in the order in which they were sent: equal ones are of one identifier.
  const [a, b] = [left, right].map((messages) => {
    const bytes = Buffer.from(messages.at(-1)!);
    const length = bytes.length / x.length;
    return x.map((i) => bytes.subarray(length * i, length * (i + 1)).toString('hex'));
  }) as [string[], string[]];
  assert.equal(a.toSorted(), b.toSorted());
  const here = a.filter((record, i) => record === b[i]).length;
  assert.ok(here < 20, `${here} of ${x.length} in the same place`);
});

test('messages of another form: prepared records out of order, alien common identifiers, numbers of pairs', async () => {
  const noise: Change = (b) => Uint8Array.from(b, (_, i) => (b.length - i) % 256);
  assert.match(
    (await rejection(asked(range(0, 40), [1], { kept: noise }))).message,
    /records that are not in order/,
  );

  const x = [1];
  const alien: Change = (b, i) => (i === 3 ? Uint8Array.from(b, (byte) => byte ^ 1) : b);
  const error = await rejection(led([x, x, x], [1, 2], alien));
  assert.match(error.message, /p0 sent common identifiers that are none of this party/);

  const groups = { starts: Uint32Array.of(0, 1), rows: Uint32Array.of(7) };
  const counted = (n: number): Promise<Int32Array> =>
    pairs(groups, Uint32Array.of(0), [
      {
        peer: {
          peer: 'bob',
          send: async () => {},
          receive: async () => Uint8Array.of(n, n >> 8, n >> 16, n >> 24),
        } as unknown as Wire,
        before: false,
      },
    ]);
  assert.equal(await counted(2), Int32Array.of(7, 7));
  assert.is((await rejection(counted(0))).code, 'SERIALIZATION');
  assert.is((await rejection(counted(MOST_PAIRS + 1))).code, 'RANGE');
});

test.run();
