/** @file What the classifiers and regressors of ai.onnx.ml do with scores: labels, and the functions that end them. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { normalQuantile } from '../../special.ts';
import { type Call, int64s, np } from '../call.ts';

/** Labels of classes: whole numbers, or texts by their numbers. */
export const labelsOf = (call: Call): number[] => {
  const texts = call.texts('classlabels_strings');
  if (texts && texts.length > 0) return texts.map((text) => call.run.word(text));
  return [...(call.ints('classlabels_int64s') ?? call.ints('classlabels_ints') ?? [])];
};

/** The label at each place, or the place where labels are counted. */
export const labelAt = (labels: readonly number[], place: BaseArray): BaseArray =>
  labels.every((label, i) => label === i) ? np.astype(place, 'int64') : np.take(int64s(labels), place, 0);

export const labelIf = (yes: BaseArray, [first, second]: readonly number[]): BaseArray =>
  first === 0 && second === 1
    ? np.astype(yes, 'int64')
    : np.where(yes, int64s([second ?? 1], []), int64s([first ?? 0], []));

/** No part of a softmax that counts is smaller. */
const LEAST = 1 / 0x100000;

/** As a softmax, but that scores of 0 stay 0. */
const softmaxZero = (x: BaseArray): BaseArray => {
  const isZero = np.equal(x, 0);
  const parts = np.where(isZero, 0, np.nn.softmax(x, -1));
  const all = np.sum(parts, { axis: -1, keepdims: true });
  return np.where(np.equal(all, 0), 0.5, np.divide(parts, np.maximum(all, LEAST)));
};

export const ended = (call: Call, x: BaseArray, kind = call.text('post_transform', 'NONE')): BaseArray => {
  switch (kind) {
    case 'NONE':
      return x;
    case 'LOGISTIC':
      return np.sigmoid(x);
    case 'SOFTMAX':
      return np.nn.softmax(x, -1);
    case 'SOFTMAX_ZERO':
      return softmaxZero(x);
    case 'PROBIT':
      return normalQuantile(x);
    default:
      return call.malformed(`a post_transform ${kind}`);
  }
};

/** [-s, s]: two classes that one score tells apart. */
export const bothSides = (score: BaseArray): BaseArray => np.concatenate([np.negative(score), score], 1);
