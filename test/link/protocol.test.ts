/** @file The link's cryptography against official vectors, and its protocol against hostile peers and networks. */
import * as fc from 'fast-check';
import nacl from 'tweetnacl';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import { differingPaths, digestConfig } from '../../src/link/config.ts';
import { ConnectError } from '../../src/link/failures.ts';
import {
  answerHandshake,
  type ChannelBinding,
  dialHandshake,
  type Local,
  type MessagePipe,
  readHello,
  rejectPeer,
} from '../../src/link/handshake.ts';
import {
  createIdentity,
  identitySecretText,
  identityText,
  parseIdentity,
  parseSecretIdentity,
  sign,
  verify,
} from '../../src/link/identity.ts';
import { ChannelTable } from '../../src/link/mailbox.ts';
import { deriveKeys, hkdf, Opener, Sealer } from '../../src/link/sealed.ts';
import { type PacketPipe, PeerSession } from '../../src/link/session.ts';
import { NO_BINDING } from '../../src/link/tls.ts';
import * as wire from '../../src/link/wire.ts';
import { rejection, sleep, suite } from './helpers.ts';

const test = suite('link/protocol');
const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('Ed25519: RFC 8032, 7.1, tests 1 to 3', () => {
  const vectors = [
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ] as const;
  for (const [seed, key, message, signature] of vectors) {
    const identity = createIdentity(hex(seed));
    assert.is(toHex(identity.publicKey), key);
    assert.is(toHex(sign(hex(message), identity)), signature);
    assert.ok(verify(hex(message), hex(signature), identity.publicKey));
    assert.not.ok(verify(hex(`${message}00`), hex(signature), identity.publicKey));
  }
});

test('X25519: RFC 7748, 5.2', () => {
  const product = nacl.scalarMult(
    hex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
    hex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'),
  );
  assert.is(toHex(product), 'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552');
});

test('xsalsa20-poly1305: the vector of NaCl', () => {
  const key = hex('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389');
  const nonce = hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37');
  const message = hex(
    'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705',
  );
  const box =
    'f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5';
  assert.is(toHex(nacl.secretbox(message, nonce, key)), box);
  assert.is(toHex(nacl.secretbox.open(hex(box), nonce, key)!), toHex(message));
});

test('HKDF-SHA-256: RFC 5869, A.1 and A.3', async () => {
  const ikm = new Uint8Array(22).fill(0x0b);
  const okm = await hkdf(ikm, hex('000102030405060708090a0b0c'), hex('f0f1f2f3f4f5f6f7f8f9'), 42);
  assert.is(
    toHex(okm),
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
  const none = new Uint8Array();
  assert.is(
    toHex(await hkdf(ikm, none, none, 42)),
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  );
});

test('AES-256-GCM: the test cases 13 and 14 of McGrew and Viega', async () => {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, ['encrypt']);
  const encrypt = async (n: number) =>
    toHex(
      new Uint8Array(
        await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, new Uint8Array(n)),
      ),
    );
  assert.is(await encrypt(0), '530f8afbc74536b9a963b4f1c4cb738b');
  assert.is(await encrypt(16), 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919');
});

test('SHA-512: FIPS 180 "abc"', () => {
  assert.is(
    toHex(nacl.hash(new TextEncoder().encode('abc'))),
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  );
});

test('identities as text', () => {
  const id = createIdentity();
  assert.equal(parseIdentity(identityText(id)), id.publicKey);
  assert.equal(parseSecretIdentity(identitySecretText(id)), id);
  assert.throws(
    () => parseIdentity(identitySecretText(id), 'peerIdentities.bob'),
    /peerIdentities.bob is no identity/,
  );
  assert.throws(() => parseIdentity('tessera-id-1:short'), /43 characters/);
});

