/**
 * @file Inverses of symmetric positive definite matrices without a division or a pivot: Newton and Schulz's iteration
 * X <- X (2 I - A X) from I / n, for a matrix with ones on its diagonal. Two rounds a turn, where elimination takes some 45 a row. After t turns eigenvalues above
 * n 2^-t are inverted; what lies below is damped, so that linear systems with columns that are sums of others
 * have the solution of least norm, as with a pseudo-inverse.
 */

import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';

const TURNS = 24;

/** About 1 / a, by way of the matrix with a diagonal of ones. Errors grow with its condition number: `solution` takes them away. */
export const inverse = (a: BaseArray): BaseArray => {
  const n = a.shape[0]!;
  const own = np.diagonal(a);
  const side = np.rsqrt(np.where(np.greater(own, 0), own, 1));
  const sides = np.outer(side, side);
  const level = np.multiply(a, sides);
  const unit = np.eye(n);
  const x = np.fori(
    0,
    TURNS,
    (_, x) => np.matmul(x, np.subtract(np.multiply(unit, 2), np.matmul(level, x))),
    np.multiply(unit, 1 / n),
  );
  return np.multiply(x, sides);
};

/** x with a x = b: `inv` is about 1 / a, and what is left over is solved for again. */
export const solution = (a: BaseArray, inv: BaseArray, b: BaseArray): BaseArray =>
  np.fori(0, 3, (_, x) => np.add(x, np.matmul(inv, np.subtract(b, np.matmul(a, x)))), np.zeros(b.shape));
