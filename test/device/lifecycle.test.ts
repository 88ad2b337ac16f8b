/** Sessions begin and end: cleanly, again and again, and also when a thread dies. */
import { execFile } from 'node:child_process';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';
import type * as Threads from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { scaled } from '../long.ts';
import { PATIENCE_MS } from '../patience.ts';
import { fails, withSpu } from './helpers.ts';

const test = suite('device: life of a session');
const { np } = sf;
const PARTIES = ['alice', 'bob'];

/** All threads that are started from here on. */
const threads = new Set<Threads.Worker>();
const builtin = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Threads.Worker };
builtin.Worker = class extends builtin.Worker {
  constructor(...args: ConstructorParameters<typeof Threads.Worker>) {
    super(...args);
    threads.add(this);
    this.once('exit', () => threads.delete(this));
  }
};
syncBuiltinESMExports();

const run = promisify(execFile);
const INDEX = import.meta.resolve('#tessera');

/** Runs a program in a process of its own, which has to end by itself. */
const script = async (body: string, ...flags: string[]): Promise<{ stdout: string; stderr: string }> => {
  const program = `import * as sf from ${JSON.stringify(INDEX)}; ${body}`;
  const env = { ...process.env, FORCE_COLOR: '0' };
  return run(process.execPath, [...flags, '--input-type=module', '-e', program], {
    timeout: PATIENCE_MS,
    env,
  });
};

test('the default session: init, shutdown, init again; shutdown twice is fine', async () => {
  await fails(() => sf.PYU('alice'), 'INVALID_ARGUMENT', 'sf.init');
  for (const _ of [1, 2]) {
    await sf.init(PARTIES, { address: 'local', loggingLevel: 'warning' });
    await fails(() => sf.init(PARTIES), 'INVALID_ARGUMENT', 'called before');
    const alice = sf.PYU('alice');
    const spu = new sf.SPU(sf.utils.testing.clusterDef(PARTIES));
    const z = spu((x) => np.add(x, 1))(alice(() => 1)());
    assert.is(String(z), 'SPUObject(alice+bob #3)');
    await sf.wait([z]);
    assert.is((await sf.reveal({ z })).z.item(), 2);
    assert.is(await sf.reveal(sf.to(sf.PYU('bob'), 7)), 7);
    assert.is(sf.currentSession().stats().spus.length, 1);
    await sf.shutdown();
    await sf.shutdown();
    await fails(() => alice(() => 1)(), 'CLOSED', 'shut down');
    assert.is(threads.size, 0);
  }
});

test('await using ends a session', async () => {
  let kept: sf.Session | undefined;
  {
    await using s = await sf.session(PARTIES, { loggingLevel: 'warning' });
    s.SPU(sf.utils.testing.clusterDef(PARTIES));
    kept = s;
  }
  assert.ok(kept.closed);
  assert.is(threads.size, 0);
});

const SESSIONS = scaled(50, 20);

test(`${SESSIONS} sessions one after another leave nothing behind`, async () => {
  for (let i = 0; i < SESSIONS; i++) {
    await sf.init(PARTIES, { loggingLevel: 'warning' });
    const spu = sf.SPU(sf.utils.testing.clusterDef(PARTIES, { field: i % 2 === 0 ? 'FM64' : 'FM128' }));
    const z = spu((x) => np.multiply(x, x))(sf.PYU('bob')(() => i)());
    assert.is((await sf.reveal(z)).item(), i * i);
    await sf.shutdown();
    assert.is(threads.size, 0);
  }
});

test('the process ends by itself: after shutdown, and without it', async () => {
  const body = `
    await sf.init(['alice', 'bob'], { address: 'local' });
    const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { beaver_type: 'TrustedThirdParty' }));
    console.log((await sf.reveal(spu((x) => sf.np.add(x, 1))(sf.PYU('alice')(() => 1)()))).item());`;
  const clean = await script(`${body} await sf.shutdown();`);
  assert.is(clean.stdout, '2\n');
  assert.is(clean.stderr.trim().split('\n').length, 1, clean.stderr);
  assert.match(clean.stderr, 'simulation');
  assert.is((await script(body)).stdout, '2\n');
});

