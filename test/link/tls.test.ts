/** @file Who is let in: every wrong certificate and every false claim is turned away, with its reason, on both sides. */
import { connect as tlsConnect } from 'node:tls';
import * as assert from 'uvu/assert';
import { createIdentity, identitySecretText, identityText } from '../../src/link/identity.ts';
import { connect, type WebSocketTransportOptions } from '../../src/link/websocket.ts';
import { DAY, type Leaf, makeAuthority, makeLeaf, makeSelfSigned } from './certificates.ts';
import { closeAll, connectAll, doubted, freePort, partyOptions, rejection, suite } from './helpers.ts';

const test = suite('link/tls');

const aliceCa = await makeAuthority('alice authority');
const bobCa = await makeAuthority('bob authority');
const otherCa = await makeAuthority('other authority');
const consortium = await makeAuthority('consortium');
const alice = await makeLeaf(aliceCa, 'alice');
const bob = await makeLeaf(bobCa, 'bob');

type Options = WebSocketTransportOptions;
const options = async (bobShows: Leaf, change: { alice?: Partial<Options>; bob?: Partial<Options> } = {}) => {
  const base = await partyOptions(['alice', 'bob']);
  return {
    alice: {
      ...base.alice!,
      tls: {
        cert: { caCert: aliceCa.pem, ...alice },
        clientCerts: { bob: { caCert: bobCa.pem, cert: bob.cert } },
      },
      ...change.alice,
    } as Options,
    bob: {
      ...base.bob!,
      tls: {
        cert: { caCert: bobCa.pem, ...bobShows },
        clientCerts: { alice: { caCert: aliceCa.pem, cert: alice.cert } },
      },
      ...change.bob,
    } as Options,
  };
};

/** Both `ready` calls reject; returns both errors. */
const turnedAway = async (pair: { alice: Options; bob: Options }) => {
  const links = { alice: await connect(pair.alice), bob: await connect(pair.bob) };
  // What nobody has proved may pass: it is tried until the time is up.
  const atBob = await rejection(links.bob.ready(1_500));
  const atAlice = await rejection(links.alice.ready(300));
  await closeAll(links);
  return { atAlice, atBob };
};

test('the right certificates are let in, pinned or by authority', async () => {
  for (const pin of [true, false]) {
    const pair = await options(bob);
    if (!pin)
      pair.alice = {
        ...pair.alice,
        tls: { ...pair.alice.tls!, clientCerts: { bob: { caCert: bobCa.pem } } },
      };
    await closeAll(await connectAll(pair));
  }
});

test('a self-signed pair is let in where it is itself the authority given', async () => {
  const a = await makeSelfSigned('alice');
  const b = await makeSelfSigned('bob');
  const pair = await options(bob);
  pair.alice = { ...pair.alice, tls: { cert: a, clientCerts: { bob: { caCert: b.cert, cert: b.cert } } } };
  pair.bob = { ...pair.bob, tls: { cert: b, clientCerts: { alice: { caCert: a.cert } } } };
  await closeAll(await connectAll(pair));
});

for (const [name, leaf] of [
  ['of a foreign authority', await makeLeaf(otherCa, 'bob')],
  ['that is self-signed', await makeSelfSigned('bob')],
  ['of the right authority, but not the pinned one', await makeLeaf(bobCa, 'bob')],
] as const) {
  test(`a client certificate ${name} is turned away`, async () => {
    const { atAlice, atBob } = await turnedAway(await options(leaf));
    assert.match(atAlice.message, /turned away|clientCerts.bob/);
    assert.is(atBob.code, 'IDENTITY');
    assert.match(atBob.message, /refused it|turned this party away/);
  });
}

test('expired and not yet valid certificates: refused at their own party, and by peers', async () => {
  const expired = await makeLeaf(bobCa, 'bob', -2 * DAY, -DAY);
  const early = await makeLeaf(bobCa, 'bob', DAY, 2 * DAY);
  assert.match((await rejection(connect((await options(expired)).bob))).message, 'has expired');
  assert.match((await rejection(connect((await options(early)).bob))).message, 'not valid before');
  // A party that does not look at its own certificate meets the other's check.
  for (const leaf of [expired, early]) {
    const pair = await options(bob);
    const link = await connect({
      ...pair.alice,
      tls: { ...pair.alice.tls!, clientCerts: { bob: { caCert: bobCa.pem } } },
    });
    const why = await new Promise<string>((resolve) => {
      const socket = tlsConnect({
        port: link.port!,
        host: '127.0.0.1',
        ca: aliceCa.pem,
        ...leaf,
        checkServerIdentity: () => undefined,
      });
      socket.on('error', (e: NodeJS.ErrnoException) => resolve(`${e.code}`));
      socket.on('close', () => resolve('closed'));
      socket.on('data', () => {});
    });
    assert.match(why, /ERR_SSL|ECONNRESET|closed|EPIPE/);
    const { message } = await rejection(link.ready(100));
    assert.ok(/turned away:.*certificate/i.test(message), message);
    await link.close();
  }
});

