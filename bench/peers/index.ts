/** @file Other engines that the same workloads run on, where they are installed. */

import type { RunOptions } from '../lib/standalone.ts';
import type { Workload } from '../lib/workloads.ts';
import { spu } from './spu.ts';

export interface Peer {
  /** Why it cannot run here; undefined if it can. */
  missing(): Promise<string | undefined>;
  /** Seconds from secret inputs to a secret result, the median; undefined where it has no such program. */
  run(w: Workload, o: RunOptions): Promise<number | undefined>;
}

export const PEERS: Readonly<Record<string, Peer>> = { spu };
