/**
 * @file The material of a lowered graph, by the declarations of its gates (dealer/slots.ts): what each gate takes, and how many bytes
 * that are, before anything is dealt.
 */

import { MaterialLayout } from '../../dealer/slots.ts';
import { type Gate, layoutOf, type Operand, type Shapes } from '../../gates/gate.ts';
import { gateOf } from '../../gates/gate-table.ts';
import { verdictSlots } from '../../gates/guard.ts';
import { type Graph, type Node, sizeOf, type Type } from '../ops/graph.ts';
import { trips } from '../ops/loops.ts';
import { isGate } from './analysis.ts';

/** What material depends on beside the graph. */
export type Setting = Pick<Shapes, 'field' | 'parties' | 'made'>;

const operandOf = ({ shape, dtype, secret }: Type): Operand => ({
  kind: dtype === 'bit' ? 'bits' : 'ring',
  length: sizeOf(shape),
  secret,
});

/** The last setting that a node ran in. */
const cache = new WeakMap<Node, Setting & { readonly layout: MaterialLayout }>();

/** The material of a node, which is a gate. */
export const materialOf = (
  graph: Graph,
  node: Node,
  { field, parties, made = false }: Setting,
): MaterialLayout => {
  const known = cache.get(node);
  if (known && known.field === field && known.parties === parties && known.made === made) return known.layout;
  const ins = node.ins.map((id) => operandOf(graph.types[id]!));
  const layout = layoutOf(gateOf(node.op) as Gate<object>, { field, parties, made, ins }, node.attrs);
  cache.set(node, { field, parties, made, layout });
  return layout;
};

/** Bytes that a dealer sends for one run of a graph to all parties together, without headers; of loops for all their turns. */
export const dealtBytes = (graph: Graph, setting: Setting): number => {
  const bytes = ({ bytesToFirst, bytesToOthers }: MaterialLayout): number =>
    bytesToFirst + (setting.parties - 1) * bytesToOthers;
  const gates = graph.nodes.reduce((sum, node) => {
    if (node.body) return sum + trips(node) * dealtBytes(node.body, setting);
    return isGate(graph, node) ? sum + bytes(materialOf(graph, node, setting)) : sum;
  }, 0);
  return graph.watched ? gates + bytes(verdictOf(setting, graph.watched.length)) : gates;
};

/** The material of the range guard's verdict on so many sites. */
export const verdictOf = ({ field, made }: Pick<Setting, 'field' | 'made'>, sites: number): MaterialLayout =>
  new MaterialLayout(field, verdictSlots(sites), made);
