/** Parties that meet at a relay: pairing, limits, and a relay that does what it should not. */
import { once } from 'node:events';
import * as assert from 'uvu/assert';
import { WebSocket as Client, type WebSocket, WebSocketServer } from 'ws';
import { createIdentity } from '../../src/link/identity.ts';
import { startRelay } from '../../src/link/relay.ts';
import { createRoom, parseRoomKey, readRoomLink, roomLink } from '../../src/link/room.ts';
import { connect, type WebSocketTransportOptions } from '../../src/link/websocket.ts';
import { closeAll, connectAll, freePort, rejection, sleep, suite, until } from './helpers.ts';

const test = suite('link/relay');
const listen = { host: '127.0.0.1', port: 0 };

const key = (seed: number): Uint8Array => new Uint8Array(32).fill(seed);

const meeting = (
  relay: string,
  more: (name: string) => Partial<WebSocketTransportOptions> = () => ({}),
  names = ['alice', 'bob'],
): Record<string, WebSocketTransportOptions> =>
  Object.fromEntries(
    names.map((self) => [
      self,
      {
        self,
        parties: Object.fromEntries(names.map((n) => [n, {}])),
        job: 'room',
        room: { key: key(1), relay },
        heartbeatMs: 100,
        peerTimeoutMs: 10_000,
        readyTimeoutMs: 20_000,
        ...more(self),
      },
    ]),
  );

/** A proxy before the relay, which hands every message of the dialling end to `change`. */
const meddler = async (
  target: number,
  change: (data: Buffer, number: number, pass: (data: Buffer) => void) => void,
): Promise<{ url: string; passed: Buffer[]; close(): void }> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const passed: Buffer[] = [];
  const all: WebSocket[] = [];
  let number = 0;
  server.on('connection', (ws, request) => {
    const out = new Client(`ws://127.0.0.1:${target}${request.url}`);
    all.push(out);
    const opened = once(out, 'open');
    const dialler = request.url?.endsWith('/dial') === true;
    ws.on('message', async (data: Buffer) => {
      await opened;
      passed.push(data);
      if (dialler) change(data, number++, (d) => out.send(d));
      else out.send(data);
    });
    out.on('message', (data: Buffer) => ws.send(data));
    ws.on('close', () => out.terminate());
    out.on('close', () => ws.terminate());
    out.on('error', () => ws.terminate());
  });
  const { port } = server.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${port}`,
    passed,
    close: () => {
      for (const ws of [...all, ...server.clients]) ws.terminate();
      server.close();
    },
  };
};

test('two and three parties that cannot listen meet, and frames come through', async () => {
  const relay = await startRelay({ listen });
  const url = `ws://127.0.0.1:${relay.port}`;
  for (const names of [
    ['alice', 'bob'],
    ['alice', 'bob', 'carol'],
  ]) {
    const links = await connectAll(meeting(url, () => ({}), names));
    const channels = names.map((n) =>
      links[n]!.channel(
        'c',
        names.filter((o) => o !== n),
      ),
    );
    const large = crypto.getRandomValues(new Uint8Array(60_000));
    for (const c of channels) for (const p of c.peers) void c.send(p, 0, large.slice());
    for (const c of channels) for (const p of c.peers) assert.equal(await c.recv(p, 0), large);
    await closeAll(links);
  }
  await until(() => relay.stats.connections === 0, 'nothing is left behind');
  await relay.close();
});

test('who has another key does not get in, nor who has a name that is pinned to another identity', async () => {
  const relay = await startRelay({ listen });
  const url = `ws://127.0.0.1:${relay.port}`;
  const apart = meeting(url, (n) => ({
    room: { key: key(n === 'bob' ? 2 : 1), relay: url },
    readyTimeoutMs: 400,
  }));
  const links = await Promise.all(Object.values(apart).map((o) => connect(o)));
  for (const link of links) {
    const e = await rejection(link.ready());
    assert.match(e.message, 'could not reach all parties', 'another key is another pipe');
  }
  await Promise.all(links.map((l) => l.close()));

  const pinned = meeting(url, (n) => ({
    identity: createIdentity(),
    ...(n === 'bob' && { peerIdentities: { alice: createIdentity().publicKey } }),
    readyTimeoutMs: 20_000,
  }));
  const bob = await connect(pinned.bob!);
  const alice = await connect(pinned.alice!);
  const e = await rejection(bob.ready());
  assert.match(e.message, 'another identity than "bob" has pinned');
  await Promise.all([alice.close(), bob.close()]);
  await relay.close();
});

test('an invitation is needed also where one listens, and opens the way for who has it', async () => {
  const parties = { alice: { address: `127.0.0.1:${await freePort()}` }, bob: {} };
  const options = (self: string, seed: number): WebSocketTransportOptions => ({
    self,
    parties,
    job: 'j',
    room: { key: key(seed) },
    readyTimeoutMs: 20_000,
    heartbeatMs: 100,
    peerTimeoutMs: 30_000,
  });
  const alice = await connect(options('alice', 1));
  const eve = await connect({ ...options('bob', 2), readyTimeoutMs: 6_000 });
  const e = await rejection(eve.ready());
  assert.match(e.message, 'another invitation');
  await eve.close();
  const bob = await connect(options('bob', 1));
  await Promise.all([bob.ready(), alice.ready()]);
  await Promise.all([alice.close(), bob.close()]);
});

