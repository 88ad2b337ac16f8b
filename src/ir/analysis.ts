/** @file What executors need to know of a graph, computed once: who uses a value, and how gates are numbered. */

import { gates } from '../gates/table.ts';
import type { Graph, Node } from './graph.ts';

export interface Analysis {
  /** Uses of each value by nodes and as an output; an op that uses a value twice counts twice. */
  readonly uses: Int32Array;
  /** Nodes that wait for each value, once per use. */
  readonly consumers: readonly (readonly number[])[];
  /** First gate number of each node, relative to the graph's. */
  readonly gate: Float64Array;
  /** Gate numbers that one run of the graph takes. */
  readonly gates: number;
}

const cache = new WeakMap<Graph, Analysis>();

/** Iterations of a loop node. */
export const trips = (node: Node): number =>
  Math.max(0, (node.attrs.hi as number) - (node.attrs.lo as number));

/** A lowered node works on ring elements or bits; any other node works on plain public tensors. */
export const isLowered = (graph: Graph, node: Node): boolean => {
  const dtype = graph.types[node.outs[0]!]!.dtype;
  return dtype === 'ring' || dtype === 'bit';
};

export const isGate = (graph: Graph, node: Node): boolean =>
  isLowered(graph, node) && Object.hasOwn(gates, node.op);

export const analyse = (graph: Graph): Analysis => {
  const known = cache.get(graph);
  if (known) return known;
  const uses = new Int32Array(graph.types.length);
  const consumers: number[][] = graph.types.map(() => []);
  const gate = new Float64Array(graph.nodes.length);
  let count = 0;
  graph.nodes.forEach((node, i) => {
    gate[i] = count;
    if (node.op === 'loop') count += trips(node) * analyse(node.body!).gates;
    else if (isGate(graph, node)) count++;
    for (const id of node.ins) {
      uses[id]!++;
      consumers[id]!.push(i);
    }
  });
  for (const id of graph.outs) uses[id]!++;
  const analysis = { uses, consumers, gate, gates: count };
  cache.set(graph, analysis);
  return analysis;
};

/** Whether the dealer tells the ranks above 0 anything in it. */
export const tells = (graph: Graph): boolean =>
  graph.nodes.some((node) => (node.body ? tells(node.body) : gates[node.op]?.tells === true));
