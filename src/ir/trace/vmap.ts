/**
 * @file Batching: a graph for one example replayed on many at once. Values that depend on the example carry a new first
 * axis; the others stay as they are. Every op stays one op, so rounds do not grow with the batch.
 */
import { fail } from '../../errors.ts';
import type { Graph, Node, Type, ValueId } from '../ops/graph.ts';
import { opDef } from '../ops/table.ts';
import * as a from './algebra.ts';
import type { BaseArray } from './array.ts';
import { atSite } from './callsite.ts';
import { repeat, turnsOf } from './loop.ts';
import { replayNode } from './replay.ts';
import { apply } from './tracer.ts';

/** A value, and whether its first axis is the batch. */
export interface Batched {
  readonly x: BaseArray;
  readonly batched: boolean;
}

interface Call {
  readonly node: Node;
  readonly ins: readonly Batched[];
  /** Types for one example. */
  readonly types: readonly Type[];
  readonly out: Type;
  readonly size: number;
}

type Rule = (c: Call) => BaseArray;

const list = (c: Call, key: string): readonly number[] => c.node.attrs[key] as readonly number[];
const axisOf = (c: Call): number => c.node.attrs.axis as number;

/** The operand with a batch axis, whether it had one or not. */
const wide = ({ x, batched }: Batched, size: number): BaseArray => (batched ? x : a.repeatFirst(x, size));
const all = (c: Call): BaseArray[] => c.ins.map((x) => wide(x, c.size));
const only = (c: Call): BaseArray => c.ins[0]!.x;

/** One operand; attributes that name axes move by one. */
const unary =
  (attrs: (c: Call) => Call['node']['attrs']): Rule =>
  (c) =>
    apply(c.node.op, [only(c)], attrs(c));

const alongAxis = unary((c) => ({ ...c.node.attrs, axis: axisOf(c) + 1 }));

/** Is the op at another place for each example? `from`: where the places begin. */
const moves = (c: Call, from: number): boolean => c.ins.slice(from).some((i) => i.batched);

/** The op once an example, results stacked: what has no form for places of their own. The ops share their rounds. */
const eachAlone: Rule = (c) => {
  if (c.size === 0) return a.zeros([0, ...c.out.shape], c.out.dtype);
  const example = ({ x, batched }: Batched, i: number): BaseArray =>
    batched ? a.reshape(a.block(x, 0, i, i + 1), x.shape.slice(1)) : x;
  const outs = Array.from({ length: c.size }, (_, i) => {
    const out = apply(
      c.node.op,
      c.ins.map((x) => example(x, i)),
      c.node.attrs,
    );
    return a.reshape(out, [1, ...out.shape]);
  });
  return a.concat(outs, 0);
};

/** `rule` where all examples share their places. */
const unlessMoved =
  (from: number, rule: Rule): Rule =>
  (c) =>
    (moves(c, from) ? eachAlone : rule)(c);

const RULES: Readonly<Record<string, Rule>> = {
  matmul: (c) => apply('matmul', all(c)),
  sum: unary((c) => ({ axes: list(c, 'axes').map((i) => i + 1) })),
  max: alongAxis,
  min: alongAxis,
  argmax: alongAxis,
  argmin: alongAxis,
  gather: alongAxis,
  sort: alongAxis,
  argsort: alongAxis,
  sortBy: (c) => apply('sortBy', all(c), { ...c.node.attrs, axis: axisOf(c) + 1 }),
  lookup: (c) => lookup(c),
  broadcast: (c) => {
    const shape = list(c, 'shape');
    const own = c.types[0]!.shape;
    const open = [c.size, ...new Array<number>(shape.length - own.length).fill(1), ...own];
    return a.broadcast(a.reshape(only(c), open), [c.size, ...shape]);
  },
  reshape: unary((c) => ({ shape: [c.size, ...list(c, 'shape')] })),
  transpose: unary((c) => ({ perm: [0, ...list(c, 'perm').map((i) => i + 1)] })),
  slice: unary((c) => ({
    start: [0, ...list(c, 'start')],
    size: [c.size, ...list(c, 'size')],
    step: [1, ...list(c, 'step')],
  })),
  concat: (c) => apply('concat', all(c), { axis: axisOf(c) + 1 }),
  pad: unlessMoved(1, (c) =>
    apply('pad', [only(c), c.ins[1]!.x], { lo: [0, ...list(c, 'lo')], hi: [0, ...list(c, 'hi')] }),
  ),
  dynamicSlice: unlessMoved(1, (c) => slice(c)),
  sliceAt: unlessMoved(1, (c) => slice(c)),
  dynamicUpdateSlice: unlessMoved(2, (c) => update(c)),
  updateAt: unlessMoved(2, (c) => update(c)),
  scatterAdd: (c) => {
    const [x, places, parts] = c.ins as readonly [Batched, Batched, Batched];
    if (places.batched) return eachAlone(c);
    // The batch stands behind the axis that is added along.
    const [to, rows] = [x, parts].map((v) => swapFirst(wide(v, c.size))) as [BaseArray, BaseArray];
    return swapFirst(apply('scatterAdd', [to, places.x, rows], c.node.attrs));
  },
};

