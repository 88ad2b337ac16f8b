/**
 * @file Order: sorting by Batcher's odd-even merge network (log2(n)^2 / 2 layers, each one comparison of half the
 * elements), and what follows from it. Ties keep their order wherever positions are given.
 */
import { fail } from '../errors.ts';
import { block } from '../ir/algebra.ts';
import type { BaseArray } from '../ir/array.ts';
import { normalAxis } from '../ir/shapes.ts';
import { apply } from '../ir/tracer.ts';
import { equal, less, lessEqual, logicalAnd, logicalOr, where } from './compare.ts';
import { type ArrayInput, asArr, broadcast, convertTo, isBool, reshapeTo } from './core.ts';
import { arange } from './create.ts';
import { add, multiply, negative, subtract } from './elementwise.ts';
import { concatenate } from './join.ts';
import { sum } from './reduce.ts';
import { expandDims, moveaxis, ravel } from './shape.ts';

type Comparator = readonly [low: number, high: number];

/** The layers of the network for n elements (Knuth, The Art of Computer Programming 3, algorithm 5.2.2M). */
export const network = (n: number): Comparator[][] => {
  const layers: Comparator[][] = [];
  for (let p = 1; p < n; p *= 2)
    for (let k = p; k >= 1; k /= 2) {
      const layer: Comparator[] = [];
      for (let j = k % p; j + k < n; j += 2 * k)
        for (let i = j; i < Math.min(j + k, n - k); i++)
          if (Math.floor(i / (2 * p)) === Math.floor((i + k) / (2 * p))) layer.push([i, i + k]);
      if (layer.length > 0) layers.push(layer);
    }
  return layers;
};

const pick = (x: BaseArray, indices: readonly number[]): BaseArray =>
  apply('gather', [x], { axis: x.ndim - 1, indices: [...indices] });

/** Both of a pair: the one that `second` chooses in front. (On secrets the passes make one choice of the two.) */
const exchange = (second: BaseArray, a: BaseArray, b: BaseArray): [BaseArray, BaseArray] => [
  where(second, b, a),
  where(second, a, b),
];

interface Ordered {
  readonly values: BaseArray;
  readonly positions?: BaseArray;
}

/** Sorts along the last axis, upwards. */
const sortLast = (x: BaseArray, withPositions: boolean): Ordered => {
  const n = x.shape.at(-1)!;
  let values = x;
  let positions = withPositions ? broadcast(arange(n), x.shape) : undefined;
  for (const layer of network(n)) {
    const lows = layer.map(([low]) => low);
    const highs = layer.map(([, high]) => high);
    const at = new Map([...lows, ...highs].map((i, k) => [i, k]));
    const order = Array.from({ length: n }, (_, i) => at.get(i) ?? 2 * layer.length + i);
    const put = (pair: [BaseArray, BaseArray], old: BaseArray): BaseArray =>
      pick(concatenate([...pair, old], -1), order);
    const [a, b] = [pick(values, lows), pick(values, highs)];
    let second = less(b, a);
    if (positions !== undefined) {
      const [i, j] = [pick(positions, lows), pick(positions, highs)];
      second = logicalOr(second, logicalAnd(equal(a, b), less(j, i)));
      positions = put(exchange(second, i, j), positions);
    }
    values = put(exchange(second, a, b), values);
  }
  return positions === undefined ? { values } : { values, positions };
};

const ordered = (x: ArrayInput, axis: number | null, withPositions: boolean): Ordered => {
  const given = axis === null ? ravel(x) : asArr(x);
  const a = isBool(given) ? convertTo(given, 'int8') : given;
  const at = normalAxis(axis ?? 0, a.ndim);
  const { values, positions } = sortLast(moveaxis(a, at, -1), withPositions);
  const back = (y: BaseArray): BaseArray => moveaxis(y, -1, at);
  const kept = back(isBool(given) ? convertTo(values, 'bool') : values);
  return positions === undefined ? { values: kept } : { values: kept, positions: back(positions) };
};

/** Upwards along an axis (null: the flattened array). */
export const sort = (x: ArrayInput, axis: number | null = -1): BaseArray => ordered(x, axis, false).values;

/** Positions that would sort, int64; ties keep their order. */
export const argsort = (x: ArrayInput, axis: number | null = -1): BaseArray =>
  ordered(x, axis, true).positions!;

/** [the k largest along the last axis, downwards; their positions]. Of equal ones the first comes first. */
export const topK = (x: ArrayInput, k: number): [BaseArray, BaseArray] => {
  const a = asArr(x);
  const n = a.shape.at(-1) ?? 0;
  if (!Number.isInteger(k) || k < 0 || k > n) fail('RANGE', `topK: k is from 0 to ${n}, not ${k}`);
  const { values, positions } = ordered(negative(a), -1, true);
  const first = (y: BaseArray): BaseArray => block(y, y.ndim - 1, 0, k);
  return [negative(first(values)), first(positions!)];
};

/** The value at fraction q of the order along an axis (all elements without one), interpolated between neighbours. */
export const quantile = (
  x: ArrayInput,
  q: number | readonly number[],
  axis: number | null = null,
): BaseArray => {
  const list = typeof q === 'number' ? [q] : q;
  if (list.some((v) => !(v >= 0 && v <= 1)))
    fail('RANGE', `quantiles are between 0 and 1, not ${list.join(', ')}`);
  const values = moveaxis(sort(convertTo(asArr(x), 'fxp'), axis), axis ?? 0, -1);
  const n = values.shape.at(-1)!;
  if (n === 0) fail('SHAPE', 'quantile of an empty array');
  const places = list.map((v) => v * (n - 1));
  const low = pick(values, places.map(Math.floor));
  const high = pick(values, places.map(Math.ceil));
  const weights = Float64Array.from(places, (p) => p - Math.floor(p));
  const mixed = moveaxis(add(low, multiply(subtract(high, low), weights)), -1, 0);
  return typeof q === 'number' ? reshapeTo(mixed, mixed.shape.slice(1)) : mixed;
};
export const percentile = (
  x: ArrayInput,
  q: number | readonly number[],
  axis: number | null = null,
): BaseArray => quantile(x, typeof q === 'number' ? q / 100 : q.map((v) => v / 100), axis);

/** The middle of the order, or the mean of the middle two. */
export const median = (x: ArrayInput, axis: number | null = null): BaseArray => quantile(x, 0.5, axis);

/** Where each value of v would go into the sorted vector a: how many elements are below (side 'right': not above). */
export const searchsorted = (a: ArrayInput, v: ArrayInput, side: 'left' | 'right' = 'left'): BaseArray => {
  const list = asArr(a);
  if (list.ndim !== 1) fail('SHAPE', `searchsorted takes a vector, not an array of dimension ${list.ndim}`);
  const wanted = expandDims(v, -1);
  return sum(side === 'left' ? less(list, wanted) : lessEqual(list, wanted), -1);
};
