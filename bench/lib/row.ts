/** @file What a benchmark reports. */

import type { DealerKind } from './engine.ts';

/** One line of `npm run bench -- --json`. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly value: number | null;
  /** The same elsewhere, in the same unit: C++ for kernels, a peer or float64 for programs. null: nothing to compare with. */
  readonly baseline: number | null;
  /** value / baseline: above 1 we are slower. */
  readonly ratio: number | null;
  /** What the baseline is. */
  readonly against?: string;
  /** Runs or calls of ours that were timed, and the least and most of them in the same unit. */
  readonly runs?: number;
  readonly least?: number;
  readonly most?: number;
  /** Why nothing was measured. */
  readonly skipped?: string;
  /** What the reader should know of the comparison. */
  readonly note?: string;
}

/** A row of a program: the times of one engine beside those of another, or of float64. */
export interface ProgramRow extends Row {
  readonly workload: string;
  readonly size: string;
  readonly net: string;
  readonly parties: number;
  readonly field: string;
  readonly dealer: DealerKind;
  readonly runs: number;
  readonly least: number;
  readonly most: number;
  /** The first run, which traces and compiles. */
  readonly first: number;
  readonly rounds: number;
  /** Sent by the party that sends most. */
  readonly bytes: number;
  readonly dealerBytes: number;
  /** Dealing by itself, on one core. */
  readonly dealerSeconds: number;
  /** The most ring memory that a party had in use, and the most memory that a party's process took, in bytes. */
  readonly memory: number;
  readonly rss: number;
  /** The same program on plain float64 arrays. */
  readonly plainSeconds: number;
  /** The largest difference from the result in float64, absolute below 1 and relative above; where it is measured. */
  readonly error?: number;
  /** The peer's: what its first party sent, messages that it sent, and the error. */
  readonly theirBytes?: number;
  readonly theirMessages?: number;
  readonly theirError?: number;
  /** Times of the peer, as ours; `theirRss` is the most memory of its processes. */
  readonly theirRuns?: number;
  readonly theirLeast?: number;
  readonly theirMost?: number;
  readonly theirRss?: number;
}
