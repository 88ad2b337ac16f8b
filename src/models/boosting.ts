/** @file Gradient-boosted trees. Each tree is grown on the gradients that those before it have left. */

import { fail } from '../errors.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { type Features, type Scale, scaleOf, target } from './columns.ts';
import { picked } from './draws.ts';
import { accuracy, logLoss, mse, r2 } from './metrics.ts';
import { type Classifier, type ExportableTrees, type Predictor, settings } from './model.ts';
import { exported, numbersOf } from './onnx.ts';
import { columnsOf, treesOn } from './tree-onnx.ts';
import { bitsOf, followed, type Grown, grow, type Importances, importances } from './trees.ts';
import { lossPart, turned } from './turns.ts';
import { type ClassWeight, checkClassWeight, classWeights, times, weighing } from './weights.ts';

export interface BoostingOptions {
  readonly nEstimators: number;
  readonly maxDepth: number;
  readonly learningRate: number;
  /** Added to curvatures. */
  readonly regLambda: number;
  /** What a split has to lower the loss by. */
  readonly gamma: number;
  /** Curvature that each side of a split has to have. */
  readonly minChildWeight: number;
  /** The share of rows that a tree is grown on. */
  readonly subsample: number;
  /** The share of columns that a tree may use. */
  readonly colsampleBytree: number;
  /** As in binning: for colsampleBytree and importances. */
  readonly maxBins: number;
  /** Stop after so many trees that do not lower the loss of rows held out by more than tol; null: all are grown. Whether it is time is REVEALED after each tree. */
  readonly nIterNoChange: number | null;
  readonly tol: number;
  /** The share of rows held out for that. */
  readonly validationFraction: number;
  /** The public seed of rows and columns. */
  readonly randomState: number;
  /** Whether the state has `losses`: of all rows after each tree. */
  readonly lossCurve: boolean;
}

export interface BoostingClassifierOptions extends BoostingOptions {
  readonly classWeight: ClassWeight;
}

export interface BoostedState {
  /** All trees side by side, leaves times the learning rate. */
  readonly trees: Grown;
  /** [trees], where they were asked for. */
  readonly losses?: BaseArray;
}

export interface BoostedNumbers extends BoostedState {
  readonly y: Scale;
}

/** Gradient and curvature of a row's loss at its sum so far, and the mean loss. */
interface Loss {
  readonly slopes: (sum: BaseArray, y: BaseArray) => { readonly g: BaseArray; readonly h: BaseArray };
  readonly mean: (sum: BaseArray, y: BaseArray) => BaseArray;
}

const LABELS: Loss = {
  slopes: (sum, y) => {
    const p = np.sigmoid(sum);
    return { g: np.subtract(p, y), h: np.multiply(p, np.subtract(1, p)) };
  },
  mean: (sum, y) => logLoss(y, np.sigmoid(sum)),
};
const NUMBERS: Loss = {
  slopes: (sum, y) => ({ g: np.subtract(sum, y), h: np.onesLike(y) }),
  mean: (sum, y) => mse(y, sum),
};

/** Which rows [trees, rows] and thresholds [trees, thresholds] a tree may use, and rows that none may, public. */
const draws = (rows: number, thresholds: number, o: BoostingOptions) => {
  const { nEstimators: trees, randomState: seed, maxBins, subsample, colsampleBytree } = o;
  const columns = thresholds / (maxBins - 1);
  if (colsampleBytree < 1 && !Number.isInteger(columns))
    fail(
      'SHAPE',
      `colsampleBytree with maxBins ${maxBins} for ${thresholds} thresholds: say maxBins as in binning`,
    );
  const some = (at: number, n: number, share: number): BaseArray =>
    np.reshape(np.array(picked(seed, at, trees, n, Math.max(1, Math.round(share * n)))), [trees, n]);
  const last = Math.max(1, Math.round(o.validationFraction * rows));
  const out = o.nIterNoChange === null ? undefined : picked(seed, 2, 1, rows, last);
  const held = out && Array.from(out.keys()).filter((i) => out[i] === 1);
  const open = colsampleBytree < 1 ? np.repeat(some(1, columns, colsampleBytree), maxBins - 1, 1) : undefined;
  return {
    held,
    out: out && np.array(out),
    rows: subsample < 1 ? some(0, rows, subsample) : undefined,
    open,
  };
};

