/** @file What executors need to know of a graph, computed once: who uses a value, and how gates are numbered. */

import { fail } from '../../errors.ts';
import { gateOf } from '../../gates/gate-table.ts';
import type { Graph, Node } from '../ops/graph.ts';
import { trips } from '../ops/loops.ts';

export interface Analysis {
  /** Uses of each value by nodes and as an output; an op that uses a value twice counts twice. */
  readonly uses: Int32Array;
  /** Nodes that wait for value v, once per use: `consumers` from firstConsumer[v] up to firstConsumer[v + 1]. */
  readonly consumers: Int32Array;
  readonly firstConsumer: Int32Array;
  /** Operands of each node. */
  readonly operands: Int32Array;
  /** Nodes without operands. */
  readonly roots: readonly number[];
  /** 1 for values that are inputs. */
  readonly isIn: Uint8Array;
  /** 1 for values that are outputs; how many there are. */
  readonly isOut: Uint8Array;
  readonly outCount: number;
  /** What runs each node. */
  readonly runners: readonly Runner[];
  /** First gate number of each node, relative to the graph's. */
  readonly gate: Float64Array;
  /** The order of the program, by gate numbers; a node that takes none stands just before the next that does. */
  readonly place: Float64Array;
  /** Gate numbers that one run of the graph takes. */
  readonly gates: number;
  /** Nodes that end before any later gate begins: they reveal what the dealer has to hear, or a piece ends with them. */
  readonly stops: readonly number[];
}

/** `step`: plain data and local ops (run/step.ts). */
export type Runner = 'step' | 'gate' | 'loop' | 'decode';

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

const runnerOf = (graph: Graph, node: Node): Runner =>
  node.op === 'loop' ? 'loop' : node.op === DECODE ? 'decode' : isGate(graph, node) ? 'gate' : 'step';

/** By value, one after another: the nodes that use it, as often as they do. */
const consumersOf = ({ nodes }: Graph, uses: Int32Array): Pick<Analysis, 'consumers' | 'firstConsumer'> => {
  const firstConsumer = new Int32Array(uses.length + 1);
  for (let id = 0; id < uses.length; id++) firstConsumer[id + 1] = firstConsumer[id]! + uses[id]!;
  const at = firstConsumer.slice();
  const consumers = new Int32Array(firstConsumer[uses.length]!);
  nodes.forEach(({ ins }, i) => {
    for (const id of ins) consumers[at[id]!++] = i;
  });
  return { consumers, firstConsumer };
};

export const analyse = (graph: Graph): Analysis => {
  const known = cache.get(graph);
  if (known) return known;
  const uses = new Int32Array(graph.types.length);
  const isOut = new Uint8Array(graph.types.length);
  const isIn = new Uint8Array(graph.types.length);
  for (const id of graph.ins) isIn[id] = 1;
  const operands = new Int32Array(graph.nodes.length);
  const roots: number[] = [];
  const runners = graph.nodes.map((node) => runnerOf(graph, node));
  const gate = new Float64Array(graph.nodes.length);
  const place = new Float64Array(graph.nodes.length);
  const stops: number[] = [];
  let count = 0;
  graph.nodes.forEach((node, i) => {
    gate[i] = count;
    if (node.op === 'loop') count += trips(node) * analyse(node.body!).gates;
    else if (runners[i] !== 'step') count++;
    place[i] = count > gate[i]! ? gate[i]! : gate[i]! - 0.5;
    if (asks(node) || node.attrs.fence === true) stops.push(i);
    operands[i] = node.ins.length;
    if (node.ins.length === 0) roots.push(i);
    for (const id of node.ins) uses[id]!++;
  });
  const { consumers, firstConsumer } = consumersOf(graph, uses);
  let outCount = 0;
  for (const id of graph.outs) {
    uses[id]!++;
    if (isOut[id] === 0) outCount++;
    isOut[id] = 1;
  }
  // The last number is the verdict's.
  if (graph.watched) count++;
  if (!Number.isSafeInteger(count))
    fail(
      'RANGE',
      'the program may run more than 2^53 gates: give its np.whileRevealed a smaller maxIterations',
    );
  const analysis: Analysis = {
    uses,
    consumers,
    firstConsumer,
    operands,
    roots,
    isIn,
    isOut,
    outCount,
    runners,
    gate,
    place,
    gates: count,
    stops,
  };
  cache.set(graph, analysis);
  return analysis;
};

/** Whether its material has something for every party, not for rank 0 alone. */
export const broadcasts = (graph: Graph): boolean =>
  graph.nodes.some((node) => (node.body ? broadcasts(node.body) : gateOf(node.op)?.broadcasts === true));