test('shutdown rejects what still waits', async () => {
  const s = await sf.session(PARTIES, { loggingLevel: 'warning' });
  const spu = s.SPU(sf.utils.testing.clusterDef(PARTIES));
  await spu.ready();
  const x = s.PYU('alice')(() => new Float64Array(200_000).fill(1))();
  const waiting = s.reveal(spu((x) => np.exp(x))(x));
  await x.to(spu).ready();
  const [e] = await Promise.all([fails(() => waiting, 'CLOSED', 'shut down'), s.shutdown()]);
  assert.match(e.message, 'lifecycle.test');
  assert.is(threads.size, 0);
});

for (const beaver_type of ['TrustedFirstParty', 'TrustedThirdParty']) {
  test(`a thread that dies fails every call, by name (${beaver_type})`, () =>
    withSpu(['alice', 'bob', 'carol'], { beaver_type }, async (s, spu) => {
      await spu.ready();
      const x = s.PYU('alice')(() => [1, 2, 3])();
      const y = spu((x) => np.add(x, 1))(x);
      await y.ready();
      const bob = [...threads][1]!;
      const big = s
        .PYU('alice')(() => new Float64Array(300_000).fill(1))()
        .to(spu);
      const pending = [s.reveal(spu((x) => np.exp(x))(big)), s.reveal(y)];
      for (const p of pending) p.catch(() => {});
      await big.ready();
      await bob.terminate();
      for (const p of pending) {
        const e = await fails(() => p, 'PARTY_FAILED', 'bob', 'thread has ended', 'op #', 'lifecycle.test');
        assert.is(e.info.party, 'bob');
      }
      await fails(() => s.reveal(y), 'PARTY_FAILED', 'bob');
      const again = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
      assert.is((await s.reveal(again((x) => np.sum(x))(x))).item(), 6, 'another SPU of the session works');
    }));
}

test('out of memory names party, op and call site', () =>
  withSpu(PARTIES, {}, async (s, spu) => {
    const x = s.PYU('alice')(() => 1)();
    const huge = spu((x) => np.add(np.broadcastTo(x, [1 << 15, 1 << 15]), x))(x);
    const e = await fails(() => huge.ready(), 'OUT_OF_MEMORY', 'op #', 'lifecycle.test');
    assert.ok(PARTIES.includes(String(e.info.party)), e.message);
  }));

test('memory of handles that nobody holds any more is given back', async () => {
  const { stdout } = await script(
    `
    await sf.init(['alice', 'bob'], { address: 'local', logging_level: 'warning' });
    const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const n = 50_000;
    const add = spu((x, y) => sf.np.add(x, y));
    for (let i = 0; i < 40; i++) {
      const x = sf.PYU('alice')(() => new Float64Array(n).fill(i))();
      await add(x, x).ready();
      globalThis.gc();
      await new Promise((r) => setTimeout(r, 2));
    }
    console.log(Math.max(...Object.values(sf.stats().spus[0].peakMemory)) / (16 * n));
    await sf.shutdown();`,
    '--expose-gc',
  );
  assert.ok(Number(stdout) < 40, `${stdout} arrays at once, of 160`);
});

test('enable_hal_profile prints the account of every program', async () => {
  const { stderr } = await script(`
    await sf.init(['alice', 'bob'], { address: 'local', logging_level: 'warning' });
    const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { enable_hal_profile: true }));
    await sf.reveal(spu(function twice(x) { return sf.np.less(x, 1) })(sf.PYU('alice')(() => [1, 2])()));
    await sf.shutdown();`);
  assert.match(stderr, /function "twice": .* ms, \d+ rounds, alice sent \d+ B/);
  assert.match(stderr, 'count');
});

test.run();
