/** The demos are ended in the middle of their work: no process stays, and no folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { onlyDemo } from '../demo-ports.ts';
import { LONG } from '../long.ts';
import { clusterSuite, Machine, until } from './harness.ts';

const test = clusterSuite('cluster/demo');
test.before(onlyDemo);
const demo = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}/demo.js`, import.meta.url));

/** Processes that carry a mark in their environment, by what they run. */
const marked = (mark: string): Map<number, string> => {
  const found = new Map<number, string>();
  for (const pid of readdirSync('/proc').filter((n) => /^\d+$/.test(n)))
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      if (environment.includes(mark)) found.set(Number(pid), readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    } catch {
      // It has ended in between, or is another user's.
    }
  return found;
};

interface Running {
  readonly child: ChildProcess;
  readonly mark: string;
  readonly state: string;
  /** Nothing of it is there any more. */
  gone(): Promise<void>;
}

/** Runs a demo until `there` is among its processes. */
const running = async (name: string, there: RegExp): Promise<Running> => {
  const mark = `TESSERA_MARK=${randomBytes(8).toString('hex')}`;
  const above = mkdtempSync(join(tmpdir(), 'tessera-demo-test-'));
  const state = join(above, 'state');
  const child = spawn(process.execPath, [demo(name), '--epochs', '400'], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, TESSERA_STATE: state, TESSERA_MARK: mark.split('=')[1]! },
  });
  await until(() => [...marked(mark).values()].some((text) => there.test(text)), `${name} trains`);
  const gone = async (): Promise<void> => {
    await until(() => marked(mark).size === 0, `no process of ${name} is left`);
    assert.equal(readdirSync(above), [], 'no folder is left');
    rmSync(above, { recursive: true });
  };
  return { child, mark, state, gone };
};

const WAYS: readonly (readonly [string, RegExp, string, (child: ChildProcess) => void, number | null])[] = [
  // A terminal gives it to the whole group.
  ['cluster', /train\.js/, 'Ctrl-C', (c) => void process.kill(-c.pid!, 'SIGINT'), 130],
  ['cluster', /train\.js/, 'SIGKILL', (c) => void c.kill('SIGKILL'), null],
  ['production', /train\.js/, 'Ctrl-C', (c) => void process.kill(-c.pid!, 'SIGINT'), 130],
  ['production', /train\.js/, 'SIGKILL', (c) => void c.kill('SIGKILL'), null],
  ['production', /train\.js/, 'SIGTERM', (c) => void c.kill('SIGTERM'), 143],
];
const MORE: typeof WAYS = [
  ['cluster', /train\.js/, 'SIGTERM', (c) => void c.kill('SIGTERM'), 143],
  ['cluster', /node-process/, 'SIGKILL early', (c) => void c.kill('SIGKILL'), null],
  ['cluster', /nats-server/, 'Ctrl-C early', (c) => void process.kill(-c.pid!, 'SIGINT'), 130],
];

for (const [name, there, how, end, status] of LONG ? [...WAYS, ...MORE] : WAYS)
  test(`demo:${name} is ended by ${how}`, async () => {
    const { child, gone } = await running(name, there);
    const exit = once(child, 'exit');
    end(child);
    const [code] = (await exit) as [number | null];
    assert.is(code, status);
    await gone();
  });

test('a demo that hears of Ctrl-C while it stops already ends all the same', async () => {
  const { child, mark, gone } = await running('cluster', /train\.js/);
  for (const [pid, text] of marked(mark)) if (text.includes('train.js')) process.kill(pid, 'SIGINT');
  await until(() => [...marked(mark).values()].some((text) => /main\.js\0stop/.test(text)), 'it stops');
  child.kill('SIGINT');
  await until(() => child.exitCode !== null, 'it ends');
  assert.is(child.exitCode, 130);
  await gone();
});

test('what is left where the keeper was killed too, `tessera stop` finds', async () => {
  const { child, mark, state, gone } = await running('cluster', /train\.js/);
  const machine = new Machine({ TESSERA_STATE: state });
  assert.match((await machine.tessera('stop')).out, 'Nothing was started', 'a demo that runs is left alone');
  for (const [pid, text] of marked(mark)) if (text.includes('keeper.js')) process.kill(pid, 'SIGKILL');
  child.kill('SIGKILL');
  const { out } = await machine.tessera('stop');
  assert.match(
    out,
    /Stopped node n\w+ \(alice\)[\s\S]*Stopped node n\w+ \(bob\)|Stopped node n\w+ \(bob\)[\s\S]*\(alice\)/,
  );
  assert.match(out, /Stopped the engine/);
  await gone();
  rmSync(machine.state, { recursive: true });
});

test.run();
