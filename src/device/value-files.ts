/** @file Files of a party's values: as they are sent from party to party, so that no file is a program. For its owner alone. */
import { readFile, writeFile } from '#device-runtime';
import { fail, TesseraError } from '../errors.ts';
import { createCodec } from '../link/codec.ts';
import { describe } from '../names.ts';

const codec = createCodec();

const named = (what: string, path: unknown): string =>
  typeof path === 'string' && path !== ''
    ? path
    : fail('INVALID_ARGUMENT', `${what} takes the name of a file, not ${describe(path)}`);

const cannot = (what: string, path: string, cause: unknown): never => {
  if (cause instanceof TesseraError) throw cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new TesseraError('INVALID_ARGUMENT', `${what}: ${path}: ${why}`, { path }, cause);
};

/** Writes a value to a file that its owner alone can read. Throws SERIALIZATION for objects of unknown classes. */
export const dumpValue = async (value: unknown, path: string): Promise<null> => {
  const file = named('dump', path);
  const bytes = codec.encode(value);
  await writeFile(file, bytes, 0o600).catch((e: unknown) => cannot('dump', file, e));
  return null;
};

/** What `dumpValue` has written. Throws SERIALIZATION for other files. */
export const loadValue = async (path: string): Promise<unknown> => {
  const file = named('load', path);
  const bytes = await readFile(file).catch((e: unknown) => cannot('load', file, e));
  return codec.decode(bytes);
};
