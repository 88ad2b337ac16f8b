/** The package as it is published: what `import 'tessera-mpc'` and the `tessera` command load in Node. */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../link/helpers.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const run = (args: readonly string[], cwd: string): Promise<{ code: number | null; text: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });

/** A project of a user's, with the package among its modules. */
const inProject = async (program: string): Promise<{ code: number | null; text: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-package-'));
  try {
    symlinkSync(root, join(folder, 'tessera-mpc'));
    const file = join(folder, 'program.mjs');
    writeFileSync(
      file,
      program.replace("'tessera-mpc'", JSON.stringify(`./tessera-mpc/${manifest.exports['.'].node.default}`)),
    );
    return await run([file], folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const test = suite('package');

test('a program runs on it, with threads, and nothing else of the package is loaded', async () => {
  const { code, text } = await inProject(`
    import * as sf from 'tessera-mpc';
    import { readdirSync } from 'node:fs';
    await sf.init(['alice', 'bob'], { address: 'local' });
    const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
    const x = spu((a, b) => sf.np.greater(a, b))(sf.PYU('alice')(() => [3, 5])(), sf.PYU('bob')(() => [4, 4])());
    console.log(JSON.stringify([...(await sf.reveal(x)).data]), sf.np.greater.name, sf.Session.name);
    await sf.shutdown();
  `);
  assert.match(text, /\[0,1\] greater Session/);
  assert.is(code, 0);
});

test("errors name the line of the user's program, and its own files in their stack", async () => {
  const { code, text } = await inProject(
    [
      `import * as sf from 'tessera-mpc';`,
      `await sf.init(['alice', 'bob'], { address: 'local' });`,
      `const x = sf.PYU('alice')(() => {`,
      `  throw new Error('no data today');`,
      `})();`,
      `await sf.reveal(x).catch((e) => console.log(e.message, e.cause?.stack));`,
      `await sf.shutdown();`,
    ].join('\n'),
  );
  assert.match(text, /called at .*program\.mjs:5:3\)/);
  assert.match(text, /at file:.*program\.mjs:4:9/);
  assert.match(text, /no data today/);
  assert.is(code, 0);
});

test('the command runs on it', async () => {
  const { code, text } = await run([join(root, manifest.bin.tessera), '--version'], tmpdir());
  assert.is(text.trim(), manifest.version);
  assert.is(code, 0);
});

test('it can be read: a comment for each source file but those of threads alone, names as they are written, no map needed', () => {
  const lib = join(root, 'dist', 'node', 'lib');
  const files = readdirSync(lib);
  assert.not.ok(files.some((name) => name.endsWith('.map')));
  const all = files.map((name) => readFileSync(join(lib, name), 'utf8')).join('\n');
  for (const source of ['src/device/session.ts', 'src/link/handshake.ts', 'src/ir/run/engine.ts'])
    assert.ok(all.includes(`//! ${source}\n`), source);
});

test('two parties as two processes: the millionaires', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-package-'));
  const parties = {
    alice: { address: `127.0.0.1:${await freePort()}` },
    bob: { address: `127.0.0.1:${await freePort()}` },
  };
  const answers = ['alice', 'bob'].map((self_party, i) => {
    const options = { cluster_config: { parties, self_party }, allowTrustedFirstParty: true };
    writeFileSync(join(folder, `${self_party}.json`), JSON.stringify(options));
    const wealth = String(6_100_000 + 10 * i);
    return run(
      [join(root, 'dist', 'examples', 'millionaires.js'), self_party, wealth, `${self_party}.json`],
      folder,
    );
  });
  for (const [i, { code, text }] of (await Promise.all(answers)).entries()) {
    assert.match(text, `${['alice', 'bob'][i]}: bob is richer`);
    assert.is(code, 0);
  }
  rmSync(folder, { recursive: true });
});

test('its addresses are of one name, and the package on JSR is the same', () => {
  const { owner, repository } =
    /^git\+https:\/\/github\.com\/(?<owner>[\w-]+)\/(?<repository>[\w-]+)\.git$/.exec(
      manifest.repository.url,
    )!.groups!;
  assert.is(manifest.bugs.url, `https://github.com/${owner}/${repository}/issues`);
  assert.is(manifest.homepage, `https://www.npmjs.com/package/${manifest.name}`);
  assert.is(owner, manifest.name);
  const jsr = JSON.parse(readFileSync(join(root, 'jsr.json'), 'utf8'));
  assert.is(jsr.name, `@${owner}/${repository}`);
  assert.equal([jsr.version, jsr.license], [manifest.version, manifest.license]);
  const told = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split(
    '## Before the first publication',
  )[1]!;
  for (const name of [`\`${owner}\``, `\`@${owner}\``, `\`${repository}\``])
    assert.ok(told.includes(name), name);
});

test('it is published only where its repository answers, is its own and has the commit', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-package-'));
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs.git')];
  const git = (...args: string[]) => execFileSync('git', ['-C', ours, ...args], { stdio: 'pipe' });
  const published = () => run([join(root, 'tools', 'publishable.mjs')], ours);
  const writes = (name: string) => {
    const repository = { type: 'git', url: `git+file://${theirs}` };
    writeFileSync(join(ours, 'package.json'), JSON.stringify({ name, repository }));
  };
  const commits = (name: string) => {
    writes(name);
    git('add', '.');
    git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '-qm', name);
  };
  const refuses = async (why: RegExp) => {
    const { code, text } = await published();
    assert.match(text, why);
    assert.is(code, 1);
  };
  try {
    execFileSync('git', ['init', '-q', '-b', 'main', ours]);
    commits('tessera-mpc');
    await refuses(/not published: no repository answers at file:.*theirs\.git/);
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', theirs]);
    await refuses(/is not the repository of tessera-mpc: its package\.json has no name/);
    git('push', '-q', theirs, 'main');
    assert.equal(await published(), { code: 0, text: '' });
    commits('another');
    await refuses(/is not the repository of another: its package\.json has the name tessera-mpc/);
    commits('tessera-mpc');
    await refuses(/no branch or tag of .* is at [0-9a-f]{40}: push it first/);
    git('tag', 'v1');
    git('push', '-q', theirs, 'v1');
    assert.is((await published()).code, 0);
    cpSync(join(ours, 'package.json'), join(ours, 'new.json'));
    await refuses(/changes that are not committed/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.is(manifest.scripts.prepublishOnly, 'node tools/publishable.mjs');
});

test.run();
