/**
 * @file `npm run features` writes FEATURES.md, and the number of ops into ARCHITECTURE.md: functions by looking whether `np` has them, costs by measuring them, the
 * rest from lists. Tests hold the file to what is measured now, but for the last digits of errors.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { scriptCommand } from '../examples/lib/command.ts';
import { GATE_NAMES } from '../src/gates/gate-table.ts';
import { LOCAL_NAMES } from '../src/gates/local-ops.ts';
import { CATALOGUE } from '../src/ir/ops/catalogue.ts';
import * as np from '../src/numpy/index.ts';
import type { FieldName } from '../src/ring/field.ts';
import { Ring } from '../src/ring/ring.ts';
import { COSTS, type CostCase } from './lib/cost-table.ts';
import { type Answer, GUIDE, JNP, SPU_COSTS } from './lib/features-data.ts';
import { ABSENT, CONFIG, OPERATIONS, PARTLY, PROTOCOLS, TABLES } from './lib/features-spu.ts';
import { JAX } from './lib/jax-names.ts';
import { isMadeAhead, MadeMeter } from './lib/made.ts';
import { type CostRow, measure, withGuard } from './lib/measure.ts';
import { measureRange, rangeText } from './lib/range-table.ts';
import { RANGES } from './lib/ranges.ts';

const file = fileURLToPath(new URL('../../FEATURES.md', import.meta.url));
const architecture = fileURLToPath(new URL('../../ARCHITECTURE.md', import.meta.url));

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(row).join('\n');

/** Has `np` this function (`linalg.inv`: one level down)? */
export const has = (name: string): boolean => {
  const parts = name.split('.');
  const last = parts.pop()!;
  const at = parts.reduce<object>((o, part) => (o as Record<string, object>)[part]!, np);
  return Object.hasOwn(at, last);
};

const answerOf = (name: string): Answer =>
  has(name) ? (Object.hasOwn(PARTLY, name) ? 'partly' : 'yes') : 'no';

const lines = (rows: readonly (readonly [string, Answer, string])[]): string =>
  table(['feature', 'here', 'note'], rows);

const quoted = (names: readonly string[]): string => names.map((n) => `\`${n}\``).join(', ');

/** Names that are not here, those of one reason together. */
const reasons = (prefix: string, names: readonly string[]): string => {
  const why = (n: string): string => ABSENT[prefix + n]!;
  return [...new Set(names.map(why))]
    .map((reason) => `${quoted(names.filter((n) => why(n) === reason))} (${reason})`)
    .join('; ');
};

/** A module of jax, its names by what `np` has of them. */
const moduleText = (module: keyof typeof JAX): string => {
  const prefix = module === 'numpy' ? '' : `${module}.`;
  const names = JAX[module];
  const of = (answer: Answer): string[] => names.filter((n) => answerOf(prefix + n) === answer);
  const [yes, partly, no] = [of('yes'), of('partly'), of('no')];
  const notes = partly.map((n) => [`\`${n}\``, 'partly', PARTLY[prefix + n]!] as const);
  return [
    `### ${module === 'numpy' ? 'jax.numpy' : module === 'linalg' ? 'jax.numpy.linalg' : `jax.${module}`}: ` +
      `${yes.length} yes, ${partly.length} partly, ${no.length} no`,
    `Yes: ${quoted(yes)}.`,
    ...(notes.length > 0 ? [table(['function', 'here', 'what differs'], notes)] : []),
    ...(no.length > 0 ? [`No: ${reasons(prefix, no)}.`] : []),
  ].join('\n\n');
};

/** The functions that SPU's own tests name. */
const spuTests = (): string => {
  const found = JNP.filter(({ name }) => has(name));
  const failing = found.filter(({ spu }) => !spu).map(({ name }) => name);
  const missing = JNP.filter(({ name }) => !has(name)).map(({ name }) => name);
  return (
    `Of the ${JNP.length} functions that SPU's own tests name, ${found.length} are here` +
    `${missing.length > 0 ? ` (not ${quoted(missing)})` : ''}; among them the ${failing.length} that SPU marks as failing ` +
    `or unsupported: ${quoted(failing)}.`
  );
};

