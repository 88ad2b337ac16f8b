/** @file More activations of np.nn, and attention. Errors as nn.ts says. */
import type { Axis, BaseArray } from '../ir/trace/array.ts';
import { apply } from '../ir/trace/tracer.ts';
import { log as elementaryLog } from '../ring/math/index.ts';
import { clip, less, where } from './compare.ts';
import { type ArrayInput, asArr, convertTo, readAxes } from './core.ts';
import {
  add,
  expOfNegative,
  fineRsqrt,
  log,
  maximum,
  minimum,
  multiply,
  negative,
  sqrt,
  square,
  subtract,
} from './elementwise.ts';
import { matmul } from './linalg.ts';
import { elu, hardSigmoid, logsumexp, softmax } from './nn.ts';
import { argumentsOf, optionsOf } from './options.ts';
import { mean } from './reduce.ts';
import { swapaxes } from './shape.ts';

const real = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'fxp');

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

/** log(mean(exp x)) along the axes. */
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

/** Mean 0 and variance 1 along an axis. Error as layerNorm. */
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
  return multiply(away, fineRsqrt(add(mean(square(away), { axis, keepdims: true }), epsilon), 'unit'));
};

export interface AttentionOptions {
  /** Of scores; 1 / sqrt(the size of a head) if absent. */
  readonly scale?: number;
  /** Bools that broadcast to [.., heads, queries, keys]: which keys a query may look at. */
  readonly mask?: ArrayInput | null;
  /** Queries look at keys up to their own place. */
  readonly isCausal?: boolean;
}

/** Scores that softmax makes 0: exp gives 0 below this. */
const OUT = -30;

/** softmax(q k^T scale) v over heads, its error times the largest of v; arrays are [batch, places, heads, size] as in jax.nn, with as many heads each. */
export const dotProductAttention = (
  q: ArrayInput,
  k: ArrayInput,
  v: ArrayInput,
  options?: AttentionOptions,
): BaseArray => {
  const { scale, mask, isCausal } = optionsOf('np.nn.dotProductAttention', options, {
    scale: undefined,
    mask: undefined,
    isCausal: false,
  });
  const heads = (x: ArrayInput): BaseArray => swapaxes(real(x), -2, -3);
  const [queries, keys, values] = [heads(q), heads(k), heads(v)];
  const size = queries.shape.at(-1)!;
  const scores = multiply(matmul(queries, swapaxes(keys, -1, -2)), scale ?? 1 / Math.sqrt(size));
  const [n, m] = scores.shape.slice(-2) as [number, number];
  let seen = mask ?? undefined;
  if (isCausal) {
    const rows = asArr(Float64Array.from({ length: n }, (_, i) => i)).reshape([n, 1]);
    const early = less(asArr(Float64Array.from({ length: m }, (_, i) => i)), add(rows, 1));
    seen = seen === undefined ? early : early.and(seen);
  }
  const kept = seen === undefined ? scores : masked(scores, seen);
  return swapaxes(matmul(softmax(kept), values), -2, -3);
};

/** Scores that are not seen lie so far below the largest that is seen that nothing is left of them. */
const masked = (scores: BaseArray, seen: ArrayInput): BaseArray => {
  return where(seen, scores, add(scores.min({ axis: -1, keepdims: true }), OUT));
};
