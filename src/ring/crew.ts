/**
 * @file The threads that help a ring with large kernel calls: instances of the same module on the same memory. They start
 * with the first call that is large enough, and that call does not wait for them: the thread that calls does what nobody
 * else has taken, so a helper that is late, or could not be started, costs nothing but its help.
 */

import { TesseraError } from '../errors.ts';
import { awaitDone, BOARD_BYTES, Board, LISTENING, MOST_PIECES, type Split, STOP, TICKET } from './board.ts';
import type { KernelName, Kernels } from './kernels.ts';
import { type Helper, startHelper } from './runtime.ts';
import { costOf, RULES, splitBy } from './splits.ts';

/** What a helper is started with. */
export interface HelperDuty {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly board: number;
  readonly scratch: number;
  readonly thread: number;
}

/**
 * How long the caller waits for a piece that a helper has taken: so long, and this many times the longest of its own. A helper
 * that lost its core is waited for; one that died with a piece in its hands says nothing.
 */
const PATIENCE_MS = 120_000;
const SLOWNESS = 20;

export class Crew {
  /** The calling thread and its helpers. */
  readonly threads: number;
  /** What a piece must at least take: waking a thread takes up to 50 us, and losing a core to others some milliseconds. */
  readonly pieceNs: number;
  readonly #kernels: Kernels;
  readonly #names: readonly string[];
  readonly #start: (thread: number) => Helper | undefined;
  readonly #board: Board;
  #helpers: Helper[] | undefined;
  #closed = false;
  #alone = false;

  /** `alloc` gives stretches of the shared memory that are the crew's for good. */
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
    const board = alloc(BOARD_BYTES);
    new Uint8Array(memory.buffer, board, BOARD_BYTES).fill(0);
    this.#board = new Board(memory, board, kernels, 0);
    const scratch = Array.from({ length: threads }, (_, i) => (i ? alloc(kernels.scratchBytes()) : 0));
    this.#start = (thread) => startHelper({ module, memory, board, scratch: scratch[thread]!, thread });
  }

  /** The kernels, with those of splits.ts shared among the threads where a call is large. */
  get kernels(): Kernels {
    const shared = this.#names.map((name) => {
      const kernel = this.#kernels[name as KernelName];
      const rule = RULES.get(name);
      if (rule === undefined) return [name, kernel];
      const call = (...args: number[]): number =>
        costOf(rule, args) < 2 * this.pieceNs
          ? kernel(...args)
          : this.run(name as KernelName, args, splitBy(rule, args, this.threads, this.pieceNs));
      return [name, call];
    });
    return Object.fromEntries(shared) as Kernels;
  }

  /** Helpers that listen by now. */
  get listening(): number {
    return Atomics.load(this.#board.words, LISTENING);
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

  /** One call, in pieces. Returns what the kernel says, if that is an index or -1. */
  run(name: KernelName, args: readonly number[], split: Split): number {
    const pieces = Math.ceil(split.total / split.grain);
    this.start();
    if (pieces < 2 || pieces > MOST_PIECES || this.#alone || this.listening === 0) {
      return this.#kernels[name](...args);
    }
    const board = this.#board;
    board.write(this.#names.indexOf(name), args, split);
    board.open(pieces);
    let longest = 0;
    for (let piece = board.take(); piece >= 0; piece = board.take()) {
      const start = performance.now();
      board.run(piece);
      longest = Math.max(longest, performance.now() - start);
    }
    const patienceMs = PATIENCE_MS + SLOWNESS * longest;
    const finished = awaitDone(board, pieces, patienceMs);
    board.clear();
    if (!finished) {
      // Should it wake up after all, it must not meddle with the next call: this thread goes on alone.
      this.#alone = true;
      Atomics.store(board.words, STOP, 1);
      const seconds = Math.round(patienceMs / 1000);
      throw new TesseraError(
        'PARTY_FAILED',
        `kernel ${name}: a helper thread has died with a part of it, or stood still for ${seconds} s`,
      );
    }
    const failure = board.failure();
    if (failure !== undefined) throw new TesseraError('PARTY_FAILED', `kernel ${name} failed: ${failure}`);
    return board.found;
  }

  /** Ends the helpers; calls go on in the calling thread alone. */
  async close(): Promise<void> {
    this.#closed = true;
    const helpers = this.#helpers ?? [];
    this.#helpers = [];
    const { words } = this.#board;
    Atomics.store(words, STOP, 1);
    Atomics.store(words, LISTENING, 0);
    Atomics.add(words, TICKET, 1 << 16);
    Atomics.notify(words, TICKET);
    await Promise.all(helpers.map((helper) => helper.end()));
  }
}
