/** @file Gradient-boosted trees. Each tree is grown on the gradients that those before it have left. */

import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { type Features, type Scale, scaleOf, target } from './columns.ts';
import { accuracy, r2 } from './metrics.ts';
import { type Classifier, type ExportableTrees, type Predictor, settings } from './model.ts';
import { exported, numbersOf } from './onnx.ts';
import { columnsOf, treesOn } from './tree-onnx.ts';
import { bitsOf, followed, type Grown, grow } from './trees.ts';

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
}

export interface BoostedState {
  /** All trees side by side, leaves times the learning rate. */
  readonly trees: Grown;
}

export interface BoostedNumbers extends BoostedState {
  readonly y: Scale;
}

/** Gradient and curvature of a row's loss at its sum so far. */
type Loss = (sum: BaseArray, y: BaseArray) => { readonly g: BaseArray; readonly h: BaseArray };

const LABELS: Loss = (sum, y) => {
  const p = np.sigmoid(sum);
  return { g: np.subtract(p, y), h: np.multiply(p, np.subtract(1, p)) };
};
const NUMBERS: Loss = (sum, y) => ({ g: np.subtract(sum, y), h: np.onesLike(y) });

const boost = (bits: BaseArray, y: BaseArray, loss: Loss, o: BoostingOptions): Grown => {
  const column = (v: BaseArray): BaseArray => np.expandDims(v, 1);
  const step = (sum: BaseArray): [BaseArray, Grown] => {
    const { g, h } = loss(sum, y);
    const { trees, given } = grow(bits, column(g), column(h), o);
    return [np.add(sum, np.multiply(np.ravel(given), o.learningRate)), trees];
  };
  const [, grown] = np.scan((sum: BaseArray) => step(sum), np.zeros([y.size]), null, {
    length: o.nEstimators,
  }) as unknown as [BaseArray, Grown];
  // [trees, thresholds, nodes] to [thresholds, nodes of tree 0, 1, ..]: node by node, trees side by side.
  const flat = (s: BaseArray): BaseArray =>
    np.reshape(np.moveaxis(s, 0, 2), [s.shape[1]!, s.shape[2]! * s.shape[0]!]);
  return {
    splits: grown.splits.map(flat),
    leaves: np.multiply(np.ravel(grown.leaves.T), o.learningRate),
  };
};

const sumOf = ({ trees }: BoostedState, x: Features): BaseArray => np.sum(followed(bitsOf(x), trees), 1);

const DEFAULTS: BoostingOptions = {
  nEstimators: 10,
  maxDepth: 4,
  learningRate: 0.3,
  regLambda: 1,
  gamma: 0,
  minChildWeight: 1,
};

const readOptions = (name: string, options: Partial<BoostingOptions> | undefined): BoostingOptions =>
  settings(name, options, DEFAULTS, {
    nEstimators: { least: 1, most: 10_000, whole: true },
    maxDepth: { least: 1, most: 12, whole: true },
    learningRate: { least: 0, most: 10 },
    regLambda: { least: 0 },
    gamma: { least: 0 },
    minChildWeight: { least: 0 },
  });

/**
 * Gradient-boosted trees for labels 0 and 1, as XGBoost's, from columns in bins (see binning). Which column a node splits, and where, stays secret. Options:
 * nEstimators (10), maxDepth (4), learningRate (0.3), regLambda (1), gamma (0), minChildWeight (1). Score: accuracy. A level of a tree takes some 90
 * rounds; each row, threshold and node a product of numbers. Throws DTYPE for columns that are not in bins.
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
  options?: Partial<BoostingOptions>,
): Classifier<BoostedState> & ExportableTrees<BoostedState> => {
  const o = readOptions('gradientBoostingClassifier', options);
  return Object.freeze<Classifier<BoostedState> & ExportableTrees<BoostedState>>({
    toOnnx: ({ trees }, thresholds) =>
      exported('boosted trees', columnsOf(thresholds), (sheet, x) =>
        sheet.ofLogits(treesOn(sheet, x, trees, thresholds, (leaf) => leaf)),
      ),
    fit: (x, y) => {
      const bits = bitsOf(x);
      return { trees: boost(bits, target(y, bits.shape[0]!), LABELS, o) };
    },
    predict: (state, x) => np.greater(sumOf(state, x), 0),
    predictProba: (state, x) => np.sigmoid(sumOf(state, x)),
    score: (state, x, y) => accuracy(y, np.sigmoid(sumOf(state, x))),
  });
};

/**
 * Gradient-boosted trees for numbers, by squares of differences, from the mean on. Score: R2. Otherwise as gradientBoostingClassifier.
 * @example
 * const { binning, gradientBoostingRegressor } = await sf.models();
 * const { fit, transform } = binning({ maxBins: 4 });
 * const bins = transform(fit([[1], [2], [3], [4]]), [[1], [2], [3], [4]]);
 * const model = gradientBoostingRegressor({ nEstimators: 1, maxDepth: 1, learningRate: 1, regLambda: 0 });
 * model.predict(model.fit([bins], np.array([1, 1, 5, 7])), [bins]) // [1, 1, 6, 6]
 */
export const gradientBoostingRegressor = (
  options?: Partial<BoostingOptions>,
): Predictor<BoostedNumbers> & ExportableTrees<BoostedNumbers> => {
  const o = readOptions('gradientBoostingRegressor', options);
  const predict = (state: BoostedNumbers, x: Features): BaseArray =>
    np.add(np.multiply(sumOf(state, x), state.y.unit.at(0)), state.y.middle.at(0));
  return Object.freeze<Predictor<BoostedNumbers> & ExportableTrees<BoostedNumbers>>({
    toOnnx: ({ trees, y }, thresholds) =>
      exported('boosted trees', columnsOf(thresholds), (sheet, x) => {
        const [[unit], [middle]] = [numbersOf(y.unit, 'unit'), numbersOf(y.middle, 'middle')];
        // The mean is added by the leaves of the first tree.
        const leaf = (value: number, tree: number): number => value * unit! + (tree === 0 ? middle! : 0);
        return [sheet.prediction(treesOn(sheet, x, trees, thresholds, leaf))];
      }),
    fit: (x, y) => {
      const bits = bitsOf(x);
      const column = np.expandDims(target(y, bits.shape[0]!), 1);
      const s = scaleOf(column);
      const v = np.ravel(np.divide(np.subtract(column, s.middle), s.unit));
      return { trees: boost(bits, v, NUMBERS, o), y: s };
    },
    predict,
    score: (state, x, y) => r2(y, predict(state, x)),
  });
};
