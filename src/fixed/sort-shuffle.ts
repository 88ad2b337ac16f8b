/** @file Oblivious sorting and shuffling along an axis. */

import * as math from '../ring/math/index.ts';
import { add, addNumber, below, bitToNumber, hidden, not, reshape, selectSum, sub, view } from './basic.ts';
import { type Circuit, count, placeBits, type Wire } from './circuit.ts';
import { shiftExactly } from './exact-shift.ts';

const ring = (shape: readonly number[]) => ({ shape, kind: 'ring', secret: true }) as const;

/** The axis moved to the end: [lanes, n], and the way back. */
export const asLanes = (
  c: Circuit,
  x: Wire,
  axis: number,
): { rows: Wire; lanes: number; n: number; back: (y: Wire) => Wire } => {
  const { shape } = x;
  const n = shape[axis]!;
  const lanes = n === 0 ? 0 : count(shape) / n;
  const [outer, inner] = [count(shape.slice(0, axis)), count(shape.slice(axis + 1))];
  const moved = inner === 1 ? x : view(c, x, [outer, inner, n], [n * inner, 1, inner]);
  const back = (y: Wire): Wire => {
    if (inner === 1) return reshape(c, y, shape);
    return reshape(c, view(c, y, [outer, n, inner], [n * inner, 1, n]), shape);
  };
  return { rows: reshape(c, moved, [lanes, n]), lanes, n, back };
};

export interface SortOptions {
  readonly axis: number;
  readonly descending: boolean;
  readonly want: 'value' | 'index' | 'both' | 'none';
  /** Arrays of x's shape that go along: in the same order after those wanted. */
  readonly along?: readonly Wire[];
  /** Bits of the numbers with their sign; the ring's, less what the places take, where absent. */
  readonly bits?: number | undefined;
}

const OUTS = { none: 0, value: 1, index: 1, both: 2 } as const;

/**
 * Rows in order along an axis, and the places that they came from. A number and a place share a ring element, for which there is to be
 * room: 1 bit of n places and one more. Rounds and bytes: gates/sort.ts.
 */
export const sorted = (
  c: Circuit,
  x: Wire,
  { axis, descending, want, bits, along = [] }: SortOptions,
): Wire[] => {
  const { rows, lanes, n, back } = asLanes(c, hidden(c, x), axis);
  const shift = placeBits(n);
  const width = Math.min(c.field.bits, bits === undefined ? c.field.bits : bits + shift + 2);
  const outs = Array.from({ length: OUTS[want] + along.length }, () => ring(rows.shape));
  const columns = along.map((v) => asLanes(c, hidden(c, v), axis).rows);
  return c
    .emit('sort', [rows, ...columns], { lanes, n, shift, descending, bits: width, want }, outs)
    .map(back);
};

/**
 * Keys of so many bits less, in the order of x: what is below 2^(k - 3 - room) stays, what is beyond keeps its distance from there less
 * room + 1 low bits. |x| < 2^(k-2). Rounds: less, and one.
 */
const narrowed = (c: Circuit, x: Wire, room: number): Wire => {
  const shift = room + 1;
  const end = math.pow2(c.field.bits - 3 - room);
  const step = end - end / math.pow2(shift);
  const lost = c.emit('borrow', [x], { bits: shift }, [{ shape: x.shape, kind: 'bit', secret: true }])[0]!;
  const whole = sub(c, shiftExactly(c, x, shift, false, true), bitToNumber(c, lost));
  const [under, low] = below(c, x, [end, -end]) as [Wire, Wire];
  const moved = sub(c, whole, x);
  const terms: [Wire, Wire][] = [
    [not(c, under), addNumber(c, moved, step, 0)],
    [low, addNumber(c, moved, -step, 0)],
  ];
  return add(c, x, selectSum(c, terms));
};

/**
 * As `sorted`, of real numbers that leave no room for `room` bits of places: beyond 2^(k-3-room), raw, those count as equal that differ
 * in room + 1 low bits alone. Rounds: those of a comparison and two more.
 */
export const sortedWide = (c: Circuit, x: Wire, room: number, options: SortOptions): Wire[] => {
  const { want, along = [] } = options;
  const held = hidden(c, x);
  const keys = c.inside(() => narrowed(c, held, room));
  if (want === 'none' || want === 'index') return sorted(c, keys, { ...options, bits: undefined });
  const rest = want === 'value' ? 'none' : 'index';
  const wide = { ...options, want: rest, bits: undefined, along: [held, ...along] } as const;
  const [first, ...others] = sorted(c, keys, wide);
  return rest === 'none' ? [first!, ...others] : [others[0]!, first!, ...others.slice(1)];
};

/** Parts along an axis in a random order: each column a place in its part, all columns moved alike. */
export const shuffled = (c: Circuit, x: Wire, axis: number): Wire => {
  const { shape } = x;
  const [outer, n, inner] = [count(shape.slice(0, axis)), shape[axis]!, count(shape.slice(axis + 1))];
  const columns = Array.from({ length: outer * inner }, (_, i) =>
    view(c, x, [n], [inner], Math.floor(i / inner) * n * inner + (i % inner)),
  );
  if (columns.length === 0) return x;
  const moved = c.emit(
    'shuffle',
    columns,
    { lanes: 1, n },
    columns.map(() => ring([n])),
  );
  const joined = c.emit('concat', moved, { outer: 1, widths: moved.map(() => n) }, [
    ring([outer, inner, n]),
  ])[0]!;
  return reshape(c, view(c, joined, [outer, n, inner], [n * inner, 1, n]), [...shape]);
};
