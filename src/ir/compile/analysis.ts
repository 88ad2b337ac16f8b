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
  /** The order of the program, by gate numbers; nodes that take none stand before the next that does, in a program of tiles in their order. */
  readonly place: Float64Array;
  /** Gate numbers that one run of the graph takes. */
  readonly gates: number;
  /** Nodes that end before any later gate begins: they reveal a value that the dealer needs, or end a tile. */
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

/** The op that decodes a revealed ring element to plain data, which the parties send to the dealer. */
export const DECODE = 'decode';

const revealsToDealer = (node: Node): boolean =>
  node.op === DECODE || (node.body !== undefined && isDataDependent(node.body));

/** Whether control flow depends on values that are revealed while the program runs, and that the dealer has to receive to continue. */
export const isDataDependent = (graph: Graph): boolean => graph.nodes.some(revealsToDealer);

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
  // Tiles without gates come one after another, too: what each has made is out of the way before the next begins.
  const tiled = graph.nodes.some((node) => node.attrs.fence === true);
  const before = (i: number): number => (tiled ? 1 - (i + 1) / (graph.nodes.length + 1) : 0.5);
  graph.nodes.forEach((node, i) => {
    gate[i] = count;
    if (node.op === 'loop') count += trips(node) * analyse(node.body!).gates;
    else if (runners[i] !== 'step') count++;
    place[i] = count > gate[i]! ? gate[i]! : gate[i]! - before(i);
    if (revealsToDealer(node) || node.attrs.fence === true) stops.push(i);
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

/** Whether any gate broadcasts material to all parties. */
export const broadcasts = (graph: Graph): boolean =>
  graph.nodes.some((node) => (node.body ? broadcasts(node.body) : gateOf(node.op)?.broadcasts === true));
