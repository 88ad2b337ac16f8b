/** @file A job for the parties of an SPU, and what came of it. */

import type { DType, Graph, Tensor } from '../ir/ops/graph.ts';
import type { HearProgress } from '../ir/run/progress.ts';
import type { Left, RunStats } from '../ir/run/run-result.ts';
import type { Op } from './operation.ts';

export interface Work {
  readonly op: Op;
  readonly graph: Graph;
  readonly ins: readonly number[];
  readonly outs: readonly number[];
  readonly reveal?: readonly ({ readonly dtype: DType } | null)[];
  /** The private inputs of each rank, by name, as far as they are here. */
  readonly privates?: ReadonlyMap<number, ReadonlyMap<number, Tensor>>;
  /** Where each private input comes from, in the order of their names: what was described at that rank under `key`. */
  readonly sources?: readonly { readonly rank: number; readonly key: string; readonly leaf: number }[];
  /** Hears how far it is. */
  readonly progress?: HearProgress | undefined;
  /** The rank that gives revealed values back, where one program drives all. */
  readonly answers?: number;
}

export interface Outcome {
  readonly revealed: readonly (Tensor | undefined)[];
  /** By rank, where known. */
  readonly stats: readonly (RunStats | undefined)[];
  /** The op at which numbers left the range, where a range guard has found any: nothing was made that may be used. */
  readonly left?: Left | undefined;
}
