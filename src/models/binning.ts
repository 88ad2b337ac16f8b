/**
 * @file Columns in bins, as trees take them: at the party that has the columns, in the clear. A column becomes one bit a threshold, "is
 * not above it", so that sums over the rows below every threshold are one product of matrices.
 */
import { fail } from '../errors.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import { type ArrayInput, BaseArray, NDArray } from '../numpy/index.ts';
import { settings } from './model.ts';

/** `x`: a matrix of plain numbers, an array or lists. */
export interface Binning {
  /** Thresholds of each column, upwards: [columns, maxBins - 1]; what would come twice is left out, and stands at the end as Infinity. */
  readonly fit: (x: unknown) => number[][];
  /** int8 [rows, columns (maxBins - 1)]: 1 where a value is not above a threshold. */
  readonly transform: (thresholds: readonly (readonly number[])[], x: unknown) => NDArray;
}

/** Columns of plain numbers. Throws SHAPE, RANGE, and SECRET_IN_CONTROL_FLOW for secrets. */
const columnsOf = (x: unknown): Float64Array[] => {
  if (x instanceof BaseArray && !(x instanceof NDArray))
    fail(
      'SECRET_IN_CONTROL_FLOW',
      'binning: columns get their bins at the party that has them: alice(binning.fit)(x)',
    );
  const a = NDArray.from(x as ArrayInput, 'fxp');
  const [rows, columns] = a.ndim === 1 ? [a.size, 1] : [a.shape[0]!, a.shape[1]!];
  if (a.ndim < 1 || a.ndim > 2 || rows === 0)
    fail('SHAPE', `binning: a matrix or a column is wanted, not an array of shape ${shapeText(a.shape)}`);
  return Array.from({ length: columns }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => {
      const v = Number(a.data[i * columns + j]);
      return Number.isFinite(v)
        ? v
        : fail('RANGE', `binning: row ${i}, column ${j} is ${v}`, { row: i, column: j });
    }),
  );
};

/** Values between which as many rows lie as between any others, as far as ties let them. */
const thresholdsOf = (column: Float64Array, bins: number): number[] => {
  const sorted = Float64Array.from(column).sort();
  const found: number[] = [];
  const last = sorted.at(-1)!;
  for (let b = 1; b < bins; b++) {
    const low = sorted[Math.ceil((b * sorted.length) / bins) - 1]!;
    if (low < last && low !== found.at(-1)) found.push(low);
  }
  while (found.length < bins - 1) found.push(Number.POSITIVE_INFINITY);
  return found;
};

/**
 * Bins by quantiles for trees. Options: maxBins (16), bins of a column, whose number is public; where they lie stays at the party. `fit` and
 * `transform` run in the clear at the party that has the columns. Throws INVALID_ARGUMENT for options, RANGE for what is no number, SHAPE.
 * @example
 * const { binning } = await sf.models();
 * const { fit, transform } = binning({ maxBins: 4 });
 * const thresholds = fit([[1], [2], [3], [4]]);
 * thresholds // [[1, 2, 3]]
 * transform(thresholds, [[2], [9]]) // [[0, 1, 1], [0, 0, 0]]
 */
export const binning = (options?: { readonly maxBins?: number }): Binning => {
  const { maxBins } = settings(
    'binning',
    options,
    { maxBins: 16 },
    { maxBins: { least: 2, most: 256, whole: true } },
  );
  return Object.freeze<Binning>({
    fit: (x) => columnsOf(x).map((column) => thresholdsOf(column, maxBins)),
    transform: (thresholds, x) => {
      const columns = columnsOf(x);
      if (thresholds.length !== columns.length)
        fail('SHAPE', `binning: ${columns.length} columns where there were ${thresholds.length}`);
      const steps = maxBins - 1;
      const width = columns.length * steps;
      const data = new Int8Array(columns[0]!.length * width);
      for (const [j, column] of columns.entries()) {
        const own = thresholds[j]!;
        if (own.length !== steps)
          fail('SHAPE', `binning: ${own.length} thresholds of a column, where ${steps} are wanted`);
        for (let i = 0; i < column.length; i++)
          for (let b = 0; b < steps; b++) data[i * width + j * steps + b] = column[i]! <= own[b]! ? 1 : 0;
      }
      return NDArray.from({ shape: [columns[0]!.length, width], dtype: 'int8', data });
    },
  });
};
