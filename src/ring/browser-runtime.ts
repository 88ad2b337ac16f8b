/** @file What kernels, streams and digests take from a browser. Takes the place of runtime.ts in the bundle. */
import nacl from 'tweetnacl';

import type { HelperDuty } from './crew.ts';
import type { Helper } from './runtime.ts';

/** A browser has no ChaCha20: the kernel makes the streams. */
export const streamCrypto = (): undefined => undefined;

/** SHA-512. */
export const sha512 = (bytes: Uint8Array): Uint8Array => nacl.hash(bytes);

/** The kernels lie beside the bundle. */
export const readAsset = async (_url: URL): Promise<BufferSource> => {
  const url = new URL('./tessera.wasm', import.meta.url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}`);
  return response.arrayBuffer();
};

/** Starts a helper thread: parties of a page run in workers, and so do their helpers, from the same file. */
export const startHelper = (duty: HelperDuty): Helper | undefined => {
  if (typeof document !== 'undefined') return undefined;
  try {
    const worker = new Worker(import.meta.url, { type: 'module', name: `tessera helper ${duty.thread}` });
    worker.postMessage({ kind: 'helper', duty });
    return { end: async () => worker.terminate() };
  } catch {
    return undefined; // the page's policy allows no such worker
  }
};

/** Processor cores that the browser tells of. */
export const cores = (): number => navigator.hardwareConcurrency ?? 1;

/** n bytes from the host's cryptographic source. */
export const randomBytes = (n: number): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(n);
  for (let at = 0; at < n; at += 65536) crypto.getRandomValues(out.subarray(at, at + 65536));
  return out;
};
