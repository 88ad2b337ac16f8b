/** @file What kernels, streams and digests take from a browser (KernelHost in kernel-host.ts). */
import nacl from 'tweetnacl';
import type { Helper, HelperDuty, ModuleName } from './kernel-host.ts';

/** A browser has no ChaCha20: the kernel makes the streams. */
export const streamCrypto = (): undefined => undefined;

/** A browser's AES answers later, and makes no single blocks. */
export const blockCipher = (): undefined => undefined;

/** SHA-512. */
export const sha512 = (bytes: Uint8Array): Uint8Array => nacl.hash(bytes);

/** Kernels as they are in bundles: gzip in base64, so that no bundler of a user's has a file to find. */
const KERNEL_TEXTS: Readonly<Record<ModuleName, () => Promise<{ readonly default: string }>>> = {
  tessera: () => import('../../wasm-build/tessera.wasm'),
  sets: () => import('../../wasm-build/sets.wasm'),
  lattice: () => import('../../wasm-build/lattice.wasm'),
};

/** What a bundle holds as text. */
export const unpacked = (text: string): Response => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
};

export const kernelBytes = async (name: ModuleName): Promise<BufferSource> =>
  unpacked((await KERNEL_TEXTS[name]()).default).arrayBuffer();

export const readFile = async (url: URL): Promise<never> => {
  throw new Error(`a page reads no files: ${url}`);
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
    // A bundler may have given this file another name, or none: where it runs it is known.
    const worker = new Worker(trusted(location.href), { type: 'module', name });
    // Its work is done by others: what nobody has taken is done by who calls.
    worker.onerror = (event) => event.preventDefault();
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
