/** Tasks on nodes: who runs what, how many at a time, what comes back, and what is refused. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { type Cluster, clusterSuite, rejection, startCluster, until, withSession } from './harness.ts';
import * as tasks from './tasks.ts';

const test = clusterSuite('cluster/tasks');
let cluster: Cluster;

test.before(async () => {
  cluster = await startCluster({ alice: 16 }, { bob: 3, carol: 1 });
});
test.after(() => cluster.machine.end());

test('parties are discovered from tags, and checked when they are named', async () => {
  await withSession(cluster, async (s) => assert.equal(s.parties, ['alice', 'bob', 'carol']));
  await withSession(cluster, async (s) => assert.equal(s.parties, ['bob', 'alice']), {
    parties: ['bob', 'alice'],
  });
  const e = await rejection(
    sf.session({ parties: ['alice', 'dave'], address: cluster.address, token: cluster.token }),
  );
  assert.is(e.code, 'CONFIG');
  assert.match(e.message, /no node has the tag dave.*tessera start --address=.*"dave": ?16/s);
});

test('functions run on nodes with their tag, on values that moved there', () =>
  withSession(cluster, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const a = alice(tasks.add)(2, 3);
    const b = bob(tasks.add)(a.to(bob), 10);
    assert.equal(await s.reveal({ a, b: [b] }), { a: 5, b: [15] });
    const [length, first] = alice(tasks.split, { numReturns: 2 })([4, 5, 6]);
    assert.equal(await s.reveal([length, first]), [3, 4]);
    const put = s.to(bob, { x: 7, list: [1, 2] });
    assert.equal(await s.reveal(put), { x: 7, list: [1, 2] });
    const where = await s.reveal([alice(tasks.pid)(), bob(tasks.pid)()]);
    assert.is.not(where[0], where[1]);
    assert.not.ok(where.includes(process.pid));
  }));

test('what is of a party that is no member of an SPU is refused: nobody could split it', () =>
  withSession(cluster, async (s) => {
    const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const carol = s.PYU('carol');
    const hers = s.to(carol, 1);
    const held = s.to(s.PYU('alice'), 1).to(spu);
    for (const work of [() => hers.to(spu), () => spu((x) => x)(hers), () => held.to(carol)]) {
      const e = await rejection(Promise.resolve().then(() => work().ready()));
      assert.is(e.code, 'UNSUPPORTED');
      assert.match(e.message, /a party that is no member cannot/);
    }
    await held.ready();
  }));

test('calls mean what they meant when they were made, and values arrive as elsewhere', () =>
  withSession(cluster, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const buffer = new Float64Array(1);
    const firsts: sf.DeviceObject[] = [];
    for (let i = 1; i <= 3; i++) {
      buffer[0] = i;
      firsts.push(alice(tasks.firstOf)(buffer), alice(tasks.firstOf)(s.to(alice, buffer) as never));
    }
    buffer[0] = 9;
    assert.equal(await s.reveal(firsts), [1, 1, 2, 2, 3, 3]);
    const list = alice(tasks.vector)(2, 1);
    assert.equal(await s.reveal(alice(tasks.kinds)(new Map([['a', list]]))), ['Array']);
    assert.is(await s.reveal(alice(tasks.kinds)(Buffer.from([1]))), 'Uint8Array');
    assert.equal(await s.reveal([alice(tasks.nothing)(), alice(tasks.nothing)().to(bob)]), [
      undefined,
      undefined,
    ]);
    const { lone, bytes, ...rest } = (await s.reveal(alice(tasks.odd)().to(bob))) as never as {
      lone: string;
      bytes: Uint8Array;
    };
    assert.equal([lone.charCodeAt(1), bytes.constructor.name, 'none' in rest], [0xd800, 'Uint8Array', true]);
    class Box {
      x = 1;
    }
    for (const [value, code] of [
      [new Box(), 'SERIALIZATION'],
      [Promise.resolve(1), 'INVALID_ARGUMENT'],
      [Object.assign(new Box(), { list }), 'INVALID_ARGUMENT'],
    ] as const) {
      const e = await rejection(Promise.resolve().then(() => alice(tasks.kinds)(value)));
      assert.is(e.code, code, e.message);
    }
    const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const e = await rejection(s.reveal(alice(tasks.gap)().to(spu)));
    assert.is(e.code, 'DTYPE');
    assert.match(e.message, /at \[1\] is null/);
  }));

test('failures that nobody has seen make shutdown reject, if it is asked to', async () => {
  const s = await sf.session({
    address: cluster.address,
    token: cluster.token,
    loggingLevel: 'critical',
    unseen: 'throw',
  });
  const seen = s.PYU('alice')(tasks.bad)();
  // Carol does one thing after the other.
  s.PYU('carol')(tasks.bad)();
  await rejection(s.reveal(seen));
  await rejection(s.wait(s.PYU('carol')(tasks.noop)(1)).then(() => s.shutdown())).then((e) => {
    assert.is(e.code, 'PARTY_FAILED');
    assert.match(
      e.message,
      /^a failure that nobody has seen: carol op #\d+ \(function "bad", called at .*seventeen/,
    );
  });
});

test('what is no task is refused at once, with the fix', () =>
  withSession(cluster, async (s) => {
    assert.throws(
      () => s.PYU('alice')((x: number) => x)(1),
      (e: sf.TesseraError) => e.code === 'INVALID_ARGUMENT' && /sf\.task\(import\.meta, 'fn'/.test(e.message),
    );
  }));

test('errors come back with their code, their text and the call', () =>
  withSession(cluster, async (s) => {
    const e = await rejection(s.reveal(s.PYU('alice')(tasks.bad)()));
    assert.is(e.code, 'PARTY_FAILED');
    assert.match(
      e.message,
      /alice op #\d+ \(function "bad", called at .*tasks\.test.*\) failed: seventeen is too many/,
    );
    const gone = await rejection(s.reveal(s.PYU('alice')(tasks.leave)()));
    assert.match(gone.message, /its thread has ended \(exit code 3\)/);
    assert.is(await s.reveal(s.PYU('alice')(tasks.noop)(1)), 1, 'the node goes on');
  }));

test('16 slots: never more than 16 at a time, the 17th waits, and an event says so', () =>
  withSession(cluster, async (s, events) => {
    const alice = s.PYU('alice');
    const spans = (await s.reveal(Array.from({ length: 17 }, () => alice(tasks.span)(250)))) as number[][];
    const most = Math.max(
      ...spans.map(([at]) => spans.filter(([from, to]) => from! <= at! && at! < to!).length),
    );
    assert.ok(most <= 16, `${most} at a time`);
    const queued = events.filter((e) => e.kind === 'queued');
    const texts = queued.map(({ text }) => text).join('\n');
    // A thread that has ended in the test before may not be there again: then one more waits.
    const slots = Number(/alice has (\d+) slots, and 1 tasks more/.exec(texts)?.[1]);
    assert.ok(slots >= 15 && slots <= 16, texts);
    assert.is(queued.length, 17 - slots, texts);
  }));

test('all slots of all nodes of a tag are used', () =>
  withSession(cluster, async (s) => {
    const file = join(cluster.machine.state, 'meeting');
    const met = Array.from({ length: 3 }, () => s.PYU('bob')(tasks.meet)(file, 3));
    assert.equal(await s.reveal(met), [3, 3, 3]);
  }));

test('objects with state live on one node, and keep the order of calls', () =>
  withSession(cluster, async (s) => {
    const Counter = sf.proxy(tasks.Counter);
    const counter = Counter(10, { device: s.PYU('bob') });
    assert.equal(await s.reveal([counter.add(1), counter.add(2), counter.add(3)]), [11, 13, 16]);
    const plain = sf.proxy(
      class Plain {
        get(): number {
          return 1;
        }
      },
    );
    assert.throws(() => plain({ device: s.PYU('bob') }), /is no task/);
  }));

test('a task that no node can ever run is an error at once', () =>
  withSession(cluster, async (s) => {
    const carol = s.PYU('carol');
    const counter = sf.proxy(tasks.Counter)(0, { device: carol });
    assert.is(await s.reveal(counter.add(1)), 1);
    assert.throws(
      () => carol(tasks.noop)(1),
      (e: sf.TesseraError) => e.code === 'CONFIG' && /hold all slots of carol for life/.test(e.message),
    );
  }));

test('large objects stay where they were made, move whole, and cannot be spoiled by who uses them', () =>
  withSession(cluster, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const size = 5_000_001;
    const big = alice(tasks.bytes)(size, 3);
    assert.equal(await s.reveal(bob(tasks.sum)(big.to(bob))), [size, 3 * size]);
    assert.is(await s.reveal(bob(tasks.spoil)(big.to(bob))), size);
    assert.equal(await s.reveal(alice(tasks.sum)(big)), [size, 3 * size]);
    await until(async () => {
      const { nodes } = await cluster.machine.status(cluster.address);
      const held = Object.fromEntries(nodes.map((n) => [Object.keys(n.tags)[0]!, n.objectBytes]));
      return held.alice! >= size && held.bob! < size;
    }, 'alice has it, bob has not');
    assert.equal(await s.reveal(alice(tasks.sum)(big)), [size, 3 * size], 'and it is there again');
    const plain = new Uint8Array(300_000).fill(2);
    assert.equal(
      await s.reveal(bob(tasks.sum)(plain)),
      [300_000, 600_000],
      'large arguments that are no handles',
    );
  }));

test('a program that ends leaves no objects, and an SPU works on what nodes have', async () => {
  await withSession(cluster, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { beaver_type: 'TrustedThirdParty' }));
    const x = alice(tasks.vector)(5, 1.5);
    const y = bob(tasks.vector)(5, -2);
    const product = spu((p, q) => p.mul(q))(x, y);
    assert.equal((await s.reveal(product)).toArray(), [-3, -3, -3, -3, -3]);
    const there = product.to(bob);
    assert.equal(((await s.reveal(there)) as sf.NDArray).toArray(), [-3, -3, -3, -3, -3]);
    const bad = s.to(alice, 'no number');
    const e = await rejection(s.wait(spu((p) => p)(bad)));
    assert.is(e.code, 'DTYPE');
    const [stats] = s.stats().spus;
    assert.ok(stats!.rounds > 0 && stats!.bytes.alice! > 0 && stats!.bytes.bob! > 0);
  });
  await until(async () => {
    const { nodes, drivers } = await cluster.machine.status(cluster.address);
    return drivers.length === 0 && nodes.every((n) => n.objects + n.states + n.spus.length === 0);
  }, 'nodes that hold nothing');
});

test('with a range guard a call that leaves the range fails on nodes too, and the SPU goes on', () =>
  withSession(cluster, async (s) => {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { range_guard: true }));
    const x = alice(tasks.vector)(5, 3e12);
    const y = bob(tasks.vector)(5, -4e13);
    const bad = spu((p, q) => p.mul(q))(x, y);
    const e = await rejection(s.reveal(bad));
    assert.is(e.code, 'RANGE', e.message);
    assert.match(e.message, /range_guard: np\.multiply at .*tasks\.test\.[jt]s:\d+:\d+/);
    const { code } = await rejection(s.wait(bad));
    assert.is(code, 'RANGE');
    assert.equal(
      ((await s.reveal(spu((p, q) => p.add(q))(x, y))) as sf.NDArray).toArray(),
      new Array(5).fill(-3.7e13),
    );
    const huge = await rejection(s.wait(spu((p) => p)(alice(tasks.vector)(5, 1e24))));
    assert.is(huge.code, 'RANGE');
    assert.match(huge.message, /a range guard/);
  }));

test('two simulations side by side do not meet', () =>
  withSession(cluster, (one) =>
    withSession(cluster, async (two) => {
      const many = (s: sf.Session, from: number) =>
        s.reveal(Array.from({ length: 200 }, (_, i) => s.PYU('alice')(tasks.noop)(from + i)));
      const [a, b] = await Promise.all([many(one, 0), many(two, 1_000)]);
      assert.equal(
        a,
        Array.from({ length: 200 }, (_, i) => i),
      );
      assert.equal(
        b,
        Array.from({ length: 200 }, (_, i) => 1_000 + i),
      );
    }),
  ));

test.run();
