/** @file Rearranging one array: nothing here costs a message. */
import { fail } from '../errors.ts';
import { checkBroadcast, reshapeTo as newShape, normalAxes, normalAxis } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { apply } from '../ir/trace/tracer.ts';
import { type ArrayInput, asArr, axisOf, broadcast, reshapeTo, type SomeAxes } from './core.ts';
import { readShape, type ShapeInput } from './create.ts';
import { argumentsOf } from './options.ts';

const permute = (x: BaseArray, perm: readonly number[]): BaseArray =>
  perm.every((p, i) => p === i) ? x : apply('transpose', [x], { perm });

/**
 * Axes in another order; reversed when none is given. Throws SHAPE unless each axis stands once.
 * @example
 * np.transpose(np.array([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 * np.transpose(np.zeros([2, 3, 4]), [2, 0, 1]).shape // [4, 2, 3]
 */
export const transpose = (x: ArrayInput, axes?: readonly number[] | null): BaseArray => {
  const a = asArr(x);
  if (axes === undefined || axes === null || (axes.length === 0 && a.ndim > 0))
    return permute(
      a,
      a.shape.map((_, i) => a.ndim - 1 - i),
    );
  if (axes.length !== a.ndim)
    fail('SHAPE', `axes don't match array: ${axes.length} axes for dimension ${a.ndim}`);
  normalAxes(axes, a.ndim);
  return permute(
    a,
    axes.map((axis) => normalAxis(axis, a.ndim)),
  );
};

/**
 * x with two axes exchanged; negative ones count from the end. Local. Throws SHAPE for an axis that is not there.
 * @example
 * np.swapaxes(np.zeros([2, 3, 4]), 0, 2).shape // [4, 3, 2]
 */
export const swapaxes = (x: ArrayInput, axis1: number, axis2: number): BaseArray => {
  const a = asArr(x);
  const [i, j] = [normalAxis(axis1, a.ndim), normalAxis(axis2, a.ndim)];
  return permute(
    a,
    a.shape.map((_, k) => (k === i ? j : k === j ? i : k)),
  );
};

/**
 * x with axes moved from `source` to `destination`; the others keep their order. Local. Throws SHAPE.
 * @example
 * np.moveaxis(np.zeros([2, 3, 4]), 0, -1).shape // [3, 4, 2]
 */
export const moveaxis = (
  x: ArrayInput,
  source: number | readonly number[],
  destination: number | readonly number[],
): BaseArray => {
  const a = asArr(x);
  const list = (axes: number | readonly number[]): number[] => {
    normalAxes(axes, a.ndim);
    return [axes].flat().map((axis) => normalAxis(axis as number, a.ndim));
  };
  const [from, to] = [list(source), list(destination)];
  if (from.length !== to.length) fail('SHAPE', 'moveaxis: source and destination differ in length');
  const rest = a.shape.map((_, i) => i).filter((i) => !from.includes(i));
  const perm = a.shape.map((_, i) => (to.includes(i) ? from[to.indexOf(i)]! : rest.shift()!));
  return permute(a, perm);
};

/**
 * A new shape, row-major; one -1 is worked out. Throws SHAPE when sizes differ.
 * @example
 * np.reshape(np.array([1, 2, 3, 4]), [2, -1]) // [[1, 2], [3, 4]]
 * np.reshape([1, 2, 3], [2, 2]) // throws SHAPE
 */
export const reshape = (x: ArrayInput, shape: ShapeInput): BaseArray => {
  const a = asArr(x);
  return reshapeTo(a, newShape(a.shape, typeof shape === 'number' ? [shape] : shape));
};

/**
 * x as a vector, row by row. Local.
 * @example
 * np.ravel(np.array([[1, 2], [3, 4]])) // [1, 2, 3, 4]
 */
export const ravel = (x: ArrayInput): BaseArray => {
  const a = asArr(x);
  return reshapeTo(a, [a.size]);
};