/** How many ops there are: a sentence of this page and of ARCHITECTURE.md. */
export const counted = (): string =>
  `The catalogue has ${Object.keys(CATALOGUE).length} ops beside the loop; they are lowered to ${GATE_NAMES.length} gates and ` +
  `${LOCAL_NAMES.length} local operations.`;

/** The sentence in a page, between its marks. */
const COUNTED = /(<!-- counted -->)[^<]*(<!-- -->)/;

/** The part that depends on names and lists alone. */
export const listed = (): string =>
  [
    counted(),
    '## Beside the deployment guide',
    lines(GUIDE),
    '## Beside SPU',
    '### Protocols and dealers',
    lines(PROTOCOLS),
    '### Tables and models',
    lines(TABLES),
    '### Operations of programs (PPHLO, intrinsics, frontends)',
    lines(OPERATIONS),
    '### runtime_config',
    lines(CONFIG),
    '## Beside jax.numpy',
    spuTests(),
    'Names are those of jax 0.10.2 (without dtypes, printing and internals); each is looked up in `np`, where it stands under ' +
      'this name and in camelCase. What is missing has its reason beside it.',
    moduleText('numpy'),
    moduleText('linalg'),
    moduleText('nn'),
    moduleText('random'),
  ].join('\n\n');

const text = (x: number): string =>
  x === 0 ? '0' : x < 1e-3 ? x.toExponential(1) : String(Number(x.toPrecision(3)));

const HEAD = [
  'function',
  '2 parties',
  'SPU, 2',
  '3 parties',
  'SPU, 3',
  'latency mode, 2 parties',
  'dealer bytes',
  'more with `range_guard`',
  'range, FM128',
  'error, FM128',
  'range, FM64',
  'error, FM64',
] as const;

/** The columns that are the same at every run: all but the errors. */
export const STEADY = HEAD.map((name) => !name.startsWith('error'));

const runsIn = (k: CostCase, field: FieldName): boolean => k.fields?.includes(field) ?? true;

/** One line of the table of costs, and the rows that it is made of. */
export const costLine = (
  ring: Ring,
  k: CostCase,
): { readonly cells: readonly string[]; readonly rows: readonly CostRow[] } => {
  const two = withGuard(ring, k, measure(ring, k, 'FM128', 2));
  const three = measure(ring, k, 'FM128', 3);
  const fss = measure(ring, k, 'FM128', 2, 'latency');
  const small = runsIn(k, 'FM64') ? measure(ring, k, 'FM64', 2) : undefined;
  const cost = (r: CostRow): string => `${r.rounds} / ${text(r.onlineBytes)}`;
  const error = (r: CostRow): string => (k.error === 'drawn' ? '' : text(r.maxError));
  const [spu2, spu3] = SPU_COSTS[k.op] ?? ['', ''];
  const cells = [
    `\`${k.op}\``,
    cost(two),
    spu2,
    cost(three),
    spu3,
    fss.rounds < two.rounds ? `${cost(fss)} / ${text(fss.dealerBytes)}` : '',
    text(two.dealerBytes),
    two.guard!.dealerBytes > 0 ? text(two.guard!.dealerBytes) : '',
    two.range,
    error(two),
    small?.range ?? '',
    small ? error(small) : '',
  ];
  return { cells, rows: small ? [two, three, fss, small] : [two, three, fss] };
};

const FIELD_NAMES = ['FM128', 'FM64', 'FM32'] as const;

const RANGE_HEAD = [
  'range of',
  ...FIELD_NAMES.flatMap((f) => [f, `error, ${f}`]),
  'counted',
  'beyond',
] as const;

/** The columns that do not depend on what was measured. */
export const RANGE_STEADY = RANGE_HEAD.map((name) => !name.startsWith('error'));

/** A line of the table of ranges; Errors are measured, which takes a run. */
export const rangeLine = (op: string, errorIn: (field: FieldName) => string): readonly string[] => {
  const row = RANGES[op]!;
  return [`\`${op}\``, ...FIELD_NAMES.flatMap((f) => [rangeText(row, f), errorIn(f)]), row.error, row.beyond];
};

