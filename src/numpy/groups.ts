/**
 * @file Rows by key, as SQL's `group by`: row g of a result is that of the rows whose key is g, for 0 <= g < groups. Keys may be
 * secret; nothing tells which row belongs where, or how many. Every key is compared with every group: 2 rounds, a byte each.
 */
import { fail } from '../errors.ts';
import { intRange, isInt } from '../ir/ops/dtypes.ts';
import { sizeOf } from '../ir/ops/graph.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply } from '../ir/trace/tracer.ts';
import { equal, where } from './compare.ts';
import { type ArrayInput, asArr, convertTo, isBool, reshapeTo } from './core.ts';
import { arange, full, zeros } from './create.ts';
import {
  divide,
  fineRsqrt,
  maximum,
  multiply,
  negative,
  reciprocal,
  sqrt,
  square,
  subtract,
} from './elementwise.ts';
import { concatenate } from './join.ts';
import { matmul } from './linalg.ts';
import { optionsOf } from './options.ts';
import { max, min, sum } from './reduce.ts';
import { expandDims, ravel } from './shape.ts';

/** [groups, n]: which row belongs to which group. */
const members = (keys: ArrayInput, groups: number): BaseArray => {
  const k = wholeKeys(asArr(keys));
  if (k.ndim !== 1) fail('SHAPE', `keys of a group are a vector, not an array of dimension ${k.ndim}`);
  if (isBool(k)) return equal(expandDims(convertTo(k, 'int8'), 0), expandDims(classesOf('int8', groups), 1));
  const [least, most] = intRange(k.dtype);
  // Groups that no key of this dtype can name have no rows.
  const named = BigInt(groups) > most ? Number(most) + 1 : groups;
  const hits = equal(expandDims(k, 0), expandDims(classesOf(k.dtype, named), 1));
  return named === groups || least > most
    ? hits
    : concatenate([hits, zeros([groups - named, k.size], 'bool')]);
};

const classesOf = (dtype: string, groups: number): BaseArray => convertTo(arange(groups), dtype as 'int64');

/** Keys as integers: lists of whole numbers are float64 where they come from JavaScript. Throws DTYPE, as for swapped arguments. */
const wholeKeys = (keys: BaseArray): BaseArray => {
  if (isBool(keys) || isInt(keys.dtype)) return keys;
  if (keys instanceof NDArray && keys.data.every((v) => Number.isSafeInteger(Number(v))))
    return convertTo(keys, 'int64');
  return fail(
    'DTYPE',
    'keys of groups are integers, not float64, and stand first: np.groupSum(keys, values, groups), where JAX has ' +
      "segment_sum(values, keys, groups). Keys that are whole numbers are converted with np.astype(keys, 'int32')",
  );
};

/** As many keys as rows. Throws SHAPE. */
const rowsOf = (keys: ArrayInput, values: BaseArray): BaseArray => {
  const n = asArr(keys).size;
  if (values.ndim === 0 || values.shape[0] !== n)
    fail('SHAPE', `groups: ${n} keys for values of shape ${shapeText(values.shape)}`);
  return values;
};

/** Rows as vectors; their shape, after that of the groups, is put back. */
const flatRows = (values: BaseArray): BaseArray =>
  reshapeTo(values, [values.shape[0]!, sizeOf(values.shape.slice(1))]);
const shaped = (result: BaseArray, values: BaseArray): BaseArray =>
  reshapeTo(result, [result.shape[0]!, ...values.shape.slice(1)]);

const real = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'fxp');
const countsOf = (inside: BaseArray): BaseArray => sum(inside, 1);

/**
 * Sums of the rows of `values` by key 0 .. groups - 1, float64 [groups, ..]; groups without rows give 0. On secrets:
 * 4 rounds.
 * @example
 * np.groupSum(np.array([0, 1, 0], 'int32'), np.array([10, 20, 30]), 3) // [40, 20, 0]
 */
export const groupSum = (keys: ArrayInput, values: ArrayInput, groups: number): BaseArray => {
  const v = rowsOf(keys, real(values));
  return shaped(matmul(real(members(keys, groups)), flatRows(v)), v);
};

/**
 * How many rows each key 0 .. groups - 1 has, int64 [groups]; other keys count nowhere. Exact. On secrets: 3 rounds.
 * @example
 * np.groupCount(np.array([0, 1, 0], 'int32'), 3) // [2, 1, 0]
 */
export const groupCount = (keys: ArrayInput, groups: number): BaseArray =>
  countsOf(members(ravel(keys), groups));

/**
 * Means of the rows of `values` by key 0 .. groups - 1, float64 [groups, ..]; groups without rows give 0. On secrets:
 * those of np.groupSum and of a quotient.
 * @example
 * np.groupMean(np.array([0, 1, 0], 'int32'), np.array([10, 20, 30]), 3) // [20, 20, 0]
 */
