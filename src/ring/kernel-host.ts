/** @file What kernels, streams and digests need of the platform. `#kernel-host` is the implementation for the platform at hand. */

import type { KERNELS } from '../build-stamp.ts';

/** `tessera` runs programs, `sets` works on sets of identifiers, `lattice` is loaded where parties make material between them. */
export type ModuleName = keyof typeof KERNELS;

/** The part of node:crypto that makes key streams. */
export interface StreamCrypto {
  createCipheriv(
    algorithm: string,
    key: Uint8Array,
    iv: Uint8Array,
  ): { update(data: Uint8Array): Uint8Array };
}

/** Encrypts blocks of 16 bytes, each by itself. */
export type BlockCipher = (blocks: Uint8Array) => Uint8Array;

/** What a helper thread is started with: the module and memory of its ring, and addresses in that memory. */
export interface HelperDuty {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the work queue. */
  readonly queue: number;
  readonly scratch: number;
  readonly thread: number;
}

/** A helper thread of a ring. */
export interface Helper {
  /** Ends it; resolves when it has ended. */
  end(): Promise<unknown>;
}

export interface KernelHost {
  /** A native ChaCha20 (Node, Deno); undefined where there is none, and the kernel makes the streams. */
  streamCrypto(): StreamCrypto | undefined;
  /** AES-128 under a key of 16 bytes, on the processor's own instructions; undefined where the platform does not have it at once. */
  blockCipher(): ((key: Uint8Array) => BlockCipher) | undefined;
  sha512(bytes: Uint8Array): Uint8Array;
  /** The kernels of that name. */
  kernelBytes(name: ModuleName): Promise<BufferSource>;
  /** The bytes of a file of this machine. */
  readFile(url: URL): Promise<BufferSource>;
  /** Starts a helper thread, or returns undefined where the platform gives none. It keeps no program from ending. */
  startHelper(duty: HelperDuty): Helper | undefined;
  /** Processor cores that this process may use. */
  cores(): number;
  /** n bytes from the platform's cryptographic source. */
  randomBytes(n: number): Uint8Array<ArrayBuffer>;
}
