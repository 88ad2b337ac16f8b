/** @file Public numbers that follow a rule: grids, windows, index lists. The same on every engine, so that parties agree on them. */
import { fail } from '../errors.ts';
import { type Shape, sizeOf } from '../ir/ops/graph.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import * as math from '../ring/math/index.ts';
import { cos, exp, log } from '../ring/math/index.ts';
import { type ArrayInput, asArr, convertTo, isBool, reshapeTo } from './core.ts';
import { arange, full, linspace, readShape, type ShapeInput } from './create.ts';
import { add, multiply } from './elementwise.ts';

const real = (values: readonly number[]): NDArray =>
  new NDArray([values.length], 'fxp', Float64Array.from(values));
const ints = (values: readonly number[], shape: Shape = [values.length]): NDArray =>
  new NDArray(shape, 'int64', BigInt64Array.from(values, BigInt));
const upTo = (n: number, of: (i: number) => number): NDArray =>
  real(Array.from({ length: n > 0 ? readShape(n)[0]! : 0 }, (_, i) => of(i)));

/**
 * base (10) to the powers of `num` (50) numbers that are evenly apart from start to stop, public.
 * @example
 * np.logspace(0, 2, 3) // [1, 10, 100]
 */
export const logspace = (start: number, stop: number, num = 50, endpoint = true, base = 10): BaseArray => {
  const exponents = linspace(start, stop, num, endpoint) as NDArray;
  return real(Array.from(exponents.data as Float64Array, (x) => math.pow(base, x)));
};

/**
 * `num` numbers (50) from start to stop with one ratio between neighbours, public; without the end where `endpoint`
 * is false. Throws RANGE for ends of two signs or 0.
 * @example
 * np.geomspace(1, 8, 4) // [1, 2, 4, 8]
 */
export const geomspace = (start: number, stop: number, num = 50, endpoint = true): BaseArray => {
  if (!(Math.sign(start) * Math.sign(stop) > 0 && Number.isFinite(start) && Number.isFinite(stop)))
    fail('RANGE', `geomspace needs finite ends of one sign, not ${start} and ${stop}`);
  const steps = endpoint ? num - 1 : num;
  return upTo(num, (i) =>
    i === 0 ? start : endpoint && i === steps ? stop : start * exp((log(stop / start) * i) / steps),
  );
};

/** A window of cosines: sum of c[k] cos(2 pi k i / (n - 1)). */
const cosines =
  (...c: readonly number[]) =>
  (n: number): BaseArray =>
    upTo(n, (i) =>
      n === 1 ? 1 : c.reduce((sum, v, k) => sum + v * cos((2 * Math.PI * k * i) / (n - 1)), 0),
    );

/**
 * The Hann window of n points, public. Throws SHAPE for a length that is none.
 * @example
 * np.hanning(3) // [0, 1, 0]
 */
export const hanning = cosines(0.5, -0.5);
/**
 * The Hamming window of n points, public. Throws SHAPE for a length that is none.
 * @example
 * np.hamming(3) // [0.08, 1, 0.08]
 */
export const hamming = cosines(0.54, -0.46);
/**
 * The Blackman window of n points, public. Throws SHAPE for a length that is none.
 * @example
 * np.blackman(5) // [0, 0.34, 1, 0.34, 0]
 */
export const blackman = cosines(0.42, -0.5, 0.08);
/**
 * The triangular window of n points, 0 at both ends, public. Throws SHAPE for a length that is none.
 * @example
 * np.bartlett(5) // [0, 0.5, 1, 0.5, 0]
 */
export const bartlett = (n: number): BaseArray =>
  upTo(n, (i) => (n === 1 ? 1 : 1 - Math.abs((2 * i) / (n - 1) - 1)));

/** The modified Bessel function of order 0, by its power series. */
const bessel = (x: number): number => {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x * x) / (4 * k * k);
    sum += term;
  }
  return sum;
};
/**
 * Kaiser's window of n points and shape beta, public. Throws SHAPE for a length that is none.
 * @example
 * np.kaiser(3, 0) // [1, 1, 1]
 */
export const kaiser = (n: number, beta: number): BaseArray =>
  upTo(n, (i) =>
    n === 1 ? 1 : bessel(beta * Math.sqrt(1 - math.pow((2 * i) / (n - 1) - 1, 2))) / bessel(beta),
  );

