/** @file What a run of a job gives at a party. */
import type { Tensor, Watched } from '../ops/graph.ts';
import type { OpProfile } from './party-run.ts';

export interface RunStats {
  readonly rounds: number;
  /** Payload bytes sent to all peers together. */
  readonly bytes: number;
  /** Bytes of corrections that rank 0 used (0 elsewhere). */
  readonly dealerBytes: number;
  readonly ms: number;
  readonly ops: Readonly<Record<string, OpProfile>>;
}

/** An op at which numbers left the range, and the number of the job in which they did. */
export interface Left extends Watched {
  readonly job: number;
}

export interface RunResult {
  /** Per output: the decoded public value where the job asks for it and this party may know it. */
  readonly revealed: readonly (Tensor | undefined)[];
  readonly stats: RunStats;
  /**
   * The first op at which numbers left the range, in a program that is watched, or in one that made its inputs. Then nothing is
   * revealed, and what the job would have made is not to be used.
   */
  readonly left?: Left;
}
