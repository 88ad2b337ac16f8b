/** @file Rows that a saved model is asked about: columns of numbers in its order, of rows that were sent or of this party's table. */
import { fail, TesseraError } from '../errors.ts';
import { cleaned, columnFrom, type Raw, rawTable } from '../frame/read.ts';
import { type FrameDType, isMissing, isNumeric, type TableColumn } from '../frame/table.ts';
import { NDArray } from '../index.ts';
import { suggestion } from '../names.ts';
import type { Feature } from './features.ts';
import type { Plan } from './model-file.ts';
import type { TableFile } from './table-file.ts';

/** A table that columns are read from. */
export interface Source {
  readonly rows: number;
  column(name: string, dtype: FrameDType): TableColumn;
  /** Throws INVALID_ARGUMENT. */
  wrong(column: string, row: number, what: string): never;
}

/** A number is one whether or not training saw whole ones alone; what were categories are texts. */
const readAs = (dtype: FrameDType): FrameDType =>
  dtype === 'integer' ? 'number' : dtype === 'category' ? 'text' : dtype;

/** Dtypes of the columns that these are made of. */
export const dtypesOf = (features: readonly Feature[]): Record<string, FrameDType> =>
  Object.fromEntries(features.map(({ from, dtype }) => [from, readAs(dtype)]));

/** A column of 0 and 1 is 1 where a row has its value; a value that training has not seen is none of them. */
const numbersOf = (source: Source, f: Feature, known: ReadonlySet<string>, filling: number | undefined) => {
  const { values, ...c } = source.column(f.from, readAs(f.dtype));
  const cells = values as ArrayLike<number | string | null>;
  if (f.value === undefined)
    return Float64Array.from(cells, (v, row) => {
      if (!isNumeric({ values, ...c } as TableColumn)) return source.wrong(f.from, row, 'no number');
      if (!isMissing(v)) return Number(v);
      return filling ?? source.wrong(f.from, row, 'nothing, and no training said what stands for it here');
    });
  return Float64Array.from(cells, (v, row) => {
    if (isMissing(v) || known.has(String(v))) return Number(!isMissing(v) && String(v) === f.value);
    return source.wrong(f.from, row, `none of the values of the training: ${[...known].join(', ')}`);
  });
};

/** [rows, columns] of what a model takes of one party. Throws INVALID_ARGUMENT with column and row. */
export const matrixOf = (
  source: Source,
  features: readonly Feature[],
  filling: Readonly<Record<string, number>>,
): NDArray => {
  const data = new Float64Array(source.rows * features.length);
  for (const [j, f] of features.entries()) {
    const known = new Set(features.flatMap((g) => (g.from === f.from ? (g.value ?? []) : [])));
    const column = numbersOf(source, f, known, filling[f.name]);
    for (const [i, v] of column.entries()) data[i * features.length + j] = v;
  }
  return NDArray.from({ shape: [source.rows, features.length], dtype: 'fxp', data });
};

/** A party's table in a file. */
const fileSource = (file: TableFile): Source => ({
  rows: file.rows,
  column: (name) => file.column(name),
  wrong: (column, row, what) => file.wrong(column, row, what),
});

/** What is asked: rows with all columns of some parties, and for the others the identifiers by which they find their own. */
export interface Question {
  readonly rows: number;
  /** By party whose columns are among the rows. */
  readonly given: ReadonlyMap<string, Source>;
  /** Columns of identifiers; none where all columns are there. */
  readonly ids: readonly (readonly string[])[];
}

