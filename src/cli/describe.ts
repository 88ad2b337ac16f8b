/** @file `tessera describe`: what a party's own columns look like, and of tables of several parties what they agree to reveal. */

import { writeFileSync } from 'node:fs';
import { fail } from '../errors.ts';
import { type Description, describeTable } from '../frame/cleaning.ts';
import { framed } from '../frame/index.ts';
import { isNumeric, type Table } from '../frame/table.ts';
import type * as sf from '../index.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';
import { fieldOption } from './flags.ts';
import { together } from './parties.ts';
import { describedRows, histograms, html } from './report.ts';
import { checkWritable, TableFile, type TableFlags, withTable } from './table-file.ts';

interface Flags extends TableFlags {
  config?: string;
  corr?: boolean;
  field: string;
  report?: string;
  json?: boolean;
}

/** What is printed. */
interface Described {
  readonly rows: number;
  readonly columns: readonly Description[];
  /** Of all parties' columns of numbers, in this order. */
  readonly correlations?: {
    readonly names: readonly string[];
    readonly values: readonly (readonly number[])[];
  };
}

/** Lines of text: the first column to the left, the others to the right. */
const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)));
  return rows.map((row) =>
    row.map((cell, j) => (j === 0 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!))).join('  '),
  );
};

const print = ({ rows, columns, correlations }: Described): void => {
  console.log(`${rows} rows`);
  for (const line of aligned(describedRows(columns))) console.log(line);
  if (correlations) for (const line of aligned(correlationRows(correlations))) console.log(line);
};

const correlationRows = ({ names, values }: NonNullable<Described['correlations']>): string[][] => [
  ['', ...names],
  ...names.map((name, i) => [name, ...values[i]!.map((v) => v.toFixed(4))]),
];

/** What this party may keep: pictures of its own columns, of the whole table. */
const reportOf = (own: Table, { rows, columns, correlations }: Described, isAlone: boolean): string =>
  html({
    title: 'Description',
    figures: [['rows', rows]],
    bars: histograms(own.columns.filter(isNumeric)),
    tables: [
      { title: "This party's columns", rows: describedRows(columns) },
      ...(correlations ? [{ title: 'Correlations', rows: correlationRows(correlations) }] : []),
    ],
    revealed: isAlone
      ? []
      : [
          ['names and dtypes of columns, the number of common rows', 'all parties'],
          ['which of its rows are common', 'each party, of its own'],
          ...(correlations ? ([["correlations of all parties' columns", 'all parties']] as const) : []),
        ],
  });

const withOthers = (file: TableFile, own: Table, flags: Flags, config: string): Promise<Described> => {
  if (flags.corr)
    for (const c of own.columns.slice(file.key.length)) {
      const hole = isNumeric(c) ? c.values.findIndex(Number.isNaN) : -1;
      if (hole >= 0) file.wrong(c.name, hole, 'nothing: correlations are of whole columns');
    }
  const terms = { command: 'describe', keys: file.key.length, corr: flags.corr === true, field: flags.field };
  return together(config, terms, async ({ session, names, spu }) => {
    const tables = names.map((name) => [session.PYU(name), session.PYU(name)(() => own)()] as const);
    const frame = await framed(session, tables as never, file.key);
    console.error(String(frame));
    let columns: readonly Description[] = [];
    const look = (all: readonly Description[]): void => {
      columns = all;
    };
    const described = frame.describe();
    await session.wait(names.map((name) => session.PYU(name)(look)(described[name]! as never)));
    if (!flags.corr) return { rows: frame.shape[0], columns };
    const revealed = (await session.reveal(frame.corr(spu(flags.field)))) as unknown as sf.NDArray;
    const [k] = revealed.shape as [number];
    const numeric = frame.columns.filter(({ dtype }) => dtype !== 'text' && dtype !== 'category');
    const values = Array.from({ length: k }, (_, i) =>
      Array.from(revealed.data.slice(i * k, (i + 1) * k), Number),
    );
    return { rows: frame.shape[0], columns, correlations: { names: numeric.map((c) => c.name), values } };
  });
};

const describe = async (flags: Flags): Promise<void> => {
  const file = await TableFile.open(flags);
  checkWritable(flags.report);
  if (flags.config === undefined && flags.corr)
    fail('INVALID_ARGUMENT', '--corr is of the columns of several parties: --config says which');
  const own = file.table(
    file.names.filter((name) => !file.key.includes(name)).map((name) => file.column(name)),
  );
  const report: Described =
    flags.config === undefined
      ? { rows: file.rows, columns: describeTable(own) }
      : await withOthers(file, own, flags, flags.config);
  if (flags.report !== undefined)
    writeFileSync(flags.report, reportOf(own, report, flags.config === undefined), { mode: 0o600 });
  if (flags.json) console.log(JSON.stringify(report));
  else print(report);
};

export const describeCommand: CliCommand = {
  register(program) {
    withExamples(
      withTable(program.command('describe')),
      'tessera describe --table patients.csv',
      'tessera describe --table patients.csv --key id --config party.json --corr',
    )
      .description(
        "what this party's columns look like: of the whole table, or with --config of the rows that all parties have",
      )
      .option(
        '--config <file>',
        "this party's configuration, as for sf.init; opens no connection unless given",
      )
      .option('--corr', "reveal to all the correlations of all parties' columns of numbers")
      .addOption(fieldOption())
      .option('--report <file>', "an HTML file of it, with histograms of this party's columns")
      .option('--json', 'print one JSON object')
      .action(describe);
  },
};
