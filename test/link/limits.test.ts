/** @file Each limit and rule of a session by itself: channels, names, bytes, chunks, connections that were replaced. */
import * as assert from 'uvu/assert';
import { Connection, type SocketEvents } from '../../src/link/connection.ts';
import { ChannelTable } from '../../src/link/mailbox.ts';
import * as wire from '../../src/link/packets.ts';
import { PeerSession } from '../../src/link/peer-session.ts';
import type { PacketPipe } from '../../src/link/session-events.ts';
import { suite } from './helpers.ts';

const test = suite('link/limits');

const session = (more: Partial<ConstructorParameters<typeof PeerSession>[2]> = {}) => {
  const failures: string[] = [];
  const table = new ChannelTable({ self: 'alice', carry: () => {} });
  const s = new PeerSession(
    'bob',
    table,
    {
      window: 1 << 20,
      maxFrameBytes: 1 << 20,
      maxHeldBytes: 8 << 20,
      heartbeatMs: 100,
      peerTimeoutMs: 1000,
      ...more,
    },
    { up: () => {}, down: () => {}, lost: (_, why) => failures.push(why), aborted: () => {}, bye: () => {} },
  );
  return { s, table, failures };
};

const pipe = (): PacketPipe & { sent: Uint8Array[] } => {
  const sent: Uint8Array[] = [];
  return {
    sent,
    send: (head, body) => sent.push(head, ...(body ? [body] : [])),
    buffered: 0,
    arrived: 0,
    close: () => {},
    terminate: () => {},
  };
};

const data = (seq: number, ...records: wire.Rec[]) =>
  wire.writePacket({ kind: wire.DATA, seq, ack: 0, records }, false);
const open = (id: number, key: string | Uint8Array): wire.Rec =>
  wire.record(wire.OPEN, id, 0, typeof key === 'string' ? new TextEncoder().encode(key) : key);
const frame = (id: number, tag: number, bytes: Uint8Array): wire.Rec =>
  wire.record(wire.FRAME, id, tag, bytes);

test('packets that come late over a connection that was replaced are not heard', async () => {
  const { s, table, failures } = session();
  const channel = table.open('x', ['bob'], ['alice', 'bob']);
  const [first, second] = [pipe(), pipe()];
  s.attach(first, new Uint8Array(16), 1 << 20, 0);
  s.receive(first, data(1, open(1, '0/x'), frame(1, 0, Uint8Array.of(1))), undefined);
  s.attach(second, new Uint8Array(16), 1 << 20, 0);
  // Of the old connection: one that is due by its number, and one that would end the session.
  s.receive(first, data(2, frame(1, 1, Uint8Array.of(66))), undefined);
  s.receive(first, new Uint8Array(3), undefined);
  assert.is(s.received, 1);
  assert.equal(failures, []);
  s.receive(second, data(2, frame(1, 1, Uint8Array.of(2))), undefined);
  assert.equal([(await channel.recv('bob', 0))[0], (await channel.recv('bob', 1))[0]], [1, 2]);
  // The end of the old one is not that of the session's.
  s.detach('closed', first);
  assert.ok(s.connected);
  s.detach('closed', second);
  assert.not.ok(s.connected);
});

const opened = (...records: readonly wire.Rec[][]): string[] => {
  const { s, failures } = session();
  const p = pipe();
  s.attach(p, new Uint8Array(16), 1 << 20, 0);
  for (const [i, all] of records.entries()) s.receive(p, data(i + 1, ...all), undefined);
  return failures;
};

test('a peer may open so many channels and no more', () => {
  const many = (n: number): wire.Rec[] => Array.from({ length: n }, (_, i) => open(i + 1, `0/${i}`));
  assert.equal(opened(many(10_000)), []);
  const failures = opened(many(10_001));
  assert.is(failures.length, 1);
  assert.match(failures[0]!, /more than 10000 channels/);
});

test('names of channels: length, form, and one channel a name', () => {
  const long = (n: number): string => `0/${'x'.repeat(n - 2)}`;
  assert.equal(opened([open(1, long(512)), open(2, '7/a/b')]), []);
  assert.match(opened([open(1, long(513))])[0] ?? '', /too long/);
  for (const name of ['x', '/x', 'a/x', '-1/x', `${'1'.repeat(16)}/x`, ''])
    assert.match(opened([open(1, name)])[0] ?? '', /not valid/, name);
  assert.match(opened([open(1, '0/x'), open(2, '0/x')])[0] ?? '', /not valid/);
  assert.match(opened([open(2, '0/x')])[0] ?? '', /out of order/);
});

test('the bytes that wait for the program have a limit to the byte, and each channel its credit', () => {
  const held = (limit: number): string[] => {
    const { s, failures } = session({ maxHeldBytes: limit });
    const p = pipe();
    s.attach(p, new Uint8Array(16), 1 << 20, 0);
    s.receive(
      p,
      data(
        1,
        open(1, '0/x'),
        open(2, '0/y'),
        frame(1, 0, new Uint8Array(1000)),
        frame(2, 0, new Uint8Array(500)),
      ),
      undefined,
    );
    return failures;
  };
  const cost = wire.frameCost(1000) + wire.frameCost(500);
  assert.equal(held(cost), []);
  assert.match(held(cost - 1)[0] ?? '', /maxHeldBytes/);
  // Empty frames cost too.
  const empty = Array.from({ length: (1 << 20) / 64 + 1 }, (_, i) => frame(1, i, new Uint8Array()));
  assert.equal(opened([open(1, '0/x'), ...empty.slice(1)]), []);
  assert.match(opened([open(1, '0/x'), ...empty])[0] ?? '', /beyond its credit/);
});