/**
 * Ones on diagonal k of an n x m matrix and below it, the rest 0, float64, public. Throws SHAPE.
 * @example
 * np.tri(2, 3) // [[1, 0, 0], [1, 1, 0]]
 */
export const tri = (n: number, m: number = n, k = 0): BaseArray =>
  new NDArray(
    [n, m],
    'fxp',
    Float64Array.from({ length: n * m }, (_, i) => Number((i % m) - Math.floor(i / m) <= k)),
  );

/** Row numbers and column numbers of the entries that pass. */
const entries = (
  n: number,
  m: number,
  passes: (row: number, column: number) => boolean,
): [BaseArray, BaseArray] => {
  const all = Array.from({ length: n * m }, (_, i) => [Math.floor(i / m), i % m] as const);
  const kept = all.filter(([row, column]) => passes(row, column));
  return [ints(kept.map(([row]) => row)), ints(kept.map(([, column]) => column))];
};
/**
 * The places of the lower triangle of an n x m matrix up to diagonal `k`: rows and columns, int64, public.
 * @example
 * np.trilIndices(2) // [[0, 1, 1], [0, 0, 1]]
 */
export const trilIndices = (n: number, k = 0, m: number = n): [BaseArray, BaseArray] =>
  entries(n, m, (row, column) => column - row <= k);
/**
 * The places of the upper triangle of an n x m matrix from diagonal `k` on: rows and columns, int64, public.
 * @example
 * np.triuIndices(2) // [[0, 0, 1], [0, 1, 1]]
 */
export const triuIndices = (n: number, k = 0, m: number = n): [BaseArray, BaseArray] =>
  entries(n, m, (row, column) => column - row >= k);
/**
 * The places of the main diagonal of an array of `ndim` axes of length n: one list an axis, int64, public.
 * @example
 * np.diagIndices(3) // [[0, 1, 2], [0, 1, 2]]
 */
export const diagIndices = (n: number, ndim = 2): BaseArray[] =>
  Array.from({ length: ndim }, () => arange(n));

const matrixShape = (name: string, x: ArrayInput): [number, number] => {
  const { shape } = asArr(x);
  return shape.length === 2
    ? [shape[0]!, shape[1]!]
    : fail('SHAPE', `${name} takes a matrix, not an array of ${shapeText(shape)}`);
};
/**
 * As np.trilIndices, of the shape of a matrix. Throws SHAPE for other arrays.
 * @example
 * np.trilIndicesFrom([[1, 2], [3, 4]]) // [[0, 1, 1], [0, 0, 1]]
 */
export const trilIndicesFrom = (x: ArrayInput, k = 0): [BaseArray, BaseArray] => {
  const [n, m] = matrixShape('trilIndicesFrom', x);
  return trilIndices(n, k, m);
};
/**
 * As np.triuIndices, of the shape of a matrix. Throws SHAPE for other arrays.
 * @example
 * np.triuIndicesFrom([[1, 2], [3, 4]]) // [[0, 0, 1], [0, 1, 1]]
 */
export const triuIndicesFrom = (x: ArrayInput, k = 0): [BaseArray, BaseArray] => {
  const [n, m] = matrixShape('triuIndicesFrom', x);
  return triuIndices(n, k, m);
};
/**
 * As np.diagIndices, of the shape of an array whose axes are of one length. Throws SHAPE for others.
 * @example
 * np.diagIndicesFrom([[1, 2], [3, 4]]) // [[0, 1], [0, 1]]
 */
export const diagIndicesFrom = (x: ArrayInput): BaseArray[] => {
  const { shape } = asArr(x);
  if (shape.length < 2 || shape.some((n) => n !== shape[0]))
    fail('SHAPE', `diagIndicesFrom takes two or more axes of one length, not ${shapeText(shape)}`);
  return diagIndices(shape[0]!, shape.length);
};
/**
 * The places where `mask` (such as np.triu) leaves an n x n matrix of ones other than 0: rows and columns, int64,
 * public.
 * @example
 * np.maskIndices(2, np.triu) // [[0, 0, 1], [0, 1, 1]]
 */
export const maskIndices = (
  n: number,
  mask: (ones: BaseArray, k: number) => BaseArray,
  k = 0,
): [BaseArray, BaseArray] => {
  const left = mask(full([n, n], 1), k);
  if (!(left instanceof NDArray)) return fail('UNSUPPORTED', 'maskIndices: the mask is to be public');
  return entries(n, n, (row, column) => Number(left.data[row * n + column]) !== 0);
};