const boost = (
  bits: BaseArray,
  y: BaseArray,
  { slopes, mean }: Loss,
  o: BoostingOptions,
  weights: BaseArray | undefined,
): BoostedState => {
  const [rows, thresholds] = bits.shape as [number, number];
  const drawn = draws(rows, thresholds, o);
  const at = (x: BaseArray, turn: BaseArray): BaseArray =>
    np.ravel(np.dynamicSlice(x, [turn, 0], [1, x.shape[1]!]));
  const put = (x: BaseArray, row: BaseArray, turn: BaseArray): BaseArray =>
    np.dynamicUpdateSlice(x, np.expandDims(row, 0), [turn, ...row.shape.map(() => 0)]);
  const trained = times(weights, drawn.out && np.subtract(1, drawn.out));
  interface State {
    readonly sum: BaseArray;
    readonly grown: Grown;
  }
  const step = ({ sum, grown }: State, turn: BaseArray): State => {
    const counted = times(trained, drawn.rows && at(drawn.rows, turn));
    const { g, h } = slopes(sum, y);
    const column = (v: BaseArray): BaseArray => np.expandDims(times(v, counted), 1);
    const open = drawn.open && np.expandDims(np.greater(at(drawn.open, turn), 0), 1);
    const allowed = open && Array.from({ length: o.maxDepth }, () => open);
    const { trees, given } = grow(bits, column(g), column(h), { ...o, allowed });
    return {
      sum: np.add(sum, np.multiply(np.ravel(given), o.learningRate)),
      grown: {
        splits: grown.splits.map((all, level) => put(all, trees.splits[level]!, turn)),
        gains: grown.gains.map((all, level) => put(all, trees.gains[level]!, turn)),
        leaves: put(grown.leaves, trees.leaves, turn),
      },
    };
  };
  const [count, levels] = [o.nEstimators, Array.from({ length: o.maxDepth }, (_, level) => 1 << level)];
  const none = {
    splits: levels.map((nodes) => np.zeros([count, thresholds, nodes], 'int8')),
    gains: levels.map((nodes) => np.zeros([count, nodes])),
    leaves: np.zeros([count, 1 << o.maxDepth]),
  };
  const { held } = drawn;
  const { last, losses } = turned<State>({
    turns: count,
    start: { sum: np.zeros([rows]), grown: none },
    step,
    loss: ({ sum }) => (held ? mean(np.take(sum, held), np.take(y, held)) : mean(sum, y)),
    curve: o.lossCurve,
    stop: o.nIterNoChange === null ? undefined : { tol: o.tol, patience: o.nIterNoChange },
  });
  const { splits, gains, leaves } = last.grown;
  // [trees, thresholds, nodes] to [thresholds, nodes of tree 0, 1, ..]: node by node, trees side by side.
  const flat = (s: BaseArray): BaseArray =>
    np.reshape(np.moveaxis(s, 0, 2), [s.shape[1]!, s.shape[2]! * s.shape[0]!]);
  const trees = {
    splits: splits.map(flat),
    gains: gains.map((all) => np.ravel(all.T)),
    leaves: np.multiply(np.ravel(leaves.T), o.learningRate),
  };
  return { trees, ...lossPart(losses) };
};

const sumOf = ({ trees }: BoostedState, x: Features): BaseArray => np.sum(followed(bitsOf(x), trees), 1);

const DEFAULTS: BoostingOptions = {
  nEstimators: 10,
  maxDepth: 4,
  learningRate: 0.3,
  regLambda: 1,
  gamma: 0,
  minChildWeight: 1,
  subsample: 1,
  colsampleBytree: 1,
  maxBins: 16,
  nIterNoChange: null,
  tol: 1e-4,
  validationFraction: 0.1,
  randomState: 0,
  lossCurve: false,
};

const readOptions = <T extends BoostingOptions>(
  name: string,
  options: Partial<T> | undefined,
  defaults: T,
): T =>
  settings<T>(name, options, defaults, {
    nEstimators: { least: 1, most: 10_000, whole: true },
    maxDepth: { least: 1, most: 12, whole: true },
    learningRate: { least: 0, most: 10 },
    regLambda: { least: 0 },
    gamma: { least: 0 },
    minChildWeight: { least: 0 },
    subsample: { least: 0, most: 1 },
    colsampleBytree: { least: 0, most: 1 },
    maxBins: { least: 2, most: 256, whole: true },
    nIterNoChange: { least: 1, whole: true },
    tol: { least: 0 },
    validationFraction: { least: 0, most: 0.9 },
    randomState: { least: 0, most: 4294967295, whole: true },
  } as never);

