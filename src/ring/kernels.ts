/** @file Loading the WebAssembly module, and the names of what it exports. */

import * as loader from '@assemblyscript/loader';
import { readAsset, sha512 } from '#kernel-host';
import { KERNELS, VERSION } from '../build-stamp.ts';
import { TesseraError } from '../errors.ts';
import { streamOf } from './stream.ts';

/** Kernels with one export a field: add32, add64, add128. */
const PER_FIELD = [
  'add', 'sub', 'mul', 'neg', 'addScalar', 'mulScalar', 'shl', 'shr', 'sar', 'scale', 'scaleBy', 'sumAxis',
  'matmul',
  'matmulSpace',
  'mulGate', 'mulPublic', 'squareGate', 'selectAdd', 'bitsToRing', 'maskByBits',
  'encode', 'decode', 'encodeInt', 'strided', 'keysGen', 'keysEval',
] as const; // biome-ignore format: a table of names

const PLAIN = [
  'heapBase', 'scratchBytes', 'useScratch', 'xor', 'and', 'or', 'add8', 'sub8', 'not', 'andXor', 'digitSelect', 'oneHot', 'toPlanes', 'fromPlanes',
  'decodeInt', 'stridedBits', 'countUnequal', 'bitsAsBytes', 'pickBit', 'oneHotBytes', 'rangeTable', 'rangeTest',
  'runPlanes', 'packPlanes', 'unpackPlanes', 'packBytes', 'unpackBytes', 'chacha20', 'dcfGen', 'dcfEval',
  'fourierEval', 'fourierDeal', 'exponentialEval', 'exponentialDeal', 'splineEval', 'splineDeal',
] as const; // biome-ignore format: a table of names

/** `stream` is chacha20, by the host's cipher where that is faster. */
export type KernelName = `${(typeof PER_FIELD)[number]}${32 | 64 | 128}` | (typeof PLAIN)[number] | 'stream';
/** Addresses, counts and flags in; a count or an index out. */
export type Kernel = (...args: number[]) => number;
export type Kernels = Readonly<Record<KernelName, Kernel>>;

let own: Promise<BufferSource> | undefined;
const compiled = new Map<boolean, Promise<WebAssembly.Module>>();

const load = (): Promise<BufferSource> => {
  const url = new URL('../../../wasm-build/tessera.wasm', import.meta.url);
  own ??= readAsset(url).catch((cause) => {
    own = undefined;
    throw new TesseraError(
      'CONFIG',
      `cannot load the kernels from ${url}: ${cause instanceof Error ? cause.message : cause}. ` +
        'Build them (npm run build), or give their bytes as the option wasm.',
      {},
      cause,
    );
  });
  return own;
};

/** Kernels and the rest are built together: a file that a cache has kept, or a half of an update, would be noise. */
const checked = (wasm: BufferSource): BufferSource => {
  const bytes = ArrayBuffer.isView(wasm)
    ? new Uint8Array(wasm.buffer, wasm.byteOffset, wasm.byteLength)
    : new Uint8Array(wasm);
  const hash = [...sha512(bytes).subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (hash !== KERNELS)
    throw new TesseraError(
      'BUILD',
      `the kernels (tessera.wasm, ${hash.slice(0, 12)}) are of another build than the rest of Tessera ${VERSION}, which wants ` +
        `${KERNELS.slice(0, 12)}: install the package anew, or build all of it (npm run build)`,
      { ours: KERNELS, theirs: hash },
    );
  return wasm;
};

/** The module, compiled once a process unless bytes are given. */
const moduleOf = async (wasm: BufferSource | undefined, shared: boolean): Promise<WebAssembly.Module> => {
  if (wasm) return compile(checked(wasm), shared);
  let module = compiled.get(shared);
  if (!module) {
    module = load().then((bytes) => compile(checked(bytes), shared));
    compiled.set(shared, module);
    module.catch(() => compiled.delete(shared));
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

/** Shared memory, if the host has any. */
const sharedMemory = (): WebAssembly.Memory | undefined => {
  if (typeof SharedArrayBuffer === 'undefined') return undefined;
  try {
    return new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
  } catch {
    return undefined; // no room for 4 GiB of addresses
  }
};

/** An instance of the kernels on a memory of its own: shared where that is wanted and the host has it. */
export const loadKernels = async (
  wasm?: BufferSource,
  shared = false,
): Promise<{ kernels: Kernels; memory: WebAssembly.Memory; module: WebAssembly.Module }> => {
  const common = shared ? sharedMemory() : undefined;
  const memory = common ?? new WebAssembly.Memory({ initial: 16, maximum: 65536 });
  const module = await moduleOf(wasm, common !== undefined);
  return { kernels: await instantiate(module, memory), memory, module };
};

/** The kernels on this memory. */
export const instantiate = async (
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Kernels> => {
  const abort = (): never => {
    throw new TesseraError('INVALID_ARGUMENT', 'a kernel was called with arguments that it cannot serve');
  };
  // As they are: what the loader offers in their place counts arguments at every call.
  const { instance } = await loader.instantiate(module, { env: { memory, abort } });
  const { exports } = instance;
  const names = [...PLAIN, ...PER_FIELD.flatMap((name) => [32, 64, 128].map((bits) => `${name}${bits}`))];
  const missing = names.filter((name) => typeof exports[name] !== 'function');
  if (missing.length > 0) {
    throw new TesseraError('CONFIG', `the kernels do not match this version: ${missing.join(', ')} missing`);
  }
  const chacha20 = exports.chacha20 as Kernel;
  return { ...exports, stream: streamOf(chacha20, memory) } as unknown as Kernels;
};
