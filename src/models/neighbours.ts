/** @file The k nearest neighbours: rows that are kept as secrets, and asked by their distance. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { type Features, features, target } from './columns.ts';
import { type Classifier, type Exportable, settings } from './model.ts';
import { exported, ints, numbersOf, whole } from './onnx.ts';

export interface NeighbourState {
  readonly rows: BaseArray;
  readonly label: BaseArray;
}

const fit = (x: Features, y: BaseArray): NeighbourState => {
  const rows = features(x);
  return { rows, label: target(y, rows.shape[0]!) };
};

/** The share of label 1 among the k nearest: [asked]. Of equal distances the earlier row counts. */
const share =
  (k: number): Classifier<NeighbourState>['predictProba'] =>
  ({ rows, label }, x) => {
    const n = rows.shape[0]!;
    if (k > n) fail('INVALID_ARGUMENT', `kNeighborsClassifier: ${k} neighbours of ${n} rows`);
    // Around the first row distances stay small where columns are far from 0.
    const first = rows.at(0);
    const [a, b] = [np.subtract(features(x), first), np.subtract(rows, first)];
    const near = np.subtract(np.multiply(np.matmul(a, b.T), 2), np.sum(np.square(b), 1));
    const [, places] = np.topK(near, k);
    const hits = np.astype(np.equal(np.expandDims(places, 2), np.arange(n)), 'float64');
    return np.multiply(np.sum(np.matmul(hits, label), 1), 1 / k);
  };

const toOnnx =
  (k: number) =>
  ({ rows, label }: NeighbourState): Uint8Array => {
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
      return sheet.twoLabels(sheet.op('ReduceMean', [found], 'p', { axes: ints([1]) }));
    });
  };

/**
 * The k nearest neighbours, for labels 0 and 1: `fit` keeps the rows, as secrets. Columns are taken as they are: put them in comparable units. Options:
 * nNeighbors (5). Label 1 takes more than half of them; of equal distances the earlier row counts. Score: accuracy. A row that is asked takes a sort of
 * all distances to it. Throws INVALID_ARGUMENT for options, and for more neighbours than rows.
 * @example
 * const { kNeighborsClassifier } = await sf.models();
 * const { fit, predict } = kNeighborsClassifier({ nNeighbors: 1 });
 * predict(fit([np.array([0, 4])], np.array([0, 1])), [np.array([1, 3])]) // [false, true]
 */
export const kNeighborsClassifier = (options?: {
  readonly nNeighbors?: number;
}): Classifier<NeighbourState> & Exportable<NeighbourState> => {
  const { nNeighbors } = settings(
    'kNeighborsClassifier',
    options,
    { nNeighbors: 5 },
    { nNeighbors: { least: 1, whole: true } },
  );
  const predictProba = share(nNeighbors);
  return Object.freeze<Classifier<NeighbourState> & Exportable<NeighbourState>>({
    fit,
    toOnnx: toOnnx(nNeighbors),
    predictProba,
    predict: (state, x) => np.greater(predictProba(state, x), 0.5),
    score: (state, x, y) =>
      np.mean(np.equal(np.greater(predictProba(state, x), 0.5), np.greater(target(y, np.size(y)), 0.5))),
  });
};
