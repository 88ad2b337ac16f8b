/** @file Lowering of ops that move, join and reduce whole arrays. */

import * as basic from '../../../fixed/basic.ts';
import type { Circuit, Wire } from '../../../fixed/circuit.ts';
import { splitMatmul, wideMatmul } from '../../../fixed/split-matmul.ts';
import { tournament } from '../../../fixed/tournament.ts';
import * as math from '../../../ring/math/index.ts';
import { repeated } from '../../compile/divisor.ts';
import {
  byDtype,
  type Lowering,
  type LowerTable,
  type One,
  type Rule,
} from '../../compile/lowering-state.ts';
import { cutPublic, split } from '../elementwise/lower.ts';
import { type Shape, sizeOf, type Tensor, type ValueId } from '../graph.ts';
import * as integers from '../integer/lower.ts';
import { missing } from '../missing.ts';
import type { NodeOf } from '../program.ts';
import type { ShapeOp } from './catalogue.ts';

const stridesOf = (shape: Shape): number[] => shape.map((_, i) => sizeOf(shape.slice(i + 1)));

const outShape = (l: Lowering, node: Pick<One, 'outs'>): Shape => l.type(node.outs[0]).shape;

/** A view of the first operand with the result's shape. */
const viewed =
  <N extends One>(map: (node: N, strides: readonly number[]) => { strides: number[]; offset?: number }) =>
  (l: Lowering, node: N): Wire => {
    const x = l.wire(node.ins[0]);
    const { strides, offset = 0 } = map(node, stridesOf(x.shape));
    return basic.view(l.circuit, x, outShape(l, node), strides, offset);
  };

const broadcast: Rule<'broadcast'> = (l, node) => repeated(l.circuit, l.wire(node.ins[0]), outShape(l, node));

const transpose = viewed(({ attrs }: NodeOf<'transpose'>, strides) => ({
  strides: attrs.perm.map((p) => strides[p]!),
}));

