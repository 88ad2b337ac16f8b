/** @file k-means by Lloyd's algorithm, from rows that a public seed chooses or from given centres. */
import { fail } from '../errors.ts';
import { describe } from '../names.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { wordOf } from '../numpy/options.ts';
import { type Features, features } from './columns.ts';
import { permutation } from './draws.ts';
import { type Exportable, settings } from './model.ts';
import { exported, LABEL, numbersOf, whole } from './onnx.ts';

export interface ClusterState {
  /** [clusters, columns] */
  readonly centers: BaseArray;
}

export interface ClusterOptions {
  readonly nClusters: number;
  /** Where centres start: at rows that the seed chooses, or at these, public. */
  readonly init: 'random' | readonly (readonly number[])[];
  /** How often it is begun anew, from other rows; the least inertia is kept. */
  readonly nInit: number;
  readonly maxIter: number;
  readonly randomState: number;
}

/** [rows, clusters]: squared distances, less what is the same for all clusters. */
const distances = (x: BaseArray, centers: BaseArray): BaseArray =>
  np.subtract(np.sum(np.square(centers), 1), np.multiply(np.matmul(x, centers.T), 2));

const fitClusters =
  ({ nClusters, init, nInit, maxIter, randomState }: ClusterOptions) =>
  (x: Features): ClusterState => {
    const given = features(x);
    const [rows, k] = [given.shape[0]!, nClusters];
    if (k > rows) fail('INVALID_ARGUMENT', `kMeans: ${k} clusters of ${rows} rows`);
    // Around the first row distances stay small where columns are far from 0.
    const first = given.at(0);
    const z = np.subtract(given, first);
    const from = (start: BaseArray): BaseArray =>
      np.fori(
        0,
        maxIter,
        (_, c) => {
          const member = np.astype(np.oneHot(np.argmin(distances(z, c), 1), k), 'float64');
          const count = np.expandDims(np.sum(member, 0), 1);
          const empty = np.equal(count, 0);
          const mean = np.divide(np.matmul(member.T, z), np.where(empty, 1, count));
          return np.where(empty, c, mean);
        },
        start,
      );
    if (init !== 'random') {
      const columns = z.shape[1]!;
      if (init.length !== k || init.some((row) => row.length !== columns))
        fail('SHAPE', `kMeans: init is ${k} rows of ${columns} numbers`);
      return { centers: np.add(from(np.subtract(np.array(init), first)), first) };
    }
    const starts = Array.from({ length: nInit }, (_, i) =>
      from(np.take(z, permutation(rows, randomState + i).slice(0, k), 0)),
    );
    const worth = (c: BaseArray): BaseArray => np.sum(np.min(distances(z, c), 1));
    const best = starts
      .map((c) => ({ c, sum: nInit > 1 ? worth(c) : undefined }))
      .reduce((a, b) => {
        const isLess = np.less(b.sum!, a.sum!);
        return { c: np.where(isLess, b.c, a.c), sum: np.where(isLess, b.sum!, a.sum!) };
      });
    return { centers: np.add(best.c, first) };
  };

const toOnnx = ({ centers }: ClusterState): Uint8Array => {
  const own = numbersOf(centers, 'centers');
  const [k, columns] = centers.shape as [number, number];
  const first = own.slice(0, columns);
  const across = new Float64Array(k * columns);
  const squares = new Float64Array(k);
  for (let c = 0; c < k; c++)
    for (let j = 0; j < columns; j++) {
      const away = own[c * columns + j]! - first[j]!;
      across[j * k + c] = -2 * away;
      squares[c]! += away * away;
    }
  return exported('k-means', columns, (sheet, x) => {
    const z = sheet.op('Sub', [x, sheet.floats('first', first)], 'z');
    const product = sheet.op('MatMul', [z, sheet.floats('centers', across, [columns, k])], 'product');
    const apart = sheet.op('Add', [product, sheet.floats('squares', squares)], 'apart');
    sheet.op('ArgMin', [apart], 'label', { axis: whole(1), keepdims: whole(0) });
    return [LABEL];
  });
};

/** Squared distances from each row to each centre, less the row's own square, around the first centre. */
const around = ({ centers }: ClusterState, x: Features): { z: BaseArray; apart: BaseArray } => {
  const first = centers.at(0);
  const z = np.subtract(features(x), first);
  return { z, apart: distances(z, np.subtract(centers, first)) };
};

export interface KMeans extends Exportable<ClusterState> {
  readonly fit: (x: Features) => ClusterState;
  /** The nearest centre of each row. */
  readonly predict: (state: ClusterState, x: Features) => BaseArray;
  /** The sum of squared distances to the nearest centres, negative. */
  readonly score: (state: ClusterState, x: Features) => BaseArray;
}

/**
 * k-means by Lloyd's algorithm. Columns are taken as they are: put them in comparable units. Options: nClusters (8), init ('random', or a list of public rows to start from), nInit (1: how often
 * it is begun anew, from other rows; the least inertia is kept), maxIter (20) turns, all of which are
 * taken, randomState (0), the public seed of the rows that centres start from; a cluster without rows keeps its centre. The state is { centers }. On secrets some 30 rounds a
 * turn. Throws INVALID_ARGUMENT for options, and for more clusters than rows.
 * @example
 * const { kMeans } = await sf.models();
 * const { fit, predict } = kMeans({ nClusters: 2 });
 * const x = [np.array([[0, 0], [0, 2], [10, 10], [10, 12]])];
 * const found = predict(fit(x), x);
 * np.equal(found, found.at(0)) // [true, true, false, false]
 */
export const kMeans = (options?: Partial<ClusterOptions>): KMeans => {
  const o = settings<ClusterOptions>(
    'kMeans',
    options,
    { nClusters: 8, init: 'random', nInit: 1, maxIter: 20, randomState: 0 },
    {
      nClusters: { least: 1, whole: true },
      nInit: { least: 1, most: 100, whole: true },
      maxIter: { least: 1, whole: true },
      randomState: { least: 0, most: 4294967295, whole: true },
    },
  );
  const { init } = o;
  if (typeof init === 'string') wordOf('kMeans', 'init', init, ['random']);
  else if (!Array.isArray(init) || !init.every((row) => Array.isArray(row) && row.every(Number.isFinite)))
    fail('INVALID_ARGUMENT', `kMeans: init is 'random' or a list of rows of numbers, not ${describe(init)}`);
  return Object.freeze({
    fit: fitClusters(o),
    toOnnx,
    predict: (state: ClusterState, x: Features) => np.argmin(around(state, x).apart, 1),
    score: (state: ClusterState, x: Features) => {
      const { z, apart } = around(state, x);
      return np.negative(np.add(np.sum(np.min(apart, 1)), np.sum(np.square(z))));
    },
  });
};
