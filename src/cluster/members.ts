/** @file Who takes part: nodes and drivers show that they live through keys that go away when they do not. */
import { randomBytes } from 'node:crypto';
import { RequestError, type Subscription } from '@nats-io/transport-node';
import type { Engine } from './message-engine.ts';
import { SELVES } from './read-heads.ts';
import { subscribe } from './subscribe.ts';
import { BEAT_MS, DRIVER_DEAD_MS, DRIVER_GONE_MS, farewell, GONE_MS, KEPT_MS, SHOW_MS } from './times.ts';

/** What went wrong with a task, for people. */
export interface Failure {
  readonly at: number;
  readonly text: string;
}
/** A node or a driver keeps so many of its last ones. */
export const KEPT_FAILURES = 20;
export const MOST_FAILURE_TEXT = 500;

/** What a node says of itself, once a second. */
export interface NodeInfo {
  readonly id: string;
  /** Where SPU parties on it can be reached. */
  readonly host: string;
  /** Where its objects can be had there, and the key for them. */
  readonly direct?: { readonly port: number; readonly key: string } | undefined;
  readonly pid: number;
  readonly started: number;
  readonly version: string;
  readonly head: boolean;
  /** Slots by tag: how many there are, and how many are held for life by objects with state and SPU parties. */
  readonly tags: Readonly<
    Record<string, { readonly slots: number; readonly held: number; readonly busy: number }>
  >;
  readonly tasks: readonly { readonly what: string; readonly party: string; readonly since: number }[];
  readonly done: number;
  readonly failed: number;
  /** The last tasks that failed there; `driver`: whose they were. */
  readonly errors: readonly (Failure & { readonly driver: string })[];
  readonly objects: number;
  readonly objectBytes: number;
  /** Objects with state that live there. */
  readonly states: number;
  readonly spus: readonly string[];
}

/** What a program says of itself. */
export interface DriverInfo {
  readonly id: string;
  readonly pid: number;
  readonly program: string;
  readonly started: number;
  readonly tasks: {
    readonly given: number;
    readonly done: number;
    readonly failed: number;
    readonly again: number;
  };
  readonly spus: readonly SpuInfo[];
  readonly errors: readonly Failure[];
}

export interface SpuInfo {
  readonly name: string;
  readonly parties: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly bytes: number;
  readonly jobs: number;
  /** What it is doing, if anything. */
  readonly running: string | null;
}

/** Who has heard nothing for so long, of himself neither, knows nothing of others. */
const DEAF_MS = 3 * BEAT_MS;

type Kind = 'nodes' | 'drivers';
const PATIENCE: Readonly<Record<Kind, number>> = { nodes: GONE_MS, drivers: DRIVER_GONE_MS };
const kindOf = (key: string): Kind | undefined =>
  key.startsWith('nodes.') ? 'nodes' : key.startsWith('drivers.') ? 'drivers' : undefined;
interface Entry {
  readonly info: NodeInfo | DriverInfo;
  seen: number;
  /** Its connection has gone: nobody has heard what was said to it. It may come back. */
  away?: boolean;
}

/** A node that is no longer heard of. */
export interface LostNode {
  readonly info: NodeInfo;
  /** When it was last heard of. */
  readonly at: number;
}

const MOST_LOST = 100;
/** A driver that is not heard of for this long is asked for. */
const QUIET_MS = 3 * BEAT_MS;
const PROBE_MS = 1_000;

export interface Change {
  readonly kind: Kind;
  readonly id: string;
  /** `left`: it said so. `lost`: it is no longer heard of. */
  readonly what: 'joined' | 'left' | 'lost';
  readonly info: NodeInfo | DriverInfo;
}

/** Undefined for what says of itself what nobody of ours does. */
const read = (key: string, bytes: Uint8Array): NodeInfo | DriverInfo | undefined => {
  const kind = kindOf(key);
  if (kind === undefined) return undefined;
  try {
    const info: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return SELVES[kind](info, key.slice(kind.length + 1)) ? (info as NodeInfo | DriverInfo) : undefined;
  } catch {
    return undefined;
  }
};

