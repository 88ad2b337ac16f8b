/** What comes over the engine may be anything: a node that hears it lives on, and gives nothing away for it. */
import { randomBytes } from 'node:crypto';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { BUILD } from '../../src/build.ts';
import { pack } from '../../src/cluster/message-frame.ts';
import { readAnswer, readOrder, readTask } from '../../src/cluster/read-heads.ts';
import { namesOf } from '../../src/cluster/subjects.ts';
import { rejection } from '../link/helpers.ts';
import { type Cluster, clusterSuite, startCluster, until, withSession } from './harness.ts';
import * as tasks from './tasks.ts';

const test = clusterSuite('cluster/strangers');
let cluster: Cluster;
let nc: NatsConnection;
const names = namesOf('default');

test.before(async () => {
  cluster = await startCluster({ alice: 2 }, { bob: 2 });
  nc = await connect({ servers: cluster.address, token: cluster.token });
});
test.after(async () => {
  await nc.close();
  await cluster.machine.end();
});

const pids = async (): Promise<number[]> =>
  (await cluster.machine.status(cluster.address)).nodes.map((n) => n.pid).sort();

const code = { url: 'file:///x.js', path: 'x.js', hash: 'x', name: 'x' };
const call = {
  id: 'a1.1',
  driver: 'a1',
  party: 'alice',
  build: BUILD,
  what: 'f',
  numReturns: null,
  args: { inline: true },
  refs: [],
};
const huge = { id: 'a1.2', size: 2 ** 52, holder: 'nowhere' };

/** Heads that no program of ours sends; the first of each kind is good but for what is changed. */
const heads = (driver: string): object[] => {
  const own = { ...call, driver, id: `${driver}.bad`, code };
  const changes: object[] = [
    { driver: 'a b' },
    { driver: 'x.>' },
    { driver: '' },
    { driver: 7 },
    { driver: 'a\r\nPUB x 1\r\n' },
    { id: 'no id' },
    { id: `${driver}.*` },
    { id: { toString: 1 } },
    { args: null },
    { args: huge },
    { args: { ...huge, size: -1 } },
    { args: { ...huge, size: Number.POSITIVE_INFINITY } },
    { args: { ...huge, id: 'a b' } },
    { args: { ...huge, holder: 'a b' } },
    { refs: null },
    { refs: [{ inline: true }, { inline: true }] },
    { refs: { length: 1e9 } },
    { build: null },
    { build: 'x' },
    { what: 5 },
    { what: 'x'.repeat(100_000) },
    { party: null },
    { numReturns: -1 },
    { numReturns: 1e12 },
    { code: null },
    { code: { ...code, url: 5 } },
    { state: 'a b' },
    { method: 3 },
  ];
  const kinds = ['construct', 'method', 'end', 'spu-prepare', 'spu-start', 'spu-watch', 'spu-end'];
  return [
    ...changes.map((c) => ({ ...own, ...c })),
    ...changes.flatMap((c) => kinds.map((kind) => ({ ...own, state: `${driver}.9`, ...c, kind }))),
    ...kinds.map((kind) => ({ id: `${driver}.1`, driver, kind })),
    ...['nothing', 'toString', '__proto__', ''].map((kind) => ({ ...own, kind })),
    {
      id: `${driver}.1`,
      driver,
      kind: 'spu-prepare',
      spu: `${driver}.2`,
      name: 'alice',
      tag: 5,
      text: 'x',
      build: BUILD,
    },
    { id: `${driver}.1`, driver, kind: 'spu-start', spu: `${driver}.2`, name: 'alice', links: null },
  ];
};

const frame = (length: number, text: string): Uint8Array => {
  const out = Buffer.alloc(4 + Buffer.byteLength(text));
  out.writeUInt32LE(length);
  out.write(text, 4);
  return out;
};

/** What is not even a frame. */
const garbage: readonly Uint8Array[] = [
  new Uint8Array(),
  new Uint8Array(3),
  new Uint8Array([255, 255, 255, 255, 1]),
  randomBytes(1000),
  randomBytes(1_000_000),
  frame(0xffffffff, '{"sizes":[]}'),
  ...['null', '5', '[]', '{}', '{"sizes":5}', '{"sizes":[-1]}', '{"sizes":[1e300]}', '{"sizes":["x"]}'].map(
    (t) => frame(t.length, t),
  ),
  frame(2 * 1_000_000 + 12, `{"sizes":[${'0,'.repeat(999_999)}0]}`),
  frame(200_000, '['.repeat(200_000)),
];

