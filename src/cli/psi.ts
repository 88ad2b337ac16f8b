/** @file `tessera psi`: the rows that parties' tables have in common, in one order at all of them. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { fail } from '../errors.ts';
import { csvOf } from '../frame/csv.ts';
import * as sf from '../index.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';
import { together } from './parties.ts';
import { checkWritable, listOf, TableFile, type TableFlags, withTable } from './table-file.ts';

interface Flags extends TableFlags {
  config: string;
  out?: string;
  receivers?: string;
  duplicates: sf.Duplicates;
  size?: boolean;
  ignoreCase?: boolean;
}

/** Rows without a whole identifier are left out. */
const normalize =
  (ignoreCase: boolean): sf.Normalize =>
  (id) => {
    const parts = (Array.isArray(id) ? id : [id]) as string[];
    if (parts.includes('')) return undefined;
    const all = ignoreCase ? parts.map((part) => part.toLowerCase()) : parts;
    return all.length === 1 ? all[0] : all;
  };

const meet = async (flags: Flags): Promise<void> => {
  const file = await TableFile.open(flags, flags.duplicates !== 'error');
  if (file.key.length === 0)
    fail('INVALID_ARGUMENT', 'tessera psi: which column has the identifiers? --key id');
  checkWritable(flags.out);
  const left = file.identifiers().reduce((n, c) => Math.max(n, c.filter((id) => id === '').length), 0);
  if (left > 0) console.error(`${file.path}: ${left} rows without an identifier are left out`);
  const { duplicates, size: sizeOnly = false, ignoreCase = false } = flags;
  const receivers = flags.receivers === undefined ? undefined : listOf(flags.receivers);
  const terms = {
    command: 'psi',
    columns: file.key.length,
    receivers,
    duplicates,
    size: sizeOnly,
    ignoreCase,
  };
  await together(flags.config, terms, async ({ session, self, names }) => {
    const ids = Object.fromEntries(
      names.map((name) => [name, session.PYU(name)(() => file.identifiers())() as sf.Identifiers]),
    );
    const given = { duplicates, normalize: normalize(ignoreCase) };
    if (sizeOnly) {
      const { size } = await sf.psi(ids, { ...given, reveal: 'size' });
      console.log(String(size));
      return;
    }
    const found: Readonly<Record<string, unknown>> = await sf.psi(ids, {
      ...given,
      ...(receivers && { receivers }),
    });
    const aligned = (rows: Int32Array): number => {
      const text = csvOf(file.picked(rows));
      if (flags.out === undefined) process.stdout.write(text);
      else writeFileSync(flags.out, text, { mode: 0o600 });
      return rows.length;
    };
    const written = Object.entries(found).flatMap(([name, rows]) =>
      name === 'size' ? [] : [session.PYU(name)(aligned)(rows as sf.PYUObject<Int32Array>)],
    );
    await session.wait(written);
    const told = self in found ? (flags.out ?? 'standard output') : 'nothing here';
    const count = typeof found.size === 'number' ? `${found.size} rows in common: ` : '';
    console.error(`${count}${told}`);
  });
};

export const psiCommand: CliCommand = {
  register(program: Command) {
    withExamples(
      withTable(program.command('psi')),
      'tessera psi --table patients.csv --key id --config party.json --out common.csv',
      'tessera psi --table patients.csv --key name,birth --config party.json --size --ignore-case',
    )
      .description(
        "write the rows that the parties' tables have in common, in one order; each party starts it with its own",
      )
      .requiredOption('--config <file>', "this party's configuration, as for sf.init")
      .option('--out <file>', "where this party's common rows go; standard output unless given")
      .option('--receivers <parties>', 'who learns which of its rows are common: all unless given')
      .option(
        '--duplicates <rule>',
        'of identifiers that a table has twice: error, first or product',
        'error',
      )
      .option('--size', 'learn how many rows are common, and nothing else')
      .option('--ignore-case', 'compare identifiers in lower case')
      .action(meet);
  },
};
