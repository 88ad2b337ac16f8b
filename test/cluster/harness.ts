/** What the cluster's tests share: the command as a process, a state folder of one's own, and a real nats-server. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as sf from '#tessera';
import { findServer } from '../../src/cluster/nats-server.ts';
import type { Snapshot } from '../../src/cluster/snapshot.ts';
import type { Started } from '../../src/cluster/state.ts';
import { start } from '../cli/commands.ts';
import { freePort, sleep, suite } from '../link/helpers.ts';
import { PATIENCE_MS } from '../patience.ts';

export { freePort, rejection, sleep } from '../link/helpers.ts';

const main = fileURLToPath(import.meta.resolve('#tessera-cli'));

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A machine of its own, as far as `tessera stop` can tell. */
export class Machine {
  readonly state = mkdtempSync(join(tmpdir(), 'tessera-cluster-'));
  readonly env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.env = { ...process.env, TESSERA_STATE: this.state, ...env };
  }

  async tessera(...args: string[]): Promise<Ran> {
    const { code, out, err } = await start(args, this.env).ended;
    return { code: code ?? 1, out, err };
  }

  /** By way of another command, as `ip netns exec`, in a process of its own. */
  tesseraBy(before: readonly string[], ...args: string[]): Promise<Ran> {
    const [command, ...rest] = [...before, process.execPath, main, ...args];
    return new Promise((resolve) =>
      execFile(command!, rest, { env: this.env, timeout: PATIENCE_MS }, (e, out, err) =>
        resolve({ code: e === null ? 0 : typeof e.code === 'number' ? e.code : 1, out, err }),
      ),
    );
  }

  async start(...args: string[]): Promise<string> {
    const { code, out, err } = await this.tessera('start', ...args);
    if (code !== 0) throw new Error(`tessera start ${args.join(' ')}: ${err}${out}`);
    return out;
  }

  async status(address: string, ...args: string[]): Promise<Snapshot> {
    const { code, out, err } = await this.tessera('status', `--address=${address}`, '--json', ...args);
    if (code !== 0) throw new Error(err);
    return JSON.parse(out) as Snapshot;
  }

  /** Pids of what `tessera stop` would end. */
  started(kind: 'node' | 'nats-server'): number[] {
    return readdirSync(this.state)
      .filter((name) => /^\d+\.json$/.test(name))
      .map((name) => JSON.parse(readFileSync(join(this.state, name), 'utf8')) as Started)
      .flatMap((s) => (s.kind === kind ? [s.pid] : []));
  }

  async end(): Promise<void> {
    await this.tessera('stop');
    rmSync(this.state, { recursive: true, force: true });
  }
}

export interface Cluster {
  readonly address: string;
  readonly port: number;
  readonly token: string;
  readonly machine: Machine;
}

/** What a head has printed. */
export const tokenOf = (said: string): string => /TESSERA_TOKEN=(\w+)/.exec(said)![1]!;

/** A head with the first tags, and a node for each of the others. */
export const startCluster = async (
  ...tags: readonly Readonly<Record<string, number>>[]
): Promise<Cluster> => {
  const machine = new Machine();
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const [head, ...others] = tags.map((t) => `--resources=${JSON.stringify(t)}`);
  const said = await machine.start('--head', '--node-ip-address=127.0.0.1', `--port=${port}`, head!);
  for (const resources of others) await machine.start(`--address=${address}`, resources);
  return { address, port, token: tokenOf(said), machine };
};

/** Waits for something that comes about by itself; what it is, is the error when it does not. */
export const until = async (there: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  const end = Date.now() + PATIENCE_MS;
  while (!(await there())) {
    if (Date.now() > end) throw new Error(`after ${PATIENCE_MS / 1000} s still not: ${what}`);
    await sleep(50);
  }
};

export const enginePid = ({ machine }: Cluster): number => machine.started('nats-server')[0]!;

/** Pids of nodes with a tag. */
export const pidsOf = async ({ address, machine }: Cluster, tag: string): Promise<number[]> =>
  (await machine.status(address)).nodes.filter((n) => tag in n.tags).map((n) => n.pid);

export type Event = { readonly kind: string; readonly text: string };

/** Runs `work` with a cluster of its own, of machines with these tags. */
export const withCluster = async (
  tags: readonly Readonly<Record<string, number>>[],
  work: (cluster: Cluster) => Promise<void>,
): Promise<void> => {
  const cluster = await startCluster(...tags);
  try {
    await work(cluster);
  } finally {
    await cluster.machine.end();
  }
};

/** The lines of a file that begin so; none of one that is not there yet. */
export const linesOf = (file: string, begin: string): string[] => {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(begin));
  } catch {
    return [];
  }
};

/** Runs `work` in a session of its own. */
export const withSession = async <T>(
  cluster: Pick<Cluster, 'address'> & { readonly token?: string },
  work: (session: sf.Session, events: Event[]) => Promise<T>,
  options: object = {},
): Promise<T> => {
  const events: Event[] = [];
  const session = await sf.session({
    address: cluster.address,
    ...(cluster.token !== undefined && { token: cluster.token }),
    onEvent: (e) => void events.push(e),
    ...options,
  });
  try {
    return await work(session, events);
  } finally {
    await session.shutdown();
  }
};

/** A suite that runs where there is a nats-server, and says so where there is none. */
export const clusterSuite = (name: string) => {
  const tests = suite(name);
  if (findServer() !== undefined) return tests;
  console.log(`${name} skipped: needs nats-server (apt-get install nats-server)`);
  return Object.assign(() => {}, {
    run: () => {},
    after: () => {},
    before: () => {},
  }) as unknown as typeof tests;
};
