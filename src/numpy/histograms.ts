/** @file Counting by intervals, what follows from pairs of columns, and what lies between samples. */
import { fail } from '../errors.ts';
import { isInt } from '../ir/ops/dtypes.ts';
import { normalAxis, shapeText } from '../ir/ops/shapes.ts';
import { block } from '../ir/trace/algebra.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply } from '../ir/trace/tracer.ts';
import { less, lessEqual, logicalXor } from './compare.ts';
import { type ArrayInput, type AxisOptions, asArr, convertTo, type OneAxis, reshapeTo } from './core.ts';
import { arange, linspace, zeros } from './create.ts';
import { add, divide, multiply, subtract } from './elementwise.ts';
import { groupCount, groupSum } from './groups.ts';
import { concatenate, stack } from './join.ts';
import { matmul } from './linalg.ts';
import { argumentsOf, optionsOf } from './options.ts';
import { convolve } from './polynomial.ts';
import { sum } from './reduce.ts';
import { diff } from './scans.ts';
import { expandDims, moveaxis, ravel, reshape } from './shape.ts';
import { searchsorted } from './sorting.ts';

const real = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'fxp');

/**
 * Which interval of `bins` each element falls into: how many bins are not above it (`right`: below it). Public bins may fall too,
 * as in NumPy: then how many are above it (`right`: not below it). Secret bins are to rise. Throws RANGE for others.
 * @example
 * np.digitize(np.array([0.5, 1.5, 9]), [1, 2]) // [0, 1, 2]
 */
export const digitize = (x: ArrayInput, bins: ArrayInput, right = false): BaseArray => {
  const edges = asArr(bins);
  if (edges.ndim !== 1)
    fail('SHAPE', `digitize takes a vector of bins, not an array of shape ${shapeText(edges.shape)}`);
  if (!(edges instanceof NDArray)) return searchsorted(edges, x, right ? 'left' : 'right');
  const list = Array.from(edges.data, Number);
  const goes = (sign: number): boolean => list.every((v, i) => i === 0 || sign * (v - list[i - 1]!) >= 0);
  if (goes(1)) return searchsorted(edges, x, right ? 'left' : 'right');
  if (!goes(-1)) fail('RANGE', 'digitize: bins must be monotonically increasing or decreasing');
  return subtract(list.length, searchsorted(edges.slice('::-1'), x, right ? 'left' : 'right'));
};

export interface BincountOptions {
  /** Added up instead of counting. */
  readonly weights?: ArrayInput;
  /** How many counts; needed when x is secret. Elements from there on, and below 0, are left out. */
  readonly length?: number;
}

/**
 * How often 0, 1, 2, .. come among the integers x, int64 of the given length; with `weights` their sums, float64.
 * Secret x needs a length; what is beyond it is not counted.
 * @example
 * np.bincount(np.array([0, 2, 2], 'int32'), { length: 4 }) // [1, 0, 2, 0]
 */
export const bincount = (x: ArrayInput, options?: BincountOptions): BaseArray => {
  const { weights, length } = optionsOf('np.bincount', options, { weights: undefined, length: undefined });
  const a = ravel(x);
  if (!isInt(a.dtype)) fail('DTYPE', 'bincount takes integers: convert with np.astype');
  const n = length ?? (a instanceof NDArray ? Math.max(-1, ...Array.from(a.data, Number)) + 1 : undefined);
  if (n === undefined)
    return fail('INVALID_ARGUMENT', 'bincount of secrets needs {length}: how many counts there are');
  return weights === undefined ? groupCount(a, n) : groupSum(a, ravel(weights), n);
};

/** Secret edges are to rise; of public ones it is seen. */
const risingEdges = (edges: BaseArray): BaseArray => {
  if (edges.ndim !== 1 || edges.size < 2)
    fail('SHAPE', `edges are a list of two or more, not of shape ${shapeText(edges.shape)}`);
  if (edges instanceof NDArray && !edges.data.every((v, i) => i === 0 || v >= edges.data[i - 1]!))
    fail('RANGE', 'edges of a histogram must increase monotonically');
  return edges;
};

