/**
 * @file `npm run bench`: kernels beside C++, and programs end to end over several links.
 *
 *   --json            one array of rows on standard output, nothing else
 *   --filter TEXT     only rows whose name contains it
 *   --quick           no heavy workloads, loopback only, one run: for CI
 *   --rtt MS --bandwidth MBIT   one link instead of the three usual ones
 *   --parties N --field FM64|FM128 --dealer first|third
 *   --runs N          measured runs a row
 *   --peer spu|jiff|mp-spdz     the same workloads there, in the same run
 *   --write           bench/RESULTS.md and bench/results.svg from this run
 */

import { parseArgs } from 'node:util';
import { benchCluster } from './cluster.ts';
import { benchKernels } from './kernels.ts';
import { writeResults } from './lib/report.ts';
import type { Row } from './lib/row.ts';
import { type Net, runWorkload } from './lib/standalone.ts';
import { WORKLOADS, type Workload } from './lib/workloads.ts';
import { PEERS } from './peers/index.ts';

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
    rtt: { type: 'string' },
    bandwidth: { type: 'string' },
    parties: { type: 'string', default: '2' },
    field: { type: 'string', default: 'FM128' },
    dealer: { type: 'string', default: 'first' },
    runs: { type: 'string' },
    peer: { type: 'string', multiple: true, default: [] },
  },
});

export const netName = ({ rttMs, bandwidthMbit }: Net): string =>
  rttMs === 0 && bandwidthMbit === undefined
    ? 'loopback'
    : `${rttMs} ms, ${bandwidthMbit === undefined ? 'any bandwidth' : `${bandwidthMbit} Mbit/s`}`;

const nets = (): readonly Net[] => {
  if (flags.rtt === undefined && flags.bandwidth === undefined) return flags.quick ? [NETS[0]!] : NETS;
  const bandwidth = flags.bandwidth === undefined ? {} : { bandwidthMbit: Number(flags.bandwidth) };
  return [{ rttMs: Number(flags.rtt ?? 0), ...bandwidth }];
};

const say = (line: string): void => {
  if (!flags.json) console.log(line);
};

const number = (x: number): string => (x >= 100 ? x.toFixed(0) : x >= 1 ? x.toFixed(2) : x.toPrecision(3));

const show = (row: Row): void => {
  const ratio = row.ratio === null ? '' : `${number(row.ratio)} x ${row.against ?? ''}`;
  const more =
    row.rounds === undefined ? '' : `${row.rounds} rounds, ${row.bytes} B, dealer ${row.dealerBytes} B`;
  say(
    `${row.name.padEnd(52)} ${number(row.value).padStart(9)} ${row.unit.padEnd(11)} ${ratio.padEnd(24)} ${more}`,
  );
};

/** Long ones are measured once, and only on the fastest link. */
const runsOf = (w: Workload, net: Net): number => {
  if (flags.runs !== undefined) return Number(flags.runs);
  if (flags.quick) return 1;
  return w.heavy ? 1 : net.rttMs > 0 ? 2 : 5;
};

const programRows = async (w: Workload, net: Net): Promise<Row[]> => {
  const options = {
    net,
    parties: Number(flags.parties),
    field: flags.field as 'FM64' | 'FM128',
    dealer: flags.dealer === 'third' ? ('TrustedThirdParty' as const) : ('TrustedFirstParty' as const),
    runs: runsOf(w, net),
  };
  const { ops: _, ...work } = await runWorkload(w, options);
  const name = `${w.name} [${netName(net)}]`;
  const base = {
    name,
    unit: 's',
    value: work.seconds,
    size: w.size,
    net: netName(net),
    workload: w.name,
    ...work,
  };
  const rows: Row[] = [
    {
      ...base,
      baseline: work.plainSeconds,
      ratio: work.plainSeconds > 0 ? work.seconds / work.plainSeconds : null,
      against: 'float64',
    },
  ];
  for (const peer of flags.peer) {
    const theirs = await PEERS[peer]!.run(w, options).catch((e: Error) => {
      console.error(`${name}: ${e.message}`);
    });
    if (theirs === undefined) continue;
    rows.push({
      ...base,
      name: `${name} / ${peer}`,
      baseline: theirs,
      ratio: work.seconds / theirs,
      against: peer,
    });
  }
  return rows;
};

const main = async (): Promise<void> => {
  for (const peer of flags.peer) {
    if (!Object.hasOwn(PEERS, peer))
      throw new Error(`--peer is one of ${Object.keys(PEERS).join(', ')}, not ${peer}`);
    const missing = await PEERS[peer]!.missing();
    if (missing !== undefined) throw new Error(`${peer}: ${missing}`);
  }
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    show(row);
  };
  for (const net of nets()) {
    for (const w of WORKLOADS) {
      if (!`${w.name} [${netName(net)}]`.includes(flags.filter)) continue;
      if (w.heavy && flags.filter === '' && (flags.quick || net.rttMs > 0)) continue;
      for (const row of await programRows(w, net)) add(row);
    }
  }
  for (const row of await benchKernels(flags.filter)) add({ ...row, against: 'C++' });
  for (const row of await benchCluster(flags.filter)) add(row);
  if (flags.json) console.log(JSON.stringify(rows, null, 1));
  if (flags.write) writeResults(rows, process.argv.slice(2));
};

await main();
