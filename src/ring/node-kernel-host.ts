/** @file What kernels, streams and digests take from the host, and how Node, Deno and a browser differ in giving it. */

import { createHash } from 'node:crypto';

import type { HelperDuty } from './thread-pool.ts';

/** The part of node:crypto that the PRG uses. */
interface StreamCrypto {
  createCipheriv(
    algorithm: string,
    key: Uint8Array,
    iv: Uint8Array,
  ): { update(data: Uint8Array): Uint8Array };
}

/** A helper thread of a ring. */
export interface Helper {
  /** Ends it; resolves when it has ended. */
  end(): Promise<unknown>;
}

interface BuiltinHost {
  process?: { getBuiltinModule?: (name: string) => unknown };
}

const builtin = (name: string): unknown => (globalThis as BuiltinHost).process?.getBuiltinModule?.(name);

/** node:crypto where its ChaCha20 works (Node, Deno), else undefined. */
export const streamCrypto = (): StreamCrypto | undefined => {
  const found = builtin('node:crypto') as StreamCrypto | undefined;
  try {
    found?.createCipheriv('chacha20', new Uint8Array(32), new Uint8Array(16)).update(new Uint8Array(1));
    return found;
  } catch {
    return undefined;
  }
};

/** SHA-512. */
export const sha512 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha512').update(bytes).digest());

/** The bytes at a URL next to this module: a file, or in a browser a fetch. */
export const readAsset = async (url: URL): Promise<BufferSource> => {
  if (url.protocol !== 'file:') {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`GET ${url} answered ${response.status}`);
    return response.arrayBuffer();
  }
  const name = 'node:fs'; // a variable, so that bundlers for browsers leave it alone
  const fs = (builtin(name) ?? (await import(name))) as typeof import('node:fs');
  return fs.readFileSync(url);
};

/** Starts a helper thread, or returns undefined where the host gives none. It keeps no program from ending. */
export const startHelper = (duty: HelperDuty): Helper | undefined => {
  const { Worker } = (builtin('node:worker_threads') ?? {}) as Partial<typeof import('node:worker_threads')>;
  if (Worker === undefined) return undefined;
  const worker = new Worker(new URL('./helper-thread.js', import.meta.url), {
    workerData: duty,
    execArgv: [],
    name: `tessera helper ${duty.thread}`,
  });
  worker.unref();
  // Its work is done by others: what nobody has taken is done by who calls.
  worker.on('error', () => {});
  return { end: () => worker.terminate() };
};

/** Processor cores that this process may use. */
export const cores = (): number => {
  const os = builtin('node:os') as { availableParallelism(): number } | undefined;
  return os?.availableParallelism() ?? 1;
};

/** n bytes from the host's cryptographic source. */
export const randomBytes = (n: number): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(n);
  for (let at = 0; at < n; at += 65536) crypto.getRandomValues(out.subarray(at, at + 65536));
  return out;
};
