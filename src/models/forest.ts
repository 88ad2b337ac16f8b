/** @file Random forests. All trees grow side by side, in the rounds of one; rows and columns that each may use are drawn from a public seed. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { type Features, target } from './columns.ts';
import { picked, uniform } from './draws.ts';
import { accuracy, r2 } from './metrics.ts';
import { type Classifier, type ExportableTrees, type Predictor, settings } from './model.ts';
import { exported, type Output, type Sheet } from './onnx.ts';
import { columnsOf, type Thresholds, treesOn } from './tree-onnx.ts';
import { bitsOf, followed, type Grown, grow, type Importances, importances } from './trees.ts';
import { type ClassWeight, checkClassWeight, classWeights, times } from './weights.ts';

export interface ForestOptions {
  readonly nEstimators: number;
  readonly maxDepth: number;
  /** Rows that a node has to have to be split. */
  readonly minSamplesSplit: number;
  /** Rows that each side of a split has to have. */
  readonly minSamplesLeaf: number;
  /** The share of columns that a node may take; null: the square root of their number. */
  readonly maxFeatures: number | null;
  /** As in binning. */
  readonly maxBins: number;
  /** Whether rows of a tree are drawn; else it has them all. */
  readonly bootstrap: boolean;
  /** How many rows are drawn for a tree, as a share of them. */
  readonly maxSamples: number;
  /** The public seed of rows and columns. */
  readonly randomState: number;
}

export interface ForestClassifierOptions extends ForestOptions {
  readonly classWeight: ClassWeight;
}

export interface ForestState {
  readonly trees: Grown;
}

/** [rows, trees]: how often a row was drawn for a tree. */
const drawn = (
  rows: number,
  { nEstimators: trees, randomState, bootstrap, maxSamples }: ForestOptions,
): BaseArray => {
  if (!bootstrap) return np.ones([rows, trees]);
  const counts = new Float64Array(rows * trees);
  const each = Math.max(1, Math.floor(maxSamples * rows));
  uniform(randomState, 0, [trees, each]).forEach((u, i) => {
    counts[Math.floor(u * rows) * trees + Math.floor(i / each)]!++;
  });
  return np.reshape(np.array(counts), [rows, trees]);
};

/** [thresholds, nodes]: whether the node may take a threshold of that column. */
const allowed = (columns: number, nodes: number, level: number, o: ForestOptions): BaseArray => {
  const share = o.maxFeatures === null ? Math.round(Math.sqrt(columns)) : Math.round(o.maxFeatures * columns);
  const wanted = Math.min(columns, Math.max(1, share));
  const chosen = picked(o.randomState, level + 1, nodes, columns, wanted);
  const byColumn = np.greater(np.reshape(np.array(chosen), [nodes, columns]), 0);
  return np.repeat(byColumn.T, o.maxBins - 1, 0);
};

const train = (x: Features, y: BaseArray, o: ForestOptions, weights: BaseArray | undefined): Grown => {
  const bits = bitsOf(x);
  const [rows, thresholds] = [bits.shape[0]!, bits.shape[1]!];
  const columns = thresholds / (o.maxBins - 1);
  if (!Number.isInteger(columns))
    fail(
      'SHAPE',
      `a forest with maxBins ${o.maxBins} for ${thresholds} thresholds: say maxBins as in binning`,
    );
  const counts = times(drawn(rows, o), weights && np.expandDims(weights, 1));
  const sums = np.negative(np.multiply(np.expandDims(y, 1), counts));
  return grow(bits, sums, counts, {
    maxDepth: o.maxDepth,
    regLambda: 0,
    gamma: 0,
    minChildWeight: o.minSamplesLeaf - 0.5,
    minSplitWeight: o.minSamplesSplit > 2 * o.minSamplesLeaf ? o.minSamplesSplit - 0.5 : 0,
    allowed: Array.from({ length: o.maxDepth }, (_, d) => allowed(columns, o.nEstimators * (1 << d), d, o)),
  }).trees;
};

const DEFAULTS: ForestOptions = {
  nEstimators: 10,
  maxDepth: 4,
  minSamplesSplit: 2,
  minSamplesLeaf: 1,
  maxFeatures: null,
  maxBins: 16,
  bootstrap: true,
  maxSamples: 1,
  randomState: 0,
};

const readOptions = <T extends ForestOptions>(
  name: string,
  options: Partial<T> | undefined,
  defaults: T,
): T => {
  const o = settings<T>(name, options, defaults, {
    nEstimators: { least: 1, most: 10_000, whole: true },
    maxDepth: { least: 1, most: 12, whole: true },
    minSamplesSplit: { least: 2, whole: true },
    minSamplesLeaf: { least: 1, whole: true },
    maxFeatures: { least: 0, most: 1 },
    maxBins: { least: 2, most: 256, whole: true },
    maxSamples: { least: 0, most: 1 },
    randomState: { least: 0, most: 4294967295, whole: true },
  } as never);
  if (!o.bootstrap && o.maxSamples < 1)
    fail('INVALID_ARGUMENT', `${name}: maxSamples is of rows that are drawn: bootstrap is off`);
  return o;
};

