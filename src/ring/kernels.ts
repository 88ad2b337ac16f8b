/** @file Loading the kernels, and the names of what it exports. */

import { exportsOf, type Kernel, moduleOf } from './modules.ts';
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
  'fourierEval', 'fourierDeal', 'exponentialEval', 'exponentialWindows', 'exponentialDeal', 'splineEval', 'splineDeal',
] as const; // biome-ignore format: a table of names

/** `stream` is chacha20, by the host's cipher where that is faster. */
export type KernelName = `${(typeof PER_FIELD)[number]}${32 | 64 | 128}` | (typeof PLAIN)[number] | 'stream';
export type Kernels = Readonly<Record<KernelName, Kernel>>;

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
  const module = await moduleOf('tessera', common !== undefined, wasm);
  return { kernels: await instantiate(module, memory), memory, module };
};

/** An instance with a stream beside its own kernels. */
const withStream = async (
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  names: readonly string[],
): Promise<Readonly<Record<string, Kernel>>> => {
  const kernels = await exportsOf(module, memory, names);
  return { ...kernels, stream: streamOf(kernels.chacha20!, memory) };
};

/** The kernels on this memory. */
export const instantiate = async (
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Kernels> => {
  const names = [...PLAIN, ...PER_FIELD.flatMap((name) => [32, 64, 128].map((bits) => `${name}${bits}`))];
  return (await withStream(module, memory, names)) as Kernels;
};

const SETS = [
  'heapBase', 'chacha20', 'bandWidth', 'entryBytes', 'places', 'orderByPlace', 'solve', 'decodeBand', 'factorBytes', 'prepareFactor',
  'multiplyAdd', 'addInto', 'digestBlocks', 'distinct', 'hashValues', 'sortRecords', 'packRecords', 'unpackRecords', 'meet',
  'permute', 'fieldElements', 'maskElements', 'maskPoints', 'valuesOfPoints', 'prepareMap', 'spread', 'rowsOf', 'addWords',
] as const; // biome-ignore format: a table of names

export type SetKernels = Readonly<Record<(typeof SETS)[number] | 'stream', Kernel>>;

/** An instance of the kernels for sets of identifiers on a memory of its own. */
export const loadSetKernels = async (): Promise<{ kernels: SetKernels; memory: WebAssembly.Memory }> => {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 });
  const module = await moduleOf('sets', false);
  return { kernels: (await withStream(module, memory, SETS)) as SetKernels, memory };
};
