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

export const identity = (x: ArrayInput): BaseArray => asArr(x);

/** x, and alpha (exp(x / alpha) - 1) below 0. */
export const celu = (x: ArrayInput, alpha = 1): BaseArray => {
  const a = real(x);
  return add(maximum(a, 0), multiply(subtract(expOfNegative(multiply(minimum(a, 0), 1 / alpha)), 1), alpha));
};

const SELU = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };
/** elu with the slopes at which layers keep mean 0 and variance 1. */
export const selu = (x: ArrayInput): BaseArray => multiply(elu(x, SELU.alpha), SELU.scale);

/** x tanh(softplus x), any x. Absolute error below 2^-20 (FM64: 2^-12). */
export const mish = (x: ArrayInput): BaseArray => apply('mish', [real(x)]);
/** x hardSigmoid(x) */
export const hardSilu = (x: ArrayInput): BaseArray => multiply(real(x), hardSigmoid(x));
export const hardSwish = hardSilu;
/** (x + sqrt(x^2 + b)) / 2, |x| <= 2^12 (FM64: 2^8), b not below 1. Absolute error times 1 + |x|. */
export const squareplus = (x: ArrayInput, b = 4): BaseArray => {
  const a = real(x);
  return multiply(add(a, sqrt(add(square(a), b))), 0.5);
};
/** 0 up to -1, x from 1 on, a parabola between. */
export const sparsePlus = (x: ArrayInput): BaseArray => {
  const a = real(x);
  const held = clip(a, -1, 1);
  return add(multiply(square(add(held, 1)), 0.25), subtract(maximum(a, 1), 1));
};
/** The straight line from 0 at -1 to 1 at 1. */
export const sparseSigmoid = (x: ArrayInput): BaseArray => multiply(add(clip(real(x), -1, 1), 1), 0.5);

/** log(1 - exp(-x)), x >= 1/2; near 0 the argument of the logarithm is small, and the error that of exp over it. */
export const log1mexp = (x: ArrayInput): BaseArray => {
  const a = real(x);
  return log(subtract(1, expOfNegative(negative(a))));
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
