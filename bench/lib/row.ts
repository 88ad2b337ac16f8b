/** @file What a benchmark reports. */

import type { OpStats } from '../../src/index.ts';

/** One line of `npm run bench -- --json`. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** The same elsewhere, in the same unit: C++ for kernels, a peer or float64 for programs. null: nothing to compare with. */
  readonly baseline: number | null;
  /** value / baseline: above 1 we are slower. */
  readonly ratio: number | null;
  /** What the baseline is. */
  readonly against?: string;
  readonly [more: string]: unknown;
}

/** A workload's run. */
export interface Work {
  /** Median, least and most of the measured runs. */
  readonly seconds: number;
  readonly least: number;
  readonly most: number;
  /** The first run, which traces and compiles. */
  readonly first: number;
  readonly rounds: number;
  /** Sent by the party that sends most. */
  readonly bytes: number;
  readonly dealerBytes: number;
  /** The most ring memory that was in use, all parties together. */
  readonly memory: number;
  /** The same program on plain float64 arrays. */
  readonly plainSeconds: number;
  readonly ops: readonly OpStats[];
}
