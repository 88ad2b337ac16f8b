/** @file Poisson, gamma and Tweedie regression with a logarithmic link, by Newton's method: mean = exp(X w + b). */

import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import * as math from '../ring/math/index.ts';
import { type Features, features, type Scale, scaled, scaleOf, target, withOnes } from './columns.ts';
import { NOT_NEGATIVE } from './linear.ts';
import { type Coefficients, type LinearModel, settings } from './model.ts';
import { type Family, newton } from './newton.ts';
import { exported, numbersOf } from './onnx.ts';
import { times, weighing } from './weights.ts';

export interface GeneralizedState {
  /** In standard units, the intercept last, for the target over its mean. */
  readonly weights: BaseArray;
  readonly x: Scale;
  /** The mean of the target. */
  readonly level: BaseArray;
}

export interface GeneralizedOptions {
  /** 1: Poisson, 2: gamma, between: compound Poisson and gamma. */
  readonly power: number;
  readonly alpha: number;
  readonly maxIter: number;
}

/** Half the unit deviance of power p at m = exp(eta), in eta: slope m^(2-p) - y m^(1-p), and its curvature. */
const family = (p: number): Family => ({
  derivatives: (eta, y) => {
    // Powers that are 0 are 1 and need no exponential.
    const raised = (power: number): BaseArray | 1 => (power === 0 ? 1 : np.exp(np.multiply(eta, power)));
    const mean = raised(2 - p);
    const scaledTarget = np.multiply(y, raised(1 - p));
    return {
      slope: np.subtract(mean, scaledTarget),
      curve: np.add(np.multiply(mean, 2 - p), np.multiply(scaledTarget, p - 1)),
    };
  },
});

/** x to a public power; 1 for the power 0. */
const toPower = (x: BaseArray, power: number): BaseArray =>
  power === 0 ? np.onesLike(x) : np.exp(np.multiply(np.log(x), power));

const fitGeneralized =
  ({ power, alpha, maxIter }: GeneralizedOptions) =>
  (x: Features, y: BaseArray, sampleWeight?: BaseArray): GeneralizedState => {
    const given = features(x);
    const rows = given.shape[0]!;
    const t = target(y, rows);
    const sx = scaleOf(given);
    const w = weighing(sampleWeight, rows)?.each;
    const level = np.mean(times(t, w));
    // Deviances of a target over its mean are those of the target times level^(p - 2): so is the penalty.
    const size = np.multiply(toPower(level, power - 2), alpha);
    const each = np.multiply(np.square(np.divide(1, sx.unit)), size);
    const squares = alpha === 0 ? undefined : np.concatenate([each, np.zeros([1])]);
    const { last: weights } = newton({
      z: withOnes(scaled(given, sx)),
      y: np.divide(t, level),
      family: family(power),
      squares,
      weights: w,
      turns: maxIter,
      inner: 0,
    });
    return { weights, x: sx, level };
  };

/** Sum of unit deviances of y at m, halved; y log y is 0 at 0. */
const deviance = (y: BaseArray, m: BaseArray, p: number): BaseArray => {
  const positive = np.greater(y, 0);
  const ylog = np.where(positive, np.log(np.divide(np.where(positive, y, 1), m)), 0);
  if (p === 1) return np.sum(np.add(np.multiply(y, ylog), np.subtract(m, y)));
  const ratio = np.divide(y, m);
  if (p === 2) return np.sum(np.subtract(np.subtract(ratio, 1), np.log(ratio)));
  const powers = np.multiply(
    np.where(positive, toPower(np.where(positive, y, 1), 2 - p), 0),
    1 / ((1 - p) * (2 - p)),
  );
  const cross = np.multiply(np.multiply(y, toPower(m, 1 - p)), 1 / (1 - p));
  return np.sum(np.add(np.subtract(powers, cross), np.multiply(toPower(m, 2 - p), 1 / (2 - p))));
};

const predict = ({ weights, x: sx, level }: GeneralizedState, x: Features): BaseArray =>
  np.multiply(np.exp(np.matmul(withOnes(scaled(features(x), sx)), weights)), level);

