/** @file From a recorded program to what parties run: passes, pieces where memory is limited, lowering. */
import type { CircuitOptions } from '../ir/circuit.ts';
import type { Coarse } from '../ir/coarse.ts';
import type { Graph } from '../ir/graph.ts';
import { lower } from '../ir/lower.ts';
import { optimize } from '../ir/passes/optimize.ts';
import { pieces } from '../ir/passes/pieces.ts';

export interface LoweringOptions extends Omit<CircuitOptions, 'onCoarse'> {
  /** Bytes that arrays may take, if that is limited. */
  readonly memoryLimit: number | undefined;
}

/** A program as parties run it, and the public numbers in it that its fraction bits cannot hold. */
export interface LoweredProgram {
  readonly graph: Graph;
  readonly coarse: readonly Coarse[];
}

export const lowerProgram = (graph: Graph, { memoryLimit, ...options }: LoweringOptions): LoweredProgram => {
  const best = optimize(graph);
  const coarse: Coarse[] = [];
  const small = memoryLimit === undefined ? best : pieces(best, memoryLimit, options);
  return { graph: lower(small, { ...options, onCoarse: (found) => coarse.push(found) }), coarse };
};
