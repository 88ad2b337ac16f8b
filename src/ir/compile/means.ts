/**
 * @file Means in a small ring (FM64, FM32), where the sum of many numbers leaves the ring though their mean does not. So blocks of about
 * sqrt(n) numbers are summed, these sums are divided by a power of two, and what is added up then is of the size of the root of n numbers.
 * The sum itself stands beside it: it is exact, and wraps where it leaves the ring.
 */
import * as basic from '../../fixed/basic.ts';
import type { Wire } from '../../fixed/circuit.ts';
import * as math from '../../ring/math/index.ts';
import { sizeOf, type ValueId } from '../ops/graph.ts';
import type { NodeOf, OpNode } from '../ops/program.ts';
import type { Lowering } from './lowering-state.ts';
import { type BlockSum, isMean } from './mean-sums.ts';

/** sum(x) 2^-down, off by a unit for each block. Rounds 1, bytes k/8 a block. */
const sumOf = (l: Lowering, node: NodeOf<'sum'>): BlockSum | undefined => {
  const { circuit: c } = l;
  const [from] = node.ins;
  const [out] = node.outs;
  const { shape } = l.type(from);
  const axes = [...node.attrs.axes].sort((a, b) => a - b);
  const [lo, hi] = [axes[0]!, axes.at(-1)!];
  const terms = l.termsOfMean(out)!;
  const most = terms * Math.max(...l.interval(from).map(Math.abs));
  if (hi - lo + 1 !== axes.length || most < math.pow2(c.field.bits - 2 - c.fraction)) return undefined;
  const n = sizeOf(axes.map((i) => shape[i]!));
  const inner = sizeOf(shape.slice(hi + 1));
  const outer = sizeOf(shape.slice(0, lo));
  const down = Math.ceil(math.log2(terms) / 2);
  const size = math.pow2(down);
  const strides = [n * inner, inner, 1];
  const part = (start: number, count: number, each: number): Wire => {
    const rows = basic.view(c, l.wire(from), [outer, count * each, inner], strides, start * inner);
    const blocks = basic.sum(c, rows, outer * count, each, inner, [outer, count, inner]);
    return basic.sum(c, basic.truncate(c, blocks, down), outer, count, inner, l.type(out).shape);
  };
  const whole = Math.floor(n / size);
  const rest = n - whole * size;
  const parts = [
    ...(whole > 0 ? [part(0, whole, size)] : []),
    ...(rest > 0 ? [part(whole * size, 1, rest)] : []),
  ];
  return { wire: parts.reduce((a, b) => basic.add(c, a, b)), down };
};

/** What is made of a sum for a mean, if one is. */
export const sumForMean = (l: Lowering, node: OpNode): BlockSum | undefined => {
  const [out] = node.outs;
  if (l.termsOfMean(out) === undefined) return undefined;
  if (node.op === 'sum') return sumOf(l, node);
  const { circuit: c } = l;
  const { shape } = l.type(out);
  const sums = node.ins.flatMap((id) => l.forMean(id) ?? []);
  const [first] = sums;
  if (!first || sums.length < node.ins.length || sums.some((s) => s.down !== first.down)) return undefined;
  const wires = sums.map((s) => s.wire);
  const joined = (): Wire => {
    if (node.op === 'reshape') return basic.reshape(c, first.wire, shape);
    if (node.op === 'concat') return basic.concat(c, wires, sizeOf(shape.slice(0, node.attrs.axis)), shape);
    return wires.reduce((a, b) => basic.add(c, a, b));
  };
  return { wire: joined(), down: first.down };
};

/** sum(x) times a factor that makes a mean of it, for |x| < 2^(k-3-f) / sqrt(n): off by three units in the last place. Rounds 1 more. */
export const meanOf = (l: Lowering, id: ValueId, factor: number): Wire | undefined => {
  const sum = l.forMean(id);
  if (!sum || !isMean(factor, l.termsOfMean(id)!)) return undefined;
  return basic.timesNumber(l.circuit, sum.wire, factor * math.pow2(sum.down));
};
