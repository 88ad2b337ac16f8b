/**
 * @file Functions as graphs, and graphs run again: recording a function on stand-ins of its own, and replaying a graph
 * on arrays of any kind, so that it is computed at once or becomes part of the program that is being recorded.
 */

import type { Type, ValueId } from '../ops/graph.ts';
import type { LoopNode, OpGraph, ProgramNode } from '../ops/program.ts';
import type { BaseArray } from './array.ts';
import { atSite } from './callsite.ts';
import { checkConditions } from './conditions.ts';
import { repeat } from './loop.ts';
import { NDArray } from './ndarray.ts';
import { apply, applyNamed, currentTrace, record, Trace, Traced, within } from './tracer.ts';

export interface Recorded {
  /** Its inputs: those of the function, then the captured values. */
  readonly graph: OpGraph;
  /** Values of enclosing programs that the function uses. */
  readonly captured: readonly Traced[];
}

/** Type of an array as an input. */
export const typeOfArray = (x: BaseArray): Type =>
  x instanceof Traced ? x.type : { shape: x.shape, dtype: x.dtype, secret: false };

/** The function as a graph. `differentiated`: np.stopGradient leaves its mark inside. */
export const recordFunction = (
  types: readonly Type[],
  fn: (xs: readonly Traced[]) => readonly BaseArray[],
  differentiated = false,
): Recorded => {
  const trace = new Trace(currentTrace(), differentiated);
  const xs = types.map((t) => trace.input(t));
  const outs = within(trace, () => fn(xs).map((x) => trace.lift(x)));
  checkConditions(trace, outs);
  // A gradient may not need what its function needed: a condition of the program around it is used all the same.
  for (const x of trace.captured.keys()) x.trace.used.add(x.id);
  return { graph: trace.builder.finish(outs), captured: [...trace.captured.keys()] };
};

/** Marks the end of what gradients flow through, where a gradient is being taken; else `x` itself. */
export const stopGradient = (x: BaseArray): BaseArray =>
  x instanceof Traced && x.trace.differentiated ? apply('stopGradient', [x]) : x;

/** A loop as a function of its carry and captured values. */
const replayLoop = (node: LoopNode, ins: readonly BaseArray[]): readonly BaseArray[] => {
  const { body } = node;
  const captured = ins.slice(body.outs.length);
  return repeat(
    node.attrs,
    (i, carry) => replay(body, [i, ...carry, ...captured]),
    ins.slice(0, body.outs.length),
  );
};

/** One node on other operands. `beside`: what the replayed graph was given, by which a constant knows its trace. */
export const replayNode = (
  node: ProgramNode,
  ins: readonly BaseArray[],
  beside: readonly BaseArray[],
): readonly BaseArray[] => {
  if (node.op === 'const') return [NDArray.from(node.attrs.value)];
  if (node.op === 'loop') return replayLoop(node, ins);
  if (node.op === 'stopGradient') return [stopGradient(ins[0]!)];
  // A constant that is broadcast stays small in the graph.
  const given = node.op === 'broadcast' ? [record(ins[0]!, beside)] : ins;
  return [applyNamed(node.op, given, node.attrs)];
};

/** The graph on these inputs. */
export const replay = (graph: OpGraph, inputs: readonly BaseArray[]): BaseArray[] => {
  const values = new Map<ValueId, BaseArray>();
  for (const [i, id] of graph.ins.entries()) values.set(id, inputs[i]!);
  for (const node of graph.nodes) {
    const ins = node.ins.map((id) => values.get(id)!);
    const outs = atSite(node.site, () => replayNode(node, ins, inputs));
    for (const [i, id] of node.outs.entries()) values.set(id, outs[i]!);
  }
  return graph.outs.map((id) => values.get(id)!);
};