/** Everybody, as seen from one process. */
export class Members {
  readonly #engine: Engine;
  readonly #entries = new Map<string, Entry>();
  readonly #lost = new Map<string, LostNode>();
  readonly #listeners = new Set<(change: Change) => void>();
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When anything was last heard: of who listens, his own beats too. */
  #lastSeen = Date.now();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Reads who is there, and listens. */
  async start(): Promise<void> {
    const { nc, kv, names } = this.#engine;
    // The bucket's own subject: unlike a watch it needs no consumer that could be lost with the server.
    const prefix = `$KV.${names.bucket}.`;
    this.#subscription = subscribe(nc, `${prefix}>`, (m) => {
      const key = m.subject.slice(prefix.length);
      if (m.headers?.get('KV-Operation')) this.#gone(key, 'left');
      else this.#seen(key, m.data);
    });
    this.#timer = setInterval(() => this.#check(), BEAT_MS);
    this.#timer.unref();
    // By the engine's clock: those of machines differ.
    const own = `looks.${randomBytes(6).toString('hex')}`;
    await kv.put(own, '');
    const now = (await kv.get(own))!.created.getTime();
    await kv.delete(own);
    for await (const key of await kv.keys('>')) {
      const kind = kindOf(key);
      const entry = kind && (await kv.get(key));
      if (entry?.operation !== 'PUT') continue;
      const age = now - entry.created.getTime();
      if (kind === 'drivers' ? age < QUIET_MS || (await this.#isAlive(key)) : age < PATIENCE.nodes)
        this.#seen(key, entry.value, age);
      else if (kind === 'nodes') this.#wasLost(key, read(key, entry.value), Date.now() - age);
    }
  }

  /** Waits a little until `there` is so: after a start without its store, a server learns anew who is there. */
  async settled(there: () => boolean): Promise<void> {
    const until = Date.now() + SHOW_MS;
    while (!there() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** The engine is there. When it was away, or this process was busy, nobody could be heard: all get their time again. */
  alive(): void {
    const now = Date.now();
    if (now - this.#lastSeen > DEAF_MS) for (const e of this.#entries.values()) e.seen = now;
    this.#lastSeen = now;
  }

  #seen(key: string, bytes: Uint8Array, age = 0): void {
    const info = read(key, bytes);
    // What is not from one of us is nobody: who goes on like that is soon gone.
    if (info === undefined) return;
    this.alive();
    const known = this.#entries.has(key);
    this.#entries.set(key, { info, seen: Date.now() - age });
    this.#lost.delete(key);
    if (!known) this.#emit(key, 'joined', info);
  }

  #gone(key: string, what: 'left' | 'lost'): void {
    if (what === 'left') this.#lost.delete(key);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    if (what === 'lost' && kindOf(key) === 'nodes') this.#wasLost(key, entry.info, entry.seen);
    this.#emit(key, what, entry.info);
  }

  #check(): void {
    const now = Date.now();
    if (now - this.#lastSeen > DEAF_MS) return;
    for (const [key, { seen, away }] of this.#entries) {
      const kind = kindOf(key)!;
      const quiet = now - seen;
      if (kind === 'drivers' && quiet > QUIET_MS) void this.#probe(key);
      // A driver that is busy with its user's code shows nothing, but its connection is there.
      const patience = kind === 'drivers' && !away ? DRIVER_DEAD_MS : PATIENCE[kind];
      if (quiet > patience) this.#gone(key, 'lost');
    }
  }

  async #probe(key: string): Promise<void> {
    if (!(await this.#isAlive(key))) this.silent(key.slice(key.indexOf('.') + 1));
  }

  /** Is there anybody who hears what is said to a driver? It does not answer to this. */
  async #isAlive(key: string): Promise<boolean> {
    const { nc, names } = this.#engine;
    try {
      await nc.request(names.answers(key.slice(key.indexOf('.') + 1)), '', { timeout: PROBE_MS });
    } catch (e) {
      return !(e instanceof RequestError && e.isNoResponders());
    }
    return true;
  }

  /** Nobody has heard what was said to a driver. Its next beat says that it is back. */
  silent(driver: string): void {
    const entry = this.#entries.get(`drivers.${driver}`);
    if (entry !== undefined) entry.away = true;
  }

  isAway(driver: string): boolean {
    return this.#entries.get(`drivers.${driver}`)?.away === true;
  }

  #wasLost(key: string, info: NodeInfo | DriverInfo | undefined, at: number): void {
    if (info === undefined) return;
    this.#lost.delete(key);
    this.#lost.set(key, { info: info as NodeInfo, at });
    for (const old of this.#lost.keys()) if (this.#lost.size > MOST_LOST) this.#lost.delete(old);
  }

  /** Nodes that have gone without a word, for a time. */
  get lost(): LostNode[] {
    const since = Date.now() - KEPT_MS;
    return [...this.#lost.values()].filter(({ at }) => at > since);
  }

  #emit(key: string, what: Change['what'], info: NodeInfo | DriverInfo): void {
    const [kind, id] = key.split('.') as [Kind, string];
    for (const listener of this.#listeners) listener({ kind, id, what, info });
  }

  /** Returns what ends the subscription. */
  on(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get nodes(): NodeInfo[] {
    return this.#of('nodes') as NodeInfo[];
  }
  get drivers(): DriverInfo[] {
    return this.#of('drivers') as DriverInfo[];
  }
  #of(kind: Kind): (NodeInfo | DriverInfo)[] {
    return [...this.#entries].flatMap(([key, { info }]) => (key.startsWith(`${kind}.`) ? [info] : []));
  }
  node(id: string): NodeInfo | undefined {
    return this.#entries.get(`nodes.${id}`)?.info as NodeInfo | undefined;
  }
  hasDriver(id: string): boolean {
    return this.#entries.has(`drivers.${id}`);
  }
  /** Nodes with a tag. */
  tagged(tag: string): NodeInfo[] {
    return this.nodes.filter((n) => n.tags[tag] !== undefined);
  }
  /** All tags, sorted. */
  get tags(): string[] {
    return [...new Set(this.nodes.flatMap((n) => Object.keys(n.tags)))].sort();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#subscription?.unsubscribe();
    this.#listeners.clear();
  }
}

/** Shows once a second that one lives; `now` shows it at once. */
export class Pulse {
  readonly #engine: Engine;
  readonly #key: string;
  readonly #info: () => object;
  readonly #timer: NodeJS.Timeout;
  #ended = false;

  constructor(engine: Engine, key: string, info: () => object) {
    this.#engine = engine;
    this.#key = key;
    this.#info = info;
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  /** Where there is no place for the beat, the server has lost it: it is made again. */
  async #beat(): Promise<void> {
    try {
      await this.now();
    } catch {
      if (this.#ended || this.#engine.nc.isClosed()) return;
      await this.#engine.make().catch(() => {});
    }
  }

  /** Rejects while the engine is away: the next beat tries again. */
  async now(): Promise<void> {
    if (!this.#ended) await this.#engine.kv.put(this.#key, JSON.stringify(this.#info()));
  }

  /** Says good-bye. */
  async end(): Promise<void> {
    this.#ended = true;
    clearInterval(this.#timer);
    const { reached, nc, kv } = this.#engine;
    if (reached && !nc.isClosed()) await farewell(kv.delete(this.#key));
  }
}
