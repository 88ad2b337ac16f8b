/** @file Products of vectors and matrices, with NumPy's rules for every rank. */
import { fail } from '../errors.ts';
import { sizeOf } from '../ir/ops/graph.ts';
import { broadcastShapes, shapeText } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { apply } from '../ir/trace/tracer.ts';
import { type ArrayInput, asArr, broadcast, convertTo, isBool, reshapeTo, unify } from './core.ts';
import { multiply } from './elementwise.ts';
import { moveaxis, ravel } from './shape.ts';

const mismatch = (name: string, a: BaseArray, b: BaseArray, k: number, l: number): never =>
  fail(
    'SHAPE',
    `${name}: input operand 1 has a mismatch in its core dimension 0, with shapes ${shapeText(a.shape)} and ` +
      `${shapeText(b.shape)} (size ${l} is different from ${k})`,
    { shapes: [a.shape, b.shape] },
  );

/** Two operands of one numeric dtype; bools multiply as integers and the result is made bool again by the caller. */
const operands = (x: ArrayInput, y: ArrayInput): { pair: [BaseArray, BaseArray]; bools: boolean } => {
  const pair = unify([x, y]) as [BaseArray, BaseArray];
  const bools = isBool(pair[0]);
  return { pair: bools ? [convertTo(pair[0], 'int32'), convertTo(pair[1], 'int32')] : pair, bools };
};

/** [..b, m, k] x [..b, k, n], both of rank 2 or more; batch axes broadcast. */
const product = (a: BaseArray, b: BaseArray): BaseArray => {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const [leadA, leadB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (sizeOf(leadB) === 1 && leadB.length <= leadA.length) {
    const flat = apply('matmul', [reshapeTo(a, [sizeOf(leadA) * m, k]), reshapeTo(b, [k, n])]);
    return reshapeTo(flat, [...leadA, m, n]);
  }
  const batch = broadcastShapes(leadA, leadB);
  return apply('matmul', [broadcast(a, [...batch, m, k]), broadcast(b, [...batch, k, n])]);
};

/**
 * Matrix product. Vectors are a row on the left and a column on the right; more than two axes are batches. Throws SHAPE
 * when the inner sizes differ, or for a scalar.
 * @example
 * np.matmul(np.array([[1, 2], [3, 4]]), np.array([[1, 0], [0, 2]])) // [[1, 4], [3, 8]]
 * np.matmul([[1, 2]], [[1, 2]]) // throws SHAPE
 */
export const matmul = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const {
    pair: [a, b],
    bools,
  } = operands(x, y);
  for (const [i, t] of [a, b].entries())
    if (t.ndim === 0)
      fail(
        'SHAPE',
        `matmul: input operand ${i} does not have enough dimensions (has 0): use np.multiply for scalars`,
      );
  const left = a.ndim === 1 ? reshapeTo(a, [1, a.size]) : a;
  const right = b.ndim === 1 ? reshapeTo(b, [b.size, 1]) : b;
  const [k, l] = [left.shape.at(-1)!, right.shape.at(-2)!];
  if (k !== l) mismatch('matmul', a, b, k, l);
  const full = product(left, right);
  const batch = full.shape.slice(0, -2);
  const [m, n] = full.shape.slice(-2) as [number, number];
  const shape = [...batch, ...(a.ndim === 1 ? [] : [m]), ...(b.ndim === 1 ? [] : [n])];
  return asBool(reshapeTo(full, shape), bools);
};

const asBool = (x: BaseArray, bools: boolean): BaseArray => (bools ? convertTo(x, 'bool') : x);

/**
 * Sums over the last axis of x and the last but one of y; a scalar multiplies.
 * @example
 * np.dot(np.array([1, 2, 3]), np.array([4, 5, 6])) // 32
 */
export const dot = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = [asArr(x), asArr(y)];
  if (a.ndim === 0 || b.ndim === 0) return multiply(x, y);
  if (b.ndim <= 2) return matmul(a, b);
  const columns = moveaxis(b, -2, 0);
  const [k, l] = [a.shape.at(-1)!, columns.shape[0]!];
  if (k !== l) mismatch('dot', a, b, k, l);
  const rest = columns.shape.slice(1);
  const flat = matmul(reshapeTo(a, [sizeOf(a.shape.slice(0, -1)), k]), reshapeTo(columns, [l, sizeOf(rest)]));
  return reshapeTo(flat, [...a.shape.slice(0, -1), ...rest]);
};

/**
 * The dot product of all elements in order. Throws SHAPE when the sizes differ.
 * @example
 * np.vdot(np.array([[1, 2]]), np.array([[3, 4]])) // 11
 */
export const vdot = (x: ArrayInput, y: ArrayInput): BaseArray => dot(ravel(x), ravel(y));

/**
 * Sums of products over the last axes of both: [.., n] and [.., n] make the axes of x, then of y. Range and rounds as
 * np.matmul. Throws SHAPE.
 * @example
 * np.inner(np.array([1, 2]), np.array([[3, 4], [5, 6]])) // [11, 17]
 */
export const inner = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = [asArr(x), asArr(y)];
  if (a.ndim === 0 || b.ndim === 0) return multiply(x, y);
  return dot(a, b.ndim === 1 ? b : moveaxis(b, -1, -2));
};

/**
 * x[i] y[j] of the flattened operands, [n, m]. Range, error and rounds as np.multiply.
 * @example
 * np.outer(np.array([1, 2]), np.array([10, 20])) // [[10, 20], [20, 40]]
 */
export const outer = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = [ravel(x), ravel(y)];
  return multiply(reshapeTo(a, [a.size, 1]), reshapeTo(b, [1, b.size]));
};
