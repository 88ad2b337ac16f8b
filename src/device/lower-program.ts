/** @file From a recorded program to what parties run: passes, pieces where memory is limited, lowering. */

import type { Coarse } from '../ir/compile/coarse.ts';
import type { CircuitOptions } from '../ir/compile/graph-circuit.ts';
import { lower } from '../ir/compile/lower.ts';
import { optimize } from '../ir/compile/passes/optimize.ts';
import { tile } from '../ir/compile/passes/tile.ts';
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
}

export const lowerProgram = (
  graph: OpGraph,
  { memoryLimit, ...options }: LoweringOptions,
): LoweredProgram => {
  const best = optimize(graph);
  const coarse: Coarse[] = [];
  const small = memoryLimit === undefined ? best : tile(best, memoryLimit, options);
  return { graph: lower(small, { ...options, onCoarse: (found) => coarse.push(found) }), coarse };
};
