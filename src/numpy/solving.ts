/**
 * @file Norms, determinants and linear systems. Which row becomes the pivot depends on secrets: it is found by a
 * tournament and moved by a one-hot product, so every matrix takes the same steps.
 */
import { fail } from '../errors.ts';
import { shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { stopGradient } from '../ir/trace/replay.ts';
import { apply } from '../ir/trace/tracer.ts';
import { type ArrayInput, type Axis, asArr, convertTo, readAxes, reshapeTo } from './core.ts';
import { eye } from './create.ts';
import {
  abs,
  add,
  divide,
  divideMany,
  maximum,
  multiply,
  power,
  sqrt,
  square,
  subtract,
} from './elementwise.ts';
import { concatenate, stack } from './join.ts';
import { matmul, outer } from './linalg.ts';
import { argumentsOf } from './options.ts';
import { argmax, max, min, sum } from './reduce.ts';
import { prod } from './scans.ts';
import { oneHot } from './statistics.ts';

export const realMatrix = (name: string, x: ArrayInput): BaseArray => {
  const a = convertTo(asArr(x), 'fxp');
  return a.ndim === 2
    ? a
    : fail(
        'SHAPE',
        `${name} takes a matrix, not an array of shape ${shapeText(a.shape)}: map batches with np.vmap`,
      );
};

export const squareMatrix = (name: string, x: ArrayInput): BaseArray => {
  const a = realMatrix(name, x);
  return a.shape[0] === a.shape[1]
    ? a
    : fail('SHAPE', `${name}: last 2 dimensions of the array must be square, not ${shapeText(a.shape)}`);
};

export type NormOrder = number | 'fro' | null;

export interface NormOptions {
  readonly ord?: NormOrder;
  readonly axis?: number | readonly number[] | null | undefined;
  readonly keepdims?: boolean;
}

export const readNorm = (
  name: string,
  ord: NormOrder | NormOptions | undefined,
  axis: Axis | NormOptions | undefined,
  otherwise: NormOrder,
): Required<NormOptions> =>
  argumentsOf<NormOptions>(
    name,
    { ord, axis, keepdims: undefined },
    { ord: otherwise, axis: undefined, keepdims: false },
  );

/**
 * Norm of all elements or along axes: 2 (also 'fro'), 1, infinities, or any p >= 1 of vectors. Relative error of the 2-norm below 2^-20 or a
 * unit in the last place, for norms up to the largest number of the ring; FM64: 2^-12, and n 2^-32 of n numbers. Other orders: relative error below p 2^-18 (FM64: p 2^-11) or a few units, of any size.
 * @example
 * np.linalg.norm(np.array([3, 4])) // 5
 * np.linalg.norm(np.array([3, -4]), 1) // 7
 */
export const norm = (
  x: ArrayInput,
  order?: NormOrder | NormOptions,
  along?: Axis | NormOptions,
): BaseArray => {
  const a = convertTo(asArr(x), 'fxp');
  const { ord, ...axis } = readNorm('np.linalg.norm', order, along, null);
  const { axes } = readAxes(axis, a.ndim);
  if (ord !== null && ord !== 'fro' && axes.length > 2)
    fail('SHAPE', `np.linalg.norm of order ${ord} takes one axis or two, not ${axes.length}`);
  if (ord === 'fro' && axes.length !== 2)
    fail('SHAPE', `np.linalg.norm: 'fro' is the norm of a matrix, not of ${axes.length} axes`);
  if (axes.length === 2 && typeof ord === 'number') return matrixNorm(a, ord, axes, axis.keepdims);
  if (ord === null || ord === 2 || ord === 'fro') return sqrt(sum(square(a), axis));
  if (ord === 1) return sum(abs(a), axis);
  if (ord === Number.POSITIVE_INFINITY) return max(abs(a), axis);
  if (ord === Number.NEGATIVE_INFINITY) return min(abs(a), axis);
  if (!(ord > 1))
    fail('UNSUPPORTED', `norm of order ${ord} is not supported: use 1 or more, 'fro' or infinity`);
  return scaledNorm(a, ord, axis);
};

/** Elements over the largest of them have powers of any order that keep their digits. */
const scaledNorm = (
  a: BaseArray,
  ord: number,
  axis: Pick<Required<NormOptions>, 'axis' | 'keepdims'>,
): BaseArray => {
  const size = abs(a);
  const unit = apply('epsilon', []);
  const largest = stopGradient(maximum(max(size, { ...axis, keepdims: true }), unit));
  const root = power(sum(power(divide(size, largest), ord), axis), 1 / ord);
  return multiply(root, reshapeTo(largest, root.shape));
};

/** Largest (or smallest) sum along one of two axes. */
const matrixNorm = (
  a: BaseArray,
  ord: number,
  [rows, columns]: readonly number[],
  keepdims: boolean,
): BaseArray => {
  const along: Readonly<Record<string, number>> = {
    '1': rows!,
    '-1': rows!,
    Infinity: columns!,
    '-Infinity': columns!,
  };
  const axis = along[String(ord)];
  if (axis === undefined)
    return fail('UNSUPPORTED', `matrix norm of order ${ord} is not supported: use 1, -1, infinity or 'fro'`);
  const sums = sum(abs(a), { axis, keepdims: true });
  return (ord > 0 ? max : min)(sums, { axis: [rows!, columns!], keepdims });
};

interface Pivoted {
  /** The row whose first entry is largest. */
  readonly row: BaseArray;
  /** The other rows below, the old first row standing where the pivot was. */
  readonly below: BaseArray;
  /** 1 when the first row was the pivot, else 0. */
  readonly stayed: BaseArray;
}

/** The rows of `a` [r, w], that with the largest entry in the first column in front. */
const pivot = (a: BaseArray): Pivoted => {
  const r = a.shape[0]!;
  const here = oneHot(argmax(abs(a.slice(':', 0))), r);
  const row = matmul(here, a);
  const moved = outer(here.slice('1:'), subtract(a.at(0), row));
  return { row, below: add(a.slice('1:'), moved), stayed: here.at(0) };
};

const first = (a: BaseArray): Pivoted => ({ row: a.at(0), below: a.slice('1:'), stayed: asArr(1) });
const choose = (a: BaseArray): Pivoted => (a.shape[0]! > 1 ? pivot(a) : first(a));

/**
 * x with a x = b, for b a vector or a matrix of columns; Gauss and Jordan with partial pivoting. `a` is to be well
 * conditioned: errors grow with its condition number. Products of entries, and of
 * x with them, have the range of np.multiply. Rounds about n (5 log2 n + 20).
 * @example
 * np.linalg.solve(np.array([[2, 0], [0, 4]]), np.array([2, 4])) // [1, 1]
 */
export const solve = (a: ArrayInput, b: ArrayInput): BaseArray => {
  const left = squareMatrix('solve', a);
  const right = convertTo(asArr(b), 'fxp');
  const n = left.shape[0]!;
  if (right.shape[0] !== n || right.ndim > 2)
    fail(
      'SHAPE',
      `solve: a matrix of shape ${shapeText(left.shape)} and a right side of ${shapeText(right.shape)}`,
    );
  let todo = concatenate([left, reshapeTo(right, [n, right.size / Math.max(1, n)])], 1);
  let done: BaseArray | undefined;
  for (let j = 0; j < n; j++) {
    const { row, below } = choose(todo);
    const unit = divideMany(row.slice('1:'), row.at(0));
    const clear = (rows: BaseArray): BaseArray =>
      subtract(rows.slice(':', '1:'), outer(rows.slice(':', 0), unit));
    const top = reshapeTo(unit, [1, unit.size]);
    done = done === undefined ? top : concatenate([clear(done), top]);
    if (j < n - 1) todo = clear(below);
  }
  return reshapeTo(done ?? todo, right.shape);
};

/**
 * The matrix that undoes `a` [n, n], by elimination with partial pivoting: n steps. Nothing is promised of a singular
 * one. Throws SHAPE for other arrays.
 * @example
 * np.linalg.inv(np.array([[2, 0], [0, 4]])) // [[0.5, 0], [0, 0.25]]
 */
export const inv = (a: ArrayInput): BaseArray => {
  const m = squareMatrix('inv', a);
  return solve(m, eye(m.shape[0]!));
};

/** What the determinant of a square matrix is the product of: pivots, and for each exchange of rows 1 or -1. */
export const eliminated = (
  a: BaseArray,
): { readonly pivots: readonly BaseArray[]; readonly exchanges: readonly BaseArray[] } => {
  let todo = a;
  const n = todo.shape[0]!;
  const pivots: BaseArray[] = [];
  const exchanges: BaseArray[] = [];
  for (let j = 0; j < n; j++) {
    const { row, below, stayed } = choose(todo);
    pivots.push(row.at(0));
    if (j === n - 1) break;
    exchanges.push(subtract(multiply(stayed, 2), 1));
    const scale = divideMany(below.slice(':', 0), row.at(0));
    todo = subtract(below.slice(':', '1:'), outer(scale, row.slice('1:')));
  }
  return { pivots, exchanges };
};

/**
 * Determinant of a square matrix, a scalar, by elimination with partial pivoting: n steps of a maximum, a quotient
 * and a product each. It wraps where it leaves the ring: np.linalg.slogdet does not. Throws SHAPE for other arrays.
 * @example
 * np.linalg.det(np.array([[1, 2], [3, 4]])) // -2
 */
export const det = (a: ArrayInput): BaseArray => {
  const { pivots, exchanges } = eliminated(squareMatrix('det', a));
  return pivots.length === 0 ? asArr(1) : prod(stack([...pivots, ...exchanges]));
};

/**
 * a [n, n] multiplied n times, n >= 0, by squaring: 2 log2 n products. Throws SHAPE for other arrays,
 * INVALID_ARGUMENT for n that is no such number.
 * @example
 * np.linalg.matrixPower(np.array([[1, 1], [0, 1]]), 3) // [[1, 3], [0, 1]]
 */
export const matrixPower = (a: ArrayInput, n: number): BaseArray => {
  const m = squareMatrix('matrixPower', a);
  if (!Number.isInteger(n) || n < 0) fail('INVALID_ARGUMENT', `matrixPower: a whole number from 0, not ${n}`);
  let out: BaseArray | undefined;
  for (let [base, left] = [m, n]; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) out = out === undefined ? base : matmul(out, base);
    if (left > 1) base = matmul(base, base);
  }
  return out ?? eye(m.shape[0]!);
};
