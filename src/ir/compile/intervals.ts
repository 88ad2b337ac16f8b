/**
 * @file Which integers a value may hold: what tells a lowered wire that is the integer itself from one that is only
 * equal to it mod 2^b, because sums and products have not been wrapped yet.
 */

import type { IntType } from '../../fixed/integers.ts';
import type { Field } from '../../ring/field.ts';
import * as math from '../../ring/math/index.ts';
import { type AttrsOf, type Operands, type OpName, opSet } from '../ops/catalogue.ts';
import { bitsOf, isInt, kindOf } from '../ops/dtypes.ts';
import { type DType, sizeOf, type Tensor, type Type } from '../ops/graph.ts';
import type { OpNode } from '../ops/program.ts';

export type Interval = readonly [lo: number, hi: number];

export const ANY: Interval = [-Infinity, Infinity];

/** Integers wider than the field take what it holds. */
export const intType = (dtype: DType, field: Field): IntType => ({
  bits: Math.min(bitsOf(dtype), field.bits),
  signed: kindOf(dtype) === 'int',
});

export const rangeOf = (dtype: DType): Interval => {
  if (kindOf(dtype) === 'bool') return [0, 1];
  const bits = bitsOf(dtype);
  return kindOf(dtype) === 'uint'
    ? [0, math.pow2(bits) - 1]
    : [-math.pow2(bits - 1), math.pow2(bits - 1) - 1];
};

export const intervalOfTensor = (t: Tensor): Interval => {
  let [lo, hi] = [Infinity, -Infinity];
  for (const v of t.data) [lo, hi] = [Math.min(lo, Number(v)), Math.max(hi, Number(v))];
  return lo <= hi ? [lo, hi] : [0, 0];
};

export const inside = ([lo, hi]: Interval, [least, most]: Interval): boolean => lo >= least && hi <= most;

const hull = (intervals: readonly Interval[]): Interval => [
  Math.min(...intervals.map((s) => s[0])),
  Math.max(...intervals.map((s) => s[1])),
];

/** 0 times anything is 0, also at the ends of an unbounded interval. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

const product = ([a, b]: Interval, [c, d]: Interval): Interval => {
  const ends = [times(a, c), times(a, d), times(b, c), times(b, d)];
  return [Math.min(...ends), Math.max(...ends)];
};

const scaled = ([lo, hi]: Interval, n: number): Interval => [times(lo, n), times(hi, n)];

/** Places along an axis. */
const placesOf = (axis: number, x: Type): Interval => [0, Math.max(0, x.shape[axis]! - 1)];

/** What an op makes of its operands' intervals. */
type IntervalRule<K extends OpName> = (
  ins: Operands<K, Interval>,
  attrs: AttrsOf<K>,
  types: Operands<K, Type>,
) => Interval;

/** Ops whose results leave the hull of their operands. */
const RULES: { readonly [K in OpName]?: IntervalRule<K> } = {
  add: ([a, b]) => [a[0] + b[0], a[1] + b[1]],
  sub: ([a, b]) => [a[0] - b[1], a[1] - b[0]],
  neg: ([a]) => [-a[1], -a[0]],
  mul: ([a, b]) => product(a, b),
  abs: ([a]) => [0, Math.max(-a[0], a[1])],
  // The least integer divided by -1 is one too many.
  floorDivide: ([a, b]) => (a[0] >= 0 && b[0] >= 0 ? a : [Math.min(a[0], -a[1]), Math.max(a[1], -a[0])]),
  bitNot: ([a]) => [-1 - a[1], -1 - a[0]],
  place: (_, { n }) => [0, n],
  exponent: () => [-200, 200],
  argmax: (_, { axis }, [x]) => placesOf(axis, x),
  argmin: (_, { axis }, [x]) => placesOf(axis, x),
  argsort: (_, { axis }, [x]) => placesOf(axis, x),
  pow: () => ANY,
  powWhole: () => ANY,
  scatterAdd: () => ANY,
  shiftLeft: () => ANY,
  sum: ([a], { axes }, [x]) => scaled(a, sizeOf(axes.map((i) => x.shape[i]!))),
  matmul: ([a, b], _, [x]) => scaled(product(a, b), x.shape.at(-1)!),
};

/** Ops on integers that make the integer itself, of their dtype. */
const EXACT = opSet('remainder', 'bitAnd', 'bitOr', 'bitXor', 'shiftRight', 'sign');

/** What an integer result of a node may hold, given what its operands may. */
export const resultInterval = (
  node: OpNode,
  out: Type,
  types: readonly Type[],
  intervals: readonly Interval[],
): Interval => {
  const own = rangeOf(out.dtype);
  if (EXACT.has(node.op)) return own;
  const rule = RULES[node.op] as
    | ((ins: readonly Interval[], attrs: OpNode['attrs'], types: readonly Type[]) => Interval)
    | undefined;
  if (rule) return rule(intervals, node.attrs, types);
  const passed = intervals.filter(
    (_, i) => isInt(types[i]!.dtype) && (node.op === 'convert' || types[i]!.dtype === out.dtype),
  );
  if (passed.length > 0) return hull(passed);
  return node.op === 'convert' && kindOf(types[0]!.dtype) === 'bool' ? [0, 1] : own;
};

/** Ops on real numbers whose results lie where their operands do: nothing is rounded. */
const REALS: { readonly [K in OpName]?: IntervalRule<K> } = {
  neg: ([a]) => [-a[1], -a[0]],
  add: ([a, b]) => [a[0] + b[0], a[1] + b[1]],
  sub: ([a, b]) => [a[0] - b[1], a[1] - b[0]],
  maximum: ([a, b]) => [Math.max(a[0], b[0]), Math.max(a[1], b[1])],
  minimum: ([a, b]) => [Math.min(a[0], b[0]), Math.min(a[1], b[1])],
  select: ([, x, y]) => hull([x, y]),
  convert: ([a]) => a,
  sum: ([a], { axes }, [x]) => scaled(a, sizeOf(axes.map((i) => x.shape[i]!))),
  broadcast: ([a]) => a,
  reshape: ([a]) => a,
  transpose: ([a]) => a,
  slice: ([a]) => a,
  gather: ([a]) => a,
  concat: (all) => hull(all),
};

/** Where a real result of a node lies, given where its operands do; anywhere, if that may be beyond `most`. */
export const realInterval = (
  node: OpNode,
  types: readonly Type[],
  intervals: readonly Interval[],
  most: number,
): Interval => {
  const rule = REALS[node.op] as
    | ((ins: readonly Interval[], attrs: OpNode['attrs'], types: readonly Type[]) => Interval)
    | undefined;
  const found = rule?.(intervals, node.attrs, types) ?? ANY;
  const fits = (x: number): boolean => Math.abs(x) <= most || Math.abs(x) === Infinity;
  return found.every(fits) && !found.some(Number.isNaN) ? found : ANY;
};