/** Reads rows that were sent. `key`: columns of identifiers, where parties have tables. Throws INVALID_ARGUMENT with column and row. */
export const readQuestion = (
  rows: unknown,
  { columns }: Plan,
  key: readonly string[],
  tables: readonly string[],
): Question => {
  if (!Array.isArray(rows) || rows.length === 0)
    return fail('INVALID_ARGUMENT', 'rows: a list of objects is wanted, as in {"rows": [{"age": 30}]}');
  const { raw } = rawTable(rows, {});
  const all = Object.values(columns).flat();
  const known = [...new Set([...key, ...all.map(({ from }) => from)])];
  const alien = raw.find(({ name }) => !known.includes(name));
  if (alien)
    fail('INVALID_ARGUMENT', `no column ${JSON.stringify(alien.name)}: ${suggestion(alien.name, known)}`, {
      column: alien.name,
    });
  const find = (name: string): Raw | undefined => raw.find((c) => c.name === name);
  const source: Source = {
    rows: rows.length,
    column: (name, dtype) => columnFrom(find(name)!, 0, { dtypes: { [name]: dtype } }),
    wrong: (column, row, what) =>
      fail('INVALID_ARGUMENT', `column ${JSON.stringify(column)}, row ${row}: ${what}`, { column, row }),
  };
  const given = new Map<string, Source>();
  for (const [party, features] of Object.entries(columns)) {
    const there = features.filter(({ from }) => find(from));
    const gone = features.find(({ from }) => !find(from));
    if (gone === undefined) given.set(party, source);
    else if (there.length > 0 || !tables.includes(party))
      fail(
        'INVALID_ARGUMENT',
        `column ${JSON.stringify(gone.from)} of ${party} is missing${tables.includes(party) ? `: give all of ${party}'s columns, or none` : `: ${party} serves without --table, so the rows have to hold it`}`,
        { column: gone.from },
      );
  }
  if (given.size === Object.keys(columns).length) return { rows: rows.length, given, ids: [] };
  const ids = key.map((name) => {
    const c = find(name);
    if (!c)
      return fail('INVALID_ARGUMENT', `column ${JSON.stringify(name)} is missing: it says which rows`, {
        column: name,
      });
    return cleaned(c.cells, {}).map((cell, row) => cell ?? source.wrong(name, row, 'no identifier'));
  });
  return { rows: rows.length, given, ids };
};

const textOf = (id: readonly string[]): string => JSON.stringify(id);

/** A party's rows by their identifiers, as its model takes them. Throws INVALID_ARGUMENT with column and row for a table that it does not take. */
export class Lookup {
  readonly #matrix: NDArray;
  readonly #places = new Map<string, number>();

  constructor(file: TableFile, features: readonly Feature[], filling: Readonly<Record<string, number>>) {
    this.#matrix = matrixOf(fileSource(file), features, filling);
    const ids = file.identifiers();
    for (let row = 0; row < file.rows; row++) {
      const id = ids.map((column) => column[row]!);
      if (!id.includes('')) this.#places.set(textOf(id), row);
    }
  }

  /** These rows; or the places of those that are not there. */
  find(ids: readonly (readonly string[])[]): { readonly missing: number[]; readonly matrix: NDArray | null } {
    const places = ids[0]!.map((_, i) => this.#places.get(textOf(ids.map((column) => column[i]!))));
    const missing = places.flatMap((place, i) => (place === undefined ? [i] : []));
    if (missing.length > 0) return { missing, matrix: null };
    const width = this.#matrix.shape[1]!;
    const data = new Float64Array(places.length * width);
    for (const [i, place] of places.entries())
      data.set(this.#matrix.data.subarray(place! * width, (place! + 1) * width) as Float64Array, i * width);
    return { missing, matrix: NDArray.from({ shape: [places.length, width], dtype: 'fxp', data }) };
  }
}

/** An error as who asked hears of it. */
export const told = (e: unknown): { code: string; message: string; column?: unknown; row?: unknown } => {
  if (!(e instanceof TesseraError))
    return { code: 'PARTY_FAILED', message: e instanceof Error ? e.message : String(e) };
  const { column, row } = e.info as { column?: unknown; row?: unknown };
  return {
    code: e.code,
    message: e.message,
    ...(column !== undefined && { column }),
    ...(row !== undefined && { row }),
  };
};
