/**
 * @file The session of a pair of parties: a sequence of numbered packets that survives the connections which carry it. A dropped
 * connection is replaced; what the peer had not acknowledged is sent again, and what came twice is dropped.
 */
import { fail, TesseraError } from '../errors.ts';
import { type Clock, clock } from './clock.ts';
import { controlCodec } from './codec.ts';
import { type AbortReason, closedThere, type Failure, heardReason, peerLost } from './failures.ts';
import { Intake, type IntakeTarget } from './intake.ts';
import type { ChannelTable } from './mailbox.ts';
import { Outbox } from './outbox.ts';
import * as wire from './packets.ts';
import type { PacketPipe, SessionEvents, SessionOptions } from './session-events.ts';

/** Bytes that may wait in a connection before packets wait here instead. */
const CONNECTION_AHEAD = 1024 * 1024;
/** An acknowledgement is sent on its own after this much; else it rides on the next packet or heartbeat. */
const ACK_BYTES = 1024 * 1024;
const ACK_PACKETS = 64;
/** A connection is dead, and replaced, that is silent for so many heartbeats and this part of peerTimeoutMs: who computes is silent, too. */
const DEAD_AFTER = 4;
const DEAD_PART = 1 / 4;
/** A peer whose function runs, and keeps it from answering for so many heartbeats, is sent none. */
const MUTE_AFTER = 2;
const FINISH_POLL_MS = 100;

export class PeerSession {
  readonly peer: string;
  readonly #options: SessionOptions;
  readonly #table: ChannelTable;
  readonly #events: SessionEvents;
  readonly #intake: Intake;
  readonly #clock: Clock;
  #outbox: Outbox | undefined;
  /** What was sent before the peer was met; without bytes: the channel was closed. */
  #early: { key: string; tag: number; bytes: Uint8Array | undefined; done: () => void }[] = [];
  /** Why this party ends, where that was said before the peer was met. */
  #earlyEnd: AbortReason | undefined;
  #pipe: PacketPipe | undefined;
  /** The other end's session, once known. */
  #peerInstance: Uint8Array | undefined;
  /** Monotonic time, as in all fields that follow. */
  #seen: number | undefined;
  /** When the last packet came, and bytes of the connection at the last look. */
  #lastPacket: number;
  #arrived = 0;
  #lastSent = 0;
  /** When the last connection ended. */
  #left = 0;
  #unackedBytes = 0;
  #unackedPackets = 0;
  #pumpDue = false;
  #statusDue = false;
  /** A function of the peer's program runs: as long as its machine keeps the connection, its silence says nothing. */
  #computes = false;
  #over: Failure | undefined;
  #byeReceived = false;
  /** Its process has said that it ends: it does not come back to this session. */
  #leaves = false;
  #byeSaid = false;
  #finished: (() => void)[] = [];

  constructor(
    peer: string,
    table: ChannelTable,
    options: SessionOptions,
    events: SessionEvents,
    time = clock,
  ) {
    this.peer = peer;
    this.#clock = time;
    this.#lastPacket = time.elapsed();
    this.#table = table;
    this.#options = options;
    this.#events = events;
    this.#intake = new Intake(this.#target(), options);
  }

