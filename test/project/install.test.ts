/** What npm packs, put into an empty project: it runs, it has types, and it holds nothing else. */
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
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
const installed = join(place, 'node_modules', 'tessera');
test.after(() => rmSync(place, { recursive: true }));

const PROGRAM = `
import * as sf from 'tessera';
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
  mkdirSync(installed, { recursive: true });
  const archive = join(place, stdout.trim());
  await run('tar', ['-xzf', archive, '--strip-components=1', '-C', installed]);
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const link = join(place, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(place, 'program.mjs'), PROGRAM);
  writeFileSync(join(place, 'typed.mts'), PROGRAM);
});

test('a program runs', async () => {
  const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: place });
  assert.is(stdout.trim(), 'PYUObject(alice #1) [[2,1],[4,3]]');
});

for (const [name, flags] of [
  ['Node', ['--module', 'nodenext']],
  [
    'bundlers of pages',
    ['--module', 'esnext', '--moduleResolution', 'bundler', '--customConditions', 'browser'],
  ],
] as const) {
  test(`it has types for ${name}, which need no others`, async () => {
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    const strict = ['--strict', '--target', 'es2022', '--noEmit', '--types', ''];
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
    'README.md',
    'ARCHITECTURE.md',
    'FEATURES.md',
    'SECURITY.md',
    'package.json',
  ];
  assert.equal(readdirSync(installed).sort(), folders.sort());
  assert.equal(readdirSync(join(installed, 'dist')).sort(), ['browser', 'dashboard', 'node', 'src']);
});

test('every dependency is used, in the bundle or beside it', () => {
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const folder = join(installed, 'dist', 'node');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const code = files
    .filter((f) => f.endsWith('.js'))
    .map((f) => readFileSync(join(folder, f), 'utf8'))
    .join('\n');
  for (const name of Object.keys(dependencies))
    assert.ok(code.includes(`"${name}`) || code.includes(`node_modules/${name}/`), name);
});

test.run();
