/** @file A session with time in its hands: silence, connections that bring nothing, and what is sent again. */
import * as assert from 'uvu/assert';
import { clock } from '../../src/link/clock.ts';
import { controlCodec } from '../../src/link/codec.ts';
import { Connection, type SocketEvents } from '../../src/link/connection.ts';
import { ChannelTable } from '../../src/link/mailbox.ts';
import * as wire from '../../src/link/packets.ts';
import { PeerSession } from '../../src/link/peer-session.ts';
import { deriveKeys, Opener, Sealer } from '../../src/link/sealed.ts';
import type { PacketPipe } from '../../src/link/session-events.ts';
import { rejection, sleep, suite } from './helpers.ts';

const test = suite('link/sessions');

const session = (peerTimeoutMs = 1000) => {
  const time = { ahead: 0 };
  const shifted = { ...clock, elapsed: () => clock.elapsed() + time.ahead };
  const failures: string[] = [];
  const table = new ChannelTable({ self: 'alice', carry: () => {} });
  const s = new PeerSession(
    'bob',
    table,
    { window: 1 << 20, maxFrameBytes: 1 << 16, maxHeldBytes: 8 << 20, heartbeatMs: 50, peerTimeoutMs },
    { up: () => {}, down: () => {}, lost: (_, why) => failures.push(why), aborted: () => {}, bye: () => {} },
    shifted,
  );
  return { s, failures, time };
};

const pipe = (): PacketPipe & { sent: Uint8Array[] } => {
  const sent: Uint8Array[] = [];
  return {
    sent,
    send: (head, body) => sent.push(head.slice(), ...(body ? [body] : [])),
    buffered: 0,
    arrived: 0,
    close: () => {},
    terminate: () => {},
  };
};

const instance = new Uint8Array(16);
const status = (ack: number, ...records: wire.Rec[]): Uint8Array =>
  wire.writePacket({ kind: wire.STATUS, seq: 0, ack, records }, false);

/** Tags of frames in what was sent. */
const framesIn = (sent: readonly Uint8Array[]): number[] =>
  sent
    .map((head) => wire.readPacket(head))
    .filter(({ kind }) => kind === wire.DATA)
    .flatMap(({ records }) => records.filter(({ type }) => type === wire.FRAME).map(({ tag }) => tag));

test('a frame over the limit is not sent', async () => {
  const { s } = session();
  s.attach(pipe(), instance, 1 << 20, 0);
  await s.send('0/x', 0, new Uint8Array(1 << 16));
  const error = await rejection((async () => s.send('0/x', 1, new Uint8Array((1 << 16) + 1)))());
  assert.match(error.message, /maxFrameBytes/);
});

test('without a connection, and with connections that bring nothing, a peer is given up in its time', async () => {
  const { s, failures, time } = session(120);
  const first = pipe();
  s.attach(first, instance, 1 << 20, 0);
  s.detach('cut', first);
  time.ahead = 60;
  s.beat();
  assert.equal(failures, []);
  time.ahead = 500;
  s.beat();
  assert.match(failures[0] ?? '', /no connection/);

  const again = session(100);
  for (let i = 0; i < 6 && again.failures.length === 0; i++) {
    const p = pipe();
    again.s.attach(p, instance, 1 << 20, 0);
    await sleep(40);
    again.s.detach('cut', p);
  }
  assert.match(again.failures[0] ?? '', /every connection ended before anything had come/);
});

const computing = (ack = 0): Uint8Array =>
  wire.writePacket({ kind: wire.STATUS, seq: 0, ack, computes: true, records: [] }, false);

test('who has said that its process ends is not waited for when this party closes', async () => {
  const said = (about?: string) => ({
    party: 'bob',
    code: 'PEER_LOST',
    ...(about !== undefined && { about }),
  });
  for (const [reason, waits] of [
    [said(), false],
    [said('carol'), true],
    [{ party: 'bob', code: 'PARTY_FAILED' }, true],
  ] as const) {
    const { s, time } = session();
    const p = pipe();
    s.attach(p, instance, 1 << 20, 0);
    void s.send('channel', 0, new Uint8Array(8));
    const abort = {
      type: wire.ABORT,
      channel: 0,
      tag: 0,
      total: 0,
      offset: 0,
      bytes: controlCodec.encode(reason),
    };
    s.receive(p, wire.writePacket({ kind: wire.DATA, seq: 1, ack: 0, records: [abort] }, false), undefined);
    s.detach('its process ended');
    let left: number | undefined;
    const finished = s.finish(60_000, 60_000).then((bytes) => {
      left = bytes;
    });
    if (waits) {
      for (let turn = 0; turn < 3; turn++) await sleep(60);
      assert.is(left, undefined, JSON.stringify(reason));
      time.ahead = 61_000;
    }
    await finished;
    assert.ok(left! > 0, 'and it is said that it has not got all');
  }
});

test('who has said that it computes may be silent as long as its connection stands, and no longer than usual without one', () => {
  const { s, failures, time } = session(1000);
  const p = pipe();
  s.attach(p, instance, 1 << 20, 0);
  s.receive(p, computing(), undefined);
  for (const ahead of [900, 5_000, 60_000, 600_000]) {
    time.ahead = ahead;
    const before = p.sent.length;
    s.beat();
    assert.is(s.connected, true, `${ahead} ms`);
    assert.is(p.sent.length, before, 'nothing is sent that its machine would have to acknowledge');
  }
  s.detach('reset', p);
  time.ahead += 900;
  s.beat();
  assert.equal(failures, []);
  time.ahead += 200;
  s.beat();
  assert.match(failures[0] ?? '', /no connection for 1 s/);
});

