/** @file Parquet and Arrow files as columns, by packages that users install who have such files: none of them is part of this one. */
import { TesseraError } from '../errors.ts';

const begins = (bytes: Uint8Array, text: string): boolean =>
  bytes.length > text.length && Array.from(text).every((c, i) => bytes[i] === c.charCodeAt(0));

/** Streams of Arrow begin with a marker and the size of their schema. */
const isStream = (bytes: Uint8Array): boolean =>
  bytes.length > 8 && bytes.subarray(0, 4).every((b) => b === 255);

/** A package beside this one, named by a variable: bundlers do not look for it, as the package's builds tell them. */
const asked = async <T>(form: string, name: string): Promise<T> => {
  try {
    return (await import(name)) as T;
  } catch (cause) {
    throw new TesseraError(
      'UNSUPPORTED',
      `${form} is read by another package: npm install ${name}`,
      {},
      cause,
    );
  }
};

const decoded = async <T>(form: string, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TesseraError('INVALID_ARGUMENT', `a ${form} file that cannot be read: ${why}`, {}, cause);
  }
};

/** Rows as objects. */
const fromParquet = async (bytes: Uint8Array): Promise<unknown> => {
  const { parquetReadObjects } = await asked<typeof import('hyparquet')>('Parquet', 'hyparquet');
  const { compressors } = await asked<typeof import('hyparquet-compressors')>(
    'Parquet',
    'hyparquet-compressors',
  );
  return decoded('Parquet', () => parquetReadObjects({ file: bytes.slice().buffer, compressors }));
};

/** Columns by name. */
const fromArrow = async (bytes: Uint8Array): Promise<unknown> => {
  const { tableFromIPC } = await asked<typeof import('@uwdata/flechette')>('Arrow', '@uwdata/flechette');
  return decoded('Arrow', () => tableFromIPC(bytes, { useDate: true }).toColumns());
};

/** Do a file's first bytes say that it is Parquet or Arrow? */
export const isColumnar = (bytes: Uint8Array): boolean =>
  begins(bytes, 'PAR1') || begins(bytes, 'ARROW1') || isStream(bytes);

/** What a table is made of, whatever form it came in. */
export const columnar = (data: unknown): unknown => {
  if (!(data instanceof Uint8Array)) return data;
  if (!isColumnar(data)) return data;
  return begins(data, 'PAR1') ? fromParquet(data) : fromArrow(data);
};
