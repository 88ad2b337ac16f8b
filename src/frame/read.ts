/** @file Tables from what a party has: CSV as text or bytes, lists of objects, objects of columns. Errors say column and row. */
import Papa from 'papaparse';
import { fail } from '../errors.ts';
import { describe } from '../names.ts';
import { DAY, type FrameDType, type Table, type TableColumn } from './table.ts';

export interface ReadOptions {
  /** Dtypes that are said; the others are found. */
  readonly dtypes?: Readonly<Record<string, FrameDType>>;
  /** What stands between cells of CSV; found when it is left out. */
  readonly separator?: string;
  /** '.' or ','. */
  readonly decimal?: string;
  /** Texts that stand for what is missing. */
  readonly missing?: readonly string[];
}

const MISSING = ['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'None'];
/** Texts with more distinct values than this are no categories. */
const CATEGORIES = 64;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INTEGER = /^[+-]?\d+$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const BOOLEANS: Readonly<Record<string, number>> = { true: 1, false: 0 };

type Cell = string | null;
/** A column as it was given: texts. */
export interface Raw {
  readonly name: string;
  readonly cells: readonly Cell[];
}

const wrong = (what: string, info: Record<string, unknown>): never => fail('INVALID_ARGUMENT', what, info);

/** The numbers of a cell by dtype; undefined for what is none. */
const asNumber: Readonly<
  Record<Exclude<FrameDType, 'category' | 'text'>, (cell: string, decimal: string) => number | undefined>
> = {
  number: (cell, decimal) => {
    const text = decimal === ',' ? cell.replace(',', '.') : cell;
    return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
  },
  integer: (cell) => (INTEGER.test(cell) && Number.isSafeInteger(Number(cell)) ? Number(cell) : undefined),
  boolean: (cell) => BOOLEANS[cell.toLowerCase()] ?? (cell === '1' ? 1 : cell === '0' ? 0 : undefined),
  date: (cell) => {
    const ms = DATE.test(cell) ? Date.parse(`${cell}T00:00:00Z`) : Number.NaN;
    return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== cell ? undefined : ms / DAY;
  },
};

/** The first dtype that all cells have. */
const found = (cells: readonly Cell[], decimal: string): FrameDType => {
  const there = cells.filter((cell) => cell !== null);
  const all = (test: (cell: string) => boolean): boolean => there.length > 0 && there.every(test);
  if (all((cell) => asNumber.integer(cell, decimal) !== undefined)) return 'integer';
  if (all((cell) => asNumber.number(cell, decimal) !== undefined)) return 'number';
  if (all((cell) => cell.toLowerCase() in BOOLEANS)) return 'boolean';
  if (all((cell) => asNumber.date(cell, decimal) !== undefined)) return 'date';
  const distinct = new Set(there).size;
  return distinct > 0 && distinct <= CATEGORIES && 2 * distinct <= there.length ? 'category' : 'text';
};

const column = (
  { name, cells }: Raw,
  said: FrameDType | undefined,
  decimal: string,
  from: number,
): TableColumn => {
  const dtype = said ?? found(cells, decimal);
  if (dtype === 'category' || dtype === 'text') return { name, dtype, values: cells };
  const read = asNumber[dtype];
  const values = Float64Array.from(cells, (cell, i) => {
    if (cell === null) return Number.NaN;
    return (
      read(cell, decimal) ??
      wrong(`column ${JSON.stringify(name)}, row ${i + from}: no ${dtype}`, { column: name, row: i + from })
    );
  });
  return { name, dtype, values };
};

const checkNames = (names: readonly string[]): void => {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) wrong(`two columns are called ${JSON.stringify(twice)}`, { column: twice });
  if (names.includes('')) wrong(`column ${names.indexOf('') + 1} has no name`, { column: '' });
  if (names.length === 0) wrong('a table without columns', {});
};

/** CSV with a line of names; quotes as in RFC 4180, a byte order mark, any of the usual separators and ends of lines. Rows are numbered as lines of a file, the names being line 1. */
const fromCsv = (text: string, { separator }: ReadOptions): Raw[] => {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'), {
    delimiter: separator ?? '',
    newline: '\n',
    skipEmptyLines: 'greedy',
  });
  const [bad] = errors.filter(({ type }) => type === 'Quotes');
  if (bad) wrong(`row ${(bad.row ?? 0) + 1}: ${bad.message}`, { row: (bad.row ?? 0) + 1 });
  const [head, ...rows] = data;
  if (head === undefined) return wrong('a table without columns', {});
  const names = head.map((name) => name.trim());
  for (const [i, row] of rows.entries())
    if (row.length !== names.length)
      wrong(`row ${i + 2} has ${row.length} cells, where ${names.length} columns have names`, { row: i + 2 });
  return names.map((name, j) => ({ name, cells: rows.map((row) => row[j]!) }));
};

