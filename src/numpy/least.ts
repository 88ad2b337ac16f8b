/** @file What np.linalg makes of its factorisations and products. */
import { fail } from '../errors.ts';
import { sizeOf } from '../ir/ops/graph.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import { block } from '../ir/trace/algebra.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import * as math from '../ring/math/index.ts';
import { less, where } from './compare.ts';
import {
  type ArrayInput,
  type Axis,
  asArr,
  axisOf,
  convertTo,
  type OneAxis,
  reshapeTo,
  spread,
} from './core.ts';
import { abs, divide, log, multiply, reciprocal, sign, subtract } from './elementwise.ts';
import { type JacobiOptions, qr, svd } from './factoring.ts';
import { concatenate, stack } from './join.ts';
import { matmul } from './linalg.ts';
import { vander } from './polynomial.ts';
import { max, sum } from './reduce.ts';
import { prod } from './scans.ts';
import { expandDims, moveaxis, ravel, reshape, swapaxes } from './shape.ts';
import {
  eliminated,
  inv,
  type NormOptions,
  type NormOrder,
  norm,
  readNorm,
  realMatrix,
  solve,
  squareMatrix,
} from './solving.ts';

/**
 * The last two axes exchanged: [.., n, m] becomes [.., m, n]. Local. Throws SHAPE for less than two axes.
 * @example
 * np.matrixTranspose(np.array([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 */
export const matrixTranspose = (x: ArrayInput): BaseArray => swapaxes(x, -1, -2);

/**
 * Sum of products along an axis (the last); integers keep their dtype and wrap, as in matmul.
 * @example
 * np.vecdot(np.array([[1, 2], [3, 4]]), np.array([10, 1])) // [12, 34]
 */
export const vecdot = (x: ArrayInput, y: ArrayInput, axis?: OneAxis): BaseArray => {
  const at = axisOf('np.vecdot', axis, -1);
  const [a, b] = spread([moveaxis(x, at, -1), moveaxis(y, at, -1)]) as [BaseArray, BaseArray];
  return innermost(a, b);
};

/** Rows times columns of one shape, the last axis of both summed in one opening. */
const innermost = (a: BaseArray, b: BaseArray): BaseArray => {
  const out = matmul(expandDims(a, -2), expandDims(b, -1));
  return reshapeTo(out, out.shape.slice(0, -2));
};

/**
 * The matrix times the vector: a [.., n, m] and x [.., m] make [.., n]. Range and rounds as np.matmul. Throws SHAPE.
 * @example
 * np.matvec(np.array([[1, 2], [3, 4]]), np.array([10, 1])) // [12, 34]
 */
export const matvec = (a: ArrayInput, x: ArrayInput): BaseArray => {
  const out = matmul(a, expandDims(x, -1));
  return reshapeTo(out, out.shape.slice(0, -1));
};
/**
 * The vector times the matrix: x [.., n] and a [.., n, m] make [.., m]. Range and rounds as np.matmul. Throws SHAPE.
 * @example
 * np.vecmat(np.array([10, 1]), np.array([[1, 2], [3, 4]])) // [13, 24]
 */
export const vecmat = (x: ArrayInput, a: ArrayInput): BaseArray => matvec(matrixTranspose(a), x);

/**
 * The vector product of vectors of three numbers along an axis (the last); the others broadcast. Range and error as
 * np.multiply. On secrets: 1 round. Throws SHAPE for vectors of other lengths.
 * @example
 * np.cross(np.array([1, 0, 0]), np.array([0, 1, 0])) // [0, 0, 1]
 */
export const cross = (x: ArrayInput, y: ArrayInput, axis?: OneAxis): BaseArray => {
  const at = axisOf('np.cross', axis, -1);
  return moveaxis(turned(moveaxis(x, at, -1), moveaxis(y, at, -1)), -1, at);
};

const turned = (a: BaseArray, b: BaseArray): BaseArray => {
  if (a.shape.at(-1) !== 3 || b.shape.at(-1) !== 3)
    fail('SHAPE', `cross takes vectors of 3, not ${shapeText(a.shape)} and ${shapeText(b.shape)}`);
  const by = (v: BaseArray, by: number): BaseArray =>
    concatenate([block(v, v.ndim - 1, by, 3), block(v, v.ndim - 1, 0, by)], -1);
  return subtract(multiply(by(a, 1), by(b, 2)), multiply(by(a, 2), by(b, 1)));
};