test('bad orders, tasks, answers, requests and beats: nodes and programs live on, and work', async () => {
  const before = await pids();
  await withSession(cluster, async (s) => {
    assert.is(await s.reveal(s.PYU('alice')(tasks.add)(1, 1)), 2);
    const { nodes, drivers } = await cluster.machine.status(cluster.address);
    const driver = drivers[0]!.id;
    const all = [...garbage, ...heads(driver).map((head) => pack(head, [new Uint8Array([0])]))];
    const subjects = [
      ...nodes.flatMap((n) => [names.orders(n.id), names.objects(n.id), names.confirmed(n.id, driver)]),
      names.answers(driver),
      names.objects(driver),
      names.freed,
      names.tasks('alice', driver),
      names.tasks('alice', 'nobody'),
    ];
    for (const subject of subjects)
      for (const [i, bytes] of all.entries()) {
        const h = headers();
        h.set('Nats-Msg-Id', `bad ${subject} ${i}`);
        nc.publish(subject, bytes, { headers: h });
        if (i % 3 === 0) nc.publish(subject, bytes, { headers: h, reply: 'a.reply' });
      }
    for (const [i, n] of nodes.entries())
      for (const bytes of ['', 'null', '5', '{}', `{"id":"${n.id}"}`, '{"id":"x","tags":5}', '\x00'])
        for (const key of [
          `nodes.x${i}`,
          `drivers.x${i}`,
          `drivers.${driver}`,
          'nodes',
          'nodes.a.b',
          'other',
        ])
          nc.publish(`$KV.${names.bucket}.${key}`, bytes);
    await nc.flush();
    assert.is(await s.reveal(s.PYU('alice')(tasks.add)(1, 2)), 3);
    assert.is(await s.reveal(s.PYU('bob')(tasks.add)(1, 3)), 4);
  });
  assert.equal(await pids(), before, 'no node has ended');
  await until(async () => {
    const { nodes, queues } = await cluster.machine.status(cluster.address);
    const held = nodes.flatMap((n) => Object.values(n.tags)).reduce((sum, t) => sum + t.held + t.busy, 0);
    return held === 0 && queues.every((q) => q.waiting === 0 && q.running === 0);
  }, 'no slot is held, and no bad task stays');
});

test('orders of a driver that is not there hold no slot, and its tasks do not run', async () => {
  const { nodes } = await cluster.machine.status(cluster.address);
  const node = nodes.find((n) => 'alice' in n.tags)!;
  const said: string[] = [];
  const listening = nc.subscribe('strange.reply', { callback: (_, m) => void said.push(m.string()) });
  const answered: string[] = [];
  const hearing = nc.subscribe(names.answers('ghost'), { callback: (_, m) => void answered.push(m.subject) });
  nc.publish(
    names.tasks('alice', 'ghost'),
    pack({ ...call, driver: 'ghost', id: 'ghost.task', code }, [new Uint8Array([0])]),
  );
  for (let i = 0; i < 4; i++) {
    const own = { ...call, driver: 'ghost', id: `ghost.${i}`, state: `ghost.s${i}`, code };
    const [construct, prepare] = [
      pack({ ...own, kind: 'construct' }, [new Uint8Array([0])]),
      pack({
        id: `ghost.p${i}`,
        driver: 'ghost',
        kind: 'spu-prepare',
        spu: `ghost.${i}`,
        name: 'alice',
        tag: 'alice',
        text: 'x',
        build: BUILD,
      }),
    ];
    for (const bytes of [construct, prepare])
      nc.publish(names.orders(node.id), bytes, { reply: 'strange.reply' });
  }
  await nc.flush();
  // What others ask for later is done: so these have been looked at.
  const later = await withSession(cluster, (s) =>
    s.reveal(Array.from({ length: 8 }, (_, i) => s.PYU('alice')(tasks.add)(1, i))),
  );
  assert.equal(later, [1, 2, 3, 4, 5, 6, 7, 8]);
  const seen = async () =>
    (await cluster.machine.status(cluster.address)).nodes.find((n) => n.id === node.id)!;
  await until(async () => {
    const { held, busy } = (await seen()).tags.alice!;
    return held === 0 && busy === 0;
  }, 'no slot is held');
  const after = await seen();
  assert.equal(after.tags.alice, { slots: 2, held: 0, busy: 0 });
  assert.is(after.states, 0);
  assert.equal(after.spus, []);
  assert.equal(said, [], 'they are not confirmed either');
  assert.equal(answered, [], 'nor answered');
  hearing.unsubscribe();
  listening.unsubscribe();
});

