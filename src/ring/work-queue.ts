/**
 * @file The work queue through which the threads of one ring share a kernel call. It lies in the shared memory itself. The
 * calling thread writes the call and publishes its chunks; every thread takes chunks while there are any.
 *
 * A chunk is taken by one compare-and-swap of TICKET (serial << 16 | chunks << 8 | next). What is written beside it stays
 * as it is until all chunks that were taken are done, so it is read after taking one.
 */

import type { Kernels } from './kernels.ts';

/** Places of 32-bit words. */
export const TICKET = 0;
export const DONE = 1;
/** Threads that listen. */
export const LISTENING = 2;
export const STOP = 3;
/** Set when a chunk has failed; FAILED + 1: bytes of the reason. */
const FAILED = 4;
/** The first element at which a chunk found what its kernel looks for, or NONE. */
const FOUND = 6;
const NONE = 0x7fffffff;
/** Threads that sleep on TICKET, and whether who calls sleeps on DONE: to wake nobody takes up to 10 us. */
const SLEEPING = 7;
const WAITING = 8;
const WORDS = 16;

/** Places of numbers: what is called, and how its arguments move from chunk to chunk. */
const KERNEL = 0;
const ARGS = 1;
const COUNT = 2;
const TOTAL = 3;
const GRAIN = 4;
const OWN = 5;
const OWN_BYTES = 6;
const FIRST = 8;
const MOST_ARGS = 16;
const NUMBERS = FIRST + 2 * MOST_ARGS;
const REASON = 512;
export const MOST_CHUNKS = 64;

export const QUEUE_BYTES = WORDS * 4 + NUMBERS * 8 + REASON;

/** A call that can be cut into ranges of its elements. */
export interface Partition {
  /** Elements in all, and in each chunk. */
  readonly total: number;
  readonly grain: number;
  /** The argument that says how many. */
  readonly count: number;
  /** Per argument: by how much it grows from one element to the next. */
  readonly steps: readonly number[];
  /** An argument that points to workspace, of which each thread has its own. */
  readonly own?: { readonly arg: number; readonly bytes: number };
}

export class WorkQueue {
  readonly words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #reason: Uint8Array;
  readonly #run: readonly ((...args: number[]) => unknown)[];
  readonly #thread: number;

  /** `at`: the queue's address, a multiple of 8. `thread`: 0 is the one who calls. */
  constructor(memory: WebAssembly.Memory, at: number, kernels: Kernels, thread: number) {
    this.words = new Int32Array(memory.buffer, at, WORDS);
    this.#numbers = new Float64Array(memory.buffer, at + WORDS * 4, NUMBERS);
    this.#reason = new Uint8Array(memory.buffer, at + WORDS * 4 + NUMBERS * 8, REASON);
    this.#run = Object.values(kernels);
    this.#thread = thread;
  }

  /** For who calls: writes the call. No chunk is open. `kernel`: its place among the kernels. */
  write(kernel: number, args: readonly number[], partition: Partition): void {
    const numbers = this.#numbers;
    numbers[KERNEL] = kernel;
    numbers[ARGS] = args.length;
    numbers[COUNT] = partition.count;
    numbers[TOTAL] = partition.total;
    numbers[GRAIN] = partition.grain;
    numbers[OWN] = partition.own?.arg ?? -1;
    numbers[OWN_BYTES] = partition.own?.bytes ?? 0;
    numbers.set(args, FIRST);
    numbers.set(partition.steps, FIRST + MOST_ARGS);
  }

  /** Opens chunks of what was written. */
  open(chunks: number): void {
    const { words } = this;
    Atomics.store(words, DONE, 0);
    Atomics.store(words, FOUND, NONE);
    const serial = ((Atomics.load(words, TICKET) >>> 16) + 1) & 0xffff;
    Atomics.store(words, TICKET, (serial << 16) | (chunks << 8));
    if (Atomics.load(words, SLEEPING) > 0) Atomics.notify(words, TICKET);
  }

  /** Takes a chunk; -1 when none is left. */
  take(): number {
    const { words } = this;
    for (;;) {
      const ticket = Atomics.load(words, TICKET);
      const next = ticket & 0xff;
      if (next >= ((ticket >>> 8) & 0xff)) return -1;
      if (Atomics.compareExchange(words, TICKET, ticket, ticket + 1) === ticket) return next;
    }
  }

