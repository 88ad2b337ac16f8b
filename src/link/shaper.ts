/** @file A link with a given latency and bandwidth, over any other: wide-area behaviour for tests and benches. */
import { fail } from '../errors.ts';
import type { Channel, LinkStats, Transport } from './link.ts';
import { Handover } from './mailbox.ts';
import { atEventLoop } from './tick.ts';

export interface ShapeOptions {
  /** Time that a frame and its answer take together; each direction takes half. */
  readonly rttMs?: number;
  /** Megabits (10^6) a second, for each pair and direction. Without it: unlimited. */
  readonly bandwidthMbit?: number;
}

/** Bytes that may wait for the wire before `send` asks its caller to wait. */
const SEND_AHEAD = 4 * 1024 * 1024;

/** Timers fire up to a millisecond late; below this the rest of the time is spent polling. */
const POLL_MS = 1.5;

interface Held {
  readonly due: number;
  deliver(): Promise<void> | void;
}

/** One direction of one pair: a wire that carries one frame at a time, then the latency. */
class Pipe {
  readonly #msPerByte: number;
  readonly #delayMs: number;
  #wireFree = 0;
  #held: Held[] = [];
  #running = false;

  constructor(options: ShapeOptions) {
    this.#delayMs = (options.rttMs ?? 0) / 2;
    this.#msPerByte = options.bandwidthMbit === undefined ? 0 : 8 / (options.bandwidthMbit * 1000);
  }

  get empty(): boolean {
    return this.#held.length === 0;
  }

  push(bytes: number, deliver: () => Promise<void> | void): Promise<void> | void {
    const now = performance.now();
    this.#wireFree = Math.max(now, this.#wireFree) + bytes * this.#msPerByte;
    this.#held.push({ due: this.#wireFree + this.#delayMs, deliver });
    if (!this.#running) {
      this.#running = true;
      this.#wait();
    }
    const ahead = this.#wireFree - now - SEND_AHEAD * this.#msPerByte;
    if (ahead > 0) return new Promise((resolve) => setTimeout(resolve, ahead));
  }

  #wait(): void {
    const head = this.#held[0];
    if (head === undefined) {
      this.#running = false;
      return;
    }
    const left = head.due - performance.now();
    if (left > POLL_MS) setTimeout(() => this.#wait(), left - POLL_MS + 0.5);
    else if (left > 0) atEventLoop(() => this.#wait());
    else this.#release();
  }

  /** Everything that is due leaves in the order in which it was sent. */
  #release(): void {
    const now = performance.now();
    while (this.#held[0] !== undefined && this.#held[0].due <= now) {
      const { deliver } = this.#held.shift()!;
      const blocked = deliver();
      if (blocked instanceof Promise) {
        blocked.then(
          () => this.#wait(),
          () => this.#wait(),
        );
        return;
      }
    }
    this.#wait();
  }
}

class ShapedChannel implements Channel {
  readonly #inner: Channel;
  readonly #pipes: ReadonlyMap<string, Pipe>;
  readonly #handover: Handover;

  constructor(inner: Channel, pipes: ReadonlyMap<string, Pipe>, handover: Handover) {
    this.#inner = inner;
    this.#pipes = pipes;
    this.#handover = handover;
  }

  get self(): string {
    return this.#inner.self;
  }
  get peers(): readonly string[] {
    return this.#inner.peers;
  }
  get stats(): LinkStats {
    return this.#inner.stats;
  }

  send(to: string, tag: number, bytes: Uint8Array): Promise<void> | void {
    const pipe = this.#pipes.get(to);
    if (pipe === undefined) return this.#inner.send(to, tag, bytes);
    const owned = this.#handover.take(bytes);
    return pipe.push(owned.byteLength, () => {
      try {
        return this.#inner.send(to, tag, owned);
      } catch {
        // The link failed or closed while the frame was on its way: `recv` and the next `send` say so.
      }
    });
  }

  recv(from: string, tag: number): Promise<Uint8Array> {
    return this.#inner.recv(from, tag);
  }

  notice(from: string, onFrame: (tag: number) => void): void {
    this.#inner.notice(from, onFrame);
  }

  close(): void {
    this.#inner.close();
  }
}

/**
 * Delays every frame that `transport` sends; wrap both ends to shape both directions. Frames of one pair stay in
 * order. Headers are not counted, so that results do not depend on the transport underneath.
 */
export const shape = <T extends Transport>(transport: T, options: ShapeOptions): T => {
  const { rttMs = 0, bandwidthMbit = Number.POSITIVE_INFINITY } = options;
  if (!(rttMs >= 0)) fail('INVALID_ARGUMENT', `rttMs is a time in milliseconds; got ${rttMs}`);
  if (!(bandwidthMbit > 0)) fail('INVALID_ARGUMENT', `bandwidthMbit is above 0; got ${bandwidthMbit}`);
  const pipes = new Map(
    transport.parties.filter((p) => p !== transport.self).map((p) => [p, new Pipe(options)]),
  );
  const handover = new Handover();
  const drained = async () => {
    while ([...pipes.values()].some((pipe) => !pipe.empty)) await new Promise((r) => setTimeout(r, 1));
  };
  return new Proxy(transport, {
    get(target, property) {
      if (property === 'channel') {
        return (name: string, peers: readonly string[]) =>
          new ShapedChannel(target.channel(name, peers), pipes, handover);
      }
      if (property === 'close') return () => drained().then(() => target.close());
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
};
