/** @file The network transport when things break: dropped connections, silence, slow readers, restarts. */
import { createServer, type Server, type Socket, connect as tcpConnect } from 'node:net';
import * as assert from 'uvu/assert';
import type { WebSocketTransport, WebSocketTransportOptions } from '../../src/link/websocket.ts';
import { connect } from '../../src/link/websocket.ts';
import { scaled } from '../long.ts';
import {
  closeAll,
  connectAll,
  freePort,
  partyOptions,
  rejection,
  sleep,
  suite,
  tlsFor,
  until,
} from './helpers.ts';

const test = suite('link/resilience');

/** A stretch of network that can be cut or stopped. */
class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  held = false;

  constructor(target: number) {
    this.#server = createServer((near) => {
      const far = tcpConnect(target, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('data', (data) => {
          if (!to.write(data)) from.pause();
        });
        to.on('drain', () => this.held || from.resume());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        from.on('error', () => to.destroy());
      }
    });
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
  hold(): void {
    this.held = true;
    for (const socket of this.#sockets) socket.pause();
  }
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** alice listens behind a wire; bob dials through it. */
const wired = async (more: Partial<WebSocketTransportOptions> = {}, tls = false) => {
  const certificates = tls ? await tlsFor(['alice', 'bob']) : () => ({});
  const options = await partyOptions(['alice', 'bob'], (n) => ({ ...certificates(n), ...more }));
  const port = await freePort();
  const outside = Number(options.alice!.parties.alice!.address!.split(':')[1]);
  const parties = {
    alice: { address: `127.0.0.1:${outside}`, listenAddr: `127.0.0.1:${port}` },
    bob: options.bob!.parties.bob!,
  };
  const wire = new Wire(port);
  await wire.listen(outside);
  const own = { alice: { ...options.alice!, parties }, bob: { ...options.bob!, parties } };
  const links = await connectAll(own);
  return { wire, links: links as Record<'alice' | 'bob', WebSocketTransport>, options: own };
};

const DROPS = scaled(100, 30);

for (const tls of [false, true]) {
  test(`${DROPS} dropped connections in a stream${tls ? ' over TLS' : ', sealed'}: nothing lost, nothing twice`, async () => {
    const { wire, links } = await wired({}, tls);
    const a = links.alice.channel('x', ['bob']);
    const b = links.bob.channel('x', ['alice']);
    let drops = 0;
    let running = true;
    const cut = () => {
      if (!running || drops >= DROPS) return;
      drops += 1;
      wire.cut();
    };
    const off = links.bob.on('peer', ({ state }) => {
      if (state === 'up' || state === 'resumed') setTimeout(cut, Math.random() * 12);
    });
    wire.cut();
    const size = (i: number) => [10, 3000, 40_000, 1_500_000][i % 4]!;
    const one = async (from: typeof a, to: string) => {
      for (let i = 0; drops < DROPS || i < 12 || i % 4 !== 0; i++) {
        await from.send(to, i, new Uint8Array(size(i)).fill(i));
        const got = await (from === a ? b : a).recv(from.self, i);
        assert.is(got.length, size(i));
        assert.ok(got[0] === (i & 255) && got.at(-1) === (i & 255), `frame ${i}`);
      }
    };
    await Promise.all([one(a, 'bob'), one(b, 'alice')]);
    running = false;
    off();
    assert.is(drops, DROPS);
    await closeAll(links);
    wire.close();
  });
}

test('a link that is closed without patience waits for nobody who is away', async () => {
  const { wire, links } = await wired();
  wire.close();
  Promise.resolve(links.alice.channel('x', ['bob']).send('bob', 0, new Uint8Array(10))).catch(() => {});
  await until(() => links.alice.held > 0, 'it keeps what bob has not got');
  const usual = links.bob.close().then(() => 'usual');
  const quick = links.alice.close(0).then(() => 'quick');
  assert.is(await Promise.race([usual, quick]), 'quick');
  await usual;
});

test('a peer that stays away is lost, and what waits says for what', async () => {
  const { wire, links } = await wired({ peerTimeoutMs: 600, heartbeatMs: 50 });
  const waits = ['alice', 'bob'].map((self) => {
    const peer = self === 'alice' ? 'bob' : 'alice';
    return rejection(links[self as 'alice' | 'bob'].channel('rounds', [peer]).recv(peer, 7));
  });
  wire.close();
  const start = Date.now();
  for (const error of await Promise.all(waits)) {
    assert.is(error.code, 'PEER_LOST');
    assert.equal(error.info.waitingFor, { channel: 'rounds', tag: 7 });
    assert.ok(typeof error.info.lastSeen === 'number' && Math.abs(start - error.info.lastSeen) < 20_000);
    assert.match(error.message, 'peerTimeoutMs');
  }
  await closeAll(links);
});

test('a silent connection is noticed by missing heartbeats and replaced', async () => {
  const { wire, links } = await wired({ heartbeatMs: 50, peerTimeoutMs: 30_000 });
  wire.hold();
  const states: string[] = [];
  links.bob.on('peer', ({ state }) => states.push(state));
  await until(() => states.includes('resumed'), 'replaced');
  wire.held = false;
  const b = links.bob.channel('x', ['alice']);
  b.send('alice', 0, Uint8Array.of(5));
  assert.is((await links.alice.channel('x', ['bob']).recv('bob', 0))[0], 5);
  assert.ok(states.includes('down'), states.join());
  await closeAll(links);
  wire.close();
});

/** A slow stretch of network: so many bytes a second each way, and so long a delay. Returns what ends it. */
const slowly = (
  port: number,
  target: number,
  bytesPerSecond: number,
  delayMs: number,
): Promise<() => void> => {
  const sockets = new Set<Socket>();
  const TICK_MS = 20;
  const server = createServer((near) => {
    const far = tcpConnect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      let queue = Buffer.alloc(0);
      from.on('data', (data) => {
        queue = Buffer.concat([queue, data]);
        // What waits here is as little as a router would hold.
        if (queue.length > 32_768) from.pause();
      });
      const timer = setInterval(() => {
        const part = queue.subarray(0, (bytesPerSecond * TICK_MS) / 1000);
        if (part.length === 0) return;
        queue = queue.subarray(part.length);
        if (queue.length <= 32_768) from.resume();
        setTimeout(() => to.destroyed || to.write(part), delayMs);
      }, TICK_MS);
      from.on('error', () => {});
      from.on('close', () => {
        clearInterval(timer);
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  return new Promise((resolve) =>
    server.listen(port, '127.0.0.1', () =>
      resolve(() => {
        server.close();
        for (const socket of sockets) socket.destroy();
      }),
    ),
  );
};

test('0.2 Mbit/s with 300 ms: bytes of a message that is not whole are life, and a large frame arrives', async () => {
  const options = await partyOptions(['alice', 'bob'], () => ({ heartbeatMs: 200, peerTimeoutMs: 4000 }));
  const port = await freePort();
  const outside = Number(options.alice!.parties.alice!.address!.split(':')[1]);
  const stop = await slowly(outside, port, 25_000, 150);
  const parties = {
    alice: { address: `127.0.0.1:${outside}`, listenAddr: `127.0.0.1:${port}` },
    bob: options.bob!.parties.bob!,
  };
  const links = await connectAll({
    alice: { ...options.alice!, parties },
    bob: { ...options.bob!, parties },
  });
  const states: string[] = [];
  for (const link of Object.values(links)) link.on('peer', ({ state }) => states.push(state));
  const a = links.alice!.channel('x', ['bob']);
  const b = links.bob!.channel('x', ['alice']);
  // The first part of it alone takes longer than a silent connection is believed in.
  const size = 150_000;
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    void from.send(to.self, 0, new Uint8Array(size).fill(7));
    assert.is((await to.recv(from.self, 0)).length, size);
  }
  assert.equal(states, [], 'the first connection has served');
  await closeAll(links);
  stop();
});

test('connections that end before anything comes over them are tried for peerTimeoutMs, then the peer is lost', async () => {
  const { wire, links } = await wired({ heartbeatMs: 50, peerTimeoutMs: 1500 });
  const waits = rejection(links.bob.channel('x', ['alice']).recv('alice', 0));
  // Each one comes about and is cut at once.
  const cut = setInterval(() => wire.cut(), 3);
  links.bob.on('peer', ({ state }) => {
    if (state === 'resumed') wire.cut();
  });
  links.alice.on('peer', ({ state }) => {
    if (state === 'resumed') wire.cut();
  });
  const error = await waits;
  clearInterval(cut);
  assert.is(error.code, 'PEER_LOST');
  await closeAll(links);
  wire.close();
});

test('a long computation here is not taken for silence of the peer', async () => {
  const { wire, links } = await wired({ heartbeatMs: 50, peerTimeoutMs: 1200 });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  await sleep(150);
  links.alice.channel('x', ['bob']).send('bob', 0, Uint8Array.of(1));
  assert.is((await links.bob.channel('x', ['alice']).recv('alice', 0))[0], 1);
  await closeAll(links);
  wire.close();
});

test('a party that was started anew is not taken for the old one', async () => {
  const { wire, links, options } = await wired({ heartbeatMs: 50 });
  const waits = rejection(links.alice.channel('x', ['bob']).recv('bob', 0));
  // The first bob cannot reach alice any more; a second process of bob can.
  wire.close();
  const direct = {
    ...options.bob,
    parties: { ...options.bob.parties, alice: { address: options.alice.parties.alice!.listenAddr! } },
    readyTimeoutMs: 20_000,
  };
  const second = await connect(direct);
  assert.match((await waits).message, 'started anew in the middle of the session, and is back');
  // It waits until alice starts anew, too.
  await links.alice.close();
  const again = await connect(options.alice);
  await Promise.all([second.ready(), again.ready()]);
  assert.equal(again.identities, links.alice.identities, 'the same identity as before');
  await closeAll({ second, again, bob: links.bob });
});

test('a second live process with the identity of a party does not end the session that the first is in', async () => {
  const { wire, links, options } = await wired({ heartbeatMs: 50 });
  const second = await connect({ ...options.bob, readyTimeoutMs: 6_000 });
  const error = await rejection(second.ready());
  assert.match(error.message, 'another process with its identity is in the session');
  await second.close();
  links.bob.channel('x', ['alice']).send('alice', 0, Uint8Array.of(4));
  assert.is((await links.alice.channel('x', ['bob']).recv('bob', 0))[0], 4);
  await closeAll(links);
  wire.close();
});

test('a fast sender against a stopped reader: memory stays bounded, and all arrives when it reads again', async () => {
  const { wire, links } = await wired({ heartbeatMs: 500 }, true);
  const a = links.alice.channel('x', ['bob']);
  const b = links.bob.channel('x', ['alice']);
  const other = { a: links.alice.channel('other', ['bob']), b: links.bob.channel('other', ['alice']) };
  const size = 512 * 1024;
  const count = 400;
  const before = process.memoryUsage();
  let sent = 0;
  const sending = (async () => {
    for (let i = 0; i < count; i++) {
      await a.send('bob', i, new Uint8Array(size).fill(i));
      sent = i + 1;
    }
  })();
  let stuck = -1;
  while (stuck !== sent) {
    stuck = sent;
    await sleep(1000);
  }
  const after = process.memoryUsage();
  const grown = after.rss - before.rss;
  // Both ends are in this process: what the reader buffers and what the sender keeps are counted together.
  assert.ok(stuck * size < 64 << 20, `${(stuck * size) >> 20} MiB sent ahead`);
  assert.ok(grown < 192 << 20, `memory grew by ${grown >> 20} MiB`);
  assert.ok(links.alice.held < 64 << 20);
  // The other channel is not held up by it.
  other.a.send('bob', 0, Uint8Array.of(1));
  await other.b.recv('alice', 0);
  for (let i = 0; i < count; i++) assert.is((await b.recv('alice', i))[size - 1], i & 255);
  await sending;
  assert.is(sent, count);
  await closeAll(links);
  wire.close();
});

test('a frame larger than the window, and a wait for the last of many, both end', async () => {
  const { wire, links } = await wired({ windowBytes: 64 * 1024 });
  const a = links.alice.channel('x', ['bob']);
  const b = links.bob.channel('x', ['alice']);
  const sending = (async () => {
    await a.send('bob', 0, new Uint8Array(30_000_000).fill(3));
    for (let i = 1; i < 200; i++) await a.send('bob', i, new Uint8Array(10_000).fill(i));
  })();
  assert.is((await b.recv('alice', 199))[0], 199);
  assert.is((await b.recv('alice', 0)).at(-1), 3);
  for (let i = 1; i < 199; i++) assert.is((await b.recv('alice', i))[0], i);
  await sending;
  await closeAll(links);
  wire.close();
});

test('close waits for a slow reader as long as it reads', async () => {
  const { wire, links } = await wired({ windowBytes: 64 * 1024, peerTimeoutMs: 8000 });
  const a = links.alice.channel('x', ['bob']);
  const b = links.bob.channel('x', ['alice']);
  for (let i = 0; i < 60; i++) a.send('bob', i, new Uint8Array(50_000).fill(i));
  const closing = links.alice.close();
  for (let i = 0; i < 60; i++) {
    await sleep(10);
    assert.is((await b.recv('alice', i))[0], i);
  }
  await closing;
  assert.is((await rejection(b.recv('alice', 60))).code, 'PEER_LOST');
  await links.bob.close();
  wire.close();
});

test('a view of larger memory is copied when it is sent', async () => {
  const { wire, links } = await wired();
  const memory = new Uint8Array(400_000).fill(6);
  links.alice.channel('x', ['bob']).send('bob', 0, memory.subarray(5, 300_000));
  memory.fill(0);
  const got = await links.bob.channel('x', ['alice']).recv('alice', 0);
  assert.ok(got.length === 299_995 && got.every((v) => v === 6));
  await closeAll(links);
  wire.close();
});

test('a frame over the limit is refused before it is sent', async () => {
  const { wire, links } = await wired({ maxFrameBytes: 1000 });
  assert.throws(
    () => links.alice.channel('x', ['bob']).send('bob', 0, new Uint8Array(1001)),
    /1001 bytes.*limit of 1000/,
  );
  await closeAll(links);
  wire.close();
});

test.run();