test('frames in chunks: whole, in order, below the limit, and not cut into', () => {
  const chunk = (tag: number, size: number, total: number, offset: number): wire.Rec =>
    wire.record(wire.CHUNK, 1, tag, new Uint8Array(size), total, offset);
  const start = open(1, '0/x');
  assert.equal(
    opened([start, chunk(0, 10, 30, 0), chunk(0, 20, 30, 10), frame(1, 1, new Uint8Array(1))]),
    [],
  );
  const cases: [string, wire.Rec[]][] = [
    ['over the limit', [chunk(0, 10, (1 << 20) + 1, 0)]],
    ['not the next', [chunk(0, 10, 30, 0), chunk(0, 10, 30, 0)]],
    ['not the next', [chunk(0, 10, 30, 0), chunk(0, 10, 30, 15)]],
    ['not the next', [chunk(0, 10, 30, 0), chunk(1, 10, 30, 10)]],
    ['not the next', [chunk(0, 10, 30, 0), chunk(0, 10, 40, 10)]],
    ['not the next', [chunk(0, 10, 30, 0), chunk(0, 25, 30, 10)]],
    ['not the next', [chunk(0, 0, 30, 0)]],
    ['cuts into another', [chunk(0, 10, 30, 0), frame(1, 1, new Uint8Array(1))]],
    ['closed within a frame', [chunk(0, 10, 30, 0), wire.record(wire.CLOSE, 1)]],
  ];
  for (const [why, records] of cases)
    assert.match(opened([start, ...records])[0] ?? 'none', new RegExp(why), why);
});

test('what a peer says of packets that were never sent, or that it had and lost, ends the session', () => {
  const { s, failures } = session();
  const p = pipe();
  s.attach(p, new Uint8Array(16), 1 << 20, 0);
  s.receive(p, wire.writePacket({ kind: wire.STATUS, seq: 0, ack: 1, records: [] }, false), undefined);
  assert.match(failures[0] ?? '', /never sent/);
});

test('a handshake has room for so many messages and bytes, and takes no text', async () => {
  const connection = () => {
    let events: SocketEvents | undefined;
    let ended = false;
    const c = new Connection({
      listen: (e) => {
        events = e;
      },
      arrived: 0,
      send: () => {},
      close: () => {},
      terminate: () => {
        ended = true;
      },
    });
    return { c, message: (m: Uint8Array, binary = true) => events!.message(m, binary), ended: () => ended };
  };
  const few = connection();
  for (let i = 0; i < 64; i++) few.message(new Uint8Array(1));
  assert.not.ok(few.ended());
  few.message(new Uint8Array(1));
  assert.ok(few.ended(), 'the 65th');
  const large = connection();
  large.message(new Uint8Array(2 << 20));
  assert.not.ok(large.ended());
  large.message(new Uint8Array(1));
  assert.ok(large.ended(), 'beyond 2 MiB');
  const text = connection();
  text.message(new Uint8Array(1), false);
  assert.ok(text.ended(), 'text');
});

test('packets and records of any other form are refused, each for its reason', () => {
  const read = (head: Uint8Array, body?: Uint8Array): string => {
    try {
      wire.readPacket(head, body);
      return 'read';
    } catch (e) {
      return (e as Error).message;
    }
  };
  const packet = (rec: wire.Rec, kind = wire.DATA, seq = 1, ack = 0, body = false): Uint8Array =>
    wire.writePacket({ kind, seq, ack, records: [rec] }, body);
  const good = frame(1, 0, new Uint8Array(4));
  assert.is(read(packet(good)), 'read');
  for (const tag of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])
    assert.match(read(packet(frame(1, tag, new Uint8Array(4)))), /no valid tag/);
  for (const number of [-1, 0.5, Number.NaN, 2 ** 53]) {
    assert.match(read(packet(good, wire.DATA, number)), /no valid number/);
    assert.match(read(packet(good, wire.DATA, 1, number)), /no valid number/);
  }
  for (const kind of [0, 3, 255]) assert.match(read(packet(good, kind)), /unknown kind/);
  for (const type of [0, 8, 255]) assert.match(read(packet(wire.record(type, 1))), /type/);
  assert.match(read(packet(wire.record(wire.CREDIT, 1, 5))), /type/);
  assert.match(read(packet(good, wire.STATUS)), /type/);
  const split = packet(good, wire.DATA, 1, 0, true);
  assert.is(read(split, new Uint8Array(4)), 'read');
  for (const size of [0, 3, 5]) assert.match(read(split, new Uint8Array(size)), /not as long as announced/);
  assert.match(read(packet(good).subarray(0, -1)), /truncated/);
  assert.match(read(packet(good).subarray(0, 30)), /truncated/);
  assert.match(read(packet(good), new Uint8Array(4)), /belongs to no record|not as long/);
});

test.run();
