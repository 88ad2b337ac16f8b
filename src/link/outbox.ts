/**
 * @file The sending half of a session: frames queue by channel, leave as numbered packets as far as the peer's credit
 * goes, and stay here until the peer has them. Knows nothing of connections.
 */

import { Pace } from './chunk-size.ts';
import { type Clock, clock } from './clock.ts';
import * as wire from './packets.ts';

/** Above this, `send` asks its caller to wait. */
const SEND_AHEAD = 4 * 1024 * 1024;
/** Packets that the peer has not acknowledged: what a dropped connection makes us send again. */
const MAX_UNACKED = 32 * 1024 * 1024;
/** Frames up to this size are copied into their packet. */
const INLINE_BYTES = 16 * 1024;

interface OutFrame {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/** First in, first out, without the cost of `shift` on a long array. */
class Queue<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }
  get first(): T | undefined {
    return this.#items[this.#head];
  }
  at(index: number): T | undefined {
    return this.#items[this.#head + index];
  }
  push(item: T): void {
    this.#items.push(item);
  }
  shift(): T | undefined {
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined as T;
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

interface OutChannel {
  readonly id: number;
  readonly frames: Queue<OutFrame | 'close'>;
  /** How much of the first frame has left. */
  offset: number;
  spent: number;
  limit: number;
  queued: number;
  readonly drained: (() => void)[];
}

/** A packet as it goes to the connection. */
export interface Outgoing {
  readonly seq: number;
  readonly head: Uint8Array;
  readonly body: Uint8Array | undefined;
  /** Monotonic time. */
  readonly sentAt: number;
}

export class Outbox {
  readonly #channels = new Map<string, OutChannel>();
  readonly #byId = new Map<number, OutChannel>();
  /** Channels that may have something to send, in the order of their turns. */
  readonly #turns: OutChannel[] = [];
  readonly #control: wire.Rec[] = [];
  readonly #unacked = new Queue<Outgoing>();
  readonly #window: number;
  readonly #pace = new Pace();
  readonly #clock: Clock;
  #unackedBytes = 0;
  #resend = 0;
  #nextId = 1;
  #seq = 0;
  #released = false;
  #bye: 'no' | 'wanted' | 'sent' = 'no';

  /** `window`: credit that a new channel has, as the peer said in its hello. */
  constructor(window: number, time = clock) {
    this.#window = window;
    this.#clock = time;
  }

  /** True when everything, the goodbye too, has arrived at the peer. */
  get finished(): boolean {
    return (
      this.#unacked.length === 0 &&
      this.#control.length === 0 &&
      this.#turns.length === 0 &&
      this.#bye !== 'wanted'
    );
  }

  /** Bytes that wait for credit or for acknowledgement. */
  get held(): number {
    let sum = this.#unackedBytes;
    for (const channel of this.#channels.values()) sum += channel.queued;
    return sum;
  }

  get unacked(): number {
    return this.#unacked.length;
  }

  add(key: string, tag: number, bytes: Uint8Array): Promise<void> | void {
    if (this.#released) return;
    const channel = this.#channel(key);
    if (channel.frames.length === 0) this.#turns.push(channel);
    channel.frames.push({ tag, bytes });
    channel.queued += bytes.byteLength;
    if (channel.queued > SEND_AHEAD) return new Promise((resolve) => channel.drained.push(resolve));
  }

  /** The peer learns of the end after it has got what was sent before. */
  closeChannel(key: string): void {
    if (this.#released) return;
    const channel = this.#channel(key);
    if (channel.frames.length === 0) this.#turns.push(channel);
    channel.frames.push('close');
    this.#channels.delete(key);
  }

  /** Goes ahead of everything that waits. */
  abort(content: Uint8Array): void {
    this.#control.push(wire.record(wire.ABORT, 0, 0, content));
  }

  /** A goodbye, behind everything that waits. */
  bye(): void {
    if (this.#bye === 'no' && !this.#released) this.#bye = 'wanted';
  }

  /** Resolves all promises that wait for room: the peer is lost, and the next `send` rejects. */
  release(): void {
    for (const channel of this.#byId.values()) for (const resolve of channel.drained.splice(0)) resolve();
    this.#turns.length = 0;
    this.#control.length = 0;
    this.#byId.clear();
    this.#channels.clear();
    while (this.#unacked.length > 0) this.#unacked.shift();
    this.#unackedBytes = 0;
    this.#resend = 0;
    this.#released = true;
  }

  credit(id: number, limit: number): boolean {
    const channel = this.#byId.get(id);
    if (channel === undefined || limit <= channel.limit) return false;
    channel.limit = limit;
    return true;
  }

  acknowledge(ack: number): void {
    if (ack > this.#seq) wire.protocolError('it acknowledged what was never sent', { ack });
    let bytes = 0;
    let sentAt = 0;
    for (
      let first = this.#unacked.first;
      first !== undefined && first.seq <= ack;
      first = this.#unacked.first
    ) {
      if (bytes === 0) ({ sentAt } = first);
      bytes += sizeOf(first);
      this.#unacked.shift();
      if (this.#resend > 0) this.#resend -= 1;
    }
    this.#unackedBytes -= bytes;
    if (bytes > 0) this.#pace.acked(bytes, sentAt, this.#clock.elapsed());
  }

  /** On a new connection: what the peer has not got is sent again, in the same packets. */
  rewind(received: number): void {
    this.acknowledge(received);
    this.#resend = 0;
    if ((this.#unacked.first?.seq ?? received + 1) !== received + 1) {
      wire.protocolError('it lost packets that it had acknowledged', { received });
    }
  }

  /** The next packet to put on the connection, if there is one that may go. */
  next(ack: number): Outgoing | undefined {
    if (this.#resend < this.#unacked.length) {
      const again = this.#unacked.at(this.#resend++)!;
      wire.updateAck(again.head, ack);
      return again;
    }
    if (this.#unackedBytes >= MAX_UNACKED) return;
    const records = this.#control.splice(0);
    const body = this.#fill(records);
    if (records.length === 0) return;
    const seq = ++this.#seq;
    const head = wire.writePacket({ kind: wire.DATA, seq, ack, records }, body !== undefined);
    const packet = { seq, head, body, sentAt: this.#clock.elapsed() };
    this.#unacked.push(packet);
    this.#unackedBytes += sizeOf(packet);
    this.#resend = this.#unacked.length;
    return packet;
  }

  #channel(key: string): OutChannel {
    const known = this.#channels.get(key);
    if (known !== undefined) return known;
    const id = this.#nextId++;
    const channel = {
      id,
      frames: new Queue<OutFrame | 'close'>(),
      offset: 0,
      spent: 0,
      limit: this.#window,
      queued: 0,
      drained: [],
    };
    this.#channels.set(key, channel);
    this.#byId.set(id, channel);
    this.#control.push(wire.record(wire.OPEN, id, 0, new TextEncoder().encode(key)));
    return channel;
  }

  /** Adds records, a frame of each channel in turn, until the packet is full. Returns the body, if it has one. */
  #fill(records: wire.Rec[]): Uint8Array | undefined {
    let room = wire.PACK_BYTES;
    let blocked = 0;
    while (room > 0 && blocked < this.#turns.length) {
      const channel = this.#turns.shift()!;
      const frame = channel.frames.first!;
      if (frame === 'close') {
        records.push(wire.record(wire.CLOSE, channel.id));
        this.#byId.delete(channel.id);
        continue;
      }
      if (channel.spent >= channel.limit) {
        this.#turns.push(channel);
        blocked += 1;
        continue;
      }
      blocked = 0;
      const { body, bytes } = this.#take(channel, frame, records);
      if (channel.frames.length > 0) this.#turns.push(channel);
      if (body !== undefined) return body;
      room -= bytes + wire.RECORD_HEADER;
    }
    if (this.#bye === 'wanted' && this.#turns.length === 0) {
      this.#bye = 'sent';
      records.push(wire.record(wire.BYE, 0));
    }
  }

  #take(
    channel: OutChannel,
    frame: OutFrame,
    records: wire.Rec[],
  ): { body: Uint8Array | undefined; bytes: number } {
    const total = frame.bytes.byteLength;
    const { offset } = channel;
    const chunk = this.#pace.chunk;
    const part = total <= chunk && offset === 0 ? frame.bytes : frame.bytes.subarray(offset, offset + chunk);
    const size = part.byteLength;
    if (size === total) records.push(wire.record(wire.FRAME, channel.id, frame.tag, part));
    else records.push(wire.record(wire.CHUNK, channel.id, frame.tag, part, total, offset));
    channel.spent += wire.partCost(size, offset);
    channel.queued -= size;
    channel.offset = offset + size;
    if (channel.offset === total) {
      channel.frames.shift();
      channel.offset = 0;
    }
    if (channel.queued <= SEND_AHEAD) for (const resolve of channel.drained.splice(0)) resolve();
    return { body: size > INLINE_BYTES ? part : undefined, bytes: size };
  }
}

const sizeOf = (packet: Outgoing): number => packet.head.byteLength + (packet.body?.byteLength ?? 0);
