/** Code as modules: the same on both sides or not at all, and what is no task is refused with the fix. */
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { hashOf, locate } from '../../src/cluster/task.ts';
import { LONG } from '../long.ts';
import { type Cluster, clusterSuite, rejection, startCluster, until, withSession } from './harness.ts';
import * as tasks from './tasks.ts';

const test = clusterSuite('cluster/modules');
const folder = mkdtempSync(join(tmpdir(), 'tessera-modules-'));
const library = new URL('../../src/index.js', import.meta.url).href;
let cluster: Cluster;

test.before(async () => {
  cluster = await startCluster({ carol: 2 });
  await cluster.machine.start(`--address=${cluster.address}`, `--root=${folder}`, '--resources={"alice":2}');
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
    const [alice, carol] = [s.PYU('alice'), s.PYU('carol')];
    const changed = await moduleOf('changed', 2);
    const other = alice(changed.scale)(carol(tasks.later)(600, 7).to(alice));
    write(changed.path, 4);
    const e = await rejection(s.reveal(other));
    assert.is(e.code, 'CONFIG');
    assert.match(e.message, /node n\w+ has another changed\.js \(.*hash \w{12}, the program has \w{12}\)/);
    const removed = await moduleOf('removed', 2);
    const missing = alice(removed.scale)(carol(tasks.later)(600, 7).to(alice));
    rmSync(removed.path);
    assert.match((await rejection(s.reveal(missing))).message, /node n\w+ has no module removed\.js/);
  }));

test('a module that is not below the folder of the node is never loaded, by whatever name', () =>
  withSession(cluster, async (s) => {
    const outside = mkdtempSync(join(tmpdir(), 'tessera-outside-'));
    const [path, trace] = [join(outside, 'evil.js'), join(outside, 'trace')];
    writeFileSync(
      path,
      `import { writeFileSync } from 'node:fs';\nif (process.argv[1].includes('node-process')) writeFileSync(${JSON.stringify(trace)}, '');\n` +
        'export const run = () => process.getuid();\n',
    );
    symlinkSync(path, join(folder, 'link.js'));
    symlinkSync(outside, join(folder, 'way'));
    const urls = [
      pathToFileURL(path).href,
      pathToFileURL(join(folder, 'link.js')).href,
      pathToFileURL(join(folder, 'way', 'evil.js')).href,
      `${pathToFileURL(folder).href}/../${basename(outside)}/evil.js`,
      `${pathToFileURL(folder).href}/%2e%2e/${basename(outside)}/evil.js`,
    ];
    for (const url of urls) {
      const run = sf.task(new URL(url), 'run') as unknown as () => number;
      const e = await rejection(s.reveal(s.PYU('alice')(run)()));
      assert.is(e.code, 'CONFIG', url);
      assert.match(e.message, /below its folder/);
    }
    assert.not.ok(existsSync(trace), 'nothing of it has run');
    const hash = hashOf(path);
    const refused = (url: string, way: string): void =>
      assert.throws(
        () => locate({ url, path: way, hash, name: 'run' }, folder, 'n1'),
        (e: sf.TesseraError) => e.code === 'CONFIG' && /has no module/.test(e.message),
        `${url} ${way}`,
      );
    const here = pathToFileURL(join(folder, 'none.js')).href;
    for (const url of [
      `data:text/javascript,export const run = 1`,
      'https://example.org/evil.js',
      `file://elsewhere${path}`,
      `file://${folder}/..%2f${basename(outside)}/evil.js`,
      `file://${folder}/%00.js`,
      'node:fs',
      '',
    ])
      refused(url, 'none.js');
    for (const way of [
      `../${basename(outside)}/evil.js`,
      path,
      'link.js',
      'way/evil.js',
      'way',
      '',
      '.',
      '\0',
    ])
      refused(here, way);
    rmSync(outside, { recursive: true });
  }));

test('a node does not take all files of a machine for its own', async () => {
  const { machine, address } = cluster;
  for (const [root, why] of [
    ['/', /holds all files of this machine/],
    [join(folder, 'nowhere'), /is no folder \(ENOENT\)/],
    [fileURLToPath(import.meta.url), /is no folder/],
  ] as const) {
    const { code, err } = await machine.tessera('start', `--address=${address}`, `--root=${root}`);
    assert.is(code, 1);
    assert.match(err, why);
  }
});

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
    const e = await rejection(s.reveal(s.PYU('carol')(tasks.noop)((() => 1) as never)));
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
