/** @file What happened a second: differences between snapshots, of the last two minutes. */
import type { Snapshot } from '../snapshot.ts';

export interface Moment {
  readonly at: number;
  /** Tasks that ended, a second. */
  readonly ended: number;
  readonly waiting: number;
  /** Rounds, and kilobytes, of all SPUs, a second. */
  readonly rounds: number;
  readonly kilobytes: number;
}

const KEPT = 120;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

const totals = ({ nodes, drivers }: Snapshot) => {
  const spus = drivers.flatMap((d) => d.spus);
  return {
    ended: sum(nodes, (n) => n.done + n.failed),
    rounds: sum(spus, (s) => s.rounds),
    bytes: sum(spus, (s) => s.bytes),
  };
};

export class History {
  #before: Snapshot | undefined;
  #moments: readonly Moment[] = [];

  get moments(): readonly Moment[] {
    return this.#moments;
  }

  add(snapshot: Snapshot): void {
    const before = this.#before;
    this.#before = snapshot;
    if (before === undefined || snapshot.at <= before.at) return;
    const seconds = (snapshot.at - before.at) / 1e3;
    const [was, is] = [totals(before), totals(snapshot)];
    // Who leaves takes his counts along.
    const rate = (a: number, b: number): number => Math.max(0, b - a) / seconds;
    const moment = {
      at: snapshot.at,
      ended: rate(was.ended, is.ended),
      waiting: sum(snapshot.queues, (q) => q.waiting),
      rounds: rate(was.rounds, is.rounds),
      kilobytes: rate(was.bytes, is.bytes) / 1e3,
    };
    this.#moments = [...this.#moments, moment].slice(-KEPT);
  }
}
