/** @file `npm run bench`: kernels beside C++, the link beside bare sockets, and programs end to end over several links. */
import { Option } from 'commander';
import { scriptCommand, severalOf, within } from '../examples/lib/command.ts';
import { benchBrowser } from './browser.ts';
import { benchCluster } from './cluster.ts';
import { benchKernels } from './kernels.ts';
import { DEALERS, type DealerKind, type Engine, type Setting } from './lib/engine.ts';
import { MODEL_NAMES, modelOf } from './lib/models.ts';
import type { Net } from './lib/net.ts';
import { writeResults } from './lib/report.ts';
import { keep } from './lib/results.ts';
import type { Row } from './lib/row.ts';
import { startupBench } from './lib/startup.ts';
import { WORKLOADS, type Workload } from './lib/workloads.ts';
import { linkBench } from './link.ts';
import { peers } from './peers/index.ts';
import { programRows, rowName } from './programs.ts';
import { smallOpsBench } from './small-ops.ts';
import { benchThreads } from './threads.ts';

const NETS: readonly Net[] = [
  { rttMs: 0 },
  { rttMs: 10, bandwidthMbit: 1000 },
  { rttMs: 40, bandwidthMbit: 100 },
];

const PEERS = [...peers('python3').keys()];
const PARTS = ['programs', 'models', 'small', 'kernels', 'web', 'cluster'] as const;

interface Flags {
  readonly json: boolean;
  readonly quick: boolean;
  readonly write: boolean;
  readonly filter: string;
  readonly only?: (typeof PARTS)[number];
  readonly rtt?: number;
  readonly bandwidth?: number;
  readonly parties?: number;
  readonly field: 'FM64' | 'FM128';
  readonly dealer: DealerKind;
  readonly runs: number;
  readonly peer: readonly string[];
  readonly python: string;
  readonly limit: number;
  readonly clock: 'wall' | 'cpu';
}

const flags: Flags = scriptCommand(
  'bench',
  'Kernels beside C++, the link beside bare sockets, and programs end to end over several links.',
  ['--quick', '--filter logistic --rtt 40 --bandwidth 100 --parties 3', '--only programs --peer spu --write'],
)
  .option('--filter <text>', 'only rows whose name contains it, or one of several with commas between', '')
  .option('--quick', 'loopback only, the lighter workloads, one run', false)
  .addOption(new Option('--only <part>', 'a part; web needs Chromium, cluster a nats-server').choices(PARTS))
  .option('--rtt <ms>', 'programs over this link in place of the three usual ones', within(0, 60_000))
  .option('--bandwidth <mbit>', 'of this link, in megabits a second', within(0.001, 1e6))
  .option(
    '--parties <n>',
    'all workloads with so many, in place of all with 2 and some with 3',
    within(2, 5, true),
  )
  .addOption(new Option('--field <name>', 'the ring').choices(['FM64', 'FM128']).default('FM128'))
  .addOption(
    new Option('--dealer <who>', 'a party, somebody else, or nobody')
      .choices(Object.keys(DEALERS))
      .default('first'),
  )
  .option('--runs <n>', 'measured runs a row; long ones get fewer', within(1, 1000, true), 5)
  .option(
    '--peer <name>',
    `the same workloads there, in the same run (${PEERS.join(', ')}); may be given several times`,
    severalOf(PEERS),
    [],
  )
  .option('--python <file>', "the interpreter that has SPU's package", 'python3')
  .option('--limit <seconds>', "a peer's run that takes longer is given up", within(1, 3600), 60)
  .addOption(
    new Option('--clock <which>', 'cpu: what the busiest process computes, on a machine that is not idle')
      .choices(['wall', 'cpu'])
      .default('wall'),
  )
  .option('--json', 'one array of rows on standard output, nothing else (with npm run -s)', false)
  .option('--write', 'put the rows into bench/RESULTS.md and bench/results.svg', false)
  .parse()
  .opts<Flags>();

const nets = (): readonly Net[] => {
  const { rtt, bandwidth } = flags;
  if (rtt === undefined && bandwidth === undefined) return flags.quick ? NETS.slice(0, 1) : NETS;
  return [
    {
      rttMs: rtt ?? 0,
      ...(bandwidth !== undefined && { bandwidthMbit: bandwidth }),
    },
  ];
};

const wanted = (name: string): boolean => flags.filter.split(',').some((part) => name.includes(part));

const figure = (x: number): string => (x >= 100 ? x.toFixed(0) : x >= 1 ? x.toFixed(2) : x.toPrecision(3));

