/** @file How far programs of an SPU are: what is told while they run. */

import type { Length } from '../ir/compile/rounds.ts';
import type { JobProgress } from '../ir/run/progress.ts';
import { calledAs } from './failing.ts';
import type { Op } from './operation.ts';

/** How far one program is. Counts are those of the party that tells: rank 0's, or in production this party's own. */
export interface Progress {
  /** What was called: `function "train"`, or `function at train.ts:12` where it has no name. */
  readonly what: string;
  /** The call's number in its session, and its line. */
  readonly op: number;
  readonly site?: string | undefined;
  /** The operation at work: `matmul`, `less`. */
  readonly at?: string | undefined;
  /** Operations that have run, and how many there are (the most, where a loop ends by a revealed condition). */
  readonly ops: number;
  readonly opsInAll: number;
  /** Rounds that are over, and how many there are by the plan. */
  readonly rounds: number;
  readonly roundsInAll: number;
  /** Bytes that this party has sent for the program. */
  readonly bytes: number;
  /** Milliseconds since it began. */
  readonly ms: number;
  /** Milliseconds that are left by the plan: its rounds at the pace of those before, its operations likewise. Undefined at the beginning. */
  readonly remainingMs?: number | undefined;
  /** It has ended well: the last that is told. */
  readonly done: boolean;
}

export type ProgressListener = (progress: Progress) => void;

/** What is left of a program: its rounds take what waiting for those before has taken, its operations what computing has. */
const remaining = ({ ms, waitedMs, rounds, ops }: JobProgress, all: Length): number | undefined =>
  rounds === 0 || ops === 0
    ? undefined
    : (waitedMs / rounds) * Math.max(0, all.rounds - rounds) +
      ((ms - waitedMs) / ops) * Math.max(0, all.ops - ops);

/** What a party has done, of a program that is so long. */
export const progressOf = (op: Op, job: JobProgress, all: Length): Progress => {
  const { at, ops, rounds, bytes, ms, done } = job;
  return {
    what: calledAs(op),
    op: op.number,
    site: op.site,
    at,
    ops: done ? all.ops : Math.min(ops, all.ops),
    opsInAll: all.ops,
    rounds,
    roundsInAll: done ? rounds : Math.max(all.rounds, rounds),
    bytes,
    ms,
    remainingMs: done ? 0 : remaining(job, all),
    done,
  };
};
