/** @file A simulated connection: its two ends, and what happens to it on the way. */
import type { Socket, SocketEvents } from '../../src/link/connection.ts';
import type { Chance } from './chance.ts';
import type { Process, World } from './world.ts';

/** What lies between two hosts. */
export interface Path {
  latencyMs: number;
  bytesPerMs: number;
  /** Nothing passes until then; what is under way waits, as TCP sends it again. */
  stalledUntil: number;
  /** So many of the next connections end after a few messages. */
  hangUps: number;
  hangUpAfter: number;
}

/** Bytes that a socket takes at once, whether they pass or not. */
const KERNEL_BYTES = 64 * 1024;

/** Of ws: how long the other side may take to agree to the end. */
const CLOSE_MS = 2_000;

export const LONGEST_WAY_MS = 150;

/** Messages of a handshake that somebody may have overheard. */
const SAID = 3;

/** What comes within so long may have been read from the kernel already. */
const READ_AHEAD_MS = 1;

/** On each message, for its frame and those of TCP. */
const FRAME_BYTES = 40;

export type Item = { readonly bytes: Uint8Array | undefined; readonly start: number; readonly due: number };

/** One end of a connection; `other` is where its bytes go. */
export class End implements Socket {
  readonly process: Process;
  readonly #wire: Wire;
  other!: End;
  #events: SocketEvents | undefined;
  #early: ((events: SocketEvents) => void)[] = [];
  /** On the way to this end. */
  #coming: Item[] = [];
  #pumping = false;
  #came = 0;
  #busyUntil = 0;
  /** Nothing more comes here, and nobody tells. */
  deaf = false;
  open = true;
  #closing = false;

  constructor(process: Process, wire: Wire) {
    this.process = process;
    this.#wire = wire;
  }

  get arrived(): number {
    const head = this.#coming[0];
    const { world, path } = this.#wire;
    if (head?.bytes === undefined || this.deaf || path.stalledUntil > world.time) return this.#came;
    const part = Math.min(1, Math.max(0, (world.time - head.start) / (head.due - head.start || 1)));
    return this.#came + Math.floor(part * head.bytes.length);
  }

