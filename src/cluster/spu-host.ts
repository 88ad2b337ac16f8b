/** @file Parties of SPUs on a node: a thread for each, which talks to the others over links of its own. */

import { Worker } from 'node:worker_threads';
import { checkBuild } from '../build.ts';
import { packError, unpackError } from '../device/messages.ts';
import { TesseraError } from '../errors.ts';
import type { Located } from './heads.ts';
import type { Objects } from './object-store.ts';
import type { FromSpu, SpuOrder, ToSpu } from './spu-messages.ts';

interface Running {
  readonly worker: Worker;
  readonly driver: string;
  readonly tag: string | null;
  readonly text: string;
  /** Resolves with why. */
  readonly ended: Promise<string>;
  /** Takes the thread's next reply. */
  onMessage: (message: FromSpu) => void;
}

interface Slots {
  hold(tag: string): void;
  release(tag: string): void;
}

const nothing = (): void => {};

export class SpuHost {
  readonly #host: string;
  /** Files of checkpoints are below it. */
  readonly #root: string;
  readonly #objects: Objects;
  readonly #slots: Slots;
  readonly #running = new Map<string, Running>();

  constructor(host: string, root: string, objects: Objects, slots: Slots) {
    this.#host = host;
    this.#root = root;
    this.#objects = objects;
    this.#slots = slots;
  }

  get names(): string[] {
    return [...this.#running.values()].map(({ text }) => text);
  }

  /** Does what is ordered; the answer is plain data. */
  async obey(order: SpuOrder): Promise<unknown> {
    const key = `${order.spu} ${order.name}`;
    if (order.kind === 'spu-prepare') return this.#prepare(key, order);
    if (order.kind === 'spu-end') {
      await this.#end(key);
      return null;
    }
    const running = this.#running.get(key);
    if (running === undefined)
      throw new TesseraError('PEER_LOST', `${order.name} is lost: its thread has ended`, {
        party: order.name,
      });
    if (order.kind === 'spu-watch') return running.ended;
    const next = reply(running);
    running.worker.postMessage({ kind: 'start', links: order.links, job: order.spu } satisfies ToSpu);
    const listening = await next;
    return listening.kind === 'listening' ? { port: listening.port } : null;
  }

  async #prepare(key: string, order: SpuOrder & { kind: 'spu-prepare' }): Promise<unknown> {
    const { tag, driver, text } = order;
    checkBuild(order.build, `the node for ${order.name} runs`, 'the program runs');
    if (tag !== null) this.#slots.hold(tag);
    const worker = new Worker(new URL('./spu-thread.js', import.meta.url), {
      execArgv: [],
      name: `tessera ${order.name}`,
      workerData: { root: this.#root },
    });
    const ended = new Promise<string>((resolve) => {
      worker.on('error', (e) => resolve(`its thread failed: ${e.message}`));
      worker.on('exit', (code) => resolve(`its thread has ended (exit code ${code})`));
    });
    const running: Running = { worker, driver, tag, text, ended, onMessage: nothing };
    this.#running.set(key, running);
    worker.on('message', (message: FromSpu) => {
      if (message.kind === 'fetch') void this.#fetch(worker, message.number, message.object);
      else running.onMessage(message);
    });
    worker.on('error', (e) => running.onMessage({ kind: 'error', error: packError(e) }));
    worker.on('exit', () => {
      running.onMessage({
        kind: 'error',
        error: packError(new TesseraError('PEER_LOST', 'its thread has ended')),
      });
      this.#forget(key);
    });
    const prepared = await reply(running);
    return prepared.kind === 'prepared' ? { identity: prepared.identity, host: this.#host } : null;
  }

  async #fetch(worker: Worker, number: number, object: Located): Promise<void> {
    try {
      const { bytes, own } = await this.#objects.take(object);
      const message = { kind: 'fetched', number, bytes } satisfies ToSpu;
      worker.postMessage(message, own ? [bytes.buffer as ArrayBuffer] : []);
    } catch (e) {
      worker.postMessage({ kind: 'unfetched', number, error: packError(e) } satisfies ToSpu);
    }
  }

  #forget(key: string): void {
    const running = this.#running.get(key);
    if (running === undefined) return;
    this.#running.delete(key);
    if (running.tag !== null) this.#slots.release(running.tag);
  }

  async #end(key: string): Promise<void> {
    const running = this.#running.get(key);
    this.#forget(key);
    await running?.worker.terminate();
  }

  /** Ends what a driver's program had. */
  endOf(driver: string): void {
    for (const [key, running] of this.#running) if (running.driver === driver) void this.#end(key);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((key) => this.#end(key)));
  }
}

/** What the thread says next, to what it was told. Rejects with its error. */
const reply = (running: Running): Promise<FromSpu> =>
  new Promise((resolve, reject) => {
    running.onMessage = (message) => {
      running.onMessage = nothing;
      if (message.kind === 'error') reject(unpackError(message.error));
      else resolve(message);
    };
  });
