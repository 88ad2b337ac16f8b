/** @file Loading the WebAssembly module, and the names of what it exports. */

import { TesseraError } from '../errors.ts';
import { readAsset } from './runtime.ts';

/** Kernels with one export a field: add32, add64, add128. */
const PER_FIELD = [
  'add', 'sub', 'mul', 'neg', 'addScalar', 'mulScalar', 'shl', 'shr', 'sar', 'sumAxis', 'matmul',
  'matmulSpace',
  'mulGate', 'mulPublic', 'squareGate', 'selectAdd', 'bitsToRing', 'maskByBits',
  'encode', 'decode', 'encodeInt', 'strided', 'harmonicsEval', 'harmonicsDeal',
  'exponentialEval', 'exponentialDeal',
] as const; // biome-ignore format: a table of names

const PLAIN = [
  'heapBase', 'xor', 'and', 'or', 'add8', 'sub8', 'not', 'andXor', 'digitSelect', 'oneHot', 'toPlanes', 'fromPlanes',
  'decodeInt', 'stridedBits', 'countUnequal', 'bitsAsBytes', 'pickBit', 'oneHotBytes',
  'runPlanes', 'packPlanes', 'unpackPlanes', 'packBytes', 'unpackBytes', 'harmonicsSpace', 'exponentialSpace', 'chacha20',
  'dcfGen', 'dcfEval',
] as const; // biome-ignore format: a table of names

export type KernelName = `${(typeof PER_FIELD)[number]}${32 | 64 | 128}` | (typeof PLAIN)[number];
/** Addresses, counts and flags in; a count or an index out. */
export type Kernel = (...args: number[]) => number;
export type Kernels = Readonly<Record<KernelName, Kernel>>;

let compiled: Promise<WebAssembly.Module> | undefined;

/** The module, compiled once a process unless bytes are given. */
const moduleOf = (wasm?: BufferSource): Promise<WebAssembly.Module> => {
  if (wasm) return WebAssembly.compile(wasm);
  const url = new URL('../../../wasm-build/tessera.wasm', import.meta.url);
  compiled ??= readAsset(url)
    .then((bytes) => WebAssembly.compile(bytes))
    .catch((cause) => {
      compiled = undefined;
      throw new TesseraError(
        'CONFIG',
        `cannot load the kernels from ${url}: ${cause instanceof Error ? cause.message : cause}. ` +
          'Build them (npm run build), or give their bytes as the option wasm.',
        {},
        cause,
      );
    });
  return compiled;
};

/** An instance of the kernels on a memory of its own. */
export const loadKernels = async (
  wasm?: BufferSource,
): Promise<{ kernels: Kernels; memory: WebAssembly.Memory }> => {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
  const abort = (): never => {
    throw new TesseraError('INVALID_ARGUMENT', 'a kernel was called with arguments that it cannot serve');
  };
  const { exports } = await WebAssembly.instantiate(await moduleOf(wasm), { env: { memory, abort } });
  const names = [...PLAIN, ...PER_FIELD.flatMap((name) => [32, 64, 128].map((bits) => `${name}${bits}`))];
  const missing = names.filter((name) => typeof exports[name] !== 'function');
  if (missing.length > 0) {
    throw new TesseraError('CONFIG', `the kernels do not match this version: ${missing.join(', ')} missing`);
  }
  return { kernels: exports as Kernels, memory };
};
