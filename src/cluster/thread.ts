/**
 * @file A worker thread of a node, from outside. It runs one job at a time, but may be given some ahead, so that short jobs
 * need not wait for two threads to wake each other between them. What it has not begun can be taken back.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { packError } from '../device/messages.ts';
import { TesseraError } from '../errors.ts';
import {
  CLAIMS,
  type Done,
  type FromThread,
  type Job,
  POSTED,
  TAKEN_BACK,
  type ThreadData,
} from './thread-messages.ts';

export interface Given {
  readonly job: Job;
  /** Buffers of it that go to the thread: a job with such cannot be taken back. */
  readonly own: readonly ArrayBuffer[];
  /** When it was given to the node. */
  readonly since: number;
  resolve(done: Done): void;
}

interface Posted extends Given {
  readonly claim: number;
}

export class TaskThread {
  readonly generation: number;
  /** Resolves when it has loaded what it was started for, or has ended. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #claims = new Int32Array(new SharedArrayBuffer(4 * CLAIMS));
  readonly #posted: Posted[] = [];
  /** Called when a job has ended, or the thread has. */
  readonly #ready: () => void;
  #loaded: () => void = () => {};
  #next = 0;
  #began = 0;
  #took = Number.POSITIVE_INFINITY;
  #ended: TesseraError | undefined;

  constructor(generation: number, preload: string | undefined, ready: () => void = () => {}) {
    this.generation = generation;
    this.#ready = ready;
    this.ready = new Promise((resolve) => {
      this.#loaded = resolve;
    });
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL('./task-thread.js', import.meta.url), {
      execArgv: [],
      name: 'tessera task',
      workerData: { preload, port: port2, claims: this.#claims } satisfies ThreadData,
      transferList: [port2],
    });
    port1.on('message', (message: FromThread) => this.#onMessage(message));
    port1.unref();
    this.#worker.on('error', (e) =>
      this.#end(new TesseraError('PARTY_FAILED', `its thread failed: ${e.message}`, {}, e)),
    );
    this.#worker.on('exit', (code) =>
      this.#end(new TesseraError('PARTY_FAILED', `its thread has ended (exit code ${code})`)),
    );
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Jobs that it has. */
  get load(): number {
    return this.#posted.length;
  }

  /** How long its last job took, or its present one has taken, in ms. */
  get pace(): number {
    const now = this.#posted.length > 0 ? performance.now() - this.#began : 0;
    return Math.max(now, this.#took);
  }

  #onMessage(message: FromThread): void {
    if (message === 'ready') {
      this.#loaded();
      return;
    }
    const { resolve } = this.#posted.shift()!;
    const now = performance.now();
    this.#took = now - this.#began;
    this.#began = now;
    resolve(message);
    this.#ready();
  }

  #end(error: TesseraError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#loaded();
    this.#port.close();
    this.#ready();
  }

  /** Its jobs after its end: the one that it had begun has failed with it, the others can run elsewhere. */
  leftover(): Given[] {
    const left = this.takeBack();
    for (const { resolve } of this.#posted.splice(0)) resolve({ error: packError(this.#ended!) });
    return left;
  }

  /** Its answer always comes. */
  give(given: Given): void {
    if (this.#ended) {
      given.resolve({ error: packError(this.#ended) });
      return;
    }
    if (this.#posted.length === 0) this.#began = performance.now();
    const claim = this.#next++ % CLAIMS;
    Atomics.store(this.#claims, claim, POSTED);
    this.#posted.push({ ...given, claim });
    this.#port.postMessage({ ...given.job, claim }, [...given.own]);
  }

  run(job: Job, own: readonly ArrayBuffer[]): Promise<Done> {
    return new Promise((resolve) => this.give({ job, own, since: 0, resolve }));
  }

  /** Jobs that it has not begun, and will not. */
  takeBack(): Given[] {
    const kept: Posted[] = [];
    const taken: Given[] = [];
    for (const p of this.#posted.splice(0)) {
      const mine =
        p.own.length === 0 && Atomics.compareExchange(this.#claims, p.claim, POSTED, TAKEN_BACK) === POSTED;
      (mine ? taken : kept).push(p);
    }
    this.#posted.push(...kept);
    return taken;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