test('who has said that it computes, and then that it does not, is as any other', () => {
  const { s, time } = session(1000);
  const p = pipe();
  s.attach(p, instance, 1 << 20, 0);
  s.receive(p, computing(), undefined);
  s.receive(p, status(0), undefined);
  time.ahead = 900;
  s.beat();
  assert.is(s.connected, false);
});

test('a silence of this process is not the peer’s, and nobody is seen in the future', () => {
  const { s, failures } = session(100);
  const p = pipe();
  s.attach(p, instance, 1 << 20, 0);
  s.detach('cut', p);
  const seen = s.lastSeen!;
  s.excuse(60_000);
  assert.ok(s.lastSeen! >= seen && s.lastSeen! <= Date.now());
  s.excuse(-50);
  const late = s.lastSeen!;
  s.excuse(20);
  assert.is(s.lastSeen, late + 20);
  assert.equal(failures, []);
});

test('what the peer has not got is sent again over the next connection, and nothing else', async () => {
  const { s, failures } = session();
  const first = pipe();
  s.attach(first, instance, 1 << 20, 0);
  for (let tag = 0; tag < 3; tag++) {
    s.send('0/x', tag, Uint8Array.of(tag));
    s.pump();
  }
  assert.equal(framesIn(first.sent), [0, 1, 2]);
  s.receive(first, status(1), undefined);
  const second = pipe();
  s.attach(second, instance, 1 << 20, 2);
  s.pump();
  assert.equal(framesIn(second.sent), [2]);
  // It says that it has less than it had acknowledged.
  let message = '';
  try {
    s.attach(pipe(), instance, 1 << 20, 1);
  } catch (e) {
    message = (e as Error).message;
  }
  assert.match(message, /lost packets that it had acknowledged/);
  assert.equal(failures, []);
});

test('no more is sent than the peer gives credit for, and who sends much waits', async () => {
  const { s } = session();
  const p = pipe();
  s.attach(p, instance, 1000, 0);
  for (let tag = 0; tag < 5; tag++) s.send('0/x', tag, new Uint8Array(600));
  s.pump();
  assert.equal(framesIn(p.sent), [0, 1]);
  s.receive(p, status(0, wire.record(wire.CREDIT, 1, 2000)), undefined);
  s.pump();
  assert.equal(framesIn(p.sent), [0, 1, 2, 3]);
  let waits: unknown;
  for (let tag = 5; tag < 80; tag++) waits = s.send('0/x', tag, new Uint8Array(1 << 16));
  assert.ok(waits instanceof Promise);
});

test('after the handshake a connection seals what it sends, and hears nothing open', async () => {
  const keys = await Promise.all(
    [true, false].map((dialer) => deriveKeys(new Uint8Array(32), new Uint8Array(64), dialer)),
  );
  const [mine, theirs] = keys.map((k) => ({ sealer: new Sealer(k.send), opener: new Opener(k.receive) }));
  const sent: Uint8Array[] = [];
  const heard: Uint8Array[] = [];
  let events: SocketEvents | undefined;
  const c = new Connection({
    listen: (e) => {
      events = e;
    },
    arrived: 0,
    send: (m) => sent.push(m),
    close: () => {},
    terminate: () => {},
  });
  c.secure(mine);
  let closed = '';
  c.start({
    packet: (head) => heard.push(head),
    drain: () => {},
    closed: (why) => {
      closed = why;
    },
  });
  const packet = status(0);
  c.send(packet);
  assert.not.equal(sent[0], packet);
  assert.equal(await theirs!.opener.open(sent[0]!), packet);
  events!.message(await theirs!.sealer.seal(packet), true);
  assert.equal(heard, [packet]);
  events!.message(packet, true);
  assert.is(heard.length, 1);
  assert.match(closed, /did not open/);
});

test('who says nothing in a handshake is given up', async () => {
  const c = new Connection(
    { listen: () => {}, arrived: 0, send: () => {}, close: () => {}, terminate: () => {} },
    30,
  );
  const error = await Promise.race([rejection(c.next()), sleep(2000).then(() => undefined)]);
  assert.match(error?.message ?? 'waits', /silent/);
});

test('frames of a channel: of its peers, in their order, once, to one who waits', async () => {
  const sent: number[] = [];
  const table = new ChannelTable({ self: 'alice', carry: (_to, _key, tag) => void sent.push(tag) });
  const parties = ['alice', 'bob', 'carol'];
  const channel = table.open('x', ['bob'], parties);
  const deliver = (from: string, tag: number): boolean => table.deliver(from, '0/x', tag, Uint8Array.of(tag));
  assert.not.ok(deliver('carol', 0), 'no peer of this channel');
  assert.ok(deliver('bob', 5));
  assert.equal(await channel.recv('bob', 5), Uint8Array.of(5));
  assert.match((await rejection(channel.recv('bob', 5))).message, /taken already or never sent/);
  assert.match((await rejection(channel.recv('bob', 4))).message, /taken already or never sent/);
  const waits = channel.recv('bob', 6);
  assert.match((await rejection(channel.recv('bob', 6))).message, /two calls wait/);
  deliver('bob', 6);
  assert.equal(await waits, Uint8Array.of(6));
  deliver('bob', 8);
  assert.match((await rejection(channel.recv('bob', 8))).message, /where 7 was due/);
  assert.match((await rejection(channel.recv('carol', 0))).message, /no peer/);
  channel.send('bob', 3, new Uint8Array());
  for (const tag of [3, 5])
    assert.match(
      (await rejection((async () => channel.send('bob', tag, new Uint8Array()))())).message,
      /where 4 is next/,
    );
  assert.equal(sent, [3]);
  channel.close();
  assert.not.ok(deliver('bob', 7), 'a closed channel');
});

test.run();
