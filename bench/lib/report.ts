/** @file bench/RESULTS.md and its picture: the rows of one run, with the command and the machine. */

import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { barChart } from './chart.ts';
import type { Row } from './row.ts';

const file = (name: string): string => fileURLToPath(new URL(`../../../bench/${name}`, import.meta.url));

const figure = (x: unknown): string =>
  typeof x !== 'number' ? '' : x >= 100 ? x.toFixed(0) : x >= 1 ? x.toFixed(2) : x.toPrecision(2);

const bytes = (x: unknown): string => {
  if (typeof x !== 'number') return '';
  const [size, unit] = x >= 1e6 ? [x / 1e6, 'MB'] : x >= 1e3 ? [x / 1e3, 'kB'] : [x, 'B'];
  return `${figure(size)} ${unit}`;
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

export const machine = (): string => {
  const [first] = cpus();
  return `${cpus().length} x ${first?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
};

const programs = (rows: readonly Row[]): string =>
  table(
    [
      'workload',
      'median s',
      'least - most',
      'first',
      'rounds',
      'sent',
      'dealer',
      'ring memory',
      'float64 s',
      'slowdown',
    ],
    rows.map((r) => [
      `${r.workload} (${r.size})`,
      figure(r.value),
      `${figure(r.least)} - ${figure(r.most)}`,
      figure(r.first),
      String(r.rounds),
      bytes(r.bytes),
      bytes(r.dealerBytes),
      bytes(r.memory),
      figure(r.plainSeconds),
      `${figure(r.ratio)} x`,
    ]),
  );

const compared = (rows: readonly Row[]): string =>
  table(
    ['row', 'ours', 'theirs', 'ratio', 'against'],
    rows.map((r) => [
      r.name,
      `${figure(r.value)} ${r.unit}`,
      figure(r.baseline),
      figure(r.ratio),
      r.against ?? '',
    ]),
  );

/** Everything that was measured, as Markdown. */
export const resultsText = (rows: readonly Row[], command: readonly string[]): string => {
  const work = rows.filter((r) => r.against === 'float64');
  const peers = rows.filter((r) => r.workload !== undefined && r.against !== 'float64');
  const kernels = rows.filter((r) => r.workload === undefined);
  const nets = [...new Set(work.map((r) => String(r.net)))];
  return [
    '# Results',
    '',
    `\`npm run bench${command.length > 0 ? ` -- ${command.join(' ')}` : ''}\`, ${machine()}. All parties and the dealer share this machine.`,
    '',
    'A workload runs from secret inputs to a secret result; tracing is in "first" only. Ratios above 1 mean that we are slower.',
    '',
    ...(work.length > 0 ? ['![Seconds by workload](results.svg)', ''] : []),
    ...nets.flatMap((net) => [`## Programs, ${net}`, '', programs(work.filter((r) => r.net === net)), '']),
    ...(peers.length > 0 ? ['## Beside other engines', '', compared(peers), ''] : []),
    ...(kernels.length > 0 ? ['## Kernels beside C++', '', compared(kernels), ''] : []),
  ].join('\n');
};

/** Writes both files. */
export const writeResults = (rows: readonly Row[], command: readonly string[]): void => {
  writeFileSync(file('RESULTS.md'), resultsText(rows, command));
  const work = rows.filter((r) => r.against === 'float64');
  if (work.length === 0) return;
  const bars = work.map((r) => ({ label: r.name, value: r.value }));
  writeFileSync(
    file('results.svg'),
    barChart('Seconds from secret inputs to a secret result, 2 parties', 's', bars),
  );
};
