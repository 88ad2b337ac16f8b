/** @file What kernels, streams and digests take from a browser (KernelHost in kernel-host.ts). */
import nacl from 'tweetnacl';
import type { Helper, HelperDuty } from './kernel-host.ts';

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

/** Trusted Types, where the browser has them; a page that requires them allows the policy `tessera-worker`. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}
interface Policy {
  createScriptURL(url: string): unknown;
}

let policy: Policy | undefined;

/** An address of this library's own in the form that `Worker` takes on this page, and in its workers. */
export const trusted = (url: string): string => {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('tessera-worker', { createScriptURL: (own) => own });
  return (policy?.createScriptURL(url) ?? url) as string;
};

/** Starts a helper thread: parties of a page run in workers, and so do their helpers, from the same file. */
export const startHelper = (duty: HelperDuty): Helper | undefined => {
  if (typeof document !== 'undefined') return undefined;
  try {
    const name = `tessera helper ${duty.thread}`;
    const worker = new Worker(trusted(import.meta.url), { type: 'module', name });
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
