/**
 * @file A program's tasks and orders on their way: given to the engine's queue, or to one node, again and again until they
 * have arrived; and their answers, each of which counts once.
 */
import { createInbox, headers, type Msg, type Subscription } from '@nats-io/transport-node';
import { unpackError } from '../device/messages.ts';
import { TesseraError } from '../errors.ts';
import type { AnswerHead } from './call.ts';
import type { Engine } from './engine.ts';
import { pack, unpack } from './frame.ts';
import type { Members } from './members.ts';
import type { Located } from './objects.ts';
import { ACK_MS, RETRY_MS } from './times.ts';

export interface Answer {
  readonly node: string;
  readonly attempt: number;
  readonly results: readonly (Located | Uint8Array)[];
  readonly value: unknown;
}

interface Pending {
  /** The tag of a task's queue, or the node of an order. */
  readonly to: { readonly tag: string } | { readonly node: string };
  /** A task that the engine has not yet said that it has. */
  unsure?: { readonly bytes: Uint8Array; at: number };
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

interface Head {
  readonly id: string;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Courier {
  readonly #engine: Engine;
  readonly #members: Members;
  readonly #pending = new Map<string, Pending>();
  readonly #subscriptions: Subscription[];
  /** Where the engine says that it has a task, by the task's id. */
  readonly #stored = createInbox();
  readonly #timer: NodeJS.Timeout;
  #acks: string[] = [];
  #ackTimer: NodeJS.Timeout | undefined;
  /** Results that came after the first of their task. */
  readonly #surplus: (ids: readonly string[]) => void;
  #failure: TesseraError | undefined;

  constructor(engine: Engine, members: Members, driver: string, surplus: (ids: readonly string[]) => void) {
    this.#engine = engine;
    this.#members = members;
    this.#surplus = surplus;
    this.#subscriptions = [
      engine.nc.subscribe(engine.names.answers(driver), {
        callback: (e, m) => void (e === null && this.#answered(m)),
      }),
      engine.nc.subscribe(`${this.#stored}.>`, {
        callback: (e, m) => void (e === null && this.#hasStored(m)),
      }),
    ];
    this.#timer = setInterval(() => this.#giveAgain(), RETRY_MS / 4);
    this.#timer.unref();
  }

  /** Puts a task in the queue of a tag. Resolves with the first answer of any attempt. */
  task(tag: string, head: Head, parts: readonly Uint8Array[]): Promise<Answer> {
    const bytes = pack(head, parts);
    return this.#expect(head.id, { tag }, async (pending) => {
      pending.unsure = { bytes, at: Date.now() };
      this.#give(head.id, tag, bytes, false);
    });
  }

  /** Under one id, so that a task that is given again is queued once. Throws LINK for one that is too large. */
  #give(id: string, tag: string, bytes: Uint8Array, asks: boolean): void {
    const { nc, names } = this.#engine;
    const named = headers();
    named.set('Nats-Msg-Id', id);
    try {
      nc.publish(names.tasks(tag), bytes, {
        headers: named,
        ...(asks && { reply: `${this.#stored}.${id}` }),
      });
    } catch (e) {
      throw new TesseraError('LINK', `the engine does not take the task: ${String(e)}`, {}, e);
    }
  }

  /**
   * Most tasks are answered before it matters whether the engine has them, so nobody asks. One that is not is given again,
   * with the question, until the engine says that it has it.
   */
  #giveAgain(): void {
    if (this.#engine.nc.isClosed()) return;
    const now = Date.now();
    for (const [id, { to, unsure }] of this.#pending) {
      if (unsure === undefined || now - unsure.at < RETRY_MS || !('tag' in to)) continue;
      unsure.at = now;
      this.#give(id, to.tag, unsure.bytes, true);
    }
  }