/**
 * x with an axis moved to stand before axis `start` (the first); np.moveaxis is easier to read. Local. Throws SHAPE.
 * @example
 * np.rollaxis(np.zeros([2, 3, 4]), 2).shape // [4, 2, 3]
 */
export const rollaxis = (
  x: ArrayInput,
  axis: number | { readonly axis: number; readonly start?: number },
  start?: number,
): BaseArray => {
  const a = asArr(x);
  const given = argumentsOf<{ axis: number; start: number }>(
    'np.rollaxis',
    { axis, start },
    { axis: undefined, start: 0 },
  );
  const from = normalAxis(given.axis, a.ndim);
  return rolled(a, from, given.start);
};

const rolled = (a: BaseArray, from: number, start: number): BaseArray => {
  const before = start === a.ndim ? start : normalAxis(start, a.ndim);
  return moveaxis(a, from, from < before ? before - 1 : before);
};

/**
 * x with new axes of length 1 at these places of the result. Local. Throws SHAPE for places that are not there.
 * @example
 * np.expandDims(np.array([1, 2]), 0) // [[1, 2]]
 */
export const expandDims = (x: ArrayInput, axis: SomeAxes): BaseArray => {
  const a = asArr(x);
  const at = axisOf<number | readonly number[] | null | undefined>('np.expandDims', axis, undefined);
  if (at === undefined || at === null)
    return fail('INVALID_ARGUMENT', 'np.expandDims: an axis is needed: where the new one is to stand');
  const count = typeof at === 'number' ? 1 : at.length;
  const axes = normalAxes(at, a.ndim + count);
  const rest = [...a.shape];
  return reshapeTo(
    a,
    Array.from({ length: a.ndim + count }, (_, i) => (axes.includes(i) ? 1 : rest.shift()!)),
  );
};

/**
 * Without axes of size 1 (or without those given; SHAPE if one of them is longer).
 * @example
 * np.squeeze(np.array([[[1, 2]]])) // [1, 2]
 */
export const squeeze = (x: ArrayInput, axis?: SomeAxes): BaseArray => {
  const a = asArr(x);
  const at = axisOf<number | readonly number[] | null>('np.squeeze', axis, null);
  const given = at !== null;
  const axes = normalAxes(at, a.ndim);
  if (given && axes.some((i) => a.shape[i] !== 1))
    fail('SHAPE', 'cannot select an axis to squeeze out which has size not equal to one');
  return reshapeTo(
    a,
    a.shape.filter((n, i) => !(n === 1 && axes.includes(i))),
  );
};

/**
 * x repeated to a shape, by NumPy's rules: from the last axis on, axes are alike or 1. Local. Throws SHAPE.
 * @example
 * np.broadcastTo(np.array([1, 2]), [2, 2]) // [[1, 2], [1, 2]]
 * np.broadcastTo([1, 2], [3]) // throws SHAPE
 */
export const broadcastTo = (x: ArrayInput, shape: ShapeInput): BaseArray => {
  const a = asArr(x);
  const to = readShape(shape);
  checkBroadcast(a.shape, to);
  return broadcast(a, to);
};

/**
 * x backwards along the given axes (all when none is given). Local. Throws SHAPE for an axis that is not there.
 * @example
 * np.flip(np.array([1, 2, 3])) // [3, 2, 1]
 */
export const flip = (x: ArrayInput, axis?: SomeAxes): BaseArray => {
  const a = asArr(x);
  const axes = normalAxes(axisOf<number | readonly number[] | null>('np.flip', axis, null), a.ndim);
  const turned = (i: number): boolean => axes.includes(i) && a.shape[i]! > 0;
  return apply('slice', [a], {
    start: a.shape.map((n, i) => (turned(i) ? n - 1 : 0)),
    size: [...a.shape],
    step: a.shape.map((_, i) => (turned(i) ? -1 : 1)),
  });
};
