/** @file Public orders of rows from a seed: the same at every party. */
import * as np from '../numpy/index.ts';
import { NDArray } from '../numpy/index.ts';

/** The numbers 0 .. n - 1 in an order that depends on the seed alone. */
export const permutation = (n: number, seed: number): number[] =>
  Array.from(NDArray.from(np.random.permutation(np.random.key(seed), n)).data, Number);
