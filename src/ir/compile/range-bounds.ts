/** @file What the range guard does at each op of a program while it is lowered (range-watcher.ts says where and why). */
import type { Wire } from '../../fixed/circuit.ts';
import * as math from '../../ring/math/index.ts';
import { opSet } from '../ops/catalogue.ts';
import { isInt } from '../ops/dtypes.ts';
import type { Node, ValueId } from '../ops/graph.ts';
import type { Lowering } from './lowering-state.ts';
import { LINEAR } from './range-watcher.ts';
import { takesScaled } from './scaled-rules.ts';

const isReal = (l: Lowering, id: ValueId): boolean => l.type(id).dtype === 'fxp';

const isWatched = (l: Lowering, id: ValueId): boolean => isReal(l, id) && l.type(id).secret;

const wireOf = (l: Lowering, id: ValueId): Wire => l.circuit.wire(l.lowered(id));

/** What consists of products of its operands: not functions, whose parts need all of the ring. */
const PRODUCTS = opSet('mul', 'matmul', 'pow', 'powWhole');

const isProduct = (l: Lowering, { op, ins }: Node): boolean =>
  PRODUCTS.has(op) || LINEAR.has(op) || (op === 'div' && !l.type(ins[1]!).secret);

/** Inputs of a graph: objects of the SPU, unless more is known. */
export const inputsOf = (l: Lowering, bounds: ReadonlyMap<ValueId, number>): void => {
  const { watched } = l.circuit;
  if (!watched) return;
  for (const id of l.graph.ins) {
    if (!isWatched(l, id)) continue;
    watched.set({ id: l.lowered(id) }, bounds.get(id) ?? watched.object);
    if (l.isResult(id)) watched.result(l.circuit, wireOf(l, id));
  }
};

/** Of the captured values of a loop, as inputs of its body; what is carried on is watched in every turn. */
export const boundsOf = (l: Lowering, { ins, outs, body }: Node): ReadonlyMap<ValueId, number> =>
  new Map(
    ins.flatMap((id, i) => {
      const { watched } = l.circuit;
      const captured = watched && i >= outs.length && isWatched(l, id);
      return captured ? [[body!.ins[i + 1]!, watched.bound(wireOf(l, id))] as const] : [];
    }),
  );

/** Before an op: from here on it is the one that is watched, and operands that may have wrapped are watched first. */
export const beforeNode = (l: Lowering, node: Node): void => {
  const { circuit } = l;
  const { watched } = circuit;
  if (!watched) return;
  const reals = [...node.ins, ...node.outs].some((id) => isReal(l, id));
  watched.watcher.at(node, reals && isProduct(l, node));
  node.ins.forEach((id, i) => {
    // What is taken with bits of its own is watched where it is.
    if (!isWatched(l, id) || (l.isPending(id) && takesScaled(node.op))) return;
    const carried = node.op === 'loop' && i < node.outs.length;
    if (carried) watched.result(circuit, wireOf(l, id), l.source(id));
    else watched.operand(circuit, node, wireOf(l, id), l.source(id));
  });
  if (node.op !== 'convert' || !isReal(l, node.outs[0]!) || !isInt(l.type(node.ins[0]!).dtype)) return;
  if (!l.type(node.ins[0]!).secret) return;
  const x = l.canonical(node.ins[0]!);
  const [lo, hi] = l.integerInterval(node.ins[0]!);
  watched.set(x, math.log2(Math.max(Math.abs(lo), Math.abs(hi), 1)));
  watched.below(circuit, x, circuit.field.bits - 1 - circuit.fraction);
};

/** After an op: what of its results leaves the graph is watched. */
export const resultsOf = (l: Lowering, node: Node): void => {
  const { circuit } = l;
  const { watched } = circuit;
  if (!watched) return;
  for (const id of node.outs) {
    if (!isWatched(l, id)) continue;
    const bounds = (): number[] =>
      node.ins
        .filter((x) => isReal(l, x))
        .map((x) =>
          l.type(x).secret
            ? watched.bound(l.isPending(x) ? l.scaled(x).wire : wireOf(l, x))
            : watched.publicBound(l.constantOf(x), circuit.fraction),
        );
    if (node.op === 'loop') watched.set({ id: l.lowered(id) }, watched.object);
    else if (!l.isPending(id)) {
      if (!node.ins.some((x) => l.hasBits(x))) watched.ends(node, wireOf(l, id), circuit.fraction);
      watched.held(node, wireOf(l, id), bounds, circuit.fraction);
    }
    if (l.isResult(id)) watched.result(circuit, wireOf(l, id), l.source(id));
  }
};
