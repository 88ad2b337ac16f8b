/**
 * @file Objects of a simulation: bytes that stay in the process that made them, and are fetched by who needs them: large
 * ones from the node itself, the others, and those of who cannot be reached, in chunks by way of the engine. A driver frees
 * them when no handle means them any more.
 */

import { randomBytes } from 'node:crypto';
import { headers, type Msg, type Subscription } from '@nats-io/transport-node';
import { TesseraError } from '../errors.ts';
import { isLoopback } from '../link/address.ts';
import { type BulkServer, fetchBulk, serveBulk } from '../link/bulk.ts';
import type { Located } from './heads.ts';
import type { Members, NodeInfo } from './members.ts';
import type { Engine } from './message-engine.ts';
import { pack, unpack } from './message-frame.ts';
import { readFreed, readWanted } from './read-heads.ts';
import { subscribe } from './subscribe.ts';
import { RETRY_MS } from './times.ts';

/** Values up to this size travel with the message that tells of them, and need no holder. */
export const INLINE = 8 * 1024;
const CHUNK = 1 << 20;
/** Room for the protocol's own words in a message. */
const MARGIN = 4_096;
const IN_FLIGHT = 6;
/** From here on a connection of its own is worth its while. */
const LARGE = 256 * 1024;
/** Who could not be reached directly is asked by way of the engine for so long. */
const UNREACHABLE_MS = 60_000;

export interface Taken {
  readonly bytes: Uint8Array;
  /** Nobody else has them: they may be given away. */
  readonly own: boolean;
}

const gone = ({ id, holder }: Located, why: string): TesseraError =>
  new TesseraError('PEER_LOST', `object ${id} was at ${holder}, ${why}`, { object: id, node: holder });

const MISSING = 'which does not have it any more';

export class Objects {
  readonly self: string;
  readonly #engine: Engine;
  readonly #members: Members;
  readonly #held = new Map<string, Uint8Array>();
  readonly #fetching = new Map<string, { readonly bytes: Promise<Uint8Array>; shared: boolean }>();
  /** Others' objects that were asked for. */
  readonly #once = new Set<string>();
  readonly #subscriptions: Subscription[] = [];
  /** Copies of others' objects, the oldest first; they go when there is too much of them, or when they are freed. */
  readonly #copies = new Map<string, Uint8Array>();
  /** Until when a holder counts as out of reach. */
  readonly #far = new Map<string, number>();
  readonly #key = randomBytes(32);
  #server: BulkServer | undefined;
  #copied = 0;
  #bytes = 0;

  constructor(self: string, engine: Engine, members: Members) {
    this.self = self;
    this.#engine = engine;
    this.#members = members;
    const { nc, names } = engine;
    this.#subscriptions.push(
      subscribe(nc, names.objects(self), (m) => this.#serve(m)),
      subscribe(nc, names.freed, (m) => this.#freed(m)),
    );
  }

  /** Where others get large objects directly: for who can be reached at `host`. */
  async open(host: string): Promise<void> {
    this.#server = await serveBulk(isLoopback(host) ? host : undefined, this.#key, (id) =>
      this.#held.get(id),
    );
  }

  /** What others must know for that. */
  get direct(): NodeInfo['direct'] {
    return this.#server && { port: this.#server.port, key: this.#key.toString('base64') };
  }

  get count(): number {
    return this.#held.size;
  }
  get bytes(): number {
    return this.#bytes;
  }

  put(id: string, bytes: Uint8Array): Located {
    this.#held.set(id, bytes);
    this.#bytes += bytes.byteLength;
    return { id, size: bytes.byteLength, holder: this.self };
  }

