/** @file Two builds never run together: here a copy of the sources with one other constant meets this one wherever they can meet. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { BUILD } from '../../src/build.ts';
import { keygen } from '../../src/cli/keygen.ts';
import { identityText, parseSecretIdentity } from '../../src/link/identity.ts';
import { cluster, folder, type Options, suite } from './harness.ts';

const test = suite('production/builds');
const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RUNNER = fileURLToPath(new URL('./build-party.js', import.meta.url));
const place = folder();
const TWO = ['alice', 'bob'] as const;

const copy = join(place, 'copy');
const lib = (root: string): string => join(root, 'dist', 'node', 'lib');
const OURS = fileURLToPath(new URL('../../src/index.js', import.meta.url));
const THEIRS = join(lib(copy), 'tessera.js');
let other = '';

test.before(async () => {
  for (const part of ['src', 'tools', 'wasm-build', 'asconfig.json', 'package.json'])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const file = join(copy, 'src', 'fixed', 'smooth.ts');
  const before = readFileSync(file, 'utf8');
  const after = before.replace('math.sigmoid(x) - 0.5', 'math.sigmoid(x) - 0.25');
  assert.is.not(after, before);
  writeFileSync(file, after);
  await run(process.execPath, ['tools/node.mjs'], { cwd: copy });
  other = /HASH = '(\w+)'/.exec(readFileSync(join(copy, 'src', 'build-stamp.ts'), 'utf8'))![1]!;
  assert.is.not(other, BUILD.hash);
});

interface Ended {
  readonly code?: string;
  readonly message?: string;
  readonly value?: unknown;
}

type Part = readonly [module: string, what: string, file: string];

/** Runs parts that begin together, when all are loaded: who waits for one of another build soon gives up. */
const together = async (...parts: readonly Part[]): Promise<Ended[]> => {
  const running = parts.map((part) => run(process.execPath, [RUNNER, ...part], { timeout: 240_000 }));
  await Promise.all(
    running.map(async (one) => {
      await Promise.race([once(one.child.stdout!, 'data'), one]);
    }),
  );
  for (const { child } of running) child.stdin!.end();
  const printed = await Promise.all(running);
  return printed.map(({ stdout, stderr }) => {
    const [, kind, text] = /^(VALUE|ERROR) (.*)$/m.exec(stdout) ?? [];
    if (kind === undefined) throw new Error(stdout + stderr);
    return kind === 'VALUE' ? { value: JSON.parse(text!) } : (JSON.parse(text!) as Ended);
  });
};

let files = 0;
const fileOf = (options: Options): string => {
  const file = join(place, `${++files}.json`);
  writeFileSync(file, JSON.stringify(options));
  return file;
};

const both = (text: string | undefined): boolean =>
  [BUILD.hash, other].every((hash) =>
    text?.includes(`Tessera ${BUILD.version} (build ${hash.slice(0, 12)})`),
  );

const refusal = ({ code, message }: Ended, whose: string): void => {
  assert.is(code, 'BUILD', `${whose}: ${message}`);
  assert.ok(both(message), `${whose}: ${message}`);
};

const PLAIN = [0.5, 1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(-5))];

test('a bundle and modules of the same sources are one build, and run together', async () => {
  const options = await cluster([...TWO, 'dealer']);
  const [alice, bob, dealer] = await together(
    [OURS, 'party', fileOf(options.alice)],
    [join(lib(ROOT), 'tessera.js'), 'party', fileOf(options.bob)],
    [OURS, 'dealer', fileOf(options.dealer)],
  );
  assert.equal(dealer, { value: null });
  assert.equal(alice, bob);
  for (const [i, x] of (alice!.value as number[]).entries()) assert.ok(Math.abs(x - PLAIN[i]!) < 1e-5);
});

test('parties of two builds refuse each other, and say who has which', async () => {
  const options = await cluster(TWO, (_, o) => ({ ...o, allowTrustedFirstParty: true }));
  const [alice, bob] = await together(
    [OURS, 'party', fileOf(options.alice)],
    [THEIRS, 'party', fileOf(options.bob)],
  );
  refusal(alice!, 'alice');
  refusal(bob!, 'bob');
  assert.match(alice!.message!, `"alice" runs Tessera ${BUILD.version} (build ${BUILD.hash.slice(0, 12)})`);
  assert.match(alice!.message!, `"bob" runs Tessera ${BUILD.version} (build ${other.slice(0, 12)})`);
});

test('a dealer of another build deals for nobody', async () => {
  const options = await cluster([...TWO, 'dealer']);
  const ended = await together(
    [OURS, 'party', fileOf(options.alice)],
    [OURS, 'party', fileOf(options.bob)],
    [THEIRS, 'dealer', fileOf(options.dealer)],
  );
  for (const [i, name] of ['alice', 'bob', 'dealer'].entries()) refusal(ended[i]!, name);
});

test('stored material of another build is refused, and so are its programs at a dealer', async () => {
  for (const party of [...TWO, 'dealer']) await keygen({ party, out: place });
  const identity = (name: string): string => join(place, `${name}.identity`);
  const program = join(place, 'program');
  assert.equal(await together([THEIRS, 'record', program]), [{ value: null }]);
  const cli = join(lib(copy), 'cli.js');
  const recipients: string[] = [];
  for (const party of TWO) {
    const { stdout } = await run(process.execPath, [cli, 'material-key', '--identity', identity(party)]);
    recipients.push(`${party}=${stdout.trim()}`);
  }
  const out = join(place, 'material');
  const deal = (command: string) =>
    run(process.execPath, [
      ...[command, 'deal', '--program', program, '--identity', identity('dealer'), '--out', out],
      ...['--job', 'test', '--recipient', ...recipients],
    ]);
  const ours = fileURLToPath(import.meta.resolve('#tessera-cli'));
  const failed = await deal(ours).then(
    () => '',
    (e: { stderr: string }) => e.stderr,
  );
  assert.ok(both(failed), failed);
  assert.match(failed, 'was recorded by');
  await deal(cli);
  const portions = readdirSync(join(out, 'alice'));
  assert.is(portions.length, 1);
  const acceptCopiedMaterial = portions[0]!.slice(0, 16);
  const secret = (name: string): string => readFileSync(identity(name), 'utf8').trim();
  const dealer = identityText(parseSecretIdentity(secret('dealer')));
  const options = await cluster(TWO, (self, o) => ({
    ...o,
    identity: secret(self),
    storedMaterial: { folder: join(out, self), dealer, acceptCopiedMaterial },
  }));
  const ended = await together(...TWO.map((name): Part => [OURS, 'party', fileOf(options[name])]));
  // Who opens its portion first tells the other.
  assert.ok(ended.some(({ code }) => code === 'BUILD'));
  for (const { code, message } of ended) {
    assert.match(code!, /^(BUILD|PARTY_FAILED)$/, message);
    assert.ok(both(message), message);
    assert.match(message!, 'was dealt by');
  }
});

test.run();
