/**
 * @file `npm run bench`: kernels beside C++, the link beside bare sockets, and programs end to end over several links.
 *
 *   --json            one array of rows on standard output, nothing else (what npm says itself goes with `npm run -s`)
 *   --filter TEXT     only rows whose name contains it, or one of several with commas between
 *   --quick           loopback only, the lighter workloads, one run: for CI
 *   --only programs|small|kernels|web|cluster     a part of it; web wants Chromium, cluster a nats-server
 *   --rtt MS --bandwidth MBIT   programs over this link instead of the three usual ones
 *   --parties N       all workloads with so many, instead of all with 2 and the main ones with 3
 *   --field FM64|FM128   --dealer first|third
 *   --runs N          measured runs a row, 5 if absent; long ones get fewer
 *   --peer spu|jiff|mp-spdz     the same workloads there, in the same run; may be given several times
 *   --python FILE     the interpreter that has SPU's package; python3 if absent
 *   --limit SECONDS   a peer's run that takes longer is given up; 60 if absent
 *   --clock cpu       seconds that the busiest process computes, in place of those of the clock: on a machine that is not idle
 *   --write           puts the rows into bench/RESULTS.md and bench/results.svg, over earlier ones of the same name
 */

import { parseArgs } from 'node:util';
import { benchBrowser } from './browser.ts';
import { benchCluster } from './cluster.ts';
import { benchKernels } from './kernels.ts';
import type { Engine, Setting } from './lib/engine.ts';
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

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    filter: { type: 'string', default: '' },
    only: { type: 'string' },
    rtt: { type: 'string' },
    bandwidth: { type: 'string' },
    parties: { type: 'string' },
    field: { type: 'string', default: 'FM128' },
    dealer: { type: 'string', default: 'first' },
    runs: { type: 'string', default: '5' },
    peer: { type: 'string', multiple: true, default: [] },
    python: { type: 'string', default: 'python3' },
    limit: { type: 'string', default: '60' },
    clock: { type: 'string', default: 'wall' },
  },
});

const oneOf = <T extends string>(flag: string, value: string, known: readonly T[]): T => {
  const found = known.find((k) => k === value);
  if (found === undefined) throw new Error(`--${flag} is one of ${known.join(', ')}, not ${value}`);
  return found;
};

const number = (flag: string, value: string, least: number, most: number): number => {
  const x = Number(value);
  if (!(x >= least && x <= most))
    throw new Error(`--${flag} goes from ${least} to ${most}, and is not ${value}`);
  return x;
};

const nets = (): readonly Net[] => {
  const { rtt, bandwidth } = flags;
  if (rtt === undefined && bandwidth === undefined) return flags.quick ? NETS.slice(0, 1) : NETS;
  return [
    {
      rttMs: number('rtt', rtt ?? '0', 0, 60_000),
      ...(bandwidth !== undefined && { bandwidthMbit: number('bandwidth', bandwidth, 0.001, 1e6) }),
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
    const peer = known.get(oneOf('peer', name, [...known.keys()]))!;
    const skipped = await peer.missing();
    if (skipped === undefined) there.push(peer);
    else add({ name: `programs / ${name}`, unit: 's', value: null, baseline: null, ratio: null, skipped });
  }
  return there;
};

/** Every workload with every setting that is asked for. */
const plan = (): { w: Workload; s: Setting }[] => {
  const field = oneOf('field', flags.field, ['FM64', 'FM128']);
  const dealer = oneOf('dealer', flags.dealer, ['first', 'third']);
  const counts = flags.parties === undefined ? [2, 3] : [number('parties', flags.parties, 2, 5)];
  const usual = flags.parties === undefined;
  return counts.flatMap((parties) =>
    nets().flatMap((net) =>
      WORKLOADS.filter(
        (w) => !(flags.quick && w.heavy) && (w.main || !usual || (parties === 2 && dealer === 'first')),
      )
        .map((w) => ({ w, s: { net, parties, field, dealer } }))
        .filter(({ w, s }) => wanted(rowName(w, s))),
    ),
  );
};

/** An argument as it would be typed; where programs lie on this machine is nobody's business. */
const said = (arg: string, i: number, all: readonly string[]): string =>
  all[i - 1] === '--python' ? 'python3' : arg.includes(' ') ? `"${arg}"` : arg;

const main = async (): Promise<void> => {
  process.env.BENCH_CLOCK = oneOf('clock', flags.clock, ['wall', 'cpu']);
  const only =
    flags.only === undefined
      ? undefined
      : oneOf('only', flags.only, ['programs', 'small', 'kernels', 'web', 'cluster']);
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
    runs: flags.quick ? 1 : number('runs', flags.runs, 1, 1000),
    limit: number('limit', flags.limit, 1, 3600),
  };
  if (only === undefined || only === 'programs') {
    for (const { w, s } of plan()) {
      try {
        for (const row of await programRows(w, s, engines, effort)) add(row);
        store();
      } catch (e) {
        // The other rows are worth having.
        console.error(`${rowName(w, s)}: ${(e as Error).message}`);
        process.exitCode = 1;
      }
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