test('the relay sees neither names nor identities', async () => {
  const relay = await startRelay({ listen });
  const between = await meddler(relay.port, (data, _, pass) => pass(data));
  const identity = createIdentity();
  const links = await connectAll(meeting(between.url, () => ({ identity })));
  const c = links.alice!.channel('c', ['bob']);
  void c.send('bob', 0, new TextEncoder().encode('a text that nobody may see'));
  await links.bob!.channel('c', ['alice']).recv('alice', 0);
  const all = Buffer.concat(between.passed);
  for (const word of ['alice', 'bob', 'room', 'hello', 'nobody may see'])
    assert.not.ok(all.includes(word), `"${word}" went over the relay`);
  assert.not.ok(all.includes(Buffer.from(identity.publicKey)), 'an identity went over the relay');
  assert.ok(between.passed.every((m) => m[0]! <= 2));
  await closeAll(links);
  between.close();
  await relay.close();
});

/** What a relay may do to the messages after the handshake (the dialler's first two). */
const CRIMES: Readonly<
  Record<string, (data: Buffer, n: number, pass: (d: Buffer) => void, kept: Buffer[]) => void>
> = {
  alters: (data, n, pass) => {
    if (n === 6) data[data.length - 3]! ^= 1;
    pass(data);
  },
  drops: (data, n, pass) => {
    if (n !== 6) pass(data);
  },
  replays: (data, n, pass) => {
    pass(data);
    if (n === 6) pass(data);
  },
  reorders: (data, n, pass, kept) => {
    if (n === 6) kept.push(data);
    else {
      pass(data);
      if (n === 7) pass(kept.pop()!);
    }
  },
};

for (const [crime, commit] of Object.entries(CRIMES)) {
  test(`a relay that ${crime} messages is noticed, and what it harmed is sent again`, async () => {
    const relay = await startRelay({ listen });
    const kept: Buffer[] = [];
    let done = 0;
    const between = await meddler(relay.port, (data, n, pass) => {
      done = n;
      commit(data, n, pass, kept);
    });
    const links = await connectAll(meeting(between.url));
    const downs: string[] = [];
    links.alice!.on('peer', ({ state, error }) => {
      if (state === 'down') downs.push(error!.message);
    });
    const a = links.alice!.channel('c', ['bob']);
    const b = links.bob!.channel('c', ['alice']);
    for (let i = 0; i < 20; i++) {
      void b.send('alice', i, Uint8Array.of(i, i));
      await sleep(15);
    }
    for (let i = 0; i < 20; i++) assert.equal([...(await a.recv('bob', i))], [i, i]);
    assert.ok(done > 8, 'messages passed the meddler');
    assert.ok(
      downs.some((why) => /did not open/.test(why)),
      `noticed: ${downs.join('; ')}`,
    );
    await closeAll(links);
    between.close();
    await relay.close();
  });
}

test('limits: connections, message sizes, rates', async () => {
  const limits = { connections: 3, messageBytes: 4096, bytesPerSecond: 10_000 };
  const relay = await startRelay({ listen, limits });
  const open = async (end: string, pipe = 'ab'.repeat(16)) => {
    const ws = new Client(`ws://127.0.0.1:${relay.port}/pipe/${pipe}/${end}`);
    await once(ws, 'open');
    return ws;
  };
  const from = await open('dial');
  const to = await open('listen');
  let got = 0;
  to.on('message', (d: Buffer) => {
    got += d.length;
  });
  const start = performance.now();
  for (let i = 0; i < 15; i++) from.send(Buffer.alloc(4000));
  await sleep(100);
  for (let i = 0; i < 5; i++) from.send(Buffer.alloc(4000));
  while (got < 80_000) await sleep(20);
  const seconds = (performance.now() - start) / 1000;
  // A burst of 40 kB is free; what is read beyond it has to be earned, at 10 kB a second, before more is read.
  assert.ok(seconds > 1.2, `${seconds} s`);
  const third = await open('dial', 'cd'.repeat(16));
  const refused = new Client(`ws://127.0.0.1:${relay.port}/pipe/${'ef'.repeat(16)}/dial`);
  const [error] = (await once(refused, 'error')) as [Error];
  assert.match(error.message, '429');
  const nowhere = new Client(`ws://127.0.0.1:${relay.port}/elsewhere`);
  assert.match(((await once(nowhere, 'error')) as [Error])[0].message, '404');
  third.send(Buffer.alloc(5000));
  const [code] = (await once(third, 'close')) as [number];
  assert.is(code, 1009);
  from.close();
  const [gone] = (await once(to, 'close')) as [number];
  assert.is(gone, 4001, 'the other end is told');
  await relay.close();
});

test('room links carry all that is needed, behind the #', () => {
  const room = createRoom({ parties: ['alice', 'bob'], relay: 'wss://relay.example/x', dealer: 'dealer' });
  assert.is(parseRoomKey(room.key).length, 32);
  const identity = `tessera-id-1:${'A'.repeat(43)}`;
  const link = roomLink('https://host.example/page?x=1', { ...room, identities: { alice: identity } });
  assert.match(link, /^https:\/\/host\.example\/page\?x=1#room=[\w-]{12}&key=[\w-]{43}/);
  const read = readRoomLink(link)!;
  assert.equal(
    { ...read, addresses: undefined, identities: undefined },
    { ...room, addresses: undefined, identities: undefined },
  );
  assert.is(read.identities!.alice, identity);
  assert.is(readRoomLink('https://host.example/page'), undefined);
  assert.throws(() => readRoomLink(link.replace(/key=[^&]*/, 'key=abc')), /43 characters/);
});

test.run();
