/** @file Factorisations of small matrices: Cholesky, QR, and eigenvalues and singular values by Jacobi's rotations. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply } from '../ir/trace/tracer.ts';
import * as math from '../ring/math/index.ts';
import { equal, less, where, within } from './compare.ts';
import { type ArrayInput, convertTo, reshapeTo } from './core.ts';
import { arange, eye, zeros } from './create.ts';
import {
  add,
  divide,
  fineRsqrt,
  maximum,
  multiply,
  negative,
  rsqrt,
  sqrt,
  square,
  subtract,
} from './elementwise.ts';
import { isSecret } from './indexing.ts';
import { concatenate, pad, stack } from './join.ts';
import { matmul, outer } from './linalg.ts';
import { fori } from './loops.ts';
import { optionsOf } from './options.ts';
import { sum } from './reduce.ts';
import { expandDims } from './shape.ts';
import { realMatrix, squareMatrix } from './solving.ts';
import { argsort } from './sorting.ts';

/**
 * The lower triangle l with l l^T = a, for a symmetric and positive. Rounds 9 n.
 * @example
 * np.linalg.cholesky(np.array([[4, 2], [2, 5]])) // [[2, 0], [1, 2]]
 */
export const cholesky = (a: ArrayInput): BaseArray => {
  let rest = squareMatrix('cholesky', a);
  const n = rest.shape[0]!;
  const columns: BaseArray[] = [];
  for (let j = 0; j < n; j++) {
    const column = multiply(rest.slice(':', 0), fineRsqrt(rest.at(0, 0), 'fine'));
    columns.push(pad(column, [[j, 0]]));
    const below = column.slice('1:');
    if (j < n - 1) rest = subtract(rest.slice('1:', '1:'), outer(below, below));
  }
  return n === 0 ? rest : stack(columns, 1);
};

/**
 * [q, r] with q r = a (m x n, m >= n), columns of q orthonormal, r upper with a positive diagonal (LAPACK's may be
 * negative). Gram and Schmidt, each column twice. Columns are to be independent. q is off by a few units in the last place, and r by those
 * times the length of its column.
 * @example
 * np.linalg.qr(np.array([[3, 0], [0, 2]])) // [[[1, 0], [0, 1]], [[3, 0], [0, 2]]]
 */
export const qr = (a: ArrayInput): [BaseArray, BaseArray] => {
  const given = realMatrix('qr', a);
  const [m, n] = given.shape as [number, number];
  if (m < n) fail('UNSUPPORTED', `qr takes at least as many rows as columns, not ${m} and ${n}`);
  const done: BaseArray[] = [];
  const columns: BaseArray[] = [];
  for (let j = 0; j < n; j++) {
    let v = given.slice(':', j);
    let shares: BaseArray = zeros([j]);
    for (let pass = 0; pass < 2 && j > 0; pass++) {
      const q = stack(done, 1);
      const part = matmul(v, q);
      v = subtract(v, matmul(q, part));
      shares = add(shares, part);
    }
    const unit = divide(v, sqrt(sum(square(v))));
    done.push(unit);
    const entries = concatenate([shares, reshapeTo(sum(multiply(v, unit)), [1])]);
    columns.push(pad(entries, [[0, n - 1 - j]]));
  }
  return [stack(done, 1), stack(columns, 1)];
};

type Pair = readonly [p: number, q: number];

/** Rounds of disjoint pairs in which everybody meets everybody once (a tournament by the circle method). */
export const meetings = (n: number): Pair[][] => {
  const seats = n + (n % 2);
  return Array.from({ length: seats - 1 }, (_, round) => {
    const at = (i: number): number => (i === 0 ? 0 : 1 + ((i - 1 + round) % (seats - 1)));
    return Array.from({ length: seats / 2 }, (_, i): Pair => {
      const [a, b] = [at(i), at(seats - 1 - i)];
      return a < b ? [a, b] : [b, a];
    }).filter(([, q]) => q < n);
  });
};

