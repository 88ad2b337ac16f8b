/** @file Activations of np.nn. Errors as nn.ts says. */
import { fail } from '../errors.ts';
import { normalAxis, shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { apply, record } from '../ir/trace/tracer.ts';
import { clip, less, where } from './compare.ts';
import {
  type ArrayInput,
  asArr,
  axisOf,
  broadcast,
  convertTo,
  isBool,
  numberLike,
  type OneAxis,
} from './core.ts';
import {
  add,
  divide,
  expOfNegative,
  log,
  maximum,
  minimum,
  multiply,
  negative,
  sigmoid,
  sqrt,
  square,
  subtract,
} from './elementwise.ts';

const real = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'fxp');

/**
 * max(x, 0), of the dtype of x; its slope at 0 is 0. Exact. On secrets: 5 rounds, one by FSS.
 * @example
 * np.nn.relu(np.array([-1, 0, 2])) // [0, 0, 2]
 */
export const relu = (x: ArrayInput): BaseArray => {
  const a = asArr(x);
  if (isBool(a)) return a;
  return apply('maximum', [broadcast(record(numberLike(0, a), [a]), a.shape), a], { first: true });
};
/**
 * max(x, 0) up to 6; its slope at both ends is 0. Exact. On secrets: 5 rounds, one by FSS.
 * @example
 * np.nn.relu6(np.array([-1, 3, 9])) // [0, 3, 6]
 */
export const relu6 = (x: ArrayInput): BaseArray => held(x, 0, 6, 0);

/** x held between public ends, at which the slope is 0 or 1. */
const held = (x: ArrayInput, lo: number, hi: number, atEnds: 0 | 1): BaseArray =>
  apply('clip', [real(x)], { lo, hi, atEnds });

/**
 * x, and `slope` x below 0: one comparison, one choice. Error of a unit in the last place. On secrets: 5 rounds.
 * @example
 * np.nn.leakyRelu(np.array([-1, 2]), 0.1) // [-0.1, 2]
 */
export const leakyRelu = (x: ArrayInput, slope = 0.01): BaseArray => {
  const a = real(x);
  return where(less(a, 0), multiply(a, slope), a);
};

/**
 * x, and alpha (exp(x) - 1) below 0. Error times 1 + alpha. The slope at 0 is alpha.
 * @example
 * np.nn.elu(np.array([-1, 2])) // [-0.6321, 2]
 */
export const elu = (x: ArrayInput, alpha = 1): BaseArray => {
  const a = real(x);
  const above = less(0, a);
  return where(above, a, multiply(subtract(expOfNegative(where(above, 0, a)), 1), alpha));
};

/**
 * x sigmoid(x), any x; 0 far below 0. On secrets: error below 2^-20 (FM64: 2^-12), 5 rounds.
 * @example
 * np.nn.silu(np.array([0, 1])) // [0, 0.7311]
 */
export const silu = (x: ArrayInput): BaseArray => apply('silu', [real(x)]);
export { silu as swish };

/**
 * x times the normal distribution function; `approximate` is JAX's default form by tanh (off by up to 1e-3).
 * @example
 * np.nn.gelu(np.array([0, 1]), false) // [0, 0.8413]
 */
export const gelu = (x: ArrayInput, approximate = true): BaseArray =>
  apply('gelu', [real(x)], { approximate });

/**
 * log(1 + exp x), any x: 0 far below 0, x far above. On secrets: 5 rounds, absolute error below 2^-20 (FM64: 2^-12).
 * @example
 * np.nn.softplus(np.array([0, 100])) // [0.6931, 100]
 */
export const softplus = (x: ArrayInput): BaseArray => apply('softplus', [real(x)]);
/**
 * log(sigmoid x), any x: 0 far above 0, x far below. On secrets: 5 rounds, absolute error below 2^-20 (FM64: 2^-12).
 * @example
 * np.nn.logSigmoid(np.array([0, -100])) // [-0.6931, -100]
 */
export const logSigmoid = (x: ArrayInput): BaseArray => negative(softplus(negative(real(x))));
/**
 * x between -1 and 1, which it does not leave; its slope at both ends is 1. Exact. On secrets: 5 rounds, one by FSS.
 * @example
 * np.nn.hardTanh(np.array([-3, 0.5, 3])) // [-1, 0.5, 1]
 */
export const hardTanh = (x: ArrayInput): BaseArray => held(x, -1, 1, 1);
/**
 * The straight line from 0 at -3 to 1 at 3, level beyond, any x. On secrets: 5 rounds, one by FSS.
 * @example
 * np.nn.hardSigmoid(np.array([-4, 0, 4])) // [0, 0.5, 1]
 */