const slice = viewed(({ attrs: { start, step } }: NodeOf<'slice'>, strides) => {
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

const gather: Rule<'gather'> = (l, node) => {
  const x = l.wire(node.ins[0]);
  const { axis, indices } = node.attrs;
  const [outer, length, inner] = around(x.shape, axis);
  return l.circuit.emit('gather', [x], { outer, axis: length, inner, indices }, [
    { ...x, shape: outShape(l, node) },
  ])[0]!;
};

const concat: Rule<'concat'> = (l, node) => {
  const { axis } = node.attrs;
  const xs = node.ins.map((id) => l.wire(id));
  return basic.concat(l.circuit, xs, sizeOf(xs[0]!.shape.slice(0, axis)), outShape(l, node));
};

/** x put into an array that holds the padding. */
const pad: Rule<'pad'> = (l, node) => {
  const [x, value] = node.ins.map((id) => l.wire(id)) as [Wire, Wire];
  const shape = outShape(l, node);
  const base = basic.hidden(l.circuit, basic.expand(l.circuit, value, shape));
  const attrs = { shape, size: x.shape, start: node.attrs.lo };
  const block = basic.hidden(l.circuit, x);
  return l.circuit.emit('update', [base, block], attrs, [{ ...x, shape, secret: true }])[0]!;
};

/** Indexes stay plain public values: the executors read them when the program runs. */
const dynamic = (
  l: Lowering,
  node: NodeOf<'dynamicSlice'> | NodeOf<'dynamicUpdateSlice'>,
  op: 'dynamicSlice' | 'dynamicUpdate',
  arrays: readonly [Wire, ...Wire[]],
  size: Shape,
): Wire => {
  const indexes = node.ins.slice(arrays.length).map((id) => l.lowered(id));
  const [x] = arrays;
  const attrs = { shape: x.shape, size };
  const type = { shape: outShape(l, node), dtype: x.kind, secret: true };
  return l.circuit.wire(l.circuit.node(op, [...arrays.map((w) => w.id), ...indexes], attrs, [type])[0]!);
};

/** Axes next to each other are summed in one pass; others are moved to the end first. */
const sum: Rule<'sum'> = (l, node) => {
  const { circuit: c } = l;
  const x = l.wire(node.ins[0]);
  const axes = [...node.attrs.axes].sort((a, b) => a - b);
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
  (pick: 'max' | 'min', what: 'value' | 'index') =>
  (l: Lowering, node: One & { readonly attrs: { readonly axis: number } }): Wire => {
    const { circuit: c } = l;
    const x = l.wire(node.ins[0]);
    const cube = basic.reshape(c, x, around(x.shape, node.attrs.axis));
    const winner = tournament(c, cube, pick, what === 'index')[what]!;
    const secret = winner.secret ? winner : c.emit('hide', [winner], {}, [{ ...winner, secret: true }])[0]!;
    return basic.reshape(c, secret, outShape(l, node));
  };

/** Significant bits of public factors in sums of products. */
const SIGNIFICANT = { 32: 10, 64: 20, 128: 34 } as const;

/**
 * Fraction bits for encoding known public factors: as many as leave their products far below the ring, so that
 * small factors lose nothing.
 */
const factorBits = (c: Circuit, t: Tensor | undefined): number => {
  if (!t) return c.fraction;
  let largest = 0;
  for (const v of t.data) largest = Math.max(largest, Math.abs(Number(v)));
  if (largest === 0 || !Number.isFinite(largest)) return c.fraction;
  return Math.min(
    Math.max(SIGNIFICANT[c.field.bits] - Math.ceil(math.log2(largest)), c.fraction),
    2 * c.fraction,
  );
};

const matmul: Rule<'matmul'> = (l, node) => {
  const { circuit: c } = l;
  const [x, y] = node.ins;
  const [m, k] = l.type(x).shape.slice(-2) as [number, number];
  const n = l.type(y).shape.at(-1)!;
  const shape = l.type(node.outs[0]).shape;
  const batch = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const [s, p] = split(l, node.ins);
  const bits = l.fraction(s) === 0 ? 0 : p === undefined ? c.fraction : factorBits(c, l.constantOf(p));
  // Sums that a root or a mean is made of may be as large as the ring.
  const product = l.keeps(node.outs[0]) ? wideMatmul : splitMatmul;
  const products = c.field.bits === 128 ? l.products(node.outs[0]) : k;
  if (bits > 0 && p === undefined)
    return product(c, l.wire(x), l.wire(y), { batch, m, k, n }, shape, products);
  const by = (trunc: number, factor?: Wire): Wire => {
    const wire = (id: ValueId): Wire => (id !== p ? l.wire(id) : (factor ?? l.wire(id, trunc)));
    return basic.matmul(c, wire(x), wire(y), { batch, m, k, n }, shape, trunc);
  };
  if (bits === 0 || p === undefined || c.field.bits === 128) return by(bits);
  const known = l.constantOf(p)?.data as Float64Array | undefined;
  if (known?.every((v) => Number.isInteger(v) && Math.abs(v) < math.pow2(c.field.bits - 2))) return by(0);
  // A sum keeps the bits of its factors until it is truncated: so those above and those below are summed each by themselves.
  const upper = Math.max(0, bits - SIGNIFICANT[c.field.bits] / 2);
  const [high, low] = cutPublic(c, l.lowered(p), upper);
  return basic.add(c, by(upper, c.encode(high, upper)), by(bits, c.encode(low, bits)));
};

export const LOWER_SHAPE: LowerTable<ShapeOp> = {
  matmul,
  sum,
  max: byDtype(integers.max, extreme('max', 'value')),
  min: byDtype(integers.min, extreme('min', 'value')),
  argmax: byDtype(integers.argmax, extreme('max', 'index')),
  argmin: byDtype(integers.argmin, extreme('min', 'index')),
  broadcast,
  reshape: (l, node) => basic.reshape(l.circuit, l.wire(node.ins[0]), outShape(l, node)),
  transpose,
  slice,
  gather,
  concat,
  pad,
  dynamicSlice: (l, node) => {
    const x = basic.hidden(l.circuit, l.wire(node.ins[0]));
    return dynamic(l, node, 'dynamicSlice', [x], node.attrs.size);
  },
  dynamicUpdateSlice: (l, node) => {
    const [x, update] = [
      basic.hidden(l.circuit, l.wire(node.ins[0])),
      basic.hidden(l.circuit, l.wire(node.ins[1])),
    ];
    return dynamic(l, node, 'dynamicUpdate', [x, update], update.shape);
  },
  const: missing('it is public'),
};