const trueAt = (x: BaseArray): BaseArray =>
  x instanceof NDArray
    ? ints(Array.from(x.data as Uint8Array, (v, i) => (v === 0 ? -1 : i)).filter((i) => i >= 0))
    : fail('UNSUPPORTED', 'ix: how many of secret bools are true would show');

/**
 * Lists as an open mesh: list i along axis i. Of public bools the places that are true; secret ones throw UNSUPPORTED.
 * @example
 * np.ix([0, 1], [2]) // [[[0], [1]], [[2]]]
 */
export const ix = (...lists: readonly ArrayInput[]): BaseArray[] =>
  lists.map((list, i) => {
    const a = asArr(list);
    if (a.ndim !== 1) fail('SHAPE', `ix takes lists, not an array of ${shapeText(a.shape)}`);
    const at = isBool(a) ? trueAt(a) : a;
    return reshapeTo(
      at,
      lists.map((_, k) => (k === i ? at.size : 1)),
    );
  });

/**
 * Places in the flattened array of positions in each axis, public or secret, int64. Known ones throw RANGE outside.
 * @example
 * np.ravelMultiIndex([np.array([0, 1], 'int32'), np.array([2, 0], 'int32')], [2, 3]) // [2, 3]
 */
export const ravelMultiIndex = (at: readonly ArrayInput[], shape: ShapeInput): BaseArray => {
  const to = readShape(shape);
  if (at.length !== to.length || at.length === 0)
    fail('SHAPE', `ravelMultiIndex: ${at.length} lists for ${to.length} axes`);
  const parts = at.map((given, axis) => {
    const a = asArr(given);
    if (a instanceof NDArray && a.data.some((i) => Number(i) < 0 || Number(i) >= to[axis]!))
      fail('RANGE', `a position is out of bounds for axis ${axis} of size ${to[axis]}`);
    return multiply(convertTo(a, 'int64'), sizeOf(to.slice(axis + 1)));
  });
  return parts.reduce(add);
};

/**
 * Along a new first axis, the position of each place of a shape in each axis, int64, public. Throws SHAPE.
 * @example
 * np.indices([2, 2]) // [[[0, 0], [1, 1]], [[0, 1], [0, 1]]]
 */
export const indices = (shape: ShapeInput): BaseArray => {
  const to = readShape(shape);
  const n = sizeOf(to);
  const along = to.flatMap((size, axis) => {
    const step = sizeOf(to.slice(axis + 1));
    return Array.from({ length: n }, (_, i) => Math.floor(i / step) % size);
  });
  return ints(along, [to.length, ...to]);
};

/**
 * `fn` of the positions in each axis (int64 arrays of the shape), called once for all places. Public. Throws SHAPE.
 * @example
 * np.fromfunction((i, j) => np.add(np.multiply(i, 10), j), [2, 2]) // [[0, 1], [10, 11]]
 */
export const fromfunction = (fn: (...at: BaseArray[]) => ArrayInput, shape: ShapeInput): BaseArray => {
  const to = readShape(shape);
  const at = indices(to);
  return asArr(fn(...to.map((_, i) => at.at(i))));
};

/**
 * Positions in each axis of places in the flattened array of a shape: one int64 array an axis. Places are public.
 * Throws RANGE for a place outside, UNSUPPORTED for a secret.
 * @example
 * np.unravelIndex([2, 3], [2, 3]) // [[0, 1], [2, 0]]
 */
export const unravelIndex = (places: ArrayInput, shape: ShapeInput): BaseArray[] => {
  const to = readShape(shape);
  const flat = asArr(places);
  if (!(flat instanceof NDArray)) return fail('UNSUPPORTED', 'unravelIndex takes public places');
  const list = Array.from(flat.data as Float64Array, Number);
  const n = sizeOf(to);
  if (list.some((i) => i < 0 || i >= n))
    fail('RANGE', `a place is out of bounds for an array of ${n} elements`);
  return to.map((size, axis) => {
    const step = sizeOf(to.slice(axis + 1));
    return ints(
      list.map((i) => Math.floor(i / step) % size),
      flat.shape,
    );
  });
};
