/** @file Tables of numbers from files. */
import { readFileSync } from 'node:fs';
import { TesseraError } from 'tessera-mpc';
import { parseCsv } from './csv.ts';
import type { Table } from './table.ts';

/** Throws as parseCsv, and INVALID_ARGUMENT for a file that cannot be read. */
export const readCsv = (file: string): Table => {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (e) {
    const code = (e as NodeJS.ErrnoException).code ?? 'unknown';
    throw new TesseraError(
      'INVALID_ARGUMENT',
      `${file}: cannot be read (${code}): is the path right?`,
      { file },
      e,
    );
  }
  return parseCsv(text, file);
};
