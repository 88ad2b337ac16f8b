/**
 * @file How good predictions are, from secrets: each function gives the metric and nothing on the way to it. `y` is what is true
 * and stands first, as in scikit-learn. In programs (`spu((y, p) => metrics.auc(y, p))`) and in the clear alike.
 */
import { fail } from '../errors.ts';
import * as np from '../numpy/index.ts';
import { type ArrayInput, type BaseArray, NDArray } from '../numpy/index.ts';
import { target } from './columns.ts';

/** Both as vectors of one length. */
const pair = (y: ArrayInput, p: ArrayInput): [BaseArray, BaseArray] => {
  const rows = np.size(y);
  if (rows === 0) fail('SHAPE', 'a metric of no rows');
  return [target(y, rows), target(p, rows)];
};

const positive = (y: BaseArray): BaseArray => np.greater(y, 0.5);
/** Exactly 1 where y is above one half, else 0, as an integer: sums and products are exact. */
const count = (x: BaseArray): BaseArray => np.astype(x, 'int64');
const real = (x: BaseArray): BaseArray => np.astype(x, 'float64');
const ratio = (a: BaseArray, b: BaseArray): BaseArray => np.divide(real(a), real(b));

/**
 * The share of rows on the right side of `threshold`: a prediction is 1 from there on. Labels are 0 and 1.
 * @example
 * const { accuracy } = await sf.metrics();
 * accuracy(np.array([0, 1, 1]), np.array([0.2, 0.9, 0.4])) // 0.6667
 */
export const accuracy = (y: ArrayInput, p: ArrayInput, threshold = 0.5): BaseArray => {
  const [t, s] = pair(y, p);
  return np.mean(np.equal(positive(t), np.greaterEqual(s, threshold)));
};

/**
 * Rows by true label (first axis) and predicted label: int64 [[true 0, false 1], [false 0, true 1]].
 * @example
 * const { confusionMatrix } = await sf.metrics();
 * confusionMatrix(np.array([0, 1, 1]), np.array([0.2, 0.9, 0.4])) // [[1, 0], [1, 1]]
 */
export const confusionMatrix = (y: ArrayInput, p: ArrayInput, threshold = 0.5): BaseArray => {
  const [t, s] = pair(y, p);
  const [yes, hit] = [count(positive(t)), count(np.greaterEqual(s, threshold))];
  const both = np.sum(np.multiply(yes, hit));
  const [positives, hits] = [np.sum(yes), np.sum(hit)];
  const falseHits = np.subtract(hits, both);
  const misses = np.subtract(positives, both);
  const rest = np.subtract(np.subtract(t.size, positives), falseHits);
  return np.reshape(np.stack([rest, falseHits, misses, both]), [2, 2]);
};

/**
 * 2 precision recall / (precision + recall) of label 1; 0 where nothing is right.
 * @example
 * const { f1 } = await sf.metrics();
 * f1(np.array([0, 1, 1]), np.array([0.2, 0.9, 0.4])) // 0.6667
 */
export const f1 = (y: ArrayInput, p: ArrayInput, threshold = 0.5): BaseArray => {
  const m = confusionMatrix(y, p, threshold);
  const twice = np.multiply(m.at(1, 1), 2);
  const all = np.add(twice, np.add(m.at(0, 1), m.at(1, 0)));
  return ratio(twice, np.maximum(all, 1));
};

/**
 * What stands beside scores in their order, upwards, and of equal scores upwards too; and what tells scores apart. Secret scores are sorted as whole
 * numbers of units in the last place, with what stands beside as the lowest bit.
 */
const inOrder = (p: BaseArray, bit: BaseArray): { readonly bit: BaseArray; readonly score: BaseArray } => {
  if (p instanceof NDArray && bit instanceof NDArray) {
    const order = np.lexsort([bit, p]);
    return { bit: np.take(bit, order), score: np.take(p, order) };
  }
  const whole = np.astype(np.rint(np.divide(p, np.epsilon())), 'int64');
  const keys = np.sort(np.add(np.multiply(whole, 2), bit));
  const low = np.bitwiseAnd(keys, 1);
  return { bit: low, score: np.subtract(keys, low) };
};

/**
 * The area under the ROC curve: the chance that a row of label 1 has a higher score than one of label 0, ties counting one half. 0.5 where
 * there is one label only. Secret scores are below 2^35 in size.
 * @example
 * const { auc } = await sf.metrics();
 * auc(np.array([0, 1, 1, 0]), np.array([0.2, 0.9, 0.4, 0.4])) // 0.875
 */
