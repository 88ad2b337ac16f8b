/** @file A table of numbers as text. In Node and in pages. */
import Papa from 'papaparse';
import { TesseraError } from 'tessera-mpc';
import { separatorOf } from './separator.ts';
import { type Table, TableError, TableReader } from './table.ts';

/** Throws INVALID_ARGUMENT, naming file, line and column, for what is no such table. */
export const parseCsv = (text: string, file: string): Table => {
  const reader = new TableReader(file);
  const delimiter = separatorOf(text);
  const { data, errors } = Papa.parse<string[]>(text.replace(/\r\n?/g, '\n'), { newline: '\n', delimiter });
  try {
    const [bad] = errors.filter(({ type }) => type === 'Quotes');
    if (bad) throw new TableError(`${file}: line ${(bad.row ?? 0) + 1}: ${bad.message}`);
    data.forEach((cells, i) => {
      reader.add(i + 1, cells);
    });
    return reader.table(delimiter);
  } catch (e) {
    if (!(e instanceof TableError)) throw e;
    throw new TesseraError('INVALID_ARGUMENT', e.message, { file }, e);
  }
};
