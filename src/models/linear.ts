/** @file Least squares: linear regression and ridge. */

import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { type Features, features, type Scale, scaled, scaleOf, sizeOf, target } from './columns.ts';
import { inverse, solution } from './definite.ts';
import { r2 } from './metrics.ts';
import { type Bound, type Coefficients, type LinearModel, settings } from './model.ts';
import { exported, numbersOf } from './onnx.ts';
import { weighing } from './weights.ts';

/** A linear model in standard units: features by `x`, the target by `y`. */
export interface LinearState {
  readonly weights: BaseArray;
  readonly x: Scale;
  readonly y: Scale;
}

/** Z^T Z and Z^T v of centred columns; sums are kept whole, so that they have all their bits. Weights of rows are taken over their mean. */
export interface Moments {
  readonly x: Scale;
  readonly y: Scale;
  readonly rows: number;
  readonly gram: BaseArray;
  readonly right: BaseArray;
  /** The mean of the weights, where there are any. */
  readonly mean: BaseArray | undefined;
}

export const moments = (
  x: Features,
  y: BaseArray,
  intercept: boolean,
  sampleWeight: BaseArray | undefined,
): Moments => {
  const given = features(x);
  const rows = given.shape[0]!;
  const column = np.expandDims(target(y, rows), 1);
  const w = weighing(sampleWeight, rows);
  const [sx, sy] = [given, column].map((a) => (intercept ? scaleOf(a, w?.each) : sizeOf(a))) as [
    Scale,
    Scale,
  ];
  const [z, v] = [scaled(given, sx), scaled(column, sy)];
  const across = w ? np.multiply(z.T, w.each) : z.T;
  const right = np.ravel(np.matmul(across, v));
  return { x: sx, y: sy, rows, gram: np.matmul(across, z), right, mean: w?.mean };
};

/** What a penalty on weights as they are weighs for those in standard units: 1 / unit^2, and 1 / unit beside the target's unit. */
export const unscaled = ({ unit }: Scale, power: 1 | 2): BaseArray => {
  const inverse = np.divide(1, unit);
  return power === 1 ? inverse : np.square(inverse);
};

/** min |y - X w - b|^2 + alpha |w|^2. */
const fitRidge =
  ({ alpha, fitIntercept }: RidgeOptions) =>
  (x: Features, y: BaseArray, sampleWeight?: BaseArray): LinearState => {
    const m = moments(x, y, fitIntercept, sampleWeight);
    const pull = m.mean ? np.divide(alpha, m.mean) : alpha;
    const a = alpha === 0 ? m.gram : np.add(m.gram, np.diag(np.multiply(unscaled(m.x, 2), pull)));
    const inv = np.multiply(inverse(np.multiply(a, 1 / m.rows)), 1 / m.rows);
    return { weights: solution(a, inv, m.right), x: m.x, y: m.y };
  };

const predict = ({ weights, ...s }: LinearState, x: Features): BaseArray => {
  const z = scaled(features(x), s.x);
  return np.add(np.multiply(np.matmul(z, weights), s.y.unit.at(0)), s.y.middle.at(0));
};

const coefficients = ({ weights, x, y }: LinearState): Coefficients => {
  const unit = y.unit.at(0);
  const away = np.sum(np.multiply(weights, np.divide(x.middle, x.unit)));
  return {
    coef: np.divide(np.multiply(weights, unit), x.unit),
    intercept: np.subtract(y.middle.at(0), np.multiply(away, unit)),
  };
};

const toOnnx = ({ weights, x, y }: LinearState): Uint8Array => {
  const [own, [unit], [middle]] = [
    numbersOf(weights, 'weights'),
    numbersOf(y.unit, 'unit'),
    numbersOf(y.middle, 'middle'),
  ];
  return exported('linear regression', own.length, (sheet, given) => [
    sheet.prediction(
      sheet.linear(
        sheet.standard(given, x),
        own.map((w) => w * unit!),
        middle!,
      ),
    ),
  ]);
};

/** What all linear regressions do with their state. */
export const linearUses: Omit<LinearModel<LinearState>, 'fit'> = {
  predict,
  score: (state, x, y) => r2(y, predict(state, x)),
  coefficients,
  toOnnx,
};

export interface RidgeOptions {
  /** What the sum of squared weights counts; of weights as scikit-learn has them, whatever the columns are measured in. */
  readonly alpha: number;
  readonly fitIntercept: boolean;
}

export const NOT_NEGATIVE: Bound = { least: 0 };

/**
 * Linear regression with a penalty on squared weights: min |y - X w - b|^2 + alpha |w|^2. Columns are put in standard units inside.
 * Options: alpha (1), fitIntercept (true). Score: R2. Errors of weights are some 1e-6 of a standard deviation where the columns'
 * correlations are well conditioned. On secrets about 65 rounds, whatever the sizes. Throws INVALID_ARGUMENT for unknown options, SHAPE where rows differ in number.
 * @example
 * const { ridge } = await sf.models();
 * const model = ridge({ alpha: 2 });
 * const state = spu(model.fit)([sf.to(alice, [1, 2, 3])], sf.to(bob, [2, 4, 6]));
 * await sf.reveal(spu(model.predict)(state, [sf.to(alice, [2, 4])])) // [4, 6]
 */
export const ridge = (options?: Partial<RidgeOptions>): LinearModel<LinearState> =>
  Object.freeze({
    fit: fitRidge(settings('ridge', options, { alpha: 1, fitIntercept: true }, { alpha: NOT_NEGATIVE })),
    ...linearUses,
  });

/**
 * Linear regression by least squares; of columns that are sums of others, the solution of least norm in standard units. Options:
 * fitIntercept (true). Otherwise as ridge.
 * @example
 * const { linearRegression } = await sf.models();
 * const model = linearRegression();
 * const state = spu(model.fit)([sf.to(alice, [1, 2, 3])], sf.to(bob, [3, 5, 7]));
 * await sf.reveal(spu(model.coefficients)(state)) // { coef: [2], intercept: 1 }
 */
export const linearRegression = (
  options?: Partial<Omit<RidgeOptions, 'alpha'>>,
): LinearModel<LinearState> => {
  const { fitIntercept } = settings('linearRegression', options, { fitIntercept: true }, {});
  return Object.freeze({ fit: fitRidge({ alpha: 0, fitIntercept }), ...linearUses });
};
