/** @file Strangers at every listener: resets, malformed requests, idle connections, hellos of nobody. */
import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage } from 'node:http';
import { type AddressInfo, type Socket, connect as tcpConnect } from 'node:net';
import * as assert from 'uvu/assert';
import { WebSocket, WebSocketServer } from 'ws';
import { serveBulk } from '../../src/link/bulk.ts';
import { controlCodec } from '../../src/link/codec.ts';
import { createIdentity } from '../../src/link/identity.ts';
import { holdErrors, Pending } from '../../src/link/pending.ts';
import { clientAddress, parseProxies } from '../../src/link/proxies.ts';
import { startRelay } from '../../src/link/relay.ts';
import { connect, type WebSocketTransportOptions } from '../../src/link/websocket.ts';
import { scaled } from '../long.ts';
import {
  closeAll,
  connectAll,
  doubted,
  partyOptions,
  rejection,
  sleep,
  suite,
  tlsFor,
  until,
} from './helpers.ts';

const test = suite('link/strangers');
const listen = { host: '127.0.0.1', port: 0 };

const portOf = (address: string): number => Number(address.split(':')[1]);

/** Opens a connection; resolves when it is there or was refused. */
const knock = (port: number): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = tcpConnect({ host: '127.0.0.1', port });
    socket.on('error', () => {});
    socket.once('connect', () => resolve(socket));
    socket.once('close', () => resolve(socket));
  });

const UPGRADE = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
  'sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

const MALFORMED = [
  () => 'GET / HTTP/1.1\r\n\r\n\r\n',
  () => `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
  () => '\u0000\u0001\u0002\r\n\r\n',
  () => 'POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n',
  () => UPGRADE('/').replace('13', '99'),
  () => UPGRADE('/').replace('AAAA', ''),
  () => `${UPGRADE(`/pipe/${'ab'.repeat(16)}/dial`)}\u00ff\u00ff\u00ff\u00ff`,
  () => `${UPGRADE('/')}${String.fromCharCode(0xc1, 0x7f, 1, 2, 3, 4, 5, 6, 7, 8)}`,
  () => Buffer.from(crypto.getRandomValues(new Uint8Array(300))).toString('latin1'),
];

const RESETS = scaled(6_000, 600);
const GARBAGE = scaled(12_000, 1_200);
/** At a time. */
const HANDS = 40;

/** Resets right after the request, and requests that are none: `port` must still answer afterwards. */
const storm = async (port: number): Promise<void> => {
  const path = `/pipe/${'cd'.repeat(16)}/listen`;
  const hand = async (turns: number): Promise<void> => {
    for (let i = 0; i < turns; i++) {
      const socket = await knock(port);
      // The path that nobody serves is answered by a refusal, which then meets a connection that is gone.
      socket.write(UPGRADE(i % 2 === 0 ? '/nowhere' : path));
      if (i % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      socket.resetAndDestroy();
    }
    for (let i = 0; i < (turns * GARBAGE) / RESETS; i++) {
      const socket = await knock(port);
      socket.end(Buffer.from(MALFORMED[i % MALFORMED.length]!(), 'latin1'));
      if (i % 5 === 0) await Promise.race([once(socket, 'close').catch(() => {}), sleep(20)]);
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: HANDS }, () => hand(RESETS / HANDS)));
};

test(`${RESETS} resets and ${GARBAGE} malformed requests at a relay: it goes on`, async () => {
  const relay = await startRelay({ listen });
  await storm(relay.port);
  const open = async (side: string): Promise<WebSocket> => {
    const ws = new WebSocket(`ws://127.0.0.1:${relay.port}/pipe/${'ef'.repeat(16)}/${side}`);
    await once(ws, 'open');
    return ws;
  };
  const [a, b] = [await open('listen'), await open('dial')];
  b.send(Buffer.from('x'));
  assert.is(String((await once(a, 'message'))[0]), 'x');
  assert.ok(process.memoryUsage().rss < 400 * 2 ** 20, 'in bounded memory');
  await relay.close();
});

for (const tls of [false, true]) {
  test(`the same at a party${tls ? ' over TLS' : ''}, while it works`, async () => {
    const certificates = tls ? await tlsFor(['alice', 'bob']) : () => ({});
    const options = await partyOptions(['alice', 'bob'], certificates);
    const links = await connectAll(options);
    const [a, b] = [links.alice!.channel('x', ['bob']), links.bob!.channel('x', ['alice'])];
    let busy = true;
    const work = (async () => {
      for (let i = 0; busy; i++) {
        await a.send('bob', i, Uint8Array.of(i));
        assert.is((await b.recv('alice', i))[0], i & 255);
      }
    })();
    await storm(portOf(options.alice!.parties.alice!.address!));
    busy = false;
    await work;
    await closeAll(links);
  });
}

test('the same where large objects are fetched', async () => {
  const server = await serveBulk('127.0.0.1', new Uint8Array(32).fill(1), () => undefined);
  await storm(server.port);
  server.close();
});

