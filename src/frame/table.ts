/** @file A party's table, in the clear at that party: columns of one length with a name and a dtype each. */
import { fail } from '../errors.ts';

/** number, integer, boolean and date (days since 1970) are numbers, NaN where missing; category and text are texts, null where missing. */
export type FrameDType = 'number' | 'integer' | 'boolean' | 'category' | 'text' | 'date';
export const DTYPES: readonly FrameDType[] = ['number', 'integer', 'boolean', 'category', 'text', 'date'];

export interface NumberColumn {
  readonly name: string;
  readonly dtype: Exclude<FrameDType, 'category' | 'text'>;
  readonly values: Float64Array;
}
export interface TextColumn {
  readonly name: string;
  readonly dtype: 'category' | 'text';
  readonly values: readonly (string | null)[];
}
export type TableColumn = NumberColumn | TextColumn;

export interface Table {
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}

export const isNumeric = (c: TableColumn): c is NumberColumn => c.values instanceof Float64Array;

/** Missing: NaN, or null. */
export const isMissing = (v: number | string | null): boolean => v === null || Number.isNaN(v);

export const columnOf = (table: Table, name: string): TableColumn =>
  table.columns.find((c) => c.name === name) ?? fail('INVALID_ARGUMENT', `no column ${JSON.stringify(name)}`);

export const select = (table: Table, names: readonly string[]): Table => ({
  rows: table.rows,
  columns: names.map((name) => columnOf(table, name)),
});

export const rename = (table: Table, names: Readonly<Record<string, string>>): Table => ({
  rows: table.rows,
  columns: table.columns.map((c) => ({ ...c, name: names[c.name] ?? c.name })),
});

/** All columns but these. */
export const without = (table: Table, names: readonly string[]): Table => {
  const columns = table.columns.filter((c) => !names.includes(c.name));
  return columns.length > 0
    ? { rows: table.rows, columns }
    : fail('INVALID_ARGUMENT', `a table of ${JSON.stringify(names.join(', '))} alone`);
};

const FRACTION = /^[+-]?\d*\.\d+(e[+-]?\d+)?$/i;

/**
 * Columns of identifiers, '' where missing. Throws DTYPE for numbers that are not whole: as texts, 1.0 and 1 would be two.
 */
export const identifiers = (table: Table, names: readonly string[]): string[][] =>
  names.map((name) => {
    const c = columnOf(table, name);
    const text = Array.from(c.values as ArrayLike<number | string | null>, (v) =>
      isMissing(v) ? '' : String(v),
    );
    const there = text.filter((v) => v !== '');
    const isReal =
      there.some((v) => FRACTION.test(v)) &&
      there.every((v) => v.trim() !== '' && Number.isFinite(Number(v)));
    if (isReal || c.dtype === 'boolean')
      fail(
        'DTYPE',
        `column ${JSON.stringify(name)} holds ${isReal ? 'numbers with fractions' : c.dtype}: identifiers are texts or whole numbers`,
        { column: name },
      );
    return text;
  });

/** These rows, in this order. Throws RANGE for rows that are not there. */
export const takeRows = (table: Table, rows: ArrayLike<number>): Table => {
  const order = Array.from(rows);
  const wrong = order.find((i) => !(Number.isInteger(i) && i >= 0 && i < table.rows));
  if (wrong !== undefined) fail('RANGE', `row ${wrong} of a table of ${table.rows} rows`, { row: wrong });
  const pick = (c: TableColumn): TableColumn =>
    isNumeric(c)
      ? { ...c, values: Float64Array.from(order, (i) => c.values[i]!) }
      : { ...c, values: order.map((i) => c.values[i]!) };
  return { rows: order.length, columns: table.columns.map(pick) };
};

/** The table with each of the named columns made anew, by one or more. */
export const withColumns = (
  table: Table,
  names: readonly string[],
  make: (c: TableColumn) => TableColumn | readonly TableColumn[],
): Table => ({
  rows: table.rows,
  columns: table.columns.flatMap((c) => (names.includes(c.name) ? make(c) : c)),
});

/** Rows as objects: dates as text, missing values as null. */
export const rowsOf = (table: Table, n: number): Record<string, unknown>[] =>
  Array.from({ length: Math.min(n, table.rows) }, (_, i) =>
    Object.fromEntries(table.columns.map((c) => [c.name, shown(c, i)])),
  );

const shown = (c: TableColumn, i: number): unknown => {
  const v = c.values[i]!;
  if (isMissing(v)) return null;
  if (c.dtype === 'boolean') return v === 1;
  return c.dtype === 'date' ? new Date(Number(v) * DAY).toISOString().slice(0, 10) : v;
};
export const DAY = 86_400_000;
