/** @file Logistic regression: Newton's method, or stochastic gradient descent that may stop early. Labels are 0 and 1. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { wordOf } from '../numpy/options.ts';
import { type Features, features, type Scale, scaled, scaleOf, sizeOf, target, withOnes } from './columns.ts';
import { NOT_NEGATIVE } from './linear.ts';
import { accuracy, logLoss } from './metrics.ts';
import { type Coefficients, type LinearClassifier, settings } from './model.ts';
import { type Family, newton } from './newton.ts';
import { exported, numbersOf } from './onnx.ts';
import { lossPart, type Turned, turned } from './turns.ts';
import { type ClassWeight, checkClassWeight, classWeights, times, weighing } from './weights.ts';

export interface LogisticState {
  /** In standard units, the intercept last. */
  readonly weights: BaseArray;
  readonly x: Scale;
  /** [turns], where they were asked for. */
  readonly losses?: BaseArray;
}

export interface LogisticOptions {
  readonly penalty: 'l1' | 'l2' | 'elasticnet' | null;
  /** The inverse of what the penalty counts. */
  readonly C: number;
  /** For elasticnet: the share of the L1 penalty. */
  readonly l1Ratio: number;
  readonly fitIntercept: boolean;
  readonly classWeight: ClassWeight;
  readonly solver: 'newton' | 'sgd';
  /** Turns of Newton's method, or passes over the rows. */
  readonly maxIter: number;
  readonly learningRate: number;
  readonly batchSize: number;
  /** For sgd: stop when a pass lowers the loss by less. Whether it did is REVEALED after each pass. null: all passes are taken. */
  readonly tol: number | null;
  /** Whether the state has `losses`: of all rows after each turn, without the penalty. */
  readonly lossCurve: boolean;
}

const FAMILY: Family = {
  loss: (eta, y) => logLoss(y, np.sigmoid(eta)),
  derivatives: (eta, y) => {
    const p = np.sigmoid(eta);
    return { slope: np.subtract(p, y), curve: np.multiply(p, np.subtract(1, p)) };
  },
};

/** Turns of the inner problem of an L1 penalty. */
const INNER = 40;

/** A penalty by column for the weights as they are, of those in standard units; none for the intercept. */
const penalties = (
  { unit }: Scale,
  rows: number,
  mean: BaseArray | undefined,
  { penalty, C, l1Ratio, fitIntercept }: LogisticOptions,
): { squares?: BaseArray; limit?: BaseArray } => {
  if (penalty === null) return {};
  const inverse = np.divide(1, unit);
  const l1 = penalty === 'elasticnet' ? l1Ratio : penalty === 'l1' ? 1 : 0;
  const sized = (each: BaseArray, share: number): BaseArray => {
    const size = share / (C * rows);
    const all = np.multiply(each, mean ? np.divide(size, mean) : size);
    return fitIntercept ? np.concatenate([all, np.zeros([1])]) : all;
  };
  return {
    ...(l1 < 1 ? { squares: sized(np.square(inverse), 1 - l1) } : {}),
    ...(l1 > 0 ? { limit: sized(inverse, l1) } : {}),
  };
};

const fitLogistic =
  (o: LogisticOptions) =>
  (x: Features, label: BaseArray, sampleWeight?: BaseArray): LogisticState => {
    const given = features(x);
    const rows = given.shape[0]!;
    const y = target(label, rows);
    const w = weighing(sampleWeight, rows);
    const sx = o.fitIntercept ? scaleOf(given) : sizeOf(given);
    const z = o.fitIntercept ? withOnes(scaled(given, sx)) : scaled(given, sx);
    const weights = times(w?.each, classWeights(y, o.classWeight, w?.each));
    const problem = { z, y, weights, ...penalties(sx, rows, w?.mean, o) };
    const { last, losses } =
      o.solver === 'newton'
        ? newton({ ...problem, family: FAMILY, turns: o.maxIter, inner: INNER, curve: o.lossCurve })
        : descend(problem, o);
    const all = o.fitIntercept ? last : np.concatenate([last, np.zeros([1])]);
    return { weights: all, x: sx, ...lossPart(losses) };
  };

interface Descent {
  readonly z: BaseArray;
  readonly y: BaseArray;
  readonly weights: BaseArray | undefined;
  readonly squares?: BaseArray;
}

const rowsFrom = (x: BaseArray, first: BaseArray, size: number): BaseArray =>
  x.ndim === 2 ? np.dynamicSlice(x, [first, 0], [size, x.shape[1]!]) : np.dynamicSlice(x, [first], [size]);

