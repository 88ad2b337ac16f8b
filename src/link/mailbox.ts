/**
 * @file Where frames wait for `recv`, and `recv` for frames. All transports share it: they differ only in how a frame
 * gets from one party's `ChannelTable` into another's.
 */
import { fail, oneOf, TesseraError } from '../errors.ts';
import { closedHere, type Failure } from './failures.ts';
import type { Channel, LinkStats, Traffic } from './link.ts';

/** What a transport does for its channels. */
export interface Carrier {
  readonly self: string;
  /** Moves a frame towards `to`. `key` names the channel on both ends. */
  carry(to: string, key: string, tag: number, bytes: Uint8Array): Promise<void> | void;
  /** Flow control hooks; a transport without flow control leaves them out. */
  taken?(from: string, key: string, bytes: number): void;
  waiting?(from: string, key: string): void;
  closed?(key: string, peers: readonly string[]): void;
}

interface Waiter {
  resolve(bytes: Uint8Array): void;
  reject(error: TesseraError): void;
}

/** Frames of one channel from one peer. */
export class Inbox {
  readonly channel: string;
  readonly from: string;
  readonly #frames = new Map<number, Uint8Array>();
  readonly #waiters = new Map<number, Waiter>();
  readonly #onWaits: (change: number) => void;
  #next: number | undefined;
  #failure: Failure | undefined;
  #onFrame: ((tag: number) => void) | undefined;

  constructor(channel: string, from: string, onWaits: (change: number) => void) {
    this.channel = channel;
    this.from = from;
    this.#onWaits = onWaits;
  }

  get waiting(): boolean {
    return this.#waiters.size > 0;
  }