export const auc = (y: ArrayInput, p: ArrayInput): BaseArray => {
  const [t, s] = pair(y, p);
  const yes = count(positive(t));
  // Ties in both orders: labels 1 above labels 0, and below.
  const orders = [inOrder(s, yes).bit, np.subtract(1, inOrder(s, np.subtract(1, yes)).bit)];
  const sorted = np.stack(orders);
  const below = np.cumsum(np.subtract(1, sorted), 1);
  const wins = np.sum(np.multiply(sorted, below));
  const positives = np.sum(yes);
  const pairs = np.multiply(positives, np.subtract(t.size, positives));
  const none = np.equal(pairs, 0);
  return np.where(none, 0.5, np.multiply(ratio(wins, np.where(none, 1, pairs)), 0.5));
};

/**
 * The largest difference between the shares of labels 1 and of labels 0 above a score (Kolmogorov and Smirnov). Secret
 * scores are below 2^35 in size.
 * @example
 * const { ks } = await sf.metrics();
 * ks(np.array([0, 1, 1, 0]), np.array([0.2, 0.9, 0.4, 0.4])) // 0.5
 */
export const ks = (y: ArrayInput, p: ArrayInput): BaseArray => {
  const [t, s] = pair(y, p);
  const yes = count(positive(t));
  const { bit: label, score } = inOrder(s, yes);
  const ones = np.cumsum(label, 0);
  const total = np.sum(yes);
  const others = np.subtract(np.arange(1, t.size + 1), ones);
  const shares = (part: BaseArray, whole: BaseArray): BaseArray =>
    np.divide(real(part), real(np.maximum(whole, 1)));
  const apart = np.abs(np.subtract(shares(ones, total), shares(others, np.subtract(t.size, total))));
  // Rows of one score are passed together: only the last of them counts.
  const last = np.concatenate([np.notEqual(score.slice('1:'), score.slice(':-1')), np.ones([1], 'bool')]);
  return np.max(np.where(last, apart, 0));
};

/**
 * Mean cross-entropy of probabilities of label 1, which are kept 2^-13 away from 0 and 1.
 * @example
 * const { logLoss } = await sf.metrics();
 * logLoss(np.array([0, 1]), np.array([0.5, 0.5])) // 0.6931
 */
export const logLoss = (y: ArrayInput, p: ArrayInput): BaseArray => {
  const [t, s] = pair(y, p);
  const kept = np.clip(s, EDGE, 1 - EDGE);
  return np.negative(np.mean(np.log(np.where(positive(t), kept, np.subtract(1, kept)))));
};
const EDGE = 1 / 8192;

/**
 * Mean of squared differences.
 * @example
 * const { mse } = await sf.metrics();
 * mse(np.array([1, 2]), np.array([1, 4])) // 2
 */
export const mse = (y: ArrayInput, p: ArrayInput): BaseArray => {
  const [t, s] = pair(y, p);
  return np.mean(np.square(np.subtract(t, s)));
};

/**
 * Coefficient of determination: 1 - sum (y - p)^2 / sum (y - mean)^2.
 * @example
 * const { r2 } = await sf.metrics();
 * r2(np.array([1, 2, 3]), np.array([1, 2, 4])) // 0.5
 */
export const r2 = (y: ArrayInput, p: ArrayInput): BaseArray => {
  const [t, s] = pair(y, p);
  const all = np.sum(np.square(np.subtract(t, np.mean(t))));
  return np.subtract(1, np.divide(np.sum(np.square(np.subtract(t, s))), all));
};

/** [thresholds]: rows of label 1, and all rows, with scores from each threshold on. */
const above = (
  y: BaseArray,
  p: BaseArray,
  thresholds: readonly number[],
): { ones: BaseArray; all: BaseArray } => {
  const hit = count(np.greaterEqual(np.expandDims(p, 0), np.array(thresholds.map((t) => [t]))));
  return { ones: np.matmul(hit, count(positive(y))), all: np.sum(hit, 1) };
};

/** Thresholds from 1 down to 0, `n` steps apart. */
const grid = (n: number): number[] => Array.from({ length: n + 1 }, (_, i) => 1 - i / n);

/**
 * Points of the ROC curve at public thresholds (downwards; 50 steps from 1 to 0 unless said): { fpr, tpr }, shares of labels 0 and 1 whose
 * score is not below.
 * @example
 * const { rocCurve } = await sf.metrics();
 * rocCurve(np.array([0, 1]), np.array([0.2, 0.9]), [1, 0.5, 0]) // { fpr: [0, 0, 1], tpr: [0, 1, 1] }
 */
