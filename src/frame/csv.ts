/** @file Columns of numbers as arrays by name, from CSV and to CSV. */
import Papa from 'papaparse';
import { fail } from '../errors.ts';
import { NDArray } from '../numpy/index.ts';
import { type Cells, cleaned, columnFrom, rawTable } from './read.ts';
import { isNumeric, type NumberColumn, type TableColumn } from './table.ts';

const whole = (v: Float64Array): BigInt64Array => BigInt64Array.from(v, (x) => BigInt(x));

/** Each dtype of numbers as that of an array. */
const ARRAYS: Readonly<Record<NumberColumn['dtype'], (v: Float64Array) => Pick<NDArray, 'dtype' | 'data'>>> =
  {
    number: (data) => ({ dtype: 'fxp', data }),
    date: (data) => ({ dtype: 'fxp', data }),
    integer: (v) => ({ dtype: 'int64', data: whole(v) }),
    boolean: (v) => ({ dtype: 'bool', data: Uint8Array.from(v) }),
  };

const arrayOf = (c: TableColumn, cells: Cells, from: number): NDArray => {
  const at = (what: string, row: number): never =>
    fail('INVALID_ARGUMENT', `column ${JSON.stringify(c.name)}, row ${row + from}: ${what}`, {
      column: c.name,
      row: row + from,
    });
  if (!isNumeric(c)) {
    const row = cleaned(cells, {}).findIndex((cell) => cell !== null && !Number.isFinite(Number(cell)));
    return at('no number: an array has none but numbers, and sf.frame takes texts too', Math.max(0, row));
  }
  const missing = c.values.findIndex(Number.isNaN);
  return missing >= 0
    ? at('nothing: an array has a number everywhere, and sf.frame fills what is missing', missing)
    : NDArray.from({ shape: [c.values.length], ...ARRAYS[c.dtype](c.values) });
};

/** Arrays by the names of columns: float64, int64 or bool. Throws INVALID_ARGUMENT with column and row. */
export const readCsv = (bytes: Uint8Array): Record<string, NDArray> => {
  const { raw, from } = rawTable(bytes, {});
  return Object.fromEntries(raw.map((r) => [r.name, arrayOf(columnFrom(r, from, {}), r.cells, from)]));
};

/** Columns of one length, as lines. Throws INVALID_ARGUMENT. */
export const csvOf = (
  columns: readonly { readonly name: string; readonly cells: ArrayLike<unknown> }[],
): string => {
  const rows = columns[0]?.cells.length ?? 0;
  const other = columns.find(({ cells }) => cells.length !== rows);
  if (other)
    fail(
      'INVALID_ARGUMENT',
      `columns ${JSON.stringify(columns[0]!.name)} and ${JSON.stringify(other.name)} have ${rows} and ${other.cells.length} rows`,
      { column: other.name },
    );
  const names = columns.map(({ name }) => name);
  const data = Array.from({ length: rows }, (_, i) => columns.map(({ cells }) => cells[i]));
  return `${Papa.unparse({ fields: names, data }, { newline: '\n' })}\n`;
};

/** Arrays by name as the columns of a table: a vector is a column, a matrix one a column of its own, `x.0`, `x.1`. */
export const writeCsv = (arrays: Readonly<Record<string, NDArray>>): Uint8Array => {
  const columns = Object.entries(arrays).flatMap(([name, x]) => {
    const cells = Array.from(x.data as ArrayLike<number | bigint>, (v) => String(v));
    if (x.ndim < 2) return [{ name, cells }];
    if (x.ndim > 2)
      fail('INVALID_ARGUMENT', `sf.save: ${JSON.stringify(name)} has ${x.ndim} axes: CSV has room for two`);
    const width = x.shape[1]!;
    return Array.from({ length: width }, (_, j) => ({
      name: `${name}.${j}`,
      cells: cells.filter((_, i) => i % width === j),
    }));
  });
  return new TextEncoder().encode(csvOf(columns));
};
