/** @file Each check of a handshake by itself: what it alone refuses is refused. */
import * as assert from 'uvu/assert';
import * as browserCurves from '../../src/link/browser-curves.ts';
import { controlCodec } from '../../src/link/codec.ts';
import { digestConfig } from '../../src/link/config.ts';
import type { ConnectError } from '../../src/link/failures.ts';
import {
  answerHandshake,
  type ChannelBinding,
  dialHandshake,
  type Established,
  type Local,
  NO_BINDING,
} from '../../src/link/handshake.ts';
import { readHello, rejectPeer } from '../../src/link/handshake-messages.ts';
import { createIdentity, sameBytes, sign, verify } from '../../src/link/identity.ts';
import * as curves from '../../src/link/node-curves.ts';
import { rejection, suite } from './helpers.ts';
import { answerAs, dialAs, helloBytes, local, pipes, proofBytes, transcript } from './hostile.ts';

const test = suite('link/checks');

const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (b) => Number.parseInt(b, 16));

/** All 32-byte strings that stand for points of small order on the curve or its twist (cr.yp.to/ecdh.html). */
const LOW_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

test('a shared secret that everybody knows is none: points of low order, on both curves', () => {
  for (const { x25519 } of [curves, browserCurves]) {
    for (const point of LOW_ORDER) {
      for (let i = 0; i < 4; i++) {
        const secret = crypto.getRandomValues(new Uint8Array(32));
        assert.is(x25519(secret, hex(point)), undefined, point);
      }
    }
  }
});

test('a signature is of its length, by a key of its length, and nothing else has signed', () => {
  const identity = createIdentity();
  const message = new Uint8Array(10);
  const signature = sign(message, identity);
  assert.ok(verify(message, signature, identity.publicKey));
  for (const short of [31, 33, 0]) {
    const key = Uint8Array.from({ length: short }, (_, i) => identity.publicKey[i] ?? 0);
    assert.not.ok(verify(message, signature, key));
    assert.not.ok(curves.ed25519Verify(message, signature, key));
  }
  for (const size of [63, 65, 0]) {
    const other = Uint8Array.from({ length: size }, (_, i) => signature[i] ?? 0);
    assert.not.ok(verify(message, other, identity.publicKey));
  }
});

/** Alice answers; what she threw, or what was agreed. */
const answering = (
  dial: (pipe: ReturnType<typeof pipes>[0]) => Promise<unknown>,
  more: Partial<Local> = {},
  binding: ChannelBinding = NO_BINDING,
): Promise<{ error: ConnectError | undefined; established: Established | undefined; admitted: number }> => {
  const [near, far] = pipes();
  let admitted = 0;
  const answered = (async () => {
    const raw = await far.next();
    return answerHandshake(far, local('alice', more), raw, binding, undefined, () => {
      admitted += 1;
      return 0;
    });
  })();
  const both = answered.then(
    (established) => ({ error: undefined, established, admitted }),
    (error: ConnectError) => {
      rejectPeer(far, error);
      return { error, established: undefined, admitted };
    },
  );
  dial(near).catch(() => {});
  return both;
};

const refused = async (...args: Parameters<typeof answering>): Promise<ConnectError> => {
  const { error, admitted } = await answering(...args);
  assert.ok(error, 'it is refused');
  assert.is(admitted, 0, 'it has replaced no connection');
  return error!;
};

test('an ephemeral key of low order ends a handshake on both sides, whoever signs it', async () => {
  for (const point of LOW_ORDER) {
    const ephemeral = hex(point);
    const error = await refused((pipe) => dialAs(pipe, { hello: { ephemeral } }));
    assert.match(error.message, /ephemeral key is not valid/);
    const [near, far] = pipes();
    answerAs(far, { hello: { ephemeral } }).catch(() => {});
    const dialled = await rejection(dialHandshake(near, local('bob'), 'alice', NO_BINDING, undefined));
    assert.match(dialled.message, /ephemeral key is not valid/);
  }
});

test('a hello that is meant for another is refused by both ends', async () => {
  const error = await refused((pipe) => dialAs(pipe, { hello: { to: 'carol' } }));
  assert.is(error.reason, 'party');
  for (const hello of [{ to: 'carol' }, { from: 'carol' }]) {
    const [near, far] = pipes();
    answerAs(far, { hello }).catch(() => {});
    const dialled = await rejection(dialHandshake(near, local('bob'), 'alice', NO_BINDING, undefined));
    assert.match(dialled.message, /answered at the address of "alice"/);
  }
});