/** Added to a denominator that may be 0, and a unit of the ring at least; a rotation that is a little off is a rotation still. */
const TINY = math.pow2(-11);

/**
 * The rotation of each pair that clears its entry h / 2, d being the difference of its diagonal entries (Golub and Van
 * Loan, Matrix Computations, 8.5.2, without the quotient that overflows), as one orthogonal n x n matrix.
 */
const rotation = (d: BaseArray, h: BaseArray, pairs: readonly Pair[], n: number): BaseArray => {
  const minus = less(d, 0);
  const size = where(minus, negative(d), d);
  const root = sqrt(add(square(d), square(h)));
  const t = divide(where(minus, negative(h), h), add(add(size, root), maximum(apply('epsilon', []), TINY)));
  // |t| is at most 1.
  const c = rsqrt(within(add(square(t), 1), 1, 2.5));
  const s = multiply(t, c);
  const parts = concatenate([c, s, negative(s), [0, 1]]);
  const k = pairs.length;
  const place = new Array<number>(n * n).fill(3 * k);
  for (let i = 0; i < n; i++) place[i * n + i] = 3 * k + 1;
  for (const [i, [p, q]] of pairs.entries()) {
    place[p * n + p] = i;
    place[q * n + q] = i;
    place[p * n + q] = k + i;
    place[q * n + p] = 2 * k + i;
  }
  return parts.take(new NDArray([n, n], 'int64', BigInt64Array.from(place, BigInt)));
};

const entries = (m: BaseArray, list: readonly Pair[]): BaseArray => {
  const n = m.shape[1]!;
  return m.reshape(m.size).take(BigInt64Array.from(list, ([i, j]) => BigInt(i * n + j)));
};

const sweepsFor = (n: number, sweeps: number | undefined): number =>
  sweeps ?? Math.ceil(math.log2(Math.max(2, n))) + 3;

/** The columns of x in the order of `positions`. */
const reordered = (x: BaseArray, positions: BaseArray): BaseArray => {
  const n = positions.size;
  const chosen = convertTo(equal(expandDims(arange(n), 1), positions), 'fxp');
  return matmul(x, chosen);
};

/** To which length a matrix is brought: fourth powers of its entries fit under a range guard of FM32, and they have more bits than those of a unit matrix. */
const LENGTH = 7;

/** A matrix at that length, and its own over that. So rotations, whose squares are squared, take matrices of any size. */
const brought = (a: BaseArray): { readonly matrix: BaseArray; readonly size: BaseArray } => {
  const squares = sum(square(a));
  // Of a secret 0 the inverse is finite.
  const inverse = isSecret(a) ? fineRsqrt(squares, 'unit') : rsqrt(maximum(squares, math.pow2(-500)));
  return {
    matrix: multiply(multiply(a, LENGTH), inverse),
    size: multiply(sqrt(squares), 1 / LENGTH),
  };
};

export interface JacobiOptions {
  /** How often all pairs are gone through: log2 n + 3 when left out. */
  readonly sweeps?: number;
}

const sweepsOf = (name: string, options: JacobiOptions | undefined): number | undefined =>
  optionsOf(`np.linalg.${name}`, options, { sweeps: undefined }).sweeps;

/**
 * [eigenvalues upwards, eigenvectors as columns] of a symmetric matrix, of any size: sweeps of disjoint rotations at once. Errors of values are
 * about 2^-20 (FM128, 26 fraction bits) of the largest, those of vectors absolute. Rounds about 32 (n - 1) a sweep. Signs of the vectors are as they come out, as in NumPy.
 * @example
 * np.linalg.eigh(np.array([[2, 0], [0, 1]]))[0] // [1, 2]
 */
