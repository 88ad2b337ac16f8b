/** @file Gaussian naive Bayes for labels 0 .. classes - 1: means and variances of each class, and the class that is most likely. */

import { fail } from '../errors.ts';
import { OPEN } from '../frontends/onnx/model.ts';
import { describe } from '../names.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import * as math from '../ring/math/index.ts';
import { type Features, features, type Scale, scaled, scaleOf, target } from './columns.ts';
import { type Classifier, type Exportable, settings } from './model.ts';
import { exported, LABEL, numbersOf, whole } from './onnx.ts';
import { times, weighing } from './weights.ts';

export interface BayesState {
  readonly x: Scale;
  /** [classes, columns], in standard units. */
  readonly mean: BaseArray;
  readonly variance: BaseArray;
  /** [classes]: logarithms of shares. */
  readonly prior: BaseArray;
}

/** The least variance, in standard units. */
const LEAST = 1 / 1048576;

export interface BayesOptions {
  /** How many labels there are. */
  readonly nClasses: number;
  /** What is added to variances, as a share of the largest. */
  readonly varSmoothing: number;
  /** How likely labels are; null: their shares of the rows. */
  readonly priors: readonly number[] | null;
}

const fitBayes =
  ({ nClasses: classes, varSmoothing, priors }: BayesOptions) =>
  (x: Features, label: BaseArray, sampleWeight?: BaseArray): BayesState => {
    const given = features(x);
    const rows = given.shape[0]!;
    const sx = scaleOf(given);
    const z = scaled(given, sx);
    const y = target(label, rows);
    const isIn = np.astype(np.equal(np.expandDims(y, 0), np.expandDims(np.arange(classes), 1)), 'float64');
    const w = weighing(sampleWeight, rows)?.each;
    const member = times(isIn, w);
    const count = np.sum(member, 1);
    const least = np.maximum(np.expandDims(count, 1), w ? EDGE : 1);
    const mean = np.divide(np.matmul(member, z), least);
    const squares = np.divide(np.matmul(member, np.square(z)), least);
    const added = np.square(np.multiply(np.divide(np.max(sx.unit), sx.unit), Math.sqrt(varSmoothing)));
    const variance = np.add(np.maximum(np.subtract(squares, np.square(mean)), LEAST), added);
    const shares = priors ? np.array(priors) : np.multiply(count, 1 / rows);
    return { x: sx, mean, variance, prior: np.log(np.maximum(shares, EDGE / rows)) };
  };
/** A class without rows has next to no share, and is not chosen. */
const EDGE = 1e-4;

/** [rows, classes]: logarithms of likelihoods, up to a constant of the row. */
const likelihood = (x: Features, { x: sx, mean, variance, prior }: BayesState): BaseArray => {
  const z = np.expandDims(scaled(features(x), sx), 1);
  const apart = np.sum(np.divide(np.square(np.subtract(z, mean)), variance), 2);
  return np.subtract(prior, np.multiply(np.add(apart, np.sum(np.log(variance), 1)), 0.5));
};

const predict = (state: BayesState, x: Features): BaseArray => np.argmax(likelihood(x, state), 1);

const toOnnx = ({ x, mean, variance, prior }: BayesState): Uint8Array => {
  const [classes, columns] = mean.shape as [number, number];
  const [m, v, p] = [numbersOf(mean, 'mean'), numbersOf(variance, 'variance'), numbersOf(prior, 'prior')];
  const logs = p.map((own, c) =>
    v.subarray(c * columns, (c + 1) * columns).reduce((sum, each) => sum - math.log(each) / 2, own),
  );
  return exported('naive Bayes', columns, (sheet, given) => {
    const z = sheet.op('Unsqueeze', [sheet.standard(given, x), sheet.places('axis', [1])], 'rows');
    const away = sheet.op('Sub', [z, sheet.floats('mean', m, [classes, columns])], 'away');
    const size = sheet.op(
      'Div',
      [sheet.op('Mul', [away, away], 'squares'), sheet.floats('variance', v, [classes, columns])],
      'sizes',
    );
    const sum = sheet.op('ReduceSum', [size, sheet.places('columns', [2])], 'apart', { keepdims: whole(0) });
    const half = sheet.op('Mul', [sum, sheet.floats('half', Float64Array.of(0.5), [])], 'less');
    const likely = sheet.op('Sub', [sheet.floats('prior', logs), half], 'likelihood');
    sheet.op('ArgMax', [likely], 'label', { axis: whole(1), keepdims: whole(0) });
    sheet.op('Softmax', [likely], 'probabilities', { axis: whole(1) });
    return [LABEL, { name: 'probabilities', element: 'float64', shape: [OPEN, classes] }];
  });
};

/**
 * Gaussian naive Bayes for labels 0 .. nClasses - 1, which is public: in each class columns are independent and normal, with variances of 2^-20 of the column's at least. Options: nClasses (2),
 * varSmoothing (1e-9), priors (null: shares of the rows; else a number a label, of sum 1).
 * `predictProba` gives [rows, nClasses]. Score: accuracy. Throws INVALID_ARGUMENT for unknown options.
 * @example
 * const { gaussianNB } = await sf.models();
 * const { fit, predict } = gaussianNB();
 * predict(fit([np.array([0, 1, 8, 9])], np.array([0, 0, 1, 1])), [np.array([2, 7])]) // [0, 1]
 */
export const gaussianNB = (
  options?: Partial<BayesOptions>,
): Classifier<BayesState> & Exportable<BayesState> => {
  const o = settings<BayesOptions>(
    'gaussianNB',
    options,
    { nClasses: 2, varSmoothing: 1e-9, priors: null },
    { nClasses: { least: 2, whole: true }, varSmoothing: { least: 0, most: 1 } },
  );
  const { nClasses, priors } = o;
  const isShares = (p: unknown): boolean =>
    Array.isArray(p) && p.length === nClasses && p.every((v) => v > 0 && v < 1);
  if (priors !== null && !(isShares(priors) && Math.abs(priors.reduce((a, b) => a + b) - 1) < 1e-6))
    fail(
      'INVALID_ARGUMENT',
      `gaussianNB: priors are ${nClasses} numbers above 0 of sum 1, not ${describe(priors)}`,
    );
  return Object.freeze<Classifier<BayesState> & Exportable<BayesState>>({
    toOnnx,
    fit: fitBayes(o),
    predict,
    predictProba: (state, x) => np.nn.softmax(likelihood(x, state), 1),
    score: (state, x, y) => {
      const found = predict(state, x);
      return np.mean(np.equal(found, np.astype(np.rint(target(y, found.shape[0]!)), 'int64')));
    },
  });
};
