/**
 * @file Tables of numbers as people keep them: with or without a header, cells apart by commas, semicolons or tabs, quoted or not,
 * numbers in the English or the German way. Taken row by row, so that a large file need not be there at once.
 */

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
  /** Texts of a first column that is called `id`, which is none of the columns. */
  readonly ids?: readonly string[];
}

/** What is wrong with a table, for people. */
export class TableError extends Error {}

/** How a table writes its numbers: the text as JavaScript wants it, or undefined. */
interface Form {
  readonly read: (cell: string) => number | undefined;
}

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const plain = (text: string): number | undefined => (PLAIN.test(text) ? Number(text) : undefined);
const grouped = (group: RegExp, form: RegExp, decimal: string): Form => ({
  read: (cell) =>
    form.test(cell)
      ? plain(cell.replace(group, '').replace(decimal, '.'))
      : plain(cell.replace(decimal, '.')),
});

const POINT: Form = { read: plain };
const COMMA: Form = { read: (cell) => (cell.includes('.') ? undefined : plain(cell.replace(',', '.'))) };
const ENGLISH = grouped(/,/g, /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/, '.');
const GERMAN = grouped(/\./g, /^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?$/, ',');

const THOUSANDS = /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$/;

/** The first that fits all cells is a table's. Thousands are the last thought. */
const FORMS: readonly Form[] = [POINT, COMMA, ENGLISH, GERMAN];

const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Takes rows of text, and makes numbers of them. All that it throws is TableError. */
export class TableReader {
  readonly #file: string;
  readonly #lines: { readonly line: number; readonly cells: readonly string[] }[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  #wrong(what: string): never {
    throw new TableError(`${this.#file}: ${what}`);
  }

  /** `line`: where the row stands in the file, from 1. Blank lines count for nothing. */
  add(line: number, cells: readonly string[]): void {
    const clean = cells.map((cell) => cell.replace(/^\uFEFF/, '').trim());
    if (clean.some((cell) => cell !== '')) this.#lines.push({ line, cells: clean });
  }

  /** `separator`: what stood between cells. */
  table(separator: string): Table {
    const [first, ...rest] = this.#lines;
    if (first === undefined) return this.#wrong('holds no rows');
    const isNumber = (cell: string): boolean => FORMS.some(({ read }) => read(cell) !== undefined);
    // Names are no numbers. A first row in which few cells are none is a row with a mistake.
    const names = 2 * first.cells.filter((cell) => !isNumber(cell)).length > first.cells.length;
    const columns = first.cells.map((cell, j) => (names && cell !== '' ? cell : `column ${j + 1}`));
    const lines = names ? rest : this.#lines;
    if (lines.length === 0) this.#wrong('holds no rows');
    for (const { line, cells } of lines)
      if (cells.length !== columns.length)
        this.#wrong(
          `line ${line} has ${cells.length} cells where the ${names ? 'header' : 'first row'} has ${columns.length}`,
        );
    if (!names || columns[0] !== 'id') {
      const form = this.#form(lines, columns, separator);
      return { columns, rows: lines.map(({ cells }) => cells.map((cell) => form.read(cell)!)) };
    }
    const ids = lines.map(({ cells }) => cells[0]!);
    this.#once(lines, ids);
    const others = lines.map(({ line, cells }) => ({ line, cells: cells.slice(1) }));
    const form = this.#form(others, columns.slice(1), separator);
    return {
      columns: columns.slice(1),
      rows: others.map(({ cells }) => cells.map((cell) => form.read(cell)!)),
      ids,
    };
  }

  /** Whoever is in a table twice would have two partners in the other one. */
  #once(lines: readonly { readonly line: number }[], ids: readonly string[]): void {
    const first = new Map<string, number>();
    for (const [i, id] of ids.entries()) {
      const { line } = lines[i]!;
      if (first.has(id))
        this.#wrong(
          `line ${line}: the id ${quoted(id)} stands in line ${first.get(id)} as well, where each may stand once`,
        );
      first.set(id, line);
    }
  }

  #form(
    lines: readonly { readonly line: number; readonly cells: readonly string[] }[],
    columns: readonly string[],
    separator: string,
  ): Form {
    const bad = ({ read }: Form) => {
      for (const { line, cells } of lines) {
        const j = cells.findIndex((cell) => !Number.isFinite(read(cell)));
        if (j >= 0) return { line, column: columns[j]!, cell: cells[j]! };
      }
      return undefined;
    };
    const fits = FORMS.filter((form) => bad(form) === undefined);
    const [form] = fits;
    if (form === undefined) {
      const far = FORMS.map(bad).reduce((a, b) => (b!.line > a!.line ? b : a))!;
      const what = far.cell === '' ? 'is empty' : `${quoted(far.cell)} is no number`;
      return this.#wrong(`line ${far.line}, column ${quoted(far.column)}: ${what}`);
    }
    // "1,234" between quotes may be a thousand, or one and a bit: a file with semicolons is of those who write decimals so.
    if (form === COMMA && fits.includes(ENGLISH) && separator !== ';') {
      const { line, cells } = lines.find(({ cells }) => cells.some((cell) => cell.includes(',')))!;
      const cell = cells.find((cell) => cell.includes(','))!;
      return this.#wrong(
        `line ${line}: ${quoted(cell)} may be thousands or decimals: write it without the comma, or with a point`,
      );
    }
    // As "1.234" in a file with semicolons, where no number has decimals of another kind.
    const dotted = lines.flatMap(({ line, cells }) =>
      cells.filter((cell) => cell.includes('.')).map((cell) => ({ line, cell })),
    );
    if (
      form === POINT &&
      separator === ';' &&
      dotted.length > 0 &&
      dotted.every(({ cell }) => THOUSANDS.test(cell))
    )
      this.#wrong(
        `line ${dotted[0]!.line}: ${quoted(dotted[0]!.cell)} may be thousands or decimals: write it without the point, or with a comma`,
      );
    return form;
  }
}

