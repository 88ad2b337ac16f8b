/** @file What the driver of a simulation and the threads of its SPUs say to each other. */
import { type ErrorCode, TesseraError } from '../errors.ts';
import type { LinkMeasure } from '../ir/compile/plan.ts';
import type { Graph, Tensor } from '../ir/ops/graph.ts';
import type { Exported } from '../ir/run/export.ts';
import type { Job } from '../ir/run/job.ts';
import type { JobProgress } from '../ir/run/progress.ts';
import type { Left, RunStats } from '../ir/run/run-result.ts';
import type { ShapeOptions } from '../link/shaper.ts';
import type { FieldName } from '../ring/field.ts';

/** What a thread is told at its start, beside its ports to the others. */
export interface Duty {
  readonly kind: 'party' | 'dealer';
  readonly self: string;
  readonly rank: number;
  /** By rank. */
  readonly parties: readonly string[];
  /** The name of the dealer's thread, if there is one. */
  readonly dealer: string | undefined;
  /** Two parties make their material between them. */
  readonly together: boolean;
  readonly field: FieldName;
  readonly fraction: number;
  /** Raw numbers that enter the SPU are below 2 to this power. */
  readonly inputBits: number;
  readonly link: ShapeOptions | undefined;
  /** Bytes a second between the parties, if the SPU's definition says so. */
  readonly bandwidth: number | undefined;
  /** Measure the link between the parties, and tell the driver. */
  readonly measure: boolean;
  /** Bytes that arrays may take; all that WebAssembly gives if absent. */
  readonly maxBytes: number | undefined;
  /** Threads of this party for large operations; if absent, all cores, where an operation is long enough. */
  readonly threads: number | undefined;
  /** Tell the driver what arrives from the other parties. */
  readonly watched: boolean;
}

/** A job as it is sent: graphs go over once and are then meant by number. */
export type SentJob = Omit<Job, 'graph'> & { readonly graph: number };

export type ToThread =
  | { readonly kind: 'graph'; readonly id: number; readonly graph: Graph }
  | { readonly kind: 'forget'; readonly id: number }
  | {
      readonly kind: 'job';
      readonly number: number;
      readonly job: SentJob;
      readonly privates: ReadonlyMap<number, Tensor>;
      /** Private inputs that were described there before: [name, key, leaf]. */
      readonly sources?: readonly (readonly [number, string, number])[];
      /** Does this thread give revealed values back? */
      readonly answers: boolean;
      /** Does it tell how far it is? */
      readonly tells: boolean;
    }
  | { readonly kind: 'free'; readonly ids: readonly number[] }
  | { readonly kind: 'export'; readonly number: number; readonly ids: readonly number[] }
  | { readonly kind: 'close' };

export type FromThread =
  | { readonly kind: 'ready'; readonly link: LinkMeasure | undefined }
  | {
      readonly kind: 'done';
      readonly number: number;
      readonly revealed: readonly (Tensor | undefined)[];
      readonly stats: RunStats;
      /** Where numbers left the range. */
      readonly left?: Left;
      readonly memory: { readonly used: number; readonly peak: number };
    }
  /** A job was given up by all; the thread goes on. */
  | {
      readonly kind: 'givenUp';
      readonly number: number;
      readonly error: SentError;
      readonly memory: { readonly used: number; readonly peak: number };
    }
  | { readonly kind: 'progress'; readonly number: number; readonly progress: JobProgress }
  | { readonly kind: 'exported'; readonly number: number; readonly exported: Exported }
  | { readonly kind: 'unexported'; readonly number: number; readonly error: SentError }
  /** What has arrived from another party, where that is watched. */
  | { readonly kind: 'received'; readonly from: string; readonly bytes: Uint8Array }
  /** The thread cannot go on. `number`: the job that failed, if it was in one. */
  | { readonly kind: 'failed'; readonly number: number | undefined; readonly error: SentError };

/** An error as plain data. */
export interface SentError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly stack: string | undefined;
}

const isPlain = (x: unknown): boolean =>
  x === null || ['string', 'number', 'boolean'].includes(typeof x) || (Array.isArray(x) && x.every(isPlain));

export const packError = (error: unknown): SentError => {
  const e = error instanceof Error ? error : new Error(String(error));
  const info = e instanceof TesseraError ? e.info : {};
  return {
    code: e instanceof TesseraError ? e.code : memoryIsOut(e) ? 'OUT_OF_MEMORY' : 'PARTY_FAILED',
    message: e.message,
    info: Object.fromEntries(Object.entries(info).filter(([, v]) => isPlain(v))),
    stack: e.stack,
  };
};

/** The engine's own way to say so: failed growth of memory, or of a buffer. */
const memoryIsOut = (e: Error): boolean =>
  (e as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' ||
  (e instanceof RangeError && /allocation|memory|array length/i.test(e.message));

export const unpackError = ({ code, message, info, stack }: SentError): TesseraError => {
  const error = new TesseraError(code, message, { ...info });
  if (stack !== undefined) error.stack = stack;
  return error;
};
