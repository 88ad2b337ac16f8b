/** @file Logistic regression: Newton's method, or stochastic gradient descent that may stop early. Labels are 0 and 1. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { wordOf } from '../numpy/options.ts';
import { type Features, features, type Scale, scaled, scaleOf, target, withOnes } from './columns.ts';
import { NOT_NEGATIVE } from './linear.ts';
import { accuracy, logLoss } from './metrics.ts';
import { type Coefficients, type LinearClassifier, settings } from './model.ts';
import { type Family, newton } from './newton.ts';
import { exported, numbersOf } from './onnx.ts';

export interface LogisticState {
  /** In standard units, the intercept last. */
  readonly weights: BaseArray;
  readonly x: Scale;
}

/** What a row counts by its label: the same for all, `[of 0, of 1]`, or so that both labels weigh the same. */
export type ClassWeight = null | 'balanced' | readonly [number, number];

export interface LogisticOptions {
  readonly penalty: 'l1' | 'l2' | null;
  /** The inverse of what the penalty counts. */
  readonly C: number;
  readonly classWeight: ClassWeight;
  readonly solver: 'newton' | 'sgd';
  /** Turns of Newton's method, or passes over the rows. */
  readonly maxIter: number;
  readonly learningRate: number;
  readonly batchSize: number;
  /** For sgd: stop when a pass lowers the loss by less. Whether it did is REVEALED after each pass. null: all passes are taken. */
  readonly tol: number | null;
}

const FAMILY: Family = {
  derivatives: (eta, y) => {
    const p = np.sigmoid(eta);
    return { slope: np.subtract(p, y), curve: np.multiply(p, np.subtract(1, p)) };
  },
};

/** Turns of the inner problem of an L1 penalty. */
const INNER = 40;

const rowWeights = (y: BaseArray, given: ClassWeight): BaseArray | undefined => {
  if (given === null) return undefined;
  if (given !== 'balanced') return np.add(np.multiply(y, given[1] - given[0]), given[0]);
  const share = np.mean(y);
  return np.where(np.greater(y, 0.5), np.divide(0.5, share), np.divide(0.5, np.subtract(1, share)));
};

/** A penalty by column for the weights as they are, of those in standard units; none for the intercept. */
const penalties = (
  { unit }: Scale,
  rows: number,
  o: LogisticOptions,
): { squares?: BaseArray; limit?: BaseArray } => {
  if (o.penalty === null) return {};
  const inverse = np.divide(1, unit);
  const size = 1 / (o.C * rows);
  const each = np.multiply(o.penalty === 'l1' ? inverse : np.square(inverse), size);
  const all = np.concatenate([each, np.zeros([1])]);
  return o.penalty === 'l1' ? { limit: all } : { squares: all };
};

const fitLogistic =
  (o: LogisticOptions) =>
  (x: Features, label: BaseArray): LogisticState => {
    const given = features(x);
    const rows = given.shape[0]!;
    const y = target(label, rows);
    const sx = scaleOf(given);
    const z = withOnes(scaled(given, sx));
    const problem = { z, y, weights: rowWeights(y, o.classWeight), ...penalties(sx, rows, o) };
    const weights =
      o.solver === 'newton'
        ? newton({ ...problem, family: FAMILY, turns: o.maxIter, inner: INNER })
        : descend(problem, o);
    return { weights, x: sx };
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
const descend = ({ z, y, weights, squares }: Descent, o: LogisticOptions): BaseArray => {
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
  const start = np.zeros([k]);
  if (o.tol === null) return np.fori(0, o.maxIter, (_, w) => pass(w), start);
  const { tol, maxIter } = o;
  const loss = (w: BaseArray): BaseArray => logLoss(y, np.sigmoid(np.matmul(z, w)));
  const { w } = np.whileRevealed(
    ({ fell, turn }) => np.logicalAnd(np.greater(fell, tol), np.less(turn, maxIter)),
    ({ w, last, turn }) => {
      const next = pass(w);
      const now = loss(next);
      return { w: next, last: now, fell: np.subtract(last, now), turn: np.add(turn, 1) };
    },
    { w: start, last: loss(start), fell: np.asarray(tol + 1), turn: np.array(0, 'int64') },
    { maxIterations: maxIter + 1 },
  );
  return w;
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
  classWeight: null,
  solver: 'newton',
  maxIter: 12,
  learningRate: 0.1,
  batchSize: 32,
  tol: null,
};

const readOptions = (options: Partial<LogisticOptions> | undefined): LogisticOptions => {
  const name = 'logisticRegression';
  const o = settings<LogisticOptions>(name, options, DEFAULTS, {
    C: { least: 1e-6, most: 1e6 },
    maxIter: { least: 1, whole: true },
    learningRate: NOT_NEGATIVE,
    batchSize: { least: 1, whole: true },
    tol: NOT_NEGATIVE,
  });
  wordOf(name, 'solver', o.solver, ['newton', 'sgd']);
  if (o.penalty !== null) wordOf(name, 'penalty', o.penalty, ['l1', 'l2']);
  if (o.solver === 'sgd' && o.penalty === 'l1')
    fail('UNSUPPORTED', `${name}: an L1 penalty takes the solver newton`);
  if (o.solver === 'newton' && o.tol !== null)
    fail('UNSUPPORTED', `${name}: tol is for the solver sgd; newton takes all its turns`);
  const { classWeight: c } = o;
  if (
    c !== null &&
    c !== 'balanced' &&
    !(Array.isArray(c) && c.length === 2 && c.every((w) => w >= 0 && w < 1e6))
  )
    fail(
      'INVALID_ARGUMENT',
      `${name}: classWeight is 'balanced', or a list [of 0, of 1] of two numbers from 0 on`,
    );
  return o;
};

/**
 * Logistic regression for labels 0 and 1; what is above one half counts as 1. Columns are put in standard units inside; the penalty is on weights as
 * scikit-learn has them. Options: penalty ('l2', 'l1' or null), C (1), classWeight (null, 'balanced' or [of 0, of 1]), solver ('newton', or 'sgd', which
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
