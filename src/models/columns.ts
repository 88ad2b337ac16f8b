/**
 * @file What models compute on: features as one matrix, a target as one vector, and both in standard units, so that fixed-point numbers
 * keep their digits whatever the columns are measured in.
 */
import { fail } from '../errors.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import { describe } from '../names.ts';
import type { ArrayInput, BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';

/** Columns of one table, side by side: a list of matrices and vectors (one column each), of one party or of several. */
export type Features = readonly BaseArray[];

const matrix = (x: ArrayInput): BaseArray => {
  const a = np.astype(np.asarray(x), 'float64');
  if (a.ndim === 1) return np.expandDims(a, 1);
  return a.ndim === 2
    ? a
    : fail('SHAPE', `features are matrices and vectors, not an array of shape ${shapeText(a.shape)}`);
};

/** Features side by side, [rows, columns]. Throws SHAPE where they have different numbers of rows, or none. */
export const features = (x: Features): BaseArray => {
  if (!Array.isArray(x))
    fail(
      'INVALID_ARGUMENT',
      `features are a list of matrices and columns, as in fit([x], y), not ${describe(x)}`,
    );
  const parts = x.map(matrix);
  const rows = parts[0]?.shape[0] ?? 0;
  const other = parts.find((part) => part.shape[0] !== rows);
  if (other)
    fail('SHAPE', `features of ${rows} rows beside those of ${other.shape[0]}`, {
      rows,
      others: other.shape[0],
    });
  if (rows === 0 || parts.every((part) => part.shape[1] === 0))
    fail('SHAPE', 'features without rows or columns');
  return parts.length === 1 ? parts[0]! : np.concatenate(parts, 1);
};

/** A vector with one number a row. Throws SHAPE. */
export const target = (y: ArrayInput, rows: number): BaseArray => {
  const a = np.astype(np.asarray(y), 'float64');
  const flat = a.ndim === 2 && a.shape[1] === 1 ? np.ravel(a) : a;
  if (flat.ndim !== 1 || flat.shape[0] !== rows)
    fail('SHAPE', `a target of shape ${shapeText(a.shape)} for features of ${rows} rows`, { rows });
  return flat;
};

/** Middle and unit of each column: its mean and its standard deviation; 1 for a column that is constant. */
export interface Scale {
  readonly middle: BaseArray;
  readonly unit: BaseArray;
}

/**
 * Distances from the first row are exact, so a constant column is exactly 0 whatever its size. `each`: what rows count in the middle,
 * 1 on average.
 */
export const scaleOf = (x: BaseArray, each?: BaseArray): Scale => {
  const first = x.at(0);
  const away = np.subtract(x, first);
  const spread = np.std(away, 0);
  return {
    middle: np.add(first, np.mean(each ? np.multiply(away, np.expandDims(each, 1)) : away, 0)),
    unit: np.where(np.equal(spread, 0), 1, spread),
  };
};

/** Columns in standard units. */
export const scaled = (x: BaseArray, { middle, unit }: Scale): BaseArray => {
  if (x.shape[1] !== middle.shape[0])
    fail('SHAPE', `${x.shape[1]} features for a model of ${middle.shape[0]}`, { features: x.shape[1] });
  return np.divide(np.subtract(x, middle), unit);
};

/** Without an intercept columns are not moved: their unit is their root mean square. */
export const sizeOf = (x: BaseArray): Scale => {
  const size = np.sqrt(np.mean(np.square(x), 0));
  return { middle: np.zeros([x.shape[1]!]), unit: np.where(np.equal(size, 0), 1, size) };
};

/** With a column of ones at the end, for the intercept. */
export const withOnes = (x: BaseArray): BaseArray => np.concatenate([x, np.ones([x.shape[0]!, 1])], 1);
