/**
 * @file Conditions that were asked for and not used. `if (np.greater(a, b))`, `c ? x : y`, `!c`, `c && d`, `c === true` on
 * a value that has no number yet take one side whatever it is, and JavaScript tells nobody; but then nothing in the program
 * uses the condition, and that is an error.
 */
import { TesseraError } from '../../errors.ts';
import type { Node, ValueId } from '../ops/graph.ts';

/** What is known of the conditions of a trace. */
interface Asked {
  readonly builder: { readonly nodes: readonly Node[] };
  /** By the value of each: its name in `np`. */
  readonly conditions: ReadonlyMap<ValueId, string>;
  /** What counts as used although no output needs it. */
  readonly used: ReadonlySet<ValueId>;
}

/**
 * Throws UNUSED_CONDITION, naming the line, for a condition of this trace that is neither among the outputs nor an operand.
 * One that goes into a value which is dropped, as by np.where, was used: nobody was misled.
 */
export const checkConditions = (trace: Asked, outs: readonly ValueId[]): void => {
  if (trace.conditions.size === 0) return;
  const { nodes } = trace.builder;
  const used = new Set([...outs, ...trace.used, ...nodes.flatMap((node) => node.ins)]);
  for (const [id, name] of trace.conditions) {
    if (used.has(id)) continue;
    const site = nodes.find((node) => node.outs.includes(id))?.site;
    throw new TesseraError(
      'UNUSED_CONDITION',
      `${name}${site === undefined ? '' : ` at ${site}`}: nothing in the program uses it. A JavaScript condition (if, ?:, ` +
        '!, &&, ||, ===) cannot see what a secret is, and takes one side always: choose with np.where(condition, x, y). If ' +
        'it is meant to be unused, say so with np.unused(condition)',
      { condition: name, conditionSite: site },
    );
  }
};
