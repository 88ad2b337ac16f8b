/** @file A table of numbers as text: a header, then one row a line. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/** Throws an Error that names file, line and column for what is no such table. */
export const parseCsv = (text: string, file: string): Table => {
  const wrong = (what: string): never => {
    throw new Error(`${file}: ${what}`);
  };
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  const columns = head.split(',').map((name) => name.trim());
  if (lines.length < 20) wrong(`${lines.length} rows are too few: at least 20 are wanted`);
  const rows = lines.map((line, i) => {
    const cells = line.split(',');
    if (cells.length !== columns.length)
      wrong(`line ${i + 2} has ${cells.length} cells where the header has ${columns.length}`);
    return cells.map((cell, j) => {
      const x = cell.trim() === '' ? Number.NaN : Number(cell);
      return Number.isFinite(x) ? x : wrong(`line ${i + 2}, column ${columns[j]}: not a number`);
    });
  });
  return { columns, rows };
};