  listen(events: SocketEvents): void {
    this.#events = events;
    for (const run of this.#early.splice(0)) run(events);
  }

  #deliver(run: (events: SocketEvents) => void): void {
    if (!this.process.alive) return;
    if (this.#events === undefined) this.#early.push(run);
    else run(this.#events);
  }

  send(message: Uint8Array, left: () => void): void {
    const { world, path } = this.#wire;
    if (!this.process.alive) return;
    if (!this.open || this.#closing) {
      this.process.after(0, left);
      return;
    }
    const size = message.length + FRAME_BYTES;
    const start = Math.max(world.time, this.#busyUntil);
    this.#busyUntil = start + size / path.bytesPerMs;
    const waiting = (this.#busyUntil - world.time) * path.bytesPerMs;
    const stuck = this.other.deaf || path.stalledUntil > world.time;
    const leaves = waiting <= KERNEL_BYTES ? 0 : stuck ? undefined : this.#busyUntil - world.time;
    if (leaves !== undefined) this.process.after(leaves, left);
    const bytes = message.slice();
    this.other.#come(bytes, start, this.#busyUntil);
    this.#wire.passed(this, bytes);
  }

  #come(bytes: Uint8Array | undefined, start: number, sent: number): void {
    if (this.deaf || !this.open) return;
    this.#coming.push({ bytes, start, due: sent + this.#wire.latencyMs });
    this.#pump();
  }

  /** The first of what is on the way comes next, whatever happens: so nothing overtakes anything. */
  #pump(): void {
    const head = this.#coming[0];
    if (this.#pumping || head === undefined) return;
    this.#pumping = true;
    const { world, path, latencyMs } = this.#wire;
    const due = Math.max(head.due, path.stalledUntil > world.time ? path.stalledUntil + latencyMs : 0);
    world.after(due - world.time, () => {
      this.#pumping = false;
      if (this.deaf || !this.open || this.#coming[0] !== head) return;
      if (path.stalledUntil > world.time) {
        this.#pump();
        return;
      }
      if (this.process.frozen > 0) {
        this.#pumping = true;
        world.after(this.process.frozen, () => {
          this.#pumping = false;
          this.#arrive(head);
        });
        return;
      }
      this.#arrive(head);
    });
  }

  #arrive(item: Item): void {
    if (this.#coming[0] !== item || this.deaf || !this.open) return;
    if (this.process.frozen > 0) {
      this.#pump();
      return;
    }
    this.#coming.shift();
    const { bytes } = item;
    if (bytes === undefined) {
      this.ended(this.#closing ? 'closed (1000)' : 'closed (1006)');
      this.other.#come(undefined, 0, this.#wire.world.time);
    } else {
      this.#came += bytes.length;
      this.#deliver((events) => events.message(bytes, true));
    }
    this.#pump();
  }

  /** This end learns that it is over. */
  ended(why: string): void {
    if (!this.open) return;
    this.open = false;
    this.#coming = [];
    this.#wire.left();
    this.process.after(0, () => this.#deliver((events) => events.close(why)));
  }

  close(): void {
    if (!this.open || this.#closing || !this.process.alive) return;
    this.#closing = true;
    this.other.#come(undefined, 0, Math.max(this.#busyUntil, this.#wire.world.time));
    this.process.after(CLOSE_MS, () => this.terminate());
  }

  terminate(): void {
    if (!this.open || !this.process.alive) return;
    // What the process has read from its kernel it will still see.
    const { world, chance } = this.#wire;
    const near = this.#coming.filter(({ due }) => due < world.time + READ_AHEAD_MS).length;
    for (const { bytes } of this.#coming.slice(0, chance.whole(0, near)))
      if (bytes !== undefined)
        this.process.after(0, () => this.#deliver((events) => events.message(bytes, true)));
    this.ended('closed (1006)');
    this.hangUp();
  }

  /** The kernel ends the connection: behind what was sent, or at once, in which case that may be lost. */
  hangUp(): void {
    const { world, chance, latencyMs } = this.#wire;
    if (this.other.deaf || !this.other.open) return;
    if (chance.hit(0.3)) this.other.reset(latencyMs);
    else this.other.#come(undefined, 0, Math.max(this.#busyUntil, world.time));
  }

  /** What was on its way is lost. */
  reset(afterMs: number): void {
    const { world, path } = this.#wire;
    world.after(Math.max(afterMs, path.stalledUntil - world.time), () => {
      if (!this.deaf) this.ended('read ECONNRESET');
    });
  }
}

/** A connection. */
export class Wire {
  readonly world: World;
  readonly path: Path;
  readonly chance: Chance;
  readonly latencyMs: number;
  readonly ends: readonly [End, End];
  readonly #forget: (wire: Wire) => void;
  #cutAfter: number;

  constructor(
    world: World,
    path: Path,
    chance: Chance,
    processes: readonly [Process, Process],
    latencyMs: number,
    forget: (wire: Wire) => void,
  ) {
    this.world = world;
    this.path = path;
    this.chance = chance;
    this.latencyMs = latencyMs;
    this.#forget = forget;
    this.ends = [new End(processes[0], this), new End(processes[1], this)];
    this.ends[0].other = this.ends[1];
    this.ends[1].other = this.ends[0];
    this.#cutAfter = Number.POSITIVE_INFINITY;
    if (path.hangUps > 0) {
      path.hangUps -= 1;
      this.#cutAfter = path.hangUpAfter;
    }
  }

  /** What the dialling end has said first. */
  readonly said: Uint8Array[] = [];

  /** A message was sent. */
  passed(end: End, message: Uint8Array): void {
    if (end === this.ends[0] && this.said.length < SAID) this.said.push(message);
    if (--this.#cutAfter === 0) this.world.after(this.latencyMs * this.chance.next(), () => this.cut());
  }

  left(): void {
    if (!this.ends[0].open && !this.ends[1].open) this.#forget(this);
  }

  /** It breaks; both ends learn of it, not at the same time. */
  cut(): void {
    for (const end of this.ends) end.reset(this.chance.next() * 2 * this.latencyMs);
  }

  /** It goes on at one end only, or at both, but nothing passes any more. */
  breakUnseen(both: boolean): void {
    const [first, second] = this.chance.hit(0.5) ? this.ends : [this.ends[1], this.ends[0]];
    first.deaf = true;
    second.deaf = true;
    if (!both) this.world.after(this.latencyMs, () => second.ended('read ECONNRESET'));
  }
}
