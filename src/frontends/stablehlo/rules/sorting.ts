/** @file Sorting by a comparison that a region makes. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { sortKeysOf } from './regions.ts';
import { constantOf, np, number, type Rule, type Rules, regionOf, unsupported } from './rule.ts';

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

const sort: Rule = (op, inputs, context) => {
  const block = regionOf(op);
  const keys = sortKeysOf(block, (value) => constantOf(block, value, context));
  const axis = number(op, 'dimension', -1);
  const first = inputs[0];
  if (!first) return unsupported(op, 'nothing to sort');
  if (!keys)
    return unsupported(
      op,
      'it compares by more than the order of its arrays: comparisons that compute are not known',
    );
  const along = axis < 0 ? axis + first.ndim : axis;
  const [key] = keys;
  if (inputs.length === 1 && keys.length === 1 && key)
    return np.sort(first, { axis: along, descending: key.descending });
  const lanes = inputs.map((x) => {
    const moved = np.moveaxis(x, along, x.ndim - 1);
    return { shape: moved.shape, rows: np.reshape(moved, [-1, moved.shape.at(-1) as number]) };
  });
  const places = orderBy(
    keys.map(({ array, descending }) => ({ x: (lanes[array] as { rows: BaseArray }).rows, descending })),
  );
  return lanes.map(({ rows, shape }) =>
    np.moveaxis(np.reshape(np.takeAlongAxis(rows, places, 1), shape), shape.length - 1, along),
  );
};

export const sorting: Rules = { sort };
