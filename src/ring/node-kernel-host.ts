/** @file What kernels, streams and digests take from Node and Deno (KernelHost in kernel-host.ts). */

import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { BlockCipher, Helper, HelperDuty, ModuleName, StreamCrypto } from './kernel-host.ts';

/** node:crypto where its ChaCha20 works, else undefined. */
export const streamCrypto = (): StreamCrypto | undefined => {
  try {
    createCipheriv('chacha20', new Uint8Array(32), new Uint8Array(16)).update(new Uint8Array(1));
    return { createCipheriv };
  } catch {
    return undefined;
  }
};

const aes = (key: Uint8Array): BlockCipher => {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
};

/** AES-128 of node:crypto, where it gives blocks at once, else undefined. */
export const blockCipher = (): typeof aes | undefined => {
  try {
    return aes(new Uint8Array(16))(new Uint8Array(16)).length === 16 ? aes : undefined;
  } catch {
    return undefined;
  }
};

/** SHA-512. */
export const sha512 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha512').update(bytes).digest());

export const readFile = async (url: URL): Promise<BufferSource> => readFileSync(url);

/** Each by its whole name: a bundler of a server's takes a pattern for any file that it fits. */
const KERNEL_FILES: Readonly<Record<ModuleName, () => URL>> = {
  tessera: () => new URL('../../../wasm-build/tessera.wasm', import.meta.url),
  sets: () => new URL('../../../wasm-build/sets.wasm', import.meta.url),
  lattice: () => new URL('../../../wasm-build/lattice.wasm', import.meta.url),
};

/** A file of the package, or where that was loaded from a server (Deno) an answer of it. */
export const kernelBytes = async (name: ModuleName): Promise<BufferSource> => {
  const url = KERNEL_FILES[name]();
  if (url.protocol === 'file:') return readFile(url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}`);
  return response.arrayBuffer();
};

/** Starts a helper thread, which keeps no program from ending. */
export const startHelper = (duty: HelperDuty): Helper => {
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
export const cores = (): number => availableParallelism();

/** n bytes from the host's cryptographic source. */
export const randomBytes = (n: number): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(n);
  for (let at = 0; at < n; at += 65536) crypto.getRandomValues(out.subarray(at, at + 65536));
  return out;
};
