/**
 * @file A cluster on this machine: a head and two nodes, each a process, and a real nats-server. Many tasks, one task's
 * round trip beside a bare request over the same server, and a large object that moves between nodes.
 */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { findServer } from '../src/cluster/nats-server.ts';
import * as sf from '../src/index.ts';
import * as tasks from './lib/cluster-tasks.ts';
import { median, spread } from './lib/duel.ts';
import type { Row } from './lib/row.ts';

const TASKS = 10_000;
const SLOTS = 16;
const KILOBYTE = 1_000;
const TRIPS = 2_000;
const TURNS = 20;
const OBJECT = 64 * 1024 * 1024;
const PORT = 4_333;
const ADDRESS = `127.0.0.1:${PORT}`;

const sibling = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1e3;
};

/** Milliseconds of each, one after the other; by turns, so that what else the machine does is the same for all. */
const trips = async (...kinds: readonly (() => Promise<unknown>)[]): Promise<number[][]> => {
  const times: number[][] = kinds.map(() => []);
  for (let turn = -1; turn < TURNS; turn++)
    for (const [k, one] of kinds.entries())
      for (let i = 0; i < TRIPS / TURNS; i++) {
        const took = await seconds(one);
        if (turn >= 0) times[k]!.push(took * 1e3);
      }
  return times;
};

const manyTasks = async (session: sf.Session): Promise<Row> => {
  const work = session.PYU('work');
  const run = (n: number) => session.wait(Array.from({ length: n }, (_, i) => work(tasks.noop)(i)));
  await run(TASKS / 5);
  const rates: number[] = [];
  for (let i = 0; i < 3; i++) rates.push(TASKS / (await seconds(() => run(TASKS))));
  return {
    name: 'cluster: 10,000 tasks that do nothing, two nodes',
    unit: 'tasks/s',
    value: median(rates),
    baseline: null,
    ratio: null,
    ...spread(rates),
  };
};

const roundTrip = async (session: sf.Session, token: string): Promise<Row> => {
  const payload = new Uint8Array(KILOBYTE).fill(7);
  const alice = session.PYU('alice');
  const echo = fork(sibling('./lib/nats-echo.js'), [ADDRESS, 'bench.echo', token], { execArgv: [] });
  await once(echo, 'message');
  const nc = await connect({ servers: ADDRESS, token });
  const [ours, bare] = (await trips(
    () => session.reveal(alice(tasks.noop)(payload)),
    () => nc.request('bench.echo', payload, { timeout: 5_000 }),
  )) as [number[], number[]];
  await nc.close();
  echo.disconnect();
  return {
    name: 'cluster: a task of 1 kB, p50 of its round trip',
    unit: 'ms',
    value: median(ours),
    baseline: median(bare),
    ratio: median(ours) / median(bare),
    against: 'a bare NATS request',
    ...spread(ours),
  };
};

const moving = async (session: sf.Session): Promise<Row> => {
  const [alice, bob] = [session.PYU('alice'), session.PYU('bob')];
  const rates: number[] = [];
  for (let i = 0; i < 7; i++) {
    const made = alice(tasks.make)(OBJECT);
    await session.wait(made);
    const took = await seconds(() => session.wait(bob(tasks.size)(made.to(bob))));
    if (i > 1) rates.push(OBJECT / 1e6 / took);
  }
  return {
    name: 'cluster: 64 MiB between nodes, with the task that takes them',
    unit: 'MB/s',
    value: median(rates),
    baseline: null,
    ratio: null,
    ...spread(rates),
  };
};

const CASES = [manyTasks, roundTrip, moving];

/** Rows if clusters are wanted; none where there is no nats-server. */
export const benchCluster = async (wanted: (name: string) => boolean): Promise<Row[]> => {
  if (!wanted('cluster') || findServer() === undefined) return [];
  const state = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
  const env = { ...process.env, TESSERA_STATE: state };
  const tessera = (...args: string[]) =>
    promisify(execFile)(process.execPath, [sibling('../src/cli/main.js'), ...args], { env });
  const resources = (tag: string) => `--resources=${JSON.stringify({ [tag]: SLOTS, work: SLOTS })}`;
  try {
    const { stdout } = await tessera('start', '--head', `--port=${PORT}`, resources('alice'));
    const token = /TESSERA_TOKEN=(\w+)/.exec(stdout)![1]!;
    await tessera('start', `--address=${ADDRESS}`, resources('bob'));
    const session = await sf.session({ address: ADDRESS, token, loggingLevel: 'error' });
    const rows: Row[] = [];
    for (const one of CASES) rows.push(await one(session, token));
    await session.shutdown();
    return rows;
  } finally {
    await tessera('stop');
    rmSync(state, { recursive: true, force: true });
  }
};
