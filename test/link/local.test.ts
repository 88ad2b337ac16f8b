/** @file The transports that stay on one machine: memory and MessagePort. The same rules hold for both. */
import { MessageChannel, Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import type { Transport } from '../../src/link/link.ts';
import { type AbortableTransport, memoryNetwork } from '../../src/link/memory-link.ts';
import { portTransport } from '../../src/link/port.ts';
import { rejection, suite } from './helpers.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

const portNetwork = (parties: readonly string[]): Record<string, AbortableTransport> => {
  const ports: Record<string, Record<string, MessagePort>> = Object.fromEntries(parties.map((p) => [p, {}]));
  for (const a of parties) {
    for (const b of parties) {
      if (a >= b) continue;
      const { port1, port2 } = new MessageChannel();
      ports[a]![b] = port1 as unknown as MessagePort;
      ports[b]![a] = port2 as unknown as MessagePort;
    }
  }
  return Object.fromEntries(parties.map((p) => [p, portTransport(p, ports[p]!)]));
};

const closeAll = (network: Record<string, Transport>) =>
  Promise.all(Object.values(network).map((t) => t.close()));

for (const [kind, make] of [
  ['memory', memoryNetwork],
  ['port', portNetwork],
] as const) {
  const test = suite(`link/${kind}`);

  test('frames arrive by tag, whatever the order of the waits, and are counted', async () => {
    const net = make(['alice', 'bob', 'carol']);
    const a = net.alice!.channel('spu', ['bob', 'carol']);
    const b = net.bob!.channel('spu', ['alice', 'carol']);
    const second = b.recv('alice', 1);
    const first = b.recv('alice', 0);
    a.send('bob', 0, bytes(1));
    a.send('bob', 1, bytes(2, 3));
    assert.equal([...(await first)], [1]);
    assert.equal([...(await second)], [2, 3]);
    assert.equal(a.stats.sent.bob, { frames: 2, bytes: 3 });
    assert.equal(b.stats.received.alice, { frames: 2, bytes: 3 });
    await closeAll(net);
  });

  test('a frame that comes before its channel is opened waits for it', async () => {
    const net = make(['alice', 'bob']);
    net.alice!.channel('later', ['bob']).send('bob', 5, bytes(9));
    await new Promise((r) => setTimeout(r, 5));
    assert.equal([...(await net.bob!.channel('later', ['alice']).recv('alice', 5))], [9]);
    await closeAll(net);
  });

  test('one buffer may go to several peers in a tick, and receivers do not share it', async () => {
    const net = make(['alice', 'bob', 'carol']);
    const a = net.alice!.channel('x', ['bob', 'carol']);
    const big = new Uint8Array(100_000).fill(7);
    a.send('bob', 0, big);
    a.send('carol', 0, big);
    const atBob = await net.bob!.channel('x', ['alice']).recv('alice', 0);
    const atCarol = await net.carol!.channel('x', ['alice']).recv('alice', 0);
    atBob.fill(1);
    assert.ok(atCarol.every((v) => v === 7) && atCarol.length === 100_000);
    await closeAll(net);
  });

  test('a view of larger memory is copied at once', async () => {
    const net = make(['alice', 'bob']);
    const memory = new Uint8Array(200_000);
    const view = memory.subarray(10, 100_010).fill(3);
    net.alice!.channel('x', ['bob']).send('bob', 0, view);
    memory.fill(0);
    const got = await net.bob!.channel('x', ['alice']).recv('alice', 0);
    assert.ok(got.length === 100_000 && got.every((v) => v === 3));
    await closeAll(net);
  });

  test('a name can be used again; frames of the closed channel do not reach the new one', async () => {
    const net = make(['alice', 'bob']);
    const a1 = net.alice!.channel('x', ['bob']);
    const b1 = net.bob!.channel('x', ['alice']);
    a1.send('bob', 0, bytes(1));
    a1.close();
    b1.close();
    const a2 = net.alice!.channel('x', ['bob']);
    const b2 = net.bob!.channel('x', ['alice']);
    a2.send('bob', 0, bytes(2));
    assert.equal([...(await b2.recv('alice', 0))], [2]);
    assert.is((await rejection(b1.recv('alice', 0))).code, 'CLOSED');
    await closeAll(net);
  });

  test('a closed peer rejects what waits and says what it waited for; what has arrived stays', async () => {
    const net = make(['alice', 'bob']);
    const a = net.alice!.channel('x', ['bob']);
    const b = net.bob!.channel('x', ['alice']);
    a.send('bob', 0, bytes(1));
    const waits = rejection(b.recv('alice', 1));
    await net.alice!.close();
    const error = await waits;
    assert.is(error.code, 'PEER_LOST');
    assert.equal(error.info.waitingFor, { channel: 'x', tag: 1 });
    assert.equal([...(await b.recv('alice', 0))], [1]);
    assert.is((await rejection(b.recv('alice', 2))).code, 'PEER_LOST');
    await closeAll(net);
  });

  test('an abort reaches everybody, towards every peer', async () => {
    const net = make(['alice', 'bob', 'carol']);
    const b = net.bob!.channel('x', ['alice', 'carol']);
    const waits = [rejection(b.recv('alice', 0)), rejection(b.recv('carol', 0))];
    await net.alice!.abort(new TesseraError('RANGE', 'secret text', { op: 17 }));
    for (const error of await Promise.all(waits)) {
      assert.is(error.code, 'PARTY_FAILED');
      assert.is(error.info.party, 'alice');
      assert.is(error.info.op, 17);
      assert.not.match(error.message, 'secret text');
    }
    await closeAll(net);
  });

  test('misuse is an error that says so', async () => {
    const net = make(['alice', 'bob']);
    const a = net.alice!.channel('x', ['bob']);
    const b = net.bob!.channel('x', ['alice']);
    assert.throws(() => net.alice!.channel('y', ['dave']), /names "dave"/);
    assert.throws(() => a.send('alice', 0, bytes(1)), /no peer/);
    a.send('bob', 3, bytes(1));
    assert.throws(() => a.send('bob', 5, bytes(1)), /4 is next/);
    const early = rejection(b.recv('alice', 2));
    assert.match((await early).message, /count differently/);
    await b.recv('alice', 3);
    assert.match((await rejection(b.recv('alice', 3))).message, /taken already/);
    await closeAll(net);
  });

  test.run();
}

const threads = suite('link/port threads');

threads('works across real threads and notices one that dies', async () => {
  const { port1, port2 } = new MessageChannel();
  const source = `
    const { workerData } = require('node:worker_threads');
    import(workerData.module).then(async ({ portTransport }) => {
      const link = portTransport('bob', { alice: workerData.port });
      const ch = link.channel('x', ['alice']);
      const got = await ch.recv('alice', 0);
      ch.send('alice', 0, got.map((v) => v + 1));
      await ch.recv('alice', 1);
      process.exit(3);
    });`;
  const module = new URL('../../src/link/port.js', import.meta.url).href;
  const worker = new Worker(source, {
    eval: true,
    workerData: { module, port: port2 },
    transferList: [port2],
  });
  const link = portTransport('alice', { bob: port1 as unknown as MessagePort });
  const ch = link.channel('x', ['bob']);
  ch.send('bob', 0, new Uint8Array(50_000).fill(4));
  assert.ok((await ch.recv('bob', 0)).every((v) => v === 5));
  const waits = rejection(ch.recv('bob', 1));
  ch.send('bob', 1, bytes(0));
  assert.is((await waits).code, 'PEER_LOST');
  await link.close();
  await worker.terminate();
});

threads.run();
