/** @file A party's table in a file, as commands take it. What is wrong with it is told by file, column and row, before any connection is opened. */
import { accessSync, closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { fail, TesseraError } from '../errors.ts';
import { columnar, isColumnar } from '../frame/columnar.ts';
import { checkOptions } from '../frame/index.ts';
import { cleaned, columnFrom, Pieces, type Raw, type ReadOptions, rawTable } from '../frame/read.ts';
import type { FrameDType, Table, TableColumn } from '../frame/table.ts';
import { suggestion } from '../names.ts';

export interface TableFlags {
  table: string;
  key?: string;
  separator?: string;
  decimal?: string;
  missing?: string[];
  dtype?: string[];
}

/** The flags of commands that read a table. */
export const withTable = (command: Command): Command =>
  tableFlags(
    command.requiredOption(
      '--table <file>',
      "this party's table: CSV with a line of names, Parquet or Arrow",
    ),
  );

/** How a table is read. */
export const tableFlags = (command: Command): Command =>
  command
    .option('--key <columns>', 'the column of identifiers, or several: name,birth')
    .option('--separator <text>', 'what stands between cells; found unless given')
    .option('--decimal <text>', "'.' or ','", '.')
    .option('--missing <texts...>', 'texts that stand for nothing: NA, null, ... unless given')
    .option(
      '--dtype <column=dtype...>',
      'number, integer, boolean, category, text or date; found unless given',
    );

/** Names in a flag. */
export const listOf = (text: string | undefined): string[] =>
  (text ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));

/** `name=value` by name. Throws INVALID_ARGUMENT. */
export const pairsOf = (texts: readonly string[] | undefined, flag: string): Record<string, string> =>
  Object.fromEntries(
    (texts ?? []).map((text) => {
      const at = text.indexOf('=');
      return at > 0
        ? ([text.slice(0, at), text.slice(at + 1)] as const)
        : fail('INVALID_ARGUMENT', `${flag} ${text}: write name=value`);
    }),
  );

/** Throws INVALID_ARGUMENT for a file that could not be written in the end. */
export const checkWritable = (path: string | undefined): void => {
  if (path === undefined) return;
  const folder = dirname(resolve(path));
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new TesseraError(
      'INVALID_ARGUMENT',
      `${path} cannot be written: is ${folder} there?`,
      { path },
      cause,
    );
  }
};

/** A file that the system does not give. */
const unread = (e: unknown): unknown => {
  const { code, syscall } = e as NodeJS.ErrnoException;
  return code !== undefined && syscall !== undefined
    ? new TesseraError('INVALID_ARGUMENT', `cannot be read (${code}): is the path right?`, {}, e)
    : e;
};

/** An error that names the file. */
const told = (path: string, e: unknown): unknown =>
  e instanceof TesseraError && e.info.path !== path
    ? new TesseraError(e.code, `${path}: ${e.message}`, { ...e.info, path }, e.cause)
    : e;

const PIECE = 1 << 20;

/** A file as it is read. */
function* piecesOf(path: string): Iterable<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const piece = new Uint8Array(PIECE);
    for (let n = readSync(file, piece); n > 0; n = readSync(file, piece)) yield piece.subarray(0, n);
  } finally {
    closeSync(file);
  }
}

/** CSV goes to its reader piece by piece; files of other forms are there as a whole. */
const dataOf = async (path: string): Promise<unknown> => {
  const [head = new Uint8Array()] = piecesOf(path);
  return isColumnar(head) ? columnar(new Uint8Array(readFileSync(path))) : new Pieces(piecesOf(path));
};

export class TableFile {
  readonly path: string;
  readonly key: readonly string[];
  readonly rows: number;
  readonly #raw: readonly Raw[];
  readonly #from: number;
  readonly #options: ReadOptions;

  private constructor(path: string, key: readonly string[], data: unknown, options: ReadOptions) {
    this.path = path;
    this.key = key;
    this.#options = options;
    const { raw, from } = rawTable(data, options);
    this.#raw = raw;
    this.#from = from;
    this.rows = raw[0]!.cells.length;
  }

  /** Rejects with INVALID_ARGUMENT for what is no table, for a key that is not there, and for one that comes twice unless `twice` allows it. */
  static async open(flags: TableFlags, twice = false): Promise<TableFile> {
    const { table: path, separator, decimal, missing } = flags;
    const dtypes = pairsOf(flags.dtype, '--dtype') as Record<string, FrameDType>;
    const options: ReadOptions = {
      dtypes,
      ...(separator !== undefined && { separator: separator === '\\t' ? '\t' : separator }),
      ...(decimal !== undefined && { decimal }),
      ...(missing !== undefined && { missing }),
    };
    checkOptions(options);
    try {
      const file = new TableFile(path, listOf(flags.key), await dataOf(path), options);
      for (const name of Object.keys(dtypes)) file.#column(name);
      const ids = file.identifiers();
      if (!twice && ids.length > 0) file.#checkTwice(ids);
      return file;
    } catch (e) {
      throw told(path, unread(e));
    }
  }

  /** Throws INVALID_ARGUMENT with column and row, as lines of the file: the names are line 1. */
  wrong(column: string, row: number | undefined, what: string): never {
    const line = row === undefined ? undefined : row + this.#from;
    const text = `column ${JSON.stringify(column)}${line === undefined ? '' : `, row ${line}`}: ${what}`;
    throw told(
      this.path,
      new TesseraError('INVALID_ARGUMENT', text, { column, ...(line !== undefined && { row: line }) }),
    );
  }

  get names(): string[] {
    return this.#raw.map(({ name }) => name);
  }

  #column(name: string): Raw {
    return (
      this.#raw.find((c) => c.name === name) ??
      fail('INVALID_ARGUMENT', `no column ${JSON.stringify(name)}: ${suggestion(name, this.names)}`, {
        column: name,
      })
    );
  }

  /** The name of a column that is there. Throws INVALID_ARGUMENT. */
  known(name: string): string {
    try {
      return this.#column(name).name;
    } catch (e) {
      throw told(this.path, e);
    }
  }

  /** A column with its dtype. */
  column(name: string): TableColumn {
    try {
      return columnFrom(this.#column(name), this.#from, this.#options);
    } catch (e) {
      throw told(this.path, e);
    }
  }

  /** Cells as texts, null where nothing is. */
  cells(name: string): (string | null)[] {
    return cleaned(this.#column(name).cells, this.#options);
  }

  /** The columns of the key, '' where an identifier is missing. */
  identifiers(): string[][] {
    return this.key.map((name) => this.cells(name).map((cell) => cell ?? ''));
  }

  #checkTwice(ids: readonly (readonly string[])[]): void {
    const seen = new Map<string, number>();
    for (let row = 0; row < this.rows; row++) {
      const id = ids.map((column) => column[row]!);
      if (id.includes('')) continue;
      const text = id.length === 1 ? id[0]! : JSON.stringify(id);
      const before = seen.get(text);
      if (before !== undefined)
        this.wrong(this.key.join(','), row, `the same identifier as row ${before + this.#from}`);
      seen.set(text, row);
    }
  }

  /** These columns and the key, whose columns are texts. */
  table(columns: readonly TableColumn[]): Table {
    const ids = this.key.map((name): TableColumn => ({ name, dtype: 'text', values: this.cells(name) }));
    return { rows: this.rows, columns: [...ids, ...columns] };
  }

  /** These rows as they stand in the file. */
  picked(rows: ArrayLike<number>): { name: string; cells: (string | null)[] }[] {
    return this.#raw.map(({ name, cells }) => ({ name, cells: Array.from(rows, (row) => cells.at(row)!) }));
  }
}
