/** @file More ways to put arrays together and to take them apart: nothing here costs a message. */
import { fail } from '../errors.ts';
import { broadcastShapes, normalAxis } from '../ir/ops/shapes.ts';
import { block as cut } from '../ir/trace/algebra.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { type ArrayInput, asArr, axisOf, type FlatAxis, type OneAxis, promoteAll, spread } from './core.ts';
import { readShape, type ShapeInput, zeros } from './create.ts';
import { arraysOf, concatenate, split, tile } from './join.ts';
import { atleast1d, atleast2d, atleast3d } from './reals.ts';
import { broadcastTo, expandDims, flip, moveaxis, ravel, reshape, swapaxes } from './shape.ts';

/**
 * `values` behind `x` along an axis, or both flattened without one, as a new array. Local. Throws SHAPE where the
 * other axes differ.
 * @example
 * np.append(np.array([1, 2]), [3]) // [1, 2, 3]
 */
export const append = (x: ArrayInput, values: ArrayInput, axis?: FlatAxis): BaseArray =>
  concatenate([x, values], axisOf<number | null>('np.append', axis, null));

/**
 * As np.split, where the parts need not be equal: of n rows in k parts the first n mod k are one longer. Local.
 * Throws SHAPE for an axis that is not there.
 * @example
 * np.arraySplit(np.array([1, 2, 3, 4, 5]), 2) // [[1, 2, 3], [4, 5]]
 */
export const arraySplit = (x: ArrayInput, parts: number | readonly number[], axis?: OneAxis): BaseArray[] => {
  const at = axisOf('np.arraySplit', axis, 0);
  if (typeof parts !== 'number') return split(x, parts, at);
  const a = asArr(x);
  const n = a.shape[normalAxis(at, a.ndim)]!;
  if (!Number.isInteger(parts) || parts < 1) fail('RANGE', `arraySplit: into ${parts} parts`);
  const [size, longer] = [Math.floor(n / parts), n % parts];
  return split(
    a,
    Array.from({ length: parts - 1 }, (_, i) => (i + 1) * size + Math.min(i + 1, longer)),
    at,
  );
};

const splitAt =
  (axisOf: (x: BaseArray) => number) =>
  (x: ArrayInput, parts: number | readonly number[]): BaseArray[] => {
    const a = asArr(x);
    return split(a, parts, axisOf(a));
  };
/**
 * Parts along the first axis: as many equal ones, or cut at the places of a list. Local. Throws SHAPE.
 * @example
 * np.vsplit(np.array([[1, 2], [3, 4]]), 2) // [[[1, 2]], [[3, 4]]]
 */
export const vsplit = splitAt(() => 0);
/**
 * Parts along the second axis (the first of a vector): as many equal ones, or cut at the places of a list. Local.
 * Throws SHAPE.
 * @example
 * np.hsplit(np.array([[1, 2, 3, 4]]), [1]) // [[[1]], [[2, 3, 4]]]
 */
export const hsplit = splitAt((x) => (x.ndim === 1 ? 0 : 1));
/**
 * Parts along the third axis: as many equal ones, or cut at the places of a list. Local. Throws SHAPE.
 * @example
 * np.dsplit(np.array([[[1, 2]]]), 2) // [[[[1]]], [[[2]]]]
 */
export const dsplit = splitAt(() => 2);

/**
 * Vectors as the columns of a matrix; matrices side by side. Local. Throws SHAPE where lengths differ.
 * @example
 * np.columnStack([np.array([1, 2]), np.array([3, 4])]) // [[1, 3], [2, 4]]
 */
export const columnStack = (arrays: readonly ArrayInput[]): BaseArray =>
  concatenate(
    arraysOf(arrays).map((x) => {
      const a = atleast1d(x);
      return a.ndim === 1 ? expandDims(a, 1) : a;
    }),
    1,
  );

/**
 * Arrays joined along the third axis, after vectors became [1, n, 1] and matrices [n, m, 1]. Local. Throws SHAPE
 * where the other axes differ.
 * @example
 * np.dstack([np.array([1, 2]), np.array([3, 4])]) // [[[1, 3], [2, 4]]]
 */
export const dstack = (arrays: readonly ArrayInput[]): BaseArray =>
  concatenate(arraysOf(arrays).map(atleast3d), 2);

/**
 * The parts along an axis (the first), each without it. Local. Throws SHAPE for a scalar.
 * @example
 * np.unstack(np.array([[1, 2], [3, 4]])) // [[1, 2], [3, 4]]
 */
export const unstack = (x: ArrayInput, axis?: OneAxis): BaseArray[] => {
  const a = moveaxis(x, axisOf('np.unstack', axis, 0), 0);
  return Array.from({ length: a.shape[0]! }, (_, i) => a.at(i));
};

type Blocks = ArrayInput | readonly Blocks[];

const isList = (x: Blocks): x is readonly Blocks[] =>
  Array.isArray(x) && x.some((y) => typeof y === 'object');
const depthOf = (x: Blocks): number => (isList(x) ? 1 + depthOf(x[0]!) : 0);

/**
 * An array of nested lists of arrays: the innermost lists are joined along the last axis, those around along the one before.
 * @example
 * np.block([[np.array([[1]]), np.array([[2]])], [np.array([[3]]), np.array([[4]])]]) // [[1, 2], [3, 4]]
 */
