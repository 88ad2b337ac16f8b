/** @file New arrays in which some elements are others: what NumPy puts into an array in place. */
import { fail } from '../errors.ts';
import { normalAxis, shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { scatter } from './choosing.ts';
import { where } from './compare.ts';
import {
  type ArrayInput,
  asArr,
  axisOf,
  broadcast,
  convertTo,
  isBool,
  type OneAxis,
  promoteAll,
  reshapeTo,
  truth,
} from './core.ts';
import { subtract } from './elementwise.ts';
import { hits, take, wholePlaces } from './indexing.ts';
import { tile } from './join.ts';
import { any, sum } from './reduce.ts';
import { cumsum } from './scans.ts';
import { expandDims, moveaxis, ravel } from './shape.ts';

/** Places of an axis of n; known ones may count from the end. */
const within = (places: BaseArray, n: number): BaseArray => {
  if (!(places instanceof NDArray)) return places;
  const list = Array.from(places.data, Number);
  if (list.some((i) => i < -n || i >= n)) fail('RANGE', `a place is out of bounds for an axis of size ${n}`);
  return NDArray.from(
    { shape: places.shape, dtype: 'int64', data: BigInt64Array.from(list, (i) => BigInt(i < 0 ? i + n : i)) },
    'int64',
  );
};

/** The first n of `values` over and over. */
const repeated = (values: ArrayInput, n: number): BaseArray => {
  const v = ravel(values);
  if (v.size === 0 && n > 0) fail('SHAPE', 'there are no values to put');
  const times = Math.ceil(n / Math.max(1, v.size));
  return (times === 1 ? v : tile(v, [times])).slice([0, n]);
};

/**
 * x with `values` (over and over) at places of the flattened array, public or secret, each at most once. Known places throw
 * RANGE outside; what secret ones put there is dropped. Rounds: those of scatter.
 * @example
 * np.put(np.array([1, 2, 3]), [0, 2], [8, 9]) // [8, 2, 9]
 */
export const put = (x: ArrayInput, places: ArrayInput, values: ArrayInput): BaseArray => {
  const a = asArr(x);
  const at = within(ravel(wholePlaces(places)), a.size);
  return reshapeTo(scatter(ravel(a), at, repeated(values, at.size)), a.shape);
};

/**
 * x with `values` (over and over) where `mask` is true, in order; the mask may be secret. Rounds 3: which value comes is a
 * lookup among as many values as there are elements.
 * @example
 * np.place(np.array([1, 2, 3]), [true, false, true], [8, 9]) // [8, 2, 9]
 */
export const place = (x: ArrayInput, mask: ArrayInput, values: ArrayInput): BaseArray => {
  const a = asArr(x);
  const holds = ravel(truth(mask));
  if (holds.size !== a.size)
    fail('SHAPE', `place: a mask of ${holds.size} elements for an array of ${shapeText(a.shape)}`);
  if (a.size === 0) return a;
  const [flat, list] = promoteAll([ravel(a), repeated(values, a.size)]) as [BaseArray, BaseArray];
  const single = ravel(values).size === 1;
  // How many are true before: never negative.
  const rank = convertTo(subtract(cumsum(holds), convertTo(holds, 'int64')), 'uint32');
  return reshapeTo(where(holds, single ? list : take(list, rank), flat), a.shape);
};

/**
 * x with `values` at places along an axis, lane by lane; places, public or secret, come at most once in a lane. They are
 * compared with every position: negative ones count from the end, and secret ones outside put nothing (known ones throw RANGE). Rounds 5.
 * @example
 * np.putAlongAxis(np.array([[1, 2], [3, 4]]), [[1], [0]], 9, 1) // [[1, 9], [9, 4]]
 */
export const putAlongAxis = (
  x: ArrayInput,
  places: ArrayInput,
  values: ArrayInput,
  axis?: OneAxis,
): BaseArray => {
  const along = axisOf<number | undefined>('np.putAlongAxis', axis, undefined);
  if (along === undefined)
    return fail(
      'INVALID_ARGUMENT',
      'np.putAlongAxis: an axis is needed: np.putAlongAxis(x, places, values, axis)',
    );
  const [a, at] = [asArr(x), wholePlaces(places)];
  if (a.ndim !== at.ndim)
    fail('SHAPE', `putAlongAxis: places of shape ${shapeText(at.shape)} for ${shapeText(a.shape)}`);
  const which = normalAxis(along, a.ndim);
  const [given, parts] = promoteAll([a, broadcast(asArr(values), at.shape)]) as [BaseArray, BaseArray];
  const rows = moveaxis(given, which, -1);
  const n = rows.shape.at(-1)!;
  const hit = hits(moveaxis(within(at, n), which, -1), n);
  const put = expandDims(moveaxis(parts, which, -1), -1);
  const chosen = isBool(put)
    ? any(where(hit, put, false), -2)
    : convertTo(sum(where(hit, put, NDArray.from(0, put.dtype)), -2), put.dtype as 'fxp');
  return moveaxis(where(any(hit, -2), chosen, rows), -1, which);
};