const MADE_FIELDS = ['FM128', 'FM64'] as const;

const MADE_HEAD = [
  'without a dealer',
  ...MADE_FIELDS.flatMap((f) => [`transfers, ${f}`, `bytes ahead, ${f}`, `rounds / bytes, ${f}`]),
] as const;

/** Cells of a line of the table of what two parties need without a dealer. */
export const MADE_CELLS = MADE_HEAD.length;

/** Two parties of each ring that make material. */
export type Meters = Readonly<Record<(typeof MADE_FIELDS)[number], MadeMeter>>;

/** Runs work with a meter of each ring. */
export const withMeters = async <T>(work: (meters: Meters) => Promise<T>): Promise<T> => {
  const [FM128, FM64] = await Promise.all(MADE_FIELDS.map((field) => MadeMeter.create(field)));
  try {
    return await work({ FM128: FM128!, FM64: FM64! });
  } finally {
    await Promise.all([FM128!.close(), FM64!.close()]);
  }
};

/** One line of the table of what two parties need without a dealer; it makes their material. */
export const madeLine = async (meters: Meters, k: CostCase): Promise<readonly string[]> => {
  const cells = [`\`${k.op}\``];
  for (const field of MADE_FIELDS) {
    if (!runsIn(k, field)) cells.push('', '', '');
    else if (!isMadeAhead(k, field)) cells.push('as it runs', 'as it runs', '');
    else {
      const cost = await meters[field].measure(k);
      cells.push(text(cost.transfers), text(cost.aheadBytes), `${cost.rounds} / ${text(cost.onlineBytes)}`);
    }
  }
  return cells;
};

/** The table of what two parties need without a dealer. */
const madeTable = (): Promise<string> =>
  withMeters(async (meters) => {
    const lines: (readonly string[])[] = [];
    for (const k of COSTS) lines.push(await madeLine(meters, k));
    return table(MADE_HEAD, lines);
  });

const write = async (): Promise<void> => {
  const ring = await Ring.create();
  const costs = COSTS.filter((k) => runsIn(k, 'FM128')).map((k) => costLine(ring, k).cells);
  const ranges = Object.keys(RANGES).map((op) =>
    rangeLine(op, (field) => text(measureRange(ring, op, field).maxError)),
  );
  writeFileSync(
    file,
    `# Features

Written by \`npm run features\`: functions are looked up in \`np\`, costs are measured by running each function on secrets,
and tests hold this page to both.

## Costs and accuracy

Rounds / bytes at FM128, per element: bytes that one party sends to each other party, over a batch of 1,000 where the range
names no other size; SPU's are sent by a party in all (read from its source). Latency mode: rounds / bytes / dealer bytes, where
keys of two parties save rounds. Dealer bytes: for two parties. Errors are the largest seen, absolute below 1 and relative
above, against float64 on the same inputs (SPU's own tests accept 1e-1 to 1e-2); 0: exact.

${table(HEAD, costs)}

## Two parties without a dealer

Per element, over the same batches: transfers of both directions and bytes that both parties send together ahead of the program, to make its material;
rounds and bytes that one party sends while it runs. What a session needs once (128 base transfers, keys) is not in it. Products come in blocks of
4,096: a batch of 1,000 fills a quarter of one, and of a whole one a product takes 446 bytes at FM128, 243 at FM64. \`npm run costs -- --made --filter
sqrt\` measures any function.

${await madeTable()}

## Ranges, errors and what happens beyond

Errors are the largest seen over the whole range, on every magnitude of it, against float64 on the same inputs: relative beside one
and a half units in the last place, absolute, mixed (relative above 1, absolute below), or exact. f: fraction bits; ranges are those of the
default ones. Functions that move, choose, compare or add elements take any number of the ring, and are exact.

${table(RANGE_HEAD, ranges)}

${listed()}
`,
  );
  const page = readFileSync(architecture, 'utf8');
  writeFileSync(architecture, page.replace(COUNTED, `$1${counted()}$2`));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  scriptCommand(
    'features',
    'Writes FEATURES.md: what np has, with ranges, errors and costs as measured now.',
    [''],
  ).parse();
  await write();
}