/**
 * The edges of `bins` (10) equal intervals over `range`, float64 [bins + 1]; public. Throws INVALID_ARGUMENT where x
 * is secret and no range is given.
 * @example
 * np.histogramBinEdges(np.array([1, 2, 5]), 2, [0, 10]) // [0, 5, 10]
 */
export const histogramBinEdges = (
  x: ArrayInput,
  bins: number | ArrayInput = 10,
  range?: readonly [number, number],
): BaseArray => {
  if (typeof bins !== 'number') return risingEdges(real(bins));
  if (!Number.isInteger(bins) || bins < 1) fail('RANGE', `a histogram has one interval or more, not ${bins}`);
  if (range && !(range[0] <= range[1] && Number.isFinite(range[1] - range[0])))
    fail('RANGE', `the range of a histogram is from a number to a larger one, not [${range.join(', ')}]`);
  const a = asArr(x);
  if (range?.[0] === range?.[1] && range) return linspace(range[0] - 0.5, range[1] + 0.5, bins + 1);
  if (range) return linspace(...range, bins + 1);
  if (!(a instanceof NDArray))
    return fail('INVALID_ARGUMENT', 'a histogram of secrets needs its range or its edges, which are public');
  const values = Array.from(a.data, Number);
  const [lo, hi] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  return lo === hi ? linspace(lo - 0.5, hi + 0.5, bins + 1) : linspace(lo, hi, bins + 1);
};

export interface HistogramOptions {
  readonly bins?: number | ArrayInput;
  readonly range?: readonly [number, number];
  readonly weights?: ArrayInput;
  /** Divided by the total and by the widths. */
  readonly density?: boolean;
}

/**
 * [how many elements lie in each interval, the edges]: closed on the left, the last one on both sides. A comparison an edge.
 * `bins` and `range` by place or by name.
 * @example
 * np.histogram(np.array([1, 2, 7]), { bins: 2, range: [0, 10] }) // [[2, 1], [0, 5, 10]]
 * np.histogram(np.array([1, 2, 7]), [0, 2, 4, 8]) // [[1, 1, 1], [0, 2, 4, 8]]
 */
export const histogram = (
  x: ArrayInput,
  bins?: number | ArrayInput | HistogramOptions,
  range?: readonly [number, number] | HistogramOptions,
  options?: HistogramOptions,
): [BaseArray, BaseArray] => {
  const said = argumentsOf<HistogramOptions>(
    'np.histogram',
    { bins, range, density: options, weights: undefined },
    { bins: undefined, range: undefined, density: false, weights: undefined },
  );
  const { weights, density } = said;
  const a = ravel(real(x));
  const edges = histogramBinEdges(a, said.bins, said.range);
  const n = edges.size - 1;
  const from = lessEqual(expandDims(block(edges, 0, 0, n), 1), a);
  const upTo = lessEqual(a, block(edges, 0, n, n + 1));
  const weighed = (bits: BaseArray): BaseArray =>
    weights === undefined ? sum(bits, -1) : matmul(convertTo(bits, 'fxp'), ravel(real(weights)));
  const above = weighed(from);
  const beyond = subtract(
    weights === undefined ? arange(a.size, a.size + 1) : reshapeTo(sum(real(weights)), [1]),
    reshapeTo(weighed(expandDims(upTo, 0)), [1]),
  );
  const counts = subtract(above, concatenate([block(above, 0, 1, n), beyond]));
  if (!density) return [counts, edges];
  return [divide(real(counts), multiply(sum(real(counts)), diff(edges))), edges];
};

export interface ManyHistogramOptions {
  /** A number for every axis, or a number or edges for each. */
  readonly bins?: number | readonly (number | ArrayInput)[];
  /** Ends for each axis; needed of secrets where edges are not given. */
  readonly range?: readonly (readonly [number, number])[];
  readonly weights?: ArrayInput;
  readonly density?: boolean;
}