test('sealed messages: altered, repeated, reordered, lost or foreign ones do not open', async () => {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const make = async () => {
    const dialer = await deriveKeys(secret, new Uint8Array(64), true);
    const listener = await deriveKeys(secret, new Uint8Array(64), false);
    return {
      sealer: new Sealer(dialer.send),
      opener: new Opener(listener.receive),
      echo: new Sealer(listener.send),
      back: new Opener(dialer.receive),
    };
  };
  for (const size of [0, 10, 100_000]) {
    const message = new Uint8Array(size).fill(5);
    const seal = async () => {
      const keys = await make();
      return { ...keys, sealed: [await keys.sealer.seal(message), await keys.sealer.seal(message)] as const };
    };
    const good = await seal();
    assert.equal(await good.opener.open(good.sealed[0]), message);
    assert.equal(await good.opener.open(good.sealed[1]), message);
    assert.equal(await good.back.open(await good.echo.seal(message)), message);
    const opens = async (run: (k: Awaited<ReturnType<typeof seal>>) => unknown) => {
      const keys = await seal();
      return rejection((async () => run(keys))());
    };
    await opens(async (k) => {
      await k.opener.open(k.sealed[0]);
      return k.opener.open(k.sealed[0]);
    });
    await opens((k) => k.opener.open(k.sealed[1]));
    await opens((k) => k.back.open(k.sealed[0]));
    for (const at of [0, 1, good.sealed[0].length - 1]) {
      await opens((k) => {
        k.sealed[0][at]! ^= 1;
        return k.opener.open(k.sealed[0]);
      });
    }
    await opens((k) => k.opener.open(k.sealed[0].subarray(0, -1)));
    await opens((k) => k.opener.open(new Uint8Array()));
  }
});

/** Two ends of a connection; `tamper` sees each message on its way. */
const pipes = (tamper: (message: Uint8Array, from: 'dialer' | 'listener') => Uint8Array = (m) => m) => {
  const end = (from: 'dialer' | 'listener', out: (m: Uint8Array) => void) => {
    const queue: Uint8Array[] = [];
    const readers: ((m: Uint8Array) => void)[] = [];
    const pipe: MessagePipe = {
      send: (m) => out(tamper(m.slice(), from)),
      next: () => {
        const here = queue.shift();
        if (here !== undefined) return Promise.resolve(here);
        return new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new ConnectError('timeout', 'silent')), 300);
          readers.push((m) => {
            clearTimeout(timer);
            resolve(m);
          });
        });
      },
    };
    return { pipe, push: (m: Uint8Array) => (readers.shift() ?? ((x: Uint8Array) => queue.push(x)))(m) };
  };
  const dialer = end('dialer', (m) => listener.push(m));
  const listener = end('listener', (m) => dialer.push(m));
  return [dialer.pipe, listener.pipe] as const;
};

const local = (self: string, more: Partial<Local> = {}): Local => ({
  self,
  job: 'job',
  identity: createIdentity(),
  instance: crypto.getRandomValues(new Uint8Array(16)),
  config: digestConfig({ a: 1 }, 'job'),
  window: 1 << 20,
  maxFrameBytes: 1 << 20,
  expects: () => undefined,
  allowUnauthenticated: true,
  ...more,
});

const shake = async (
  options: {
    d?: Partial<Local>;
    l?: Partial<Local>;
    db?: ChannelBinding;
    lb?: ChannelBinding;
    tamper?: Parameters<typeof pipes>[0];
  } = {},
) => {
  const [near, far] = pipes(options.tamper);
  const answer = (async () => {
    const raw = await far.next();
    try {
      readHello(raw);
      return await answerHandshake(
        far,
        local('alice', options.l),
        raw,
        options.lb ?? NO_BINDING,
        undefined,
        () => 5,
      );
    } catch (error) {
      rejectPeer(far, error);
      throw error;
    }
  })();
  const ask = dialHandshake(
    near,
    local('bob', options.d),
    'alice',
    options.db ?? NO_BINDING,
    undefined,
  ).catch((error) => {
    rejectPeer(near, error);
    throw error;
  });
  const [d, l] = await Promise.allSettled([ask, answer]);
  return { d, l };
};

test('a handshake gives both ends the same keys, crossed over', async () => {
  const { d, l } = await shake();
  assert.ok(d.status === 'fulfilled' && l.status === 'fulfilled');
  if (d.status !== 'fulfilled' || l.status !== 'fulfilled') return;
  assert.is(d.value.received, 5);
  assert.equal(
    await l.value.seal!.opener.open(await d.value.seal!.sealer.seal(Uint8Array.of(1))),
    Uint8Array.of(1),
  );
});

