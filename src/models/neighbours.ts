/** @file The k nearest neighbours: rows that are kept as secrets, and asked by their distance. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { wordOf } from '../numpy/options.ts';
import { type Features, features, target } from './columns.ts';
import { r2 } from './metrics.ts';
import { type Classifier, type Exportable, type Predictor, settings } from './model.ts';
import { exported, ints, numbersOf, type Output, type Sheet, whole } from './onnx.ts';

export interface NeighbourState {
  readonly rows: BaseArray;
  readonly label: BaseArray;
}

export interface NeighbourOptions {
  readonly nNeighbors: number;
  /** What a neighbour counts: the same, or 1 over its distance; those at distance 0 count alone. */
  readonly weights: 'uniform' | 'distance';
}

const fitAs =
  (name: string) =>
  (x: Features, y: BaseArray, sampleWeight?: BaseArray): NeighbourState => {
    if (sampleWeight !== undefined)
      fail('UNSUPPORTED', `${name}: neighbours are not weighed by sampleWeight`);
    const rows = features(x);
    return { rows, label: target(y, rows.shape[0]!) };
  };

/** Squares of distances below this are 0. */
const SAME = 1 / 1048576;

/** What neighbours count, [asked, k], of sum 1, by the squares of their distances. */
const countsOf = (squares: BaseArray): BaseArray => {
  const isSame = np.less(squares, SAME);
  const anySame = np.expandDims(np.any(isSame, 1), 1);
  const near = np.rsqrt(np.where(isSame, 1, squares));
  const counts = np.where(anySame, np.astype(isSame, 'float64'), near);
  return np.divide(counts, np.expandDims(np.sum(counts, 1), 1));
};

/** The mean of the k nearest: [asked]. Of equal distances the earlier row counts. */
const meanOf =
  (name: string, { nNeighbors: k, weights }: NeighbourOptions) =>
  ({ rows, label }: NeighbourState, x: Features): BaseArray => {
    const n = rows.shape[0]!;
    if (k > n) fail('INVALID_ARGUMENT', `${name}: ${k} neighbours of ${n} rows`);
    // Around the first row distances stay small where columns are far from 0.
    const first = rows.at(0);
    const [a, b] = [np.subtract(features(x), first), np.subtract(rows, first)];
    const near = np.subtract(np.multiply(np.matmul(a, b.T), 2), np.sum(np.square(b), 1));
    const [nearest, places] = np.topK(near, k);
    const hits = np.astype(np.equal(np.expandDims(places, 2), np.arange(n)), 'float64');
    const found = np.matmul(hits, label);
    if (weights === 'uniform') return np.multiply(np.sum(found, 1), 1 / k);
    const squares = np.subtract(np.expandDims(np.sum(np.square(a), 1), 1), nearest);
    return np.sum(np.multiply(found, countsOf(squares)), 1);
  };

const onnxOf =
  (
    name: string,
    { nNeighbors: k, weights }: NeighbourOptions,
    end: (sheet: Sheet, mean: string) => Output[],
  ) =>
  ({ rows, label }: NeighbourState): Uint8Array => {
    if (weights === 'distance') fail('UNSUPPORTED', `${name}: toOnnx is there for uniform weights alone`);
    const [n, columns] = rows.shape as [number, number];
    const own = numbersOf(rows, 'rows');
    const first = own.slice(0, columns);
    const [across, squares] = [new Float64Array(n * columns), new Float64Array(n)];
    for (let i = 0; i < n; i++)
      for (let j = 0; j < columns; j++) {
        const away = own[i * columns + j]! - first[j]!;
        across[j * n + i] = 2 * away;
        squares[i]! -= away * away;
      }
    return exported('nearest neighbours', columns, (sheet, x) => {
      const z = sheet.op('Sub', [x, sheet.floats('first', first)], 'z');
      const product = sheet.op('MatMul', [z, sheet.floats('known', across, [columns, n])], 'product');
      const near = sheet.op('Add', [product, sheet.floats('squares', squares)], 'near');
      const places = sheet.several('TopK', [near, sheet.places('k', [k])], ['nearest', 'places'], {
        axis: whole(1),
      })[1];
      const found = sheet.op('Gather', [sheet.floats('labels', numbersOf(label, 'label')), places], 'found');
      return end(sheet, sheet.op('ReduceMean', [found], 'p', { axes: ints([1]) }));
    });
  };

const readOptions = (name: string, options: Partial<NeighbourOptions> | undefined): NeighbourOptions => {
  const o = settings<NeighbourOptions>(
    name,
    options,
    { nNeighbors: 5, weights: 'uniform' },
    { nNeighbors: { least: 1, whole: true } },
  );
  wordOf(name, 'weights', o.weights, ['uniform', 'distance']);
  return o;
};

/**
 * The k nearest neighbours, for labels 0 and 1: `fit` keeps the rows, as secrets. Columns are taken as they are: put them in comparable units. Options:
 * nNeighbors (5), weights ('uniform', or 'distance': 1 over it; neighbours nearer than 2^-10 are at distance 0, and count alone). Label 1 takes more than half of them;
 * of equal distances the earlier row counts. Score: accuracy. A row that is asked takes a sort of
 * all distances to it. Throws INVALID_ARGUMENT for options, and for more neighbours than rows; UNSUPPORTED for sampleWeight.
 * @example
 * const { kNeighborsClassifier } = await sf.models();
 * const { fit, predict } = kNeighborsClassifier({ nNeighbors: 1 });
 * predict(fit([np.array([0, 4])], np.array([0, 1])), [np.array([1, 3])]) // [false, true]
 */
export const kNeighborsClassifier = (
  options?: Partial<NeighbourOptions>,
): Classifier<NeighbourState> & Exportable<NeighbourState> => {
  const name = 'kNeighborsClassifier';
  const o = readOptions(name, options);
  const predictProba = meanOf(name, o);
  return Object.freeze<Classifier<NeighbourState> & Exportable<NeighbourState>>({
    fit: fitAs(name),
    toOnnx: onnxOf(name, o, (sheet, p) => sheet.twoLabels(p)),
    predictProba,
    predict: (state, x) => np.greater(predictProba(state, x), 0.5),
    score: (state, x, y) =>
      np.mean(np.equal(np.greater(predictProba(state, x), 0.5), np.greater(target(y, np.size(y)), 0.5))),
  });
};

/**
 * The mean of the k nearest neighbours' numbers. Score: R2. Otherwise as kNeighborsClassifier.
 * @example
 * const { kNeighborsRegressor } = await sf.models();
 * const { fit, predict } = kNeighborsRegressor({ nNeighbors: 2, weights: 'distance' });
 * predict(fit([np.array([0, 4])], np.array([10, 20])), [np.array([1, 4])]) // [12.5, 20]
 */
export const kNeighborsRegressor = (
  options?: Partial<NeighbourOptions>,
): Predictor<NeighbourState> & Exportable<NeighbourState> => {
  const name = 'kNeighborsRegressor';
  const o = readOptions(name, options);
  const predict = meanOf(name, o);
  return Object.freeze<Predictor<NeighbourState> & Exportable<NeighbourState>>({
    fit: fitAs(name),
    toOnnx: onnxOf(name, o, (sheet, v) => [sheet.prediction(v)]),
    predict,
    score: (state, x, y) => r2(y, predict(state, x)),
  });
};
