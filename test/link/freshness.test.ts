/** Keys, nonces and names are fresh: in each handshake, in each connection, in each direction, in each room. */
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import type { SocketEvents } from '../../src/link/connection.ts';
import { answerHandshake, dialHandshake, type Local, NO_BINDING } from '../../src/link/handshake.ts';
import { createIdentity } from '../../src/link/identity.ts';
import { createRoom, parseRoomKey } from '../../src/link/room.ts';
import { roomSocket } from '../../src/link/room-socket.ts';
import { deriveKeys, Opener, Sealer } from '../../src/link/sealed.ts';
import { connect } from '../../src/link/websocket.ts';
import { independent } from '../fresh.ts';
import { partyOptions, rejection, suite } from './helpers.ts';
import { dialAs, helloBytes, local, pipes, readAs } from './hostile.ts';

const test = suite('link/freshness');

/** The ephemeral keys of a dialer and of who answers it. */
const ephemerals = async (me: Local): Promise<Uint8Array[]> => {
  const [near, far] = pipes();
  dialHandshake(near, me, 'alice', NO_BINDING, undefined).catch(() => {});
  const [, hello] = readAs(await far.next());
  const [dialer, listener] = pipes();
  const answered = (async () =>
    answerHandshake(listener, me, await listener.next(), NO_BINDING, undefined, () => 0))();
  answered.catch(() => {});
  const { hello: theirs } = await dialAs(dialer, { hello: { to: 'bob', from: 'carol' } });
  return [hello.ephemeral as Uint8Array, theirs.ephemeral as Uint8Array];
};

test('ephemeral keys are fresh in each handshake, at both ends', async () => {
  const seen = new Set<string>();
  const me = local('bob');
  for (let i = 0; i < 3; i++)
    for (const key of await ephemerals(me)) seen.add(Buffer.from(key).toString('hex'));
  assert.is(seen.size, 6);
});

test('two sessions of a party differ: instances, and ephemeral keys on the wire', async () => {
  const heard: Record<string, unknown>[] = [];
  for (let i = 0; i < 2; i++) {
    const options = await partyOptions(['alice', 'bob'], () => ({ allowInsecure: true }));
    const link = await connect(options.alice!);
    const ws = new WebSocket(`ws://${options.alice!.parties.alice!.address}`);
    ws.on('error', () => {});
    await new Promise((resolve) => ws.once('open', resolve));
    ws.send(helloBytes(createIdentity(), { job: 'test' }));
    const message = await new Promise<Buffer>((resolve) => ws.once('message', resolve));
    const [kind, hello] = readAs(new Uint8Array(message));
    assert.is(kind, 'hello', JSON.stringify(hello));
    heard.push(hello);
    ws.terminate();
    await link.close();
  }
  for (const field of ['instance', 'ephemeral'] as const) {
    independent(
      heard.map((hello) => Uint8Array.from(hello[field] as Uint8Array)),
      field,
    );
  }
});

test('equal messages are sealed differently, in one direction, in both, and in two connections', async () => {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const texts = new Set<string>();
  let count = 0;
  for (const size of [100, 20_000]) {
    const message = new Uint8Array(size);
    for (const hash of [1, 2]) {
      for (const dialer of [true, false]) {
        const sealer = new Sealer((await deriveKeys(secret, new Uint8Array(64).fill(hash), dialer)).send);
        for (let i = 0; i < 3; i++) {
          texts.add(Buffer.from(await sealer.seal(message)).toString('base64'));
          count += 1;
        }
      }
    }
    const [one, two] = await Promise.all(
      [1, 2].map((n) => deriveKeys(new Uint8Array(32).fill(n), new Uint8Array(64), true)),
    );
    assert.not.equal(await new Sealer(one!.send).seal(message), await new Sealer(two!.send).seal(message));
  }
  assert.is(texts.size, count);
  // Neither do the ciphers share a key.
  const { send } = await deriveKeys(secret, new Uint8Array(64), true);
  const boxed = await crypto.subtle.importKey('raw', Uint8Array.from(send.box), 'AES-GCM', false, [
    'encrypt',
  ]);
  const [one, two] = await Promise.all(
    [send.aes, boxed].map((key) =>
      crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, new Uint8Array(16)),
    ),
  );
  assert.not.equal(new Uint8Array(one!), new Uint8Array(two!));
});

test('messages of either cipher that are swapped do not open', async () => {
  const keys = await deriveKeys(new Uint8Array(32).fill(1), new Uint8Array(64), true);
  const back = await deriveKeys(new Uint8Array(32).fill(1), new Uint8Array(64), false);
  for (const size of [100, 20_000]) {
    const sealer = new Sealer(keys.send);
    const [first, second] = [
      await sealer.seal(new Uint8Array(size)),
      await sealer.seal(new Uint8Array(size).fill(1)),
    ];
    const opener = new Opener(back.receive);
    await rejection((async () => opener.open(second))());
    await rejection((async () => opener.open(first))());
  }
});

test('rooms: fresh keys and names, fresh nonces, and nothing that another key has sealed', () => {
  const rooms = [1, 2].map(() => createRoom({ parties: ['alice', 'bob'] }));
  independent(
    rooms.map((room) => parseRoomKey(room.key)),
    'keys of rooms',
  );
  assert.is(new Set(rooms.map(({ name }) => name)).size, 2);
  const end = (key: Uint8Array) => {
    const sent: Uint8Array[] = [];
    const heard: Uint8Array[] = [];
    const closed: string[] = [];
    let events: SocketEvents | undefined;
    const socket = roomSocket(
      {
        listen: (e) => {
          events = e;
        },
        arrived: 0,
        send: (m) => sent.push(m),
        close: () => {},
        terminate: () => {},
      },
      key,
    );
    socket.listen({ message: (m) => heard.push(m), close: (why) => closed.push(why) });
    return { socket, sent, heard, closed, come: (m: Uint8Array) => events!.message(m, true) };
  };
  const [key, other] = rooms.map((room) => parseRoomKey(room.key)) as [Uint8Array, Uint8Array];
  const [a, b, stranger] = [end(key), end(key), end(other)];
  const message = Uint8Array.of(0x82, 1, 2, 3);
  for (let i = 0; i < 2; i++) a.socket.send(message, () => {});
  const [one, two] = a.sent as [Uint8Array, Uint8Array];
  independent([one.subarray(1, 25), two.subarray(1, 25)], 'nonces of rooms');
  assert.not.equal(one.subarray(25), two.subarray(25));
  b.come(one);
  assert.equal(b.heard, [message]);
  stranger.come(one);
  for (const bent of [0, 1, 30].map((at) => one.map((v, i) => (i === at ? v ^ 0x80 : v)))) b.come(bent);
  b.come(message);
  assert.is(b.heard.length, 1);
  assert.is(b.closed.length, 4);
  assert.equal([stranger.heard.length, stranger.closed.length], [0, 1]);
});

test.run();
