/**
 * What the other party sends may be anything, and it may stop anywhere: typed errors at who finds it, nobody waits for ever, memory is
 * bounded and comes back. Messages to make material are numbered; each is spoiled, or the last that comes. A
 * short run takes some of them, and one way to spoil each, and base transfers of the group where these are spoiled; a long one
 * (TESSERA_LONG) all, in every way.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import type { Channel } from '../../src/link/link.ts';
import * as np from '../../src/numpy/index.ts';
import { randomBytes } from '../../src/ring/prg.ts';
import { LONG } from '../long.ts';
import { bareBase } from './bare-base.ts';
import { type Pair, pair } from './world.ts';

const test = suite('faults of who makes material');
const N = 600;
const X = Array.from({ length: N }, (_, i) => ((i * 37) % 101) / 8 - 6);
const Y = Array.from({ length: N }, (_, i) => ((i * 53) % 97) / 8 - 6);
const numbers = (x: readonly number[]): NDArray => NDArray.from(Float64Array.from(x));
/** Base transfers, bits, words, and products by either way. */
const program = (x?: BaseArray, y?: BaseArray) =>
  np.where(np.less(x!, y!), np.multiply(x!, y!), np.exp(np.multiply(np.mean(x!), 0.1)));
const expected = (): number[] => {
  const mean = X.reduce((sum, x) => sum + x, 0) / N;
  return X.map((x, i) => (x < Y[i]! ? x * Y[i]! : Math.exp(0.1 * mean)));
};

