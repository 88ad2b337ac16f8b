/** @file What is made of a party's own table before anybody hears of it: columns of numbers that a model takes, and its label. */
import { fail } from '../errors.ts';
import { fillna, onehot } from '../frame/cleaning.ts';
import {
  type FrameDType,
  isMissing,
  isNumeric,
  type NumberColumn,
  type Table,
  type TableColumn,
} from '../frame/table.ts';
import type { Field } from '../ring/field.ts';
import { pow2 } from '../ring/math/index.ts';
import { listOf, type TableFile } from './table-file.ts';

export interface FeatureFlags {
  features?: string;
  drop?: string;
  onehot?: string;
  fillna?: string;
}

/** A column that a model takes, and the column of the table that it is made of. */
export interface Feature {
  readonly name: string;
  readonly from: string;
  /** Of the column that it is made of. */
  readonly dtype: FrameDType;
  /** Of a column of 0 and 1: the value that it stands for. */
  readonly value?: string;
}

/** What is made of a table. */
export interface Prepared {
  /** The key, the features and, where this party has it, the label. */
  readonly table: Table;
  readonly features: readonly Feature[];
  /** What stands for missing cells, by column, where that was asked for. */
  readonly filling: Readonly<Record<string, number>>;
}

const FILLINGS = ['mean', 'median', 'mode'] as const;

const fillingOf = (text: string): (typeof FILLINGS)[number] | number =>
  FILLINGS.find((word) => word === text) ?? Number(text);

/** What stands for a missing cell of a column. */
const filled = (c: NumberColumn, by: string): number => {
  const values = new Float64Array(c.values.length + 1).fill(Number.NaN);
  values.set(c.values);
  const whole = fillna({ rows: values.length, columns: [{ ...c, values }] }, { [c.name]: fillingOf(by) });
  return Number(whole.columns[0]!.values.at(-1));
};

/** Columns of 0 and 1, one a value that the column has. */
const expanded = (c: TableColumn, rows: number): readonly TableColumn[] => {
  const values = new Set<string>();
  for (const v of c.values) if (!isMissing(v)) values.add(String(v));
  return onehot({ rows, columns: [c] }, c.name, [...values].sort()).columns;
};

/** A column of numbers without holes that differ, and that the ring holds. Throws INVALID_ARGUMENT with column and row. */
const checked = (
  file: TableFile,
  given: TableColumn,
  filling: string | undefined,
  { name: ring, bits, fraction }: Field,
): TableColumn => {
  const { name } = given;
  if (!isNumeric(given)) {
    const row = file.cells(name).findIndex((cell) => cell !== null && !Number.isFinite(Number(cell)));
    return file.wrong(
      name,
      Math.max(0, row),
      `no number: --drop ${name} leaves the column out, --onehot ${name} makes a column of each of its values, which all learn`,
    );
  }
  const hole = given.values.findIndex(Number.isNaN);
  if (hole >= 0 && filling === undefined)
    file.wrong(name, hole, `nothing: --fillna ${FILLINGS.join(', ')} or a number says what stands for it`);
  const most = pow2(bits - 1 - fraction);
  const large = given.values.findIndex((v) => Math.abs(v) >= most);
  if (large >= 0)
    file.wrong(name, large, `a number beyond ${ring}, which holds those below ${most.toPrecision(2)}`);
  const whole =
    hole < 0
      ? given
      : fillna({ rows: file.rows, columns: [given] }, { [name]: fillingOf(filling!) }).columns[0]!;
  return whole.values.some((v) => v !== whole.values[0])
    ? whole
    : file.wrong(name, undefined, `constant: it tells nothing apart; --drop ${name} leaves it out`);
};

/** A label of two values, 1 for `positive`. Throws INVALID_ARGUMENT with column and row. */
const checkLabels = (file: TableFile, c: TableColumn, positive: string | undefined): void => {
  const seen = new Set<number | string>();
  for (const [row, v] of Array.from(c.values as ArrayLike<number | string | null>).entries()) {
    if (isMissing(v)) file.wrong(c.name, row, 'a label is missing');
    seen.add(v!);
    if (seen.size > 2) file.wrong(c.name, row, 'a third value of the label, where two are wanted');
  }
  if (seen.size < 2) file.wrong(c.name, undefined, 'the label has one value only');
  if (!seen.has(positiveOf(c, positive)))
    file.wrong(c.name, undefined, 'no row has the value that is to count as 1: --positive says which');
};

/** The value that counts as 1. */
export const positiveOf = (c: { readonly dtype: string }, positive: string | undefined): number | string => {
  if (c.dtype === 'category' || c.dtype === 'text') return positive ?? '1';
  return positive === undefined || positive === 'true' ? 1 : Number(positive);
};

export interface Label {
  readonly name: string;
  /** Two values, of which this counts as 1 (1 unless said). */
  readonly kind: 'labels' | 'numbers';
  readonly positive: string | undefined;
}

/** Throws INVALID_ARGUMENT with column and row. */
export const prepared = (file: TableFile, flags: FeatureFlags, label: Label, field: Field): Prepared => {
  const { names, key } = file;
  const said = (list: string | undefined): string[] => listOf(list).map((name) => file.known(name));
  const dropped = new Set([...key, label.name, ...said(flags.drop)]);
  const chosen = flags.features === undefined ? names : said(flags.features);
  const apart = new Set(said(flags.onehot));
  const { fillna: by } = flags;
  if (by !== undefined && !FILLINGS.some((w) => w === by) && !Number.isFinite(Number(by)))
    fail('INVALID_ARGUMENT', `--fillna ${by}: use ${FILLINGS.join(', ')} or a number`);
  const filling: Record<string, number> = {};
  const features: Feature[] = [];
  const columns = chosen
    .filter((name) => !dropped.has(name))
    .flatMap((from) => {
      const c = file.column(from);
      const { dtype } = c;
      if (apart.has(from)) {
        const own = expanded(c, file.rows);
        for (const { name } of own) features.push({ name, from, dtype, value: name.slice(from.length + 1) });
        return own;
      }
      features.push({ name: from, from, dtype });
      if (by !== undefined && isNumeric(c)) filling[from] = filled(c, by);
      return [checked(file, c, by, field)];
    });
  if (!names.includes(label.name)) {
    if (columns.length === 0)
      fail('INVALID_ARGUMENT', `${file.path}: no column is left`, { path: file.path });
    return { table: file.table(columns), features, filling };
  }
  const c = file.column(label.name);
  if (label.kind === 'labels') checkLabels(file, c, label.positive);
  const target = label.kind === 'labels' ? c : checked(file, c, undefined, field);
  return { table: file.table([...columns, target]), features, filling };
};
