/** @file A party's options in a JSON file: what `sf.init` takes, with files named relative to it. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fail } from '../errors.ts';

/** Keys whose texts are names of files, wherever they stand below `tlsConfig`. */
const FILES = new Set(['caCert', 'ca_cert', 'cert', 'key']);

const isObject = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x);

const located = (value: unknown, folder: string): unknown => {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      typeof item === 'string' && FILES.has(key) && !item.includes('-----BEGIN')
        ? resolve(folder, item)
        : located(item, folder),
    ]),
  );
};

/** Text of an identity, which may stand in a file of its own. */
const identity = (value: unknown, folder: string): unknown =>
  typeof value === 'string' && !value.startsWith('tessera-')
    ? readFileSync(resolve(folder, value), 'utf8').trim()
    : value;

/** A JSON object in a file. Throws CONFIG for what is none. */
export const readJson = (path: string): Record<string, unknown> => {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail('CONFIG', `${path} cannot be read as JSON: ${(error as Error).message}`, { path });
  }
  if (!isObject(raw)) return fail('CONFIG', `${path} holds no object of options`, { path });
  // For editors alone.
  const { $schema: _, ...options } = raw;
  return options;
};

/** Reads a file of options, and what it names by files. Throws CONFIG for what is no JSON object. */
export const readOptions = (path: string): Record<string, unknown> => {
  const raw = readJson(path);
  const folder = dirname(resolve(path));
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => {
      if (key === 'tlsConfig' || key === 'tls_config') return [key, located(value, folder)];
      if ((key === 'storedMaterial' || key === 'stored_material') && isObject(value)) {
        const { folder: at, dealer } = value;
        const place = typeof at === 'string' ? resolve(folder, at) : at;
        return [key, { ...value, folder: place, dealer: identity(dealer, folder) }];
      }
      if (key === 'identity') return [key, identity(value, folder)];
      if ((key === 'peerIdentities' || key === 'peer_identities') && isObject(value))
        return [key, Object.fromEntries(Object.entries(value).map(([p, id]) => [p, identity(id, folder)]))];
      return [key, value];
    }),
  );
};
