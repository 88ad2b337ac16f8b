/**
 * @file A node: a machine's part in a cluster. It pulls tasks of its tags from the queue, keeps objects, gives a home to
 * objects with state and to parties of SPUs, and shows once a second that it lives.
 */

import type { Msg, Subscription } from '@nats-io/transport-node';
import { checkBuild } from '../build.ts';
import { packError } from '../device/messages.ts';
import { fail, TesseraError } from '../errors.ts';
import * as math from '../ring/math/index.ts';
import { gather } from './call.ts';
import type { CallHead, Sent, StateOrder } from './heads.ts';
import { HistoryKeeper } from './history-keeper.ts';
import {
  type Change,
  type Failure,
  KEPT_FAILURES,
  Members,
  MOST_FAILURE_TEXT,
  type NodeInfo,
  Pulse,
} from './members.ts';
import { type Engine, type EngineAddress, openEngine } from './message-engine.ts';
import { type Frame, unpack } from './message-frame.ts';
import { Answers } from './node-answers.ts';
import { INLINE, Objects } from './object-store.ts';
import { Pool } from './pool.ts';
import type { OrderHead } from './read-heads.ts';
import { readOrder, readTask } from './read-heads.ts';
import { SpuHost } from './spu-host.ts';
import { dropped, subscribe } from './subscribe.ts';
import { locate } from './task.ts';
import { TaskPuller } from './task-puller.ts';
import type { TaskThread } from './thread.ts';
import type { Done, Job } from './thread-messages.ts';
import { AWAY_DRIVER_MS, RETRY_MS, WORKING_MS } from './times.ts';

export interface NodeOptions {
  readonly engine: EngineAddress;
  readonly id: string;
  readonly host: string;
  readonly tags: Readonly<Record<string, number>>;
  /** Its real path: modules and files of checkpoints are below it, and nothing of other folders is touched. */
  readonly root: string;
  readonly head: boolean;
  readonly version: string;
}

interface State {
  readonly thread: TaskThread;
  readonly tag: string;
  readonly driver: string;
}

const isCall = (head: OrderHead): head is StateOrder => 'refs' in head;

interface Running {
  readonly what: string;
  readonly party: string;
  readonly since: number;
  /** Its message, which the queue gives to another node when this one says no more that it works on it. */
  readonly working: Msg;
}

type Run = (job: Job, own: readonly ArrayBuffer[]) => Promise<Done>;

/** A task that was taken so often is not given to yet another node. */
const MOST_ATTEMPTS = 5;
/** While the engine cannot give back what it has lost, it is asked again after this. */
const REVIVE_MS = 500;
/** Running tasks that a heartbeat names. */
const MOST_SHOWN = 32;

export class ClusterNode {
  readonly #o: NodeOptions;
  readonly #engine: Engine;
  readonly #members: Members;
  readonly #objects: Objects;
  readonly #pool = new Pool();
  readonly #pullers = new Map<string, TaskPuller>();
  readonly #states = new Map<string, State>();
  readonly #spus: SpuHost;
  readonly #pulse: Pulse;
  readonly #running = new Map<string, Running>();
  /** Orders that were taken, so that one that comes twice is done once. */
  readonly #taken = new Set<string>();
  readonly #answers: Answers;
  readonly #subscriptions: Subscription[] = [];
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #started = Date.now();
  #done = 0;
  #failed = 0;
  /** Of all that this node makes, so that nothing has the name of another. */
  #made = 0;
  readonly #errors: (Failure & { readonly driver: string })[] = [];
  #reviving = false;
  #history: HistoryKeeper | undefined;
  #closing: Promise<void> | undefined;

