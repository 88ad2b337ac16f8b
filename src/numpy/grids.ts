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

/** base to numbers that are evenly apart. */
export const logspace = (start: number, stop: number, num = 50, endpoint = true, base = 10): BaseArray => {
  const exponents = linspace(start, stop, num, endpoint) as NDArray;
  return real(Array.from(exponents.data as Float64Array, (x) => math.pow(base, x)));
};

/** Numbers of one sign with one ratio between neighbours. */
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

export const hanning = cosines(0.5, -0.5);
export const hamming = cosines(0.54, -0.46);
export const blackman = cosines(0.42, -0.5, 0.08);
/** The triangle. */
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
/** Kaiser's window. */
export const kaiser = (n: number, beta: number): BaseArray =>
  upTo(n, (i) =>
    n === 1 ? 1 : bessel(beta * Math.sqrt(1 - math.pow((2 * i) / (n - 1) - 1, 2))) / bessel(beta),
  );

/** Ones on diagonal k of an n x m matrix and below it. */
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
export const trilIndices = (n: number, k = 0, m: number = n): [BaseArray, BaseArray] =>
  entries(n, m, (row, column) => column - row <= k);
export const triuIndices = (n: number, k = 0, m: number = n): [BaseArray, BaseArray] =>
  entries(n, m, (row, column) => column - row >= k);
export const diagIndices = (n: number, ndim = 2): BaseArray[] =>
  Array.from({ length: ndim }, () => arange(n));

const matrixShape = (name: string, x: ArrayInput): [number, number] => {
  const { shape } = asArr(x);
  return shape.length === 2
    ? [shape[0]!, shape[1]!]
    : fail('SHAPE', `${name} takes a matrix, not an array of ${shapeText(shape)}`);
};
export const trilIndicesFrom = (x: ArrayInput, k = 0): [BaseArray, BaseArray] => {
  const [n, m] = matrixShape('trilIndicesFrom', x);
  return trilIndices(n, k, m);
};
export const triuIndicesFrom = (x: ArrayInput, k = 0): [BaseArray, BaseArray] => {
  const [n, m] = matrixShape('triuIndicesFrom', x);
  return triuIndices(n, k, m);
};
export const diagIndicesFrom = (x: ArrayInput): BaseArray[] => {
  const { shape } = asArr(x);
  if (shape.length < 2 || shape.some((n) => n !== shape[0]))
    fail('SHAPE', `diagIndicesFrom takes two or more axes of one length, not ${shapeText(shape)}`);
  return diagIndices(shape[0]!, shape.length);
};
/** Where `mask` (as np.triu) leaves an n x n matrix of ones other than 0. */
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

/** Lists as an open mesh: list i along axis i. Of public bools the places that are true; secret ones throw UNSUPPORTED. */
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

/** Places in the flattened array of positions in each axis, public or secret, int64. Known ones throw RANGE outside. */
export const ravelMultiIndex = (at: readonly ArrayInput[], shape: ShapeInput): BaseArray => {
  const to = readShape(shape);
  if (at.length !== to.length) fail('SHAPE', `ravelMultiIndex: ${at.length} lists for ${to.length} axes`);
  const parts = at.map((given, axis) => {
    const a = asArr(given);
    if (a instanceof NDArray && a.data.some((i) => Number(i) < 0 || Number(i) >= to[axis]!))
      fail('RANGE', `a position is out of bounds for axis ${axis} of size ${to[axis]}`);
    return multiply(convertTo(a, 'int64'), sizeOf(to.slice(axis + 1)));
  });
  return parts.reduce(add);
};

/** Along a new first axis, the position of each place in each axis. */
export const indices = (shape: ShapeInput): BaseArray => {
  const to = readShape(shape);
  const n = sizeOf(to);
  const along = to.flatMap((size, axis) => {
    const step = sizeOf(to.slice(axis + 1));
    return Array.from({ length: n }, (_, i) => Math.floor(i / step) % size);
  });
  return ints(along, [to.length, ...to]);
};

/** `fn` of the positions in each axis, all at once. */
export const fromfunction = (fn: (...at: BaseArray[]) => ArrayInput, shape: ShapeInput): BaseArray => {
  const to = readShape(shape);
  const at = indices(to);
  return asArr(fn(...to.map((_, i) => at.at(i))));
};

/** Positions in each axis of places in the flattened array. */
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