test('a proof holds for its role, its key and its handshake alone', async () => {
  const identity = createIdentity();
  const good = { build: { version: '1.0.0', hash: 'abc' }, config: digestConfig({ a: 1 }, 'job') };
  // Alice's own proof, sent back by one that claims to be of her identity.
  const own = createIdentity();
  const mirrored = await refused(
    (pipe) =>
      dialAs(pipe, { identity: { ...identity, publicKey: own.publicKey }, proof: (theirs) => theirs }),
    { identity: own },
  );
  assert.match(mirrored.message, /could not prove its identity/);
  const another = await refused((pipe) => dialAs(pipe, { identity, signer: createIdentity() }));
  assert.match(another.message, /could not prove its identity/);
  const older = await refused((pipe) =>
    dialAs(pipe, {
      identity,
      proof: () => proofBytes('dialer', transcript(helloBytes(identity), helloBytes(own)), identity),
    }),
  );
  assert.match(older.message, /could not prove its identity/);
  for (const signature of [undefined, '', new Uint8Array(), new Uint8Array(63), new Uint8Array(64)]) {
    const proof = (): Uint8Array => controlCodec.encode(['proof', { signature }]);
    assert.match(
      (await refused((pipe) => dialAs(pipe, { identity, proof }))).message,
      /could not prove its identity/,
    );
  }
  const [near, far] = pipes();
  answerAs(far, { signer: createIdentity() }).catch(() => {});
  const dialled = await rejection(dialHandshake(near, local('bob'), 'alice', NO_BINDING, undefined));
  assert.match(dialled.message, /could not prove its identity/);
  // Right in all, but what follows is not sealed.
  const open = await refused((pipe) =>
    dialAs(pipe, { identity, next: controlCodec.encode(['config', good]) }),
  );
  assert.match(open.message, /is not sealed/);
});

test('pins and names: who is pinned shows its key, who is not needs a certificate', async () => {
  const identity = createIdentity();
  const expects = (peer: string) => (peer === 'bob' ? createIdentity().publicKey : undefined);
  assert.is((await refused((pipe) => dialAs(pipe, { identity }), { expects })).reason, 'identity');
  for (const at of [0, 15, 31]) {
    const near = identity.publicKey.map((v, i) => (i === at ? v ^ 1 : v));
    assert.is(
      (await refused((pipe) => dialAs(pipe, { identity }), { expects: () => near })).reason,
      'identity',
    );
  }
  assert.not.ok(sameBytes(new Uint8Array(2), new Uint8Array(3)));
  const strict = { allowUnauthenticated: false };
  assert.match((await refused((pipe) => dialAs(pipe), strict)).message, /nothing proves/);
  assert.is((await refused((pipe) => dialAs(pipe, { hello: { job: 'other' } }))).reason, 'job');
});

const BINDING: ChannelBinding = {
  mutualTls: true,
  certificates: new Uint8Array(64).fill(1),
  exporter: new Uint8Array(32).fill(1),
};

/** Bob and alice, each with what it sees of TLS, and its invitation. */
const meet = async (b: ChannelBinding, a: ChannelBinding, invited: (Uint8Array | undefined)[] = []) => {
  const [near, far] = pipes();
  const answer = (async () => {
    const raw = await far.next();
    return answerHandshake(far, local('alice', { invitation: invited[1] }), raw, a, undefined, () => 0);
  })().catch((error) => {
    rejectPeer(far, error);
    throw error;
  });
  const ask = dialHandshake(near, local('bob', { invitation: invited[0] }), 'alice', b, undefined).catch(
    (error) => {
      rejectPeer(near, error);
      throw error;
    },
  );
  const both = await Promise.allSettled([ask, answer]);
  return both.map((r) => (r.status === 'fulfilled' ? 'met' : (r.reason as ConnectError).reason));
};

test('each binding alone finds who sits in between: certificates, keying material, invitation', async () => {
  const other = (n: number) => new Uint8Array(n).fill(2);
  assert.equal(await meet(BINDING, BINDING), ['met', 'met']);
  const bad = ['identity', 'identity'];
  assert.equal(await meet(BINDING, { ...BINDING, certificates: other(64) }), bad, 'certificates');
  assert.equal(await meet(BINDING, { ...BINDING, exporter: other(32) }), bad, 'exporter');
  const without = { ...BINDING, exporter: undefined };
  assert.equal(await meet(without, without), ['met', 'met']);
  assert.equal(await meet(without, { ...without, certificates: other(64) }), bad, 'certificates alone');
  // One end that cannot export leaves the certificates.
  assert.equal(await meet(BINDING, without), ['met', 'met']);
  assert.equal(
    await meet(BINDING, { ...without, certificates: other(64) }),
    bad,
    'certificates, one exporter',
  );
  const key = (n: number) => new Uint8Array(32).fill(n);
  assert.equal(await meet(NO_BINDING, NO_BINDING, [key(1), key(1)]), ['met', 'met']);
  assert.equal(await meet(NO_BINDING, NO_BINDING, [key(1), key(2)]), bad, 'invitation');
  assert.equal(await meet(NO_BINDING, NO_BINDING, [key(1), undefined]), bad, 'an invitation of one');
});