  /** Runs a chunk that was taken. What it throws is kept for who calls. */
  run(chunk: number): void {
    const { words } = this;
    const numbers = this.#numbers;
    try {
      const from = chunk * numbers[GRAIN]!;
      const args: number[] = [];
      for (let i = 0; i < numbers[ARGS]!; i++)
        args.push(numbers[FIRST + i]! + from * numbers[FIRST + MOST_ARGS + i]!);
      args[numbers[COUNT]!] = Math.min(numbers[GRAIN]!, numbers[TOTAL]! - from);
      const own = numbers[OWN]!;
      if (own >= 0) args[own]! += this.#thread * numbers[OWN_BYTES]!;
      const at = this.#run[numbers[KERNEL]!]!(...args) as number | undefined;
      if (at !== undefined && at >= 0) this.#find(from + at);
    } catch (e) {
      this.#fail(e);
    }
    Atomics.add(words, DONE, 1);
    if (Atomics.load(words, WAITING) > 0) Atomics.notify(words, DONE);
  }

  #find(at: number): void {
    const { words } = this;
    let least = Atomics.load(words, FOUND);
    while (at < least) {
      const seen = Atomics.compareExchange(words, FOUND, least, at);
      if (seen === least) return;
      least = seen;
    }
  }

  /** What a kernel that looks for an element would have said of the whole: its index, or -1. */
  get found(): number {
    const at = Atomics.load(this.words, FOUND);
    return at === NONE ? -1 : at;
  }

  #fail(error: unknown): void {
    const bytes = new TextEncoder().encode(error instanceof Error ? error.message : String(error));
    if (Atomics.compareExchange(this.words, FAILED, 0, 1) !== 0) return;
    const kept = bytes.subarray(0, REASON);
    this.#reason.set(kept);
    Atomics.store(this.words, FAILED + 1, kept.length);
  }

  /** Forgets the call: keys may have been among its arguments. */
  clear(): void {
    this.#numbers.fill(0);
  }

  /** Why a chunk failed, once; undefined if none did. */
  failure(): string | undefined {
    if (Atomics.exchange(this.words, FAILED, 0) === 0) return undefined;
    return new TextDecoder().decode(this.#reason.slice(0, Atomics.load(this.words, FAILED + 1)));
  }
}

/** How often a thread looks again before it sleeps: some 20 us. Two calls in a row find it awake. */
const LOOKS = 2000;

/** What a thread beside the first does, until it is stopped. */
export const serveQueue = (queue: WorkQueue): void => {
  const { words } = queue;
  Atomics.add(words, LISTENING, 1);
  let looks = 0;
  while (Atomics.load(words, STOP) === 0) {
    const ticket = Atomics.load(words, TICKET);
    const chunk = queue.take();
    if (chunk >= 0) {
      queue.run(chunk);
      looks = 0;
    } else if (++looks > LOOKS) {
      // Nothing is missed: TICKET changes whenever chunks are opened, and when it is time to stop; who changes it looks
      // for sleepers after that.
      Atomics.add(words, SLEEPING, 1);
      Atomics.wait(words, TICKET, ticket);
      Atomics.sub(words, SLEEPING, 1);
      looks = 0;
    }
  }
};

/**
 * Who calls waits until all chunks are done. Pages' own threads may not sleep: they look on. False if no chunk was done for
 * `patienceMs`: a thread has died with one in its hands.
 */
export const awaitDone = (queue: WorkQueue, chunks: number, patienceMs: number): boolean => {
  const { words } = queue;
  let looks = 0;
  let sleeps = true;
  let seen = -1;
  let since = 0;
  for (let done = Atomics.load(words, DONE); done < chunks; done = Atomics.load(words, DONE)) {
    if (++looks < LOOKS) continue;
    const now = performance.now();
    if (done !== seen) {
      seen = done;
      since = now;
    } else if (now - since >= patienceMs) return false;
    if (!sleeps) continue;
    Atomics.store(words, WAITING, 1);
    try {
      Atomics.wait(words, DONE, done, patienceMs);
    } catch {
      sleeps = false;
    }
    Atomics.store(words, WAITING, 0);
  }
  return true;
};
