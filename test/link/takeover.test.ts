/** @file Who may take a session over: the process that is in it, with a connection that goes on from the last one, and no other. */
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { BUILD } from '../../src/build.ts';
import { digestConfig } from '../../src/link/config.ts';
import { environment } from '../../src/link/environment.ts';
import { ConnectError } from '../../src/link/failures.ts';
import { dialHandshake, type Established, type Local, NO_BINDING } from '../../src/link/handshake.ts';
import type { MessagePipe } from '../../src/link/handshake-messages.ts';
import { createIdentity } from '../../src/link/identity.ts';
import { connect } from '../../src/link/websocket.ts';
import { closeAll, partyOptions, suite, tlsFor } from './helpers.ts';

const test = suite('link/takeover');
const identity = createIdentity();

/** Messages of a WebSocket. */
const pipeTo = async (address: string): Promise<{ pipe: MessagePipe; end: () => void }> => {
  const ws = new WebSocket(`ws://${address}`);
  const queue: Uint8Array[] = [];
  const readers: ((m: Uint8Array) => void)[] = [];
  ws.on('error', () => {});
  ws.on('message', (data: Buffer) => {
    const message = new Uint8Array(data);
    const reader = readers.shift();
    if (reader) reader(message);
    else queue.push(message);
  });
  await new Promise((resolve) => ws.once('open', resolve));
  const next = (): Promise<Uint8Array> => {
    const here = queue.shift();
    return here ? Promise.resolve(here) : new Promise((resolve) => readers.push(resolve));
  };
  return { pipe: { send: (m) => ws.send(m), next }, end: () => ws.terminate() };
};

const bytes = (n: number): Uint8Array => new Uint8Array(16).fill(n);

const world = async () => {
  const options = (await partyOptions(['alice', 'bob'], () => ({ allowInsecure: true }))).alice!;
  const link = await connect(options);
  const ends: (() => void)[] = [];
  const dial = async (
    instance: Uint8Array,
    resume?: { instance: Uint8Array; received: number },
    more: Partial<Local> = {},
  ): Promise<Established | string> => {
    const { pipe, end } = await pipeTo(options.parties.alice!.address!);
    ends.push(end);
    const local: Local = {
      self: 'bob',
      job: options.job,
      identity,
      instance,
      build: BUILD,
      config: digestConfig({}, options.job),
      window: 1 << 20,
      maxFrameBytes: 1 << 20,
      expects: () => undefined,
      allowUnauthenticated: true,
      ...more,
    };
    return dialHandshake(pipe, local, 'alice', NO_BINDING, resume).catch((e: ConnectError) => e.reason);
  };
  return {
    dial,
    close: async () => {
      for (const end of ends) end();
      await link.close();
    },
  };
};

test('strangers, and the party itself, are no peers', async () => {
  const { dial, close } = await world();
  for (const self of ['eve', 'alice']) assert.is(await dial(bytes(1), undefined, { self }), 'party');
  await close();
});

test('a session that this process never had does not go on', async () => {
  const { dial, close } = await world();
  assert.is(await dial(bytes(1), { instance: bytes(9), received: 0 }), 'restarted');
  await close();
});

test('the same process goes on in its session; another with its identity does not', async () => {
  const { dial, close } = await world();
  const first = await dial(bytes(1));
  assert.is(typeof first, 'object', String(first));
  const alice = (first as Established).peer.instance;
  assert.is(await dial(bytes(2)), 'not-ready', 'another process');
  assert.is(
    await dial(bytes(2), { instance: alice, received: 0 }),
    'not-ready',
    'another that knows the session',
  );
  const unheard = await dial(bytes(1));
  assert.is(typeof unheard, 'object', 'the same, which did not hear that it was let in');
  assert.is(
    await dial(bytes(1), { instance: bytes(9), received: 0 }),
    'not-ready',
    'with another session of alice',
  );
  const again = await dial(bytes(1), { instance: alice, received: 0 });
  assert.is(typeof again, 'object', String(again));
  await close();
});

for (const tls of [true, false])
  test(`a dialler that gives up a connection which is established here ends no session (${tls ? 'TLS' : 'sealed'})`, async () => {
    const certificates = tls ? await tlsFor(['alice', 'bob']) : () => ({});
    const options = await partyOptions(['alice', 'bob'], certificates);
    let attempts = 0;
    const impatient: typeof environment.sockets.dial = async (...wanted) => {
      const dialled = await environment.sockets.dial(...wanted);
      if (++attempts > 1) return dialled;
      // Hello and proof come in time, the acceptance does not.
      let read = 0;
      const next = dialled.connection.next.bind(dialled.connection);
      dialled.connection.next = async (ms?: number) => {
        const message = await next(ms);
        if (++read > 2) throw new ConnectError('timeout', 'the peer was silent for 1 s in the handshake');
        return message;
      };
      return dialled;
    };
    const alice = await connect(options.alice!);
    const states: string[] = [];
    alice.on('peer', ({ state, error }) => states.push(`${state} ${error?.message ?? ''}`));
    const bob = await connect(options.bob!, {
      ...environment,
      sockets: { ...environment.sockets, dial: impatient },
    });
    await Promise.all([alice.ready(), bob.ready()]);
    void bob.channel('x', ['alice']).send('alice', 0, Uint8Array.of(7));
    assert.equal(await alice.channel('x', ['bob']).recv('bob', 0), Uint8Array.of(7));
    assert.is(attempts, 2);
    assert.not.ok(
      states.some((state) => state.startsWith('lost')),
      states.join('; '),
    );
    if (tls) assert.match(states.join('; '), /down .*turned this party away: the peer was silent/);
    await closeAll({ alice, bob });
  });

test.run();
