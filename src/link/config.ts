/** @file Comparing two parties' configurations without showing either: a short hash for each leaf of the tree. */

import { sha512 } from '#kernel-host';
import { fail } from '../errors.ts';

/** path ("spu.nodes[0].party") -> short hash of the value there. */
export type ConfigDigest = Readonly<Record<string, string>>;

const MAX_PATHS = 5000;

/** The digest of a configuration. `salt` (the job's name) keeps digests of different jobs from being compared. */
export const digestConfig = (config: unknown, salt: string): ConfigDigest => {
  const out: Record<string, string> = {};
  let count = 0;
  const put = (path: string, text: string) => {
    count += 1;
    if (count > MAX_PATHS) fail('CONFIG', `a configuration has more than ${MAX_PATHS} entries`);
    const hash = sha512(new TextEncoder().encode(`${salt}\n${path}\n${text}`));
    out[path] = Array.from(hash.subarray(0, 8), (b) => b.toString(16).padStart(2, '0')).join('');
  };
  const walk = (value: unknown, path: string) => {
    if (Array.isArray(value)) {
      put(`${path}.length`, String(value.length));
      value.forEach((item, i) => {
        walk(item, `${path}[${i}]`);
      });
    } else if (value instanceof Uint8Array) {
      put(path, `bytes ${Array.from(sha512(value)).join()}`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        // Left out and undefined are the same to everybody who reads a configuration.
        if (item !== undefined) walk(item, path === '' ? key : `${path}.${key}`);
      }
    } else if (typeof value === 'bigint') put(path, `${value}n`);
    else if (typeof value === 'function' || typeof value === 'symbol')
      fail('CONFIG', `${path} is no data`, { path });
    else put(path, JSON.stringify(value) ?? 'undefined');
  };
  walk(config, '');
  return out;
};

/** The paths at which two digests differ, in order. */
export const differingPaths = (a: ConfigDigest, b: ConfigDigest): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path]).sort();
