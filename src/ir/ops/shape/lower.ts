/** @file Lowering of ops that move, join and reduce whole arrays. */

import * as basic from '../../../fixed/basic.ts';
import type { Wire } from '../../../fixed/circuit.ts';
import { tournament } from '../../../fixed/tournament.ts';
import { repeated } from '../../compile/divisor.ts';
import type { Lowering, Rule } from '../../compile/lowering-state.ts';
import { type Node, type Shape, sizeOf, type ValueId } from '../graph.ts';

const stridesOf = (shape: Shape): number[] => shape.map((_, i) => sizeOf(shape.slice(i + 1)));

const outShape = (l: Lowering, node: Node): Shape => l.type(node.outs[0]!).shape;

/** A view of the first operand with the result's shape. */
const viewed =
  (
    map: (l: Lowering, node: Node, shape: Shape, strides: number[]) => { strides: number[]; offset?: number },
  ): Rule =>
  (l, node) => {
    const x = l.wire(node.ins[0]!);
    const { strides, offset = 0 } = map(l, node, x.shape, stridesOf(x.shape));
    return basic.view(l.circuit, x, outShape(l, node), strides, offset);
  };

const broadcast: Rule = (l, node) => repeated(l.circuit, l.wire(node.ins[0]!), outShape(l, node));

const transpose = viewed((_, node, __, strides) => ({
  strides: (node.attrs.perm as readonly number[]).map((p) => strides[p]!),
}));

const slice = viewed((_, node, __, strides) => {
  const { start, step } = node.attrs as { start: readonly number[]; step: readonly number[] };
  return {
    strides: strides.map((s, i) => s * step[i]!),
    offset: strides.reduce((sum, s, i) => sum + s * start[i]!, 0),
  };
});

/** A value seen as [before the axis, the axis, after it]. */
const around = (shape: Shape, axis: number): [number, number, number] => [
  sizeOf(shape.slice(0, axis)),
  shape[axis]!,
  sizeOf(shape.slice(axis + 1)),
];

const gather: Rule = (l, node) => {
  const x = l.wire(node.ins[0]!);
  const { axis, indices } = node.attrs as { axis: number; indices: readonly number[] };
  const [outer, length, inner] = around(x.shape, axis);
  return l.circuit.emit('gather', [x], { outer, axis: length, inner, indices }, [
    { ...x, shape: outShape(l, node) },
  ])[0]!;
};

const concat: Rule = (l, node) => {
  const axis = node.attrs.axis as number;
  const xs = node.ins.map((id) => l.wire(id));
  return basic.concat(l.circuit, xs, sizeOf(xs[0]!.shape.slice(0, axis)), outShape(l, node));
};

/** x put into an array that holds the padding. */
const pad: Rule = (l, node) => {
  const [x, value] = node.ins.map((id) => l.wire(id)) as [Wire, Wire];
  const shape = outShape(l, node);
  const base = basic.hidden(l.circuit, basic.expand(l.circuit, value, shape));
  const attrs = { shape, size: x.shape, start: node.attrs.lo as readonly number[] };
  const block = basic.hidden(l.circuit, x);
  return l.circuit.emit('update', [base, block], attrs, [{ ...x, shape, secret: true }])[0]!;
};

/** Indexes stay plain public values: the executors read them when the program runs. */
const dynamic =
  (op: string, operands: number): Rule =>
  (l, node) => {
    const wires = node.ins.slice(0, operands).map((id) => basic.hidden(l.circuit, l.wire(id)));
    const indexes = node.ins.slice(operands).map((id: ValueId) => l.lowered(id));
    const size = operands === 1 ? node.attrs.size! : wires[1]!.shape;
    const shape = outShape(l, node);
    const attrs = { shape: wires[0]!.shape, size };
    const dtype = wires[0]!.kind;
    const ids = [...wires.map((w) => w.id), ...indexes];
    return l.circuit.wire(l.circuit.node(op, ids, attrs, [{ shape, dtype, secret: true }])[0]!);
  };

/** Axes next to each other are summed in one pass; others are moved to the end first. */
const sum: Rule = (l, node) => {
  const { circuit: c } = l;
  const x = l.wire(node.ins[0]!);
  const axes = [...(node.attrs.axes as readonly number[])].sort((a, b) => a - b);
  const shape = outShape(l, node);
  if (axes.length === 0) return x;
  const [lo, hi] = [axes[0]!, axes.at(-1)!];
  if (hi - lo + 1 === axes.length) {
    const [outer, inner] = [sizeOf(x.shape.slice(0, lo)), sizeOf(x.shape.slice(hi + 1))];
    return basic.sum(c, x, outer, sizeOf(x.shape.slice(lo, hi + 1)), inner, shape);
  }
  const order = [...x.shape.keys()].filter((i) => !axes.includes(i)).concat(axes);
  const strides = stridesOf(x.shape);
  const moved = basic.view(
    c,
    x,
    order.map((i) => x.shape[i]!),
    order.map((i) => strides[i]!),
  );
  return basic.sum(c, moved, sizeOf(shape), sizeOf(axes.map((i) => x.shape[i]!)), 1, shape);
};

const extreme =
  (pick: 'max' | 'min', what: 'value' | 'index'): Rule =>
  (l, node) => {
    const { circuit: c } = l;
    const x = l.wire(node.ins[0]!);
    const cube = basic.reshape(c, x, around(x.shape, node.attrs.axis as number));
    const winner = tournament(c, cube, pick, what === 'index')[what]!;
    const secret = winner.secret ? winner : c.emit('hide', [winner], {}, [{ ...winner, secret: true }])[0]!;
    return basic.reshape(c, secret, outShape(l, node));
  };

export const SHAPE_RULES: Readonly<Record<string, Rule>> = {
  broadcast,
  transpose,
  slice,
  gather,
  concat,
  pad,
  sum,
  reshape: (l, node) => basic.reshape(l.circuit, l.wire(node.ins[0]!), outShape(l, node)),
  dynamicSlice: dynamic('dynamicSlice', 1),
  dynamicUpdateSlice: dynamic('dynamicUpdate', 2),
  max: extreme('max', 'value'),
  min: extreme('min', 'value'),
  argmax: extreme('max', 'index'),
  argmin: extreme('min', 'index'),
};
