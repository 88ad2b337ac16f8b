/**
 * @file Newton's method for generalized linear models (iteratively reweighted least squares): with eta = Z w each row gives a slope s and a
 * curvature c, and w <- w - (Z^T c Z + D)^-1 (Z^T s + D w). With an L1 penalty the quadratic model of each turn is
 * minimised with it.
 */

import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { inverse } from './definite.ts';
import { type Shrunk, shrunk } from './shrink.ts';
import { type Turned, turned } from './turns.ts';

export interface Family {
  /** The mean loss. */
  readonly loss?: (eta: BaseArray, y: BaseArray) => BaseArray;
  /** Slopes and curvatures of the rows' losses in eta. */
  readonly derivatives: (eta: BaseArray, y: BaseArray) => { slope: BaseArray; curve: BaseArray };
}

export interface NewtonProblem {
  readonly z: BaseArray;
  readonly y: BaseArray;
  readonly family: Family;
  /** What each row counts; the mean over rows is taken. */
  readonly weights?: BaseArray | undefined;
  /** By column: curvature of the quadratic penalty. */
  readonly squares?: BaseArray | undefined;
  /** By column: slope of the L1 penalty. */
  readonly limit?: BaseArray | undefined;
  readonly turns: number;
  readonly inner: number;
  /** Whether losses are kept. */
  readonly curve?: boolean;
}

/** Weights by column. */
export const newton = (p: NewtonProblem): Turned<BaseArray> => {
  const { z, y, squares, limit } = p;
  const [rows, k] = [z.shape[0]!, z.shape[1]!];
  const weighed = (x: BaseArray): BaseArray => (p.weights ? np.multiply(x, p.weights) : x);
  /** Gradient and Hessian of the mean loss with the quadratic penalty. */
  const around = (w: BaseArray): { g: BaseArray; a: BaseArray } => {
    const { slope, curve } = p.family.derivatives(np.matmul(z, w), y);
    const sums = np.matmul(z.T, np.multiply(z, np.expandDims(weighed(curve), 1)));
    const g = np.multiply(np.matmul(z.T, weighed(slope)), 1 / rows);
    const a = np.multiply(sums, 1 / rows);
    return squares ? { g: np.add(g, np.multiply(squares, w)), a: np.add(a, np.diag(squares)) } : { g, a };
  };
  const none: BaseArray = np.zeros([k]);
  const loss = (w: BaseArray): BaseArray => p.family.loss!(np.matmul(z, w), y);
  const { turns, curve = false } = p;
  if (limit === undefined) {
    const step = (w: BaseArray): BaseArray => {
      const { g, a } = around(w);
      return np.subtract(w, np.matmul(inverse(a), g));
    };
    return turned({ turns, start: none, step, loss, curve });
  }
  const { last, losses } = turned<Shrunk>({
    turns,
    start: { weights: none, forces: none },
    step: (start) => {
      const { g, a } = around(start.weights);
      return shrunk({ a, b: np.subtract(np.matmul(a, start.weights), g), limit, turns: p.inner, start });
    },
    loss: ({ weights }) => loss(weights),
    curve,
  });
  return { last: last.weights, losses };
};
