/** @file Tables from what a party has: CSV as text or bytes, lists of objects, objects of columns. Errors say column and row. */
import { fail } from '../errors.ts';
import { describe } from '../names.ts';
import { fromCsv, sliced } from './packed-csv.ts';
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

export type Cell = string | null;
/** Texts, a list of them or packed. */
export interface Cells {
  readonly length: number;
  at(i: number): Cell | undefined;
}
/** A column as it was given. */
export interface Raw {
  readonly name: string;
  readonly cells: Cells;
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

/** The first dtype that all cells have. `cell`: the text of a row, null where nothing is. */
const found = (rows: number, cell: (row: number) => Cell, decimal: string): FrameDType => {
  const left = new Set<keyof typeof asNumber>(['integer', 'number', 'boolean', 'date']);
  const distinct = new Set<string>();
  let there = 0;
  for (let row = 0; row < rows; row++) {
    const text = cell(row);
    if (text === null) continue;
    there++;
    if (distinct.size <= CATEGORIES) distinct.add(text);
    for (const dtype of left) {
      // A whole number is a number.
      if (dtype === 'number' && left.has('integer')) continue;
      const isOne =
        dtype === 'boolean' ? text.toLowerCase() in BOOLEANS : asNumber[dtype](text, decimal) !== undefined;
      if (!isOne) left.delete(dtype);
    }
    if (left.size === 0 && distinct.size > CATEGORIES) return 'text';
  }
  const [first] = left;
  if (there > 0 && first !== undefined) return first;
  return distinct.size > 0 && distinct.size <= CATEGORIES && 2 * distinct.size <= there ? 'category' : 'text';
};

/** The same texts stand for equal cells as long as these are few. */
const shared = (): ((cell: Cell) => Cell) => {
  const known = new Map<string, string>();
  return (cell) => {
    if (cell === null) return null;
    const same = known.get(cell);
    if (same === undefined && known.size < CATEGORIES) known.set(cell, cell);
    return same ?? cell;
  };
};

const column = (
  name: string,
  rows: number,
  cell: (row: number) => Cell,
  said: FrameDType | undefined,
  decimal: string,
  from: number,
): TableColumn => {
  const dtype = said ?? found(rows, cell, decimal);
  if (dtype === 'category' || dtype === 'text') {
    const one = shared();
    return { name, dtype, values: Array.from({ length: rows }, (_, i) => one(cell(i))) };
  }
  const read = asNumber[dtype];
  const values = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const text = cell(i);
    values[i] =
      text === null
        ? Number.NaN
        : (read(text, decimal) ??
          wrong(`column ${JSON.stringify(name)}, row ${i + from}: no ${dtype}`, {
            column: name,
            row: i + from,
          }));
  }
  return { name, dtype, values };
};

const checkNames = (names: readonly string[]): void => {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) wrong(`two columns are called ${JSON.stringify(twice)}`, { column: twice });
  if (names.includes('')) wrong(`column ${names.indexOf('') + 1} has no name`, { column: '' });
  if (names.length === 0) wrong('a table without columns', {});
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

/** CSV that is read as it is parsed. */
export class Pieces {
  readonly pieces: Iterable<Uint8Array>;

  constructor(pieces: Iterable<Uint8Array>) {
    this.pieces = pieces;
  }
}

/** Columns as they were given, and what their first row is called in messages: 2 of CSV, whose names are line 1. Throws as `readTable`. */
export const rawTable = (
  data: unknown,
  options: ReadOptions,
): { readonly raw: Raw[]; readonly from: number } => {
  let raw: Raw[];
  if (typeof data === 'string' || data instanceof Uint8Array || data instanceof Pieces)
    raw = fromCsv(data instanceof Pieces ? data.pieces : sliced(data), options.separator);
  else if (Array.isArray(data)) raw = fromRows(data);
  else if (typeof data === 'object' && data !== null)
    raw = fromColumns(data as Record<string, ArrayLike<unknown>>);
  else raw = wrong(`a table is CSV, a list of objects or an object of columns, not ${describe(data)}`, {});
  checkNames(raw.map(({ name }) => name));
  if (raw[0]!.cells.length === 0) wrong('a table without rows', {});
  return { raw, from: Array.isArray(raw[0]!.cells) ? 0 : 2 };
};

/** The text of a cell without spaces around it, null where nothing is. */
const cleaner = ({ missing = MISSING }: ReadOptions): ((cell: Cell | undefined) => Cell) => {
  const none = new Set(missing);
  return (cell) => {
    const text = cell?.trim() ?? null;
    return text === null || none.has(text) ? null : text;
  };
};

/** Texts without spaces around them, null where nothing is. */
export const cleaned = (cells: Cells, options: ReadOptions): Cell[] => {
  const clean = cleaner(options);
  return Array.from({ length: cells.length }, (_, i) => clean(cells.at(i)));
};

/** A column with its dtype, said or found. Throws INVALID_ARGUMENT with column and row. */
export const columnFrom = ({ name, cells }: Raw, from: number, options: ReadOptions): TableColumn => {
  const clean = cleaner(options);
  const cell = (row: number): Cell => clean(cells.at(row));
  return column(name, cells.length, cell, options.dtypes?.[name], options.decimal ?? '.', from);
};

/** Runs at the party, in the clear. Throws INVALID_ARGUMENT with column and row. */
export const readTable = (data: unknown, options: ReadOptions): Table => {
  const { raw, from } = rawTable(data, options);
  const columns: TableColumn[] = [];
  // What a column was made of goes with it.
  while (raw.length > 0) columns.push(columnFrom(raw.shift()!, from, options));
  return { rows: columns[0]!.values.length, columns };
};
