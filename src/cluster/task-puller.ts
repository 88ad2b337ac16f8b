/**
 * @file The tasks of one tag, pulled from its queue: a node asks for one task for each slot that is free, so that what it
 * cannot start at once stays in the queue, for other nodes. Who runs a task calls `finished` once.
 *
 * The requests are those of the client's own consumer (`next`, one for each slot), written here over one subscription: that
 * makes one, with timers, for each request. Measured by turns on the same machine, busy with other work: 2,597 tasks a second
 * against 2,375, and 0.59 ms for a task and its answer against 0.93 ms. Its `consume` asks ahead of what a node can start.
 */
import { createInbox, type Msg, type Subscription } from '@nats-io/transport-node';
import type { Engine } from './message-engine.ts';
import { tokenOf } from './subjects.ts';
import { subscribe } from './subscribe.ts';
import { PULL_MS } from './times.ts';

/** How many times the task of a message was delivered: `$JS.ACK.stream.consumer.times...`, longer in newer servers. */
const attemptOf = (reply: string): number => {
  const tokens = reply.split('.');
  return Number(tokens.length >= 11 ? tokens[6] : tokens[4]);
};

export class TaskPuller {
  readonly slots: number;
  /** Running tasks. */
  busy = 0;
  /** Slots that objects with state and SPU parties hold for life. */
  held = 0;
  readonly #engine: Engine;
  readonly #tag: string;
  readonly #run: (m: Msg, attempt: number) => void;
  /** Called when the server has no such queue any more. */
  readonly #missing: () => void;
  #subscription: Subscription | undefined;
  #inbox = '';
  #next = 0;
  readonly #asked = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    engine: Engine,
    tag: string,
    slots: number,
    run: (m: Msg, attempt: number) => void,
    missing: () => void,
  ) {
    this.#engine = engine;
    this.#tag = tag;
    this.slots = slots;
    this.#run = run;
    this.#missing = missing;
  }

  async start(): Promise<void> {
    await this.renew();
    // Requests that were lost with a server, or without a word, are made again.
    this.#timer = setInterval(() => {
      const late = performance.now() - PULL_MS - 2_000;
      for (const [n, at] of this.#asked) if (at < late) this.#asked.delete(n);
      this.#ask();
    }, 1_000);
    this.#timer.unref();
  }

  /** Makes the queue where it is not there, forgets what was asked, and asks again: after the engine was away. */
  async renew(): Promise<void> {
    await this.#engine.queue(this.#tag);
    if (this.#stopped) return;
    this.#asked.clear();
    const old = this.#subscription;
    this.#inbox = createInbox();
    this.#subscription = subscribe(this.#engine.nc, `${this.#inbox}.*`, (m) => this.#received(m));
    // What the old requests still bring is lost for now, and delivered again.
    old?.unsubscribe();
    this.#ask();
  }

  #ask(): void {
    if (this.#stopped || this.#engine.nc.isClosed()) return;
    const { nc, names } = this.#engine;
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${names.stream}.${tokenOf(this.#tag)}`;
    while (this.#asked.size + this.busy + this.held < this.slots) {
      const n = this.#next++;
      this.#asked.set(n, performance.now());
      nc.publish(subject, REQUEST, { reply: `${this.#inbox}.${n}` });
    }
  }

  #received(m: Msg): void {
    // A status comes to the request's own subject. A task comes under the subject of its queue; requests are served in
    // the order in which they were made.
    const own = m.subject.startsWith(`${this.#inbox}.`);
    const n = own ? Number(m.subject.slice(this.#inbox.length + 1)) : -1;
    const served = this.#asked.has(n) ? n : this.#asked.keys().next().value;
    if (served !== undefined) this.#asked.delete(served);
    if (m.headers !== undefined && m.headers.code >= 300) {
      // Timed out, or refused: a refusal must not be repeated in a tight loop.
      if (m.headers.code !== 408) {
        if (MISSING.has(m.headers.code)) this.#missing();
        return;
      }
      this.#ask();
      return;
    }
    if (m.reply === undefined || m.reply === '') return;
    if (this.#stopped || this.busy + this.held >= this.slots) {
      m.respond('-NAK');
      return;
    }
    this.busy++;
    this.#run(m, attemptOf(m.reply));
  }

  /** A task has ended: asks for the next, in one write with what else is said at this moment. */
  finished(): void {
    this.busy--;
    this.#ask();
  }

  /** Takes a slot for life; false if all are held already. */
  hold(): boolean {
    if (this.held >= this.slots) return false;
    this.held++;
    return true;
  }

  release(): void {
    this.held--;
    this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#subscription?.unsubscribe();
  }
}

/** Nobody answers, there is no such queue, or it was removed. */
const MISSING: ReadonlySet<number> = new Set([503, 404, 409]);
const REQUEST = JSON.stringify({ batch: 1, expires: PULL_MS * 1e6 });