/** Plaintext with pinned identities: nobody shows a certificate. */
const pinnedPair = async (
  more: (n: string) => Partial<WebSocketTransportOptions> = () => ({}),
): Promise<Record<string, WebSocketTransportOptions>> => {
  const ids: Record<string, ReturnType<typeof createIdentity>> = {
    alice: createIdentity(),
    bob: createIdentity(),
  };
  return partyOptions(['alice', 'bob'], (n) => ({
    identity: ids[n]!,
    peerIdentities: Object.fromEntries(
      Object.entries(ids)
        .filter(([other]) => other !== n)
        .map(([other, { publicKey }]) => [other, publicKey]),
    ),
    ...more(n),
  }));
};

test('600 idle connections, half of them WebSockets without a hello, keep nobody out, and no end from coming', async () => {
  const options = await pinnedPair();
  const alice = await connect(options.alice!);
  const port = portOf(options.alice!.parties.alice!.address!);
  const idle: { terminate(): void }[] = [];
  let gone = 0;
  for (let i = 0; i < 300; i++) {
    const socket = await knock(port);
    idle.push({ terminate: () => socket.destroy() });
    const ws = new WebSocket(`ws://127.0.0.1:${port}/`);
    ws.on('error', () => {});
    ws.once('close', () => void gone++);
    socket.once('close', () => void gone++);
    idle.push(ws);
    await new Promise((resolve) => {
      ws.once('open', resolve);
      ws.once('error', resolve);
    });
  }
  const bob = await connect(options.bob!);
  await Promise.all([alice.ready(), bob.ready()]);
  assert.ok(gone < idle.length, 'at once, not when the idle ones are given up');
  await closeAll({ alice, bob });
  for (const socket of idle) socket.terminate();
});

test('of too many pending connections the oldest goes: of one address, and in all', async () => {
  const server = createHttp();
  holdErrors(server);
  const pending = new Pending(server, { total: 6, perAddress: 4 });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  const from = async (localAddress: string): Promise<Socket> => {
    const socket = tcpConnect({ host: '127.0.0.1', port, localAddress });
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const closed = new Set<Socket>();
  const opened: Socket[] = [];
  for (const address of ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.2']) {
    const socket = await from(address);
    socket.on('close', () => closed.add(socket));
    opened.push(socket);
  }
  await until(() => closed.has(opened[0]!), 'the oldest of 127.0.0.1 is gone');
  assert.is(pending.size, 5);
  for (const address of ['127.0.0.2', '127.0.0.2']) {
    const socket = await from(address);
    socket.on('close', () => closed.add(socket));
    opened.push(socket);
  }
  await until(() => closed.size === 2, 'the oldest of all is gone');
  assert.ok(closed.has(opened[1]!));
  for (const socket of opened) socket.destroy();
  await until(() => pending.size === 0, 'who leaves is counted no more');
  server.close();
});

/** A hello as bob's to alice, of another identity. */
const strangersHello = (more: object): Uint8Array => {
  const bytes = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));
  const hello = {
    protocol: 'tessera-link',
    version: 2,
    job: 'test',
    from: 'bob',
    to: 'alice',
    instance: bytes(16),
    identity: createIdentity().publicKey,
    ephemeral: bytes(32),
    mutualTls: false,
    exporter: false,
    window: 1 << 20,
    maxFrameBytes: 1 << 20,
    ...more,
  };
  return controlCodec.encode(['hello', hello]);
};

/** What the listener answers to a hello of somebody without the pinned identity. */
const strange = async (port: number, more: object): Promise<unknown[]> => {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/`);
  await once(ws, 'open');
  ws.send(strangersHello(more));
  const answers: unknown[] = [];
  ws.on('message', (m: Buffer) => answers.push(controlCodec.decode(new Uint8Array(m))));
  await once(ws, 'close');
  return answers;
};

test('a hello of a stranger, with another configuration, ends nothing and learns nothing of ours', async () => {
  const options = await pinnedPair(() => ({ configDigest: { spu: { field: 'FM128' } } }));
  const alice = await connect(options.alice!);
  const port = portOf(options.alice!.parties.alice!.address!);
  const answers = await strange(port, { config: { 'spu.field': '00' } });
  assert.is(JSON.stringify(answers).includes('spu'), false, JSON.stringify(answers));
  assert.is((answers[0] as [string])[0], 'reject');
  const bob = await connect(options.bob!);
  await Promise.all([alice.ready(), bob.ready()]);
  await closeAll({ alice, bob });
});

/** What somebody says in the place of a party, who has proved nothing. */
const FALSE = ['config', 'build', 'version', 'identity', 'restarted', 'job', 'party', 'protocol', 'tls'].map(
  (reason) => controlCodec.encode(['reject', { reason, message: 'go away', paths: ['x'] }]),
);

test('who knows the public identity of a peer, and turns us away in its name, ends no start of a listener', async () => {
  const options = await pinnedPair();
  const identity = options.alice!.peerIdentities!.bob as Uint8Array;
  const alice = await connect({ ...options.alice!, readyTimeoutMs: 60_000 });
  const over = rejection(alice.ready()).then((e) => e.message);
  for (const word of FALSE) {
    const ws = new WebSocket(`ws://127.0.0.1:${portOf(options.alice!.parties.alice!.address!)}/`);
    await once(ws, 'open');
    ws.send(strangersHello({ identity }));
    ws.send(word);
    await once(ws, 'close');
  }
  // It would end by a false word on another build after 5 s.
  assert.is(await Promise.race([over, sleep(6_000)]), undefined);
  over.catch(() => {});
  const bob = await connect(options.bob!);
  await Promise.all([alice.ready(), bob.ready()]);
  await closeAll({ alice, bob });
});