test('over mutual TLS nothing is sealed, and two different TLS connections do not pass for one', async () => {
  const bound = (byte: number): ChannelBinding => ({
    mutualTls: true,
    certificates: new Uint8Array(64).fill(1),
    exporter: new Uint8Array(32).fill(byte),
  });
  const good = await shake({ db: bound(1), lb: bound(1) });
  assert.ok(good.d.status === 'fulfilled' && good.d.value.seal === undefined);
  const relayed = await shake({ db: bound(1), lb: bound(2) });
  assert.ok(relayed.d.status === 'rejected' && (relayed.d.reason as ConnectError).reason === 'identity');
  assert.ok(relayed.l.status === 'rejected');
});

test('no byte of a handshake can be changed', async () => {
  let caught = 0;
  for (let i = 0; i < 60; i++) {
    const which = i % 4;
    let count = 0;
    const { d, l } = await shake({
      tamper: (m) => {
        if (count++ === which) m[4 + ((i * 37) % (m.length - 4))]! ^= 1 << (i % 8);
        return m;
      },
    });
    if (d.status === 'rejected' || l.status === 'rejected') caught += 1;
  }
  assert.is(caught, 60);
});

test('what is wrong is said to both: version, job, name, configuration', async () => {
  const reason = (r: PromiseSettledResult<unknown>) =>
    r.status === 'rejected' ? (r.reason as ConnectError).reason : 'none';
  const config = await shake({ d: { config: digestConfig({ a: 2, b: 1 }, 'job') } });
  assert.is(reason(config.d), 'config');
  assert.is(reason(config.l), 'config');
  const error = config.d.status === 'rejected' ? (config.d.reason as ConnectError) : undefined;
  assert.equal(error?.details.paths, ['a', 'b']);
  assert.is(reason((await shake({ d: { job: 'other' } })).d), 'job');
  assert.is(reason((await shake({ l: { self: 'carol' } })).d), 'party');
  const pinned = await shake({ l: { expects: () => createIdentity().publicKey } });
  assert.is(reason(pinned.d), 'identity');
  const strict = await shake({ l: { allowUnauthenticated: false } });
  assert.match(strict.d.status === 'rejected' ? String(strict.d.reason) : '', 'nothing proves');
});

test('digests differ exactly where configurations do', () => {
  const a = { x: [1, 2], y: { z: 'q', u: undefined }, n: 5n };
  const paths = (b: unknown) => differingPaths(digestConfig(a, 's'), digestConfig(b, 's'));
  assert.equal(paths({ n: 5n, y: { z: 'q' }, x: [1, 2] }), []);
  assert.equal(paths({ ...a, x: [1, 3] }), ['x[1]']);
  assert.equal(paths({ ...a, x: [1] }), ['x.length', 'x[1]']);
  assert.equal(paths({ ...a, n: 5 }), ['n']);
  assert.equal(paths({ ...a, more: true }), ['more']);
});

const session = (peer = 'bob') => {
  const failures: string[] = [];
  const events: string[] = [];
  const table: ChannelTable = new ChannelTable({ self: 'alice', carry: () => {} });
  const s = new PeerSession(
    peer,
    table,
    { window: 1 << 20, maxFrameBytes: 4 << 20, heartbeatMs: 1000, peerTimeoutMs: 1000 },
    {
      up: () => events.push('up'),
      down: () => events.push('down'),
      lost: (failure, why) => {
        failures.push(why);
        table.failPeer(peer, failure);
      },
      aborted: () => events.push('abort'),
      bye: () => events.push('bye'),
    },
  );
  const sent: Uint8Array[] = [];
  const pipe: PacketPipe = {
    send: (head, body) => sent.push(head, ...(body ? [body] : [])),
    buffered: 0,
    close: () => {},
    terminate: () => {},
  };
  s.attach(pipe, new Uint8Array(16), 1 << 20, 0);
  return { s, pipe, table, failures, events, sent };
};

const data = (seq: number, ...records: wire.Rec[]) =>
  wire.writePacket({ kind: wire.DATA, seq, ack: 0, records }, false);
const name = new TextEncoder().encode('0/x');

test('packets that come twice are dropped, a gap ends the connection but not the session', async () => {
  const { s, pipe, table, failures, events } = session();
  const channel = table.open('x', ['bob'], ['alice', 'bob']);
  const first = data(1, wire.record(wire.OPEN, 1, 0, name), wire.record(wire.FRAME, 1, 0, Uint8Array.of(7)));
  s.receive(pipe, first, undefined);
  s.receive(pipe, first, undefined);
  s.receive(pipe, data(2, wire.record(wire.FRAME, 1, 1, Uint8Array.of(8))), undefined);
  s.receive(pipe, first, undefined);
  assert.equal([(await channel.recv('bob', 0))[0], (await channel.recv('bob', 1))[0]], [7, 8]);
  s.receive(pipe, data(4, wire.record(wire.FRAME, 1, 3, Uint8Array.of(9))), undefined);
  assert.equal(failures, []);
  assert.equal(events, ['up', 'down']);
  assert.is(s.received, 2);
});

