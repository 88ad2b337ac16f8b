/** @file Names of the ops of a lowered graph, for tables and sets of them. */
import type { LoweredOp } from '../../fixed/circuit.ts';

/** Local ops on a block whose place is public, and known only when the program runs (run/step.ts). */
export type DynamicOp = 'dynamicSlice' | 'dynamicUpdate';

/** A table over some of the ops of a lowered graph. */
export type LoweredTable<T> = { readonly [K in LoweredOp | DynamicOp]?: T };

/** A set of ops of a lowered graph by name. */
export const loweredSet = (...names: readonly (LoweredOp | DynamicOp)[]): ReadonlySet<string> =>
  new Set(names);