/**
 * The product of several matrices, in the order that multiplies least. Range and rounds as np.matmul, one after
 * another. Throws SHAPE.
 * @example
 * np.linalg.multiDot([np.array([[1, 2]]), np.array([[3], [4]]), np.array([[5]])]) // [[55]]
 */
export const multiDot = (matrices: readonly ArrayInput[]): BaseArray => {
  const all = matrices.map(asArr);
  if (all.length === 0) fail('SHAPE', 'multiDot: no matrices');
  const cost = (from: number, to: number): { readonly work: number; readonly at: number } => {
    const key = from * all.length + to;
    const known = best.get(key);
    if (known) return known;
    let least = { work: from === to ? 0 : Number.POSITIVE_INFINITY, at: from };
    for (let at = from; at < to; at++) {
      const here = all[from]!.shape[0]! * all[at]!.shape.at(-1)! * all[to]!.shape.at(-1)!;
      const work = cost(from, at).work + cost(at + 1, to).work + here;
      if (work < least.work) least = { work, at };
    }
    best.set(key, least);
    return least;
  };
  const best = new Map<number, { readonly work: number; readonly at: number }>();
  const product = (from: number, to: number): BaseArray =>
    from === to ? all[from]! : matmul(product(from, cost(from, to).at), product(cost(from, to).at + 1, to));
  return product(0, all.length - 1);
};

/**
 * Norm of all elements as one vector, or along an axis: 2 unless `ord` says 1, Infinity or another. Error as np.sqrt.
 * @example
 * np.linalg.vectorNorm(np.array([3, 4])) // 5
 */
export const vectorNorm = (
  x: ArrayInput,
  ord?: NormOrder | NormOptions,
  axis?: Axis | NormOptions,
): BaseArray => {
  const given = readNorm('np.linalg.vectorNorm', ord, axis, 2);
  const a = asArr(x);
  if (given.axis === undefined || given.axis === null) {
    const whole = norm(ravel(a), given.ord);
    return given.keepdims
      ? reshapeTo(
          whole,
          a.shape.map(() => 1),
        )
      : whole;
  }
  return norm(a, given);
};
/**
 * Norm of a matrix (of matrices in the last two axes): 'fro' (root of the sum of squares), 1 (largest sum of a
 * column) or Infinity (of a row). Error as np.sqrt. Throws INVALID_ARGUMENT.
 * @example
 * np.linalg.matrixNorm(np.array([[3, 0], [0, 4]])) // 5
 */
export const matrixNorm = (x: ArrayInput, ord?: NormOrder | Omit<NormOptions, 'axis'>): BaseArray =>
  norm(x, { ...readNorm('np.linalg.matrixNorm', ord, undefined, 'fro'), axis: [-2, -1] });

/**
 * [sign, log |det|] of a square matrix whose determinant is not 0, of any size: the logarithms of the pivots are added up. By elimination with
 * partial pivoting, n steps. Throws SHAPE for other arrays.
 * @example
 * np.linalg.slogdet(np.array([[2, 0], [0, -3]])) // [-1, 1.7918]
 */
export const slogdet = (a: ArrayInput): [BaseArray, BaseArray] => {
  const { pivots, exchanges } = eliminated(squareMatrix('slogdet', a));
  if (pivots.length === 0) return [asArr(1), asArr(0)];
  const all = stack(pivots);
  return [prod(concatenate([sign(all), ...exchanges.map((x) => reshape(x, 1))])), sum(log(abs(all)))];
};

/**
 * Singular values of a matrix [m, n], downwards, float64 [min(m, n)]. Error as np.linalg.svd. Throws SHAPE for other
 * arrays.
 * @example
 * np.linalg.svdvals(np.array([[3, 0], [0, 2]])) // [3, 2]
 */
export const svdvals = (a: ArrayInput, options?: JacobiOptions): BaseArray => svd(a, options)[1];

