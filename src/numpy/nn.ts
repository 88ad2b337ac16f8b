/**
 * @file np.nn: activations, losses that start from logits, and layers. Shaped like jax.nn; written so that nothing
 * overflows a fixed-point number and no loss needs the logarithm or the inverse of a probability. Errors are below 2^-20 at FM128
 * and 2^-12 at FM64, relative above 1 and absolute below, for any x, unless a line says otherwise (test/numpy/ranges.ts).
 */
import { fail } from '../errors.ts';
import { normalAxis, shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { apply, record } from '../ir/trace/tracer.ts';
import { less, where, within } from './compare.ts';
import {
  type ArrayInput,
  type Axis,
  asArr,
  axisOf,
  broadcast,
  convertTo,
  isBool,
  numberLike,
  type OneAxis,
  readAxes,
  reshapeTo,
} from './core.ts';
import {
  add,
  divide,
  expOfNegative,
  fineRsqrt,
  log,
  multiply,
  negative,
  rsqrt,
  sigmoid,
  square,
  subtract,
} from './elementwise.ts';
import { argumentsOf } from './options.ts';
import { max, mean, sum } from './reduce.ts';
import { oneHot } from './statistics.ts';
import { stopGradient } from './transform.ts';

export {
  type AttentionOptions,
  celu,
  dotProductAttention,
  dotProductAttention as dot_product_attention,
  hardSilu,
  hardSilu as hard_silu,
  hardSwish,
  hardSwish as hard_swish,
  identity,
  log1mexp,
  logmeanexp,
  mish,
  type StandardizeOptions,
  selu,
  sparsePlus,
  sparsePlus as sparse_plus,
  sparseSigmoid,
  sparseSigmoid as sparse_sigmoid,
  squareplus,
  standardize,
} from './activations.ts';
export { avgPool, conv, conv1d, conv2d, maxPool } from './convolution.ts';
export { sigmoid, tanh } from './elementwise.ts';
export { oneHot } from './statistics.ts';

const real = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'fxp');

/** max(x, 0); its slope at 0 is 0. */
export const relu = (x: ArrayInput): BaseArray => {
  const a = asArr(x);
  if (isBool(a)) return a;
  return apply('maximum', [broadcast(record(numberLike(0, a), [a]), a.shape), a], { first: true });
};
/** max(x, 0) up to 6; its slope at both ends is 0. */
export const relu6 = (x: ArrayInput): BaseArray => held(x, 0, 6, 0);

/** x held between public ends, at which the slope is 0 or 1. */
const held = (x: ArrayInput, lo: number, hi: number, atEnds: 0 | 1): BaseArray =>
  apply('clip', [real(x)], { lo, hi, atEnds });

/** x, and `slope` x below 0: one comparison, one choice. */
export const leakyRelu = (x: ArrayInput, slope = 0.01): BaseArray => {
  const a = real(x);
  return where(less(a, 0), multiply(a, slope), a);
};

/** x, and alpha (exp(x) - 1) below 0. Error times 1 + alpha. The slope at 0 is alpha. */
export const elu = (x: ArrayInput, alpha = 1): BaseArray => {
  const a = real(x);
  const above = less(0, a);
  return where(above, a, multiply(subtract(expOfNegative(where(above, 0, a)), 1), alpha));
};

/** x sigmoid(x) */
export const silu = (x: ArrayInput): BaseArray => apply('silu', [real(x)]);
export const swish = silu;

/** x times the normal distribution function; `approximate` is JAX's default form by tanh (off by up to 1e-3). */
export const gelu = (x: ArrayInput, approximate = true): BaseArray =>
  apply('gelu', [real(x)], { approximate });

/** log(1 + exp x), any x. */
export const softplus = (x: ArrayInput): BaseArray => apply('softplus', [real(x)]);
/** log(sigmoid x), any x. */
export const logSigmoid = (x: ArrayInput): BaseArray => negative(softplus(negative(real(x))));
/** tanh by the straight line between -1 and 1; its slope at both ends is 1. */
export const hardTanh = (x: ArrayInput): BaseArray => held(x, -1, 1, 1);
/** The straight line from 0 at -3 to 1 at 3. */
export const hardSigmoid = (x: ArrayInput): BaseArray => multiply(held(add(real(x), 3), 0, 6, 0), 1 / 6);
/** x / (1 + |x|) */
export const softSign = (x: ArrayInput): BaseArray => {
  const a = real(x);
  return divide(a, add(where(less(a, 0), negative(a), a), 1));
};

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