export const hardSigmoid = (x: ArrayInput): BaseArray => multiply(held(add(real(x), 3), 0, 6, 0), 1 / 6);
/**
 * x / (1 + |x|), between -1 and 1, any x. Error as np.divide.
 * @example
 * np.nn.softSign(np.array([1, -3])) // [0.5, -0.75]
 */
export const softSign = (x: ArrayInput): BaseArray => {
  const a = real(x);
  return divide(a, add(where(less(a, 0), negative(a), a), 1));
};

/**
 * x itself, of any dtype.
 * @example
 * np.nn.identity(np.array([1, -3])) // [1, -3]
 */
export const identity = (x: ArrayInput): BaseArray => asArr(x);

/**
 * x, and alpha (exp(x / alpha) - 1) below 0, any x. On secrets: 10 rounds, error below 2^-20 times 1 + alpha (FM64:
 * 2^-12).
 * @example
 * np.nn.celu(np.array([-1, 2]), 2) // [-0.7869, 2]
 */
export const celu = (x: ArrayInput, alpha = 1): BaseArray => {
  const a = real(x);
  return add(maximum(a, 0), multiply(subtract(expOfNegative(multiply(minimum(a, 0), 1 / alpha)), 1), alpha));
};

const SELU = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };
/**
 * np.nn.elu with the slope and alpha at which layers keep mean 0 and variance 1, any x. On secrets: 11 rounds, error
 * below 2^-18 (FM64: 2^-11).
 * @example
 * np.nn.selu(np.array([-1, 2])) // [-1.1113, 2.1014]
 */
export const selu = (x: ArrayInput): BaseArray => multiply(elu(x, SELU.alpha), SELU.scale);

/**
 * x tanh(softplus x), any x. Absolute error below 2^-20 (FM64: 2^-12).
 * @example
 * np.nn.mish(np.array([0, 1])) // [0, 0.8651]
 */
export const mish = (x: ArrayInput): BaseArray => apply('mish', [real(x)]);
/**
 * x hardSigmoid(x): 0 below -3, x above 3. Range as np.multiply.
 * @example
 * np.nn.hardSilu(np.array([-4, 1, 4])) // [0, 0.6667, 4]
 */
export const hardSilu = (x: ArrayInput): BaseArray => multiply(real(x), hardSigmoid(x));
export { hardSilu as hardSwish };
/**
 * (x + sqrt(x^2 + b)) / 2, |x| <= 2^12 (FM64: 2^8), b not below 1. Absolute error times 1 + |x|.
 * @example
 * np.nn.squareplus(np.array([0, 3])) // [1, 3.3028]
 */
export const squareplus = (x: ArrayInput, b = 4): BaseArray => {
  const a = real(x);
  return multiply(add(a, sqrt(add(square(a), b))), 0.5);
};
/**
 * 0 up to -1, x from 1 on, a parabola between. On secrets: error of a few units in the last place.
 * @example
 * np.nn.sparsePlus(np.array([-2, 0, 2])) // [0, 0.25, 2]
 */
export const sparsePlus = (x: ArrayInput): BaseArray => {
  const a = real(x);
  const held = clip(a, -1, 1);
  return add(multiply(square(add(held, 1)), 0.25), subtract(maximum(a, 1), 1));
};
/**
 * The straight line from 0 at -1 to 1 at 1, level beyond, any x. On secrets: 5 rounds, one by FSS.
 * @example
 * np.nn.sparseSigmoid(np.array([-2, 0, 2])) // [0, 0.5, 1]
 */
export const sparseSigmoid = (x: ArrayInput): BaseArray => multiply(add(clip(real(x), -1, 1), 1), 0.5);

/**
 * log(1 - exp(-x)), x >= 1/2; near 0 the argument of the logarithm is small, and the error that of exp over it.
 * @example
 * np.nn.log1mexp(np.array([1])) // [-0.4587]
 */
export const log1mexp = (x: ArrayInput): BaseArray => {
  const a = real(x);
  return log(subtract(1, expOfNegative(negative(a))));
};

/**
 * The first half of an axis times the sigmoid of the second. Error below 2^-21 (FM64: 2^-13) times the first.
 * @example
 * np.nn.glu(np.array([2, 0])) // [1]
 */
export const glu = (x: ArrayInput, axis?: OneAxis): BaseArray => {
  const a = real(x);
  const at = normalAxis(axisOf('np.nn.glu', axis, -1), a.ndim);
  const n = a.shape[at]!;
  if (n % 2 !== 0) fail('SHAPE', `glu halves axis ${at} of ${shapeText(a.shape)}, whose size is odd`);
  const cut = (from: number): BaseArray =>
    a.slice(...a.shape.map((_, i) => (i === at ? ([from, from + n / 2] as const) : ':')));
  return multiply(cut(0), sigmoid(cut(n / 2)));
};