test('a stranger at the address of a peer ends no start of a dialler, and is told of at once', async () => {
  const options = await pinnedPair();
  const port = portOf(options.alice!.parties.alice!.address!);
  const server = new WebSocketServer({ host: '127.0.0.1', port });
  let turn = 0;
  const all = new Promise<void>((resolve) => {
    server.on('connection', (ws) => {
      ws.once('message', () => {
        const word = FALSE[turn++];
        if (word === undefined) resolve();
        ws.send(word ?? strangersHello({ from: 'alice', to: 'bob' }));
      });
    });
  });
  const bob = await connect({ ...options.bob!, readyTimeoutMs: 60_000 });
  const told = doubted(bob);
  const ready = bob.ready();
  assert.match((await told).error!.message, /go away/);
  await Promise.race([all, ready]);
  for (const client of server.clients) client.terminate();
  await new Promise((resolve) => server.close(resolve));
  const alice = await connect(options.alice!);
  await Promise.all([alice.ready(), ready]);
  await closeAll({ alice, bob });
});

test('another identity than the pinned one: told at once, and the error at the timeout says so', async () => {
  const options = await pinnedPair();
  const alice = await connect({ ...options.alice!, identity: createIdentity() });
  const bob = await connect(options.bob!);
  const told = doubted(bob);
  const error = await rejection(bob.ready(1_500));
  const { party, error: doubt } = await told;
  assert.is(party, 'alice');
  for (const { message } of [doubt!, error]) assert.match(message, /another identity than "bob" has pinned/);
  assert.is(error.code, 'IDENTITY');
  await closeAll({ alice, bob });
});

test('who has proved itself and has another configuration is told where, and so are we', async () => {
  const options = await pinnedPair((n) => ({ configDigest: { field: n === 'bob' ? 'FM64' : 'FM128' } }));
  const links = await Promise.all([connect(options.alice!), connect(options.bob!)]);
  for (const link of links) {
    const error = await rejection(link.ready());
    assert.is(error.code, 'CONFIG');
    assert.match(error.message, 'differ at field');
  }
  await Promise.all(links.map((l) => l.close()));
});

test('behind a trusted proxy a connection comes from where the proxy says, elsewhere from where it comes', async () => {
  const trusted = parseProxies(['10.0.0.0/8', 'fd00::/8', '127.0.0.1'], 'x');
  const request = (from: string, header?: string | string[]): IncomingMessage =>
    ({
      socket: { remoteAddress: from },
      headers: { 'x-forwarded-for': header },
    }) as unknown as IncomingMessage;
  const cases: [string, string | string[] | undefined, string][] = [
    ['10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.1.2.3', '1.1.1.1, 203.0.113.9, 10.9.9.9', '203.0.113.9'],
    ['fd00::1', ['1.1.1.1', '2001:db8::5'], '2001:db8::5'],
    ['198.51.100.7', '203.0.113.9', '198.51.100.7'],
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['127.0.0.1', 'nonsense', '127.0.0.1'],
    ['127.0.0.1', '10.0.0.1', '127.0.0.1'],
  ];
  for (const [from, header, want] of cases) assert.is(clientAddress(request(from, header), trusted), want);
  for (const bad of ['10.0.0.0/33', 'example.com', '10.0.0.0/8/1', '', '1.2.3.4/x'])
    assert.throws(() => parseProxies([bad], 'trustProxy'), /write an address or a range/);
});

test('a relay counts by the address behind its proxy, and makes room by the oldest that waits', async () => {
  const relay = await startRelay({
    listen,
    limits: { connectionsPerAddress: 2 },
    trustProxy: ['127.0.0.1'],
  });
  const open = (id: string, from: string): Promise<string> =>
    new Promise((resolve) => {
      const ws = new WebSocket(`ws://127.0.0.1:${relay.port}/pipe/${id.repeat(16)}/dial`, {
        headers: { 'x-forwarded-for': from },
      });
      ws.once('open', () => resolve('open'));
      ws.once('error', (e) => resolve(e.message));
    });
  assert.is(await open('aa', '203.0.113.1'), 'open');
  assert.is(await open('bb', '203.0.113.1'), 'open');
  assert.match(await open('cc', '203.0.113.1'), '429');
  assert.is(await open('cc', '203.0.113.2'), 'open');
  await relay.close();
});

test.run();
