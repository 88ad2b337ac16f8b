/** @file Largest and smallest, elementwise and along an axis, by a tournament that keeps the order of ties. */

import { add, all, choose, concat, less, not, partAt, selectSum, stack, sub, view } from './basic.ts';
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

/** `size` elements along the middle axis from `start` on, every `step`-th. */
const along = (c: Circuit, x: Wire, start: number, size: number, step = 1): Wire => {
  const [outer, axis, inner] = x.shape as [number, number, number];
  return view(c, x, [outer, size, inner], [axis * inner, step * inner, 1], start * inner);
};

const append = (c: Circuit, x: Wire, y: Wire): Wire => {
  const [outer, a, inner] = x.shape as [number, number, number];
  return concat(c, [x, y], outer, [outer, a + y.shape[1]!, inner]);
};

/** The first of a pair that is not beaten by the other, by FSS where the planner wants it. */
const better = (c: Circuit, [a, b]: readonly Field[], pick: 'max' | 'min', before: typeof less): Field => {
  const met = a!.index || before !== less ? undefined : betterByFss(c, a!.value, b!.value, pick);
  if (met) return { value: met };
  const second = pick === 'max' ? before(c, a!.value, b!.value) : before(c, b!.value, a!.value);
  const winner = (u: Wire, v: Wire): Wire => add(c, u, selectSum(c, [[second, sub(c, v, u)]]));
  return { value: winner(a!.value, b!.value), ...(a!.index && { index: winner(a!.index, b!.index!) }) };
};

/**
 * The first of several that is not beaten by any other: everybody meets everybody at once, and who has won all is taken. Rounds: less, one for
 * the AND, one to select.
 */
const best = (c: Circuit, members: readonly Field[], pick: 'max' | 'min', before: typeof less): Field => {
  const pairs = members.flatMap((_, i) => members.slice(i + 1).map((_, j) => [i, i + 1 + j] as const));
  const side = (k: 0 | 1): Wire =>
    stack(
      c,
      pairs.map((pair) => members[pair[k]]!.value),
    );
  const later = pick === 'max' ? before(c, side(0), side(1)) : before(c, side(1), side(0));
  const earlier = not(c, later);
  const won = (i: number): Wire[] =>
    pairs.flatMap((pair, at) => (pair.includes(i) ? [partAt(c, pair[1] === i ? later : earlier, at)] : []));
  const others = members.slice(1);
  const literals = others.map((_, i) => won(i + 1));
  const wins = all(
    c,
    others.map((_, k) =>
      stack(
        c,
        literals.map((of) => of[k]!),
      ),
    ),
  );
  const taken = (of: (member: Field) => Wire): Wire => {
    const first = of(members[0]!);
    const terms = others.map((member, i) => [partAt(c, wins, i), sub(c, of(member), first)] as const);
    return add(c, first, selectSum(c, terms));
  };
  return {
    value: taken((member) => member.value),
    ...(members[0]!.index && { index: taken((member) => member.index!) }),
  };
};

/**
 * The largest (or smallest) along the middle axis of [outer, axis, inner], and where the first one is. Neighbours
 * meet, in pairs or in the larger groups that the planner wants, so that of equal values the first wins. Rounds of pairs: ceil(log2 axis) times
 * those of maximum, or of less and one with the index or another order.
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
  const winners = (from: number, groups: number, size: number): Field => {
    const members = Array.from({ length: size }, (_, i): Field => {
      const of = (w: Wire): Wire => along(c, w, from + i, groups, size);
      return { value: of(field.value), ...(field.index && { index: of(field.index) }) };
    });
    if (size === 1) return members[0]!;
    return (size === 2 ? better : best)(c, members, pick, before);
  };
  for (let n = axis; n > 1; ) {
    const size = c.groups(n, outer * inner);
    const whole = Math.floor(n / size);
    const rest = n % size;
    const found = winners(0, whole, size);
    const others = rest > 0 ? winners(whole * size, 1, rest) : undefined;
    const joined = (u: Wire, v: Wire | undefined): Wire => (v ? append(c, u, v) : u);
    field = {
      value: joined(found.value, others?.value),
      ...(found.index && { index: joined(found.index, others?.index) }),
    };
    n = whole + (rest > 0 ? 1 : 0);
  }
  return field;
};