const show = (row: Row): void => {
  const value = row.value === null ? '' : `${figure(row.value)} ${row.unit}`;
  const ratio = row.ratio === null ? '' : `${figure(row.ratio)} x ${row.against ?? ''}`;
  const why = row.skipped === undefined ? (row.note ?? '') : `skipped: needs ${row.skipped}`;
  console.log(`${row.name.padEnd(56)} ${value.padStart(18)} ${ratio.padEnd(20)} ${why}`.trimEnd());
};

/** The engines that are there; for each that is not, a row that says what it needs. */
const gather = async (add: (row: Row) => void): Promise<Engine[]> => {
  const known = peers(flags.python);
  const there: Engine[] = [];
  for (const name of flags.peer) {
    const peer = known.get(name)!;
    const skipped = await peer.missing();
    if (skipped === undefined) there.push(peer);
    else add({ name: `programs / ${name}`, unit: 's', value: null, baseline: null, ratio: null, skipped });
  }
  return there;
};

interface Job {
  readonly w: Workload;
  readonly s: Setting;
}

/** Every workload with every setting that is asked for. */
const plan = (): Job[] => {
  const { field, dealer } = flags;
  const counts = flags.parties !== undefined ? [flags.parties] : dealer === 'none' ? [2] : [2, 3];
  const usual = flags.parties === undefined;
  return counts.flatMap((parties) =>
    nets().flatMap((net) =>
      WORKLOADS.filter(
        (w) => !(flags.quick && w.heavy) && (w.main || !usual || (parties === 2 && dealer !== 'third')),
      )
        .map((w) => ({ w, s: { net, parties, field, dealer } }))
        .filter(({ w, s }) => wanted(rowName(w, s))),
    ),
  );
};

/** Those of JAX over the two links that models are meant for, unless another is asked for. */
const modelPlan = async (): Promise<Job[]> => {
  const { field, dealer, parties = 2 } = flags;
  const models = await Promise.all(MODEL_NAMES.map(modelOf));
  return nets()
    .filter(({ rttMs }) => flags.rtt !== undefined || rttMs <= 10)
    .flatMap((net) => models.map((w) => ({ w: w!, s: { net, parties, field, dealer } })))
    .filter(({ w, s }) => !(flags.quick && w.heavy) && wanted(rowName(w, s)));
};

/** An argument as it would be typed; where programs lie on this machine is nobody's business. */
const said = (arg: string, i: number, all: readonly string[]): string =>
  all[i - 1] === '--python' ? 'python3' : arg.includes(' ') ? `"${arg}"` : arg;

const main = async (): Promise<void> => {
  process.env.BENCH_CLOCK = flags.clock;
  const { only } = flags;
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    if (!flags.json) show(row);
  };
  const command = ['npm run bench --', ...process.argv.slice(2).map(said)].join(' ');
  // After every workload: a run that is stopped keeps what it has measured.
  const store = (): void => {
    if (flags.write) writeResults(keep(rows, command));
  };
  const engines = await gather(add);
  const effort = {
    runs: flags.quick ? 1 : flags.runs,
    limit: flags.limit,
  };
  const jobs = [
    ...(only === undefined || only === 'programs' ? plan() : []),
    ...(only === undefined || only === 'models' ? await modelPlan() : []),
  ];
  for (const { w, s } of jobs) {
    try {
      for (const row of await programRows(w, s, engines, effort)) add(row);
      store();
    } catch (e) {
      // The other rows are worth having.
      console.error(`${rowName(w, s)}: ${(e as Error).message}`);
      process.exitCode = 1;
    }
  }
  // A run for one link or number of parties is a part of a whole: what has neither is measured elsewhere.
  const whole = flags.rtt === undefined && flags.bandwidth === undefined && flags.parties === undefined;
  if (only === 'small' || (only === undefined && whole)) {
    for (const row of await smallOpsBench(wanted, effort.runs)) add(row);
  }
  if (only === 'kernels' || (only === undefined && whole)) {
    for (const row of await benchKernels(wanted)) add(row);
    for (const row of await benchThreads(wanted)) add(row);
    if (!flags.quick) for (const row of await linkBench(wanted)) add(row);
    for (const row of await startupBench(wanted, effort.runs, engines)) add(row);
  }
  if (only === 'web' || (only === undefined && whole && !flags.quick)) {
    for (const row of await benchBrowser(wanted)) add(row);
  }
  if (only === 'cluster' || (only === undefined && whole && !flags.quick)) {
    for (const row of await benchCluster(wanted)) add(row);
  }
  if (flags.json) console.log(JSON.stringify(rows, null, 1));
  store();
};

await main();