export const eigh = (a: ArrayInput, options?: JacobiOptions): [BaseArray, BaseArray] => {
  const sweeps = sweepsOf('eigh', options);
  const given = squareMatrix('eigh', a);
  const n = given.shape[0]!;
  const step = (m: BaseArray, v: BaseArray, pairs: readonly Pair[]): [BaseArray, BaseArray] => {
    const at = (pick: (pair: Pair) => Pair): BaseArray => entries(m, pairs.map(pick));
    const d = subtract(
      at(([, q]) => [q, q]),
      at(([p]) => [p, p]),
    );
    const j = rotation(
      d,
      multiply(
        at((pair) => pair),
        2,
      ),
      pairs,
      n,
    );
    return [matmul(j.T, matmul(m, j)), matmul(v, j)];
  };
  const rounds = meetings(n).filter((pairs) => pairs.length > 0);
  const [, turned] = fori(
    0,
    rounds.length === 0 ? 0 : sweepsFor(n, sweeps),
    (_i, [start, basis]) =>
      rounds.reduce<[BaseArray, BaseArray]>(([x, y], pairs) => step(x, y, pairs), [start, basis]),
    [brought(given).matrix, eye(n)],
  );
  // The rotations were a little off each: columns of length 1 again (Newton and Schulz), and what they do to the matrix itself.
  const v = matmul(turned, subtract(multiply(eye(n), 1.5), multiply(matmul(turned.T, turned), 0.5)));
  const values = sum(multiply(v, matmul(given, v)), 0);
  const order = argsort(values);
  return [reshapeTo(reordered(reshapeTo(values, [1, n]), order), [n]), reordered(v, order)];
};

/**
 * Eigenvalues of a symmetric matrix, rising. Range and error as np.linalg.eigh. Throws SHAPE for what is no square
 * matrix.
 * @example
 * np.linalg.eigvalsh(np.array([[2, 1], [1, 2]])) // [1, 3]
 */
export const eigvalsh = (a: ArrayInput, options?: JacobiOptions): BaseArray => eigh(a, options)[0];

/**
 * [u, s, vt] with u diag(s) vt = a and s downwards: one-sided rotations of columns (Hestenes), which never square the
 * condition number. Reduced form. Errors are as np.linalg.eigh's. Columns of u that belong to a singular value below 2^-12 of the length of a (the root of the
 * sum of its squares) are not normal.
 * @example
 * np.linalg.svd(np.array([[3, 0], [0, 2]]))[1] // [3, 2]
 */
export const svd = (a: ArrayInput, options?: JacobiOptions): [BaseArray, BaseArray, BaseArray] => {
  const sweeps = sweepsOf('svd', options);
  const given = realMatrix('svd', a);
  const [rows, n] = given.shape as [number, number];
  if (rows < n) {
    const [u, s, vt] = svd(given.T, options);
    return [vt.T, s, u.T];
  }
  const { matrix, size } = brought(given);
  const step = (g: BaseArray, v: BaseArray, pairs: readonly Pair[]): [BaseArray, BaseArray] => {
    const [p, q] = [0, 1].map((k) =>
      g.take(
        BigInt64Array.from(pairs, (pair) => BigInt(pair[k as 0]!)),
        1,
      ),
    ) as [BaseArray, BaseArray];
    // |q|^2 - |p|^2 = (q - p) . (q + p)
    const d = sum(multiply(subtract(q, p), add(q, p)), 0);
    const j = rotation(d, multiply(sum(multiply(p, q), 0), 2), pairs, n);
    return [matmul(g, j), matmul(v, j)];
  };
  const rounds = meetings(n).filter((pairs) => pairs.length > 0);
  const [g, v] = fori(
    0,
    rounds.length === 0 ? 0 : sweepsFor(n, sweeps),
    (_i, [start, basis]) =>
      rounds.reduce<[BaseArray, BaseArray]>(([x, y], pairs) => step(x, y, pairs), [start, basis]),
    [matrix, eye(n)],
  );
  const lengths = sum(square(g), 0);
  const order = argsort(negative(lengths));
  const values = sqrt(lengths);
  const u = multiply(g, rsqrt(maximum(lengths, math.pow2(-16))));
  const columns = reordered(concatenate([u, v, reshapeTo(multiply(values, size), [1, n])]), order);
  return [columns.slice([0, rows]), columns.at(rows + n), columns.slice([rows, rows + n]).T];
};
