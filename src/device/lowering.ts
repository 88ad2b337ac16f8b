/** @file From a recorded program to what parties run: passes, pieces where memory is limited, lowering. */
import type { CircuitOptions } from '../ir/circuit.ts';
import type { Graph } from '../ir/graph.ts';
import { lower } from '../ir/lower.ts';
import { optimize } from '../ir/passes/optimize.ts';
import { pieces } from '../ir/passes/pieces.ts';

export interface LoweringOptions extends CircuitOptions {
  /** Bytes that arrays may take, if that is limited. */
  readonly memoryLimit: number | undefined;
}

export const lowerProgram = (graph: Graph, { memoryLimit, ...options }: LoweringOptions): Graph => {
  const best = optimize(graph);
  return lower(memoryLimit === undefined ? best : pieces(best, memoryLimit, options), options);
};
