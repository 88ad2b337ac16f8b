/** @file The ChaCha20 key stream as a kernel: the host's cipher for long stretches where there is one, else our own. */

import { streamCrypto } from '#kernel-host';
import type { Kernel } from './modules.ts';

const CHUNK = 65536;
/** Below this many bytes the kernel is faster than a call of the host's cipher. */
const SMALL = 4096;

let host: ReturnType<typeof streamCrypto> | null = null;
const zeros = new Uint8Array(CHUNK);

/** (address, bytes, counter, eight words of the key, three of the nonce), by the host's cipher; undefined without one. */
export const hostStream = (memory: WebAssembly.Memory): Kernel | undefined => {
  if (host === null) host = streamCrypto();
  const cipherOf = host;
  if (cipherOf === undefined) return undefined;
  return (at, bytes, counter, ...words) => {
    const start = new DataView(new ArrayBuffer(48));
    for (let i = 0; i < 8; i++) start.setUint32(i * 4, words[i]!, true);
    start.setUint32(32, counter!, true);
    for (let i = 0; i < 3; i++) start.setUint32(36 + i * 4, words[8 + i]!, true);
    const key = new Uint8Array(start.buffer, 0, 32);
    const cipher = cipherOf.createCipheriv('chacha20', key, new Uint8Array(start.buffer, 32, 16));
    const out = new Uint8Array(memory.buffer, at, bytes);
    for (let i = 0; i < out.length; i += CHUNK) {
      out.set(cipher.update(out.length - i < CHUNK ? zeros.subarray(0, out.length - i) : zeros), i);
    }
    key.fill(0);
    return 0;
  };
};

/** The same by whichever is faster. */
export const streamOf = (chacha20: Kernel, memory: WebAssembly.Memory): Kernel => {
  const long = hostStream(memory);
  if (long === undefined) return chacha20;
  return (...args) => (args[1]! < SMALL ? chacha20(...args) : long(...args));
};