export const block = (blocks: Blocks): BaseArray => {
  const depth = depthOf(blocks);
  const join = (x: Blocks, level: number): BaseArray => {
    if (isList(x))
      return concatenate(
        x.map((y) => join(y, level - 1)),
        -level,
      );
    const a = asArr(x as ArrayInput);
    return a.ndim >= depth ? a : reshape(a, [...new Array<number>(depth - a.ndim).fill(1), ...a.shape]);
  };
  return join(blocks, depth);
};

const places = (index: number | readonly number[], most: number): number[] =>
  ([index].flat() as number[]).map((i) => {
    if (!Number.isInteger(i) || i < -most || i > most)
      fail('RANGE', `index ${i} is out of bounds for an axis of size ${most}`);
    return i < 0 ? i + most : i;
  });

/**
 * `values` (one a place, or one for all) before public places of an axis; flattened without one.
 * @example
 * np.insert(np.array([1, 2, 3]), 1, 9) // [1, 9, 2, 3]
 */
export const insert = (
  x: ArrayInput,
  index: number | readonly number[],
  values: ArrayInput,
  axis?: FlatAxis,
): BaseArray => {
  const along = axisOf<number | null>('np.insert', axis, null);
  const [a, added] = promoteAll([along === null ? ravel(x) : asArr(x), asArr(values)]) as [
    BaseArray,
    BaseArray,
  ];
  const at = normalAxis(along ?? 0, a.ndim);
  const n = a.shape[at]!;
  const where = places(index, n);
  const lead = new Array<number>(Math.max(0, a.ndim - added.ndim)).fill(1);
  const whole = reshape(added, [...lead, ...added.shape]);
  // At one place given as a number the values stand beside the other axes, as in NumPy.
  const moved = typeof index === 'number' ? moveaxis(whole, 0, at) : whole;
  const part = a.shape.map((size, i) => (i === at ? where.length : size));
  const given = broadcastTo(moved, part);
  const order = where.map((place, i) => ({ place, i })).sort((p, q) => p.place - q.place);
  const cuts = order.flatMap(({ place, i }, k) => [
    cut(a, at, order[k - 1]?.place ?? 0, place),
    cut(given, at, i, i + 1),
  ]);
  return concatenate([...cuts, cut(a, at, order.at(-1)?.place ?? 0, n)], at);
};

/**
 * Without public places of an axis (of the flattened array without one). Exported as `delete`.
 * @example
 * np.deleteAt(np.array([1, 2, 3]), 1) // [1, 3]
 */
export const deleteAt = (x: ArrayInput, index: number | readonly number[], axis?: FlatAxis): BaseArray => {
  const along = axisOf<number | null>('np.delete', axis, null);
  const a = along === null ? ravel(x) : asArr(x);
  const at = normalAxis(along ?? 0, a.ndim);
  const n = a.shape[at]!;
  const gone = new Set(places(index, n));
  return a.take(
    Array.from({ length: n }, (_, i) => i).filter((i) => !gone.has(i)),
    at,
  );
};

/**
 * The elements of x in order, again and again, as many as the shape takes. Local. Throws SHAPE where there is nothing
 * to repeat.
 * @example
 * np.resize(np.array([1, 2, 3]), [2, 2]) // [[1, 2], [3, 1]]
 */
export const resize = (x: ArrayInput, shape: ShapeInput): BaseArray => {
  const to = readShape(shape);
  const size = to.reduce((a, b) => a * b, 1);
  const flat = ravel(x);
  if (flat.size === 0 && size > 0) fail('SHAPE', 'resize of an empty array');
  const whole = flat.size === 0 ? flat : tile(flat, Math.ceil(size / flat.size));
  return reshape(cut(whole, 0, 0, size), to);
};

/**
 * The second axis backwards. Local. Throws SHAPE for less than two axes.
 * @example
 * np.fliplr(np.array([[1, 2], [3, 4]])) // [[2, 1], [4, 3]]
 */
export const fliplr = (x: ArrayInput): BaseArray => flip(x, 1);
/**
 * The first axis backwards. Local. Throws SHAPE for no axis.
 * @example
 * np.flipud(np.array([[1, 2], [3, 4]])) // [[3, 4], [1, 2]]
 */
export const flipud = (x: ArrayInput): BaseArray => flip(x, 0);

/**
 * Turned by k right angles, from the first of the two axes towards the second (the plane of the first two). Local.
 * Throws SHAPE for axes that are not there.
 * @example
 * np.rot90(np.array([[1, 2], [3, 4]])) // [[2, 4], [1, 3]]
 */
export const rot90 = (x: ArrayInput, k = 1, axes: readonly [number, number] = [0, 1]): BaseArray => {
  const a = atleast2d(x);
  const turns = ((k % 4) + 4) % 4;
  if (turns === 0) return a;
  if (turns === 2) return flip(a, axes);
  return turns === 1 ? swapaxes(flip(a, axes[1]), ...axes) : flip(swapaxes(a, ...axes), axes[1]);
};

/**
 * All arrays in their common shape, each a copy of its own. Local. Throws SHAPE where there is none.
 * @example
 * np.broadcastArrays(np.array([1, 2]), np.array([[3], [4]])) // [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
 */
export const broadcastArrays = (...arrays: readonly ArrayInput[]): BaseArray[] => spread(arrays.map(asArr));
export { broadcastShapes, zeros as empty };
