/**
 * @file What the programs of a production session tell each other beside the protocol: values, the form of values,
 * and how operations ended. The owner pushes; nobody can ask. Every message names the operation it belongs to.
 */
import { type ErrorCode, TesseraError } from '../../errors.ts';
import { type Codec, controlCodec } from '../../link/codec.ts';
import type { Channel } from '../../link/link.ts';
import type { Op } from '../operation.ts';

/** `value`: user data, under the allow-list. The others are small plain data, which no list keeps from arriving. */
export type Kind = 'value' | 'status' | 'form' | 'issued' | 'program';

/** What is awaited of a peer, or has come from it before anybody asked. */
interface Slot {
  readonly from: string;
  readonly key: string;
  readonly promise: Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const makeSlot = (from: string, key: string): Slot => {
  let settle: Pick<Slot, 'resolve' | 'reject'> | undefined;
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => {});
  return { from, key, promise, ...settle! };
};

/** Why nothing will come any more, as the operation that waits for it hears of it. */
const inVain = (error: TesseraError, { from, key }: Slot): TesseraError => {
  const op = Number(/\d+/.exec(key)?.[0]);
  return new TesseraError(
    error.code,
    `op #${op} waited for ${from}: ${error.message}`,
    { ...error.info, waitingFor: { party: from, op } },
    error,
  );
};

/** An error as the others learn of it. */
export interface SentFailure {
  /** Who failed: the sender, or whom the sender heard it from. */
  readonly party: string;
  readonly code: string;
  readonly op: number;
  readonly what: string;
  /** Only if the failing party chose to show it: a message of user code may quote data. */
  readonly cause?: string;
}

/** The line of the call that failed, in its party's program. */
const siteOf = ({ what }: SentFailure): { readonly site?: string } => {
  const site = /, called at (.*)$/.exec(what)?.[1];
  return site === undefined ? {} : { site };
};

const remoteError = (from: string, f: SentFailure): TesseraError =>
  new TesseraError(
    'PARTY_FAILED',
    `${f.party} op #${f.op} (${f.what}) failed there (${f.code})${f.party === from ? '' : `, as ${from} says`}` +
      (f.cause === undefined
        ? `: ${f.party} keeps the cause to itself; its own program is told, and with exposeErrors all are`
        : `: ${f.cause}`),
    { ...f, ...siteOf(f), via: from },
  );

/** A failure of this party's that has come back: here its cause is known, whatever the others were told. */
const ownError = (from: string, f: SentFailure, own: unknown): TesseraError =>
  new TesseraError(
    'PARTY_FAILED',
    `${f.party} op #${f.op} (${f.what}) failed here (${f.code}), as ${from} says: ${own instanceof Error ? own.message : String(own)}`,
    { ...f, ...siteOf(f), via: from },
    own,
  );

/** The failure of another party that this error is about, if it is. */
const sentFailureOf = (error: unknown): SentFailure | undefined => {
  for (let e = error; e instanceof TesseraError; e = e.cause) {
    const { party, code, op, what, cause, via } = e.info as Partial<SentFailure> & { via?: string };
    if (via !== undefined)
      return { party, code, op, what, ...(cause !== undefined && { cause }) } as SentFailure;
  }
  return undefined;
};

/** The operation in which an error happened, which may be an earlier one than that which cannot go on because of it. */
const placeOf = (error: unknown, { number, what, site }: Op): Op => {
  const {
    op,
    program,
    site: at,
  } = (error instanceof TesseraError ? error.info : {}) as {
    op?: unknown;
    program?: unknown;
    site?: string;
  };
  return typeof op === 'number' && typeof program === 'string'
    ? { number: op, what: program, site: at }
    : { number, what, site };
};

/** u32 length of the head, head, body. */
const pack = (head: Uint8Array, body: Uint8Array): Uint8Array => {
  const out = new Uint8Array(4 + head.length + body.length);
  new DataView(out.buffer).setUint32(0, head.length, true);
  out.set(head, 4);
  out.set(body, 4 + head.length);
  return out;
};

export class Exchange {
  readonly self: string;
  readonly peers: readonly string[];
  readonly #channel: Channel;
  readonly #codec: Codec;
  readonly #exposeErrors: boolean;
  readonly #tags = new Map<string, number>();
  readonly #waiting = new Map<string, Slot>();
  readonly #handlers = new Map<Kind, (from: string, key: string, data: unknown) => void>();
  /** Failures of this party that the others were told of, by operation. */
  readonly #own = new Map<number, unknown>();
  #failure: TesseraError | undefined;

