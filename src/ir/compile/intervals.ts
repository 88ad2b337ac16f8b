/**
 * @file Which integers a value may hold: what tells a lowered wire that is the integer itself from one that is only
 * equal to it mod 2^b, because sums and products have not been wrapped yet.
 */

import type { IntType } from '../../fixed/integers.ts';
import type { Field } from '../../ring/field.ts';
import * as math from '../../ring/math/index.ts';
import { bitsOf, isInt, kindOf } from '../ops/dtypes.ts';
import { type DType, type Node, sizeOf, type Tensor, type Type } from '../ops/graph.ts';

export type Span = readonly [lo: number, hi: number];

export const ANY: Span = [-Infinity, Infinity];

/** Integers wider than the field take what it holds. */
export const intType = (dtype: DType, field: Field): IntType => ({
  bits: Math.min(bitsOf(dtype), field.bits),
  signed: kindOf(dtype) === 'int',
});

export const rangeOf = (dtype: DType): Span => {
  if (kindOf(dtype) === 'bool') return [0, 1];
  const bits = bitsOf(dtype);
  return kindOf(dtype) === 'uint'
    ? [0, math.pow2(bits) - 1]
    : [-math.pow2(bits - 1), math.pow2(bits - 1) - 1];
};

export const spanOfTensor = (t: Tensor): Span => {
  let [lo, hi] = [Infinity, -Infinity];
  for (const v of t.data) [lo, hi] = [Math.min(lo, Number(v)), Math.max(hi, Number(v))];
  return lo <= hi ? [lo, hi] : [0, 0];
};

export const inside = ([lo, hi]: Span, [least, most]: Span): boolean => lo >= least && hi <= most;

const hull = (spans: readonly Span[]): Span => [
  Math.min(...spans.map((s) => s[0])),
  Math.max(...spans.map((s) => s[1])),
];

/** 0 times anything is 0, also at the ends of an unbounded span. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

const product = ([a, b]: Span, [c, d]: Span): Span => {
  const ends = [times(a, c), times(a, d), times(b, c), times(b, d)];
  return [Math.min(...ends), Math.max(...ends)];
};

const scaled = ([lo, hi]: Span, n: number): Span => [times(lo, n), times(hi, n)];

/** Places along the axis of an op. */
const placesOf = ({ attrs }: Node, x: Type): Span => [0, Math.max(0, x.shape[attrs.axis as number]! - 1)];

type Rule = (ins: readonly Span[], node: Node, types: readonly Type[]) => Span;

/** Ops whose results leave the hull of their operands; `undefined`: the dtype's range. */
const RULES: Readonly<Record<string, Rule>> = {
  add: ([a, b]) => [a![0] + b![0], a![1] + b![1]],
  sub: ([a, b]) => [a![0] - b![1], a![1] - b![0]],
  neg: ([a]) => [-a![1], -a![0]],
  mul: ([a, b]) => product(a!, b!),
  abs: ([a]) => [0, Math.max(-a![0], a![1])],
  // The least integer divided by -1 is one too many.
  floorDivide: ([a, b]) =>
    a![0] >= 0 && b![0] >= 0 ? a! : [Math.min(a![0], -a![1]), Math.max(a![1], -a![0])],
  bitNot: ([a]) => [-1 - a![1], -1 - a![0]],
  place: (_, node) => [0, node.attrs.n as number],
  exponent: () => [-200, 200],
  argmax: (_, node, [x]) => placesOf(node, x!),
  argmin: (_, node, [x]) => placesOf(node, x!),
  argsort: (_, node, [x]) => placesOf(node, x!),
  pow: () => ANY,
  powWhole: () => ANY,
  scatterAdd: () => ANY,
  shiftLeft: () => ANY,
  sum: ([a], node, [x]) => {
    const axes = node.attrs.axes as readonly number[];
    return scaled(a!, sizeOf(axes.map((i) => x!.shape[i]!)));
  },
  matmul: ([a, b], _, [x]) => scaled(product(a!, b!), x!.shape.at(-1)!),
};

/** Ops on integers that make the integer itself, of their dtype. */
const EXACT = new Set(['remainder', 'bitAnd', 'bitOr', 'bitXor', 'shiftRight', 'sign']);

/** What an integer result of a node may hold, given what its operands may. */
export const resultSpan = (node: Node, out: Type, types: readonly Type[], spans: readonly Span[]): Span => {
  const own = rangeOf(out.dtype);
  if (EXACT.has(node.op)) return own;
  if (Object.hasOwn(RULES, node.op)) return RULES[node.op]!(spans, node, types);
  const passed = spans.filter(
    (_, i) => isInt(types[i]!.dtype) && (node.op === 'convert' || types[i]!.dtype === out.dtype),
  );
  if (passed.length > 0) return hull(passed);
  return node.op === 'convert' && kindOf(types[0]!.dtype) === 'bool' ? [0, 1] : own;
};
