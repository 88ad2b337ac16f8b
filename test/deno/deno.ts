/** @file Deno for the tests: the binary of the npm package `deno`, which needs no install script to have run. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite as uvuSuite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../patience.ts';

/** The folder into which everything is compiled, and the project's. */
export const OUT = fileURLToPath(new URL('../../', import.meta.url));
export const ROOT = join(OUT, '..');

/** The binary comes in a package per platform; the package `deno` only links to it when its install script runs. */
const places = function* (): Generator<string> {
  if (process.env.DENO !== undefined) yield process.env.DENO;
  const { platform, arch } = process;
  const binary = platform === 'win32' ? 'deno.exe' : 'deno';
  const { resolve } = createRequire(import.meta.url);
  for (const name of [`@deno/${platform}-${arch}`, `@deno/${platform}-${arch}-glibc`, 'deno']) {
    try {
      yield join(dirname(resolve(`${name}/package.json`)), binary);
    } catch {
      // Not installed: the next.
    }
  }
};

const find = (): string | undefined => {
  for (const place of places())
    if (existsSync(place) && spawnSync(place, ['--version']).status === 0) return place;
  return undefined;
};

export const DENO = find();

/** A suite that is left out, with a word, where there is no Deno. */
export const denoSuite = (name: string) => {
  if (DENO !== undefined) return uvuSuite(name);
  console.log(`skipped: ${name} needs deno (npm install deno, or DENO=path)`);
  return Object.assign((_title: string, _run: () => unknown) => {}, { run: () => {} });
};

const cache = mkdtempSync(join(tmpdir(), 'tessera-deno-'));
process.once('exit', () => rmSync(cache, { recursive: true, force: true }));

export interface Ended {
  readonly code: number | null;
  readonly text: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The first match in what it prints. */
  said(wanted: RegExp): Promise<RegExpExecArray>;
}

/** Starts a program that is killed when it takes more than this. */
const start = (command: string, args: readonly string[], patience = PATIENCE_MS): Started => {
  const env = {
    ...process.env,
    DENO_DIR: cache,
    DENO_NO_UPDATE_CHECK: '1',
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
  };
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (text += String(d)));
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, text })));
  void ended.then(() => clearTimeout(timer));
  const said = (wanted: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = wanted.exec(text);
        if (found) resolve(found);
      };
      child.stdout.on('data', look);
      void ended.then(() => reject(new Error(`it ended without ${wanted}: ${text.slice(-2000)}`)));
      look();
    });
  return { child, ended, said };
};

/** Nothing is fetched: packages come from node_modules. */
const HERE = ['run', '--cached-only', '--no-lock', '--no-prompt'];

export const deno = (permissions: readonly string[], file: string, ...args: readonly string[]): Started =>
  start(DENO!, [...HERE, ...permissions, file, ...args]);

/** Another command of Deno's. */
export const denoWords = (...words: readonly string[]): Started => start(DENO!, words);

export const node = (file: string, ...args: readonly string[]): Started =>
  start(process.execPath, [file, ...args]);

/** What a program that ended well has printed. */
export const good = async ({ ended }: Started): Promise<string> => {
  const { code, text } = await ended;
  assert.is(code, 0, text.slice(-3000));
  return text;
};
