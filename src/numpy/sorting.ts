/** @file Order: sorting, and what follows from it. Ties keep their order wherever positions are given. */
import { fail } from '../errors.ts';
import { block } from '../ir/algebra.ts';
import type { BaseArray } from '../ir/array.ts';
import { normalAxis } from '../ir/shapes.ts';
import { apply } from '../ir/tracer.ts';
import { less, lessEqual } from './compare.ts';
import { type ArrayInput, asArr, convertTo, isBool, reshapeTo } from './core.ts';
import { add, multiply, subtract } from './elementwise.ts';
import { sum } from './reduce.ts';
import { expandDims, moveaxis, ravel } from './shape.ts';

const pick = (x: BaseArray, indices: readonly number[]): BaseArray =>
  apply('gather', [x], { axis: x.ndim - 1, indices: [...indices] });

/** One of the ops of order along an axis (null: of the flattened array); bools are sorted as numbers. */
const ordered = (
  op: 'sort' | 'argsort',
  x: ArrayInput,
  axis: number | null,
  descending = false,
): BaseArray => {
  const given = axis === null ? ravel(x) : asArr(x);
  const a = isBool(given) ? convertTo(given, 'int8') : given;
  const out = apply(op, [a], { axis: normalAxis(axis ?? 0, a.ndim), descending });
  return op === 'sort' && isBool(given) ? convertTo(out, 'bool') : out;
};

/** Upwards along an axis (null: the flattened array). */
export const sort = (x: ArrayInput, axis: number | null = -1): BaseArray => ordered('sort', x, axis);

/** Positions that would sort, int64; ties keep their order. */
export const argsort = (x: ArrayInput, axis: number | null = -1): BaseArray => ordered('argsort', x, axis);

/** [the k largest along the last axis, downwards; their positions], of one sort. Of equal ones the first comes first. */
export const topK = (x: ArrayInput, k: number): [BaseArray, BaseArray] => {
  const a = asArr(x);
  const n = a.shape.at(-1) ?? 0;
  if (!Number.isInteger(k) || k < 0 || k > n) fail('RANGE', `topK: k is from 0 to ${n}, not ${k}`);
  const first = (op: 'sort' | 'argsort'): BaseArray => block(ordered(op, a, -1, true), a.ndim - 1, 0, k);
  return [first('sort'), first('argsort')];
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