/**
 * Gradient-boosted trees for labels 0 and 1, as XGBoost's, from columns in bins (see binning). Which column a node splits, and where, stays secret. Options:
 * nEstimators (10), maxDepth (4), learningRate (0.3), regLambda (1), gamma (0), minChildWeight (1), subsample (1) and colsampleBytree (1), shares of rows and columns
 * that each tree may use, drawn from the public seed randomState (0); maxBins (16, as in binning), classWeight (null, 'balanced' or [of 0, of 1]), lossCurve (false:
 * whether the state has `losses`, one a tree). With nIterNoChange (null) it stops after so many trees that do not lower the loss of validationFraction (0.1) of the
 * rows, which are held out, by more than tol (0.0001): whether it is time is REVEALED after each tree. Score: accuracy. A level of a tree takes some 90
 * rounds; each row, threshold and node a product of numbers. Throws DTYPE for columns that are not in bins, SHAPE for those in others than maxBins.
 * @example
 * const { binning, gradientBoostingClassifier } = await sf.models();
 * const { fit, transform } = binning({ maxBins: 4 });
 * const x = sf.to(alice, [[1], [2], [3], [4]]);
 * const bins = alice(transform)(alice(fit)(x), x);
 * const model = gradientBoostingClassifier({ nEstimators: 1, maxDepth: 1, minChildWeight: 0 });
 * const state = spu(model.fit)([bins], sf.to(bob, [0, 0, 1, 1]));
 * await sf.reveal(spu(model.predictProba)(state, [bins])) // [0.4502, 0.4502, 0.5498, 0.5498]
 */
export const gradientBoostingClassifier = (
  options?: Partial<BoostingClassifierOptions>,
): Classifier<BoostedState> & ExportableTrees<BoostedState> & Importances<BoostedState> => {
  const name = 'gradientBoostingClassifier';
  const o = readOptions<BoostingClassifierOptions>(name, options, { ...DEFAULTS, classWeight: null });
  checkClassWeight(name, o.classWeight);
  return Object.freeze<Classifier<BoostedState> & ExportableTrees<BoostedState> & Importances<BoostedState>>({
    featureImportances: ({ trees }) => importances(trees, o.maxBins - 1, false),
    toOnnx: ({ trees }, thresholds) =>
      exported('boosted trees', columnsOf(thresholds), (sheet, x) =>
        sheet.ofLogits(treesOn(sheet, x, trees, thresholds, (leaf) => leaf)),
      ),
    fit: (x, y, sampleWeight) => {
      const bits = bitsOf(x);
      const rows = bits.shape[0]!;
      const t = target(y, rows);
      const given = sampleWeight && target(sampleWeight, rows);
      return boost(bits, t, LABELS, o, times(given, classWeights(t, o.classWeight)));
    },
    predict: (state, x) => np.greater(sumOf(state, x), 0),
    predictProba: (state, x) => np.sigmoid(sumOf(state, x)),
    score: (state, x, y) => accuracy(y, np.sigmoid(sumOf(state, x))),
  });
};

/**
 * Gradient-boosted trees for numbers, by squares of differences, from the mean on. Score: R2. Otherwise as gradientBoostingClassifier, without classWeight;
 * losses are means of squared differences, and tol counts them in variances of the target.
 * @example
 * const { binning, gradientBoostingRegressor } = await sf.models();
 * const { fit, transform } = binning({ maxBins: 4 });
 * const bins = transform(fit([[1], [2], [3], [4]]), [[1], [2], [3], [4]]);
 * const model = gradientBoostingRegressor({ nEstimators: 1, maxDepth: 1, learningRate: 1, regLambda: 0 });
 * model.predict(model.fit([bins], np.array([1, 1, 5, 7])), [bins]) // [1, 1, 6, 6]
 */
export const gradientBoostingRegressor = (
  options?: Partial<BoostingOptions>,
): Predictor<BoostedNumbers> & ExportableTrees<BoostedNumbers> & Importances<BoostedNumbers> => {
  const o = readOptions('gradientBoostingRegressor', options, DEFAULTS);
  const predict = (state: BoostedNumbers, x: Features): BaseArray =>
    np.add(np.multiply(sumOf(state, x), state.y.unit.at(0)), state.y.middle.at(0));
  return Object.freeze<
    Predictor<BoostedNumbers> & ExportableTrees<BoostedNumbers> & Importances<BoostedNumbers>
  >({
    featureImportances: ({ trees }) => importances(trees, o.maxBins - 1, false),
    toOnnx: ({ trees, y }, thresholds) =>
      exported('boosted trees', columnsOf(thresholds), (sheet, x) => {
        const [[unit], [middle]] = [numbersOf(y.unit, 'unit'), numbersOf(y.middle, 'middle')];
        // The mean is added by the leaves of the first tree.
        const leaf = (value: number, tree: number): number => value * unit! + (tree === 0 ? middle! : 0);
        return [sheet.prediction(treesOn(sheet, x, trees, thresholds, leaf))];
      }),
    fit: (x, y, sampleWeight) => {
      const bits = bitsOf(x);
      const rows = bits.shape[0]!;
      const column = np.expandDims(target(y, rows), 1);
      const s = scaleOf(column, weighing(sampleWeight, rows)?.each);
      const v = np.ravel(np.divide(np.subtract(column, s.middle), s.unit));
      const { trees, losses } = boost(bits, v, NUMBERS, o, sampleWeight && target(sampleWeight, rows));
      return { trees, y: s, ...lossPart(losses && np.multiply(losses, np.square(s.unit))) };
    },
    predict,
    score: (state, x, y) => r2(y, predict(state, x)),
  });
};
