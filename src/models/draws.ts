/** @file Public draws from a seed, the same at every party. */
import * as np from '../numpy/index.ts';
import { NDArray } from '../numpy/index.ts';

/** Numbers from 0 to 1. `at` tells draws of one seed apart. */
export const uniform = (seed: number, at: number, shape: readonly number[]): Float64Array =>
  Float64Array.from(
    NDArray.from(np.random.uniform(np.random.foldIn(np.random.key(seed), at), shape)).data,
    Number,
  );

/** The numbers 0 .. n - 1 in an order that depends on the seed alone. */
export const permutation = (n: number, seed: number): number[] =>
  Array.from(NDArray.from(np.random.permutation(np.random.key(seed), n)).data, Number);

/** For each of `lists`, a one at `wanted` of n places: [lists, n]. */
export const picked = (seed: number, at: number, lists: number, n: number, wanted: number): Int8Array => {
  const draws = uniform(seed, at, [lists, n]);
  const out = new Int8Array(lists * n);
  for (let i = 0; i < lists; i++) {
    const own = draws.subarray(i * n, (i + 1) * n);
    const limit = Float64Array.from(own).sort()[wanted - 1]!;
    for (let j = 0, left = wanted; j < n && left > 0; j++)
      if (own[j]! <= limit) {
        out[i * n + j] = 1;
        left--;
      }
  }
  return out;
};
