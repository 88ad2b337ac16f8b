/** Code as modules: the same on both sides or not at all, and what is no task is refused with the fix. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import * as sf from '../../src/index.ts';
import { LONG } from '../long.ts';
import { type Cluster, clusterSuite, rejection, startCluster, until, withSession } from './harness.ts';
import * as tasks from './tasks.ts';

const test = clusterSuite('cluster/modules');
const folder = mkdtempSync(join(tmpdir(), 'tessera-modules-'));
const library = new URL('../../src/index.js', import.meta.url).href;
let cluster: Cluster;

test.before(async () => {
  cluster = await startCluster({ alice: 2 });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
test.after(async () => {
  await cluster.machine.end();
  rmSync(folder, { recursive: true, force: true });
});

type Scale = (x: number) => number;

/** A module of its own, loaded here. */
const moduleOf = async (name: string, factor: number): Promise<{ path: string; scale: Scale }> => {
  const path = join(folder, `${name}.js`);
  write(path, factor);
  return { path, scale: ((await import(pathToFileURL(path).href)) as { scale: Scale }).scale };
};
const write = (path: string, factor: number): void =>
  writeFileSync(
    path,
    `import * as sf from '${library}';\nexport const scale = sf.task(import.meta, 'scale', (x) => x * ${factor});\n`,
  );

test('nodes load the module; a path does where there is no function', () =>
  withSession(cluster, async (s) => {
    const { path, scale } = await moduleOf('both', 3);
    assert.is(await s.reveal(s.PYU('alice')(scale)(5)), 15);
    const byPath = sf.task(path, 'scale') as unknown as Scale;
    assert.is(await s.reveal(s.PYU('alice')(byPath)(6)), 18);
    const none = sf.task(path, 'nothing') as unknown as Scale;
    const e = await rejection(s.reveal(s.PYU('alice')(none)(6)));
    assert.is(e.code, 'CONFIG');
    assert.match(e.message, /has no task "nothing": write sf\.task\(import\.meta, "nothing", fn\)/);
  }));

test('a module that is another on the node, or is not there, is an error and does not run', () =>
  withSession(cluster, async (s) => {
    const alice = s.PYU('alice');
    const changed = await moduleOf('changed', 2);
    const other = alice(changed.scale)(alice(tasks.later)(600, 7));
    write(changed.path, 4);
    const e = await rejection(s.reveal(other));
    assert.is(e.code, 'CONFIG');
    assert.match(e.message, /node n\w+ has another changed\.js \(.*hash \w{12}, the program has \w{12}\)/);
    const removed = await moduleOf('removed', 2);
    const missing = alice(removed.scale)(alice(tasks.later)(600, 7));
    rmSync(removed.path);
    assert.match((await rejection(s.reveal(missing))).message, /node n\w+ has no module removed\.js/);
  }));

test('what cannot name a task is refused', async () => {
  const refused: readonly (readonly [() => unknown, RegExp])[] = [
    [() => sf.task('https://example.org/x.js', 'f'), /first argument is import\.meta/],
    [() => sf.task(import.meta, '', (x: number) => x), /second argument is the task's name/],
    [() => sf.task(import.meta, 'f', 3 as never), /third argument is a function or a class/],
  ];
  for (const [make, text] of refused)
    assert.throws(make, (e: sf.TesseraError) => e.code === 'INVALID_ARGUMENT' && text.test(e.message));
  sf.task(import.meta, 'twice', (x: number) => x);
  assert.throws(() => sf.task(import.meta, 'twice', (x: number) => x + 1), /there are two tasks "twice"/);
});

test('a function that cannot travel as a value is an error of the call', () =>
  withSession(cluster, async (s) => {
    const e = await rejection(s.reveal(s.PYU('alice')(tasks.noop)((() => 1) as never)));
    assert.is(e.code, 'SERIALIZATION');
  }));

if (LONG)
  test('a task that ends its nodes is not given to all of them', async () => {
    const many = await startCluster({ a: 1 }, { b: 1 }, { b: 1 }, { b: 1 }, { b: 1 }, { b: 1 }, { b: 1 });
    try {
      await withSession(many, async (s) => {
        const e = await rejection(s.reveal(s.PYU('b')(tasks.fatal)()));
        assert.is(e.code, 'PARTY_FAILED');
        assert.match(e.message, /nodes have taken this task 5 times, and none has answered/);
        const left = async () => (await many.machine.status(many.address)).nodes.length;
        // The last of them is missed a moment later.
        await until(async () => (await left()) <= 2, 'five nodes have gone');
        assert.is(await left(), 2);
      });
    } finally {
      await many.machine.end();
    }
  });

if (LONG)
  test('tasks wait for a node to join when the last has gone, and not for ever', async () => {
    const two = await startCluster({ a: 1 }, { b: 1 });
    try {
      await withSession(two, async (s, events) => {
        const late = rejection(s.reveal(s.PYU('b')(tasks.fatal)()));
        const e = await late;
        assert.is(e.code, 'PEER_LOST');
        assert.match(e.message, /no node with tag b has joined in 30 s/);
        assert.ok(events.some((x) => x.kind === 'stranded' && /1 tasks wait 30 s/.test(x.text)));
      });
    } finally {
      await two.machine.end();
    }
  });

test.run();
