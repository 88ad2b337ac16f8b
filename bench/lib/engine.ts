/** @file What can be measured: engines that run a workload, ours and the peers, each in processes of its own. */

import type { Net } from './net.ts';
import type { Workload } from './workloads.ts';

/** By the flag: what `beaver_type` it is, and how reports call it. */
export const DEALERS = {
  first: { beaver: 'TrustedFirstParty', said: 'dealer within the first party' },
  third: { beaver: 'TrustedThirdParty', said: 'third-party dealer' },
  none: { beaver: 'MultiParty', said: 'no dealer' },
} as const;
export type DealerKind = keyof typeof DEALERS;

export interface Setting {
  readonly net: Net;
  readonly parties: number;
  readonly field: 'FM64' | 'FM128';
  /** The dealer: within the first party, a machine that sees no data, or nobody: two parties make their material between them. */
  readonly dealer: DealerKind;
}

/** A workload that an engine has compiled, with its inputs shared: from here on, time counts. */
export interface Standing {
  /** Seconds from secret inputs to a secret result; TooLong after `limitSeconds`. */
  run(limitSeconds: number): Promise<number>;
  /** By rank, what else there is to know; the processes end. */
  end(): Promise<readonly Readonly<Record<string, number>>[]>;
  kill(): void;
  /** What the reader of the row should know. */
  readonly note?: string;
}

/** The millionaires' program, ready to be started: as often as is wanted. */
export interface Startup {
  /** Seconds from the start of its processes to the answer. */
  run(): Promise<number>;
  end(): void;
}

export interface Engine {
  readonly name: string;
  /** What it takes to run it here; undefined if it is there. */
  missing(): Promise<string | undefined>;
  /** undefined: it has no such program or no such setting. */
  start(w: Workload, s: Setting): Promise<Standing | undefined>;
  millionaires?(): Promise<Startup>;
}
