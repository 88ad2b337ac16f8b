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

/** `values` behind `x` along an axis; both flattened without one. */
export const append = (x: ArrayInput, values: ArrayInput, axis?: FlatAxis): BaseArray =>
  concatenate([x, values], axisOf<number | null>('np.append', axis, null));

/** As split, where the parts need not be equal: the first ones are longer. */
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
export const vsplit = splitAt(() => 0);
export const hsplit = splitAt((x) => (x.ndim === 1 ? 0 : 1));
export const dsplit = splitAt(() => 2);

/** Vectors as the columns of a matrix; matrices side by side. */
export const columnStack = (arrays: readonly ArrayInput[]): BaseArray =>
  concatenate(
    arraysOf(arrays).map((x) => {
      const a = atleast1d(x);
      return a.ndim === 1 ? expandDims(a, 1) : a;
    }),
    1,
  );

/** Along the third axis. */
export const dstack = (arrays: readonly ArrayInput[]): BaseArray =>
  concatenate(arraysOf(arrays).map(atleast3d), 2);

/** The parts along an axis, each without it. */
export const unstack = (x: ArrayInput, axis?: OneAxis): BaseArray[] => {
  const a = moveaxis(x, axisOf('np.unstack', axis, 0), 0);
  return Array.from({ length: a.shape[0]! }, (_, i) => a.at(i));
};

type Blocks = ArrayInput | readonly Blocks[];

const isList = (x: Blocks): x is readonly Blocks[] =>
  Array.isArray(x) && x.some((y) => typeof y === 'object');
const depthOf = (x: Blocks): number => (isList(x) ? 1 + depthOf(x[0]!) : 0);

/** An array of nested lists of arrays: the innermost lists are joined along the last axis, those around along the one before. */
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

/** `values` (one a place, or one for all) before public places of an axis; flattened without one. */
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

/** Without public places of an axis (of the flattened array without one). Exported as `delete`. */
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

/** The elements again and again, as many as the shape takes. */
export const resize = (x: ArrayInput, shape: ShapeInput): BaseArray => {
  const to = readShape(shape);
  const size = to.reduce((a, b) => a * b, 1);
  const flat = ravel(x);
  if (flat.size === 0 && size > 0) fail('SHAPE', 'resize of an empty array');
  const whole = flat.size === 0 ? flat : tile(flat, Math.ceil(size / flat.size));
  return reshape(cut(whole, 0, 0, size), to);
};

export const fliplr = (x: ArrayInput): BaseArray => flip(x, 1);
export const flipud = (x: ArrayInput): BaseArray => flip(x, 0);

/** Turned by k right angles, from the first of the axes towards the second. */
export const rot90 = (x: ArrayInput, k = 1, axes: readonly [number, number] = [0, 1]): BaseArray => {
  const a = atleast2d(x);
  const turns = ((k % 4) + 4) % 4;
  if (turns === 0) return a;
  if (turns === 2) return flip(a, axes);
  return turns === 1 ? swapaxes(flip(a, axes[1]), ...axes) : flip(swapaxes(a, ...axes), axes[1]);
};

/** All arrays in their common shape. */
export const broadcastArrays = (...arrays: readonly ArrayInput[]): BaseArray[] => spread(arrays.map(asArr));
export { broadcastShapes };
/** Without data of its own: zeros, so that nobody sees what was there before. */
export const empty = zeros;
