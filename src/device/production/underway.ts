/**
 * @file Operations that this party has begun and not ended: while there are any the program is kept from ending, and the
 * oldest of them is given up when it takes longer than `crossSilo.opTimeoutMs`.
 */
import { atEventLoop } from '../../link/tick.ts';
import type { Op } from '../operation.ts';

export interface UnderwayEvents {
  /** Something is under way, or nothing is. */
  busy(on: boolean): void;
  /** The oldest operation has taken too long; `awaited`: those whose part is missing. */
  late(op: Op, awaited: readonly string[]): void;
}

interface Entry {
  readonly op: Op;
  readonly awaited: readonly string[];
  /** When it had become the oldest: those behind it wait for it. */
  oldestSince: number | undefined;
}

export class Underway {
  readonly #limitMs: number | undefined;
  readonly #events: UnderwayEvents;
  readonly #entries = new Set<Entry>();
  #busy = true;
  #checkDue = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(limitMs: number | undefined, events: UnderwayEvents) {
    this.#limitMs = limitMs;
    this.#events = events;
    this.#checkSoon();
  }

  /** `work`, which is under way until it settles. `awaited`: the parties without whom it cannot end; none for own work. */
  track<T>(op: Op, awaited: readonly string[], work: Promise<T>): Promise<T> {
    const entry: Entry = { op, awaited, oldestSince: undefined };
    this.#entries.add(entry);
    if (!this.#busy) this.#turn(true);
    this.#watch();
    const ended = (): void => {
      this.#entries.delete(entry);
      if (this.#entries.size === 0) this.#checkSoon();
      else this.#watch();
    };
    work.then(ended, ended);
    return work;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#entries.clear();
  }

  /** The program may go on with another operation in this very turn. */
  #checkSoon(): void {
    if (this.#checkDue) return;
    this.#checkDue = true;
    atEventLoop(() => {
      this.#checkDue = false;
      if (this.#entries.size === 0 && this.#busy) this.#turn(false);
    });
  }

  #turn(on: boolean): void {
    this.#busy = on;
    this.#events.busy(on);
  }

  /** The oldest operation that waits for others. */
  #oldest(): Entry | undefined {
    for (const entry of this.#entries) if (entry.awaited.length > 0) return entry;
    return undefined;
  }

  #watch(): void {
    if (this.#limitMs === undefined) return;
    const oldest = this.#oldest();
    if (oldest === undefined || oldest.oldestSince !== undefined) return;
    oldest.oldestSince = Date.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(oldest), this.#limitMs);
  }

  /** This program may have stood still itself: what has come meanwhile is heard first. */
  #look(entry: Entry): void {
    atEventLoop(() =>
      atEventLoop(() => {
        if (this.#entries.has(entry)) this.#events.late(entry.op, entry.awaited);
      }),
    );
  }
}
