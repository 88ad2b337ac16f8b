/** @file The network transport between parties that behave: order, size, reconnection, several jobs, the end. */
import { randomBytes } from 'node:crypto';
import { connect as tcpConnect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { TesseraError } from '../../src/errors.ts';
import { controlCodec } from '../../src/link/codec.ts';
import { connect, type WebSocketTransport } from '../../src/link/websocket.ts';
import { closeAll, connectAll, partyOptions, rejection, suite, tlsFor, until } from './helpers.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const test = suite('link/websocket');

const fill = (size: number, seed: number) => {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i += 997) bytes[i] = (i + seed) & 255;
  return bytes;
};

for (const kind of ['plaintext', 'mutual TLS'] as const) {
  test(`three parties over ${kind}: small and large frames, both ways, on several channels`, async () => {
    const names = ['alice', 'bob', 'carol'];
    const tls = kind === 'plaintext' ? () => ({}) : await tlsFor(names);
    const links = await connectAll(await partyOptions(names, tls));
    const sizes = [0, 1, 1000, 16_384, 16_385, 1 << 20, (1 << 20) + 1, 5_000_000];
    await Promise.all(
      names.flatMap((self) =>
        ['spu', 'pyu'].map(async (name) => {
          const peers = names.filter((n) => n !== self);
          const channel = links[self]!.channel(name, peers);
          for (const [tag, size] of sizes.entries())
            for (const peer of peers) channel.send(peer, tag, fill(size, tag));
          for (const [tag, size] of [...sizes.entries()].reverse()) {
            for (const peer of peers)
              assert.equal(await channel.recv(peer, tag), fill(size, tag), `${self} ${peer} ${size}`);
          }
        }),
      ),
    );
    await closeAll(links);
  });
}

test('a party that starts late is waited for', async () => {
  const options = await partyOptions(['alice', 'bob']);
  const bob = await connect(options.bob!);
  const waits = new Promise<void>((resolve) => bob.on('peer', ({ state }) => state !== 'up' && resolve()));
  const ready = bob.ready();
  const sent = bob.channel('x', ['alice']).send('alice', 0, fill(10, 1));
  await waits;
  const alice = await connect(options.alice!);
  await Promise.all([ready, alice.ready(), sent]);
  assert.equal(await alice.channel('x', ['bob']).recv('bob', 0), fill(10, 1));
  await closeAll({ alice, bob });
});

test('a party that is not there yet is tried again within milliseconds at first, and every second at last', async () => {
  const { bob } = await partyOptions(['alice', 'bob']);
  const pauses: number[] = [];
  const { setTimeout: original } = globalThis;
  let link: WebSocketTransport | undefined;
  const enough = new Promise<void>((resolve) => {
    globalThis.setTimeout = ((run: () => void, ms: number) => {
      // All other timers of a link are longer.
      if (ms > 1_250) return original(run, ms);
      if (pauses.push(ms) === 20) resolve();
      return original(run, 0);
    }) as typeof globalThis.setTimeout;
  });
  try {
    link = await connect(bob!);
    await enough;
  } finally {
    globalThis.setTimeout = original;
    await link?.close();
  }
  pauses.slice(0, 20).forEach((pause, i) => {
    const usual = Math.min(4 * 1.6 ** i, 1000);
    assert.ok(pause >= 0.75 * usual && pause <= 1.25 * usual, `pause ${i} is ${pause} ms`);
  });
});

test('a link polls while it waits only where it was asked to', async () => {
  const turnsOf = async (spin: boolean): Promise<number> => {
    const links = await connectAll(await partyOptions(['alice', 'bob'], () => ({ spin })));
    const here = links.alice!.channel('rounds', ['bob']);
    const there = links.bob!.channel('rounds', ['alice']);
    const { setImmediate: original } = globalThis;
    let turns = 0;
    globalThis.setImmediate = ((...args: Parameters<typeof original>) => {
      turns += 1;
      return original(...args);
    }) as typeof globalThis.setImmediate;
    try {
      const answer = here.recv('bob', 0);
      there.send('alice', 0, new Uint8Array(16));
      await answer;
      return turns;
    } finally {
      globalThis.setImmediate = original;
      await closeAll(links);
    }
  };
  assert.ok((await turnsOf(true)) > 0);
  assert.is(await turnsOf(false), 0);
});

