/**
 * @file A program's tasks and orders on their way: given to the engine's queue, or to one node, again and again until they
 * have arrived; and their answers, each of which counts once.
 */

import { createInbox, headers, type Msg, type Subscription } from '@nats-io/transport-node';
import { unpackError } from '../device/messages.ts';
import { TesseraError } from '../errors.ts';
import type { Located } from './heads.ts';
import type { Members } from './members.ts';
import type { Engine } from './message-engine.ts';
import { pack, unpack } from './message-frame.ts';

import { readAnswer } from './read-heads.ts';
import { subscribe } from './subscribe.ts';
import { ACK_MS, ENGINE_GONE_MS, RETRY_MS } from './times.ts';

export interface Answer {
  readonly node: string;
  readonly attempt: number;
  readonly results: readonly (Located | Uint8Array)[];
  readonly value: unknown;
}

interface Pending {
  /** The tag of a task's queue, or the node of an order. */
  readonly to: { readonly tag: string } | { readonly node: string };
  /** Of a task, until it is answered: a server that starts without its store has lost it. */
  readonly bytes: Uint8Array;
  /** When it was given last. */
  at: number;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

interface Head {
  readonly id: string;
}

const NOTHING = new Uint8Array();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class TaskClient {
  readonly #engine: Engine;
  readonly #members: Members;
  readonly #driver: string;
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
  /** How many times all that waits was given again. */
  #again = 0;
  /** The last look has found that the queue has fewer tasks than wait for answers. */
  #short = false;
  #looking = false;
  #away: number | undefined;

  constructor(engine: Engine, members: Members, driver: string, surplus: (ids: readonly string[]) => void) {
    this.#engine = engine;
    this.#members = members;
    this.#driver = driver;
    this.#surplus = surplus;
    const { nc, names } = engine;
    this.#subscriptions = [
      subscribe(nc, names.answers(driver), (m) => this.#answered(m)),
      subscribe(nc, `${this.#stored}.>`, (m) => this.#hasStored(m)),
    ];
    this.#timer = setInterval(() => void this.#looks(), RETRY_MS);
    this.#timer.unref();
  }

  /** Puts a task in the queue of a tag. Resolves with the first answer of any attempt. */
  task(tag: string, head: Head, parts: readonly Uint8Array[]): Promise<Answer> {
    const bytes = pack(head, parts);
    return this.#expect(head.id, { tag }, bytes, async () => this.#give(head.id, tag, bytes));
  }

  /** Under one id, so that a task is queued once. Throws LINK for one that is too large. */
  #give(id: string, tag: string, bytes: Uint8Array): void {
    const { nc, names } = this.#engine;
    const named = headers();
    named.set('Nats-Msg-Id', this.#again === 0 ? id : `${id} ${this.#again}`);
    try {
      nc.publish(names.tasks(tag, this.#driver), bytes, {
        headers: named,
        // Most tasks are answered before it matters whether the engine has them, so nobody asks at first.
        ...(this.#again > 0 && { reply: `${this.#stored}.${id}` }),
      });
    } catch (e) {
      throw new TesseraError('LINK', `the engine does not take the task: ${String(e)}`, {}, e);
    }
  }

  async #looks(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    // What cannot be asked now is asked later.
    await this.#look().catch(() => {});
    this.#looking = false;
  }

  /**
   * A task stays in the queue until its answer has come. So where the queue has fewer than wait for answers, some are lost: with
   * a server's store, on a connection that broke, or because this program counted as gone. Then all are given again.
   */
  async #look(): Promise<void> {
    const { nc } = this.#engine;
    if (nc.isClosed()) return;
    this.#checkAway();
    const before = Date.now() - RETRY_MS;
    const old = this.#tasks().filter(([, { at }]) => at <= before);
    if (old.length === 0 || this.#away !== undefined) {
      this.#short = false;
      return;
    }
    const queued = await this.#queued();
    const waiting = old.filter(([id]) => this.#pending.has(id)).length;
    const short = waiting > queued;
    const twice = short && this.#short;
    this.#short = short;
    if (!twice) return;
    this.#short = false;
    await this.#engine.drop(this.#driver);
    this.#again++;
    for (const [id, { to, bytes, reject }] of this.#tasks()) {
      try {
        this.#give(id, (to as { tag: string }).tag, bytes);
        this.#pending.get(id)!.at = Date.now();
      } catch (e) {
        this.#pending.delete(id);
        reject(e);
      }
    }
  }

  /** What the queue has of this program's; where there is no queue, it is made again. */
  async #queued(): Promise<number> {
    try {
      return await this.#engine.queued(this.#driver);
    } catch (e) {
      if (!/stream not found/i.test(String(e))) throw e;
      await this.#engine.make();
      return 0;
    }
  }

  #tasks(): [string, Pending][] {
    return [...this.#pending].filter(([, { to }]) => 'tag' in to);
  }

  /** Whether the engine is there. */
  get reached(): boolean {
    return this.#engine.reached;
  }

  /** The connection to the engine has broken, or is there again. */
  connected(there: boolean): void {
    this.#away = there ? undefined : (this.#away ?? Date.now());
  }

  #checkAway(): void {
    if (this.#away === undefined || Date.now() - this.#away < ENGINE_GONE_MS) return;
    const { url } = this.#engine.address;
    const why = `the engine at ${url} has been away for ${Math.round((Date.now() - this.#away) / 1e3)} s`;
    this.#reject(() => true, new TesseraError('LINK', why, { address: url }));
  }

  #hasStored(m: Msg): void {
    const id = m.subject.slice(this.#stored.length + 1);
    const pending = this.#pending.get(id);
    // What is no such word (nobody listens while the engine starts) is no answer: the task is given again.
    if (pending === undefined || m.data.length === 0) return;
    const { error } = m.json<{ error?: { code: number; description: string } }>();
    if (error === undefined || error.code === 503) return;
    this.#pending.delete(id);
    pending.reject(new TesseraError('LINK', `the engine does not take the task: ${error.description}`));
  }

  /** Tells a node to do something. */
  order(node: string, head: Head, parts: readonly Uint8Array[] = []): Promise<Answer> {
    const bytes = pack(head, parts);
    return this.#expect(head.id, { node }, NOTHING, async () => {
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

  #expect(id: string, to: Pending['to'], bytes: Uint8Array, send: () => Promise<void>): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure);
    if ('node' in to && this.#members.node(to.node) === undefined) return Promise.reject(this.lost(to.node));
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { to, bytes, at: Date.now(), resolve, reject });
      send().catch((e: unknown) => {
        this.#pending.delete(id);
        reject(e);
      });
    });
  }

  #answered(m: Msg): void {
    const frame = unpack(m.data);
    const head = frame && readAnswer(frame.head, frame.parts.length);
    if (frame === undefined || head === undefined) return;
    const { parts } = frame;
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