export const rocCurve = (
  y: ArrayInput,
  p: ArrayInput,
  thresholds: readonly number[] = grid(50),
): { readonly fpr: BaseArray; readonly tpr: BaseArray } => {
  const [t, s] = pair(y, p);
  const { ones, all } = above(t, s, thresholds);
  const total = np.sum(count(positive(t)));
  return {
    fpr: ratio(np.subtract(all, ones), np.maximum(np.subtract(t.size, total), 1)),
    tpr: ratio(ones, np.maximum(total, 1)),
  };
};

/**
 * Points of precision and recall at public thresholds, as rocCurve: precision is 1 where no row is above.
 * @example
 * const { prCurve } = await sf.metrics();
 * prCurve(np.array([0, 1]), np.array([0.2, 0.9]), [1, 0.5, 0]) // { precision: [1, 1, 0.5], recall: [0, 1, 1] }
 */
export const prCurve = (
  y: ArrayInput,
  p: ArrayInput,
  thresholds: readonly number[] = grid(50),
): { readonly precision: BaseArray; readonly recall: BaseArray } => {
  const [t, s] = pair(y, p);
  const { ones, all } = above(t, s, thresholds);
  const none = np.equal(all, 0);
  return {
    precision: np.where(none, 1, ratio(ones, np.where(none, 1, all))),
    recall: ratio(ones, np.maximum(np.sum(count(positive(t))), 1)),
  };
};

/** [bins]: by equal steps from 0 to 1, what falls into each of the sums that `of` makes of rows above thresholds. */
const inBins = (sums: BaseArray): BaseArray => np.subtract(sums.slice(':-1'), sums.slice('1:'));

/**
 * Calibration by `bins` equal steps of the predicted probability: { count, predicted, actual }, rows, mean probability and share
 * of label 1 in each; 0 where there are none.
 * @example
 * const { calibration } = await sf.metrics();
 * calibration(np.array([0, 1, 1]), np.array([0.2, 0.9, 0.7]), 2) // { count: [1, 2], predicted: [0.2, 0.8], actual: [0, 1] }
 */
export const calibration = (
  y: ArrayInput,
  p: ArrayInput,
  bins = 10,
): { readonly count: BaseArray; readonly predicted: BaseArray; readonly actual: BaseArray } => {
  const [t, s] = pair(y, p);
  const edges = Array.from({ length: bins - 1 }, (_, i) => [(i + 1) / bins]);
  const inner = np.greaterEqual(np.expandDims(s, 0), np.array(edges));
  const hit = np.concatenate([np.ones([1, t.size], 'int64'), count(inner), np.zeros([1, t.size], 'int64')]);
  const rows = inBins(np.sum(hit, 1));
  const least = np.maximum(rows, 1);
  return {
    count: rows,
    predicted: np.divide(inBins(np.matmul(real(hit), s)), real(least)),
    actual: ratio(inBins(np.matmul(hit, count(positive(t)))), least),
  };
};

/**
 * Population stability index of two samples over public bin edges (rising): sum (a - b) log(a / b) of their shares by bin, which
 * count 1e-4 at least.
 * @example
 * const { populationStability } = await sf.metrics();
 * populationStability(np.array([0.1, 0.2, 0.8, 0.9]), np.array([0.1, 0.7, 0.8, 0.9]), [0.5]) // 0.2747
 */
export const populationStability = (
  expected: ArrayInput,
  actual: ArrayInput,
  edges: readonly number[],
): BaseArray => {
  if (edges.some((edge, i) => !(edge > (edges[i - 1] ?? Number.NEGATIVE_INFINITY))))
    fail('INVALID_ARGUMENT', 'populationStability: bin edges are rising numbers');
  const shares = (x: ArrayInput): BaseArray => {
    const v = target(x, np.size(x));
    const from = np.sum(count(np.greaterEqual(np.expandDims(v, 0), np.array(edges.map((e) => [e])))), 1);
    const sums = np.concatenate([np.full([1], v.size, 'int64'), from, np.zeros([1], 'int64')]);
    return np.maximum(np.multiply(real(inBins(sums)), 1 / v.size), 1e-4);
  };
  const [a, b] = [shares(expected), shares(actual)];
  return np.sum(np.multiply(np.subtract(a, b), np.subtract(np.log(a), np.log(b))));
};
