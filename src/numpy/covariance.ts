/** @file What pairs of variables have in common: covariances and correlations, as in NumPy. */
import { fail } from '../errors.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { type ArrayInput, asArr, convertTo, reshapeTo } from './core.ts';
import { divide, multiply, sqrt, subtract } from './elementwise.ts';
import { concatenate } from './join.ts';
import { matmul } from './linalg.ts';
import { argumentsOf } from './options.ts';
import { mean, ofProducts } from './reduce.ts';

export interface CorrelationOptions {
  /** More variables, with as many observations. */
  readonly y?: ArrayInput | null;
  /** A row is a variable (else a column). */
  readonly rowvar?: boolean;
}

export interface CovOptions extends CorrelationOptions {
  /** Divided by the number of observations (else by one less). */
  readonly bias?: boolean;
  /** Divided by the number of observations less this; says more than `bias`. */
  readonly ddof?: number | null;
}

const real = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'fxp');

/** A variable a row. Vectors are one variable. */
const variables = (name: string, x: ArrayInput, rowvar: boolean): BaseArray => {
  const a = real(x);
  if (a.ndim > 2)
    fail('SHAPE', `np.${name} takes vectors and matrices, not an array of shape ${shapeText(a.shape)}`);
  if (a.ndim < 2) return reshapeTo(a, [1, a.size]);
  return rowvar ? a : a.T;
};

/** The variables of x and y, one below the other. Throws SHAPE where their observations differ in number. */
const together = (name: string, x: ArrayInput, y: ArrayInput | null, rowvar: boolean): BaseArray => {
  const rows = variables(name, x, rowvar);
  if (y === null) return rows;
  const more = variables(name, y, rowvar);
  if (rows.shape[1] !== more.shape[1])
    fail('SHAPE', `np.${name}: ${rows.shape[1]} observations of x and ${more.shape[1]} of y`);
  return concatenate([rows, more], 0);
};

const shaped = (x: BaseArray): BaseArray => (x.size === 1 ? reshapeTo(x, []) : x);
const centred = (rows: BaseArray): BaseArray => subtract(rows, mean(rows, { axis: 1, keepdims: true }));

/**
 * Covariances of the variables of x, and of y if there is one, each over its observations: np.cov(x, y), or np.cov(x, { rowvar, bias,
 * ddof }). A number where there is one variable. Range and error as those of np.var. Throws SHAPE for too few observations.
 * @example
 * np.cov(np.array([[1, 2, 3], [1, 2, 4]])) // [[1, 1.5], [1.5, 2.3333]]
 */
export const cov = (
  x: ArrayInput,
  more?: ArrayInput | CovOptions | null,
  options?: CovOptions,
): BaseArray => {
  const { y, rowvar, bias, ddof } = argumentsOf<CovOptions>(
    'np.cov',
    { y: more, rowvar: options, bias: undefined, ddof: undefined },
    { y: null, rowvar: true, bias: false, ddof: null },
  );
  const rows = together('cov', x, y, rowvar);
  const n = rows.shape[1]!;
  const less = ddof ?? (bias ? 0 : 1);
  if (n - less <= 0) fail('SHAPE', `cov of ${n} observations with ddof ${less} is not defined`);
  const away = centred(rows);
  return shaped(ofProducts(matmul(away, away.T), n - less));
};

/**
 * Correlations of variables, given as to np.cov: their covariances, each variable scaled to variance 1. Error below 2^-19 (FM64: 2^-11) for
 * data of any size whose sums fit into the ring. Between -1 and 1 up to that.
 * @example
 * np.corrcoef(np.array([1, 2, 3]), np.array([3, 2, 1])) // [[1, -1], [-1, 1]]
 */
export const corrcoef = (
  x: ArrayInput,
  more?: ArrayInput | CorrelationOptions | null,
  options?: CorrelationOptions,
): BaseArray => {
  const { y, rowvar } = argumentsOf<CorrelationOptions>(
    'np.corrcoef',
    { y: more, rowvar: options },
    { y: null, rowvar: true },
  );
  const rows = together('corrcoef', x, y, rowvar);
  if (rows.shape[1] === 0) fail('SHAPE', 'corrcoef of no observations is not defined');
  const away = centred(rows);
  const scaled = divide(away, sqrt(mean(multiply(away, away), { axis: 1, keepdims: true })));
  return shaped(multiply(matmul(scaled, scaled.T), 1 / rows.shape[1]!));
};
