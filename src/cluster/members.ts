/** @file Who takes part: nodes and drivers show that they live through keys that go away when they do not. */
import type { Subscription } from '@nats-io/transport-node';
import { TesseraError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { BEAT_MS, GONE_MS } from './times.ts';

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

type Kind = 'nodes' | 'drivers';
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
  /** While the engine is away, nobody can be heard. */
  #deaf = false;

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
    void this.#status();
    for await (const key of await kv.keys('>')) {
      const entry = await kv.get(key);
      if (entry?.operation === 'PUT' && Date.now() - entry.created.getTime() < GONE_MS)
        this.#heard(key, entry.value);
    }
  }

  async #status(): Promise<void> {
    for await (const { type } of this.#engine.nc.status()) {
      if (type === 'disconnect') this.#deaf = true;
      if (type !== 'reconnect') continue;
      this.#deaf = false;
      const now = Date.now();
      for (const e of this.#entries.values()) e.seen = now;
    }
  }

  #heard(key: string, bytes: Uint8Array): void {
    let info: NodeInfo | DriverInfo;
    try {
      info = JSON.parse(new TextDecoder().decode(bytes)) as NodeInfo | DriverInfo;
    } catch (e) {
      throw new TesseraError('SERIALIZATION', `the engine's key ${key} is not in its form`, { key }, e);
    }
    const known = this.#entries.has(key);
    this.#entries.set(key, { info, seen: Date.now() });
    if (!known) this.#tell(key, 'joined', info);
  }

  #gone(key: string, what: 'left' | 'lost'): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#tell(key, what, entry.info);
  }

  #check(): void {
    if (this.#deaf) return;
    const before = Date.now() - GONE_MS;
    for (const [key, { seen }] of this.#entries) if (seen < before) this.#gone(key, 'lost');
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
