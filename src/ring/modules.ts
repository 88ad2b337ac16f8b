/** @file The WebAssembly modules of the package: found, checked and compiled, each once a process. */

import * as loader from '@assemblyscript/loader';
import { kernelBytes, sha512 } from '#kernel-host';
import { KERNELS, VERSION } from '../build-stamp.ts';
import { TesseraError } from '../errors.ts';
import type { ModuleName } from './kernel-host.ts';

/** Addresses, counts and flags in; a count or an index out. */
export type Kernel = (...args: number[]) => number;

const loaded = new Map<ModuleName, Promise<BufferSource>>();
const compiled = new Map<string, Promise<WebAssembly.Module>>();

const load = (name: ModuleName): Promise<BufferSource> => {
  let bytes = loaded.get(name);
  if (!bytes) {
    bytes = kernelBytes(name).catch((cause) => {
      loaded.delete(name);
      throw new TesseraError(
        'CONFIG',
        `cannot load the kernels (${name}.wasm): ${cause instanceof Error ? cause.message : cause}. ` +
          'Build them (npm run build), or give their bytes as the option wasm.',
        {},
        cause,
      );
    });
    loaded.set(name, bytes);
  }
  return bytes;
};

/** Kernels and the rest are built together: a file that a cache has kept, or a half of an update, would be noise. */
const checked = (name: ModuleName, wasm: BufferSource): BufferSource => {
  const bytes = ArrayBuffer.isView(wasm)
    ? new Uint8Array(wasm.buffer, wasm.byteOffset, wasm.byteLength)
    : new Uint8Array(wasm);
  const hash = [...sha512(bytes).subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const ours = KERNELS[name];
  if (hash !== ours)
    throw new TesseraError(
      'BUILD',
      `the kernels (${name}.wasm, ${hash.slice(0, 12)}) are of another build than the rest of Tessera ${VERSION}, which wants ` +
        `${ours.slice(0, 12)}: install the package anew, or build all of it (npm run build)`,
      { ours, theirs: hash },
    );
  return wasm;
};

/** A module, compiled once a process unless its bytes are given. */
export const moduleOf = async (
  name: ModuleName,
  shared: boolean,
  wasm?: BufferSource,
): Promise<WebAssembly.Module> => {
  if (wasm) return compile(checked(name, wasm), shared);
  const key = `${name} ${shared}`;
  let module = compiled.get(key);
  if (!module) {
    module = load(name).then((bytes) => compile(checked(name, bytes), shared));
    compiled.set(key, module);
    module.catch(() => compiled.delete(key));
  }
  return module;
};

/** What a module says of the memory that it imports: "env", "memory", a memory with a maximum. */
const IMPORT = [3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 1];
const SHARED = 2;

/** The kernels know nothing of threads, so that one bit of the module decides whether its memory is shared. */
const compile = (wasm: BufferSource, shared: boolean): Promise<WebAssembly.Module> => {
  if (!shared) return WebAssembly.compile(wasm);
  const bytes = ArrayBuffer.isView(wasm)
    ? new Uint8Array(wasm.buffer, wasm.byteOffset, wasm.byteLength).slice()
    : new Uint8Array(wasm).slice();
  const found = bytes.findIndex((_, i) => IMPORT.every((byte, j) => bytes[i + j] === byte));
  if (found < 0) throw new TesseraError('CONFIG', 'the kernels do not import a memory as this version does');
  bytes[found + IMPORT.length - 1]! |= SHARED;
  return WebAssembly.compile(bytes);
};

/** An instance of a module on a memory, as it is: what the loader offers in its place counts arguments at every call. */
export const exportsOf = async (
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  names: readonly string[],
): Promise<Readonly<Record<string, Kernel>>> => {
  const abort = (): never => {
    throw new TesseraError('INVALID_ARGUMENT', 'a kernel was called with arguments that it cannot serve');
  };
  const { instance } = await loader.instantiate(module, { env: { memory, abort } });
  const { exports } = instance;
  const missing = names.filter((name) => typeof exports[name] !== 'function');
  if (missing.length > 0)
    throw new TesseraError('CONFIG', `the kernels do not match this version: ${missing.join(', ')} missing`);
  return exports as unknown as Readonly<Record<string, Kernel>>;
};
