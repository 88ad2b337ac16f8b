/** @file What np.nn does with a whole row: softmax and its kin, standardizing, and losses that start from logits. */
import type { BaseArray } from '../ir/trace/array.ts';
import { log as elementaryLog } from '../ring/math/index.ts';
import { softplus } from './activations.ts';
import { within } from './compare.ts';
import { type ArrayInput, type Axis, asArr, convertTo, readAxes, reshapeTo } from './core.ts';
import { add, divide, expOfNegative, log, multiply, rsqrt, sqrt, square, subtract } from './elementwise.ts';
import { argumentsOf } from './options.ts';
import { max, mean, sum } from './reduce.ts';
import { oneHot } from './statistics.ts';
import { stopGradient } from './transform.ts';

const real = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'fxp');

interface Shifted {
  /** x minus its largest along the axes. */
  readonly x: BaseArray;
  readonly largest: BaseArray;
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

/** exp is then at most 1, and at least one of its results is 1. */
const shifted = (x: ArrayInput, axis: Axis | undefined): Shifted => {
  const a = real(x);
  const { axes, keepdims } = readAxes(axis, a.ndim);
  const largest = stopGradient(max(a, { axis: axes, keepdims: true }));
  return { x: subtract(a, largest), largest, axes, keepdims };
};

/** The sum of exp along the axes: between 1 and as many as there are, which makes what is done with it cheaper. */
const powerSum = (powers: BaseArray, axes: readonly number[]): BaseArray => {
  const terms = axes.reduce((n, i) => n * powers.shape[i]!, 1);
  return within(sum(powers, { axis: axes, keepdims: true }), 0.5, terms + 1);
};

/**
 * exp x over its sum along an axis (the last), of x of any size. One inverse a row, not one an element. On secrets:
 * absolute error below 2^-20 (FM64: 2^-12).
 * @example
 * np.nn.softmax(np.array([1, 1, 1])) // [0.3333, 0.3333, 0.3333]
 */
export const softmax = (x: ArrayInput, axis: Axis = -1): BaseArray => {
  const s = shifted(x, axis);
  const powers = expOfNegative(s.x);
  // The inverse of a sum that is known to be positive, by its root: fewer rounds than one of any sign.
  const root = rsqrt(powerSum(powers, s.axes));
  return multiply(powers, square(root));
};

/**
 * log(softmax x) along an axis (the last), without ever forming it, of x of any size. On secrets: absolute error
 * below 2^-20 (FM64: 2^-12).
 * @example
 * np.nn.logSoftmax(np.array([0, 0])) // [-0.6931, -0.6931]
 */
export const logSoftmax = (x: ArrayInput, axis: Axis = -1): BaseArray => {
  const s = shifted(x, axis);
  return subtract(s.x, log(powerSum(expOfNegative(s.x), s.axes)));
};

/**
 * log(sum(exp x)) along the axes (all without one), of x of any size: nothing overflows inside. On secrets: absolute
 * error below 2^-20 (FM64: 2^-12).
 * @example
 * np.nn.logsumexp(np.array([0, 0])) // 0.6931
 */
export const logsumexp = (x: ArrayInput, axis?: Axis): BaseArray => {
  const s = shifted(x, axis);
  const kept = add(s.largest, log(powerSum(expOfNegative(s.x), s.axes)));
  return s.keepdims
    ? kept
    : reshapeTo(
        kept,
        kept.shape.filter((_, i) => !s.axes.includes(i)),
      );
};

/**
 * log(mean(exp x)) along the axes (all without one), of x of any size. Error as np.nn.logsumexp.
 * @example
 * np.nn.logmeanexp(np.array([1, 1])) // 1
 */
export const logmeanexp = (x: ArrayInput, axis?: Axis): BaseArray => {
  const a = asArr(x);
  const { axes } = readAxes(axis, a.ndim);
  const n = axes.reduce((product, i) => product * a.shape[i]!, 1);
  return subtract(logsumexp(a, axis), elementaryLog(n));
};

export interface StandardizeOptions {
  readonly axis?: number | readonly number[];
  readonly epsilon?: number;
}

/**
 * (x - mean) / sqrt(variance + epsilon) along an axis (the last): mean 0 and variance 1. Error and range as np.nn.layerNorm.
 * @example
 * np.nn.standardize(np.array([1, 3])) // [-1, 1]
 */
export const standardize = (
  x: ArrayInput,
  along?: number | readonly number[] | StandardizeOptions,
): BaseArray => {
  const { axis, epsilon } = argumentsOf<StandardizeOptions>(
    'np.nn.standardize',
    { axis: along, epsilon: undefined },
    { axis: -1, epsilon: 1e-5 },
  );
  const away = subtract(real(x), mean(x, { axis, keepdims: true }));
  return divide(away, sqrt(add(mean(square(away), { axis, keepdims: true }), epsilon)));
};

export interface NormOptions {
  readonly axis?: number | readonly number[];
  readonly epsilon?: number;
}

/**
 * (x - mean) / sqrt(variance + epsilon) along an axis (the last), times `scale`, plus `bias`. Error below 2^-19 for x of any size whose sum
 * of squares is below 2^(126-2f) (FM128: 2^74 at 26 fraction bits); FM64: 2^-11, for variances of 2^-7 and more. Where
 * variance + epsilon is small it has few digits: it is off by 1.5 units of 2^-2f n (FM128, n numbers) or of 2^-f (FM64, FM32), and x by one
 * of 2^-f. An epsilon that changes by more than a hundredth is told by the event `coarse`.
 * @example
 * np.nn.layerNorm(np.array([1, 3]), 2, 1) // [-1, 3]
 */
export const layerNorm = (
  x: ArrayInput,
  scale?: ArrayInput | null,
  bias?: ArrayInput | null,
  along?: number | readonly number[] | NormOptions,
): BaseArray => {
  const { axis, epsilon } = argumentsOf<NormOptions>(
    'np.nn.layerNorm',
    { axis: along, epsilon: undefined },
    { axis: -1, epsilon: 1e-5 },
  );
  const a = real(x);
  const away = subtract(a, mean(a, { axis, keepdims: true }));
  const variance = mean(square(away), { axis, keepdims: true });
  const normal = divide(away, sqrt(add(variance, epsilon)));
  const scaled = scale === undefined || scale === null ? normal : multiply(normal, scale);
  return bias === undefined || bias === null ? scaled : add(scaled, bias);
};

/**
 * Logistic loss of each logit against a label in [0, 1]: log(1 + exp x) - x y, of labels that are bools or integers for any x, of others
 * where x y has the range of np.multiply. Its gradient is sigmoid(x) - y, with no division: take np.grad of the mean of this.
 * @example
 * np.nn.sigmoidCrossEntropy(np.array([0, 100]), [1, 1]) // [0.6931, 0]
 */
export const sigmoidCrossEntropy = (logits: ArrayInput, labels: ArrayInput): BaseArray => {
  const x = real(logits);
  return subtract(softplus(x), multiply(x, real(labels)));
};

/**
 * Cross entropy of each row of logits (last axis) against labels of its shape, such as one-hot ones.
 * @example
 * np.nn.softmaxCrossEntropy(np.array([[0, 0]]), [[1, 0]]) // [0.6931]
 */
export const softmaxCrossEntropy = (logits: ArrayInput, labels: ArrayInput): BaseArray => {
  const x = real(logits);
  return subtract(logsumexp(x, -1), sum(multiply(x, real(labels)), -1));
};

/**
 * As softmaxCrossEntropy, the labels being whole numbers below the length of a row.
 * @example
 * np.nn.softmaxCrossEntropyWithIntegerLabels(np.array([[0, 0]]), np.array([1], 'int32')) // [0.6931]
 */
export const softmaxCrossEntropyWithIntegerLabels = (logits: ArrayInput, labels: ArrayInput): BaseArray =>
  softmaxCrossEntropy(logits, oneHot(labels, asArr(logits).shape.at(-1)!));
