/** @file How far a result is from that in float64. */
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';

/** The arrays of a tree. */
export const arraysOf = (x: unknown): NDArray[] =>
  flatten(x, (v) => ArrayBuffer.isView((v as NDArray).data)).leaves as NDArray[];

/** The largest difference of two trees of arrays, absolute below 1 and relative above. */
export const errorOf = (got: unknown, want: unknown): number => {
  const found = arraysOf(got);
  return arraysOf(want).reduce((worst, { data }, k) => {
    const other = found[k]!.data;
    for (let i = 0; i < data.length; i++) {
      const w = Number(data[i]);
      const error = Math.abs(Number(other[i]) - w) / Math.max(1, Math.abs(w));
      // NaN stays.
      if (!(error <= worst)) worst = error;
    }
    return worst;
  }, 0);
};