test('two jobs share a port, in one process', async () => {
  const options = await partyOptions(['alice', 'bob'], await tlsFor(['alice', 'bob']));
  const jobs = await Promise.all(
    ['one', 'two'].map((job) =>
      connectAll(Object.fromEntries(Object.entries(options).map(([n, o]) => [n, { ...o, job }]))),
    ),
  );
  for (const [i, links] of jobs.entries()) links.alice!.channel('x', ['bob']).send('bob', 0, fill(5, i));
  for (const [i, links] of jobs.entries()) {
    assert.equal(await links.bob!.channel('x', ['alice']).recv('alice', 0), fill(5, i));
  }
  await closeAll(jobs[0]!);
  jobs[1]!.alice!.channel('y', ['bob']).send('bob', 0, fill(5, 9));
  assert.equal(await jobs[1]!.bob!.channel('y', ['alice']).recv('alice', 0), fill(5, 9));
  await closeAll(jobs[1]!);
});

test('only the party without an address dials, whatever its name', async () => {
  const options = await partyOptions(['alice', 'bob']);
  const parties = { alice: {}, bob: options.bob!.parties.bob! };
  const links = await connectAll({
    alice: { ...options.alice!, parties },
    bob: { ...options.bob!, parties },
  });
  assert.is(links.alice!.port, undefined);
  links.alice!.channel('x', ['bob']).send('bob', 0, fill(5, 2));
  assert.equal(await links.bob!.channel('x', ['alice']).recv('alice', 0), fill(5, 2));
  await closeAll(links);
  const nobody = await rejection(connect({ ...options.alice!, parties: { alice: {}, bob: {} } }));
  assert.match(nobody.message, 'one of them must listen');
});

test('IPv6 addresses work', async () => {
  const options = await partyOptions(['alice', 'bob']);
  const parties = Object.fromEntries(
    Object.entries(options.alice!.parties).map(([n, p]) => [
      n,
      { address: p.address!.replace('127.0.0.1', '[::1]') },
    ]),
  );
  const links = await connectAll({
    alice: { ...options.alice!, parties },
    bob: { ...options.bob!, parties },
  });
  await closeAll(links);
});

test('an abort reaches all parties with party and op, and its text only if it is exposed', async () => {
  const links = await connectAll(await partyOptions(['alice', 'bob', 'carol']));
  const heard: TesseraError[] = [];
  links.bob!.on('abort', (error) => heard.push(error));
  const b = links.bob!.channel('x', ['alice', 'carol']);
  const waits = [rejection(b.recv('carol', 0)), rejection(b.recv('alice', 3))];
  await links.alice!.abort(new TesseraError('RANGE', 'value 17 is too large', { op: 12, expose: true }));
  for (const error of await Promise.all(waits)) {
    assert.is(error.code, 'PARTY_FAILED');
    assert.is(error.info.party, 'alice');
    assert.is(error.info.op, 12);
    assert.match(error.message, 'value 17');
  }
  assert.is(heard.length, 1);
  await links.carol!.abort(new Error('SECRET'));
  await closeAll(links);
});

test('who is lost to others hears so: from whom, at which operation, and when they were last seen', async () => {
  const links = await connectAll(await partyOptions(['alice', 'bob', 'carol']));
  const channel = links.bob!.channel('x', ['alice', 'carol']);
  const waits = [rejection(channel.recv('carol', 0)), rejection(channel.recv('alice', 3))];
  await links.alice!.abort(new TesseraError('PEER_LOST', 'bob does nothing', { party: 'bob', op: 6 }));
  for (const { code, message, info } of await Promise.all(waits)) {
    assert.is(code, 'PEER_LOST', message);
    assert.is(info.party, 'alice', message);
    assert.match(message, /since it had lost this party at op 6; waited for .*Last seen 20/);
  }
  await closeAll(links);
});