test('no client certificate at all is turned away', async () => {
  const link = await connect((await options(bob)).alice);
  const why = await new Promise<string>((resolve) => {
    const socket = tlsConnect({
      port: link.port!,
      host: '127.0.0.1',
      ca: aliceCa.pem,
      checkServerIdentity: () => undefined,
    });
    socket.on('error', (e: NodeJS.ErrnoException) => resolve(`${e.code}`));
    socket.on('data', () => resolve('data'));
    socket.on('close', () => resolve('closed'));
  });
  assert.is.not(why, 'data');
  assert.match((await rejection(link.ready(100))).message, 'showed no certificate');
  await link.close();
});

test('older versions of TLS are turned away', async () => {
  const link = await connect((await options(bob)).alice);
  const why = await new Promise<string>((resolve) => {
    const socket = tlsConnect({
      port: link.port!,
      host: '127.0.0.1',
      ca: aliceCa.pem,
      ...bob,
      maxVersion: 'TLSv1.2',
      checkServerIdentity: () => undefined,
    });
    socket.on('error', (e: NodeJS.ErrnoException) => resolve(`${e.code}`));
    socket.on('secureConnect', () => resolve('connected'));
  });
  assert.match(why, /VERSION|ECONNRESET/);
  await link.close();
});

test('a server with a wrong certificate is told of at once; it ends nothing before the timeout, and keeps the right one not out', async () => {
  const impostor = await makeLeaf(otherCa, 'alice');
  const pair = await options(bob);
  const wrong = { ...pair.alice, tls: { cert: impostor, clientCerts: { bob: { caCert: bobCa.pem } } } };
  const late = { alice: await connect(wrong), bob: await connect(pair.bob) };
  const told = doubted(late.bob);
  const error = await rejection(late.bob.ready(1_500));
  assert.match((await told).error!.message, /self-signed|unable to (verify|get)|does not come from/);
  assert.is(error.code, 'IDENTITY');
  assert.match(error.message, /within 1500 ms/);
  assert.is((error.info.peers as Record<string, { reason: string }>).alice!.reason, 'tls');
  await closeAll(late);

  const stranger = await connect(wrong);
  const waiting = await connect({ ...pair.bob, readyTimeoutMs: 120_000 });
  await doubted(waiting);
  await stranger.close();
  const alice = await connect(pair.alice);
  await Promise.all([alice.ready(), waiting.ready()]);
  await closeAll({ alice, waiting });
});

test('one consortium authority: another member cannot pass for bob, neither by name nor by certificate', async () => {
  const [a, b, c] = await Promise.all(['alice', 'bob', 'carol'].map((n) => makeLeaf(consortium, n)));
  const peers = (names: string[]) => Object.fromEntries(names.map((n) => [n, { caCert: consortium.pem }]));
  const base = await partyOptions(['alice', 'bob', 'carol']);
  const good = {
    alice: { ...base.alice!, tls: { cert: a!, clientCerts: peers(['bob', 'carol']) } },
    bob: { ...base.bob!, tls: { cert: b!, clientCerts: peers(['alice', 'carol']) } },
    carol: { ...base.carol!, tls: { cert: c!, clientCerts: peers(['alice', 'bob']) } },
  };
  await closeAll(await connectAll(good));
  const two = (o: Options): Options => ({ ...o, parties: { alice: o.parties.alice!, bob: o.parties.bob! } });
  const { atAlice, atBob } = await turnedAway({
    alice: {
      ...two(good.alice),
      tls: { cert: { caCert: consortium.pem, ...a! }, clientCerts: peers(['bob']) },
    },
    bob: { ...two(good.bob), tls: { cert: c!, clientCerts: peers(['alice']) } },
  });
  assert.match(atAlice.message, 'names carol');
  assert.is(atBob.code, 'IDENTITY');
});

test("an authority below another party's: whom it certifies cannot pass for that party", async () => {
  const root = await makeAuthority('root');
  const below = await makeAuthority('below', root);
  const leaf = await makeLeaf(below, 'carol');
  const carol = { ...leaf, cert: `${leaf.cert}\n${below.pem}` };
  const b = await makeLeaf(root, 'bob');
  const base = await partyOptions(['alice', 'bob', 'carol']);
  const tls = (cert: Leaf, clientCerts: Record<string, { caCert: string }>) => ({
    tls: { cert, clientCerts },
  });
  const ofAlice = { alice: { caCert: aliceCa.pem } };
  const both = { caCert: `${below.pem}\n${root.pem}` };
  const good = {
    alice: { ...base.alice!, ...tls(alice, { bob: { caCert: root.pem }, carol: { caCert: below.pem } }) },
    bob: { ...base.bob!, ...tls(b, { ...ofAlice, carol: both }) },
    carol: { ...base.carol!, ...tls(carol, { ...ofAlice, bob: { caCert: root.pem } }) },
  };
  await closeAll(await connectAll(good));
  const { atAlice } = await turnedAway({
    alice: good.alice,
    bob: { ...good.bob, ...tls(carol, { ...ofAlice, carol: both }) },
  });
  assert.match(atAlice.message, /names carol/);
});

