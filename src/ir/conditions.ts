/**
 * @file Conditions that were asked for and not used. `if (np.greater(a, b))`, `c ? x : y`, `!c`, `c && d`, `c === true` on
 * a value that has no number yet take one side whatever it is, and JavaScript tells nobody; but then nothing in the program
 * uses the condition, and that is an error.
 */
import { TesseraError } from '../errors.ts';
import type { Node, ValueId } from './graph.ts';
import { type Trace, Traced } from './tracer.ts';

/** Notes that the function which is being recorded asked for a condition. `name`: of what it called. */
export const condition = (name: string, x: unknown): void => {
  if (x instanceof Traced && x.dtype === 'bool') x.trace.conditions.set(x.id, name);
};

/** The values that `outs` need. */
const neededBy = (nodes: readonly Node[], outs: Iterable<ValueId>): Set<ValueId> => {
  const live = new Set(outs);
  for (const node of nodes.toReversed())
    if (node.outs.some((id) => live.has(id))) for (const id of node.ins) live.add(id);
  return live;
};

/** The last of the unused conditions that were made of the first: what a JavaScript condition was given. */
const lastOf = (nodes: readonly Node[], unused: readonly ValueId[]): ValueId => {
  const made = new Set(unused.slice(0, 1));
  for (const node of nodes) if (node.ins.some((id) => made.has(id))) for (const id of node.outs) made.add(id);
  return unused.findLast((id) => made.has(id))!;
};

/**
 * Throws UNUSED_CONDITION, naming the line, for a condition of this trace that no output needs. Gives what the outputs need.
 */
export const checkConditions = (trace: Trace, outs: readonly ValueId[]): (() => ReadonlySet<ValueId>) => {
  const { nodes } = trace.builder;
  let known: Set<ValueId> | undefined;
  const live = (): Set<ValueId> => {
    known ??= neededBy(nodes, [...outs, ...trace.used]);
    return known;
  };
  if (trace.conditions.size === 0) return live;
  const unused = [...trace.conditions.keys()].filter((id) => !live().has(id)).sort((a, b) => a - b);
  if (unused.length === 0) return live;
  const last = lastOf(nodes, unused);
  const name = trace.conditions.get(last)!;
  const site = nodes.find((node) => node.outs.includes(last))?.site;
  throw new TesseraError(
    'UNUSED_CONDITION',
    `${name}${site === undefined ? '' : ` at ${site}`}: no result of the program uses it. A JavaScript condition (if, ?:, ` +
      '!, &&, ||, ===) cannot see what a secret is, and takes one side always: choose with np.where(condition, x, y). If ' +
      'it is meant to be unused, say so with np.unused(condition)',
    { condition: name, conditionSite: site },
  );
};
