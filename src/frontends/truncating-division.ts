/** @file Integers as XLA and ONNX divide them. */
import type { BaseArray } from '../ir/trace/array.ts';
import * as np from '../numpy/index.ts';

/** Quotients cut towards 0. */
export const divideTowardsZero = (x: BaseArray, y: BaseArray): BaseArray => {
  if (x.dtype.startsWith('uint')) return np.floorDivide(x, y);
  const rest = np.fmod(x, y);
  return np.floorDivide(np.subtract(x, rest), y);
};