  get connected(): boolean {
    return this.#pipe !== undefined;
  }
  get everConnected(): boolean {
    return this.#peerInstance !== undefined;
  }
  get peerInstance(): Uint8Array | undefined {
    return this.#peerInstance;
  }
  get received(): number {
    return this.#intake.received;
  }
  /** Milliseconds since 1970. */
  get lastSeen(): number | undefined {
    if (this.#seen === undefined) return undefined;
    return Math.round(this.#clock.now() - (this.#clock.elapsed() - this.#seen));
  }
  /** No connection is wanted any more. */
  get over(): boolean {
    return this.#over !== undefined || this.#byeReceived;
  }
  /** How long there has been no connection. */
  get absentMs(): number {
    return this.#pipe === undefined ? this.#clock.elapsed() - this.#left : 0;
  }
  /** The end was agreed: both may go. */
  get byeReceived(): boolean {
    return this.#byeReceived;
  }
  /** Bytes kept for the peer. */
  get held(): number {
    return this.#outbox?.held ?? 0;
  }

  send(key: string, tag: number, bytes: Uint8Array): Promise<void> | void {
    if (bytes.byteLength > this.#options.maxFrameBytes) {
      fail(
        'LINK',
        `a frame of ${bytes.byteLength} bytes to "${this.peer}" is over the limit of ${this.#options.maxFrameBytes} (maxFrameBytes; maxMessageBytes in crossSilo)`,
        { party: this.peer, size: bytes.byteLength, limit: this.#options.maxFrameBytes },
      );
    }
    if (this.#outbox === undefined) {
      // The peer's window is known when it is there; until then its first frames make their senders wait.
      return new Promise((done) => this.#early.push({ key, tag, bytes, done }));
    }
    this.#pumpSoon();
    return this.#outbox.add(key, tag, bytes);
  }

  taken(key: string, bytes: number): void {
    this.#intake.taken(key, bytes);
    if (this.#intake.grantsDue) this.#statusSoon();
  }

  waiting(key: string): void {
    this.#intake.waiting(key);
    if (this.#intake.grantsDue) this.#statusSoon();
  }

  channelClosed(key: string): void {
    this.#intake.discard(key);
    if (this.#over !== undefined) return;
    if (this.#outbox === undefined) this.#early.push({ key, tag: 0, bytes: undefined, done: () => {} });
    else this.#outbox.closeChannel(key);
    this.#pumpSoon();
  }

  /** Takes a connection into use. `peerReceived`: what the peer has, so that the rest is sent again. */
  attach(pipe: PacketPipe, peerInstance: Uint8Array, peerWindow: number, peerReceived: number): void {
    this.detach('replaced by a new connection');
    const resumed = this.#peerInstance !== undefined;
    this.#peerInstance = peerInstance;
    if (this.#outbox === undefined) {
      this.#outbox = new Outbox(peerWindow, this.#clock);
      for (const { key, tag, bytes, done } of this.#early.splice(0)) {
        const room = bytes === undefined ? this.#outbox.closeChannel(key) : this.#outbox.add(key, tag, bytes);
        if (room instanceof Promise) room.then(done);
        else done();
      }
      if (this.#earlyEnd !== undefined) this.#outbox.abort(controlCodec.encode(this.#earlyEnd));
      if (this.#byeSaid) this.#outbox.bye();
    }
    this.#outbox.rewind(peerReceived);
    this.#pipe = pipe;
    this.#arrived = pipe.arrived;
    this.#seen = this.#clock.elapsed();
    if (!resumed) this.#lastPacket = this.#seen;
    this.#sendStatus(true);
    this.#pumpSoon();
    this.#events.up(resumed);
  }

  /** Lets go of the connection, if there is one; the session goes on. */
  detach(why: string, expected?: PacketPipe): void {
    if (this.#pipe === undefined || (expected !== undefined && expected !== this.#pipe)) return;
    const pipe = this.#pipe;
    this.#pipe = undefined;
    this.#left = this.#clock.elapsed();
    if (this.#computes) {
      // It was there until now.
      this.#computes = false;
      this.#seen = this.#left;
      this.#lastPacket = this.#left;
    }
    pipe.terminate();
    if (this.#byeReceived)
      this.end(peerLost(this.peer, 'it has closed its link', this.lastSeen), 'closed', true);
    else if (this.#over === undefined) this.#dropped(why);
  }

  /** A connection that ends before a packet came over it is no sign of life: for how long that goes on is limited. */
  #dropped(why: string): void {
    const fruitless = this.#clock.elapsed() - this.#lastPacket;
    if (fruitless <= this.#options.peerTimeoutMs) {
      this.#events.down(why);
      return;
    }
    const text = `for ${Math.round(fruitless / 1000)} s every connection ended before anything had come over it (${why})`;
    this.end(peerLost(this.peer, text, this.lastSeen), text);
  }

  /** A packet has come over the connection. Throws only what should end the session. */
  receive(pipe: PacketPipe, head: Uint8Array, body: Uint8Array | undefined): void {
    if (pipe !== this.#pipe || this.#over !== undefined) return;
    this.#seen = this.#clock.elapsed();
    this.#lastPacket = this.#seen;
    const outbox = this.#outbox!;
    try {
      const packet = wire.readPacket(head, body);
      outbox.acknowledge(packet.ack);
      if (packet.kind === wire.DATA) this.#data(packet, head.byteLength + (body?.byteLength ?? 0));
      else {
        this.#computes = packet.computes === true;
        for (const rec of packet.records) outbox.credit(rec.channel, rec.tag);
      }
    } catch (error) {
      if (error instanceof TesseraError && error.info.gap === true) {
        // Something got lost under us: a new connection brings it again.
        this.detach(error.message);
        return;
      }
      this.end(peerLost(this.peer, (error as Error).message, this.lastSeen), (error as Error).message);
      return;
    }
    this.#settle();
    this.#pumpSoon();
  }

  #data(packet: wire.Packet, size: number): void {
    if (!this.#intake.accept(packet)) return;
    this.#unackedBytes += size;
    this.#unackedPackets += 1;
    const full = this.#unackedBytes >= ACK_BYTES || this.#unackedPackets >= ACK_PACKETS;
    if (full || this.#byeReceived || this.#intake.grantsDue) this.#statusSoon();
  }

  /** Heartbeats and liveness; called a few times per heartbeat. */
  beat(): void {
    const now = this.#clock.elapsed();
    if (this.#over !== undefined || this.#seen === undefined) return;
    const arrived = this.#pipe?.arrived ?? 0;
    // A part of a message is life too: over a slow connection it is all that comes for a while.
    if (arrived > this.#arrived) {
      this.#seen = now;
      this.#lastPacket = now;
    }
    this.#arrived = arrived;
    const silent = now - this.#seen;
    if (this.#pipe === undefined) {
      if (silent > this.#options.peerTimeoutMs && !this.#byeReceived) {
        const why = `no connection for ${Math.round(silent / 1000)} s (peerTimeoutMs is ${this.#options.peerTimeoutMs})`;
        const { peer } = this;
        const lastSeen = this.lastSeen!;
        this.end(this.#events.absent?.(why, lastSeen) ?? peerLost(peer, why, lastSeen), why);
      }
      return;
    }
    const { heartbeatMs, peerTimeoutMs } = this.#options;
    // Nothing is sent to it meanwhile: where all has been acknowledged, the system finds out that a machine is gone.
    if (this.#computes && silent > MUTE_AFTER * heartbeatMs) this.#events.silent?.(silent);
    else if (silent > Math.max(DEAD_AFTER * heartbeatMs, DEAD_PART * peerTimeoutMs)) {
      this.detach(`silent for ${Math.round(silent)} ms`);
    } else if (now - this.#lastSent >= heartbeatMs || this.#unackedPackets > 0) {
      this.#sendStatus(false);
    }
  }

  /** Says at once whether a function of this program runs. Returns whether other bytes have to leave before. */
  tellComputes(): boolean {
    const waits = this.sending;
    this.#sendStatus(false);
    return waits;
  }

  /** Whether bytes wait in the connection. */
  get sending(): boolean {
    return (this.#pipe?.buffered ?? 0) > 0;
  }

  /** The loop of this process stood still for that long: the peer's silence of that time is ours. */
  excuse(ms: number): void {
    const now = this.#clock.elapsed();
    if (this.#seen !== undefined) this.#seen = Math.min(now, this.#seen + ms);
    this.#lastPacket = Math.min(now, this.#lastPacket + ms);
  }

  /** Leaves at once: the process may have no other turn. */
  abort(reason: AbortReason): void {
    if (this.#outbox === undefined) this.#earlyEnd ??= reason;
    else this.#outbox.abort(controlCodec.encode(reason));
    if (this.#pipe !== undefined) this.pump();
  }

  /**
   * Says goodbye behind all that waits; resolves when the peer has it all, is gone for `goneMs`, or has taken nothing
   * for `stalledMs`. Returns the number of bytes that it did not get.
   */
  async finish(goneMs: number, stalledMs: number): Promise<number> {
    this.#byeSaid = true;
    if (this.over || this.#outbox === undefined) return 0;
    const outbox = this.#outbox;
    outbox.bye();
    this.#pumpSoon();
    let finished = false;
    const done = new Promise<void>((resolve) => this.#finished.push(resolve)).then(() => {
      finished = true;
    });
    this.#settle();
    let { held } = outbox;
    let since = this.#clock.elapsed();
    while (!finished) {
      let stop = (): void => {};
      const pause = new Promise<void>((resolve) => {
        stop = this.#clock.after(FINISH_POLL_MS, resolve);
      });
      await Promise.race([done, pause]);
      stop();
      if (outbox.held !== held) {
        held = outbox.held;
        since = this.#clock.elapsed();
      } else if (this.#leaves && !this.connected) break;
      else if (this.#clock.elapsed() - since > (this.connected ? stalledMs : goneMs)) break;
    }
    return finished ? 0 : outbox.held;
  }

  /** The end: nothing is sent or awaited any more. */
  end(failure: Failure, why: string, quiet = false): void {
    if (this.#over !== undefined) return;
    this.#over = failure;
    // The peer's goodbye is waiting for this.
    if (quiet && this.#unackedPackets > 0) this.#sendStatus(false);
    const pipe = this.#pipe;
    this.#pipe = undefined;
    if (quiet) pipe?.close();
    else pipe?.terminate();
    this.#outbox?.release();
    for (const { done } of this.#early.splice(0)) done();
    for (const resolve of this.#finished.splice(0)) resolve();
    this.#events.lost(failure, why);
  }

  /** Called when the connection has room again. */
  pump(): void {
    this.#pumpDue = false;
    while (this.#pipe !== undefined && this.#pipe.buffered < CONNECTION_AHEAD) {
      const packet = this.#outbox!.next(this.#intake.received);
      if (packet === undefined) return;
      this.#acknowledged();
      this.#pipe.send(packet.head, packet.body);
    }
  }

  #pumpSoon(): void {
    if (this.#pumpDue || this.#pipe === undefined) return;
    this.#pumpDue = true;
    this.#clock.atTickEnd(() => this.pump());
  }

  #statusSoon(): void {
    if (this.#statusDue || this.#pipe === undefined) return;
    this.#statusDue = true;
    this.#clock.atTickEnd(() => {
      this.#statusDue = false;
      // A data packet of this tick may have carried the acknowledgement.
      if (this.#unackedPackets > 0 || this.#intake.grantsDue) this.#sendStatus(false);
    });
  }

  #sendStatus(all: boolean): void {
    if (this.#pipe === undefined) return;
    this.#acknowledged();
    const records = this.#intake.grants(all);
    this.#pipe.send(
      wire.writePacket(
        {
          kind: wire.STATUS,
          seq: 0,
          ack: this.#intake.received,
          computes: this.#events.computes?.() === true,
          records,
        },
        false,
      ),
    );
  }

  #acknowledged(): void {
    this.#lastSent = this.#clock.elapsed();
    this.#unackedBytes = 0;
    this.#unackedPackets = 0;
  }

  #settle(): void {
    if (this.#finished.length === 0) return;
    if (this.#outbox?.finished) for (const resolve of this.#finished.splice(0)) resolve();
  }

  #target(): IntakeTarget {
    const { peer } = this;
    return {
      frame: (key, tag, bytes) => this.#table.deliver(peer, key, tag, bytes),
      closed: (key) => this.#table.failChannel(peer, key, closedThere(peer)),
      waits: (key) => this.#table.waitsFor(peer, key),
      abort: (content) => {
        const reason = heardReason(peer, controlCodec.decode(content));
        this.#leaves = reason.code === 'PEER_LOST' && (reason.about ?? peer) === peer;
        this.#events.aborted(reason);
      },
      bye: () => {
        this.#byeReceived = true;
        this.#outbox?.release();
        for (const resolve of this.#finished.splice(0)) resolve();
        this.#events.bye();
      },
    };
  }
}