/** exp x over its sum along an axis: one inverse a row, not one an element. */
export const softmax = (x: ArrayInput, axis: Axis = -1): BaseArray => {
  const s = shifted(x, axis);
  const powers = expOfNegative(s.x);
  // The inverse of a sum that is known to be positive, by its root: fewer rounds than one of any sign.
  const root = rsqrt(powerSum(powers, s.axes));
  return multiply(powers, square(root));
};

/** log(softmax x), without ever forming it. */
export const logSoftmax = (x: ArrayInput, axis: Axis = -1): BaseArray => {
  const s = shifted(x, axis);
  return subtract(s.x, log(powerSum(expOfNegative(s.x), s.axes)));
};

/** log(sum(exp x)) along the axes (all without one). */
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
 * Logistic loss of each logit against a label in [0, 1]: log(1 + exp x) - x y, of labels that are bools or integers for any x, of others
 * where x y has the range of np.multiply. Its gradient is sigmoid(x) - y, with no division: take np.grad of the mean of this.
 */
export const sigmoidCrossEntropy = (logits: ArrayInput, labels: ArrayInput): BaseArray => {
  const x = real(logits);
  return subtract(softplus(x), multiply(x, real(labels)));
};

/** Cross entropy of each row of logits (last axis) against labels of its shape, such as one-hot ones. */
export const softmaxCrossEntropy = (logits: ArrayInput, labels: ArrayInput): BaseArray => {
  const x = real(logits);
  return subtract(logsumexp(x, -1), sum(multiply(x, real(labels)), -1));
};

/** As softmaxCrossEntropy, the labels being whole numbers below the length of a row. */
export const softmaxCrossEntropyWithIntegerLabels = (logits: ArrayInput, labels: ArrayInput): BaseArray =>
  softmaxCrossEntropy(logits, oneHot(labels, asArr(logits).shape.at(-1)!));

export interface NormOptions {
  readonly axis?: number | readonly number[];
  readonly epsilon?: number;
}

/**
 * (x - mean) / sqrt(variance + epsilon) along an axis (the last), times `scale`, plus `bias`. Error below 2^-19 for x of any size whose sum
 * of squares is below 2^(126-2f) (FM128: 2^74 at 26 fraction bits); FM64: 2^-11, below 2^26, for variances of 2^-7 and more (of smaller
 * ones epsilon and the variance have few bits: their sum is off by a unit and a half in the last place).
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
  const normal = multiply(away, fineRsqrt(add(variance, epsilon), 'unit'));
  const scaled = scale === undefined || scale === null ? normal : multiply(normal, scale);
  return bias === undefined || bias === null ? scaled : add(scaled, bias);
};

/** The first half of an axis times the sigmoid of the second. Error below 2^-21 (FM64: 2^-13) times the first. */
export const glu = (x: ArrayInput, axis?: OneAxis): BaseArray => {
  const a = real(x);
  const at = normalAxis(axisOf('np.nn.glu', axis, -1), a.ndim);
  const n = a.shape[at]!;
  if (n % 2 !== 0) fail('SHAPE', `glu halves axis ${at} of ${shapeText(a.shape)}, whose size is odd`);
  const cut = (from: number): BaseArray =>
    a.slice(...a.shape.map((_, i) => (i === at ? ([from, from + n / 2] as const) : ':')));
  return multiply(cut(0), sigmoid(cut(n / 2)));
};

export { avgPool as avg_pool, maxPool as max_pool } from './convolution.ts';
export { oneHot as one_hot } from './statistics.ts';
export {
  hardSigmoid as hard_sigmoid,
  hardTanh as hard_tanh,
  layerNorm as layer_norm,
  leakyRelu as leaky_relu,
  logSigmoid as log_sigmoid,
  logSoftmax as log_softmax,
  sigmoidCrossEntropy as sigmoid_cross_entropy,
  softmaxCrossEntropy as softmax_cross_entropy,
  softmaxCrossEntropyWithIntegerLabels as softmax_cross_entropy_with_integer_labels,
  softSign as soft_sign,
};
