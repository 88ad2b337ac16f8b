/**
 * @file The receiving half of a session: packets in order, chunks put together, credit given as frames are taken.
 *
 * Credit: a channel's sender may be `window` bytes ahead of what the program here has taken. While a `recv` waits on
 * the channel, what has arrived counts as taken: the program wants what is still to come, and a frame larger than the
 * window, or a wait for a later tag than those that fill it, would otherwise never end.
 */
import type { Rec } from './packets.ts';
import * as wire from './packets.ts';

/** Channels that a peer may have open; far above what any program uses. */
const MAX_CHANNELS = 10_000;
const MAX_NAME_BYTES = 512;

/** Receives complete frames and control records. */
export interface IntakeTarget {
  /** False: nobody will ever take it. */
  frame(key: string, tag: number, bytes: Uint8Array): boolean;
  closed(key: string): void;
  abort(content: Uint8Array): void;
  bye(): void;
  waits(key: string): boolean;
}

export interface IntakeLimits {
  /** Bytes that a channel's sender may be ahead of the program here. */
  readonly window: number;
  readonly maxFrameBytes: number;
  /** Bytes that may lie here for the program, on all channels together, frames that are still coming counted whole. */
  readonly maxHeldBytes: number;
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
  readonly #maxHeldBytes: number;
  readonly #channels = new Map<number, InChannel>();
  readonly #byKey = new Map<string, InChannel>();
  /** Of channels that the peer has closed: what came and was not taken. */
  readonly #left = new Map<string, number>();
  readonly #grants = new Set<InChannel>();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #nextId = 1;
  #received = 0;
  /** What came and was not taken, and what is to come of frames that have begun. */
  #held = 0;

  constructor(target: IntakeTarget, limits: IntakeLimits) {
    this.#target = target;
    this.#window = limits.window;
    this.#maxFrameBytes = limits.maxFrameBytes;
    this.#maxHeldBytes = limits.maxHeldBytes;
  }

  /** The number of the last packet received in order. */
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
    if (channel === undefined) {
      this.#takeLeft(key, wire.frameCost(bytes));
      return;
    }
    this.#take(channel, wire.frameCost(bytes));
    this.#review(channel);
  }

  #take(channel: InChannel, cost: number): void {
    channel.taken += cost;
    this.#held -= cost;
  }

  #takeLeft(key: string, cost: number): void {
    const left = this.#left.get(key) ?? 0;
    this.#held -= Math.min(cost, left);
    if (cost < left) this.#left.set(key, left - cost);
    else this.#left.delete(key);
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    if (this.#held <= this.#maxHeldBytes) return;
    wire.protocolError(
      `more than ${this.#maxHeldBytes} bytes of it wait here for the program (maxHeldBytes)`,
    );
  }

  /** The channel is closed here: drops what has arrived on it, and the rest of a frame that has begun. */
  #letGo(channel: InChannel): void {
    if (channel.part !== undefined) this.#held -= channel.part.bytes.length - channel.part.filled;
    channel.part = undefined;
    this.#take(channel, channel.arrived - channel.taken);
  }

  /** A `recv` begins to wait on the channel. */
  waiting(key: string): void {
    const channel = this.#byKey.get(key);
    if (channel !== undefined) this.#review(channel);
  }

  /** The program has closed its end: what still comes is dropped. */
  discard(key: string): void {
    const channel = this.#byKey.get(key);
    if (channel === undefined) {
      this.#takeLeft(key, Number.POSITIVE_INFINITY);
      return;
    }
    channel.discard = true;
    this.#letGo(channel);
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
      if (channel.part !== undefined)
        wire.protocolError(`channel "${channel.key}" was closed within a frame`);
      if (channel.taken < channel.arrived)
        this.#left.set(channel.key, (this.#left.get(channel.key) ?? 0) + channel.arrived - channel.taken);
      this.#target.closed(channel.key);
      return;
    }
    if (channel.arrived >= channel.granted)
      wire.protocolError(`channel "${channel.key}" went beyond its credit`);
    const cost = wire.partCost(rec.bytes.byteLength, rec.type === wire.CHUNK ? rec.offset : 0);
    channel.arrived += cost;
    this.#hold(cost);
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
      this.#letGo(channel);
      return;
    }
    if (channel.part === undefined && offset === 0) {
      this.#hold(total);
      channel.part = { tag, filled: 0, bytes: new Uint8Array(total) };
    }
    const { part } = channel;
    if (
      part === undefined ||
      part.tag !== tag ||
      part.filled !== offset ||
      part.bytes.length !== total ||
      bytes.length === 0 ||
      bytes.length > Math.min(wire.CHUNK_BYTES, total - offset)
    ) {
      wire.protocolError('a chunk is not the next of its frame');
    }
    part.bytes.set(bytes, offset);
    part.filled += bytes.length;
    this.#held -= bytes.length;
    if (part.filled < total) return;
    channel.part = undefined;
    this.#deliver(channel, tag, part.bytes);
  }

  #deliver(channel: InChannel, tag: number, bytes: Uint8Array): void {
    const wanted = !channel.discard && this.#target.frame(channel.key, tag, bytes);
    if (!wanted) this.#letGo(channel);
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