/** [which of the intervals each element lies in (bools, [n, intervals]), the edges]. */
const membership = (
  x: BaseArray,
  bins: number | ArrayInput,
  range: readonly [number, number] | undefined,
): [BaseArray, BaseArray] => {
  const edges = histogramBinEdges(x, bins, range);
  const n = edges.size - 1;
  const from = lessEqual(block(edges, 0, 0, n), expandDims(x, 1));
  const beyond = less(edges.at(n), expandDims(x, 1));
  // Who has passed an edge and not the next.
  return [logicalXor(from, concatenate([block(from, 1, 1, n), beyond], 1)), edges];
};

/**
 * [counts of points in boxes, the edges along each axis]: points are rows, and intervals closed as those of np.histogram.
 * Rounds: those of less, and one for each axis and for the products.
 * @example
 * np.histogramdd(np.array([[1, 1], [7, 1]]), { bins: 2, range: [[0, 10], [0, 10]] })[0] // [[1, 0], [1, 0]]
 */
export const histogramdd = (points: ArrayInput, options?: ManyHistogramOptions): [BaseArray, BaseArray[]] => {
  const { bins, range, weights, density } = optionsOf('np.histogramdd', options, {
    bins: 10,
    range: undefined,
    weights: undefined,
    density: false,
  });
  const a = real(points);
  if (a.ndim !== 2 || a.shape[1] === 0)
    fail('SHAPE', `histogramdd takes rows of points, not ${shapeText(a.shape)}`);
  const [n, axes] = a.shape as [number, number];
  const given = typeof bins === 'number' ? new Array<number>(axes).fill(bins) : bins;
  if (given.length !== axes || (range !== undefined && range.length !== axes))
    fail('SHAPE', `histogramdd: bins and range are to be given for each of ${axes} axes`);
  const parts = given.map((b, i) => membership(a.slice(':', i), b, range?.[i]));
  const edges = parts.map(([, e]) => e);
  const inside = parts.map(([bits]) => real(bits));
  const last = inside.pop()!;
  const weighed = weights === undefined ? last : multiply(last, expandDims(ravel(real(weights)), 1));
  const others = inside.reduce<BaseArray | undefined>((boxes, bits) => {
    if (boxes === undefined) return bits;
    return reshapeTo(multiply(expandDims(boxes, 2), expandDims(bits, 1)), [
      n,
      boxes.shape[1]! * bits.shape[1]!,
    ]);
  }, undefined);
  const shape = edges.map((e) => e.size - 1);
  const counts = reshapeTo(others === undefined ? sum(weighed, 0) : matmul(others.T, weighed), shape);
  if (!density) return [counts, edges];
  const sizes = edges.map((e, i) => diff(e).reshape(shape.map((_, k) => (k === i ? -1 : 1))));
  return [divide(counts, multiply(sum(counts), sizes.reduce(multiply))), edges];
};

/**
 * [counts of the points (x, y) in boxes, edges of x, edges of y], as histogramdd.
 * @example
 * np.histogram2d(np.array([1, 7]), np.array([1, 1]), { bins: 2, range: [[0, 10], [0, 10]] })[0] // [[1, 0], [1, 0]]
 */
export const histogram2d = (
  x: ArrayInput,
  y: ArrayInput,
  options?: ManyHistogramOptions,
): [BaseArray, BaseArray, BaseArray] => {
  const [counts, [ex, ey]] = histogramdd(stack([ravel(real(x)), ravel(real(y))], 1), options);
  return [counts, ex!, ey!];
};

/**
 * The straight lines through (xp, fp) at x, xp rising; constant beyond the ends. Known points cost a comparison of x with
 * all of them and one opening, or keys alone; others two products: where a step lies below x, its change of slope counts.
 * @example
 * np.interp(np.array([0.5, 3]), [0, 1, 2], [0, 10, 0]) // [5, 0]
 */
