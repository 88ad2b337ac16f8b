/** @file Least squares with an L1 penalty: lasso and elastic net. */

import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import type { Features } from './columns.ts';
import { type LinearState, linearUses, moments, NOT_NEGATIVE, unscaled } from './linear.ts';
import { type LinearModel, settings } from './model.ts';
import { shrunk } from './shrink.ts';

export interface ElasticOptions {
  readonly alpha: number;
  /** The share of the L1 penalty. */
  readonly l1Ratio: number;
  readonly fitIntercept: boolean;
  /** Turns, all of which are taken: how many would be enough depends on secrets. */
  readonly maxIter: number;
}

/** min |y - X w - b|^2 / 2n + alpha (ratio |w|_1 + (1 - ratio) |w|^2 / 2). */
const fitElastic =
  ({ alpha, l1Ratio, fitIntercept, maxIter }: ElasticOptions) =>
  (x: Features, y: BaseArray, sampleWeight?: BaseArray): LinearState => {
    const m = moments(x, y, fitIntercept, sampleWeight);
    const n = 1 / m.rows;
    const squares = alpha * (1 - l1Ratio);
    const gram = np.multiply(m.gram, n);
    const a = squares === 0 ? gram : np.add(gram, np.diag(np.multiply(unscaled(m.x, 2), squares)));
    // In standard units the target counts 1 / its unit, and a weight that of its column.
    const limit = np.multiply(np.divide(unscaled(m.x, 1), m.y.unit), alpha * l1Ratio);
    const { weights } = shrunk({ a, b: np.multiply(m.right, n), limit, turns: maxIter });
    return { weights, x: m.x, y: m.y };
  };

/**
 * Linear regression with both penalties: min |y - X w - b|^2 / 2n + alpha (l1Ratio |w|_1 + (1 - l1Ratio) |w|^2 / 2), weights as scikit-learn
 * has them. Options: alpha (1), l1Ratio (0.5), fitIntercept (true), maxIter (200). On secrets some 12 rounds a turn. Otherwise as ridge.
 * @example
 * const { elasticNet } = await sf.models();
 * const { fit, coefficients } = elasticNet({ alpha: 0.1, l1Ratio: 0.5 });
 * coefficients(fit([np.array([1, 2, 3])], np.array([2, 4, 6]))) // { coef: [1.7907], intercept: 0.4186 }
 */
export const elasticNet = (options?: Partial<ElasticOptions>): LinearModel<LinearState> => {
  const o = settings(
    'elasticNet',
    options,
    { alpha: 1, l1Ratio: 0.5, fitIntercept: true, maxIter: 200 },
    { alpha: NOT_NEGATIVE, l1Ratio: { least: 0, most: 1 }, maxIter: { least: 1, whole: true } },
  );
  return Object.freeze({ fit: fitElastic(o), ...linearUses });
};

/**
 * Linear regression with an L1 penalty, which leaves weights out: elasticNet with l1Ratio 1. Options: alpha (1), fitIntercept
 * (true), maxIter (200).
 * @example
 * const { lasso } = await sf.models();
 * const { fit, coefficients } = lasso({ alpha: 0.1 });
 * coefficients(fit([np.array([1, 2, 3])], np.array([2, 4, 6]))) // { coef: [1.85], intercept: 0.3 }
 */
export const lasso = (options?: Partial<Omit<ElasticOptions, 'l1Ratio'>>): LinearModel<LinearState> => {
  const o = settings(
    'lasso',
    options,
    { alpha: 1, fitIntercept: true, maxIter: 200 },
    { alpha: NOT_NEGATIVE, maxIter: { least: 1, whole: true } },
  );
  return Object.freeze({ fit: fitElastic({ ...o, l1Ratio: 1 }), ...linearUses });
};
