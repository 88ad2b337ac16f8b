/**
 * @file The thread pool of a ring: worker threads, instances of the same module on the same memory, that share large kernel
 * calls. They start with the first call that is large enough. The calling thread does not wait for them to start: it processes
 * whatever chunk no other thread has taken, so a worker that is late or could not be started only costs parallelism.
 */

import { startHelper } from '#kernel-host';
import { TesseraError } from '../errors.ts';
import type { Helper } from './kernel-host.ts';
import type { KernelName, Kernels } from './kernels.ts';
import { costOf, partitionBy, RULES } from './partition.ts';
import {
  awaitDone,
  LISTENING,
  MOST_CHUNKS,
  type Partition,
  QUEUE_BYTES,
  STOP,
  TICKET,
  WorkQueue,
} from './work-queue.ts';

/**
 * How long the caller waits for a chunk that a helper has taken: so long, and this many times the longest of its own. A helper
 * that lost its core is waited for; one that died with a chunk in its hands says nothing.
 */
const PATIENCE_MS = 120_000;
const SLOWNESS = 20;

export class ThreadPool {
  /** The calling thread and its helpers. */
  readonly threads: number;
  /** What a chunk must at least take: waking a thread takes up to 50 us, and losing a core to others some milliseconds. */
  readonly pieceNs: number;
  readonly #kernels: Kernels;
  readonly #names: readonly string[];
  readonly #start: (thread: number) => Helper | undefined;
  readonly #queue: WorkQueue;
  #helpers: Helper[] | undefined;
  #closed = false;
  #alone = false;

  /** `alloc` gives stretches of the shared memory that are the pool's for good. */
  constructor(
    { threads, crowded }: { readonly threads: number; readonly crowded: boolean },
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    kernels: Kernels,
    alloc: (bytes: number) => number,
  ) {
    this.threads = threads;
    this.pieceNs = crowded ? 6e6 : 6e4;
    this.#kernels = kernels;
    this.#names = Object.keys(kernels);
    const queue = alloc(QUEUE_BYTES);
    new Uint8Array(memory.buffer, queue, QUEUE_BYTES).fill(0);
    this.#queue = new WorkQueue(memory, queue, kernels, 0);
    const scratch = Array.from({ length: threads }, (_, i) => (i ? alloc(kernels.scratchBytes()) : 0));
    this.#start = (thread) => startHelper({ module, memory, queue, scratch: scratch[thread]!, thread });
  }

  /** The kernels, with those of partition.ts shared among the threads where a call is large. */
  get kernels(): Kernels {
    const shared = this.#names.map((name) => {
      const kernel = this.#kernels[name as KernelName];
      const rule = RULES.get(name);
      if (rule === undefined) return [name, kernel];
      const call = (...args: number[]): number =>
        costOf(rule, args) < 2 * this.pieceNs
          ? kernel(...args)
          : this.run(name as KernelName, args, partitionBy(rule, args, this.threads, this.pieceNs));
      return [name, call];
    });
    return Object.fromEntries(shared) as Kernels;
  }

  /** Helpers that listen by now. */
  get listening(): number {
    return Atomics.load(this.#queue.words, LISTENING);
  }

  /** Starts the helpers, if that was not done. */
  start(): void {
    if (this.#helpers || this.#closed) return;
    this.#helpers = [];
    for (let thread = 1; thread < this.threads; thread++) {
      const helper = this.#start(thread);
      if (helper) this.#helpers.push(helper);
    }
  }

  /** One call, in chunks. Returns what the kernel says, if that is an index or -1. */
  run(name: KernelName, args: readonly number[], partition: Partition): number {
    const chunks = Math.ceil(partition.total / partition.grain);
    this.start();
    if (chunks < 2 || chunks > MOST_CHUNKS || this.#alone || this.listening === 0) {
      return this.#kernels[name](...args);
    }
    const queue = this.#queue;
    queue.write(this.#names.indexOf(name), args, partition);
    queue.open(chunks);
    let longest = 0;
    for (let chunk = queue.take(); chunk >= 0; chunk = queue.take()) {
      const start = performance.now();
      queue.run(chunk);
      longest = Math.max(longest, performance.now() - start);
    }
    const patienceMs = PATIENCE_MS + SLOWNESS * longest;
    const finished = awaitDone(queue, chunks, patienceMs);
    queue.clear();
    if (!finished) {
      // Should it wake up after all, it must not meddle with the next call: this thread goes on alone.
      this.#alone = true;
      Atomics.store(queue.words, STOP, 1);
      const seconds = Math.round(patienceMs / 1000);
      throw new TesseraError(
        'PARTY_FAILED',
        `kernel ${name}: a helper thread has died with a part of it, or stood still for ${seconds} s`,
      );
    }
    const failure = queue.failure();
    if (failure !== undefined) throw new TesseraError('PARTY_FAILED', `kernel ${name} failed: ${failure}`);
    return queue.found;
  }

  /** Ends the helpers; calls go on in the calling thread alone. */
  async close(): Promise<void> {
    this.#closed = true;
    const helpers = this.#helpers ?? [];
    this.#helpers = [];
    const { words } = this.#queue;
    Atomics.store(words, STOP, 1);
    Atomics.store(words, LISTENING, 0);
    Atomics.add(words, TICKET, 1 << 16);
    Atomics.notify(words, TICKET);
    await Promise.all(helpers.map((helper) => helper.end()));
  }
}
