/** @file From a recorded program to what parties run: passes, tiles where memory is limited, lowering. */

import type { Coarse } from '../ir/compile/coarse.ts';
import type { CircuitOptions } from '../ir/compile/graph-circuit.ts';
import { lower } from '../ir/compile/lower.ts';
import { optimizeWithin } from '../ir/compile/passes/optimize.ts';
import { type Length, lengthOf } from '../ir/compile/rounds.ts';
import type { Graph } from '../ir/ops/graph.ts';
import type { OpGraph } from '../ir/ops/program.ts';

export interface LoweringOptions extends Omit<CircuitOptions, 'onCoarse'> {
  /** Bytes that arrays may take, if that is limited. */
  readonly memoryLimit: number | undefined;
}

/** A program as parties run it, and the public numbers in it that its fraction bits cannot hold. */
export interface LoweredProgram {
  readonly graph: Graph;
  readonly coarse: readonly Coarse[];
  readonly length: Length;
}

export const lowerProgram = (
  graph: OpGraph,
  { memoryLimit, ...options }: LoweringOptions,
): LoweredProgram => {
  const coarse: Coarse[] = [];
  const best = optimizeWithin(graph, memoryLimit, options);
  const lowered = lower(best, { ...options, onCoarse: (found) => coarse.push(found) });
  const { field, parties = 2 } = options;
  return { graph: lowered, coarse, length: lengthOf(lowered, { field, parties }) };
};
