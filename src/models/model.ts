/**
 * @file What a model is: functions over `np`, for `spu(model.fit)(x, y)` and in the clear alike. What `fit` gives is the model's
 * state, a tree of arrays: as a handle it stays secret, goes into `spu(model.predict)(state, x)`, to one party by `.to`, to files by
 * `spu.dump`.
 */
import { fail } from '../errors.ts';
import { describe } from '../names.ts';
import type { BaseArray } from '../numpy/index.ts';
import { optionsOf } from '../numpy/options.ts';
import type { Features } from './columns.ts';
import type { Thresholds } from './tree-onnx.ts';

/** Learns from features and a target; predictions are numbers or labels, one a row. */
export interface Predictor<S> {
  /** `sampleWeight`: what each row counts, from 0 on; 1 unless given. */
  readonly fit: (x: Features, y: BaseArray, sampleWeight?: BaseArray) => S;
  readonly predict: (state: S, x: Features) => BaseArray;
  /** One number, the larger the better. */
  readonly score: (state: S, x: Features, y: BaseArray) => BaseArray;
}

/** What is written for other runtimes, once it has been revealed. */
export interface Exportable<S> {
  /**
   * A revealed state as an ONNX file: it takes `x`, float64 [rows, columns] with the features in the order of `fit`, and gives `label` (int64 [rows]) and
   * `probabilities` ([rows, labels]), or `prediction` ([rows]). It is the model itself: whoever has the file sees it. Throws INVALID_ARGUMENT for a
   * state that is still secret.
   */
  readonly toOnnx: (state: S) => Uint8Array;
}

/** Trees ask of numbers that their columns' owners know: whoever writes the file has to have been told them. */
export interface ExportableTrees<S> {
  /** As toOnnx of other models, of a revealed state and the thresholds of all columns (binning.fit), in the order of the features. Throws SHAPE where they are not those of the trees. */
  readonly toOnnx: (state: S, thresholds: Thresholds) => Uint8Array;
}

/** Weights by column, and what is added, for features as they were given. Errors are absolute: a unit in the last place of the ring. */
export interface Coefficients {
  readonly coef: BaseArray;
  readonly intercept: BaseArray;
}

export interface LinearModel<S> extends Predictor<S>, Exportable<S> {
  readonly coefficients: (state: S) => Coefficients;
}

/** A classifier whose `predictProba` gives probabilities: of label 1 for two labels, [rows, labels] where there may be more. */
export interface Classifier<S> extends Predictor<S> {
  readonly predictProba: (state: S, x: Features) => BaseArray;
}

export interface LinearClassifier<S> extends Classifier<S>, LinearModel<S> {}

/** What an option has to be: from `least` to `most`, whole where that is said. */
export interface Bound {
  readonly least: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** Options of a model with their defaults. Throws INVALID_ARGUMENT for unknown ones and for numbers out of bounds. */
export const settings = <T extends object>(
  name: string,
  given: Partial<T> | undefined,
  defaults: T,
  bounds: { readonly [K in keyof T]?: Bound },
): T => {
  const all = optionsOf<Partial<T>, never>(name, given, defaults as never) as T;
  for (const [key, value] of Object.entries(all))
    if (typeof defaults[key as keyof T] === 'boolean' && typeof value !== 'boolean')
      fail('INVALID_ARGUMENT', `${name}: ${key} is true or false, not ${describe(value)}`);
  for (const [key, bound] of Object.entries(bounds) as [keyof T & string, Bound][]) {
    const value: unknown = all[key];
    if (value === null && defaults[key] === null) continue;
    const { least, most = Number.POSITIVE_INFINITY, whole = false } = bound;
    if (
      typeof value !== 'number' ||
      !(value >= least && value <= most) ||
      (whole && !Number.isInteger(value))
    )
      fail(
        'INVALID_ARGUMENT',
        `${name}: ${key} is a ${whole ? 'whole ' : ''}number from ${least}${most === Number.POSITIVE_INFINITY ? ' on' : ` to ${most}`}, not ${describe(value)}`,
      );
  }
  return all;
};
