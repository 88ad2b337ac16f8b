/**
 * @file Elements that are taken out of one array, one after another, are taken out at once: one node in place of thousands, whose results
 * share the array's memory. And other shapes of the same elements are no nodes: what runs knows lengths alone.
 */
import { type Graph, type Node, sizeOf, type ValueId } from '../ops/graph.ts';
import { countUses } from './passes/makers.ts';

/** Stretches of one array that are worth it, elements of each at most, and of the array, which stays as long as any of them. */
export const LEAST = 16;
export const SMALL = 64;
export const MOST = 1 << 16;

/** The op that takes stretches out of an array: from `starts` on, so many elements. */
export const PARTS = 'parts';
export interface PartsAttrs {
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
}

interface ViewAttrs {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Whether a view is one stretch of what it is a view of. */
const isStretch = ({ shape, strides }: ViewAttrs): boolean => {
  let length = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== length) return false;
    length *= shape[i]!;
  }
  return length > 0 && length <= SMALL;
};

const isShape = ({ op, outs, attrs }: Node, types: Graph['types']): boolean => {
  const { dtype } = types[outs[0]!]!;
  if (op !== 'reshape' || attrs.fence === true || attrs.outside === true) return false;
  return dtype === 'ring' || dtype === 'bit';
};

/** The graph without nodes that only say another shape: a view that has one use makes what is made of it. */
const withoutReshapes = (graph: Graph): Graph => {
  const { types } = graph;
  if (!graph.nodes.some((node) => isShape(node, types))) return graph;
  const results = new Set(graph.outs);
  const uses = countUses(graph);
  const names = new Map<ValueId, ValueId>();
  /** By what they make: where views with one use stand. */
  const views = new Map<ValueId, number>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const ins = node.ins.some((id) => names.has(id)) ? node.ins.map((id) => names.get(id) ?? id) : node.ins;
    const [out] = node.outs as [ValueId];
    if (isShape(node, types)) {
      const [x] = ins as [ValueId];
      const view = views.get(x);
      if (!results.has(out)) {
        names.set(out, x);
        if (uses[out] !== 1) views.delete(x);
        continue;
      }
      if (view !== undefined) {
        nodes[view] = { ...nodes[view]!, outs: node.outs };
        continue;
      }
    } else if (node.op === 'view' && uses[out] === 1) views.set(out, nodes.length);
    nodes.push(ins === node.ins ? node : { ...node, ins });
  }
  return { ...graph, nodes };
};

/** A lowered graph -> the same, with fewer nodes. */
export const takenTogether = (given: Graph): Graph => {
  const graph = withoutReshapes(given);
  const { nodes, types } = graph;
  const stretches = new Map<ValueId, Node[]>();
  for (const node of nodes) {
    const [x] = node.ins;
    if (node.op !== 'view' || types[x!]!.dtype !== 'ring' || sizeOf(types[x!]!.shape) > MOST) continue;
    if (!isStretch(node.attrs as unknown as ViewAttrs)) continue;
    const before = stretches.get(x!);
    if (before) before.push(node);
    else stretches.set(x!, [node]);
  }
  const together = new Map<Node, readonly Node[]>();
  for (const views of stretches.values())
    if (views.length >= LEAST) for (const view of views) together.set(view, views);
  if (together.size === 0) return graph;
  return {
    ...graph,
    nodes: nodes.flatMap((node) => {
      const views = together.get(node);
      if (!views) return [node];
      return views[0] === node ? [partsOf(views as readonly [Node, ...Node[]], types)] : [];
    }),
  };
};

const partsOf = (views: readonly [Node, ...Node[]], types: Graph['types']): Node => {
  const [{ ins, site }] = views;
  const attrs: PartsAttrs = {
    starts: views.map(({ attrs }) => attrs.offset as number),
    lengths: views.map(({ outs }) => sizeOf(types[outs[0]!]!.shape)),
  };
  return {
    op: PARTS,
    ins,
    outs: views.map(({ outs }) => outs[0]!),
    attrs: { ...attrs },
    ...(site !== undefined && { site }),
  };
};
