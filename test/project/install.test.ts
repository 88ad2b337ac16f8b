/** What npm packs, put into an empty project: it runs, it has types, and it holds nothing else. */
import { execFile } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectFile } from '../../examples/lib/project.ts';

const test = suite('project: installed package');
const run = promisify(execFile);
const root = dirname(projectFile('package.json'));
const place = mkdtempSync(join(tmpdir(), 'tessera-package-'));
const installed = join(place, 'node_modules', 'tessera-mpc');
test.after(() => rmSync(place, { recursive: true }));

const PROGRAM = `
import * as sf from 'tessera-mpc';
const { np } = sf;
await sf.init({ parties: ['alice', 'bob', 'carol'], address: 'local', loggingLevel: 'error' });
const alice = sf.PYU('alice');
const bob = sf.PYU('bob');
const x = alice(() => [[1, 2], [3, 4]])();
const y = bob(() => [[0, 1], [1, 0]])();
const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
const z = spu((a, b) => np.matmul(a, b))(x, y);
console.log(String(x), JSON.stringify((await sf.reveal(z)).toArray()));
await sf.shutdown();
`;

test.before(async () => {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', place], {
    cwd: root,
  });
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(place, 'program.mjs'), PROGRAM);
  writeFileSync(
    join(place, 'typed.mts'),
    `declare const console: { log(...values: unknown[]): void };\n${PROGRAM}export {};\n`,
  );
  const { stderr } = await run('npm', ['install', '--offline', '--no-audit', '--no-fund', stdout.trim()], {
    cwd: place,
  });
  assert.is(stderr, '', 'npm has something to say');
});

/** Bytes of what lies in a folder and of the folders themselves, as `du -sb` counts. */
const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (sum, { parentPath, name }) => sum + lstatSync(join(parentPath, name)).size,
    statSync(folder).size,
  );

test('it comes alone, and is small', () => {
  assert.equal(
    readdirSync(join(place, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['tessera-mpc'],
  );
  const bytes = bytesIn(join(place, 'node_modules'));
  assert.ok(bytes < 8e6, `${bytes} bytes`);
});

test('its README points at nothing that is not in it', () => {
  const text = readFileSync(join(installed, 'README.md'), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) => to!);
  assert.ok(links.length > 5);
  assert.equal(
    links.filter((to) => !existsSync(join(installed, to))),
    [],
  );
});

test('a program runs', async () => {
  const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: place });
  assert.is(stdout.trim(), 'PYUObject(alice #1) [[2,1],[4,3]]');
});

const BUNDLER = ['--module', 'esnext', '--moduleResolution', 'bundler'];
const NO_DOM = ['--lib', 'es2023'];
for (const [name, flags] of [
  ['Node', ['--module', 'nodenext']],
  ['Node, without those of pages', ['--module', 'nodenext', ...NO_DOM]],
  ['Node, as it was resolved in version 16', ['--module', 'node16', ...NO_DOM]],
  ['bundlers', BUNDLER],
  ['bundlers, without those of pages', [...BUNDLER, ...NO_DOM]],
  ['bundlers of pages', [...BUNDLER, '--customConditions', 'browser']],
  ['bundlers of pages, without those of pages', [...BUNDLER, '--customConditions', 'browser', ...NO_DOM]],
] as const) {
  test(`it has types for ${name}, which need no others`, async () => {
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    const strict = ['--strict', '--target', 'es2022', '--noEmit', '--skipLibCheck', 'false', '--types', ''];
    const { stdout } = await run(tsc, [...strict, ...flags, 'typed.mts'], { cwd: place }).catch(
      (e: { stdout: string }) => e,
    );
    assert.is(stdout, '');
  });
}

test('the command is there', async () => {
  const { bin, version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    bin: { tessera: string };
    version: string;
  };
  const { stdout } = await run(process.execPath, [join(installed, bin.tessera), '--version']);
  assert.is(stdout.trim(), version);
});

test('it holds what is used, and no more', () => {
  const folders = [
    'dist',
    'wasm-build',
    'bench',
    'docs',
    'README.md',
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'FEATURES.md',
    'LICENSE',
    'SECURITY.md',
    'package.json',
  ];
  assert.equal(readdirSync(installed).sort(), folders.sort());
  assert.equal(readdirSync(join(installed, 'dist')).sort(), ['browser', 'dashboard', 'node', 'types']);
});

test.run();
