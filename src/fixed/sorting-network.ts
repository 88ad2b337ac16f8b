/**
 * @file Sorting of integers as wide as the ring, whose keys leave no room for places: Batcher's odd-even merge
 * network (Knuth, The Art of Computer Programming 3, algorithm 5.2.2M). About log2(n)^2 / 2 layers, each a comparison
 * of values, one of places, and a choice. Rounds a layer 6 (FM64).
 */

import { add, and, concat, hidden, or, selectSum, sub, view } from './basic.ts';
import { type Circuit, count, type Wire } from './circuit.ts';
import { type IntType, isZero, less } from './integers.ts';
import { asLanes, type SortOptions } from './sort-shuffle.ts';

type Comparator = readonly [low: number, high: number];

/** The layers of the network for n elements. */
const network = (n: number): Comparator[][] => {
  const layers: Comparator[][] = [];
  for (let p = 1; p < n; p *= 2) {
    for (let k = p; k >= 1; k /= 2) {
      const layer: Comparator[] = [];
      for (let j = k % p; j + k < n; j += 2 * k) {
        for (let i = j; i < Math.min(j + k, n - k); i++) {
          if (Math.floor(i / (2 * p)) === Math.floor((i + k) / (2 * p))) layer.push([i, i + k]);
        }
      }
      if (layer.length > 0) layers.push(layer);
    }
  }
  return layers;
};

/** Columns of [lanes, n]. */
const pick = (c: Circuit, x: Wire, indices: readonly number[]): Wire => {
  const [lanes, n] = x.shape as [number, number];
  const shape = [lanes, indices.length];
  return c.emit('gather', [x], { outer: lanes, axis: n, inner: 1, indices }, [{ ...x, shape }])[0]!;
};

const PLACE: IntType = { bits: 32, signed: false };

/** As `sorted` in sort-shuffle.ts, for integers of any width. */
export const networkSorted = (
  c: Circuit,
  x: Wire,
  t: IntType,
  { axis, descending, want, along = [] }: SortOptions,
): Wire[] => {
  const { rows, n, lanes, back } = asLanes(c, hidden(c, x), axis);
  const iota = c.constant(
    Float64Array.from({ length: n }, (_, i) => i),
    [n],
    0,
  );
  const places = hidden(c, view(c, iota, [lanes, n], [0, 1]));
  let columns = [rows, places, ...along.map((v) => asLanes(c, hidden(c, v), axis).rows)];
  const before = (a: Wire, b: Wire): Wire => (descending ? less(c, b, a, t, false) : less(c, a, b, t, false));
  for (const layer of count(rows.shape) > 0 ? network(n) : []) {
    const [lows, highs] = [layer.map(([low]) => low), layer.map(([, high]) => high)];
    const pairs = columns.map((v): [Wire, Wire] => [pick(c, v, lows), pick(c, v, highs)]);
    const [[a, b], [i, j]] = pairs as [[Wire, Wire], [Wire, Wire]];
    const tie = and(c, isZero(c, sub(c, a, b), t), less(c, j, i, PLACE, PLACE.bits < c.field.bits));
    const second = or(c, before(b, a), tie);
    const at = new Map([...lows, ...highs].map((place, k) => [place, k]));
    const moved = Array.from({ length: n }, (_, k) => at.get(k) ?? 2 * layer.length + k);
    columns = columns.map((v, k) => {
      const [u, w] = pairs[k]!;
      const low = add(c, u, selectSum(c, [[second, sub(c, w, u)]]));
      const high = sub(c, add(c, u, w), low);
      return pick(c, concat(c, [low, high, v], lanes, [lanes, 2 * layer.length + n]), moved);
    });
  }
  const wanted = { value: [0], index: [1], both: [0, 1], none: [] }[want];
  return [...wanted.map((k) => columns[k]!), ...columns.slice(2)].map(back);
};
