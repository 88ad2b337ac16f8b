/** @file What stands between the cells of a table. */
import Papa from 'papaparse';

/** A comma is the last thought: it may be a decimal one. */
const SEPARATORS = ['\t', ';', '|', ','];
/** Rows that are looked at. */
const ROWS = 20;

/**
 * What parts the first rows of a text, or of the beginning of one, into as many cells each; where nothing does, what stands most often in the first row.
 * Blank lines count for nothing.
 * @example
 * separatorOf('a;b\n\n1,5;2\n'); // ';'
 */
export const separatorOf = (text: string): string => {
  const lines = text.replace(/\r\n?/g, '\n');
  const cells = SEPARATORS.map((delimiter) =>
    Papa.parse<string[]>(lines, {
      delimiter,
      newline: '\n',
      preview: ROWS,
      skipEmptyLines: 'greedy',
    }).data.map((row) => row.length),
  );
  const even = cells.findIndex(([first = 1, ...rest]) => first > 1 && rest.every((n) => n === first));
  if (even >= 0) return SEPARATORS[even]!;
  const widest = Math.max(...cells.map(([first = 1]) => first));
  return SEPARATORS[cells.findLastIndex(([first = 1]) => first === widest)]!;
};
