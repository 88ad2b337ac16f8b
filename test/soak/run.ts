/** @file `npm run soak`: in simulation, production and cluster, memory, descriptors and threads stay flat. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { scriptCommand, severalOf, within } from '../../examples/lib/command.ts';
import { findServer } from '../../src/cluster/nats-server.ts';
import { startCluster } from '../cluster/harness.ts';
import { cluster, end, launch, values } from '../production/harness.ts';
import { CAN_SAMPLE, type Sample, Watch } from './flat.ts';

export interface Soaked {
  readonly turns: number;
  /** By process. */
  readonly rising: Readonly<Record<string, readonly string[]>>;
  readonly last: Readonly<Record<string, Sample>>;
}

const everyMs = (ms: number): number => Math.max(100, ms / 300);

const ended = async (child: ChildProcess): Promise<number> => {
  const [{ turns }] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`a soak ended with exit code ${code}`);
    }),
  ])) as [{ turns: number }];
  return turns;
};

const alone = async (
  ms: number,
  address?: string,
  others: Readonly<Record<string, number>> = {},
  token = '',
): Promise<Soaked> => {
  const args = [String(ms), ...(address === undefined ? [] : [address])];
  const child = fork(new URL('./child.js', import.meta.url), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...(token !== '' && { TESSERA_TOKEN: token }) },
  });
  const watch = new Watch(() => ({ driver: child.pid!, ...others }), everyMs(ms));
  try {
    const turns = await ended(child);
    return { turns, last: watch.last, rising: watch.stop() };
  } finally {
    watch.stop();
    if (child.exitCode === null) child.kill('SIGKILL');
  }
};

const production = async (ms: number): Promise<Soaked> => {
  const parties = launch(await cluster(['alice', 'bob', 'dealer'] as const), 'soak', { ms }, ms);
  const pids = Object.fromEntries(Object.entries(parties).map(([name, { child }]) => [name, child.pid!]));
  const watch = new Watch(() => pids, everyMs(ms));
  try {
    const { alice } = await values<number>({ alice: parties.alice, bob: parties.bob });
    return { turns: alice!, last: watch.last, rising: watch.stop() };
  } finally {
    watch.stop();
    end(parties);
  }
};

const onCluster = async (ms: number): Promise<Soaked> => {
  const { address, token, machine } = await startCluster({ alice: 2 }, { bob: 2 });
  try {
    const nodes = machine.started('node').map((pid, i) => [`node ${i}`, pid] as const);
    const engines = machine.started('nats-server').map((pid) => ['nats-server', pid] as const);
    return await alone(ms, address, Object.fromEntries([...nodes, ...engines]), token);
  } finally {
    await machine.end();
  }
};

/** By mode. */
export const SOAKS: Readonly<Record<string, (ms: number) => Promise<Soaked>>> = {
  simulation: alone,
  production,
  cluster: onCluster,
};

/** Why a soak cannot be run here, if so. */
export const cannot = (mode: string): string | undefined => {
  if (!CAN_SAMPLE) return 'needs /proc';
  if (mode === 'cluster' && findServer() === undefined)
    return 'needs nats-server (apt-get install nats-server)';
  return undefined;
};

if (process.argv[1] !== undefined && import.meta.url.endsWith(process.argv[1].replaceAll('\\', '/'))) {
  const flags = scriptCommand(
    'soak',
    'Long runs in each mode; says whether memory, descriptors and threads rise.',
    ['--minutes 10', '--minutes 60 --only simulation --only production'],
  )
    .option('--minutes <n>', 'of each mode', within(0.01, 100_000), 10)
    .option(
      '--only <mode>',
      `one mode (${Object.keys(SOAKS).join(', ')}); may be given several times`,
      severalOf(Object.keys(SOAKS)),
    )
    .parse()
    .opts<{ minutes: number; only?: readonly string[] }>();
  for (const [mode, run] of Object.entries(SOAKS)) {
    if (flags.only && !flags.only.includes(mode)) continue;
    const why = cannot(mode);
    if (why !== undefined) {
      console.log(`${mode}: skipped: ${why}`);
      continue;
    }
    const { turns, rising, last } = await run(flags.minutes * 60_000);
    console.log(`${mode}: ${turns} turns`);
    for (const [name, { memory, descriptors, threads }] of Object.entries(last)) {
      const flat = rising[name]!.length === 0 ? 'flat' : rising[name]!.join('; ');
      console.log(
        `  ${name}: ${Math.round(memory)} MB, ${descriptors} descriptors, ${threads} threads: ${flat}`,
      );
      if (rising[name]!.length > 0) process.exitCode = 1;
    }
  }
}
