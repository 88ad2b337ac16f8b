/** @file What a node and its worker threads say to each other. */
import type { MessagePort } from 'node:worker_threads';
import type { SentError } from '../device/messages.ts';

export interface Job {
  /** What is to be done; a method is one of the instance that the thread has constructed. */
  readonly does:
    | { readonly kind: 'function' | 'construct'; readonly url: string; readonly name: string }
    | { readonly kind: 'method'; readonly name: string };
  /** Arguments, encoded, with holes for `refs`. */
  readonly args: Uint8Array;
  readonly refs: readonly Uint8Array[];
  readonly numReturns: number | null;
}

/** A job on its way: `claim` is the cell that says whose it is. */
export interface PostedJob extends Job {
  readonly claim: number;
}

/** Cells of claims, more than a thread ever has jobs. */
export const CLAIMS = 64;
/** Who changes a cell from POSTED has the job. */
export const POSTED = 0;
export const BEGUN = 1;
export const TAKEN_BACK = 2;

export interface ThreadData {
  /** A module that will be needed. */
  readonly preload: string | undefined;
  readonly port: MessagePort;
  readonly claims: Int32Array;
}

/** What a thread says: first, that it is ready. */
export type FromThread = 'ready' | Done;

export type Done = { readonly results: readonly Uint8Array[] } | { readonly error: SentError };