const cellOf = (v: unknown, name: string, i: number): Cell => {
  if (v === null || v === undefined) return null;
  if (typeof v === 'string') return v;
  if (typeof v === 'number') return Number.isNaN(v) ? null : String(v);
  if (typeof v === 'boolean' || typeof v === 'bigint') return String(v);
  if (v instanceof Date && !Number.isNaN(v.getTime())) return v.toISOString().slice(0, 10);
  return wrong(`column ${JSON.stringify(name)}, row ${i}: ${describe(v)} is no value of a table`, {
    column: name,
    row: i,
  });
};

const fromRows = (rows: readonly unknown[]): Raw[] => {
  const names = Object.keys((rows[0] ?? {}) as object);
  for (const [i, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      return wrong(`row ${i} is ${describe(row)}, not an object`, { row: i });
    const alien = Object.keys(row).find((name) => !names.includes(name));
    if (alien !== undefined)
      wrong(`row ${i} has a column ${JSON.stringify(alien)} that the first row has not`, {
        row: i,
        column: alien,
      });
  }
  return names.map((name) => ({
    name,
    cells: rows.map((row, i) => cellOf((row as Record<string, unknown>)[name], name, i)),
  }));
};

const fromColumns = (columns: Readonly<Record<string, ArrayLike<unknown>>>): Raw[] => {
  const raw = Object.entries(columns).map(([name, values]) => {
    if (!Array.isArray(values) && !ArrayBuffer.isView(values))
      wrong(`column ${JSON.stringify(name)} is ${describe(values)}, not a list`, { column: name });
    return { name, cells: Array.from(values, (v, i) => cellOf(v, name, i)) };
  });
  const other = raw.find(({ cells }) => cells.length !== raw[0]!.cells.length);
  if (other)
    wrong(
      `columns ${JSON.stringify(raw[0]!.name)} and ${JSON.stringify(other.name)} have ${raw[0]!.cells.length} and ${other.cells.length} rows`,
      {
        column: other.name,
      },
    );
  return raw;
};

/** Columns as they were given, and what their first row is called in messages: 2 of CSV, whose names are line 1. Throws as `readTable`. */
export const rawTable = (
  data: unknown,
  options: ReadOptions,
): { readonly raw: Raw[]; readonly from: number } => {
  let raw: Raw[];
  if (typeof data === 'string') raw = fromCsv(data, options);
  else if (data instanceof Uint8Array) raw = fromCsv(decoded(data), options);
  else if (Array.isArray(data)) raw = fromRows(data);
  else if (typeof data === 'object' && data !== null)
    raw = fromColumns(data as Record<string, ArrayLike<unknown>>);
  else raw = wrong(`a table is CSV, a list of objects or an object of columns, not ${describe(data)}`, {});
  checkNames(raw.map(({ name }) => name));
  if (raw[0]!.cells.length === 0) wrong('a table without rows', {});
  return { raw, from: typeof data === 'string' || data instanceof Uint8Array ? 2 : 0 };
};

/** Texts without spaces around them, null where nothing is. */
export const cleaned = (cells: readonly Cell[], { missing = MISSING }: ReadOptions): Cell[] => {
  const none = new Set(missing);
  return cells.map((cell) => {
    const text = cell?.trim() ?? null;
    return text === null || none.has(text) ? null : text;
  });
};

/** A column with its dtype, said or found. Throws INVALID_ARGUMENT with column and row. */
export const columnFrom = ({ name, cells }: Raw, from: number, options: ReadOptions): TableColumn =>
  column({ name, cells: cleaned(cells, options) }, options.dtypes?.[name], options.decimal ?? '.', from);

/** Runs at the party, in the clear. Throws INVALID_ARGUMENT with column and row. */
export const readTable = (data: unknown, options: ReadOptions): Table => {
  const { raw, from } = rawTable(data, options);
  const columns = raw.map((c) => columnFrom(c, from, options));
  return { rows: columns[0]!.values.length, columns };
};

const decoded = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return wrong('bytes of a table that are no UTF-8', {});
  }
};
