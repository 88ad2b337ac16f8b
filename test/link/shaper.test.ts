/** @file The shaper: ratios only, since a busy machine makes every time longer. */
import * as assert from 'uvu/assert';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { type ShapeOptions, shape } from '../../src/link/shaper.ts';
import { suite } from './helpers.ts';

const test = suite('link/shaper');

const pair = (options: ShapeOptions) => {
  const net = memoryNetwork(['alice', 'bob']);
  return [shape(net.alice!, options), shape(net.bob!, options)] as const;
};

/** The shortest of some round trips: what else the machine does only adds to them. */
const roundTrip = async (options: ShapeOptions, count: number) => {
  const [alice, bob] = pair(options);
  const a = alice.channel('x', ['bob']);
  const b = bob.channel('x', ['alice']);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    a.send('bob', i, new Uint8Array(1));
    await b.recv('alice', i);
    b.send('alice', i, new Uint8Array(1));
    await a.recv('bob', i);
    least = Math.min(least, performance.now() - start);
  }
  await Promise.all([alice.close(), bob.close()]);
  return least;
};

/** The least of some measurements. */
const least = async (measure: () => Promise<number>, times = 5): Promise<number> => {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) best = Math.min(best, await measure());
  return best;
};

test('a round trip takes the round trip time', async () => {
  const time = await roundTrip({ rttMs: 20 }, 20);
  assert.ok(time >= 19.9 && time < 60, `${time} ms`);
});

test('latencies below a timer tick are kept too', async () => {
  const time = await roundTrip({ rttMs: 0.4 }, 200);
  assert.ok(time >= 0.4 && time < 4, `${time} ms`);
});

const stream = async (options: ShapeOptions, frames: number, size: number) => {
  const [alice, bob] = pair(options);
  const a = alice.channel('x', ['bob']);
  const b = bob.channel('x', ['alice']);
  const start = performance.now();
  for (let i = 0; i < frames; i++) a.send('bob', i, new Uint8Array(size).fill(i));
  for (let i = 0; i < frames; i++) assert.is((await b.recv('alice', i))[size - 1], i & 255);
  const time = performance.now() - start;
  await Promise.all([alice.close(), bob.close()]);
  return time;
};

test('frames queue for the wire, and share the latency', async () => {
  // 40 frames of 25 kB are 8 Mbit: 80 ms at 100 Mbit/s, and 20 ms of latency once.
  const time = await least(() => stream({ rttMs: 40, bandwidthMbit: 100 }, 40, 25_000));
  assert.ok(time >= 99 && time < 300, `${time} ms`);
});

test('half the bandwidth takes about twice the time', async () => {
  const time = (bandwidthMbit: number) => least(() => stream({ bandwidthMbit }, 20, 50_000), 3);
  const ratio = (await time(50)) / (await time(100));
  assert.ok(ratio > 1.3 && ratio < 3, `${ratio}`);
});

test('close waits for what is on its way', async () => {
  const [alice, bob] = pair({ rttMs: 40 });
  alice.channel('x', ['bob']).send('bob', 0, new Uint8Array([5]));
  const waits = bob.channel('x', ['alice']).recv('alice', 0);
  await alice.close();
  assert.is((await waits)[0], 5);
  await bob.close();
});

test.run();