/** Squares of such numbers, and of what differs between them, are numbers of float64 as well. */
const hasSquare = (x: number): boolean => x === 0 || (Math.abs(x) >= 1e-100 && Math.abs(x) <= 1e100);

/** Columns of features, and of a party that holds it a label as the last one, are fit for training. Throws TableError. */
export const checkTraining = (
  { columns, rows }: Table,
  file: string,
  labelled: boolean,
  leastRows: number,
): void => {
  const wrong = (what: string): never => {
    throw new TableError(`${file}: ${what}`);
  };
  if (rows.length < leastRows)
    wrong(
      `${rows.length} ${rows.length === 1 ? 'row is' : 'rows are'} too few: at least ${leastRows} are wanted`,
    );
  if (columns.length === 0) wrong('holds identifiers alone, where columns of numbers are wanted');
  const label = labelled ? columns.length - 1 : -1;
  if (labelled && columns.length < 2)
    wrong('one column is not enough: the label, 0 or 1, is the last column, and others stand before it');
  if (labelled) {
    const name = quoted(columns[label]!);
    const at = rows.findIndex((row) => row[label] !== 0 && row[label] !== 1);
    if (at >= 0)
      wrong(
        `the last column, ${name}, is no label: row ${at + 1} has ${rows[at]![label]}, where only 0 and 1 may stand`,
      );
    if (rows.every((row) => row[label] === rows[0]![label]))
      wrong(`the label, ${name}, is ${rows[0]![label]} in every row: there is nothing to tell apart`);
  }
  const extreme = rows.findIndex((row) => !row.every(hasSquare));
  if (extreme >= 0) {
    const j = rows[extreme]!.findIndex((x) => !hasSquare(x));
    wrong(
      `row ${extreme + 1}, column ${quoted(columns[j]!)}: ${rows[extreme]![j]} is beyond what is trained with: 1e-100 to 1e100, of either sign, and 0`,
    );
  }
  const constant = columns.findIndex((_, j) => j !== label && rows.every((row) => row[j] === rows[0]![j]));
  if (constant >= 0)
    wrong(
      `column ${quoted(columns[constant]!)} is ${rows[0]![constant]} in every row: leave it out, it says nothing`,
    );
};
