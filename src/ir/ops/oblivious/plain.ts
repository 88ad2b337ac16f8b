/** @file Sorting, randomness and access at secret indexes, on plain data. */

import { fail } from '../../../errors.ts';
import * as math from '../../../ring/math/index.ts';
import { randomBytes } from '../../../ring/prg.ts';
import type { AttrsOf } from '../catalogue.ts';
import { alloc } from '../dtypes.ts';
import { type Element, elements, type Shape, sizeOf, type Tensor, type Type } from '../graph.ts';
import type { Plain, PlainTable } from '../plain-kernel.ts';
import { PLAIN_SHAPE } from '../shape/plain.ts';
import type { ObliviousOp } from './catalogue.ts';

const around = (shape: Shape, axis: number): [outer: number, n: number, inner: number] => [
  sizeOf(shape.slice(0, axis)),
  shape[axis]!,
  sizeOf(shape.slice(axis + 1)),
];

/** out[o, i, :] = x[o, from(lane, i), :] for each lane (o, inner index). */
const rearranged = (
  x: Tensor,
  out: Type,
  axis: number,
  pick: (lane: readonly Element[]) => readonly Element[],
): Tensor => {
  const [outer, n, inner] = around(x.shape, axis);
  const data = alloc(out.dtype, sizeOf(x.shape));
  const [from, to] = [elements(x.data), elements(data)];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (j: number): number => (o * n + j) * inner + i;
      const lane = Array.from({ length: n }, (_, j) => from[at(j)]!);
      pick(lane).forEach((v, j) => {
        to[at(j)] = v;
      });
    }
  }
  return { shape: x.shape, dtype: out.dtype, data };
};

const orderOf = (lane: readonly Element[], { descending }: AttrsOf<'sort'>): number[] => {
  const sign = descending ? -1 : 1;
  // As in NumPy NaN is larger than all others: an order that contradicts itself gives what the engine likes.
  const before = (x: Element, y: Element): boolean => x < y || (Number.isNaN(y) && !Number.isNaN(x));
  const compare = (a: number, b: number): number =>
    before(lane[a]!, lane[b]!) ? -sign : before(lane[b]!, lane[a]!) ? sign : a - b;
  return [...lane.keys()].sort(compare);
};

/** A whole number below n, without favourites. */
const below = (n: number): number => {
  const fair = math.pow2(32) - (math.pow2(32) % n);
  for (;;) {
    const word = new DataView(randomBytes(4).buffer).getUint32(0);
    if (word < fair) return word % n;
  }
};

const permutation = (n: number): number[] => {
  const out = [...Array(n).keys()];
  for (let i = n - 1; i > 0; i--) {
    const j = below(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
};

/** x[.., at[e], ..] along an axis; `at` gives a place in the axis. */
const takeAlong = (x: Tensor, axis: number, at: readonly number[], out: Type): Tensor => {
  const [outer, n, inner] = around(x.shape, axis);
  const data = alloc(out.dtype, sizeOf(out.shape));
  const [from, to] = [elements(x.data), elements(data)];
  let k = 0;
  for (let o = 0; o < outer; o++) {
    for (const j of at) for (let i = 0; i < inner; i++) to[k++] = from[(o * n + j) * inner + i]!;
  }
  return { shape: out.shape, dtype: out.dtype, data };
};

const placesOf = (op: string, t: Tensor, n: number, least = 0): number[] =>
  Array.from(elements(t.data) as ArrayLike<Element>, (v) => {
    const i = Number(v);
    return i >= least && i < n ? i : fail('RANGE', `${op}: place ${i} is outside of an axis of size ${n}`);
  });

const scatterAdd: Plain<'scatterAdd'> = ([x, places, parts], { drops }, out) => {
  const data = alloc(out.dtype, sizeOf(out.shape));
  const to = elements(data);
  const old = elements(x.data);
  for (let i = 0; i < old.length; i++) to[i] = old[i]!;
  const each = sizeOf(x.shape.slice(1));
  const from = elements(parts.data);
  const n = x.shape[0]!;
  placesOf('scatterAdd', places, drops === true ? n + 1 : n).forEach((j, e) => {
    if (j === n) return;
    for (let i = 0; i < each; i++) {
      const [a, b] = [to[j * each + i]!, from[e * each + i]!];
      to[j * each + i] = typeof a === 'bigint' ? a + (b as bigint) : a + (b as number);
    }
  });
  return { shape: out.shape, dtype: out.dtype, data };
};

const argsort: Plain<'argsort'> = ([x], attrs, out) =>
  rearranged(x, out, attrs.axis, (lane) => orderOf(lane, attrs).map(BigInt));

export const PLAIN_OBLIVIOUS: PlainTable<ObliviousOp> = {
  sort: ([x], attrs, out) =>
    rearranged(x, out, attrs.axis, (lane) => orderOf(lane, attrs).map((j) => lane[j]!)),
  argsort,
  sortBy: ([keys, values], attrs, out) => {
    const { axis } = attrs;
    const order = argsort([keys], attrs, { ...out, dtype: 'int64' });
    const [outer, n, inner] = around(values.shape, axis);
    const data = alloc(out.dtype, sizeOf(values.shape));
    const [from, to] = [elements(values.data), elements(data)];
    for (let o = 0; o < outer; o++) {
      for (let j = 0; j < n * inner; j++) {
        const at = o * n * inner + j;
        to[at] = from[o * n * inner + Number(order.data[at]) * inner + (j % inner)]!;
      }
    }
    return { shape: values.shape, dtype: out.dtype, data };
  },
  shuffle: ([x], { axis }, out) => takeAlong(x, axis, permutation(x.shape[axis]!), out),
  randomBits: (_ins, _attrs, out) => ({ ...out, data: randomBytes(sizeOf(out.shape)).map((v) => v & 1) }),
  lookup: ([x, places], { axis }, out) => {
    const n = x.shape[axis]!;
    const at = placesOf('lookup', places, n, -n).map((i) => (i < 0 ? i + n : i));
    return takeAlong(x, axis, at, out);
  },
  scatterAdd,
  sliceAt: PLAIN_SHAPE.dynamicSlice,
  updateAt: PLAIN_SHAPE.dynamicUpdateSlice,
};
