/**
 * @file Sorting of integers that leave no room for places beside them: by their low bits first, then by higher ones (radix sort,
 * Knuth, The Art of Computer Programming 3, 5.2.5). Each sort keeps the order of what is equal, so the last decides.
 */
import * as math from '../ring/math/index.ts';
import { hidden, sub, timesInteger, view } from './basic.ts';
import { type Circuit, count, placeBits, type Wire } from './circuit.ts';
import { type IntType, shiftRight } from './integers.ts';
import { asLanes, type SortOptions, sorted } from './sort-shuffle.ts';

/** x in parts of `width` bits, the lowest first; the last has the sign. */
const partsOf = (c: Circuit, x: Wire, t: IntType, width: number): Wire[] => {
  const shifted = [x];
  for (let low = width; low < t.bits; low += width) shifted.push(shiftRight(c, x, t, low));
  return shifted.map((s, i) => {
    const above = shifted[i + 1];
    return above === undefined ? s : sub(c, s, timesInteger(c, above, math.pow2(width)));
  });
};

/** Sorts that `radixSorted` takes for integers of these bits, n in a row. */
const sortsOf = (c: Circuit, n: number, { bits }: IntType): number =>
  Math.ceil(bits / Math.max(1, c.field.bits - placeBits(n) - 3));

/** As `sorted` in sort-shuffle.ts, x being the integers themselves. Rounds: those of as many sorts as there are parts, and of a shift. */
export const radixSorted = (
  c: Circuit,
  x: Wire,
  t: IntType,
  { axis, descending, want, along = [] }: SortOptions,
): Wire[] => {
  const { rows, n, lanes, back } = asLanes(c, hidden(c, x), axis);
  const width = Math.ceil(t.bits / sortsOf(c, n, t));
  const iota = c.constant(
    Float64Array.from({ length: n }, (_, i) => i),
    [n],
    0,
  );
  const wanted: Record<SortOptions['want'], Wire[]> = {
    none: [],
    value: [rows],
    index: [hidden(c, view(c, iota, [lanes, n], [0, 1]))],
    both: [rows, hidden(c, view(c, iota, [lanes, n], [0, 1]))],
  };
  let keys = count(rows.shape) === 0 ? [] : partsOf(c, rows, t, width);
  let columns = [...wanted[want], ...along.map((v) => asLanes(c, hidden(c, v), axis).rows)];
  while (keys.length > 0) {
    const [key, ...rest] = keys as [Wire, ...Wire[]];
    // A part is from 0 on, or has the sign: a bit more than its width.
    const options = {
      axis: 1,
      descending,
      want: 'none',
      bits: width + 1,
      along: [...rest, ...columns],
    } as const;
    const moved = sorted(c, key, options);
    [keys, columns] = [moved.slice(0, rest.length), moved.slice(rest.length)];
  }
  return columns.map(back);
};