test('a peer that closes rejects what waits; what it sent before still arrives', async () => {
  const links = await connectAll(await partyOptions(['alice', 'bob']));
  const a = links.alice!.channel('x', ['bob']);
  const b = links.bob!.channel('x', ['alice']);
  for (let i = 0; i < 50; i++) a.send('bob', i, fill(200_000, i));
  const waits = rejection(b.recv('alice', 50));
  await links.alice!.close();
  const error = await waits;
  assert.is(error.code, 'PEER_LOST');
  assert.equal(error.info.waitingFor, { channel: 'x', tag: 50 });
  for (let i = 0; i < 50; i++) assert.equal(await b.recv('alice', i), fill(200_000, i));
  assert.throws(
    () => b.send('alice', 0, fill(1, 1)),
    (e: TesseraError) => e.code === 'PEER_LOST',
  );
  await links.bob!.close();
});

test('closing is quick, and all of it can be done again: 200 times without a leak', async () => {
  const options = await partyOptions(['alice', 'bob']);
  const once = async (i: number) => {
    const links = await connectAll(options);
    links.alice!.channel('x', ['bob']).send('bob', 0, fill(100, i));
    await links.bob!.channel('x', ['alice']).recv('alice', 0);
    await closeAll(links);
  };
  const resources = () =>
    process.getActiveResourcesInfo().filter((r) => !/Immediate|Timeout|Pipe|TTY|FS/.test(r)).length;
  for (let i = 0; i < 20; i++) await once(i);
  const before = resources();
  collect();
  const heap = process.memoryUsage().heapUsed;
  const start = performance.now();
  for (let i = 0; i < 180; i++) await once(i);
  // None of them has waited until it gave the other up.
  assert.ok((performance.now() - start) / 180 < 2_000);
  await until(() => resources() <= before + 2, 'all is closed');
  collect();
  assert.ok(process.memoryUsage().heapUsed - heap < 40 << 20);
});

test('an AbortSignal ends it', async () => {
  const stop = new AbortController();
  const links = await connectAll(
    await partyOptions(['alice', 'bob'], (n) => (n === 'alice' ? { signal: stop.signal } : {})),
  );
  const here = rejection(links.alice!.channel('x', ['bob']).recv('bob', 0));
  const there = rejection(links.bob!.channel('x', ['alice']).recv('alice', 0));
  stop.abort();
  assert.is((await here).code, 'CLOSED');
  assert.is((await there).code, 'PARTY_FAILED');
  await closeAll(links);
});

test('garbage on the port disturbs nobody', async () => {
  const links = await connectAll(await partyOptions(['alice', 'bob']));
  const { port } = links.alice!;
  const shout = (send: (ws: WebSocket) => void) =>
    new Promise<void>((resolve) => {
      const ws = new WebSocket(`ws://127.0.0.1:${port}/`);
      ws.on('open', () => send(ws));
      ws.on('error', () => {});
      ws.on('close', () => resolve());
    });
  await Promise.all([
    shout((ws) => ws.send('text')),
    shout((ws) => ws.send(new Uint8Array(100).fill(255))),
    shout((ws) => ws.send(new Uint8Array(3_000_000))),
    shout((ws) => ws.send(controlCodec.encode(['hello', { protocol: 'tessera-link', version: 99 }]))),
    shout((ws) => ws.send(controlCodec.encode(['hello', { protocol: 'tessera-link', version: 2, job: 5 }]))),
    shout((ws) => {
      for (let i = 0; i < 200; i++) ws.send(new Uint8Array(10));
    }),
    new Promise<void>((resolve) => {
      const socket = tcpConnect(port!, '127.0.0.1', () => socket.end(randomBytes(5000)));
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.resume();
    }),
  ]);
  links.bob!.channel('x', ['alice']).send('alice', 0, fill(10, 3));
  assert.equal(await links.alice!.channel('x', ['bob']).recv('bob', 0), fill(10, 3));
  await closeAll(links);
});

test.run();