export const interp = (x: ArrayInput, xp: ArrayInput, fp: ArrayInput): BaseArray => {
  const [a, at, values] = [real(x), real(xp), real(fp)];
  if (at.ndim !== 1 || values.ndim !== 1 || at.size !== values.size || at.size === 0)
    fail('SHAPE', `interp: points of shapes ${shapeText(at.shape)} and ${shapeText(values.shape)}`);
  if (at instanceof NDArray && values instanceof NDArray)
    return apply('interp', [a], { at: Array.from(at.data, Number), to: Array.from(values.data, Number) });
  const none = zeros([1]);
  const slopes = divide(diff(values), diff(at));
  const changes = subtract(concatenate([slopes, none]), concatenate([none, slopes]));
  const passed = convertTo(lessEqual(at, expandDims(ravel(a), 1)), 'fxp');
  // Relative to the first point, so that nothing large cancels.
  const away = subtract(a, at.at(0));
  const slope = reshape(matmul(passed, changes), a.shape);
  const back = reshape(matmul(passed, multiply(changes, subtract(at, at.at(0)))), a.shape);
  return add(values.at(0), subtract(multiply(slope, away), back));
};

export interface TrapezoidOptions extends AxisOptions {
  readonly x?: ArrayInput | null;
  readonly dx?: number;
}

/**
 * The area under samples y at x (a vector, or of the shape of y), or `dx` apart.
 * @example
 * np.trapezoid(np.array([1, 2, 3])) // 4
 * np.trapezoid(np.array([1, 2]), { dx: 10 }) // 15
 */
export const trapezoid = (
  y: ArrayInput,
  x?: ArrayInput | TrapezoidOptions | null,
  dx?: number | TrapezoidOptions,
  axis?: OneAxis,
): BaseArray => {
  const none = { x: null, dx: 1, axis: -1 };
  return area(y, argumentsOf<TrapezoidOptions>('np.trapezoid', { x, dx, axis }, none));
};

const area = (y: ArrayInput, { x, dx, axis }: Required<TrapezoidOptions>): BaseArray => {
  const a = moveaxis(real(y), axis!, -1);
  const n = a.shape.at(-1)!;
  const pairs = add(block(a, a.ndim - 1, 1, n), block(a, a.ndim - 1, 0, n - 1));
  if (x === null) return multiply(sum(pairs, -1), dx / 2);
  const at = real(x);
  const steps = diff(at.ndim === 1 ? at : moveaxis(at, axis!, -1));
  return multiply(sum(multiply(pairs, steps), -1), 0.5);
};

export interface GradientOptions extends AxisOptions {
  readonly dx?: number;
}

/**
 * Slopes of samples `dx` apart along an axis (the last): central differences, one-sided at the ends.
 * @example
 * np.gradient(np.array([1, 2, 4])) // [1, 1.5, 2]
 */
export const gradient = (y: ArrayInput, dx?: number | GradientOptions, axis?: OneAxis): BaseArray =>
  slopes(y, argumentsOf<GradientOptions>('np.gradient', { dx, axis }, { dx: 1, axis: -1 }));

const slopes = (y: ArrayInput, { dx, axis }: Required<GradientOptions>): BaseArray => {
  const a = real(y);
  const at = normalAxis(axis!, a.ndim);
  const n = a.shape[at]!;
  if (n < 2) fail('SHAPE', `gradient needs two samples, not ${n}`);
  const inner = multiply(subtract(block(a, at, 2, n), block(a, at, 0, n - 2)), 0.5 / dx);
  const step = (i: number): BaseArray =>
    multiply(subtract(block(a, at, i + 1, i + 2), block(a, at, i, i + 1)), 1 / dx);
  return concatenate([step(0), ...(n > 2 ? [inner] : []), step(n - 2)], at);
};

/**
 * Products of the vector a with v at every shift, 'valid' unless said otherwise: sums of a[i + k] v[i]. Range and
 * error as np.multiply. On secrets: 1 round.
 * @example
 * np.correlate(np.array([1, 2, 3]), np.array([0, 1, 0.5])) // [3.5]
 */
export const correlate = (
  a: ArrayInput,
  v: ArrayInput,
  mode: 'full' | 'same' | 'valid' = 'valid',
): BaseArray => {
  const y = ravel(v);
  return convolve(a, y.slice('::-1'), mode);
};
