/**
 * The package behind bundlers, none of which has a line of configuration: what npm packs is put into each application of this folder, the
 * application is built, and its page computes between two tabs and a dealer. Bundlers come from the registry, once a machine.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { readRoomLink, roomOptions, startDealer } from '#tessera';
import { projectFile } from '../../examples/lib/project.ts';
import { startRelay } from '../../src/link/relay.ts';
import { freePort } from '../link/helpers.ts';
import { LONG } from '../long.ts';
import { PATIENCE_MS } from '../patience.ts';
import { newContext, webSuite } from '../web/chromium.ts';

const run = promisify(execFile);
const root = dirname(projectFile('package.json'));
const sources = join(root, 'test', 'bundlers');
const test = webSuite('bundlers');

interface Application {
  readonly folder: string;
  readonly build?: readonly string[];
  /** A server of the bundler's own; else the folder `served` is served as files. */
  readonly serve?: (port: string) => readonly string[];
  readonly served?: string;
  /** Its page, where it is not as it stands in the folder. */
  readonly page?: (html: string) => string;
  /** In every run; the others with TESSERA_LONG=1. */
  readonly short?: true;
  /** What a route on the server answers. */
  readonly route?: readonly [path: string, answer: string];
  /** A program for Node that is built, and what it prints: nothing is served. */
  readonly program?: readonly [file: string, printed: string];
}

const APPLICATIONS: Readonly<Record<string, Application>> = {
  'Vite, built': { folder: 'vite', build: ['vite', 'build'], served: 'dist', short: true },
  'Vite, its development server': {
    folder: 'vite',
    serve: (port) => ['vite', '--host', '127.0.0.1', '--port', port],
    short: true,
  },
  'Vite, for a server': {
    folder: 'vite',
    build: ['vite', 'build', '--ssr', 'server.js'],
    program: ['dist/server.js', '[12,20]'],
  },
  esbuild: {
    folder: 'esbuild',
    build: ['esbuild', 'main.js', '--bundle', '--format=esm', '--outdir=dist'],
    served: '.',
    short: true,
  },
  'esbuild, a script that is no module': {
    folder: 'esbuild',
    build: ['esbuild', 'main.js', '--bundle', '--outfile=dist/main.js'],
    served: '.',
    page: (html) => html.replace('type="module"', 'defer'),
    short: true,
  },
  Rollup: {
    folder: 'rollup',
    build: ['rollup', 'main.js', '-d', 'dist', '-f', 'es', '-p', 'node-resolve'],
    served: '.',
  },
  'webpack 5': { folder: 'webpack', build: ['webpack', '--mode', 'production'], served: '.' },
  'webpack 5, for development': {
    folder: 'webpack',
    build: ['webpack', '--mode', 'development'],
    served: '.',
  },
  Parcel: { folder: 'parcel', build: ['parcel', 'build', 'index.html'], served: 'dist' },
  'Next, client and route': {
    folder: 'next',
    build: ['next', 'build'],
    serve: (port) => ['next', 'start', '-H', '127.0.0.1', '-p', port],
    route: ['/api/compare', '[12,20]'],
  },
  'Next with webpack, client and route': {
    folder: 'next',
    build: ['next', 'build', '--webpack'],
    serve: (port) => ['next', 'start', '-H', '127.0.0.1', '-p', port],
    route: ['/api/compare', '[12,20]'],
  },
  'Next, its development server': {
    folder: 'next',
    serve: (port) => ['next', 'dev', '-H', '127.0.0.1', '-p', port],
    route: ['/api/compare', '[12,20]'],
  },
};

/** The packed package. */
let tarball = '';
const place = mkdtempSync(join(tmpdir(), 'tessera-packed-'));
process.once('exit', () => rmSync(place, { recursive: true, force: true }));
const pack = async (): Promise<string> => {
  if (tarball !== '') return tarball;
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', place];
  tarball = join(place, (await run('npm', args, { cwd: root })).stdout.trim());
  return tarball;
};

/** The bundler in a folder that stays, with the application and the package as they are now. Undefined without a registry. */
const prepare = async (folder: string): Promise<string | undefined> => {
  const manifest = readFileSync(join(sources, folder, 'package.json'));
  const digest = createHash('sha256').update(manifest).digest('hex').slice(0, 12);
  const at = join(tmpdir(), 'tessera-bundlers', `${folder}-${digest}`);
  if (!existsSync(join(at, 'installed'))) {
    rmSync(at, { recursive: true, force: true });
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'package.json'), manifest);
    const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--fetch-retries=0'];
    try {
      await run('npm', ['install', ...flags], { cwd: at });
    } catch {
      rmSync(at, { recursive: true, force: true });
      return undefined;
    }
    writeFileSync(join(at, 'installed'), '');
  }
  for (const made of ['dist', '.next', '.parcel-cache', 'node_modules/.vite', 'node_modules/tessera-mpc'])
    rmSync(join(at, made), { recursive: true, force: true });
  cpSync(join(sources, folder), at, { recursive: true });
  cpSync(join(sources, 'party.js'), join(at, 'party.js'));
  const installed = join(at, 'node_modules', 'tessera-mpc');
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', await pack(), '--strip-components=1', '-C', installed]);
  return at;
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