  private constructor(o: NodeOptions, engine: Engine) {
    this.#o = o;
    this.#engine = engine;
    this.#members = new Members(engine);
    this.#objects = new Objects(o.id, engine, this.#members);
    this.#pulse = new Pulse(engine, `nodes.${o.id}`, () => this.info());
    this.#answers = new Answers(engine, o.id, (driver) => this.#members.silent(driver));
    this.#spus = new SpuHost(o.host, o.root, this.#objects, {
      hold: (tag) => this.#hold(tag),
      release: (tag) => this.#pullers.get(tag)?.release(),
    });
    for (const [tag, slots] of Object.entries(o.tags)) this.#pullers.set(tag, this.#pullerOf(tag, slots));
    this.#timers = [
      setInterval(() => this.#answers.resend(), RETRY_MS / 4).unref(),
      setInterval(() => this.#works(), WORKING_MS).unref(),
    ];
  }

  #pullerOf(tag: string, slots: number): TaskPuller {
    const puller: TaskPuller = new TaskPuller(
      this.#engine,
      tag,
      slots,
      (m, attempt) => void this.#task(puller, m, attempt),
      () => void this.#revive(),
    );
    return puller;
  }

  static async start(o: NodeOptions): Promise<ClusterNode> {
    const engine = await openEngine(o.engine, `tessera node ${o.id}`);
    const node = new ClusterNode(o, engine);
    await node.#begin();
    return node;
  }

  async #begin(): Promise<void> {
    const { nc, names } = this.#engine;
    await this.#objects.open(this.#o.host);
    await this.#members.start();
    this.#history = new HistoryKeeper(this.#engine, this.#members, this.#o.id);
    this.#members.on((change) => this.#changed(change));
    this.#subscriptions.push(
      subscribe(nc, names.orders(this.#o.id), (m) => this.#order(m)),
      this.#answers.confirmations(),
    );
    for (const puller of this.#pullers.values()) await puller.start();
    void this.#reconnects();
    await this.#pulse.now();
  }

  async #reconnects(): Promise<void> {
    for await (const { type } of this.#engine.nc.status()) {
      if (type === 'reconnect') void this.#revive();
    }
  }

  /** The engine is back, perhaps without what it had: all that is this node's is made again, until that is done. */
  async #revive(): Promise<void> {
    this.#answers.connected();
    if (this.#reviving) return;
    this.#reviving = true;
    while (this.#closing === undefined && !this.#engine.nc.isClosed()) {
      try {
        await this.#engine.make();
        for (const puller of this.#pullers.values()) await puller.renew();
        await this.#pulse.now();
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, REVIVE_MS));
      }
    }
    this.#reviving = false;
  }

  info(): NodeInfo {
    const { id, host, head, version } = this.#o;
    return {
      id,
      host,
      head,
      version,
      direct: this.#objects.direct,
      pid: process.pid,
      started: this.#started,
      tags: Object.fromEntries(
        [...this.#pullers].map(([tag, { slots, held, busy }]) => [tag, { slots, held, busy }]),
      ),
      tasks: [...this.#running.values()]
        .slice(0, MOST_SHOWN)
        .map(({ what, party, since }) => ({ what, party, since })),
      done: this.#done,
      failed: this.#failed,
      errors: this.#errors,
      objects: this.#objects.count,
      objectBytes: this.#objects.bytes,
      states: this.#states.size,
      spus: this.#spus.names,
    };
  }

  /** A program that ended leaves nothing behind. */
  #changed({ kind, id, what }: Change): void {
    if (kind !== 'drivers' || what === 'joined') return;
    this.#objects.freeOf(id);
    for (const [name, { driver }] of this.#states) if (driver === id) this.#endState(name);
    this.#answers.forget(id);
    for (const name of this.#taken) if (name.startsWith(`${id}.`)) this.#taken.delete(name);
    this.#spus.endOf(id);
    this.#engine.drop(id).catch(() => {});
    if (what === 'lost') this.#engine.kv.delete(`drivers.${id}`).catch(() => {});
  }

  #hold(tag: string): void {
    const puller = this.#pullers.get(tag) ?? fail('CONFIG', `node ${this.#o.id} has no tag ${tag}`, { tag });
    if (!puller.hold())
      fail('CONFIG', `node ${this.#o.id}: all ${puller.slots} slots of ${tag} are held for life`, { tag });
    void this.#pulse.now().catch(() => {});
  }

  /** A task from the queue. Whoever made it confirms that its answer has arrived; until then it can come again. */
  async #task(puller: TaskPuller, m: Msg, attempt: number): Promise<void> {
    const refuse = (how: string): void => {
      m.respond(how);
      puller.finished();
    };
    const later = (ms: number): string => `-NAK {"delay": ${ms * 1e6}}`;
    const frame = unpack(m.data);
    const head = frame && readTask(frame.head, frame.parts.length);
    if (frame === undefined || head === undefined) {
      dropped(m.subject, 'it is no task');
      return refuse('+TERM');
    }
    if (!this.#members.hasDriver(head.driver))
      // Nobody waits for it any more; or its program has just come, and is not known here yet.
      return refuse(attempt > 1 ? '+TERM' : later(RETRY_MS));
    // Nobody may be there to hear of it: it waits, ever longer, until its program is back, or counts as gone.
    if (this.#members.isAway(head.driver)) return refuse(later(AWAY_DRIVER_MS * math.pow2(attempt - 1)));
    if (attempt > MOST_ATTEMPTS) {
      const why = `nodes have taken this task ${MOST_ATTEMPTS} times, and none has answered: does it end them?`;
      this.#answer(head, attempt, { error: packError(new TesseraError('PARTY_FAILED', why)) }, m.reply!);
      puller.finished();
      return;
    }
    const name = `${head.id} ${this.#made++}`;
    this.#running.set(name, { what: head.what, party: head.party, since: Date.now(), working: m });
    const done = await this.#call({ head, parts: frame.parts }, (job, own) => this.#pool.run(job, own));
    this.#running.delete(name);
    this.#answer(head, attempt, done, m.reply!);
    puller.finished();
  }

  /** The queue keeps for this node what it still works on. */
  #works(): void {
    const before = Date.now() - WORKING_MS;
    for (const { since, working } of this.#running.values()) if (since <= before) working.respond('+WPI');
  }

  async #call(frame: Frame<CallHead>, run: Run): Promise<Done> {
    const { head } = frame;
    try {
      checkBuild(head.build, `node ${this.#o.id} runs`, 'the program runs');
      const { own, ...given } = await gather(frame, this.#objects);
      const job = { ...given, numReturns: head.numReturns };
      if (head.code === undefined)
        return await run({ ...job, does: { kind: 'method', name: head.method! } }, own);
      const url = locate(head.code, this.#o.root, this.#o.id);
      this.#pool.loads(url, head.code.hash);
      const kind = head.state === undefined ? 'function' : 'construct';
      return await run({ ...job, does: { kind, url, name: head.code.name } }, own);
    } catch (e) {
      return { error: packError(e) };
    }
  }

  #remember({ driver, party, what }: CallHead, message: string): void {
    this.#failed++;
    const text = `${party} ${what}: ${message}`.slice(0, MOST_FAILURE_TEXT);
    this.#errors.push({ at: Date.now(), driver, text });
    if (this.#errors.length > KEPT_FAILURES) this.#errors.shift();
  }

  /** Small results go with the answer, the others stay here. */
  #answer(head: CallHead, attempt: number, done: Done, ack?: string): void {
    if ('error' in done) this.#remember(head, done.error.message);
    else this.#done++;
    const answer = { id: head.id, node: this.#o.id, attempt, ...(ack !== undefined && { ack }) };
    if ('error' in done) {
      this.#answers.send(head.driver, { ...answer, error: done.error }, []);
      return;
    }
    const results = done.results.map(
      (bytes): Sent =>
        bytes.byteLength <= INLINE
          ? { inline: true }
          : this.#objects.put(`${head.id}.${this.#o.id}.${this.#made++}`, bytes),
    );
    const inline = done.results.filter((bytes) => bytes.byteLength <= INLINE);
    this.#answers.send(head.driver, { ...answer, results }, inline);
  }

  /** An order is confirmed at once, and answered when it is done. It may come twice. */
  #order(m: Msg): void {
    const frame = unpack(m.data);
    const head = frame && readOrder(frame.head, frame.parts.length);
    if (frame === undefined || head === undefined) {
      dropped(m.subject, 'it is no order');
      return;
    }
    // Who has just come is not known here yet, and says it again; nobody else has anything here.
    if (!this.#members.hasDriver(head.driver)) return;
    m.respond('ok');
    if (this.#taken.has(head.id)) return;
    this.#taken.add(head.id);
    void this.#obey({ head, parts: frame.parts });
  }

  async #obey(frame: Frame<OrderHead>): Promise<void> {
    const { head } = frame;
    if (isCall(head) && head.kind !== 'end') {
      this.#answer(head, 1, await this.#onState(frame as Frame<CallHead>, head.kind));
      return;
    }
    const answer = { id: head.id, node: this.#o.id, attempt: 1 };
    try {
      if (isCall(head)) this.#endState(head.state!);
      const value = isCall(head) ? null : await this.#spus.obey(head);
      this.#answers.send(head.driver, { ...answer, value }, []);
    } catch (e) {
      this.#answers.send(head.driver, { ...answer, error: packError(e) }, []);
    }
  }

  async #onState(frame: Frame<CallHead>, kind: 'construct' | 'method'): Promise<Done> {
    const { head } = frame;
    const name = head.state!;
    try {
      if (kind === 'construct') {
        this.#hold(head.party);
        this.#states.set(name, { thread: this.#pool.dedicated(), tag: head.party, driver: head.driver });
      }
      const state = this.#states.get(name);
      if (state === undefined || state.thread.ended)
        throw new TesseraError('PEER_LOST', `the object of ${head.what} is lost: its thread has ended`, {
          node: this.#o.id,
        });
      const done = await this.#call(frame, (job, own) => state.thread.run(job, own));
      if (kind === 'construct' && 'error' in done) this.#endState(name);
      return done;
    } catch (e) {
      return { error: packError(e) };
    }
  }

  #endState(name: string): void {
    const state = this.#states.get(name);
    if (state === undefined) return;
    this.#states.delete(name);
    void state.thread.stop();
    this.#pullers.get(state.tag)?.release();
  }

  /** Leaves: tasks that run here are delivered to others. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const puller of this.#pullers.values()) puller.stop();
    await this.#pulse.end();
    for (const s of this.#subscriptions) s.unsubscribe();
    for (const name of this.#states.keys()) this.#endState(name);
    await this.#spus.close();
    await this.#pool.stop();
    this.#objects.stop();
    this.#history?.stop();
    this.#members.stop();
    await this.#engine.nc.close();
  }
}
