/** @file Files as users name them: bytes, a path, an address. */
import { readFile } from '#kernel-host';
import { fail, TesseraError } from '../errors.ts';
import { describe } from '../names.ts';

export type ProgramSource = Uint8Array | ArrayBuffer | URL | string;

/** A path beside the working directory, or an address. */
const addressOf = (path: string): URL => {
  const base = 'location' in globalThis ? globalThis.location.href : `file://${globalThis.process.cwd()}/`;
  return new URL(path, base);
};

const fetched = async (url: URL): Promise<ArrayBuffer> => {
  const response = await fetch(url);
  return response.ok
    ? response.arrayBuffer()
    : fail('INVALID_ARGUMENT', `GET ${url} answered ${response.status}`);
};

/** The bytes of a source. Throws INVALID_ARGUMENT where it cannot be read. */
export const bytesOf = async (name: string, source: ProgramSource): Promise<Uint8Array> => {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (typeof source !== 'string' && !(source instanceof URL))
    return fail('INVALID_ARGUMENT', `${name} takes bytes, text, a path or a URL, not ${describe(source)}`);
  const url = source instanceof URL ? source : addressOf(source);
  try {
    const data = url.protocol === 'file:' ? await readFile(url) : await fetched(url);
    return ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TesseraError(
      'INVALID_ARGUMENT',
      `${name}: ${String(source)} cannot be read: ${why}`,
      {},
      cause,
    );
  }
};
