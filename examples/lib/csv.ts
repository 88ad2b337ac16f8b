/** @file A table of numbers as text: a header, then one row a line. In Node and in pages. */
import { TesseraError } from '../../src/index.ts';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/** Throws INVALID_ARGUMENT, naming file, line and column, for what is no such table. */
export const parseCsv = (text: string, file: string): Table => {
  const wrong = (what: string): never => {
    throw new TesseraError('INVALID_ARGUMENT', `${file}: ${what}`, { file });
  };
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
