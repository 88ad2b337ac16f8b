/** @file Largest and smallest, elementwise and along an axis, by a tournament that keeps the order of ties. */

import { add, choose, concat, less, selectSum, sub, view } from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { excessByFss } from './piecewise-linear.ts';

/** The larger or smaller by FSS, where the planner wants them. */
const betterByFss = (c: Circuit, x: Wire, y: Wire, pick: 'max' | 'min'): Wire | undefined => {
  const over = pick === 'max' ? excessByFss(c, y, x) : excessByFss(c, x, y);
  return over && (pick === 'max' ? add(c, x, over) : sub(c, x, over));
};

/** Rounds: less, and one to select; by FSS 1. */
export const maximum = (c: Circuit, x: Wire, y: Wire): Wire =>
  betterByFss(c, x, y, 'max') ?? choose(c, less(c, x, y), y, x);

export const minimum = (c: Circuit, x: Wire, y: Wire): Wire =>
  betterByFss(c, x, y, 'min') ?? choose(c, less(c, x, y), x, y);

/** What a tournament carries: values, and the index of each if asked for, as [outer, length, inner]. */
interface Field {
  readonly value: Wire;
  readonly index?: Wire;
}

/** Every second element along the middle axis, from `start` on. */
const half = (c: Circuit, x: Wire, start: 0 | 1, length: number): Wire => {
  const [outer, axis, inner] = x.shape as [number, number, number];
  return view(c, x, [outer, length, inner], [axis * inner, 2 * inner, 1], start * inner);
};

const last = (c: Circuit, x: Wire): Wire => {
  const [outer, axis, inner] = x.shape as [number, number, number];
  return view(c, x, [outer, 1, inner], [axis * inner, inner, 1], (axis - 1) * inner);
};

const append = (c: Circuit, x: Wire, y: Wire): Wire => {
  const [outer, a, inner] = x.shape as [number, number, number];
  return concat(c, [x, y], outer, [outer, a + y.shape[1]!, inner]);
};

/**
 * The largest (or smallest) along the middle axis of [outer, axis, inner], and where the first one is. Neighbours
 * meet, so that of equal values the first wins. Rounds: ceil(log2 axis) times those of maximum, or of less and one with the index
 * or another order.
 */
export const tournament = (
  c: Circuit,
  x: Wire,
  pick: 'max' | 'min',
  withIndex: boolean,
  before: typeof less = less,
): Field => {
  const [outer, axis, inner] = x.shape as [number, number, number];
  let field: Field = { value: x };
  if (withIndex) {
    const index = c.constant(
      Float64Array.from({ length: axis }, (_, i) => i),
      [axis],
      0,
    );
    field = { ...field, index: view(c, index, [outer, axis, inner], [0, 1, 0]) };
  }
  for (let n = axis; n > 1; n = Math.ceil(n / 2)) {
    const pairs = Math.floor(n / 2);
    const [a, b] = [half(c, field.value, 0, pairs), half(c, field.value, 1, pairs)];
    const met = field.index || before !== less ? undefined : betterByFss(c, a, b, pick);
    const second = met ? undefined : pick === 'max' ? before(c, a, b) : before(c, b, a);
    const winner = (u: Wire, v: Wire): Wire => add(c, u, selectSum(c, [[second!, sub(c, v, u)]]));
    const value = met ?? winner(a, b);
    const index = field.index && winner(half(c, field.index, 0, pairs), half(c, field.index, 1, pairs));
    const odd = n % 2 === 1;
    field = {
      value: odd ? append(c, value, last(c, field.value)) : value,
      ...(index && { index: odd ? append(c, index, last(c, field.index!)) : index }),
    };
  }
  return field;
};
