/** @file Arrays from files and to files, by what the bytes are and by how a path ends. */
import { fail } from '../errors.ts';
import { describe } from '../names.ts';
import * as np from '../numpy/index.ts';
import { NDArray } from '../numpy/index.ts';
import { isNpy, readNpy, writeNpy } from './arrays/npy.ts';
import { isSafetensors, readSafetensors, writeSafetensors } from './arrays/safetensors.ts';
import { entriesOf, isZip, writeZip } from './arrays/zip.ts';
import { bytesOf, type ProgramSource } from './program-source.ts';

export { bytesOf };

export type NamedArrays = Record<string, NDArray>;

const NPY = '.npy';

const readNpz = async (bytes: Uint8Array): Promise<NamedArrays> => {
  const arrays: [string, NDArray][] = [];
  for await (const [name, entry] of entriesOf(bytes)) {
    if (!name.endsWith(NPY))
      fail('SERIALIZATION', `${JSON.stringify(name)} in the archive is no array of NumPy`);
    arrays.push([name.slice(0, -NPY.length), readNpy(entry, JSON.stringify(name))]);
  }
  return Object.fromEntries(arrays);
};

/** See src/files.ts. */
export const read = async (source: ProgramSource): Promise<NDArray | NamedArrays> => {
  const bytes = await bytesOf('sf.load', source);
  if (isNpy(bytes)) return readNpy(bytes, 'the array');
  if (isZip(bytes)) return readNpz(bytes);
  if (isSafetensors(bytes)) return readSafetensors(bytes);
  if (bytes[0] === 0x80)
    return fail(
      'UNSUPPORTED',
      'this is a pickle, which is a program: it is not read. np.savez and safetensors write arrays alone',
    );
  return fail(
    'SERIALIZATION',
    'these are no arrays: npy, npz, safetensors and files whose names end in .csv are read',
  );
};

const arrayOf = (x: unknown, path: string): NDArray => {
  const array = np.asarray(x as np.ArrayInput);
  return array instanceof NDArray ? array : fail('INVALID_ARGUMENT', `sf.save: ${path} has no values here`);
};

/** Each form: what it holds, and how it is written. */
const FORMS: Readonly<Record<string, (data: unknown) => Uint8Array>> = {
  npy: (data) => writeNpy(arrayOf(data, 'the array')),
  npz: (data) =>
    writeZip(Object.entries(namedArrays(data)).map(([name, x]) => [`${name}${NPY}`, writeNpy(x)])),
  safetensors: (data) => writeSafetensors(namedArrays(data)),
};

/** Throws INVALID_ARGUMENT for what is no object of arrays. */
export const namedArrays = (data: unknown): NamedArrays => {
  const isNamed =
    typeof data === 'object' && data !== null && Object.getPrototypeOf(data) === Object.prototype;
  if (!isNamed)
    return fail(
      'INVALID_ARGUMENT',
      `sf.save: arrays by name are wanted for this form, not ${describe(data)}`,
    );
  return Object.fromEntries(
    Object.entries(data).map(([name, x]) => [name, arrayOf(x, JSON.stringify(name))]),
  );
};

/** The bytes of a file of this name. */
export const written = (path: string, data: unknown): Uint8Array => {
  const form = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const write = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
  return write
    ? write(data)
    : fail(
        'INVALID_ARGUMENT',
        `sf.save: ${JSON.stringify(path)} ends in none of .npy, .npz, .safetensors, .csv`,
      );
};
