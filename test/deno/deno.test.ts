/** The suites of protocol and transport, the examples and parties of production, run by Deno. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDemoServer } from '../../examples/web/server.ts';
import { createRoom, roomLink } from '../../src/index.ts';

const OUT = fileURLToPath(new URL('../../', import.meta.url));
const ROOT = join(OUT, '..');
const DENO = join(ROOT, 'node_modules', '.bin', 'deno');

/** Nothing is fetched: packages come from node_modules. */
const RUN = ['run', '--cached-only', '--no-lock', '--no-prompt', '--node-modules-dir=manual'];
const cache = mkdtempSync(join(tmpdir(), 'tessera-deno-'));

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

const start = (command: string, args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } => {
  const env = { ...process.env, DENO_DIR: cache, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1', FORCE_COLOR: '0' };
  const child = spawn(command, args, { cwd: ROOT, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream!.on('data', (d) => (text += String(d)));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, text })));
  const timer = setTimeout(() => child.kill('SIGKILL'), 150_000);
  void ended.then(() => clearTimeout(timer));
  return { child, ended };
};

const deno = (permissions: readonly string[], file: string, ...args: readonly string[]) =>
  start(DENO, [...RUN, ...permissions, join(OUT, file), ...args]);

/** What README lists. */
const STANDALONE = ['--allow-read', '--allow-env'];
const PARTY = ['--allow-net=127.0.0.1', '--allow-read', '--allow-env', '--allow-sys=hostname'];

const good = ({ code, text }: Ended): string => {
  assert.is(code, 0, text.slice(-3000));
  return text;
};

const test = suite('Deno');

if (!existsSync(DENO)) console.log('skipped: Deno needs deno (npm i deno)');
else {
  test.after(() => rmSync(cache, { recursive: true, force: true }));

  // Each suite in one process; a suite that ends early has no "Total" line, or passes fewer than all.
  for (const [folder, ...files] of [
    ['ring', 'prg', 'words', 'matmul', 'convert'],
    ['gates', 'smoke', 'arithmetic', 'inout'],
    ['link', 'codec', 'crypto', 'local', 'protocol', 'relay', 'tls'],
    ['device', 'spu', 'pyu', 'config'],
  ] as const)
    for (const file of files) {
      const path = `test/${folder}/${file}.test.js`;
      if (!existsSync(join(OUT, path))) continue;
      test(`${folder}/${file}`, async () => {
        const text = good(await deno(['-A'], path).ended);
        const [total, passed] = ['Total', 'Passed'].map(
          (word) => new RegExp(`${word}:\\s+(\\d+)`).exec(text)?.[1],
        );
        assert.ok(Number(total) > 0, text.slice(-2000));
        assert.is(passed, total, text.slice(-3000));
      });
    }

  test('the main demo, standalone on Deno: parties in threads, with no more permissions than README says', async () => {
    const text = good(
      await deno([...STANDALONE, '--allow-write=out'], 'examples/breast-cancer.js', '--epochs', '1', '--json')
        .ended,
    );
    const last = JSON.parse(text.trim().split('\n').at(-1)!) as { accuracy: number };
    assert.ok(last.accuracy > 0.94, text);
  });

  for (const [one, other] of [
    ['deno', 'deno'],
    ['deno', 'node'],
    ['node', 'deno'],
  ] as const)
    test(`two parties meet at a relay: ${one} and ${other}`, async () => {
      const server = await startDemoServer({ bundles: OUT });
      try {
        const room = createRoom({ parties: ['alice', 'bob'], relay: server.relay });
        const link = roomLink(server.url, room);
        const play = (runtime: 'deno' | 'node', self: string) =>
          runtime === 'deno'
            ? deno(PARTY, 'examples/web/join.js', link, 'salaries', self)
            : start(process.execPath, [join(OUT, 'examples/web/join.js'), link, 'salaries', self]);
        const ends = await Promise.all([play(one, 'alice').ended, play(other, 'bob').ended]);
        for (const end of ends) assert.match(good(end), /"mean":5\d{4}/);
      } finally {
        await server.close();
      }
    });
}

test.run();