type Alter = (message: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

/** A channel whose messages one by one go through `alter`. */
const altered = (
  channel: Channel,
  alter: (i: number, message: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | Promise<never>,
): Channel => {
  let i = 0;
  return {
    self: channel.self,
    peers: channel.peers,
    stats: channel.stats,
    send: (to, tag, bytes) => {
      const what = alter(i++, bytes as Uint8Array<ArrayBuffer>);
      return what instanceof Promise ? what : channel.send(to, tag, what);
    },
    recv: (from, tag) => channel.recv(from, tag),
    notice: (from, heard) => channel.notice(from, heard),
    close: () => channel.close(),
  };
};

const CODES: ReadonlySet<string> = new Set([
  'CLOSED', 'DIVERGED', 'LINK', 'PARTY_FAILED', 'PEER_LOST', 'SERIALIZATION',
]); // biome-ignore format: a list

const LIMIT_MS = 120_000;
/** Fails where a promise does not settle: a hang would be a test without end. */
const inTime = async <T>(work: Promise<T>, what: string): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: it waits for ever`)), LIMIT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** The code of what a run fails with; undefined where it has a result. */
const outcome = async (p: Pair, what: string): Promise<string | undefined> => {
  try {
    const [got] = await inTime(p.run(program, [numbers(X), numbers(Y)]), what);
    assert.is(got!.data.length, N, what);
    return undefined;
  } catch (e) {
    const { code, message } = e as { code?: string; message: string };
    assert.ok(code !== undefined && CODES.has(code), `${what}: ${code} ${message}`);
    return code;
  }
};

/** Ends both, whatever they do. */
const over = async (p: Pair, what: string): Promise<void> => {
  await p.cut();
  await inTime(Promise.allSettled(p.engines.map((engine) => engine.close())), `${what}, its end`);
};

/** Sizes of all messages that a party sends for the program. */
const messagesOf = async (rank: number): Promise<number[]> => {
  const sizes: number[] = [];
  const p = await pair('FM64', {
    spy: (of, channel) =>
      of === rank
        ? altered(channel, (_, message) => {
            sizes.push(message.length);
            return message;
          })
        : channel,
  });
  const [got] = await p.run(program, [numbers(X), numbers(Y)]);
  expected().forEach((want, i) => {
    assert.ok(Math.abs(Number(got!.data[i]) - want) < 1e-3, `${i}: ${got!.data[i]}, not ${want}`);
  });
  await p.close();
  return sizes;
};

bareBase(!LONG);
const sizes = [await messagesOf(0), await messagesOf(1)] as const;

/** Places in a session: all of the first ones, where every message is of another kind, and some of the others. */
const places = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => i).filter((i) => LONG || i < 5 || i % 61 === 0 || i >= count - 2);

/** Those of a rank, which in a short run takes turns with the other one. */
const placesOf = (rank: number): number[] =>
  places(sizes[rank]!.length).filter((_, turn) => LONG || turn % 2 === rank);

/** Messages up to those of the base transfers; the fourth is made of their keys. */
const OF_BASE = 3;

/** A pair of which message `at` is spoiled. */
const pairFor = async (at: number, spy: (rank: number, channel: Channel) => Channel): Promise<Pair> => {
  bareBase(!LONG && at >= OF_BASE);
  return pair('FM64', { spy });
};

test.after.each(() => bareBase(!LONG));

const ALTERS: Readonly<Record<string, Alter>> = {
  'a byte less': (message) => message.slice(0, -1),
  'a byte more': (message) => new Uint8Array(message.length + 1),
  nothing: () => new Uint8Array(),
  'sixteen megabytes': () => new Uint8Array(1 << 24),
};

for (const rank of [0, 1])
  test(`messages of rank ${rank} of another length, in every kind of message`, async () => {
    const names = Object.keys(ALTERS);
    for (const [turn, at] of places(sizes[rank]!.length).entries())
      for (const name of LONG ? names : [names[turn % names.length]!]) {
        const what = `message ${at} of ${sizes[rank]!.length}, ${name}`;
        const p = await pairFor(at, (of, channel) =>
          of === rank ? altered(channel, (i, m) => (i === at ? ALTERS[name]!(m) : m)) : channel,
        );
        const used = p.rings.map((ring) => ring.heap.used);
        assert.ok((await outcome(p, what)) !== undefined, `${what}: it is an error`);
        await over(p, what);
        p.rings.forEach((ring, i) => {
          assert.ok(ring.heap.used <= used[i]! + (1 << 20), `${what}: ${ring.heap.used} bytes are held`);
        });
      }
  });

const FILLS: Readonly<Record<string, (message: Uint8Array) => void>> = {
  'all bits set': (message) => message.fill(255),
  'all bits clear': (message) => message.fill(0),
  noise: (message) => message.set(randomBytes(message.length)),
};

for (const rank of [0, 1])
  test(`messages of rank ${rank} with other bytes: an error, or other results`, async () => {
    const names = Object.keys(FILLS);
    for (const [turn, at] of placesOf(rank).entries())
      for (const name of LONG ? names : [names[turn % names.length]!]) {
        const what = `message ${at} of ${sizes[rank]!.length}, ${name}`;
        const p = await pairFor(at, (of, channel) =>
          of === rank
            ? altered(channel, (i, m) => {
                if (i === at) FILLS[name]!(m);
                return m;
              })
            : channel,
        );
        await outcome(p, what);
        await over(p, what);
      }
  });

for (const rank of [0, 1])
  test(`the line is cut at each message of rank ${rank}: an error at both`, async () => {
    for (const at of placesOf(rank)) {
      const what = `cut at message ${at} of ${sizes[rank]!.length}`;
      const ends: { now?: () => Promise<void> } = {};
      const p = await pairFor(at, (of, channel) =>
        of === rank
          ? altered(channel, (i, m) => {
              if (i === at) void ends.now!();
              return m;
            })
          : channel,
      );
      ends.now = p.cut;
      assert.ok((await outcome(p, what)) !== undefined, `${what}: it is an error`);
      await over(p, what);
    }
  });

test('one party that fails while it sends tells the other, and the next job runs', async () => {
  let left = 6;
  const p = await pair('FM64', {
    spy: (of, channel) =>
      of === 1
        ? altered(channel, (_, m) => (left-- === 0 ? Promise.reject(new Error('no room')) : m))
        : channel,
  });
  let failed = '';
  await inTime(p.run(program, [numbers(X), numbers(Y)]), 'a send that fails').catch((e: Error) => {
    failed = e.message;
  });
  assert.match(failed, /no room|failed/);
  const [got] = await inTime(
    p.run((x, y) => np.multiply(x!, y!), [numbers(X), numbers(Y)]),
    'the next job',
  );
  got!.data.forEach((v, i) => {
    assert.ok(Math.abs(Number(v) - X[i]! * Y[i]!) < 1e-3);
  });
  await p.close();
});

test('one party that cannot read a message of the base transfers: whoever had come to their end before, the next job runs', async () => {
  for (const rank of [0, 1])
    for (const at of LONG ? [0, 1, 2, 3, 4, 5] : [rank, 5 - rank]) {
      let left = at;
      const failing = (channel: Channel): Channel => ({
        ...altered(channel, (_, m) => m),
        peers: channel.peers,
        recv: async (from, tag) => {
          const message = await channel.recv(from, tag);
          if (left-- === 0) throw new Error('no room');
          return message;
        },
      });
      const p = await pair('FM64', { spy: (of, channel) => (of === rank ? failing(channel) : channel) });
      const what = `message ${at} to rank ${rank}`;
      const error = await inTime(p.run(program, [numbers(X), numbers(Y)]), what).catch((e: Error) => e);
      assert.instance(error, Error, what);
      const [got] = await inTime(
        p.run((x, y) => np.where(np.less(x!, y!), x!, y!), [numbers(X), numbers(Y)]),
        `the job after ${what}`,
      );
      got!.data.forEach((v, i) => {
        assert.ok(Math.abs(Number(v) - Math.min(X[i]!, Y[i]!)) < 1e-3, `${what}: ${v}`);
      });
      await p.close();
    }
});

test('of a program whose rounds do not come on no more is made than its share of the memory', async () => {
  const maxBytes = 64 << 20;
  let go = (): void => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let rounds = 0;
  const holding = (channel: Channel): Channel => ({
    ...altered(channel, (_, m) => m),
    peers: channel.peers,
    recv: async (from, tag) => {
      const message = await channel.recv(from, tag);
      // The inputs enter, and the seed of what both have in common.
      if (rounds++ >= 4) await held;
      return message;
    },
  });
  const p = await pair('FM64', { maxBytes, spyRounds: (_, channel) => holding(channel) });
  const wide = (seed: number): NDArray =>
    numbers(Array.from({ length: 10_000 }, (_, i) => ((i * seed) % 101) / 64 - 0.75));
  const long = (x?: BaseArray, y?: BaseArray): BaseArray =>
    np.fori(0, 60, (_, v) => np.multiply(v as BaseArray, y!), x!) as BaseArray;
  const done = p.run((x, y) => long(x, y), [wide(37), wide(53)]);
  const used = (): number => Math.max(...p.rings.map((ring) => ring.heap.used));
  let [last, most] = [0, 0];
  for (let still = 0; still < 3000; still++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (used() !== last) still = 0;
    last = used();
    most = Math.max(most, last);
  }
  // What lattices take themselves, a window (a sixteenth), and what its gates work on, which are made side by side.
  assert.ok(most < maxBytes * 0.3, `${most} bytes are in use`);
  go();
  const [got] = await inTime(done, 'the program');
  assert.is(got!.data.length, 10_000);
  await p.close();
});

test('a party that is slow at any message: the same results', async () => {
  let turns = 0;
  const slow = (channel: Channel): Channel => ({
    ...altered(channel, (_, m) => m),
    recv: async (from, tag) => {
      const message = await channel.recv(from, tag);
      for (let i = 0; i < (turns++ * 7) % 5; i++) await new Promise((resolve) => setTimeout(resolve, 0));
      return message;
    },
  });
  const p = await pair('FM64', { spy: (of, channel) => (of === 0 ? slow(channel) : channel) });
  const [got] = await p.run(program, [numbers(X), numbers(Y)]);
  expected().forEach((want, i) => {
    assert.ok(Math.abs(Number(got!.data[i]) - want) < 1e-3);
  });
  await p.close();
});

test.run();
