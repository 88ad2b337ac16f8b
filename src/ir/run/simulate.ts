/** @file A user's function run on secrets by all parties in one process: what tests, `costs` and benchmarks call. */

import type { Value } from '../../gates/gate.ts';
import type { Field } from '../../ring/field.ts';
import type { Ring } from '../../ring/ring.ts';
import type { SigmoidMode } from '../compile/graph-circuit.ts';
import { lower } from '../compile/lower.ts';
import { optimizeWithin } from '../compile/passes/optimize.ts';
import type { CostMode, LinkMeasure } from '../compile/plan.ts';
import { inputGraph, revealGraph } from '../compile/ports.ts';
import type { Tensor, Watched } from '../ops/graph.ts';
import { NDArray } from '../trace/ndarray.ts';
import { trace } from '../trace/tracer.ts';
import { decodeTensor } from './encode.ts';
import { Lockstep, type LockstepStats } from './lockstep.ts';
import type { PartyRun } from './party-run.ts';
import { isTensor } from './store.ts';

export interface SimulateOptions {
  readonly ring: Ring;
  readonly field: Field;
  readonly parties: number;
  readonly fraction?: number;
  readonly truncAllowMsbError?: boolean;
  readonly lazyIntegers?: boolean;
  readonly sigmoidMode?: SigmoidMode;
  readonly costMode?: CostMode;
  readonly link?: LinkMeasure;
  /** Bytes that a party may use: large programs run in tiles. */
  readonly memoryLimit?: number;
  readonly rangeGuard?: boolean;
  readonly seeds?: readonly Uint8Array[];
}

export interface Simulation {
  readonly results: NDArray[];
  /** Costs of the program alone, without those of its inputs and of revealing its results. */
  readonly stats: LockstepStats;
  readonly profile: PartyRun['profile'];
  /** Where numbers left the range, with a range guard. */
  readonly left: Watched | undefined;
}

/** Inputs are owned by the parties in turn; results are revealed to all, who must agree. Frees what it made. */
export const simulate = (
  fn: (...args: never[]) => unknown,
  inputs: readonly Tensor[],
  options: SimulateOptions,
): Simulation => {
  const { ring, field, parties } = options;
  const fraction = options.fraction ?? field.fraction;
  const world = new Lockstep(ring, field, parties, options.seeds);
  // An array without elements hides nothing, and is no private input.
  const types = inputs.map(({ shape, dtype }) => ({ shape, dtype, secret: !shape.includes(0) }));
  const { graph } = trace(fn, types);
  const owners = inputs.flatMap((tensor, i) => (types[i]!.secret ? [{ owner: i % parties, tensor }] : []));
  const taken = world.run(
    inputGraph(
      types.map((type, i) => ({ owner: i % parties, type })),
      options,
    ),
    owners,
    fraction,
  );
  const lowered = lower(optimizeWithin(graph, options.memoryLimit, options), {
    lazyIntegers: true,
    ...options,
  });
  const made = world.run(lowered, [], fraction, taken.outs, taken.masks);
  const outTypes = graph.outs.map((id) => graph.types[id]!);
  const everybody = Array.from({ length: parties }, (_, i) => i);
  const shown = world.run(revealGraph(outTypes, everybody, options), [], fraction, made.outs, made.masks);
  const decoded = shown.outs.map((entries) =>
    entries.map((entry, i) => {
      const { shape, dtype } = outTypes[i]!;
      return isTensor(entry) ? entry : decodeTensor(ring, (entry as Value).c!, shape, dtype, fraction);
    }),
  );
  for (const result of [taken, made, shown]) world.free(result);
  if (world.held > 0) throw new Error(`${world.held} arrays were not freed`);
  for (const other of decoded) {
    if (other.some((t, i) => t.data.some((x, j) => !Object.is(x, decoded[0]![i]!.data[j])))) {
      throw new Error('the parties opened different values');
    }
  }
  const { stats, profile } = made;
  const left = made.left === undefined ? undefined : lowered.watched![made.left];
  return { results: decoded[0]!.map((t) => NDArray.from(t)), stats, profile, left };
};