/** The first two axes exchanged. */
const swapFirst = (x: BaseArray): BaseArray => a.transpose(x, [1, 0, ...[...x.shape.keys()].slice(2)]);

const indexOf = (c: Call, from: number): BaseArray[] => [
  a.scalar(0, 'int64'),
  ...c.ins.slice(from).map((i) => i.x),
];
const slice: Rule = (c) =>
  apply(c.node.op, [only(c), ...indexOf(c, 1)], { size: [c.size, ...list(c, 'size')] });
const update: Rule = (c) => {
  const [x, part] = c.ins.slice(0, 2).map((v) => wide(v, c.size)) as [BaseArray, BaseArray];
  return apply(c.node.op, [x, part, ...indexOf(c, 2)]);
};

/** One array for all examples, places of their own: the batch stands where the places begin. */
const lookup: Rule = (c) => {
  const [x, places] = c.ins as readonly [Batched, Batched];
  if (!places.batched) return apply('lookup', [x.x, places.x], { axis: axisOf(c) + 1 });
  if (x.batched) return eachAlone(c);
  const out = apply('lookup', [x.x, places.x], { axis: axisOf(c) });
  const rest = [...out.shape.keys()].filter((i) => i !== axisOf(c));
  return a.transpose(out, [axisOf(c), ...rest]);
};

const batchedNode = (c: Call): BaseArray => {
  if (Object.hasOwn(RULES, c.node.op)) return RULES[c.node.op]!(c);
  if (opDef(c.node.op).elementwise) return apply(c.node.op, all(c), c.node.attrs);
  return fail('UNSUPPORTED', `np.vmap: ${c.node.op} has no batched form`, {
    op: c.node.op,
    site: c.node.site,
  });
};

/** Which values depend on the batched inputs. */
const reach = (graph: Graph, ins: readonly boolean[]): Set<ValueId> => {
  const reached = new Set(graph.ins.filter((_, i) => ins[i]));
  for (const node of graph.nodes) {
    const flags = node.ins.map((id) => reached.has(id));
    const outs = node.op === 'loop' ? batchedCarries(node, flags) : node.outs.map(() => flags.includes(true));
    for (const [i, id] of node.outs.entries()) if (outs[i]) reached.add(id);
  }
  return reached;
};

/** Which carries of a loop are batched, until nothing changes. */
const batchedCarries = (node: Node, given: readonly boolean[]): boolean[] => {
  const body = node.body!;
  const ins = [...given];
  for (;;) {
    const reached = reach(body, [false, ...ins]);
    const carries = body.outs.map((id, i) => ins[i]! || reached.has(id));
    if (carries.every((is, i) => is === ins[i])) return carries;
    for (const [i, is] of carries.entries()) ins[i] = is;
  }
};

const batchedLoop = (node: Node, ins: readonly Batched[], size: number): Batched[] => {
  const body = node.body!;
  const carries = batchedCarries(
    node,
    ins.map((x) => x.batched),
  );
  if (node.attrs.while === true && carries[0])
    fail(
      'UNSUPPORTED',
      'np.vmap: the condition of np.whileRevealed is another for each example: map its body, and go on while any example needs it',
      { site: node.site },
    );
  const captured = ins.slice(carries.length);
  const out = repeat(
    turnsOf(node),
    (i, carry) => {
      const given = carry.map((x, k) => ({ x, batched: carries[k]! }));
      const made = batch(body, [{ x: i, batched: false }, ...given, ...captured], size);
      return made.map((m, k) => (carries[k] ? wide(m, size) : m.x));
    },
    carries.map((is, k) => (is ? wide(ins[k]!, size) : ins[k]!.x)),
  );
  return out.map((x, k) => ({ x, batched: carries[k]! }));
};

/** The graph on a batch of `size` examples. Throws UNSUPPORTED, naming the op, where there is no batched form. */
export const batch = (graph: Graph, inputs: readonly Batched[], size: number): Batched[] => {
  const values = new Map<ValueId, Batched>();
  for (const [i, id] of graph.ins.entries()) values.set(id, inputs[i]!);
  const beside = inputs.map((i) => i.x);
  const visit = (node: Node): readonly Batched[] => {
    const ins = node.ins.map((id) => values.get(id)!);
    if (node.op === 'loop') return batchedLoop(node, ins, size);
    if (!ins.some((i) => i.batched))
      return replayNode(
        node,
        ins.map((i) => i.x),
        beside,
      ).map((x) => ({ x, batched: false }));
    const types = node.ins.map((id) => graph.types[id]!);
    return [{ x: batchedNode({ node, ins, types, out: graph.types[node.outs[0]!]!, size }), batched: true }];
  };
  for (const node of graph.nodes) {
    const outs = atSite(node.site, () => visit(node));
    for (const [i, id] of node.outs.entries()) values.set(id, outs[i]!);
  }
  return graph.outs.map((id) => values.get(id)!);
};
