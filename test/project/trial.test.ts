/**
 * Production from nothing, word by word: the commands and files of its page, and of the page on material dealt beforehand, which begins
 * where that one ends. Ports are free ones, and the command is the one built here.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../link/helpers.ts';
import { PATIENCE_MS } from '../patience.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const test = suite('the trial of production');
const ports = await Promise.all([freePort(), freePort(), freePort()]);
/** In this folder the package finds itself by its name. */
const folder = mkdtempSync(join(root, 'dist/trial-'));
test.after(() => rmSync(folder, { recursive: true }));
const within = join(folder, 'tessera-try');
const env = { ...process.env, TESSERA_STATE: join(folder, 'state') };
mkdirSync(env.TESSERA_STATE, { mode: 0o700 });

const here = (text: string): string =>
  text
    .replaceAll(/910([123])/g, (_, i: string) => String(ports[Number(i) - 1]))
    .replaceAll('npx tessera', `"${process.execPath}" "${join(root, 'dist/node/lib/cli.js')}"`)
    .replaceAll(/(^| )node /gm, `$1"${process.execPath}" `)
    .replace(/^npm init.*$/m, '');

const shell = (text: string, cwd = within): string =>
  execFileSync('sh', ['-ec', text], { cwd, env, encoding: 'utf8', timeout: PATIENCE_MS });

/** The commands of a page, and its files put where it says. */
const follow = (name: string) => {
  const page = readFileSync(join(root, 'docs/how-to', `${name}.md`), 'utf8');
  const scripts = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => here(text!));
  const files = [...page.matchAll(/^`([\w./]+)`[^\n]*:\n\n```\w+\n([\s\S]*?)^```$/gm)];
  return {
    scripts,
    files: files.map(([, name]) => name!),
    write: () => {
      for (const [, name, text] of files) writeFileSync(join(within, name!), here(text!));
    },
  };
};

/** Each line in a terminal of its own: what it prints. */
const terminals = async (script: string): Promise<readonly string[]> => {
  const ended = script
    .trim()
    .split('\n')
    .map((line) => promisify(execFile)('sh', ['-ec', line], { cwd: within, env, timeout: PATIENCE_MS }));
  return (await Promise.all(ended)).map(({ stdout }) => stdout);
};

const TRUE = ['alice: true\n', 'bob: true\n'];
const SUMS = ['alice', 'bob'].map((party) => `${party}: 107000,119750,95000\n`);

const PAGE = follow('production');
const start = async (program: string): Promise<readonly string[]> =>
  (await terminals(PAGE.scripts[4]!.replaceAll('compare.js', program))).slice(1);

test('keys, configurations, doctor, a program, a dealer', async () => {
  assert.is(PAGE.scripts.length, 8);
  const parties = ['alice', 'bob', 'dealer'].map((party) => `${party}/party.json`);
  assert.equal(PAGE.files, [...parties, 'compare.js', 'keep.js']);
  // The first makes the folder in which the others stand.
  shell(PAGE.scripts[0]!, folder);
  shell(PAGE.scripts[1]!);
  PAGE.write();
  assert.not.match(shell(PAGE.scripts[2]!), /^BAD/m);
  shell(PAGE.scripts[3]!);
  assert.equal(await start('compare.js'), TRUE);
});

test('a checkpoint', async () => {
  assert.equal(await start('keep.js'), SUMS);
});

test('a new certificate: while the others have both, and when they have let go of the old one', async () => {
  const alices = (): string => readFileSync(join(within, 'alice/alice.cert.pem'), 'utf8');
  const old = alices();
  shell(PAGE.scripts[5]!);
  shell(PAGE.scripts[6]!);
  assert.equal(await start('compare.js'), TRUE);
  shell(PAGE.scripts[7]!);
  assert.not.match(shell(PAGE.scripts[2]!), /^BAD/m);
  assert.equal(await start('compare.js'), TRUE);
  for (const other of ['bob', 'dealer']) {
    const file = join(within, other, 'alice.cert.pem');
    writeFileSync(file, readFileSync(file, 'utf8').replace(old, ''));
    assert.is(readFileSync(file, 'utf8'), alices());
  }
  assert.equal(await start('keep.js'), SUMS);
});

test('material dealt beforehand, with which no dealer runs', async () => {
  const { scripts, files, write } = follow('material');
  assert.is(scripts.length, 4);
  assert.equal(files, ['record.js', 'alice/stored.json', 'bob/stored.json']);
  write();
  for (const script of scripts.slice(0, 3)) shell(script);
  for (let run = 1; run <= 2; run++) assert.equal(await terminals(scripts[3]!), TRUE);
  const left = shell(here('npx tessera material --folder alice/material'));
  assert.match(left, /of alice, 18 runs left/);
});

test.run();