  #freed(m: Msg): void {
    for (const id of readFreed(unpack(m.data)?.head)) this.free(id);
  }

  free(id: string): void {
    this.#bytes -= this.#held.get(id)?.byteLength ?? 0;
    this.#held.delete(id);
    this.#copied -= this.#copies.get(id)?.byteLength ?? 0;
    this.#copies.delete(id);
    this.#once.delete(id);
  }

  /** Frees what a driver's program had. */
  freeOf(driver: string): void {
    for (const store of [this.#held, this.#copies, this.#once])
      for (const id of store.keys()) if (id.startsWith(`${driver}.`)) this.free(id);
  }

  #serve(m: Msg): void {
    const wanted = readWanted(unpack(m.data)?.head, CHUNK);
    if (wanted === undefined) return;
    const { id, at, length } = wanted;
    const bytes = this.#held.get(id);
    if (bytes !== undefined) {
      m.respond(bytes.subarray(at, at + length));
      return;
    }
    const h = headers();
    h.set('tessera-missing', id);
    m.respond(new Uint8Array(), { headers: h });
  }

  /**
   * The bytes of an object. Rejects with PEER_LOST when they are gone with their holder. Who asks first for another's object
   * has the bytes for himself; from the second time on a copy is kept, for all.
   */
  async take(object: Located): Promise<Taken> {
    const { id } = object;
    const here = this.#held.get(id) ?? this.#copies.get(id);
    if (here !== undefined) return { bytes: here, own: false };
    const known = this.#fetching.get(id);
    if (known !== undefined) {
      known.shared = true;
      return { bytes: await known.bytes, own: false };
    }
    const fetching = { bytes: this.#fetch(object), shared: this.#once.has(id) };
    this.#once.add(id);
    this.#fetching.set(id, fetching);
    try {
      const bytes = await fetching.bytes;
      if (fetching.shared) this.#copy(id, bytes);
      return { bytes, own: !fetching.shared };
    } finally {
      this.#fetching.delete(id);
    }
  }

  #copy(id: string, bytes: Uint8Array): void {
    this.#copies.set(id, bytes);
    this.#copied += bytes.byteLength;
    for (const [old, { byteLength }] of this.#copies) {
      if (this.#copied <= MOST_COPIED || old === id) break;
      this.#copies.delete(old);
      this.#copied -= byteLength;
    }
  }

  async #fetch(object: Located): Promise<Uint8Array> {
    return (object.size >= LARGE ? await this.#direct(object) : undefined) ?? (await this.#chunks(object));
  }

  /** From the node that has it; undefined where that cannot be reached. */
  async #direct(object: Located): Promise<Uint8Array | undefined> {
    const { id, size, holder } = object;
    const node = this.#members.node(holder);
    if (node?.direct === undefined || (this.#far.get(holder) ?? 0) > Date.now()) return undefined;
    const { port, key } = node.direct;
    let bytes: Uint8Array | undefined;
    try {
      bytes = await fetchBulk({ host: node.host, port, key: Buffer.from(key, 'base64') }, id, size);
    } catch {
      this.#far.set(holder, Date.now() + UNREACHABLE_MS);
      return undefined;
    }
    return bytes ?? Promise.reject(gone(object, MISSING));
  }

  async #chunks(object: Located): Promise<Uint8Array> {
    const { size } = object;
    const chunk = Math.min(CHUNK, (this.#engine.nc.info?.max_payload ?? CHUNK) - MARGIN);
    const part = async (at: number): Promise<Uint8Array> => {
      const length = Math.min(chunk, size - at);
      const data = await this.#chunk(object, at, length);
      if (data.byteLength !== length) throw gone(object, 'which has another object under its name');
      return data;
    };
    if (size === 0) return new Uint8Array();
    // The last first: room is made only for what is there.
    const tail = Math.floor((size - 1) / chunk) * chunk;
    const end = await part(tail);
    const out = Buffer.allocUnsafeSlow(size);
    out.set(end, tail);
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < tail) {
        const at = next;
        next += chunk;
        out.set(await part(at), at);
      }
    };
    await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, tail / chunk) }, worker));
    return out;
  }

  async #chunk(object: Located, at: number, length: number): Promise<Uint8Array> {
    const { nc, names } = this.#engine;
    const request = pack({ id: object.id, at, length });
    for (;;) {
      try {
        const m = await nc.request(names.objects(object.holder), request, { timeout: RETRY_MS });
        if (m.headers?.has('tessera-missing')) throw gone(object, MISSING);
        return m.data;
      } catch (e) {
        if (e instanceof TesseraError) throw e;
        if (nc.isClosed()) throw new TesseraError('CLOSED', 'the session was shut down', {}, e);
        const there = this.#members.node(object.holder) ?? this.#members.hasDriver(object.holder);
        if (!there) throw gone(object, 'which is gone');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  stop(): void {
    for (const s of this.#subscriptions) s.unsubscribe();
    this.#server?.close();
    this.#held.clear();
    this.#copies.clear();
    this.#once.clear();
    this.#bytes = 0;
    this.#copied = 0;
  }
}

/** What is kept of others' objects, so that several tasks on one do not fetch it again. */
const MOST_COPIED = 512 * 1024 * 1024;
