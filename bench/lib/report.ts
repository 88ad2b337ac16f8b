/** @file bench/RESULTS.md and its picture, from all rows that are kept. */

import { writeFileSync } from 'node:fs';
import { projectFile } from '../../examples/lib/project.ts';
import { type Chart, chart } from './chart.ts';
import { DEALERS } from './engine.ts';
import { MODEL_NAMES } from './models.ts';
import { MP_SPDZ } from './quoted.ts';
import type { Results } from './results.ts';
import type { ProgramRow, Row } from './row.ts';
import { WORKLOADS } from './workloads.ts';

const figure = (x: number | null | undefined): string =>
  x === null || x === undefined ? '' : x >= 100 ? x.toFixed(0) : x >= 1 ? x.toFixed(2) : x.toPrecision(2);

const bytes = (x: number): string => {
  const [size, unit] =
    x >= 1e9 ? [x / 1e9, 'GB'] : x >= 1e6 ? [x / 1e6, 'MB'] : x >= 1e3 ? [x / 1e3, 'kB'] : [x, 'B'];
  return `${figure(size)} ${unit}`;
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const isProgram = (row: Row): row is ProgramRow => 'workload' in row;

const programsOf = (rows: readonly Row[]): ProgramRow[] => inOrder(rows.filter(isProgram));

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

const ORDER = [...WORKLOADS.map(({ name }) => name), ...MODEL_NAMES];
const place = (row: ProgramRow): number => ORDER.indexOf(row.workload);

const isModel = ({ workload }: ProgramRow): boolean => MODEL_NAMES.includes(workload);

/** Loopback first, then by the round trip. */
const roundTrip = ({ net }: ProgramRow): number => (net === 'loopback' ? 0 : Number.parseFloat(net));

/** Two parties before three, the dealer of the defaults first, the fastest link first. */
const settingOf = ({ parties, dealer, field }: ProgramRow): string =>
  [`${parties} parties`, field, DEALERS[dealer].said].join(', ');

const inOrder = (rows: readonly ProgramRow[]): ProgramRow[] =>
  [...rows].sort(
    (a, b) =>
      a.parties - b.parties ||
      settingOf(a).localeCompare(settingOf(b)) ||
      roundTrip(a) - roundTrip(b) ||
      place(a) - place(b),
  );

const programs = (rows: readonly ProgramRow[]): string =>
  table(
    [
      'workload',
      'median s',
      'least - most',
      'runs',
      'first',
      'rounds',
      'sent',
      'dealt',
      'dealing s',
      'ring memory',
      'process',
      'float64 s',
      'slowdown',
    ],
    rows.map((r) => [
      `${r.workload} (${r.size})`,
      figure(r.value),
      `${figure(r.least)} - ${figure(r.most)}`,
      String(r.runs),
      figure(r.first),
      String(r.rounds),
      bytes(r.bytes),
      bytes(r.dealerBytes),
      figure(r.dealerSeconds),
      bytes(r.memory),
      bytes(r.rss),
      figure(r.plainSeconds),
      `${figure(r.ratio)} x`,
    ]),
  );

const theirs = (r: ProgramRow): string =>
  r.theirRuns === undefined
    ? `> ${figure(r.baseline)}`
    : r.theirRuns === 1
      ? `${figure(r.baseline)} (1 run)`
      : `${figure(r.baseline)} (${figure(r.theirLeast)} - ${figure(r.theirMost)})`;

const beside = (rows: readonly ProgramRow[]): string =>
  table(
    ['workload', 'ours s', 'theirs s (least - most)', 'ratio', 'note'],
    rows.map((r) => [
      r.workload,
      figure(r.value),
      theirs(r),
      `${r.theirRuns === undefined ? '< ' : ''}${figure(r.ratio)}`,
      r.note ?? '',
    ]),
  );

/** Programs of JAX: ours and a peer's, who has the same function, and how far both are from float64. */
const models = (rows: readonly ProgramRow[]): string =>
  table(
    [
      'program',
      'ours s',
      'theirs s (least - most)',
      'ratio',
      'rounds',
      'messages',
      'sent',
      'theirs',
      'dealt',
      'error',
      'theirs',
      'note',
    ],
    rows.map((r) => {
      const is = r.against !== 'float64';
      return [
        `${r.workload} (${r.size})`,
        figure(r.value),
        is ? theirs(r) : '',
        is ? `${r.theirRuns === undefined ? '< ' : ''}${figure(r.ratio)}` : '',
        String(r.rounds),
        String(r.theirMessages ?? ''),
        bytes(r.bytes),
        r.theirBytes === undefined ? '' : bytes(r.theirBytes),
        bytes(r.dealerBytes),
        r.error?.toExponential(1) ?? '',
        r.theirError?.toExponential(1) ?? '',
        r.note ?? '',
      ];
    }),
  );

/** The section of programs of JAX: beside a peer where that was measured. */
const modelSection = (rows: readonly ProgramRow[]): string[] => {
  const beside = rows.filter((r) => r.against !== 'float64');
  const alone = rows.filter((r) => !beside.some((other) => other.name.startsWith(`${r.name} /`)));
  const shown = inOrder(rows.filter((r) => r.against !== 'float64' || alone.includes(r)));
  return rows.length === 0
    ? []
    : [
        '## Programs of JAX',
        '',
        'The same functions (`bench/peers/jax_models.py`) exported by `jax.export` and run by `sf.program`, and through the frontend of SPU. ' +
          'Weights and data are secret arguments. "messages" are those that its first party sent, from its own account. The error is the largest difference from float64, ' +
          'absolute below 1 and relative above.',
        '',
        ...bySetting(shown, (setting, net) => `Programs of JAX, ${net}: ${setting}`, models),
      ];
};

const compared = (rows: readonly Row[]): string =>
  table(
    ['row', 'ours', 'least - most', 'theirs', 'ratio', 'against'],
    rows.map((r) => [
      r.name,
      `${figure(r.value)} ${r.unit}`,
      r.runs === undefined ? '' : `${figure(r.least)} - ${figure(r.most)}`,
      figure(r.baseline),
      figure(r.ratio),
      r.against ?? '',
    ]),
  );

/** A heading and a table for each setting and link. */
const bySetting = (
  rows: readonly ProgramRow[],
  title: (setting: string, net: string) => string,
  body: (rows: readonly ProgramRow[]) => string,
): string[] =>
  unique(rows.map(settingOf)).flatMap((setting) => {
    const here = rows.filter((r) => settingOf(r) === setting);
    return unique(here.map((r) => r.net)).flatMap((net) => [
      `### ${title(setting, net)}`,
      '',
      body(here.filter((r) => r.net === net)),
      '',
    ]);
  });

/** What the times of a peer are. */
const ABOUT: Readonly<Record<string, string>> = {
  spu:
    'SEMI2K of its Python package, without TLS: from shares of the inputs to shares of the result, compiled before. Its dealer ' +
    'is always that within the first party, which sends nothing: the server of the third-party dealer is not in the package.',
  jiff:
    'Its server is the dealer; without TLS. It takes single numbers modulo a 24-bit prime: the time is that of as many at once as ' +
    'end in a minute, scaled to the workload.',
  'mp-spdz':
    'Its dealer protocol in Z_2^128: a process for each party and for the dealer, with TLS. The time is that of its own timer at the first party, ' +
    'from shares of random inputs to shares of the result; material is made on demand, so that dealing is in it, as in ours. Every run is a ' +
    'start of its own; starting and compiling are left out.',
};

/** MP-SPDZ's times of another day, for the workloads of which this run has none. */
const quoted = (work: readonly ProgramRow[], peers: readonly ProgramRow[]): string[] => {
  const measured = new Set(peers.filter((r) => r.against === 'mp-spdz').map((r) => r.workload));
  const lines = MP_SPDZ.filter(({ workload }) => !measured.has(workload)).flatMap(
    ({ workload, seconds, as }) => {
      const own = work.filter((r) => r.workload === workload && r.net === 'loopback' && r.parties === 2);
      const pick = (dealer: string) => own.find((r) => r.dealer === dealer)?.value;
      const [first, third] = [pick('first'), pick('third')];
      const best = third ?? first;
      return best === undefined || best === null
        ? []
        : [[workload, figure(first), figure(third), figure(seconds), figure(best / seconds), as]];
    },
  );
  if (lines.length === 0) return [];
  return [
    '## Beside MP-SPDZ, quoted',
    '',
    'Not measured in the same run: its dealer protocol in Z_2^128 on a machine of the same kind, on another day, TLS, with the ' +
      'making of material (commit 3a0a7b1). The ratio is that of our third-party dealer where it was measured.',
    '',
    table(['workload', 'ours s', 'ours s, third-party dealer', 'MP-SPDZ s', 'ratio', 'theirs is'], lines),
    '',
  ];
};

/** One for each part of the whole. */
const COMMANDS = [
  '--only programs --parties 2 --rtt 0 --peer spu --peer jiff',
  '--only programs --parties 2 --rtt 10 --bandwidth 1000 --peer spu',
  '--only programs --parties 2 --rtt 40 --bandwidth 100 --peer spu',
  '--only programs --parties 2 --dealer third --rtt 0 --peer spu --peer mp-spdz',
  '--only programs --parties 2 --dealer third --rtt 10 --bandwidth 1000 --peer spu --peer mp-spdz',
  '--only programs --filter "3 parties" --peer spu',
  '--only models --peer spu --limit 300',
  '--only kernels --peer mp-spdz',
  '--only web',
  '--only cluster',
];

/** Everything that was measured, as Markdown. */
export const resultsText = ({ machine, parts, rows }: Results): string => {
  const all = programsOf(rows);
  const work = all.filter((r) => r.against === 'float64' && !isModel(r));
  const peers = all.filter((r) => r.against !== 'float64' && !isModel(r));
  const skipped = unique(rows.flatMap((r) => (r.skipped === undefined ? [] : [r.skipped])));
  const kernels = rows.filter((r) => !isProgram(r) && r.skipped === undefined);
  return [
    '# Results',
    '',
    `${machine}. All parties and the dealer share this machine. Commands and dates of the runs stand at the end.`,
    '',
    'A workload runs from secret inputs to a secret result: each party is a process, with mutual TLS between them. Links of a given latency and bandwidth are proxies between the processes, the same ' +
      'for all engines; ours is told of the link. Runs of the engines take turns; tracing and the start of compilers are in "first" alone. "dealing" is ' +
      "the dealer's work by itself on one core; in the runs it is overlapped or not, as it comes. Memory is that of the party that takes most. " +
      'Ratios are our time over theirs: above 1 we are slower.',
    '',
    ...(peers.length > 0 ? ['![Seconds by workload and link](results.svg)', ''] : []),
    ...unique(peers.map((r) => r.against!)).flatMap((peer) => [
      `## Beside ${peer}`,
      '',
      ...(ABOUT[peer] === undefined ? [] : [ABOUT[peer], '']),
      ...bySetting(
        peers.filter((r) => r.against === peer),
        (setting, net) => `${net}: ${setting}`,
        beside,
      ),
    ]),
    ...modelSection(all.filter(isModel)),
    ...quoted(work, peers),
    ...(skipped.length > 0 ? ['## Skipped', '', ...skipped.map((why) => `- ${why}`), ''] : []),
    '## Programs',
    '',
    ...bySetting(work, (setting, net) => `${net}: ${setting}, beside float64`, programs),
    ...(kernels.length > 0
      ? [
          '## Kernels, links, start-up, browser, cluster',
          '',
          'Kernels and large openings: the least of several runs; the others: the median.',
          '',
          compared(kernels),
          '',
        ]
      : []),
    '## Measured by',
    '',
    ...parts.map(({ command, when }) => `- \`${command}\` (${when})`),
    '',
    '## To measure again',
    '',
    'Each command puts its rows in the place of earlier ones; all of them take about an hour. SPU wants `--python` with the interpreter ' +
      'that has it, MP-SPDZ its folder in `MP_SPDZ`, and a row says what is missing; what a slow peer may take is limited (`--limit`).',
    '',
    ...COMMANDS.map((flags) => `- \`npm run bench -- --write ${flags}\``),
    '',
  ].join('\n');
};

/** One panel a link: ours and SPU's seconds for each workload of two parties. */
const chartOf = (rows: readonly Row[]): Chart => {
  const usual = programsOf(rows).filter(
    (r) => !isModel(r) && r.parties === 2 && r.dealer === 'first' && r.field === 'FM128',
  );
  const ours = usual.filter((r) => r.against === 'float64');
  return {
    title: 'Seconds from secret inputs to a secret result, 2 parties',
    unit: 's',
    names: ['Tessera', 'SPU'],
    panels: unique(ours.map((r) => r.net)),
    rows: unique(ours.map((r) => r.workload)),
    value: (row, panel, name) => {
      const here = usual.filter((r) => r.workload === row && r.net === panel);
      const peer = here.find((r) => r.against === 'spu');
      return name === 0
        ? (here.find((r) => r.against === 'float64')?.value ?? undefined)
        : (peer?.baseline ?? undefined);
    },
  };
};

/** Writes both files. */
export const writeResults = (results: Results): void => {
  writeFileSync(projectFile('bench', 'RESULTS.md'), resultsText(results));
  writeFileSync(projectFile('bench', 'results.svg'), chart(chartOf(results.rows)));
};