/** Passes over the rows in their order; with `tol` each pass reveals whether the loss still falls by more than that. */
const descend = ({ z, y, weights, squares }: Descent, o: LogisticOptions): Turned<BaseArray> => {
  const [rows, k] = [z.shape[0]!, z.shape[1]!];
  const size = Math.min(o.batchSize, rows);
  const pass = (w: BaseArray): BaseArray =>
    np.fori(
      0,
      Math.floor(rows / size),
      (i, w) => {
        const first = np.multiply(i, size);
        const zi = rowsFrom(z, first, size);
        const off = np.subtract(np.sigmoid(np.matmul(zi, w)), rowsFrom(y, first, size));
        const counted = weights ? np.multiply(off, rowsFrom(weights, first, size)) : off;
        const step = np.multiply(np.matmul(zi.T, counted), o.learningRate / size);
        const pull = squares ? np.multiply(np.multiply(squares, w), o.learningRate) : undefined;
        return np.subtract(w, pull ? np.add(step, pull) : step);
      },
      w,
    );
  return turned({
    turns: o.maxIter,
    start: np.zeros([k]) as BaseArray,
    step: pass,
    loss: (w) => logLoss(y, np.sigmoid(np.matmul(z, w))),
    curve: o.lossCurve,
    stop: o.tol === null ? undefined : { tol: o.tol, patience: 1 },
  });
};

const decision = ({ weights, x: sx }: LogisticState, x: Features): BaseArray =>
  np.matmul(withOnes(scaled(features(x), sx)), weights);

const coefficients = ({ weights, x }: LogisticState): Coefficients => {
  const k = x.unit.shape[0]!;
  const own = weights.slice([0, k]);
  return {
    coef: np.divide(own, x.unit),
    intercept: np.subtract(weights.at(k), np.sum(np.multiply(own, np.divide(x.middle, x.unit)))),
  };
};

const toOnnx = ({ weights, x }: LogisticState): Uint8Array => {
  const own = numbersOf(weights, 'weights');
  return exported('logistic regression', own.length - 1, (sheet, given) =>
    sheet.ofLogits(sheet.linear(sheet.standard(given, x), own.subarray(0, -1), own.at(-1)!)),
  );
};

const DEFAULTS: LogisticOptions = {
  penalty: 'l2',
  C: 1,
  l1Ratio: 0.5,
  fitIntercept: true,
  classWeight: null,
  solver: 'newton',
  maxIter: 12,
  learningRate: 0.1,
  batchSize: 32,
  tol: null,
  lossCurve: false,
};

const readOptions = (options: Partial<LogisticOptions> | undefined): LogisticOptions => {
  const name = 'logisticRegression';
  const o = settings<LogisticOptions>(name, options, DEFAULTS, {
    C: { least: 1e-6, most: 1e6 },
    l1Ratio: { least: 0, most: 1 },
    maxIter: { least: 1, whole: true },
    learningRate: NOT_NEGATIVE,
    batchSize: { least: 1, whole: true },
    tol: NOT_NEGATIVE,
  });
  wordOf(name, 'solver', o.solver, ['newton', 'sgd']);
  if (o.penalty !== null) wordOf(name, 'penalty', o.penalty, ['l1', 'l2', 'elasticnet']);
  if (o.solver === 'sgd' && (o.penalty === 'l1' || o.penalty === 'elasticnet'))
    fail('UNSUPPORTED', `${name}: an L1 penalty takes the solver newton`);
  if (o.solver === 'newton' && o.tol !== null)
    fail('UNSUPPORTED', `${name}: tol is for the solver sgd; newton takes all its turns`);
  checkClassWeight(name, o.classWeight);
  return o;
};

/**
 * Logistic regression for labels 0 and 1; what is above one half counts as 1. Columns are put in standard units inside; the penalty is on weights as
 * scikit-learn has them. Options: penalty ('l2', 'l1', 'elasticnet' or null), C (1), l1Ratio (0.5, of elasticnet), fitIntercept (true), lossCurve (false:
 * whether the state has `losses`, one a turn), classWeight (null, 'balanced' or [of 0, of 1]), solver ('newton', or 'sgd', which
 * goes through the rows in their order), maxIter (12), and for sgd learningRate (0.1), batchSize (32; rows that fill no batch are left out),
 * tol (null). Score: accuracy. Newton takes some 80 rounds a turn, with an L1 penalty 800; errors of weights are 1e-6 times the condition number of their Hessian in standard
 * units. With a `tol` each pass REVEALS whether it lowered the loss. Without a penalty weights of labels that a plane separates grow without end.
 * Throws INVALID_ARGUMENT, UNSUPPORTED for options, SHAPE where rows differ in number.
 * @example
 * const { logisticRegression } = await sf.models();
 * const model = logisticRegression({ C: 10 });
 * const x = [sf.to(alice, [1, 2, 3, 4])];
 * const state = spu(model.fit)(x, sf.to(bob, [0, 0, 1, 1]));
 * await sf.reveal(spu(model.predict)(state, x)) // [false, false, true, true]
 */
export const logisticRegression = (options?: Partial<LogisticOptions>): LinearClassifier<LogisticState> =>
  Object.freeze<LinearClassifier<LogisticState>>({
    fit: fitLogistic(readOptions(options)),
    predict: (state, x) => np.greater(decision(state, x), 0),
    predictProba: (state, x) => np.sigmoid(decision(state, x)),
    score: (state, x, y) => accuracy(y, np.sigmoid(decision(state, x))),
    coefficients,
    toOnnx,
  });
