/** @file Reading a table of numbers: a header, then one row a line. */
import { readFileSync } from 'node:fs';
import { TesseraError } from '../../src/index.ts';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/** Throws INVALID_ARGUMENT, naming file, line and column, for a file that is missing or holds no such table. */
export const readCsv = (file: string): Table => {
  const wrong = (what: string, cause?: unknown): never => {
    throw new TesseraError('INVALID_ARGUMENT', `${file}: ${what}`, { file }, cause);
  };
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (e) {
    wrong(`cannot be read (${(e as NodeJS.ErrnoException).code ?? 'unknown'}): is the path right?`, e);
  }
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const columns = head.split(',').map((name) => name.trim());
  const rows = lines.map((line, i) => {
    const cells = line.split(',');
    if (cells.length !== columns.length)
      wrong(`line ${i + 2} has ${cells.length} cells where the header has ${columns.length}`);
    return cells.map((cell, j) => {
      const x = cell.trim() === '' ? Number.NaN : Number(cell);
      return Number.isFinite(x) ? x : wrong(`line ${i + 2}, column ${columns[j]}: not a number`);
    });
  });
  if (rows.length === 0) wrong('holds no rows');
  return { columns, rows };
};
