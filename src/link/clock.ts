/** @file The time of the link: clocks and timers, and the end of a tick. Those of the runtime, unless a test gives its own. */
import { atTickEnd } from './tick.ts';

export interface Ticker {
  end(): void;
  /** Whether it keeps the program alive. */
  hold(on: boolean): void;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a monotonic clock. */
  elapsed(): number;
  /** Calls `run` once after `ms`; returns what keeps it from being called. `idle`: it does not keep a program alive. */
  after(ms: number, run: () => void, idle?: boolean): () => void;
  /** Calls `run` every `ms`. */
  every(ms: number, run: () => void): Ticker;
  /** Calls `run` once all promise reactions that are due now have run. */
  atTickEnd(run: () => void): void;
}

export const clock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (ms, run, idle = false) => {
    const timer = setTimeout(run, ms) as NodeJS.Timeout | number;
    if (idle && typeof timer === 'object') timer.unref();
    return () => clearTimeout(timer);
  },
  every: (ms, run) => {
    const timer = setInterval(run, ms) as Partial<NodeJS.Timeout>;
    return {
      end: () => clearInterval(timer as NodeJS.Timeout),
      hold: (on) => void (on ? timer.ref?.() : timer.unref?.()),
    };
  },
  atTickEnd,
};
