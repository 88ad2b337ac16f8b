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
import { concatenate } from './join.ts';
import { matmul } from './linalg.ts';
import { vander } from './polynomial.ts';
import { max, sum } from './reduce.ts';
import { expandDims, moveaxis, ravel, reshape, swapaxes } from './shape.ts';
import { det, inv, type NormOptions, type NormOrder, norm, readNorm, realMatrix, solve } from './solving.ts';

/** The last two axes exchanged. */
export const matrixTranspose = (x: ArrayInput): BaseArray => swapaxes(x, -1, -2);

/** Sum of products along an axis (the last); integers keep their dtype and wrap, as in matmul. */
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

/** Matrices times vectors, both perhaps in batches. */
export const matvec = (a: ArrayInput, x: ArrayInput): BaseArray => {
  const out = matmul(a, expandDims(x, -1));
  return reshapeTo(out, out.shape.slice(0, -1));
};
export const vecmat = (x: ArrayInput, a: ArrayInput): BaseArray => matvec(matrixTranspose(a), x);

/** The vector product of vectors of three numbers along an axis (the last). */
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

/** Products of several matrices in the order that multiplies least. */
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

/** Norm of all elements as one vector, or along an axis. */
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
/** Norm of a matrix (of matrices in the last two axes): 'fro', 1 or infinity. */
export const matrixNorm = (x: ArrayInput, ord?: NormOrder | Omit<NormOptions, 'axis'>): BaseArray =>
  norm(x, { ...readNorm('np.linalg.matrixNorm', ord, undefined, 'fro'), axis: [-2, -1] });

/** [sign, log |det|]; the determinant is not to be 0. */
export const slogdet = (a: ArrayInput): [BaseArray, BaseArray] => {
  const value = det(a);
  return [sign(value), log(abs(value))];
};

/** Singular values, downwards. */
export const svdvals = (a: ArrayInput, options?: JacobiOptions): BaseArray => svd(a, options)[1];

/** Singular values from this share of the largest on count. */
const SMALL = math.pow2(-12);

const singular = (a: ArrayInput, share: number, options: JacobiOptions | undefined) => {
  const [u, s, vt] = svd(a, options);
  const small = less(s, multiply(max(s), share));
  return { u, s, vt, small };
};

/** How many singular values are not small: at least `share` of the largest. */
export const matrixRank = (a: ArrayInput, share = SMALL, options?: JacobiOptions): BaseArray => {
  const { s, small } = singular(a, share, options);
  return subtract(s.size, sum(small));
};

/** The pseudo-inverse; singular values below `share` of the largest count as 0. */
export const pinv = (a: ArrayInput, share = SMALL, options?: JacobiOptions): BaseArray => {
  const { u, s, vt, small } = singular(a, share, options);
  const back = where(small, 0, reciprocal(where(small, 1, s)));
  return matmul(multiply(vt.T, back), u.T);
};

/** Ratio of the largest singular value to the smallest. */
export const cond = (a: ArrayInput, options?: JacobiOptions): BaseArray => {
  const s = svdvals(a, options);
  return divide(s.at(0), s.at(-1));
};

/** The x for which |a x - b| is least; columns of a [m, n], m >= n, are to be independent. */
export const lstsq = (a: ArrayInput, b: ArrayInput): BaseArray => {
  const [q, r] = qr(realMatrix('lstsq', a));
  return solve(r, matmul(q.T, convertTo(asArr(b), 'fxp')));
};

/**
 * Coefficients, from the highest power down, of the polynomial of this degree that fits the points best. Powers are scaled to
 * columns of one size, so that the system stays well conditioned; that of x itself is the user's: keep it near 0 and 1.
 */
export const polyfit = (x: ArrayInput, y: ArrayInput, degree: number): BaseArray => {
  const powers = vander(x, degree + 1);
  const size = norm(powers, 2, 0);
  const c = lstsq(divide(powers, size), y);
  return divide(c, c.ndim === 1 ? size : expandDims(size, 1));
};

/** As inv, of an array whose first `ind` axes are the rows of a matrix. */
export const tensorinv = (a: ArrayInput, ind = 2): BaseArray => {
  const x = asArr(a);
  const [rows, columns] = [x.shape.slice(0, ind), x.shape.slice(ind)];
  return reshape(inv(reshape(x, [sizeOf(rows), sizeOf(columns)])), [...columns, ...rows]);
};

/** The x with tensordot(a, x) = b. */
export const tensorsolve = (a: ArrayInput, b: ArrayInput): BaseArray => {
  const [x, y] = [asArr(a), asArr(b)];
  const rest = x.shape.slice(y.ndim);
  return reshape(solve(reshape(x, [y.size, sizeOf(rest)]), ravel(y)), rest);
};