const forestOnnx = (
  { trees }: ForestState,
  thresholds: Thresholds,
  end: (sheet: Sheet, mean: string) => readonly Output[],
): Uint8Array =>
  exported('forest', columnsOf(thresholds), (sheet, x) => {
    const count = trees.splits[0]!.shape[1]!;
    return end(
      sheet,
      treesOn(sheet, x, trees, thresholds, (leaf) => leaf / count),
    );
  });

/** The target, and what rows count. */
const vectors = (x: Features, y: BaseArray, w: BaseArray | undefined): [BaseArray, BaseArray | undefined] => {
  const rows = bitsOf(x).shape[0]!;
  return [target(y, rows), w && target(w, rows)];
};

/** Means over trees. */
const mean = ({ trees }: ForestState, x: Features): BaseArray => np.mean(followed(bitsOf(x), trees), 1);

/**
 * Random forest for labels 0 and 1, from columns in bins (see binning): probabilities are means over trees. Rows and columns that a tree may use are
 * drawn from a public seed; which column a node splits, and where, stays secret. Options: nEstimators (10), maxDepth (4), minSamplesSplit (2),
 * minSamplesLeaf (1), maxFeatures (null: the square root of their number; else a share), maxBins (16, as in binning), bootstrap (true), maxSamples (1,
 * the share that is drawn), classWeight (null, 'balanced' or [of 0, of 1]), randomState (0). With weights, numbers of rows are sums of them. Score: accuracy. All trees
 * take the rounds of one. Throws DTYPE for columns that are not in bins.
 * @example
 * const { binning, randomForestClassifier } = await sf.models();
 * const { fit, transform } = binning({ maxBins: 4 });
 * const bins = transform(fit([[1], [2], [3], [4]]), [[1], [2], [3], [4]]);
 * const model = randomForestClassifier({ nEstimators: 5, maxDepth: 2, maxBins: 4 });
 * model.predict(model.fit([bins], np.array([0, 0, 1, 1])), [bins]) // [false, false, true, true]
 */
export const randomForestClassifier = (
  options?: Partial<ForestClassifierOptions>,
): Classifier<ForestState> & ExportableTrees<ForestState> & Importances<ForestState> => {
  const name = 'randomForestClassifier';
  const o = readOptions<ForestClassifierOptions>(name, options, { ...DEFAULTS, classWeight: null });
  checkClassWeight(name, o.classWeight);
  return Object.freeze<Classifier<ForestState> & ExportableTrees<ForestState> & Importances<ForestState>>({
    toOnnx: (state, thresholds) => forestOnnx(state, thresholds, (sheet, p) => sheet.twoLabels(p)),
    featureImportances: ({ trees }) => importances(trees, o.maxBins - 1, true),
    fit: (x, y, sampleWeight) => {
      const [t, given] = vectors(x, y, sampleWeight);
      return { trees: train(x, t, o, times(given, classWeights(t, o.classWeight))) };
    },
    predict: (state, x) => np.greater(mean(state, x), 0.5),
    predictProba: mean,
    score: (state, x, y) => accuracy(y, mean(state, x)),
  });
};

/**
 * Random forest for numbers: means over trees of means of rows. Score: R2. Otherwise as randomForestClassifier; numbers are taken as they are, and there is no classWeight.
 * @example
 * const { binning, randomForestRegressor } = await sf.models();
 * const { fit, transform } = binning({ maxBins: 4 });
 * const bins = transform(fit([[1], [2], [3], [4]]), [[1], [2], [3], [4]]);
 * const model = randomForestRegressor({ nEstimators: 1, maxDepth: 2, maxBins: 4 });
 * model.predict(model.fit([bins], np.array([2, 2, 2, 2])), [bins]) // [2, 2, 2, 2]
 */
export const randomForestRegressor = (
  options?: Partial<ForestOptions>,
): Predictor<ForestState> & ExportableTrees<ForestState> & Importances<ForestState> => {
  const o = readOptions('randomForestRegressor', options, DEFAULTS);
  return Object.freeze<Predictor<ForestState> & ExportableTrees<ForestState> & Importances<ForestState>>({
    toOnnx: (state, thresholds) => forestOnnx(state, thresholds, (sheet, v) => [sheet.prediction(v)]),
    featureImportances: ({ trees }) => importances(trees, o.maxBins - 1, true),
    fit: (x, y, sampleWeight) => {
      const [t, given] = vectors(x, y, sampleWeight);
      return { trees: train(x, t, o, given) };
    },
    predict: mean,
    score: (state, x, y) => r2(y, mean(state, x)),
  });
};
