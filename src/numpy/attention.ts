/** @file Attention of np.nn. */
import type { BaseArray } from '../ir/trace/array.ts';
import { less, where } from './compare.ts';
import { type ArrayInput, asArr, convertTo } from './core.ts';
import { add, multiply } from './elementwise.ts';
import { matmul } from './linalg.ts';
import { softmax } from './normalizing.ts';
import { optionsOf } from './options.ts';
import { swapaxes } from './shape.ts';

const real = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'fxp');

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

/**
 * softmax(q k^T scale) v over heads, its error times the largest of v; arrays are [batch, places, heads, size] as in jax.nn, with as many heads each.
 * @example
 * np.nn.dotProductAttention(np.array([[[[0]]]]), np.array([[[[1]], [[2]]]]), np.array([[[[4]], [[8]]]])) // [[[[6]]]]
 */
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
