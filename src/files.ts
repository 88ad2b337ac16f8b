/** @file `sf.load` and `sf.save`, whose readers and writers are loaded when the first file is asked for. */
import { writeFile } from '#device-runtime';
import { TesseraError } from './errors.ts';
import type { NamedArrays } from './frontends/arrays.ts';
import type { ProgramSource } from './frontends/program-source.ts';
import type { ArrayInput, NDArray } from './numpy/index.ts';

export type { NamedArrays } from './frontends/arrays.ts';

const isCsv = (path: ProgramSource): boolean =>
  (typeof path === 'string' || path instanceof URL) &&
  /\.csv$/i.test(path instanceof URL ? path.pathname : path);

/**
 * The arrays of a file, at the party whose function asks for it: npy is one array, npz and safetensors are arrays by name; what it is is told by
 * its first bytes. Floats of 16 bits and of 32 become float64. Pickles and arrays of objects are programs: UNSUPPORTED, and so are
 * complex numbers and texts. A path or URL that ends in .csv is a table with a line of names, whose columns are arrays by name: float64 (dates are days since
 * 1970), int64 where all are whole, bool; what is missing or no number is INVALID_ARGUMENT with column and row. Throws SERIALIZATION for a file that is
 * damaged or none of these, INVALID_ARGUMENT for one that cannot be read.
 * @example
 * const bytes = await sf.save('dist/w.npz', { w: [1, 2], n: np.array([3], 'int32') });
 * const arrays = await sf.load<sf.NamedArrays>(bytes); // or sf.load('dist/w.npz')
 * arrays.w // [1, 2]
 */
export const load = async <T extends NDArray | NamedArrays = NDArray | NamedArrays>(
  source: ProgramSource,
): Promise<T> => {
  const arrays = await import('./frontends/arrays.ts');
  if (!isCsv(source)) return (await arrays.read(source)) as T;
  const bytes = await arrays.bytesOf('sf.load', source);
  return (await import('./frame/csv.ts')).readCsv(bytes) as T;
};

/**
 * Writes arrays to a file whose name ends in .npy (one array), .npz, .safetensors or .csv (arrays by name, of CSV vectors and matrices of as many rows), and
 * gives its bytes; a page has no files, and the bytes alone. Floats are written as float64, or all their digits. Throws INVALID_ARGUMENT for other names and data.
 * @example
 * await sf.save('dist/x.npy', [[1, 2], [3, 4]]);
 * (await sf.load<sf.NDArray>('dist/x.npy')).shape // [2, 2]
 */
export const save = async (
  path: string,
  data: ArrayInput | Readonly<Record<string, ArrayInput>>,
): Promise<Uint8Array> => {
  const arrays = await import('./frontends/arrays.ts');
  const bytes = isCsv(path)
    ? (await import('./frame/csv.ts')).writeCsv(arrays.namedArrays(data))
    : arrays.written(path, data);
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TesseraError('INVALID_ARGUMENT', `sf.save: ${path} cannot be written: ${why}`, {}, cause);
  }
  return bytes;
};
