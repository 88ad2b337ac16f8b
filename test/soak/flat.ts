/** @file Memory, descriptors and threads of processes over time, and whether they are flat. Where there is /proc. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface Sample {
  /** Resident, in MB. */
  readonly memory: number;
  readonly descriptors: number;
  readonly threads: number;
}

export const CAN_SAMPLE = existsSync('/proc/self/status');

const sample = (pid: number): Sample | undefined => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const number = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]);
    return {
      memory: number('VmRSS') / 1024,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      threads: number('Threads'),
    };
  } catch {
    return undefined;
  }
};

/** The first part of a run, in which caches fill and engines are compiled. */
const WARM_UP = 0.4;

/** By how much a figure may rise from the first half of what follows to the second. */
const ROOM: Readonly<Record<keyof Sample, (mean: number) => number>> = {
  // A heap that is collected now and then goes up and down.
  memory: (mean) => 16 + mean * 0.1,
  descriptors: () => 2.5,
  threads: () => 1.5,
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** What rises, in words; none if all is flat. */
export const rising = (samples: readonly Sample[]): string[] => {
  const steady = samples.slice(Math.floor(samples.length * WARM_UP));
  const middle = steady.length >> 1;
  if (middle < 5) return [`too few samples: ${samples.length}`];
  return (Object.keys(ROOM) as (keyof Sample)[]).flatMap((what) => {
    const values = steady.map((one) => one[what]);
    const [before, after] = [median(values.slice(0, middle)), median(values.slice(middle))];
    const rise = after - before;
    return rise > ROOM[what](before) ? [`${what} went from ${before.toFixed(1)} to ${after.toFixed(1)}`] : [];
  });
};

/** Watches processes until `stop`. */
export class Watch {
  readonly #samples = new Map<string, Sample[]>();
  readonly #timer: NodeJS.Timeout;

  constructor(pids: () => Readonly<Record<string, number>>, everyMs: number) {
    this.#timer = setInterval(() => {
      for (const [name, pid] of Object.entries(pids())) {
        const one = sample(pid);
        if (one) this.#samples.set(name, [...(this.#samples.get(name) ?? []), one]);
      }
    }, everyMs);
  }

  /** By process: what rises. */
  stop(): Record<string, string[]> {
    clearInterval(this.#timer);
    return Object.fromEntries([...this.#samples].map(([name, samples]) => [name, rising(samples)]));
  }

  /** The last of each process, for the report. */
  get last(): Record<string, Sample> {
    return Object.fromEntries([...this.#samples].map(([name, samples]) => [name, samples.at(-1)!]));
  }
}
