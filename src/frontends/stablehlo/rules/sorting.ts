/** @file Sorting by a comparison that a region makes: by keys where it is one of the arrays themselves, else by a network. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import type { Operation } from '../module.ts';
import { onArrays } from './reductions.ts';
import { sortKeysOf } from './regions.ts';
import {
  type Context,
  constantOf,
  flag,
  input,
  np,
  number,
  type Rule,
  type Rules,
  range,
  regionOf,
  unsupported,
} from './rule.ts';

const negated = (x: BaseArray): BaseArray => (x.dtype === 'bool' ? np.logicalNot(x) : np.bitwiseNot(x));

/** Upwards by keys of which the first counts most: rows of [lanes, n]. */
const orderBy = (keys: readonly { readonly x: BaseArray; readonly descending: boolean }[]): BaseArray => {
  const [first, ...rest] = keys;
  if (first === undefined) throw new Error('a sort has a key');
  if (rest.length === 0) return np.argsort(first.x, { axis: 1, descending: first.descending });
  // Stable sorts, from the key that counts least.
  let places: BaseArray | undefined;
  for (const key of [...keys].reverse()) {
    const now = places ? np.takeAlongAxis(key.x, places, 1) : key.x;
    const by = np.argsort(key.descending && now.dtype !== 'fxp' ? negated(now) : now, {
      axis: 1,
      descending: key.descending && now.dtype === 'fxp',
    });
    places = places ? np.takeAlongAxis(places, by, 1) : by;
  }
  return places as BaseArray;
};

/** Which places are compared at once: Batcher's merging exchange of n numbers (Knuth, The Art of Computer Programming 3, 5.2.2 M). */
const stagesOf = (n: number): [number, number][][] => {
  const stages: [number, number][][] = [];
  let top = 1;
  while (2 * top < n) top *= 2;
  for (let p = top; p > 0; p >>= 1)
    for (let q = top, r = 0, d = p; ; d = q - p, q >>= 1, r = p) {
      const pairs = range(Math.max(0, n - d)).filter((i) => (i & p) === r);
      stages.push(pairs.map((i) => [i, i + d]));
      if (q === p) break;
    }
  return stages;
};

/**
 * Rows of [lanes, n] in the order of any comparison: a network, whose exchanges are chosen by what it says. Of elements that it holds equal
 * the earlier one stays first, where the sort is stable: their places go along.
 */
const byNetwork = (op: Operation, rows: readonly BaseArray[], context: Context): BaseArray[] => {
  const run = onArrays(op, regionOf(op), context);
  const isBefore = (x: readonly BaseArray[], y: readonly BaseArray[]): BaseArray =>
    input(run(x.flatMap((a, i) => [a, y[i] as BaseArray])), 0, op);
  const [lanes, n] = (rows[0] as BaseArray).shape as [number, number];
  const places = np.broadcastTo(np.arange(n), [lanes, n]);
  let now = flag(op, 'is_stable') ? [...rows, places] : [...rows];
  for (const pairs of stagesOf(n)) {
    const [left, right] = [0, 1].map((side) =>
      now.map((x) =>
        np.take(
          x,
          pairs.map((p) => p[side as 0 | 1]),
          1,
        ),
      ),
    ) as [BaseArray[], BaseArray[]];
    const [a, b] = [left.slice(0, rows.length), right.slice(0, rows.length)];
    const later = isBefore(b, a);
    const [first, second] = [left[rows.length], right[rows.length]];
    const isTurned =
      first && second
        ? np.logicalOr(later, np.logicalAnd(np.logicalNot(isBefore(a, b)), np.greater(first, second)))
        : later;
    const source = range(n);
    for (const [k, [i, j]] of pairs.entries()) {
      source[i] = n + k;
      source[j] = n + pairs.length + k;
    }
    now = now.map((x, i) => {
      const [low, high] = [left[i] as BaseArray, right[i] as BaseArray];
      const exchanged = [np.where(isTurned, high, low), np.where(isTurned, low, high)];
      return np.take(np.concatenate([x, ...exchanged], 1), source, 1);
    });
  }
  return now.slice(0, rows.length);
};

const sort: Rule = (op, inputs, context) => {
  const block = regionOf(op);
  const keys = sortKeysOf(block, (value) => constantOf(block, value, context));
  const axis = number(op, 'dimension', -1);
  const first = inputs[0];
  if (!first) return unsupported(op, 'nothing to sort');
  const along = axis < 0 ? axis + first.ndim : axis;
  const [key] = keys ?? [];
  if (inputs.length === 1 && keys?.length === 1 && key)
    return np.sort(first, { axis: along, descending: key.descending });
  const lanes = inputs.map((x) => {
    const moved = np.moveaxis(x, along, x.ndim - 1);
    return { shape: moved.shape, rows: np.reshape(moved, [-1, moved.shape.at(-1) as number]) };
  });
  const places =
    keys &&
    orderBy(
      keys.map(({ array, descending }) => ({ x: (lanes[array] as { rows: BaseArray }).rows, descending })),
    );
  const all = lanes.map(({ rows }) => rows);
  const sorted = places ? all.map((rows) => np.takeAlongAxis(rows, places, 1)) : byNetwork(op, all, context);
  return lanes.map(({ shape }, i) =>
    np.moveaxis(np.reshape(sorted[i] as BaseArray, shape), shape.length - 1, along),
  );
};

export const sorting: Rules = { sort };