test('what both ends sign is what the description says, certificates and keying material in their places', async () => {
  const identity = createIdentity();
  const tls = { mutualTls: true, exporter: true };
  const { certificates, exporter } = BINDING;
  const met = (o: Parameters<typeof dialAs>[1]) =>
    answering((pipe) => dialAs(pipe, { identity, ...o }), {}, BINDING);
  const named = async (o: Parameters<typeof dialAs>[1]): Promise<string> =>
    (await met(o)).error?.message ?? 'none';
  // A right proof, and then silence in place of the configuration.
  assert.match(await named({ hello: tls, certificates, exporter: exporter! }), /silent/);
  assert.match(await named({ hello: tls, certificates }), /could not prove/);
  assert.match(await named({ hello: tls, exporter: exporter! }), /could not prove/);
  assert.match(await named({ hello: tls }), /could not prove/);
  assert.match(await named({ hello: { ...tls, exporter: false }, certificates }), /silent/);
});

test('messages are sealed unless both ends have verified certificates', async () => {
  for (const [b, a, sealed] of [
    [BINDING, BINDING, false],
    [BINDING, NO_BINDING, true],
    [NO_BINDING, BINDING, true],
    [NO_BINDING, NO_BINDING, true],
  ] as const) {
    const [near, far] = pipes();
    const [dialled, answered] = await Promise.all([
      dialHandshake(near, local('bob'), 'alice', b, undefined),
      (async () => answerHandshake(far, local('alice'), await far.next(), a, undefined, () => 3))(),
    ]);
    assert.equal(
      [dialled, answered].map(({ seal }) => seal !== undefined),
      [sealed, sealed],
    );
    assert.is(dialled.received, 3);
  }
});

test('configuration and build are compared at both ends, after the proofs', async () => {
  const build = { version: '1.0.0', hash: 'abc' };
  const config = digestConfig({ a: 1 }, 'job');
  const tls = { mutualTls: true, exporter: true };
  const sides = { certificates: BINDING.certificates, exporter: BINDING.exporter! };
  const wrong: [string, object, string][] = [
    ['no build', { config }, 'protocol'],
    ['another build', { config, build: { version: '1.0.0', hash: 'abd' } }, 'build'],
    ['another version', { config, build: { version: '1.0.1', hash: 'abc' } }, 'build'],
    ['no configuration', { build }, 'protocol'],
    ['a configuration of numbers', { build, config: { a: 5 } }, 'protocol'],
    ['another configuration', { build, config: digestConfig({ a: 2 }, 'job') }, 'config'],
    ['one more entry', { build, config: digestConfig({ a: 1, b: 1 }, 'job') }, 'config'],
    ['one entry less', { build, config: digestConfig({}, 'job') }, 'config'],
  ];
  const right = await answering(
    (pipe) =>
      dialAs(pipe, { hello: tls, ...sides, next: controlCodec.encode(['config', { build, config }]) }),
    {},
    BINDING,
  );
  assert.is(right.admitted, 1, right.error?.message);
  const dial = async (said: object): Promise<string> => {
    const [near, far] = pipes();
    answerAs(far, { hello: tls, ...sides, next: controlCodec.encode(['accept', said]) }).catch(() => {});
    return dialHandshake(near, local('bob'), 'alice', BINDING, undefined).then(
      () => 'met',
      (error: ConnectError) => error.reason,
    );
  };
  assert.is(await dial({ build, config, received: 0 }), 'met');
  for (const received of [undefined, '1', 0.5, Number.NaN])
    assert.is(await dial({ build, config, received }), 'protocol');
  for (const [what, said, reason] of wrong) {
    const next = controlCodec.encode(['config', said]);
    const error = await refused((pipe) => dialAs(pipe, { hello: tls, ...sides, next }), {}, BINDING);
    assert.is(error.reason, reason, what);
    assert.is(await dial({ received: 0, ...said }), reason, what);
  }
});

test('a hello is refused for each field that is not as it should be', () => {
  const identity = createIdentity();
  const read = (more: Record<string, unknown>) => readHello(helloBytes(identity, more));
  assert.is(read({}).from, 'bob');
  assert.is(read({ job: 'x'.repeat(256), from: 'y'.repeat(256) }).job.length, 256);
  const long = 'x'.repeat(257);
  const bytes = (n: number) => new Uint8Array(n);
  const wrong: Record<string, readonly unknown[]> = {
    protocol: ['other', 1],
    version: ['2', 1, 3, undefined],
    job: ['', long, 5, undefined],
    from: ['', long, null],
    to: ['', long, bytes(3)],
    instance: [bytes(15), bytes(17), 'x'.repeat(16), undefined],
    identity: [bytes(31), bytes(33), undefined],
    ephemeral: [bytes(31), bytes(33), bytes(0), undefined],
    mutualTls: [1, 'true', undefined],
    exporter: [0, undefined],
    window: [-1, 0.5, Number.NaN, '1', undefined],
    maxFrameBytes: [-1, 2 ** 60, undefined],
    resume: [
      null,
      5,
      { instance: bytes(15), received: 1 },
      { instance: bytes(16), received: -1 },
      { instance: bytes(16) },
    ],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      let code = 'read';
      try {
        read({ [field]: value });
      } catch (error) {
        code = (error as ConnectError).reason ?? String(error);
      }
      assert.ok(['protocol', 'version'].includes(code), `${field} = ${String(value)}: ${code}`);
    }
  }
});

test.run();
