/** Nodes and engines that end, stand still and come back, while there is work: killed as processes, not told to fail. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import {
  clusterSuite,
  enginePid,
  linesOf,
  pidsOf,
  rejection,
  sleep,
  until,
  withCluster,
  withSession,
} from './harness.ts';
import * as tasks from './tasks.ts';

const test = clusterSuite('cluster/faults');
const folder = mkdtempSync(join(tmpdir(), 'tessera-faults-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Its client waits so long for an answer of the engine, and a link for a peer that comes back. */
const ENGINE_ANSWERS_MS = 5_000;

/** Tasks that write when they begin and end, and whose results are their names. */
const traced = (s: sf.Session, party: string, file: string, ms: number, n: number) =>
  s.reveal(Array.from({ length: n }, (_, i) => s.PYU(party)(tasks.traced)(file, ms, i)));
const names = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test('kill -9 of a node in mid-task: its tasks are run elsewhere, and counted once', () =>
  withCluster([{ alice: 1 }, { bob: 2 }, { bob: 2 }], (cluster) =>
    withSession(cluster, async (s, events) => {
      const file = join(folder, 'node');
      await s.wait(names(8).map((i) => s.PYU('bob')(tasks.span)(i)));
      const [victim] = await pidsOf(cluster, 'bob');
      const its = (word: string) => linesOf(file, word).filter((line) => line.endsWith(` ${victim}`)).length;
      const results = traced(s, 'bob', file, 1_000, 12);
      await until(() => its('begin') > its('end'), 'it has a task');
      process.kill(victim!, 'SIGKILL');
      assert.equal(await results, names(12));
      assert.ok(linesOf(file, 'begin').length > 12, 'some were begun twice');
      await until(() => events.some((e) => e.kind === 'lost'), 'the loss is told');
      const again = events.filter((e) => e.kind === 'redelivered');
      assert.ok(again.length > 0);
      assert.match(again[0]!.text, /op #\d+ \(function "traced"\) was run by n\w+ at attempt 2/);
    }),
  ));

test('kill -9 of a node: objects, objects with state and SPU parties that only it had are reported lost; nobody is waited for at the end who is gone', () =>
  withCluster([{ alice: 4 }, { bob: 4 }], (cluster) =>
    withSession(cluster, async (s, events) => {
      const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
      const counter = sf.proxy(tasks.Counter)(1, { device: bob });
      assert.is(await s.reveal(counter.add(1)), 2);
      const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
      const x = alice(tasks.vector)(3, 2);
      assert.equal(((await s.reveal(spu((p) => p.mul(2))(x))) as sf.NDArray).toArray(), [4, 4, 4]);
      const big = bob(tasks.bytes)(1_000_000, 1);
      await s.wait(big);
      const running = rejection(s.reveal(counter.wait(60_000)));
      const [victim] = await pidsOf(cluster, 'bob');
      process.kill(victim!, 'SIGKILL');
      const lost = await running;
      assert.is(lost.code, 'PEER_LOST');
      assert.match(lost.message, /node n\w+ is gone, and with it/);
      assert.is((await rejection(s.reveal(counter.add(1)))).code, 'PEER_LOST');
      const party = await rejection(s.reveal(spu((p) => p.mul(3))(x)));
      assert.is(party.code, 'PEER_LOST');
      assert.match(party.message, /SPU\(alice, bob\) op #\d+ .*bob.* node n\w+ is gone/s);
      const gone = await rejection(s.reveal(big));
      assert.is(gone.code, 'PEER_LOST');
      assert.match(gone.message, /object \S+ was at n\w+, which is gone/);
      assert.is(await s.reveal(alice(tasks.noop)(5)), 5, 'the others go on');
      assert.throws(() => bob(tasks.noop)(1), /no node can ever run this: no node has the tag "bob"/);
      process.kill(enginePid(cluster), 'SIGKILL');
      await until(() => events.some((e) => e.kind === 'away'), 'the engine is away');
      const late = sleep(ENGINE_ANSWERS_MS).then(() => 'late');
      assert.is(await Promise.race([s.shutdown().then(() => 'ended'), late]), 'ended');
    }),
  ));

test('kill -9 of the engine in mid-queue: work goes on when it is back, with nothing lost and nothing twice', () =>
  withCluster([{ alice: 2 }, { bob: 2 }], (cluster) =>
    withSession(cluster, async (s) => {
      const file = join(folder, 'engine');
      const results = traced(s, 'alice', file, 150, 40);
      const bobs = traced(s, 'bob', join(folder, 'engine-bob'), 150, 40);
      await until(() => linesOf(file, 'end').length >= 5, 'five have ended');
      process.kill(enginePid(cluster), 'SIGKILL');
      const nodes = cluster.machine.started('node');
      const said = await cluster.machine.start('--head', `--port=${cluster.port}`, '--resources={"alice":2}');
      assert.match(said, /Tessera head started/);
      assert.equal(cluster.machine.started('node'), nodes, "the head's node goes on: there is no second");
      assert.equal(await results, names(40));
      assert.equal(await bobs, names(40));
    }),
  ));

test('rounds of an SPU do not pass through the engine, and a program that is busy loses nobody', () =>
  withCluster([{ alice: 2 }, { bob: 2 }], (cluster) =>
    withSession(cluster, async (s, events) => {
      const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
      const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
      const [x, y] = [alice(tasks.vector)(3, 2), bob(tasks.vector)(3, 5)];
      const product = spu((p, q) => p.mul(q))(x, y);
      await s.wait(product);
      process.kill(enginePid(cluster), 'SIGSTOP');
      const both = await s.reveal([product, spu((p) => p.mul(p))(product)]);
      process.kill(enginePid(cluster), 'SIGCONT');
      assert.equal(
        both.map((a) => a.toArray()),
        [
          [10, 10, 10],
          [100, 100, 100],
        ],
      );
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 8_000);
      assert.is(await s.reveal(alice(tasks.noop)(1)), 1);
      assert.equal((await s.reveal(spu((p) => p.mul(2))(product))).toArray(), [20, 20, 20]);
      assert.equal(
        events.filter((e) => e.kind === 'lost'),
        [],
      );
    }),
  ));

test('a head that is started again has the work that was queued', () =>
  withCluster([{ alice: 1 }], (cluster) =>
    withSession(cluster, async (s) => {
      const file = join(folder, 'head');
      const results = traced(s, 'alice', file, 100, 30);
      await until(() => linesOf(file, 'end').length >= 3, 'three have ended');
      const [node] = await pidsOf(cluster, 'alice');
      process.kill(enginePid(cluster), 'SIGKILL');
      process.kill(node!, 'SIGKILL');
      await cluster.machine.start('--head', `--port=${cluster.port}`, '--resources={"alice":1}');
      assert.equal(await results, names(30));
    }),
  ));

test('a node that stands still does not hold up the others; what it says too late is not counted', () =>
  withCluster([{ alice: 1 }, { bob: 2 }, { bob: 2 }], (cluster) =>
    withSession(cluster, async (s, events) => {
      await s.wait(names(8).map((i) => s.PYU('bob')(tasks.span)(i)));
      const [slow] = await pidsOf(cluster, 'bob');
      const file = join(folder, 'slow');
      const results = traced(s, 'bob', file, 400, 16);
      await until(() => linesOf(file, 'begin').some((line) => line.endsWith(` ${slow}`)), 'it has a task');
      process.kill(slow!, 'SIGSTOP');
      assert.equal(await results, names(16));
      await until(() => events.some((e) => e.kind === 'lost'), 'it counts as lost');
      process.kill(slow!, 'SIGCONT');
      await until(() => events.filter((e) => e.kind === 'joined').length > 0, 'it is back');
      assert.equal(await traced(s, 'bob', file, 10, 20), names(20));
    }),
  ));

test.run();
