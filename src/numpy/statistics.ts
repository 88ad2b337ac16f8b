/** @file Weighted means, counts, and the names that NumPy has for arrays with missing values. */
import { fail } from '../errors.ts';
import { broadcastShapes, sameShape, shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { equal } from './compare.ts';
import {
  type ArrayInput,
  type Axis,
  asArr,
  axisOf,
  convertTo,
  type OneAxis,
  readAxes,
  reshapeTo,
  truth,
} from './core.ts';
import { arange } from './create.ts';
import { divide, multiply, subtract } from './elementwise.ts';
import { argumentsOf } from './options.ts';
import { all, max, mean, min, sum } from './reduce.ts';
import { broadcastTo, expandDims, moveaxis } from './shape.ts';

/**
 * The largest minus the smallest along the axes (all without one). Exact. Rounds as np.max. Throws SHAPE for nothing.
 * @example
 * np.ptp(np.array([3, 9, 4])) // 6
 */
export const ptp = (x: ArrayInput, axis?: Axis): BaseArray => subtract(max(x, axis), min(x, axis));

/**
 * How many are not 0 along the axes (all without one), int64. Exact. On secrets: 3 rounds.
 * @example
 * np.countNonzero(np.array([0, 5, 6])) // 2
 */
export const countNonzero = (x: ArrayInput, axis?: Axis): BaseArray => sum(truth(x), axis);

export interface AverageOptions {
  readonly axis?: number | readonly number[] | null | undefined;
  readonly weights?: ArrayInput | null;
  readonly keepdims?: boolean;
}

/**
 * Sum of x w over sum of w; weights have the shape of x, or that of the one axis.
 * @example
 * np.average(np.array([1, 3]), null, np.array([3, 1])) // 1.5
 */
export const average = (
  x: ArrayInput,
  along?: Axis | AverageOptions,
  heavy?: ArrayInput | AverageOptions | null,
): BaseArray => {
  const { weights, ...axis } = argumentsOf<AverageOptions>(
    'np.average',
    { axis: along, weights: heavy, keepdims: undefined },
    { axis: null, weights: null, keepdims: false },
  );
  if (weights === null) return mean(x, axis);
  const a = convertTo(asArr(x), 'fxp');
  const { axes } = readAxes(axis, a.ndim);
  let w = convertTo(asArr(weights), 'fxp');
  if (!sameShape(w.shape, a.shape)) {
    if (axes.length !== 1 || w.ndim !== 1 || w.size !== a.shape[axes[0]!])
      fail(
        'SHAPE',
        `average: weights of shape ${shapeText(w.shape)} do not fit ${shapeText(a.shape)} along one axis`,
      );
    w = reshapeTo(
      w,
      a.shape.map((n, i) => (i === axes[0] ? n : 1)),
    );
  }
  return divide(sum(multiply(a, w), axis), sum(broadcastTo(w, a.shape), axis));
};

/**
 * Have both one shape and equal elements? One bool; the shapes are public. On secrets: 5 rounds.
 * @example
 * np.arrayEqual(np.array([1, 2]), np.array([1, 2])) // true
 * np.arrayEqual(np.array([1, 2]), np.array([1, 2, 3])) // false
 */
export const arrayEqual = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = [asArr(x), asArr(y)];
  return sameShape(a.shape, b.shape) ? all(equal(a, b)) : NDArray.from(false);
};

/**
 * Are both equal after broadcasting? One bool; the shapes are public. On secrets: 5 rounds.
 * @example
 * np.arrayEquiv(np.array([1, 1]), 1) // true
 */
export const arrayEquiv = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = [asArr(x), asArr(y)];
  try {
    broadcastShapes(a.shape, b.shape);
  } catch {
    return NDArray.from(false);
  }
  return all(equal(a, b));
};

/**
 * 1.0 in the place that each label names, along a new axis of n (the last); labels beyond give zeros.
 * @example
 * np.oneHot(np.array([1, 0], 'int32'), 2) // [[0, 1], [1, 0]]
 */
export const oneHot = (labels: ArrayInput, n: number, axis?: OneAxis): BaseArray =>
  moveaxis(lastHot(asArr(labels), n), -1, axisOf('np.oneHot', axis, -1));

const lastHot = (a: BaseArray, n: number): BaseArray => {
  const classes = convertTo(arange(n), a.dtype === 'bool' ? 'bool' : (a.dtype as 'int64'));
  return convertTo(equal(expandDims(a, -1), classes), 'fxp');
};