/** Singular values from this share of the largest on count. */
const SMALL = math.pow2(-12);

const singular = (a: ArrayInput, share: number, options: JacobiOptions | undefined) => {
  const [u, s, vt] = svd(a, options);
  const small = less(s, multiply(max(s), share));
  return { u, s, vt, small };
};

/**
 * How many singular values are not small, which is `share` of the largest and more; int64. Error of the singular
 * values as np.linalg.svdvals.
 * @example
 * np.linalg.matrixRank(np.array([[1, 2], [2, 4]])) // 1
 */
export const matrixRank = (a: ArrayInput, share = SMALL, options?: JacobiOptions): BaseArray => {
  const { s, small } = singular(a, share, options);
  return subtract(s.size, sum(small));
};

/**
 * The pseudo-inverse; singular values below `share` of the largest count as 0.
 * @example
 * np.linalg.pinv(np.array([[2, 0], [0, 4]])) // [[0.5, 0], [0, 0.25]]
 */
export const pinv = (a: ArrayInput, share = SMALL, options?: JacobiOptions): BaseArray => {
  const { u, s, vt, small } = singular(a, share, options);
  const back = where(small, 0, reciprocal(where(small, 1, s)));
  return matmul(multiply(vt.T, back), u.T);
};

/**
 * Ratio of the largest singular value to the smallest, a scalar; that of np.divide by 0 where the smallest is 0.
 * Error as np.linalg.svdvals.
 * @example
 * np.linalg.cond(np.array([[4, 0], [0, 2]])) // 2
 */
export const cond = (a: ArrayInput, options?: JacobiOptions): BaseArray => {
  const s = svdvals(a, options);
  return divide(s.at(0), s.at(-1));
};

/**
 * The x for which |a x - b| is least; columns of a [m, n], m >= n, are to be independent.
 * @example
 * np.linalg.lstsq(np.array([[1, 0], [0, 2], [0, 0]]), np.array([3, 4, 5])) // [3, 2]
 */
export const lstsq = (a: ArrayInput, b: ArrayInput): BaseArray => {
  const [q, r] = qr(realMatrix('lstsq', a));
  return solve(r, matmul(q.T, convertTo(asArr(b), 'fxp')));
};

/**
 * Coefficients, from the highest power down, of the polynomial of this degree that fits the points best. Powers are scaled to
 * columns of one size, so that the system stays well conditioned; that of x itself is the user's: keep it near 0 and 1.
 * @example
 * np.polyfit(np.array([0, 1, 2]), np.array([1, 3, 5]), 1) // [2, 1]
 */
export const polyfit = (x: ArrayInput, y: ArrayInput, degree: number): BaseArray => {
  const powers = vander(x, degree + 1);
  const size = norm(powers, 2, 0);
  const c = lstsq(divide(powers, size), y);
  return divide(c, c.ndim === 1 ? size : expandDims(size, 1));
};

/**
 * The inverse with regard to np.tensordot: as np.linalg.inv, of an array whose first `ind` axes are the rows of a
 * matrix. Throws SHAPE where that is not square.
 * @example
 * np.linalg.tensorinv(np.array([[2, 0], [0, 4]]), 1) // [[0.5, 0], [0, 0.25]]
 */
export const tensorinv = (a: ArrayInput, ind = 2): BaseArray => {
  const x = asArr(a);
  const [rows, columns] = [x.shape.slice(0, ind), x.shape.slice(ind)];
  return reshape(inv(reshape(x, [sizeOf(rows), sizeOf(columns)])), [...columns, ...rows]);
};

/**
 * The x with tensordot(a, x) = b, as np.linalg.solve of a as a matrix. Throws SHAPE where that is not square.
 * @example
 * np.linalg.tensorsolve(np.array([[2, 0], [0, 4]]), np.array([2, 4])) // [1, 1]
 */
export const tensorsolve = (a: ArrayInput, b: ArrayInput): BaseArray => {
  const [x, y] = [asArr(a), asArr(b)];
  const rest = x.shape.slice(y.ndim);
  return reshape(solve(reshape(x, [y.size, sizeOf(rest)]), ravel(y)), rest);
};