const coefficients = ({ weights, x, level }: GeneralizedState): Coefficients => {
  const k = x.unit.shape[0]!;
  const own = weights.slice([0, k]);
  const away = np.sum(np.multiply(own, np.divide(x.middle, x.unit)));
  return {
    coef: np.divide(own, x.unit),
    intercept: np.add(np.subtract(weights.at(k), away), np.log(level)),
  };
};

const toOnnx = ({ weights, x, level }: GeneralizedState): Uint8Array => {
  const own = numbersOf(weights, 'weights');
  const intercept = own.at(-1)! + math.log(numbersOf(level, 'level')[0]!);
  return exported('regression with a logarithmic link', own.length - 1, (sheet, given) => [
    sheet.prediction(
      sheet.op('Exp', [sheet.linear(sheet.standard(given, x), own.subarray(0, -1), intercept)], 'mean'),
    ),
  ]);
};

/** Deviance explained, as scikit-learn's score: 1 - D(y, mean) / D(y, mean of y), of targets over the level of training. */
const score =
  (power: number): LinearModel<GeneralizedState>['score'] =>
  (state, x, y) => {
    const mean = np.divide(predict(state, x), state.level);
    const t = np.divide(target(y, mean.shape[0]!), state.level);
    const flat = np.broadcastTo(np.mean(t), t.shape);
    return np.subtract(1, np.divide(deviance(t, mean, power), deviance(t, flat, power)));
  };

const regressor = (
  name: string,
  power: number,
  options: Partial<Pick<GeneralizedOptions, 'alpha' | 'maxIter'>> | undefined,
): LinearModel<GeneralizedState> => {
  const o = settings(
    name,
    options,
    { alpha: 1, maxIter: 10 },
    { alpha: NOT_NEGATIVE, maxIter: { least: 1, whole: true } },
  );
  return Object.freeze({
    fit: fitGeneralized({ ...o, power }),
    predict,
    score: score(power),
    coefficients,
    toOnnx,
  });
};

/**
 * Poisson regression with a logarithmic link, for targets that count: mean = exp(X w + b), min half the mean deviance + alpha |w|^2 / 2.
 * Columns are put in standard units inside, the target over its mean. Options: alpha (1), maxIter (10) turns of Newton's method, some 80 rounds each.
 * Score: deviance explained. The target's mean is positive. Throws INVALID_ARGUMENT for unknown options, SHAPE where rows differ in number.
 * @example
 * const { poissonRegressor } = await sf.models();
 * const { fit, coefficients } = poissonRegressor({ alpha: 0 });
 * coefficients(fit([np.array([0, 1, 2])], np.array([1, 2, 4]))) // { coef: [0.6931], intercept: 0 }
 */
export const poissonRegressor = (
  options?: Partial<Pick<GeneralizedOptions, 'alpha' | 'maxIter'>>,
): LinearModel<GeneralizedState> => regressor('poissonRegressor', 1, options);

/**
 * Gamma regression with a logarithmic link, for targets above 0 whose spread grows with them. As poissonRegressor.
 * @example
 * const { gammaRegressor } = await sf.models();
 * const { fit, coefficients } = gammaRegressor({ alpha: 0 });
 * coefficients(fit([np.array([0, 1, 2])], np.array([1000, 2000, 4000]))) // { coef: [0.6931], intercept: 6.9078 }
 */
export const gammaRegressor = (
  options?: Partial<Pick<GeneralizedOptions, 'alpha' | 'maxIter'>>,
): LinearModel<GeneralizedState> => regressor('gammaRegressor', 2, options);

/**
 * Tweedie regression with a logarithmic link: `power` (1.5) between 1, Poisson, and 2, gamma. As poissonRegressor.
 * @example
 * const { tweedieRegressor } = await sf.models();
 * const { fit, coefficients } = tweedieRegressor({ power: 1.5, alpha: 0 });
 * coefficients(fit([np.array([0, 1, 2])], np.array([1, 2, 4]))) // { coef: [0.6931], intercept: 0 }
 */
export const tweedieRegressor = ({
  power = 1.5,
  ...options
}: Partial<GeneralizedOptions> = {}): LinearModel<GeneralizedState> => {
  settings('tweedieRegressor', { power }, { power: 1.5 }, { power: { least: 1, most: 2 } });
  return regressor('tweedieRegressor', power, options);
};