  #hasStored(m: Msg): void {
    const pending = this.#pending.get(m.subject.slice(this.#stored.length + 1));
    if (pending === undefined) return;
    // What is no such word (nobody listens while the engine starts) is no answer: the task is given again.
    if (m.data.length === 0) return;
    const { error } = m.json<{ error?: { code: number; description: string } }>();
    if (error === undefined) delete pending.unsure;
    else if (error.code !== 503)
      pending.reject(new TesseraError('LINK', `the engine does not take the task: ${error.description}`));
  }

  /** Tells a node to do something. */
  order(node: string, head: Head, parts: readonly Uint8Array[] = []): Promise<Answer> {
    const bytes = pack(head, parts);
    return this.#expect(head.id, { node }, async () => {
      const { nc, names } = this.#engine;
      while (this.#pending.has(head.id) && !nc.isClosed()) {
        try {
          await nc.request(names.orders(node), bytes, { timeout: RETRY_MS });
          return;
        } catch {
          await pause(100);
        }
      }
    });
  }

  #expect(id: string, to: Pending['to'], send: (pending: Pending) => Promise<void>): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure);
    if ('node' in to && this.#members.node(to.node) === undefined) return Promise.reject(this.lost(to.node));
    return new Promise((resolve, reject) => {
      const pending: Pending = { to, resolve, reject };
      this.#pending.set(id, pending);
      send(pending).catch((e: unknown) => {
        this.#pending.delete(id);
        reject(e);
      });
    });
  }

  #answered(m: Msg): void {
    const frame = unpack<AnswerHead>(m.data);
    if (frame === undefined) return;
    const { head, parts } = frame;
    // Confirmed only now that it is here: what is lost on its way comes again.
    if (head.ack === undefined) m.respond(head.id);
    else this.#acknowledge(head.ack);
    const located = (head.results ?? []).flatMap((r) => ('inline' in r ? [] : [r.id]));
    const pending = this.#pending.get(head.id);
    if (pending === undefined) {
      this.#surplus(located);
      return;
    }
    this.#pending.delete(head.id);
    if (head.error !== undefined) {
      pending.reject(unpackError({ ...head.error, info: { ...head.error.info, node: head.node } }));
      return;
    }
    let next = 0;
    const results = (head.results ?? []).map((r) => ('inline' in r ? parts[next++]! : r));
    pending.resolve({ node: head.node, attempt: head.attempt, results, value: head.value });
  }

  /** Several in one write, and none on the way of the next task. */
  #acknowledge(ack: string): void {
    this.#acks.push(ack);
    this.#ackTimer ??= setTimeout(() => this.#sendAcks(), ACK_MS);
  }

  #sendAcks(): void {
    this.#ackTimer = undefined;
    const { nc } = this.#engine;
    if (!nc.isClosed()) for (const ack of this.#acks) nc.publish(ack, '+ACK');
    this.#acks = [];
  }

  lost(node: string): TesseraError {
    return new TesseraError(
      'PEER_LOST',
      `node ${node} is gone, and with it what only it had (objects with state, parties of SPUs)`,
      { node },
    );
  }

  /** Tasks that have not been answered, by tag. */
  waiting(tag: string): number {
    let n = 0;
    for (const { to } of this.#pending.values()) if ('tag' in to && to.tag === tag) n++;
    return n;
  }

  /** A node is gone: what it was ordered will not be answered. */
  failNode(node: string): void {
    this.#reject(({ to }) => 'node' in to && to.node === node, this.lost(node));
  }

  failTag(tag: string, error: TesseraError): void {
    this.#reject(({ to }) => 'tag' in to && to.tag === tag, error);
  }

  #reject(which: (pending: Pending) => boolean, error: TesseraError): void {
    for (const [id, pending] of this.#pending) {
      if (!which(pending)) continue;
      this.#pending.delete(id);
      pending.reject(error);
    }
  }

  stop(reason: TesseraError): void {
    this.#failure = reason;
    this.#reject(() => true, reason);
    clearInterval(this.#timer);
    clearTimeout(this.#ackTimer);
    this.#sendAcks();
    for (const s of this.#subscriptions) s.unsubscribe();
  }
}