  constructor(channel: Channel, codec: Codec, exposeErrors: boolean) {
    this.self = channel.self;
    this.peers = channel.peers;
    this.#channel = channel;
    this.#codec = codec;
    this.#exposeErrors = exposeErrors;
  }

  /** Listens to the peers; `lost` hears of those that cannot be heard any more. */
  start(lost: (peer: string, error: TesseraError) => void): void {
    for (const peer of this.peers) {
      this.#listen(peer).catch((e: unknown) => lost(peer, e as TesseraError));
    }
  }

  /** Messages of a kind that nobody waits for by key. */
  on(kind: Kind, handler: (from: string, key: string, data: unknown) => void): void {
    this.#handlers.set(kind, handler);
  }

  async #listen(peer: string): Promise<void> {
    for (let tag = 0; ; tag++) {
      const frame = await this.#channel.recv(peer, tag);
      const size = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0, true);
      const [kind, key, failure] = controlCodec.decode(frame.subarray(4, 4 + size)) as [
        Kind,
        string,
        SentFailure | null,
      ];
      const slot = this.#slot(peer, kind, key);
      if (failure !== null) {
        slot.reject(this.#remoteFailure(peer, failure));
        continue;
      }
      const body = frame.subarray(4 + size);
      try {
        const data = (kind === 'value' ? this.#codec : controlCodec).decode(body);
        const handler = this.#handlers.get(kind);
        if (handler) {
          this.#waiting.delete(`${peer} ${kind} ${key}`);
          handler(peer, key, data);
        } else slot.resolve(data);
      } catch (e) {
        slot.reject(e);
      }
    }
  }

  #remoteFailure(from: string, failure: SentFailure): TesseraError {
    const { party, op } = failure;
    return party === this.self && this.#own.has(op)
      ? ownError(from, failure, this.#own.get(op))
      : remoteError(from, failure);
  }

  /** Waits for what `from` has to say. */
  expect<T>(from: string, kind: Kind, key: string): Promise<T> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = `${from} ${kind} ${key}`;
    const { promise } = this.#slot(from, kind, key);
    return promise.finally(() => this.#waiting.delete(id)) as Promise<T>;
  }

  #slot(from: string, kind: Kind, key: string): Slot {
    const id = `${from} ${kind} ${key}`;
    const known = this.#waiting.get(id);
    if (known) return known;
    const slot = makeSlot(from, key);
    this.#waiting.set(id, slot);
    return slot;
  }

  /** A value as the others get it. Throws SERIALIZATION when it may not pass. */
  asSent(value: unknown): unknown {
    return this.#codec.decode(this.#codec.encode(value));
  }

  /** Tells `to`. Throws SERIALIZATION when the allow-list does not let the value pass. */
  async push(to: readonly string[], kind: Kind, key: string, data: unknown): Promise<void> {
    if (to.length === 0) return;
    const body = (kind === 'value' ? this.#codec : controlCodec).encode(data);
    await this.#send(to, controlCodec.encode([kind, key, null]), body);
  }

  /** Tells `to` that there is nothing, and why. */
  async pushFailure(to: readonly string[], kind: Kind, key: string, op: Op, error: unknown): Promise<void> {
    const e = error instanceof Error ? error : new Error(String(error));
    const code: ErrorCode = e instanceof TesseraError ? e.code : 'PARTY_FAILED';
    const sent = sentFailureOf(error);
    const { number, what, site } = placeOf(error, op);
    if (sent === undefined && !this.#own.has(number)) this.#own.set(number, error);
    const failure: SentFailure = sent ?? {
      party: this.self,
      code,
      op: number,
      what: site === undefined ? what : `${what}, called at ${site}`,
      ...(this.#exposeErrors && { cause: e.message.slice(0, 4000) }),
    };
    await this.#send(to, controlCodec.encode([kind, key, failure]), new Uint8Array());
  }

  async #send(to: readonly string[], head: Uint8Array, body: Uint8Array): Promise<void> {
    await Promise.all(
      to.map((peer) => {
        if (this.#failure) throw this.#failure;
        const tag = this.#tags.get(peer) ?? 0;
        const sent = this.#channel.send(peer, tag, pack(head, body));
        // What is refused (it is too large, say) has no number: the peer waits for the next one.
        this.#tags.set(peer, tag + 1);
        return sent;
      }),
    );
  }

  /** Rejects whatever waits for one peer. */
  failPeer(peer: string, error: TesseraError): void {
    for (const slot of this.#waiting.values()) if (slot.from === peer) slot.reject(inVain(error, slot));
  }

  /** Rejects whatever waits, now and later. */
  fail(error: TesseraError): void {
    this.#failure ??= error;
    for (const slot of this.#waiting.values()) slot.reject(inVain(error, slot));
    this.#waiting.clear();
  }
}