test('a peer that breaks the protocol is lost, with the rule it broke', async () => {
  const open = wire.record(wire.OPEN, 1, 0, name);
  const cases: [string, Uint8Array, RegExp][] = [
    ['no packet', new Uint8Array(3), /truncated/],
    ['kind', new Uint8Array(40).fill(9), /unknown kind/],
    ['unknown channel', data(1, wire.record(wire.FRAME, 5, 0)), /channel 5 is not open/],
    ['foreign id', data(1, wire.record(wire.OPEN, 2, 0, name)), /out of order/],
    ['no name', data(1, wire.record(wire.OPEN, 1, 0, Uint8Array.of(0xff))), /no text/],
    ['long name', data(1, wire.record(wire.OPEN, 1, 0, new Uint8Array(600))), /too long/],
    [
      'too large',
      data(1, open, wire.record(wire.CHUNK, 1, 0, new Uint8Array(5), 0xffffffff, 0)),
      /over the limit/,
    ],
    [
      'chunk out of place',
      data(1, open, wire.record(wire.CHUNK, 1, 0, new Uint8Array(5), 2 << 20, 1 << 20)),
      /not the next/,
    ],
    [
      'ack of the future',
      wire.writePacket({ kind: wire.DATA, seq: 1, ack: 99, records: [] }, false),
      /never sent/,
    ],
    [
      'credit',
      data(
        1,
        open,
        ...Array.from({ length: 3 }, (_, i) => wire.record(wire.FRAME, 1, i, new Uint8Array(600_000))),
      ),
      /beyond its credit/,
    ],
    [
      'not a number',
      wire.writePacket({ kind: wire.DATA, seq: Number.NaN, ack: 0, records: [] }, false),
      /valid number/,
    ],
  ];
  for (const [what, packet, pattern] of cases) {
    const { s, pipe, failures } = session();
    s.receive(pipe, packet, undefined);
    assert.is(failures.length, 1, what);
    assert.match(failures[0]!, pattern, what);
  }
  const { s, pipe, table } = session();
  const waits = rejection(table.open('x', ['bob'], ['alice', 'bob']).recv('bob', 5));
  s.receive(pipe, data(1, open, wire.record(wire.FRAME, 1, 6)), undefined);
  assert.match((await waits).message, 'count differently');
});

test('1e5 hostile packets: nothing but typed errors', async () => {
  const valid = [
    data(
      1,
      wire.record(wire.OPEN, 1, 0, name),
      wire.record(wire.FRAME, 1, 0, new Uint8Array(20)),
      wire.record(wire.CLOSE, 1),
    ),
    data(
      1,
      wire.record(wire.OPEN, 1, 0, name),
      wire.record(wire.CHUNK, 1, 0, new Uint8Array(30), 3 << 20, 0),
    ),
    data(1, wire.record(wire.ABORT, 0, 0, new Uint8Array(30)), wire.record(wire.BYE, 0)),
    wire.writePacket(
      { kind: wire.STATUS, seq: 0, ack: 0, records: [wire.record(wire.CREDIT, 1, 5000)] },
      false,
    ),
  ];
  const tryOne = (packet: Uint8Array, body?: Uint8Array) => {
    try {
      wire.readPacket(packet, body);
    } catch (error) {
      if (!(error instanceof TesseraError)) throw error;
    }
  };
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.option(fc.uint8Array({ maxLength: 20 }), { nil: undefined }),
      tryOne,
    ),
    { numRuns: 40_000 },
  );
  const edits = fc.array(fc.tuple(fc.nat(160), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.nat(3), edits, fc.nat(200), (which, changes, cut) => {
      const packet = valid[which]!.slice(0, cut > 150 ? undefined : cut);
      for (const [at, value] of changes) if (at < packet.length) packet[at] = value;
      const { s, pipe } = session();
      s.receive(pipe, packet, undefined);
    }),
    { numRuns: 60_000 },
  );
  await sleep(0);
});

test.run();
