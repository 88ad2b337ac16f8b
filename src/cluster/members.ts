/** @file Who takes part: nodes and drivers show that they live through keys that go away when they do not. */
import { randomBytes } from 'node:crypto';
import type { Subscription } from '@nats-io/transport-node';
import type { Engine } from './engine.ts';
import { BEAT_MS, DRIVER_GONE_MS, GONE_MS } from './times.ts';

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
  readonly errors: readonly { readonly at: number; readonly text: string }[];
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
}

export interface Change {
  readonly kind: Kind;
  readonly id: string;
  /** `left`: it said so. `lost`: it is no longer heard of. */
  readonly what: 'joined' | 'left' | 'lost';
  readonly info: NodeInfo | DriverInfo;
}

/** Everybody, as seen from one process. */
export class Members {
  readonly #engine: Engine;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(change: Change) => void>();
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When anything was last heard: of who listens, his own beats too. */
  #heardAt = Date.now();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Reads who is there, and listens. */
  async start(): Promise<void> {
    const { nc, kv, names } = this.#engine;
    // The bucket's own subject: unlike a watch it needs no consumer that could be lost with the server.
    const prefix = `$KV.${names.bucket}.`;
    this.#subscription = nc.subscribe(`${prefix}>`, {
      callback: (error, m) => {
        if (error !== null) return;
        const key = m.subject.slice(prefix.length);
        if (m.headers?.get('KV-Operation')) this.#gone(key, 'left');
        else this.#heard(key, m.data);
      },
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
      if (age < PATIENCE[kind!]) this.#heard(key, entry.value, age);
    }
  }

  /** The engine is there. When it was away, or this process was busy, nobody could be heard: all get their time again. */
  alive(): void {
    const now = Date.now();
    if (now - this.#heardAt > DEAF_MS) for (const e of this.#entries.values()) e.seen = now;
    this.#heardAt = now;
  }

  #heard(key: string, bytes: Uint8Array, age = 0): void {
    if (kindOf(key) === undefined) return;
    let info: NodeInfo | DriverInfo;
    try {
      info = JSON.parse(new TextDecoder().decode(bytes)) as NodeInfo | DriverInfo;
    } catch {
      // Not from one of us: who goes on like that is soon gone.
      return;
    }
    this.alive();
    const known = this.#entries.has(key);
    this.#entries.set(key, { info, seen: Date.now() - age });
    if (!known) this.#tell(key, 'joined', info);
  }

  #gone(key: string, what: 'left' | 'lost'): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#tell(key, what, entry.info);
  }

  #check(): void {
    const now = Date.now();
    if (now - this.#heardAt > DEAF_MS) return;
    for (const [key, { seen }] of this.#entries)
      if (now - seen > PATIENCE[kindOf(key)!]) this.#gone(key, 'lost');
  }

  #tell(key: string, what: Change['what'], info: NodeInfo | DriverInfo): void {
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
    this.#timer = setInterval(() => void this.now().catch(() => {}), BEAT_MS);
    this.#timer.unref();
  }

  /** Rejects while the engine is away: the next beat tries again. */
  async now(): Promise<void> {
    if (!this.#ended) await this.#engine.kv.put(this.#key, JSON.stringify(this.#info()));
  }

  /** Says good-bye. */
  async end(): Promise<void> {
    this.#ended = true;
    clearInterval(this.#timer);
    if (!this.#engine.nc.isClosed()) await this.#engine.kv.delete(this.#key);
  }
}
