/** @file Diagonals, triangles, grids and products of blocks. None costs more than the multiplications it names. */
import { fail } from '../errors.ts';
import { normalAxis } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply } from '../ir/trace/tracer.ts';
import { where } from './compare.ts';
import { type ArrayInput, asArr, broadcast, reshapeTo } from './core.ts';
import { multiply } from './elementwise.ts';
import { argumentsOf } from './options.ts';
import { sum } from './reduce.ts';
import { moveaxis, ravel } from './shape.ts';

/** Which entries of an n x m matrix pass. */
const mask = (n: number, m: number, test: (row: number, column: number) => boolean): NDArray =>
  new NDArray(
    [n, m],
    'bool',
    Uint8Array.from({ length: n * m }, (_, i) => Number(test(Math.floor(i / m), i % m))),
  );

const triangle =
  (keeps: (row: number, column: number, k: number) => boolean) =>
  (x: ArrayInput, k = 0): BaseArray => {
    const a = asArr(x);
    if (a.ndim < 2) fail('SHAPE', 'a triangle is that of a matrix');
    const [n, m] = a.shape.slice(-2) as [number, number];
    return where(
      mask(n, m, (row, column) => keeps(row, column, k)),
      a,
      NDArray.from(0, a.dtype),
    );
  };

/**
 * The upper triangle of the last two axes from diagonal k on, the rest 0. Local. Throws SHAPE for less than two axes.
 * @example
 * np.triu(np.array([[1, 2], [3, 4]])) // [[1, 2], [0, 4]]
 */
export const triu = triangle((row, column, k) => column - row >= k);
/**
 * The lower triangle of the last two axes up to diagonal k, the rest 0. Local. Throws SHAPE for less than two axes.
 * @example
 * np.tril(np.array([[1, 2], [3, 4]])) // [[1, 0], [3, 4]]
 */
export const tril = triangle((row, column, k) => column - row <= k);

export interface DiagonalOptions {
  readonly offset?: number;
  readonly axis1?: number;
  readonly axis2?: number;
}

/**
 * Diagonal `offset` of the matrices in two axes (the first two), as a new last axis. Local. Throws SHAPE for less
 * than two axes.
 * @example
 * np.diagonal(np.array([[1, 2], [3, 4]])) // [1, 4]
 * np.diagonal(np.array([[1, 2], [3, 4]]), 1) // [2]
 */
export const diagonal = (
  x: ArrayInput,
  offset?: number | DiagonalOptions,
  axis1?: number | DiagonalOptions,
  axis2?: number | DiagonalOptions,
): BaseArray => {
  const options = argumentsOf<DiagonalOptions>(
    'np.diagonal',
    { offset, axis1, axis2 },
    { offset: 0, axis1: 0, axis2: 1 },
  );
  return diagonalOf(x, options.offset, options.axis1, options.axis2);
};

const diagonalOf = (x: ArrayInput, k: number, axis1: number, axis2: number): BaseArray => {
  const given = asArr(x);
  if (given.ndim < 2) fail('SHAPE', 'diag requires an array of at least two dimensions');
  const a = moveaxis(given, [normalAxis(axis1, given.ndim), normalAxis(axis2, given.ndim)], [-2, -1]);
  const [n, m] = a.shape.slice(-2) as [number, number];
  const length = Math.max(0, Math.min(n + Math.min(k, 0), m - Math.max(k, 0)));
  const first = k >= 0 ? k : -k * m;
  const flat = reshapeTo(a, [...a.shape.slice(0, -2), n * m]);
  const indices = Array.from({ length }, (_, i) => first + i * (m + 1));
  return apply('gather', [flat], { axis: flat.ndim - 1, indices });
};

/**
 * A vector of n as diagonal k of a matrix of n + |k| rows, the rest 0; of a matrix its diagonal k. Local. Throws
 * SHAPE for other arrays.
 * @example
 * np.diag(np.array([1, 2])) // [[1, 0], [0, 2]]
 * np.diag(np.array([[1, 2], [3, 4]])) // [1, 4]
 */
export const diag = (x: ArrayInput, k = 0): BaseArray => {
  const a = asArr(x);
  if (a.ndim === 2) return diagonal(a, k);
  if (a.ndim !== 1) return fail('SHAPE', 'Input must be 1- or 2-d.');
  const n = a.size + Math.abs(k);
  const padded = apply('pad', [a, NDArray.from(0, a.dtype)], { lo: [0], hi: [1] });
  const indices = Array.from({ length: n * n }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    return column - row === k ? Math.min(row, column) : a.size;
  });
  return reshapeTo(apply('gather', [padded], { axis: 0, indices }), [n, n]);
};

/**
 * All elements, flattened, as diagonal k of a matrix, the rest 0. Local.
 * @example
 * np.diagflat(np.array([[1], [2]])) // [[1, 0], [0, 2]]
 */
export const diagflat = (x: ArrayInput, k = 0): BaseArray => diag(ravel(x), k);

/**
 * Sum of a diagonal, which np.diagonal takes with the same options. Dtype as np.sum. Local. Throws SHAPE for less
 * than two axes.
 * @example
 * np.trace(np.array([[1, 2], [3, 4]])) // 5
 */
export const trace = (
  x: ArrayInput,
  offset?: number | DiagonalOptions,
  axis1?: number | DiagonalOptions,
  axis2?: number | DiagonalOptions,
): BaseArray => sum(diagonal(x, offset, axis1, axis2), -1);

/**
 * Kronecker product: every element of x times all of y, in blocks. Range and error as np.multiply. On secrets: 1
 * round.
 * @example
 * np.kron(np.array([1, 10]), np.array([1, 2])) // [1, 2, 10, 20]
 */
export const kron = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = [asArr(x), asArr(y)];
  const rank = Math.max(a.ndim, b.ndim);
  const full = (s: readonly number[]): number[] => [...new Array<number>(rank - s.length).fill(1), ...s];
  const [p, q] = [full(a.shape), full(b.shape)];
  const left = reshapeTo(
    a,
    p.flatMap((n) => [n, 1]),
  );
  const right = reshapeTo(
    b,
    q.flatMap((n) => [1, n]),
  );
  return reshapeTo(
    multiply(left, right),
    p.map((n, i) => n * q[i]!),
  );
};

/**
 * Coordinates of a grid, one array an operand; 'xy' counts the first along columns, 'ij' along rows.
 * @example
 * np.meshgrid([np.array([1, 2]), np.array([3, 4])]) // [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
 */
export const meshgrid = (axes: readonly ArrayInput[], indexing: 'xy' | 'ij' = 'xy'): BaseArray[] => {
  const vectors = axes.map(ravel);
  const swap = indexing === 'xy' && vectors.length > 1;
  const place = (i: number): number => (swap && i < 2 ? 1 - i : i);
  const shape: number[] = [];
  for (const [i, v] of vectors.entries()) shape[place(i)] = v.size;
  return vectors.map((v, i) =>
    broadcast(
      reshapeTo(
        v,
        shape.map((n, k) => (k === place(i) ? n : 1)),
      ),
      shape,
    ),
  );
};
