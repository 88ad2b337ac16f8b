/** @file The link's protocol against hostile peers and networks. */
import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { TesseraError } from '../../src/errors.ts';
import { differingPaths, digestConfig } from '../../src/link/config.ts';
import type { ConnectError } from '../../src/link/failures.ts';
import {
  answerHandshake,
  type ChannelBinding,
  dialHandshake,
  type Local,
  NO_BINDING,
} from '../../src/link/handshake.ts';
import { readHello, rejectPeer } from '../../src/link/handshake-messages.ts';
import { createIdentity } from '../../src/link/identity.ts';
import { ChannelTable } from '../../src/link/mailbox.ts';
import * as wire from '../../src/link/packets.ts';
import { PeerSession } from '../../src/link/peer-session.ts';
import type { PacketPipe } from '../../src/link/session-events.ts';
import { scaled } from '../long.ts';
import { rejection, sleep, suite } from './helpers.ts';
import { local, pipes } from './hostile.ts';

const test = suite('link/protocol');
/** An end that is silent is given up soon. */
const SILENT_MS = 300;

const shake = async (
  options: {
    d?: Partial<Local>;
    l?: Partial<Local>;
    db?: ChannelBinding;
    lb?: ChannelBinding;
    tamper?: Parameters<typeof pipes>[0];
  } = {},
) => {
  const [near, far] = pipes(options.tamper, SILENT_MS);
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

const byHash = (a: { hash: string }, b: { hash: string }): number => (a.hash < b.hash ? -1 : 1);

test('what is wrong is said to both: build, job, name, configuration', async () => {
  const reason = (r: PromiseSettledResult<unknown>) =>
    r.status === 'rejected' ? (r.reason as ConnectError).reason : 'none';
  const config = await shake({ d: { config: digestConfig({ a: 2, b: 1 }, 'job') } });
  assert.is(reason(config.d), 'config');
  assert.is(reason(config.l), 'config');
  const error = config.d.status === 'rejected' ? (config.d.reason as ConnectError) : undefined;
  assert.equal(error?.info.paths, ['a', 'b']);
  const builds = { d: { version: '1.0.0', hash: 'abc' }, l: { version: '1.0.0', hash: 'abd' } };
  const build = await shake({ d: { build: builds.d }, l: { build: builds.l } });
  for (const end of [build.d, build.l]) {
    assert.is(reason(end), 'build');
    const { code, message, info } = (end as PromiseRejectedResult).reason as ConnectError;
    assert.is(code, 'BUILD');
    assert.match(message, /Tessera 1\.0\.0 \(build abc\)/);
    assert.match(message, /Tessera 1\.0\.0 \(build abd\)/);
    assert.equal(Object.values(info.builds as object).sort(byHash), [builds.d, builds.l]);
  }
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
    {
      window: 1 << 20,
      maxFrameBytes: 4 << 20,
      maxHeldBytes: 8 << 20,
      heartbeatMs: 1000,
      peerTimeoutMs: 1000,
    },
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
    arrived: 0,
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

test('what lies here for the program has a limit over all channels, and what was taken makes room', async () => {
  const { s, pipe, table, failures } = session();
  const MB = 1 << 20;
  const opened = (id: number): wire.Rec =>
    wire.record(wire.OPEN, id, 0, new TextEncoder().encode(`0/c${id}`));
  const frame = (id: number, tag: number): wire.Rec =>
    wire.record(wire.FRAME, id, tag, new Uint8Array(MB - 64));
  let seq = 0;
  const send = (...records: wire.Rec[]): void => s.receive(pipe, data(++seq, ...records), undefined);
  for (let id = 1; id <= 7; id++) send(opened(id), frame(id, 0));
  assert.equal(failures, []);
  // What is taken on an open channel, on one that its sender has closed, and what nobody will take, makes room.
  const taken = [1, 2].map((id) => table.open(`c${id}`, ['bob'], ['alice', 'bob']));
  send(wire.record(wire.CLOSE, 2));
  for (const [i, channel] of taken.entries()) {
    await channel.recv('bob', 0);
    s.taken(`0/c${i + 1}`, MB - 64);
  }
  s.channelClosed('0/c3');
  for (let id = 8; id <= 10; id++) send(opened(id), frame(id, 0));
  assert.equal(failures, []);
  // Of a frame that has begun all counts that is to come.
  send(opened(11), wire.record(wire.CHUNK, 11, 0, new Uint8Array(16), 2 * MB, 0));
  assert.is(failures.length, 1);
  assert.match(failures[0]!, /maxHeldBytes/);
});

test('a channel for every megabyte, each within its credit: the peer is lost, not the memory', () => {
  const { s, pipe, failures } = session();
  let id = 0;
  while (failures.length === 0 && id < 100) {
    id += 1;
    const key = new TextEncoder().encode(`0/c${id}`);
    const records = [
      wire.record(wire.OPEN, id, 0, key),
      wire.record(wire.FRAME, id, 0, new Uint8Array(900_000)),
    ];
    // Half of them are closed at once: their frames wait for the program all the same.
    if (id % 2 === 0) records.push(wire.record(wire.CLOSE, id));
    s.receive(pipe, data(id, ...records), undefined);
  }
  assert.is(id, 10);
});

const HOSTILE = scaled(100_000, 20_000);

test(`${HOSTILE} hostile packets: nothing but typed errors`, async () => {
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
    { numRuns: 0.4 * HOSTILE },
  );
  const edits = fc.array(fc.tuple(fc.nat(160), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.nat(3), edits, fc.nat(200), (which, changes, cut) => {
      const packet = valid[which]!.slice(0, cut > 150 ? undefined : cut);
      for (const [at, value] of changes) if (at < packet.length) packet[at] = value;
      const { s, pipe } = session();
      s.receive(pipe, packet, undefined);
    }),
    { numRuns: 0.6 * HOSTILE },
  );
  await sleep(0);
});

test.run();