  /** Takes in the next frame. Returns true if somebody waited for it. */
  push(tag: number, bytes: Uint8Array): boolean {
    if (this.#failure !== undefined) return false;
    if (this.#next === undefined) this.#outOfStep(tag);
    else if (tag !== this.#next) {
      const due = this.#next;
      this.fail(() =>
        linkError(`frame ${tag} of channel "${this.channel}" came from "${this.from}" where ${due} was due`, {
          party: this.from,
          channel: this.channel,
          tag,
          due,
        }),
      );
      return false;
    }
    this.#next = tag + 1;
    const waiter = this.#waiters.get(tag);
    if (waiter === undefined) {
      this.#frames.set(tag, bytes);
      this.#onFrame?.(tag);
      return false;
    }
    this.#waiters.delete(tag);
    this.#onWaits(-1);
    waiter.resolve(bytes);
    return true;
  }

  /** The first frame tells where the sender's count starts: whoever waits for an earlier one would wait for ever. */
  #outOfStep(first: number): void {
    for (const [tag, waiter] of this.#waiters) {
      if (tag >= first) continue;
      this.#waiters.delete(tag);
      this.#onWaits(-1);
      waiter.reject(this.#missed(tag));
    }
  }

  #missed(tag: number): TesseraError {
    return linkError(
      `frame ${tag} of channel "${this.channel}" from "${this.from}" was taken already or never sent: ` +
        `the two ends count differently`,
      { party: this.from, channel: this.channel, tag },
    );
  }

  notice(onFrame: (tag: number) => void): void {
    this.#onFrame = onFrame;
    for (const tag of this.#frames.keys()) onFrame(tag);
  }

  /** The frame with that tag now, if it is here (and it is not here afterwards). */
  take(tag: number): Uint8Array | undefined {
    const bytes = this.#frames.get(tag);
    if (bytes !== undefined) this.#frames.delete(tag);
    return bytes;
  }

  wait(tag: number): Promise<Uint8Array> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure({ channel: this.channel, tag }));
    if (this.#next !== undefined && tag < this.#next) return Promise.reject(this.#missed(tag));
    if (this.#waiters.has(tag)) {
      return Promise.reject(
        new TesseraError('INVALID_ARGUMENT', `two calls wait for frame ${tag} of channel "${this.channel}"`, {
          tag,
        }),
      );
    }
    this.#onWaits(1);
    return new Promise((resolve, reject) => this.#waiters.set(tag, { resolve, reject }));
  }

  /** From here on nothing more comes. Frames that are here can still be taken, unless `drop` is set. */
  fail(failure: Failure, drop = false): void {
    if (drop) this.#frames.clear();
    else if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#onWaits(-this.#waiters.size);
    for (const [tag, waiter] of this.#waiters) waiter.reject(failure({ channel: this.channel, tag }));
    this.#waiters.clear();
  }
}

const linkError = (message: string, details: Record<string, unknown>): TesseraError =>
  new TesseraError('LINK', message, details);

/** A channel as its user sees it. */
class MailChannel implements Channel {
  readonly self: string;
  readonly peers: readonly string[];
  readonly stats: LinkStats;
  readonly #table: ChannelTable;
  readonly #carrier: Carrier;
  readonly #name: string;
  readonly #key: string;
  readonly #sent: Record<string, Traffic> = {};
  readonly #received: Record<string, Traffic> = {};
  readonly #nextTag = new Map<string, number>();
  #open = true;

  constructor(table: ChannelTable, carrier: Carrier, name: string, key: string, peers: readonly string[]) {
    this.#table = table;
    this.#carrier = carrier;
    this.#name = name;
    this.#key = key;
    this.self = carrier.self;
    this.peers = [...peers];
    for (const peer of peers) {
      this.#sent[peer] = { frames: 0, bytes: 0 };
      this.#received[peer] = { frames: 0, bytes: 0 };
    }
    this.stats = { sent: this.#sent, received: this.#received };
  }

  send(to: string, tag: number, bytes: Uint8Array): Promise<void> | void {
    this.#check(to, tag);
    const due = this.#nextTag.get(to);
    if (due !== undefined && due !== tag) {
      fail('LINK', `frame ${tag} of channel "${this.#name}" was sent to "${to}" where ${due} is next`, {
        tag,
        due,
      });
    }
    const failure = this.#table.failureOf(to);
    if (failure !== undefined) throw failure();
    const size = bytes.byteLength;
    const done = this.#carrier.carry(to, this.#key, tag, bytes);
    this.#nextTag.set(to, tag + 1);
    const count = this.#sent[to]!;
    count.frames += 1;
    count.bytes += size;
    return done;
  }

  recv(from: string, tag: number): Promise<Uint8Array> {
    try {
      this.#check(from, tag);
    } catch (error) {
      return Promise.reject(error);
    }
    const inbox = this.#table.inbox(this.#key, this.#name, from);
    const here = inbox.take(tag);
    if (here !== undefined) {
      this.#took(from, here);
      return Promise.resolve(here);
    }
    const coming = inbox.wait(tag);
    this.#carrier.waiting?.(from, this.#key);
    return coming.then((bytes) => this.#took(from, bytes));
  }

  notice(from: string, onFrame: (tag: number) => void): void {
    this.#check(from, 0);
    this.#table.inbox(this.#key, this.#name, from).notice(onFrame);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#table.closeChannel(this.#key, closedHere(`channel "${this.#name}"`));
    this.#carrier.closed?.(this.#key, this.peers);
  }

  #took(from: string, bytes: Uint8Array): Uint8Array {
    const count = this.#received[from]!;
    count.frames += 1;
    count.bytes += bytes.byteLength;
    this.#carrier.taken?.(from, this.#key, bytes.byteLength);
    return bytes;
  }

  #check(peer: string, tag: number): void {
    if (!this.#open) throw closedHere(`channel "${this.#name}"`)();
    if (!this.peers.includes(peer)) {
      fail(
        'INVALID_ARGUMENT',
        `"${peer}" is no peer on channel "${this.#name}": it has ${oneOf(this.peers)}`,
      );
    }
    if (!Number.isSafeInteger(tag) || tag < 0) fail('INVALID_ARGUMENT', `a tag counts from 0; got ${tag}`);
  }
}

/**
 * All channels of one party. A channel's key is its name and how often the name was opened before, so that both ends
 * mean the same one even if a name is used again; frames that come before the local side has opened the channel wait.
 */
export class ChannelTable {
  readonly #carrier: Carrier;
  readonly #opened = new Map<string, number>();
  readonly #inboxes = new Map<string, Map<string, Inbox>>();
  readonly #live = new Map<string, ReadonlySet<string>>();
  readonly #failures = new Map<string, { failure: Failure; drop: boolean }>();

  #waits = 0;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  /** How many `recv` wait, on all channels. */
  get waits(): number {
    return this.#waits;
  }

  open(name: string, peers: readonly string[], parties: readonly string[]): Channel {
    for (const peer of peers) {
      if (peer === this.#carrier.self || !parties.includes(peer)) {
        fail(
          'INVALID_ARGUMENT',
          `channel "${name}" names "${peer}"; peers are ${oneOf(othersOf(parties, this.#carrier.self))}`,
        );
      }
    }
    const round = this.#opened.get(name) ?? 0;
    this.#opened.set(name, round + 1);
    const key = channelKey(name, round);
    this.#live.set(key, new Set(peers));
    return new MailChannel(this, this.#carrier, name, key, peers);
  }

  /** Hands over a frame that has arrived. False: nobody will ever take it (closed channel, foreign sender). */
  deliver(from: string, key: string, tag: number, bytes: Uint8Array): boolean {
    const { name, round } = parseKey(key);
    const peers = this.#live.get(key);
    if (peers === undefined ? round < (this.#opened.get(name) ?? 0) : !peers.has(from)) return false;
    this.inbox(key, name, from).push(tag, bytes);
    return true;
  }

  inbox(key: string, name: string, from: string): Inbox {
    let ofChannel = this.#inboxes.get(key);
    if (ofChannel === undefined) {
      ofChannel = new Map();
      this.#inboxes.set(key, ofChannel);
    }
    let inbox = ofChannel.get(from);
    if (inbox === undefined) {
      inbox = new Inbox(name, from, (change) => {
        this.#waits += change;
      });
      ofChannel.set(from, inbox);
      const failed = this.#failures.get(from);
      if (failed !== undefined) inbox.fail(failed.failure, failed.drop);
    }
    return inbox;
  }

  /** True if a `recv` waits for something from that peer, on any channel or on the one given. */
  waitsFor(from: string, key?: string): boolean {
    if (key !== undefined) return this.#inboxes.get(key)?.get(from)?.waiting ?? false;
    for (const ofChannel of this.#inboxes.values()) if (ofChannel.get(from)?.waiting) return true;
    return false;
  }

  failureOf(party: string): Failure | undefined {
    return this.#failures.get(party)?.failure;
  }

  /** Nothing more comes from that party. With `drop`, what is here already is refused too. */
  failPeer(party: string, failure: Failure, drop = false): void {
    if (this.#failures.has(party) && !drop) return;
    this.#failures.set(party, { failure, drop });
    for (const ofChannel of this.#inboxes.values()) ofChannel.get(party)?.fail(failure, drop);
  }

  /** The peer has closed its end of one channel. */
  failChannel(from: string, key: string, failure: Failure): void {
    const { name, round } = parseKey(key);
    if (!this.#live.has(key) && round < (this.#opened.get(name) ?? 0)) return;
    this.inbox(key, name, from).fail(failure);
  }

  closeChannel(key: string, failure: Failure): void {
    for (const inbox of this.#inboxes.get(key)?.values() ?? []) inbox.fail(failure, true);
    this.#inboxes.delete(key);
    this.#live.delete(key);
  }
}

export const othersOf = (parties: readonly string[], self: string): string[] =>
  parties.filter((p) => p !== self);

const channelKey = (name: string, round: number): string => `${round}/${name}`;

const parseKey = (key: string): { name: string; round: number } => {
  const slash = key.indexOf('/');
  return { name: key.slice(slash + 1), round: Number(key.slice(0, slash)) };
};

/** A buffer that may change hands without a copy: it is whole, not shared, and was not handed over before. */
export class Handover {
  readonly #given = new WeakSet<ArrayBufferLike>();

  /** `bytes` itself if nobody else can reach its memory, else a copy. */
  take(bytes: Uint8Array): Uint8Array {
    const { buffer } = bytes;
    const whole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
    if (whole && !this.#given.has(buffer)) {
      this.#given.add(buffer);
      return bytes;
    }
    if (whole && buffer.byteLength === 0 && bytes.byteOffset === 0 && this.#moved(buffer)) {
      fail(
        'INVALID_ARGUMENT',
        'this buffer was sent in an earlier tick and has left this thread; send a copy',
      );
    }
    return new Uint8Array(bytes);
  }

  readonly #gone = new WeakSet<ArrayBufferLike>();

  /** Notes that the buffer now belongs to another thread (its length reads as 0 here). */
  left(buffer: ArrayBufferLike): void {
    this.#gone.add(buffer);
  }

  #moved(buffer: ArrayBufferLike): boolean {
    return this.#gone.has(buffer);
  }
}
