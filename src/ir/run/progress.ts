/** @file How far a job is, told about ten times a second to who asked for it. */
import type { Node } from '../ops/graph.ts';

/** What one party has done of a job. */
export interface JobProgress {
  /** The operation at work. */
  readonly at: string | undefined;
  readonly ops: number;
  readonly rounds: number;
  readonly bytes: number;
  readonly ms: number;
  /** Of these, for others. */
  readonly waitedMs: number;
  readonly done: boolean;
}

export type HearProgress = (progress: JobProgress) => void;

const EVERY_MS = 100;

export class ProgressWatch {
  readonly #hear: HearProgress;
  readonly #began = performance.now();
  #told = this.#began;
  #waited = 0;
  #ops = 0;
  #at: string | undefined;

  constructor(hear: HearProgress) {
    this.#hear = hear;
  }

  begun({ op }: Node): void {
    this.#ops++;
    if (op !== 'view') this.#at = op;
  }

  /** So many milliseconds were spent on waiting for others. */
  waited(ms: number): void {
    this.#waited += ms;
  }

  tell(rounds: number, bytes: number, done = false): void {
    const now = performance.now();
    if (!done && now - this.#told < EVERY_MS) return;
    this.#told = now;
    const { ms, waitedMs } = { ms: now - this.#began, waitedMs: this.#waited };
    this.#hear({ at: this.#at, ops: this.#ops, rounds, bytes, ms, waitedMs, done });
  }
}