test('orders that come twice are done once', () =>
  withSession(cluster, async (s) => {
    const { nodes } = await cluster.machine.status(cluster.address);
    const node = nodes.find((n) => 'alice' in n.tags)!;
    const seen: Uint8Array[] = [];
    const listening = nc.subscribe(names.orders(node.id), {
      callback: (_, m) => void seen.push(m.data.slice()),
    });
    await nc.flush();
    const counter = sf.proxy(tasks.Counter)(1, { device: s.PYU('alice') });
    assert.is(await s.reveal(counter.add(1)), 2);
    // They may come here later than to who does them.
    await until(() => seen.length >= 2, 'the object is made, and counts');
    listening.unsubscribe();
    assert.is(seen.length, 2);
    const replies: string[] = [];
    const hearing = nc.subscribe('twice.reply', { callback: (_, m) => void replies.push(m.string()) });
    for (const bytes of [...seen, ...seen])
      nc.publish(names.orders(node.id), bytes, { reply: 'twice.reply' });
    await nc.flush();
    await until(() => replies.length === 4, 'all are confirmed again');
    hearing.unsubscribe();
    assert.is(await s.reveal(counter.add(1)), 3, 'it has counted once, and is the same object');
    await until(async () => {
      const now = (await cluster.machine.status(cluster.address)).nodes.find((n) => n.id === node.id)!;
      return now.states === 1 && now.tags.alice!.held === 1;
    }, 'it holds one slot');
  }));

test('an object that is said to be huge takes no room, and is an error of the call', () =>
  withSession(cluster, async (s) => {
    const { nodes, drivers } = await cluster.machine.status(cluster.address);
    const [driver, node] = [drivers[0]!.id, nodes.find((n) => 'alice' in n.tags)!];
    const answers: string[] = [];
    const listening = nc.subscribe(names.answers(driver), {
      callback: (_, m) => void answers.push(m.string()),
    });
    const size = 2 ** 31;
    const args = { id: `${driver}.none`, size, holder: driver };
    const head = {
      ...call,
      id: `${driver}.huge`,
      driver,
      state: `${driver}.hs`,
      code,
      args,
      kind: 'construct',
    };
    nc.publish(names.orders(node.id), pack(head));
    await until(() => answers.some((text) => text.includes('.huge"')), 'it is answered');
    assert.match(answers.find((text) => text.includes('.huge"'))!, /PEER_LOST/);
    listening.unsubscribe();
    assert.is(await s.reveal(s.PYU('alice')(tasks.noop)(1)), 1);
    const e = await rejection(s.reveal(s.PYU('alice')(tasks.bad)()));
    assert.is(e.code, 'PARTY_FAILED');
  }));

test('what our own programs send is read', () => {
  const own = { ...call, code };
  assert.ok(readTask(own, 1));
  assert.ok(readTask({ ...own, args: { id: 'a1.args', size: 5, holder: 'n1' } }, 0));
  assert.not.ok(readTask(own, 0), 'a part is missing');
  assert.not.ok(readTask(own, 2), 'a part is too much');
  assert.not.ok(readTask(call, 1), 'a task has code');
  assert.ok(readOrder({ ...own, kind: 'construct', state: 'a1.3' }, 1));
  assert.ok(readOrder({ id: 'a1.1', driver: 'a1', kind: 'end', state: 'a1.3', refs: [] }, 0));
  assert.ok(readAnswer({ id: 'a1.1', node: 'n1', attempt: 1, results: [{ inline: true }] }, 1));
  assert.not.ok(readAnswer({ id: 'a1.1', node: 'n1', attempt: 1, ack: 'foo.bar' }, 0));
});

test.run();