interface Served {
  readonly url: string;
  /** What its process has written. */
  said(): string;
  end(): Promise<void>;
}

const serveFiles = async (folder: string): Promise<Served> => {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    const file = join(folder, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(file) || !statSync(file).isFile()) response.writeHead(404).end();
    else
      response
        .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' })
        .end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    said: () => '',
    end: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const command = (at: string, [name, ...args]: readonly string[]): readonly [string, string[]] => [
  join(at, 'node_modules', '.bin', name!),
  args,
];
const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', NEXT_TELEMETRY_DISABLED: '1', CI: 'true' };

/** The bundler's own server, from when it answers. */
const serve = async (at: string, words: readonly string[], port: string): Promise<Served> => {
  const [file, args] = command(at, words);
  const child: ChildProcess = spawn(file, args, {
    cwd: at,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (said += text));
  const url = `http://127.0.0.1:${port}`;
  const end = async (): Promise<void> => {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
  };
  for (const until = Date.now() + PATIENCE_MS; ; ) {
    try {
      await fetch(url);
      return { url, said: () => said, end };
    } catch {
      if (child.exitCode !== null || Date.now() > until) {
        await end();
        throw new Error(`${words.join(' ')} does not serve: ${said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
};

const textOf = async (page: Page, id: string): Promise<string> => {
  await page.waitForFunction((id) => (document.getElementById(id)?.textContent ?? '') !== '', id, {
    timeout: PATIENCE_MS,
  });
  return (await page.textContent(`#${id}`))!;
};

/** Two tabs of the application and a dealer here. */
const compute = async (url: string): Promise<readonly string[]> => {
  const relay = await startRelay({ listen: { host: '127.0.0.1', port: 0 } });
  const context = await newContext();
  const errors: string[] = [];
  const open = async (address: string): Promise<Page> => {
    const page = await context.newPage();
    page.on('pageerror', (e) => errors.push(e.message));
    await page.goto(address);
    return page;
  };
  try {
    const alice = await open(`${url}/?relay=${encodeURIComponent(`ws://127.0.0.1:${relay.port}`)}`);
    const link = await textOf(alice, 'link').catch(async (e) => {
      throw new Error(`${(await alice.textContent('body'))!} ${errors.join(' ')}`, { cause: e });
    });
    const helper = startDealer(roomOptions(readRoomLink(link)!, 'dealer'));
    const bob = await open(link);
    const dealer = await helper;
    const said = await Promise.all([alice, bob].map((page) => textOf(page, 'result')));
    await dealer.done;
    assert.equal(errors, []);
    return said;
  } finally {
    await context.close();
    await relay.close();
  }
};

/** What bundlers say of an import that they cannot follow, and of whatever else is wrong; not how large files are. */
const WARNINGS =
  /critical dependency|cannot be analyzed|\[WARNING\]|^\(!\)|compiled with warnings|could not be resolved/im;

for (const [name, { folder, build, serve: words, served, page, short, route, program }] of Object.entries(
  APPLICATIONS,
)) {
  if (!short && !LONG) continue;
  test(name, async () => {
    const at = await prepare(folder);
    if (at === undefined) {
      console.log(`skipped: ${name} needs the registry of npm (a network that reaches it)`);
      return;
    }
    const html = join(at, 'index.html');
    if (page !== undefined) writeFileSync(html, page(readFileSync(html, 'utf8')));
    if (build !== undefined) {
      const [file, args] = command(at, build);
      const { stdout, stderr } = await run(file, args, { cwd: at, env, maxBuffer: 1 << 26 }).catch(
        (e: { stdout: string; stderr: string }) => {
          throw new Error(`${build.join(' ')}: ${e.stdout}\n${e.stderr}`);
        },
      );
      assert.not.match(`${stdout}\n${stderr}`, WARNINGS);
    }
    if (program !== undefined) {
      const [file, printed] = program;
      const { stdout, stderr } = await run(process.execPath, [file], { cwd: at });
      assert.equal([stdout.trim(), stderr], [printed, '']);
      return;
    }
    const port = String(await freePort());
    const site =
      words === undefined ? await serveFiles(join(at, served ?? '.')) : await serve(at, words(port), port);
    try {
      assert.equal(await compute(site.url), ['alice 61500 1', 'alice 61500 1']);
      if (route !== undefined) assert.is(await (await fetch(`${site.url}${route[0]}`)).text(), route[1]);
      assert.not.match(site.said(), WARNINGS);
    } finally {
      await site.end();
    }
  });
}

test.run();