test('swapped files and keys that do not fit are found before anything is opened', async () => {
  const swapped = await options({ cert: bob.key, key: bob.cert });
  assert.match((await rejection(connect(swapped.bob))).message, 'holds no certificate');
  assert.match(
    (await rejection(connect((await options({ cert: bob.cert, key: alice.key })).bob))).message,
    'is not the key of',
  );
  const pair = await options(bob);
  const missing = await rejection(connect({ ...pair.bob, tls: { ...pair.bob.tls!, clientCerts: {} } }));
  assert.match(missing.message, 'clientCerts.alice is missing');
  const nowhere = await rejection(
    connect({ ...pair.bob, tls: { ...pair.bob.tls!, cert: { ...bob, cert: '/nowhere/bob.pem' } } }),
  );
  assert.match(nowhere.message, /ENOENT/);
});

test('differing configurations are named by path at both sides, at once', async () => {
  const spu = (field: string) => ({
    spu: { runtimeConfig: { field, fxpFractionBits: 26 }, nodes: [{ party: 'alice' }] },
  });
  const pair = await options(bob, {
    alice: { configDigest: spu('FM128') },
    bob: { configDigest: spu('FM64') },
  });
  const { atAlice, atBob } = await turnedAway(pair);
  for (const error of [atAlice, atBob]) {
    assert.is(error.code, 'CONFIG');
    assert.match(error.message, 'spu.runtimeConfig.field');
    assert.not.match(error.message, 'fxpFractionBits');
  }
});

test('refused, DNS, wrong job, plain against TLS: each has its reason in the table', async () => {
  const pair = await options(bob);
  const reason = async (o: Options, peer = 'alice') => {
    const link = await connect(o);
    const error = await rejection(link.ready(2_000));
    await link.close();
    return (error.info.peers as Record<string, { reason: string }>)[peer]!.reason;
  };
  assert.is(await reason(pair.bob), 'refused');
  assert.is(
    await reason({
      ...pair.bob,
      parties: { ...pair.bob.parties, alice: { address: 'no-such-host.invalid:1234' } },
    }),
    'dns',
  );
  const up = await connect(pair.alice);
  assert.is(await reason({ ...pair.bob, job: 'other' }), 'job');
  const { tls: _, ...plain } = pair.bob;
  assert.match(await reason(plain), /closed|protocol/);
  await up.close();
});

test('plaintext outside of loopback must be asked for', async () => {
  const pair = await partyOptions(['alice', 'bob']);
  const far = {
    ...pair.bob!,
    parties: { alice: { address: '192.0.2.1:9000' }, bob: { address: '192.0.2.2:9000' } },
  };
  const error = await rejection(connect({ ...far, readyTimeoutMs: 100 }));
  assert.is(error.code, 'CONFIG');
  assert.match(error.message, 'allowInsecure');
});

test('pinned identities: the right one is let in, sealed; a wrong or unproven one is not', async () => {
  const ids = { alice: createIdentity(), bob: createIdentity(), eve: createIdentity() };
  const base = await partyOptions(['alice', 'bob']);
  const a = {
    ...base.alice!,
    identity: identitySecretText(ids.alice),
    peerIdentities: { bob: identityText(ids.bob) },
  };
  const b = { ...base.bob!, identity: ids.bob, peerIdentities: { alice: identityText(ids.alice) } };
  const links = await connectAll({ a, b });
  links.alice!.channel('x', ['bob']).send('bob', 0, new Uint8Array(100_000).fill(7));
  links.alice!.channel('x2', ['bob']).send('bob', 0, Uint8Array.of(1));
  assert.ok((await links.bob!.channel('x', ['alice']).recv('alice', 0)).every((v) => v === 7));
  await closeAll(links);
  const { atAlice, atBob } = await turnedAway({ alice: a, bob: { ...b, identity: ids.eve } });
  assert.match(atAlice.message, 'another identity');
  assert.is(atBob.code, 'IDENTITY');
  // Somebody who shows bob's public key without having the secret one.
  const forged = { publicKey: ids.bob.publicKey, secretKey: ids.eve.secretKey };
  assert.match(
    (await turnedAway({ alice: a, bob: { ...b, identity: forged } })).atAlice.message,
    'could not prove',
  );
});

test('a peer without a certificate is let in by its pinned identity, over TLS, and its frames are sealed', async () => {
  const id = createIdentity();
  const pair = await options(bob);
  const port = await freePort();
  const parties = { alice: { address: `127.0.0.1:${port}` }, bob: {} };
  const a: Options = {
    ...pair.alice,
    parties,
    tls: { cert: alice, clientCerts: {} },
    peerIdentities: { bob: id.publicKey },
  };
  const links = await connectAll({ a, b: { ...pair.bob, parties, identity: id } });
  links.bob!.channel('x', ['alice']).send('alice', 0, Uint8Array.of(3));
  assert.is((await links.alice!.channel('x', ['bob']).recv('bob', 0))[0], 3);
  await closeAll(links);
  const wrong = await connect({ ...pair.bob, parties, identity: createIdentity(), readyTimeoutMs: 20_000 });
  const up = await connect(a);
  assert.is((await rejection(wrong.ready())).code, 'IDENTITY');
  await closeAll({ wrong, up });
});

test.run();