export const groupMean = (keys: ArrayInput, values: ArrayInput, groups: number): BaseArray => {
  const sums = groupSum(keys, values, groups);
  const counts = maximum(real(groupCount(keys, groups)), 1);
  return divide(sums, reshapeTo(counts, [groups, ...sums.shape.slice(1).map(() => 1)]));
};

export interface GroupVarOptions {
  /** Divided by the number of rows less this; 0 if it is left out. */
  readonly ddof?: number;
}

/** Sums of squared distances from the mean of the group, and by how many each is to be divided. */
const spreads = (
  name: string,
  keys: ArrayInput,
  values: ArrayInput,
  groups: number,
  options: GroupVarOptions | undefined,
): { readonly sums: BaseArray; readonly counts: BaseArray } => {
  const { ddof } = optionsOf(name, options, { ddof: 0 });
  const rows = flatRows(rowsOf(keys, real(values)));
  const bits = members(keys, groups);
  const inside = real(bits);
  const counts = real(countsOf(bits));
  const rowsIn = (less: number): BaseArray => expandDims(maximum(subtract(counts, less), 1), 1);
  const rough = subtract(rows, matmul(inside.T, divide(matmul(inside, rows), rowsIn(0))));
  // A quotient is off by 2^-20 of its size, which may be more than the spread; the mean of what it leaves is known as well as that.
  const left = multiply(matmul(inside, rough), reciprocal(rowsIn(0)));
  const away = subtract(rough, matmul(inside.T, left));
  return { sums: matmul(inside, square(away)), counts: rowsIn(ddof) };
};

/**
 * Variances of the rows of `values` by key, of distances from the mean of the group, so that nothing cancels; groups without
 * more than `ddof` rows give 0. FM128 with f fraction bits: relative error below 2^-19 or a unit in the last place, for sums of squares
 * below 2^(126-2f) (2^74 at 26), beside 2^-40 of the values in their distances; FM64: absolute error below 2^-12 for values up to 16. Rounds: 19 more than groupMean.
 * @example
 * np.groupVar(np.array([0, 1, 0], 'int32'), np.array([10, 20, 30]), 2) // [100, 0]
 */
export const groupVar = (
  keys: ArrayInput,
  values: ArrayInput,
  groups: number,
  options?: GroupVarOptions,
): BaseArray => {
  const { sums, counts } = spreads('np.groupVar', keys, values, groups, options);
  return shaped(divide(sums, counts), rowsOf(keys, real(values)));
};

/**
 * Their roots, of which none is lost where variances are too small for a number: relative error below 2^-19 or a unit in the last place, for sums of
 * squares as in np.groupVar; FM64: 2^-12, for sums of squares below 2^26.
 * @example
 * np.groupStd(np.array([0, 1, 0], 'int32'), np.array([10, 20, 30]), 2) // [10, 0]
 */
export const groupStd = (
  keys: ArrayInput,
  values: ArrayInput,
  groups: number,
  options?: GroupVarOptions,
): BaseArray => {
  const { sums, counts } = spreads('np.groupStd', keys, values, groups, options);
  return shaped(multiply(sqrt(sums), fineRsqrt(counts, 'fine')), rowsOf(keys, real(values)));
};

/** Beyond all real numbers whose groups have extremes. */
const beyond = (): BaseArray => apply('epsilon', [], { largest: true });

const extreme =
  (name: string, of: typeof max, side: 0 | 1) =>
  (keys: ArrayInput, values: ArrayInput, groups: number): BaseArray => {
    const v = rowsOf(keys, asArr(values));
    if (isBool(v)) fail('DTYPE', `${name} of booleans: convert with np.astype`);
    const bits = members(keys, groups);
    const none = NDArray.from(0, v.dtype as 'fxp');
    if (v.size === 0 || groups === 0) return full([groups, ...v.shape.slice(1)], none);
    // What is in no group is beyond whatever is.
    const end = isInt(v.dtype)
      ? NDArray.from(intRange(v.dtype)[side], v.dtype as 'int64')
      : side === 0
        ? negative(beyond())
        : beyond();
    const found = of(where(expandDims(bits, 2), flatRows(v), end), 1);
    const empty = expandDims(equal(countsOf(bits), 0), 1);
    return shaped(where(empty, none, found), v);
  };

/**
 * The largest of the rows of `values` by key, element by element, and 0 for groups without rows; real values below 2^(125-f) in size at
 * FM128 (f fraction bits; FM64: 2^(61-f), FM32: 2^(29-f)), integers of any size. Rounds: those of np.max along the rows, and 4.
 * @example
 * np.groupMax(np.array([0, 1, 0], 'int32'), np.array([10, 20, 30]), 2) // [30, 20]
 */
export const groupMax = extreme('groupMax', max, 0);
/**
 * The smallest of the rows of `values` by key 0 .. groups - 1, and 0 for groups without rows. Range, error and rounds
 * as np.groupMax.
 * @example
 * np.groupMin(np.array([0, 1, 0], 'int32'), np.array([10, 20, 30]), 2) // [10, 20]
 */
export const groupMin = extreme('groupMin', min, 1);
