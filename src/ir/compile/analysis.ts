/** @file What executors need to know of a graph, computed once: who uses a value, and how gates are numbered. */

import { fail } from '../../errors.ts';
import { gateOf } from '../../gates/gate-table.ts';
import type { Graph, Node } from '../ops/graph.ts';
import { trips } from '../ops/loops.ts';

export interface Analysis {
  /** Uses of each value by nodes and as an output; an op that uses a value twice counts twice. */
  readonly uses: Int32Array;
  /** Nodes that wait for each value, once per use. */
  readonly consumers: readonly (readonly number[])[];
  /** First gate number of each node, relative to the graph's. */
  readonly gate: Float64Array;
  /** The order of the program, by gate numbers; a node that takes none stands just before the next that does. */
  readonly place: Float64Array;
  /** Gate numbers that one run of the graph takes. */
  readonly gates: number;
  /** Nodes that end before any later gate begins: they reveal what the dealer has to hear, or a piece ends with them. */
  readonly stops: readonly number[];
}

const cache = new WeakMap<Graph, Analysis>();

/** A lowered node works on ring elements or bits; any other node works on plain public tensors. */
export const isLowered = (graph: Graph, node: Node): boolean => {
  const dtype = graph.types[node.outs[0]!]!.dtype;
  return dtype === 'ring' || dtype === 'bit';
};

export const isGate = (graph: Graph, node: Node): boolean =>
  isLowered(graph, node) && gateOf(node.op) !== undefined;

/** A revealed ring element as plain data, which the parties tell the dealer. */
export const DECODE = 'decode';

const asks = (node: Node): boolean => node.op === DECODE || (node.body !== undefined && steered(node.body));

/** Does it reveal anything on its way, which the dealer has to know before it goes on? */
export const steered = (graph: Graph): boolean => graph.nodes.some(asks);

export const analyse = (graph: Graph): Analysis => {
  const known = cache.get(graph);
  if (known) return known;
  const uses = new Int32Array(graph.types.length);
  const consumers: number[][] = graph.types.map(() => []);
  const gate = new Float64Array(graph.nodes.length);
  const place = new Float64Array(graph.nodes.length);
  const stops: number[] = [];
  let count = 0;
  graph.nodes.forEach((node, i) => {
    gate[i] = count;
    if (node.op === 'loop') count += trips(node) * analyse(node.body!).gates;
    else if (node.op === DECODE || isGate(graph, node)) count++;
    place[i] = count > gate[i]! ? gate[i]! : gate[i]! - 0.5;
    if (asks(node) || node.attrs.fence === true) stops.push(i);
    for (const id of node.ins) {
      uses[id]!++;
      consumers[id]!.push(i);
    }
  });
  for (const id of graph.outs) uses[id]!++;
  // The last number is the verdict's.
  if (graph.watched) count++;
  if (!Number.isSafeInteger(count))
    fail(
      'RANGE',
      'the program may run more than 2^53 gates: give its np.whileRevealed a smaller maxIterations',
    );
  const analysis = { uses, consumers, gate, place, gates: count, stops };
  cache.set(graph, analysis);
  return analysis;
};

/** Whether its material has something for every party, not for rank 0 alone. */
export const broadcasts = (graph: Graph): boolean =>
  graph.nodes.some((node) => (node.body ? broadcasts(node.body) : gateOf(node.op)?.broadcasts === true));
