/** @file What happened when, from the beginning of a cluster: differences between looks at it. What is long ago is kept in wider steps. */
import type { DriverInfo, NodeInfo } from './members.ts';

export interface Moment {
  /** Its end, and how long it took. */
  readonly at: number;
  readonly seconds: number;
  /** Tasks that ended, a second. */
  readonly ended: number;
  readonly queued: number;
  /** Rounds, and kilobytes, of all SPUs, a second. */
  readonly rounds: number;
  readonly kilobytes: number;
}

/** What is looked at. */
export interface Look {
  readonly at: number;
  readonly nodes: readonly Pick<NodeInfo, 'done' | 'failed'>[];
  readonly drivers: readonly Pick<DriverInfo, 'spus'>[];
  readonly queues: readonly { readonly waiting: number }[];
}

/** Where the oldest node keeps it, in the cluster's bucket. */
export const HISTORY = 'history';

const MOST_MOMENTS = 400;

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

const totals = ({ nodes, drivers }: Look) => {
  const spus = drivers.flatMap((d) => d.spus);
  return {
    ended: sum(nodes, (n) => n.done + n.failed),
    rounds: sum(spus, (s) => s.rounds),
    bytes: sum(spus, (s) => s.bytes),
  };
};

const NUMBERS = ['at', 'seconds', 'ended', 'queued', 'rounds', 'kilobytes'] as const;
const tenths = (x: number): number => Math.round(10 * x) / 10;

/** Two that follow each other, as one. */
const joined = (a: Moment, b: Moment): Moment => {
  const seconds = a.seconds + b.seconds;
  const mean = (of: (m: Moment) => number): number =>
    tenths((of(a) * a.seconds + of(b) * b.seconds) / seconds);
  return {
    at: b.at,
    seconds,
    ended: mean((m) => m.ended),
    queued: mean((m) => m.queued),
    rounds: mean((m) => m.rounds),
    kilobytes: mean((m) => m.kilobytes),
  };
};

/** The older half in steps of twice the width. */
const thinned = (moments: readonly Moment[]): Moment[] => {
  const half = moments.length >> 2;
  const old = Array.from({ length: half }, (_, i) => joined(moments[2 * i]!, moments[2 * i + 1]!));
  return [...old, ...moments.slice(2 * half)];
};

/** What was kept as text; nothing where it is not that. */
export const readMoments = (text: string): readonly Moment[] => {
  try {
    const moments = JSON.parse(text) as unknown;
    const right = (m: unknown): boolean =>
      typeof m === 'object' &&
      m !== null &&
      NUMBERS.every((name) => Number.isFinite((m as Record<string, unknown>)[name]));
    return Array.isArray(moments) && moments.length <= MOST_MOMENTS && moments.every(right) ? moments : [];
  } catch {
    return [];
  }
};

export class History {
  #before: Look | undefined;
  #moments: readonly Moment[];

  constructor(moments: readonly Moment[] = []) {
    this.#moments = moments;
  }

  get moments(): readonly Moment[] {
    return this.#moments;
  }

  add(look: Look): void {
    const before = this.#before;
    this.#before = look;
    if (before === undefined || look.at <= before.at) return;
    const seconds = (look.at - before.at) / 1e3;
    const [was, is] = [totals(before), totals(look)];
    // Who leaves takes his counts along.
    const rate = (a: number, b: number): number => tenths(Math.max(0, b - a) / seconds);
    const moment = {
      at: look.at,
      seconds,
      ended: rate(was.ended, is.ended),
      queued: sum(look.queues, (q) => q.waiting),
      rounds: rate(was.rounds, is.rounds),
      kilobytes: rate(was.bytes / 1e3, is.bytes / 1e3),
    };
    const all = [...this.#moments, moment];
    this.#moments = all.length > MOST_MOMENTS ? thinned(all) : all;
  }
}
