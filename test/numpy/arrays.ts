/** @file Arrays whose elements say where they stand, for tests of what moves them. */
import { NDArray } from '../../src/ir/trace/ndarray.ts';

/** 0, 1, 2, .. in this shape. */
export const counted = (...shape: number[]): NDArray => {
  const n = shape.reduce((a, b) => a * b, 1);
  return new NDArray(
    shape,
    'fxp',
    Float64Array.from({ length: n }, (_, i) => i),
  );
};

/** An independent reading: a function of the index, filled into nested arrays. */
export const fill = (
  shape: readonly number[],
  at: (index: number[]) => number,
  index: number[] = [],
): unknown =>
  index.length === shape.length
    ? at(index)
    : Array.from({ length: shape[index.length]! }, (_, i) => fill(shape, at, [...index, i]));
