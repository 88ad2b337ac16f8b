/** @file Random forests. All trees grow side by side, in the rounds of one; rows and columns that each may use are drawn from a public seed. */
import { fail } from '../errors.ts';
import * as np from '../numpy/index.ts';
import { type BaseArray, NDArray } from '../numpy/index.ts';
import { type Features, target } from './columns.ts';
import { accuracy, r2 } from './metrics.ts';
import { type Classifier, type ExportableTrees, type Predictor, settings } from './model.ts';
import { exported, type Output, type Sheet } from './onnx.ts';
import { columnsOf, type Thresholds, treesOn } from './tree-onnx.ts';
import { bitsOf, followed, type Grown, grow } from './trees.ts';

export interface ForestOptions {
  readonly nEstimators: number;
  readonly maxDepth: number;
  /** Rows that each side of a split has to have. */
  readonly minSamplesLeaf: number;
  /** The share of columns that a node may take; null: the square root of their number. */
  readonly maxFeatures: number | null;
  /** As in binning. */
  readonly maxBins: number;
  /** The public seed of rows and columns. */
  readonly randomState: number;
}

export interface ForestState {
  readonly trees: Grown;
}

const uniform = (seed: number, at: number, shape: readonly number[]): Float64Array =>
  Float64Array.from(
    NDArray.from(np.random.uniform(np.random.foldIn(np.random.key(seed), at), shape)).data,
    Number,
  );

/** [rows, trees]: how often a row was drawn for a tree. */
const drawn = (rows: number, trees: number, seed: number): BaseArray => {
  const counts = new Float64Array(rows * trees);
  uniform(seed, 0, [trees, rows]).forEach((u, i) => {
    counts[Math.floor(u * rows) * trees + Math.floor(i / rows)]!++;
  });
  return np.reshape(np.array(counts), [rows, trees]);
};

/** By threshold and node, whether the node may take a threshold of that column. */
const allowed = (columns: number, nodes: number, level: number, o: ForestOptions): boolean[][] => {
  const share = o.maxFeatures === null ? Math.round(Math.sqrt(columns)) : Math.round(o.maxFeatures * columns);
  const wanted = Math.min(columns, Math.max(1, share));
  const draws = uniform(o.randomState, level + 1, [nodes, columns]);
  const chosen = Array.from({ length: nodes }, (_, node) => {
    const own = draws.subarray(node * columns, (node + 1) * columns);
    const order = Array.from(own.keys()).sort((a, b) => own[a]! - own[b]!);
    return new Set(order.slice(0, wanted));
  });
  const steps = o.maxBins - 1;
  return Array.from({ length: columns * steps }, (_, t) =>
    chosen.map((set) => set.has(Math.floor(t / steps))),
  );
};

const train = (x: Features, y: BaseArray, o: ForestOptions): Grown => {
  const bits = bitsOf(x);
  const [rows, thresholds] = [bits.shape[0]!, bits.shape[1]!];
  const columns = thresholds / (o.maxBins - 1);
  if (!Number.isInteger(columns))
    fail(
      'SHAPE',
      `a forest with maxBins ${o.maxBins} for ${thresholds} thresholds: say maxBins as in binning`,
    );
  const counts = drawn(rows, o.nEstimators, o.randomState);
  const sums = np.negative(np.multiply(np.expandDims(target(y, rows), 1), counts));
  return grow(bits, sums, counts, {
    maxDepth: o.maxDepth,
    regLambda: 0,
    gamma: 0,
    minChildWeight: o.minSamplesLeaf - 0.5,
    allowed: Array.from({ length: o.maxDepth }, (_, d) => allowed(columns, o.nEstimators * (1 << d), d, o)),
  }).trees;
};

const DEFAULTS: ForestOptions = {
  nEstimators: 10,
  maxDepth: 4,
  minSamplesLeaf: 1,
  maxFeatures: null,
  maxBins: 16,
  randomState: 0,
};

const readOptions = (name: string, options: Partial<ForestOptions> | undefined): ForestOptions =>
  settings(name, options, DEFAULTS, {
    nEstimators: { least: 1, most: 10_000, whole: true },
    maxDepth: { least: 1, most: 12, whole: true },
    minSamplesLeaf: { least: 1, whole: true },
    maxFeatures: { least: 0, most: 1 },
    maxBins: { least: 2, most: 256, whole: true },
    randomState: { least: 0, most: 4294967295, whole: true },
  });

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

/** Means over trees. */
const mean = ({ trees }: ForestState, x: Features): BaseArray => np.mean(followed(bitsOf(x), trees), 1);

/**
 * Random forest for labels 0 and 1, from columns in bins (see binning): probabilities are means over trees. Rows and columns that a tree may use are
 * drawn from a public seed; which column a node splits, and where, stays secret. Options: nEstimators (10), maxDepth (4), minSamplesLeaf (1), maxFeatures
 * (null: the square root of their number; else a share), maxBins (16, as in binning), randomState (0). Score: accuracy. All trees
 * take the rounds of one. Throws DTYPE for columns that are not in bins.
 * @example
 * const { binning, randomForestClassifier } = await sf.models();
 * const { fit, transform } = binning({ maxBins: 4 });
 * const bins = transform(fit([[1], [2], [3], [4]]), [[1], [2], [3], [4]]);
 * const model = randomForestClassifier({ nEstimators: 5, maxDepth: 2, maxBins: 4 });
 * model.predict(model.fit([bins], np.array([0, 0, 1, 1])), [bins]) // [false, false, true, true]
 */
export const randomForestClassifier = (
  options?: Partial<ForestOptions>,
): Classifier<ForestState> & ExportableTrees<ForestState> => {
  const o = readOptions('randomForestClassifier', options);
  return Object.freeze<Classifier<ForestState> & ExportableTrees<ForestState>>({
    toOnnx: (state, thresholds) => forestOnnx(state, thresholds, (sheet, p) => sheet.twoLabels(p)),
    fit: (x, y) => ({ trees: train(x, y, o) }),
    predict: (state, x) => np.greater(mean(state, x), 0.5),
    predictProba: mean,
    score: (state, x, y) => accuracy(y, mean(state, x)),
  });
};

/**
 * Random forest for numbers: means over trees of means of rows. Score: R2. Otherwise as randomForestClassifier; numbers are taken as they are.
 * @example
 * const { binning, randomForestRegressor } = await sf.models();
 * const { fit, transform } = binning({ maxBins: 4 });
 * const bins = transform(fit([[1], [2], [3], [4]]), [[1], [2], [3], [4]]);
 * const model = randomForestRegressor({ nEstimators: 1, maxDepth: 2, maxBins: 4 });
 * model.predict(model.fit([bins], np.array([2, 2, 2, 2])), [bins]) // [2, 2, 2, 2]
 */
export const randomForestRegressor = (
  options?: Partial<ForestOptions>,
): Predictor<ForestState> & ExportableTrees<ForestState> => {
  const o = readOptions('randomForestRegressor', options);
  return Object.freeze<Predictor<ForestState> & ExportableTrees<ForestState>>({
    toOnnx: (state, thresholds) => forestOnnx(state, thresholds, (sheet, v) => [sheet.prediction(v)]),
    fit: (x, y) => ({ trees: train(x, y, o) }),
    predict: mean,
    score: (state, x, y) => r2(y, mean(state, x)),
  });
};
