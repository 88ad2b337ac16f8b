/** @file A ring's memory: arrays in it, their lifetime, and the checks that every kernel call shares. */

import { fail } from '../errors.ts';
import { type Arr, Bits, Bytes, RingArray } from './array.ts';
import type { Field } from './field.ts';
import { Heap } from './heap.ts';
import { type KernelName, type Kernels, loadKernels } from './kernels.ts';
import { grainOf } from './partition.ts';
import { ThreadPool } from './thread-pool.ts';
import { MOST_THREADS } from './threads.ts';
import type { Partition } from './work-queue.ts';

/** Size of the scratch that data from outside passes through. */
export const SCRATCH = 65536;

export interface RingOptions {
  /** Most bytes that arrays may take, default 4 GiB less 64 KiB. */
  maxBytes?: number;
  /** The kernels' bytes, where they cannot be read from beside the package. */
  wasm?: BufferSource;
  /**
   * Threads that work on large calls, default 1. More than one need shared memory (and in a page, cross-origin isolation):
   * where the host has none, there is one.
   */
  threads?: number;
  /**
   * Others want the same cores at the same time: share only calls that are long against what a scheduler takes to even things
   * out, some ten milliseconds.
   */
  crowded?: boolean;
}

export interface RingParts {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly heap: Heap;
  readonly pool: ThreadPool | undefined;
}

export const loadParts = async ({
  wasm,
  maxBytes,
  threads = 1,
  crowded = false,
}: RingOptions): Promise<RingParts> => {
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS)
    fail('RANGE', `a ring works on 1 to ${MOST_THREADS} threads, not ${threads}`);
  const { kernels, memory, module } = await loadKernels(wasm, threads > 1);
  const heap = new Heap(memory, kernels.heapBase() >>> 0, maxBytes);
  if (threads === 1 || memory.buffer instanceof ArrayBuffer)
    return { kernels, memory, heap, pool: undefined };
  const pool = new ThreadPool(
    { threads, crowded },
    module,
    memory,
    kernels,
    (bytes) => heap.alloc(bytes).start,
  );
  return { kernels: pool.kernels, memory, heap, pool };
};

const describe = (arr: Arr): string => {
  if (arr instanceof RingArray) return `${arr.field.name}[${arr.length}]`;
  if (arr instanceof Bits) return `bits[${arr.planes}][${arr.length}]`;
  return `bytes[${arr.length}]`;
};

/** The arrays' types and lengths, as an error shows them. */
const shapesOf = (...arrs: readonly Arr[]): string => arrs.map(describe).join(', ');

const size = (what: string, n: number): number =>
  Number.isSafeInteger(n) && n >= 0 ? n : fail('RANGE', `${what} must be a whole number >= 0, not ${n}`);

export class RingMemory {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly heap: Heap;
  /** Address of SCRATCH bytes, free for the length of one call. */
  protected readonly scratch: number;
  readonly #pool: ThreadPool | undefined;

  constructor(parts: RingParts) {
    this.kernels = parts.kernels;
    this.memory = parts.memory;
    this.heap = parts.heap;
    this.#pool = parts.pool;
    this.scratch = this.heap.alloc(SCRATCH).start;
  }

  /** Threads that work on large calls. */
  get threads(): number {
    return this.#pool?.threads ?? 1;
  }

  /** What a piece of a call must at least take, in nanoseconds. */
  protected get pieceNs(): number {
    return this.#pool?.pieceNs ?? Number.POSITIVE_INFINITY;
  }

  /** Threads beside the calling one that are up by now; the first large call starts them. */
  get helpers(): number {
    return this.#pool?.listening ?? 0;
  }

  /** Ends the threads beside the calling one. The ring goes on without them. */
  async close(): Promise<void> {
    await this.#pool?.close();
  }

  /** Calls a kernel in pieces, by all threads. */
  protected shared(name: KernelName, args: readonly number[], partition: Partition): void {
    this.#pool!.run(name, args, partition);
  }

  /** Calls a kernel, in pieces of argument `count` where that is long enough: of `each` nanoseconds for one. */
  protected cut(
    name: KernelName,
    args: readonly number[],
    count: number,
    each: number,
    steps: readonly number[],
  ): void {
    const total = args[count]!;
    const least = this.pieceNs / each;
    if (total < 2 * least) this.kernels[name](...args);
    else this.shared(name, args, { total, grain: grainOf(total, least, this.threads, 1), count, steps });
  }

  /** n words, not initialised. */
  alloc(field: Field, n: number): RingArray {
    const block = this.heap.alloc(size('length', n) * field.bytes);
    return new RingArray(block, block.start, field, n);
  }

  /** Planes of n bits, not initialised. */
  bits(n: number, planes = 1): Bits {
    const block = this.heap.alloc(size('planes', planes) * Bits.strideOf(size('length', n)));
    return new Bits(block, block.start, planes, n);
  }

  /** n bytes, not initialised. */
  bytes(n: number): Bytes {
    const block = this.heap.alloc(size('length', n));
    return new Bytes(block, block.start, n);
  }

  retain<A extends Arr>(arr: A): A {
    this.live(arr);
    arr.block.refs++;
    return arr;
  }

  /** Gives up one reference to the array's block; the last one frees it. */
  release(arr: Arr): void {
    this.live(arr);
    if (arr.block.refs === 1) this.heap.free(arr.block);
    else arr.block.refs--;
  }

  /** The payload, valid until the next allocation. */
  u8(arr: Arr): Uint8Array {
    this.live(arr);
    return this.raw(arr.ptr, arr.bytes);
  }

  zero(arr: Arr): void {
    this.u8(arr).fill(0);
  }

  copy(dst: Arr, src: Arr): void {
    if (dst.kind !== src.kind || dst.bytes !== src.bytes || dst.length !== src.length) {
      this.mismatch('copy', dst, src);
    }
    this.u8(dst).set(this.u8(src));
  }

  protected raw(ptr: number, bytes: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, ptr, bytes);
  }

  /** Throws if the array was released. */
  live(arr: Arr): void {
    if (arr.block.refs < 1) fail('INVALID_ARGUMENT', `${shapesOf(arr)} was released already`);
  }

  protected mismatch(op: string, ...arrs: readonly Arr[]): never {
    return fail('SHAPE', `ring ${op}: arrays do not fit together: ${shapesOf(...arrs)}`);
  }

  /** All of one field and length. */
  protected words(op: string, dst: RingArray, ...rest: readonly RingArray[]): void {
    this.live(dst);
    for (const arr of rest) {
      this.live(arr);
      if (arr.field !== dst.field || arr.length !== dst.length) this.mismatch(op, dst, ...rest);
    }
  }

  /** All of one length, with the given numbers of planes. */
  protected planes(op: string, length: number, wanted: readonly (readonly [Bits, number])[]): void {
    for (const [arr, count] of wanted) {
      this.live(arr);
      if (arr.length !== length || arr.planes !== count) {
        fail('SHAPE', `ring ${op}: expected bits[${count}][${length}], not ${shapesOf(arr)}`);
      }
    }
  }

  /** Arrays of exactly the given lengths. */
  protected lengths(op: string, wanted: readonly (readonly [Arr, number])[]): void {
    for (const [arr, length] of wanted) {
      this.live(arr);
      if (arr.length !== length)
        fail('SHAPE', `ring ${op}: expected ${length} elements, not ${shapesOf(arr)}`);
    }
  }
}
