/**
 * @file The receiving half of a session: packets in order, chunks put together, credit given as frames are taken.
 *
 * Credit: a channel's sender may be `window` bytes ahead of what the program here has taken. While a `recv` waits on
 * the channel, what has arrived counts as taken: the program wants what is still to come, and a frame larger than the
 * window, or a wait for a later tag than those that fill it, would otherwise never end.
 */
import type { Rec } from './wire.ts';
import * as wire from './wire.ts';

/** Channels that a peer may have open; far above what any program uses. */
const MAX_CHANNELS = 10_000;
const MAX_NAME_BYTES = 512;

/** Where finished things go. */
export interface IntakeTarget {
  /** False: nobody will ever take it. */
  frame(key: string, tag: number, bytes: Uint8Array): boolean;
  closed(key: string): void;
  abort(content: Uint8Array): void;
  bye(): void;
  waits(key: string): boolean;
}

interface InChannel {
  readonly id: number;
  readonly key: string;
  arrived: number;
  taken: number;
  granted: number;
  discard: boolean;
  part: { tag: number; filled: number; bytes: Uint8Array } | undefined;
}

export class Intake {
  readonly #target: IntakeTarget;
  readonly #window: number;
  readonly #maxFrameBytes: number;
  readonly #channels = new Map<number, InChannel>();
  readonly #byKey = new Map<string, InChannel>();
  readonly #grants = new Set<InChannel>();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #nextId = 1;
  #received = 0;

  constructor(target: IntakeTarget, window: number, maxFrameBytes: number) {
    this.#target = target;
    this.#window = window;
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** The last packet of an unbroken row. */
  get received(): number {
    return this.#received;
  }

  get grantsDue(): boolean {
    return this.#grants.size > 0;
  }

  /** Takes in a DATA packet. Returns false for one that came before, and throws if one is missing in between. */
  accept(packet: wire.Packet): boolean {
    if (packet.seq <= this.#received) return false;
    if (packet.seq !== this.#received + 1) {
      wire.protocolError(`packet ${packet.seq} came where ${this.#received + 1} was due`, { gap: true });
    }
    this.#received = packet.seq;
    for (const rec of packet.records) this.#record(rec);
    return true;
  }

  /** The program has taken a frame of that size. */
  taken(key: string, bytes: number): void {
    const channel = this.#byKey.get(key);
    if (channel === undefined) return;
    channel.taken += wire.frameCost(bytes);
    this.#review(channel);
  }

  /** A `recv` begins to wait on the channel. */
  waiting(key: string): void {
    const channel = this.#byKey.get(key);
    if (channel !== undefined) this.#review(channel);
  }

  /** The program has closed its end: what still comes is dropped. */
  discard(key: string): void {
    const channel = this.#byKey.get(key);
    if (channel === undefined) return;
    channel.discard = true;
    channel.part = undefined;
    this.#review(channel);
  }

  /** Credit records for a STATUS packet: those that are due, or after a reconnection all of them. */
  grants(all: boolean): Rec[] {
    const due = all ? [...this.#channels.values()] : [...this.#grants];
    this.#grants.clear();
    return due.map((channel) => wire.record(wire.CREDIT, channel.id, channel.granted));
  }

  #record(rec: Rec): void {
    if (rec.type === wire.ABORT) this.#target.abort(rec.bytes);
    else if (rec.type === wire.BYE) this.#target.bye();
    else if (rec.type === wire.OPEN) this.#open(rec);
    else this.#ofChannel(rec);
  }

  #ofChannel(rec: Rec): void {
    const channel =
      this.#channels.get(rec.channel) ?? wire.protocolError(`channel ${rec.channel} is not open`);
    if (rec.type === wire.CLOSE) {
      this.#channels.delete(channel.id);
      this.#byKey.delete(channel.key);
      this.#grants.delete(channel);
      this.#target.closed(channel.key);
      return;
    }
    if (channel.arrived >= channel.granted)
      wire.protocolError(`channel "${channel.key}" went beyond its credit`);
    channel.arrived += wire.partCost(rec.bytes.byteLength);
    if (rec.type === wire.CHUNK) this.#chunk(channel, rec);
    else {
      if (rec.bytes.byteLength > wire.CHUNK_BYTES || channel.part !== undefined)
        wire.protocolError('a frame cuts into another');
      this.#deliver(channel, rec.tag, own(rec.bytes));
    }
    this.#review(channel);
  }

  #open(rec: Rec): void {
    if (rec.channel !== this.#nextId) wire.protocolError('a channel is opened out of order');
    if (this.#channels.size >= MAX_CHANNELS)
      wire.protocolError(`it opened more than ${MAX_CHANNELS} channels`);
    if (rec.bytes.byteLength > MAX_NAME_BYTES) wire.protocolError('the name of a channel is too long');
    this.#nextId += 1;
    let key: string;
    try {
      key = this.#decoder.decode(rec.bytes);
    } catch {
      wire.protocolError('the name of a channel is no text');
    }
    if (!/^\d{1,15}\//.test(key) || this.#byKey.has(key))
      wire.protocolError('the name of a channel is not valid');
    const channel = {
      id: rec.channel,
      key,
      arrived: 0,
      taken: 0,
      granted: this.#window,
      discard: false,
      part: undefined,
    };
    this.#channels.set(rec.channel, channel);
    this.#byKey.set(key, channel);
  }

  #chunk(channel: InChannel, rec: Rec): void {
    const { tag, total, offset, bytes } = rec;
    if (total > this.#maxFrameBytes)
      wire.protocolError(`a frame of ${total} bytes is over the limit of ${this.#maxFrameBytes}`);
    if (channel.discard) {
      channel.taken = channel.arrived;
      return;
    }
    if (channel.part === undefined && offset === 0)
      channel.part = { tag, filled: 0, bytes: new Uint8Array(total) };
    const { part } = channel;
    const due = Math.min(wire.CHUNK_BYTES, total - offset);
    if (
      part === undefined ||
      part.tag !== tag ||
      part.filled !== offset ||
      part.bytes.length !== total ||
      bytes.length !== due
    ) {
      wire.protocolError('a chunk is not the next of its frame');
    }
    part.bytes.set(bytes, offset);
    part.filled += bytes.length;
    if (part.filled < total) return;
    channel.part = undefined;
    this.#deliver(channel, tag, part.bytes);
  }

  #deliver(channel: InChannel, tag: number, bytes: Uint8Array): void {
    const wanted = !channel.discard && this.#target.frame(channel.key, tag, bytes);
    if (!wanted) channel.taken = channel.arrived;
  }

  /** Gives credit in portions of a quarter window, so that it costs few messages. */
  #review(channel: InChannel): void {
    const free = channel.discard || this.#target.waits(channel.key) ? channel.arrived : channel.taken;
    const limit = free + this.#window;
    if (limit - channel.granted < this.#window / 4) return;
    channel.granted = limit;
    this.#grants.add(channel);
  }
}

/** Small payloads are views of a larger read buffer, which they would keep alive; large ones have their own. */
const own = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength * 2 < bytes.buffer.byteLength
    ? new Uint8Array(bytes)
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
