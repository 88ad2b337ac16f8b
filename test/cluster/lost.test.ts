/** A server that has lost its store, programs and nodes that are killed: what comes back, what goes, and what is still known. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import {
  type Cluster,
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

const test = clusterSuite('cluster/lost');
const folder = mkdtempSync(join(tmpdir(), 'tessera-lost-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The server is killed, and started again with nothing of what it had. */
const restartEmpty = async (cluster: Cluster, slots = 2): Promise<void> => {
  process.kill(enginePid(cluster), 'SIGKILL');
  rmSync(join(cluster.machine.state, `head-${cluster.port}`, 'store'), { recursive: true });
  await cluster.machine.start('--head', `--port=${cluster.port}`, `--resources={"alice":${slots}}`);
};

test('a server that starts again without its store: what was queued is answered, and new programs work at once', () =>
  withCluster([{ alice: 3 }, { bob: 4 }], (cluster) =>
    withSession(cluster, async (s, events) => {
      const file = join(folder, 'store');
      const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
      const counter = sf.proxy(tasks.Counter)(1, { device: bob });
      assert.is(await s.reveal(counter.add(1)), 2);
      const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
      const x = alice(tasks.vector)(3, 2);
      assert.equal(((await s.reveal(spu((p) => p.mul(2))(x))) as sf.NDArray).toArray(), [4, 4, 4]);
      const results = s.reveal(numbers(60).map((i) => alice(tasks.traced)(file, 100, i)));
      results.catch(() => {});
      await until(() => linesOf(file, 'end').length >= 6, 'six have ended');
      await restartEmpty(cluster, 3);
      const status = () => cluster.machine.status(cluster.address);
      await until(async () => (await status()).nodes.length === 2, 'status finds both nodes');
      const other = await withSession(cluster, (t) => t.reveal(t.PYU('bob')(tasks.add)(2, 3)));
      assert.is(other, 5);
      assert.equal(await results, numbers(60));
      assert.is(await s.reveal(counter.add(1)), 3, 'objects with state are still there');
      assert.equal(((await s.reveal(spu((p) => p.mul(3))(x))) as sf.NDArray).toArray(), [6, 6, 6]);
      assert.is(await s.reveal(bob(tasks.add)(4, 5)), 9);
      assert.ok(events.some((e) => e.kind === 'away') && events.some((e) => e.kind === 'back'), 'it is told');
      assert.equal(
        events.filter((e) => e.kind === 'lost'),
        [],
      );
    }),
  ));

test('it loses its store three times, and once while nothing waits', () =>
  withCluster([{ alice: 2 }], (cluster) =>
    withSession(cluster, async (s) => {
      const alice = s.PYU('alice');
      await restartEmpty(cluster);
      assert.is(await s.reveal(alice(tasks.add)(1, 1)), 2);
      const handles = numbers(200).map((i) => alice(tasks.later)(60, i));
      let done = 0;
      for (const handle of handles)
        handle.ready().then(
          () => {
            done += 1;
          },
          () => {},
        );
      const results = s.reveal(handles);
      results.catch(() => {});
      for (let i = 0; i < 2; i++) {
        const enough = done + 20;
        await until(() => done >= enough, 'it goes on');
        await restartEmpty(cluster);
      }
      assert.equal(await results, numbers(200));
    }),
  ));

const child = fileURLToPath(new URL('./driver.js', import.meta.url));

test('kill -9 of a program: what it had queued does not run, its slots come free, and others go on', () =>
  withCluster([{ alice: 4 }], async (cluster) => {
    const file = join(folder, 'driver');
    const n = 3_000;
    const args = [cluster.address, cluster.token, file, String(n)];
    const driver = fork(child, args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await once(driver, 'message');
    await until(() => linesOf(file, 'end').length >= 20, 'it works');
    driver.kill('SIGKILL');
    await once(driver, 'exit');
    const ended = linesOf(file, 'begin').length;
    // A tenth of what was queued, on a machine that other tests keep busy; a few where it is not.
    const few = (): void => {
      const ran = linesOf(file, 'begin').length - ended;
      assert.ok(ran <= n / 10, `${ran} of its tasks were begun after its end`);
    };
    await withSession(cluster, (s) => s.reveal(numbers(20).map((i) => s.PYU('alice')(tasks.noop)(i))));
    few();
    await until(async () => {
      const { queues, nodes, drivers } = await cluster.machine.status(cluster.address);
      return (
        queues.every((q) => q.waiting === 0 && q.running === 0) &&
        drivers.length === 0 &&
        nodes.every((node) => node.states === 0 && node.spus.length === 0 && node.tags.alice!.held === 0)
      );
    }, 'nothing of it is left');
    few();
  }));

/** Longer than a program may be silent whose connection has gone. */
const LONG_MS = 12_000;

/** A program that works on alice's nodes, and is stopped in the middle. */
const stopped = async (cluster: Cluster) => {
  const file = join(folder, 'stopped');
  const args = [cluster.address, cluster.token, file, '300'];
  const driver = fork(child, args, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(driver, 'message');
  await until(() => linesOf(file, 'end').length >= 20, 'it works');
  driver.kill('SIGSTOP');
  return { driver, since: Date.now() };
};

test('a program that is stopped for long loses nothing; meanwhile a node that was killed is still known, with its totals, and errors of tasks after their program has ended', () =>
  withCluster([{ alice: 2 }, { bob: 2 }, { carol: 2 }], async (cluster) => {
    const { driver, since } = await stopped(cluster);
    await withSession(cluster, async (s) => {
      await s.wait(numbers(7).map((i) => s.PYU('bob')(tasks.noop)(i)));
      assert.is((await rejection(s.reveal(s.PYU('bob')(tasks.bad)()))).code, 'PARTY_FAILED');
      assert.is((await rejection(s.reveal(s.PYU('carol')(tasks.bad)()))).code, 'PARTY_FAILED');
      const errors = async (): Promise<number> =>
        (await cluster.machine.status(cluster.address)).errors.length;
      await until(async () => (await errors()) >= 2, 'both are listed');
      assert.is(await errors(), 2, 'each once');
    });
    const bobs = async () =>
      (await cluster.machine.status(cluster.address)).nodes.find((n) => 'bob' in n.tags)!;
    const victim = await bobs();
    await until(async () => {
      const { done, failed } = await bobs();
      return done === 7 && failed === 1;
    }, 'its totals are known');
    process.kill((await pidsOf(cluster, 'bob'))[0]!, 'SIGKILL');
    await until(async () => (await cluster.machine.status(cluster.address)).lost.length === 1, 'it is lost');
    const seen = await cluster.machine.status(cluster.address);
    assert.is(seen.nodes.length, 2);
    const [lost] = seen.lost;
    assert.equal([lost!.id, lost!.done, lost!.failed, Object.keys(lost!.tags)], [victim.id, 7, 1, ['bob']]);
    assert.not.ok('direct' in lost!, 'keys are not shown');
    assert.is(seen.errors.filter((e) => /function "bad".*seventeen is too many/.test(e.text)).length, 2);
    const { out } = await cluster.machine.tessera('status', `--address=${cluster.address}`);
    assert.match(out, /node n\w+ at 127\.0\.0\.1 \(bob\) is lost, not heard of for \d+ s: 7 done, 1 failed/);
    assert.match(out, /error .*seventeen is too many/);
    await sleep(since + LONG_MS - Date.now());
    driver.kill('SIGCONT');
    const [said] = (await once(driver, 'message')) as [unknown];
    assert.equal(said, numbers(300));
    driver.kill();
    await once(driver, 'exit');
  }));

test.run();
