/** @file Making arrays. Shapes are lists, or one number. Dtypes are NumPy's names; float64 unless said otherwise. */
import { fail } from '../errors.ts';
import { alloc, parseDType } from '../ir/ops/dtypes.ts';
import { type Shape, sizeOf } from '../ir/ops/graph.ts';
import { checkShape } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import * as math from '../ring/math/index.ts';
import { type ArrayInput, asArr, broadcast, convertTo, numbersOf } from './core.ts';

export type ShapeInput = number | Shape;

/** Elements that an array made here may have: what the memory of a party can hold. */
const MOST = math.pow2(30);

/** A shape that arrays are made of. Throws SHAPE, also for more than 2^30 elements. */
export const readShape = (shape: ShapeInput): number[] => {
  const to = checkShape(numbersOf('a shape', shape));
  if (sizeOf(to) > MOST) fail('SHAPE', `an array of ${sizeOf(to)} elements: at most 2^30 are supported`);
  return to;
};

/**
 * An array of its own from nested lists, typed arrays, numbers or arrays. Throws SHAPE, DTYPE, RANGE with the path.
 * @example
 * np.array([[1, 2], [3, 4]]) // [[1, 2], [3, 4]]
 * np.array([1, 2], 'int32').dtype // 'int32'
 * np.array([[1, 2], [3]]) // throws SHAPE
 */
export const array = (value: ArrayInput, dtype?: string): BaseArray => {
  const made = asarray(value, dtype);
  return made instanceof NDArray && (ArrayBuffer.isView(value) || made === value)
    ? new NDArray(made.shape, made.dtype, made.data.slice() as NDArray['data'])
    : made;
};

/**
 * As np.array, without a copy where none is needed. Throws SHAPE for ragged lists, DTYPE for what is no number, RANGE
 * for what does not fit the dtype, each with the path.
 * @example
 * np.asarray([1, 2, 3]) // [1, 2, 3]
 * np.asarray(true) // true
 */
export const asarray = (value: ArrayInput, dtype?: string): BaseArray => {
  if (dtype === undefined) return asArr(value);
  const direct = typeof value === 'number' || typeof value === 'bigint' || Array.isArray(value);
  const made = asArr(value);
  return direct && made instanceof NDArray ? NDArray.from(value, dtype) : convertTo(made, parseDType(dtype));
};

/**
 * `value` everywhere in a shape, with which it broadcasts; of its dtype unless one is given. At no cost. Throws
 * SHAPE, also for more than 2^30 elements.
 * @example
 * np.full([2, 2], 7) // [[7, 7], [7, 7]]
 */
export const full = (shape: ShapeInput, value: ArrayInput, dtype?: string): BaseArray =>
  broadcast(asarray(value, dtype), readShape(shape));

/**
 * Zeros of a shape, public; float64 unless a dtype is given. Throws SHAPE for more than 2^30 elements, DTYPE.
 * @example
 * np.zeros([2, 3]) // [[0, 0, 0], [0, 0, 0]]
 * np.zeros(2, 'bool') // [false, false]
 */
export const zeros = (shape: ShapeInput, dtype = 'float64'): BaseArray => full(shape, 0, dtype);
/**
 * Ones of a shape, public; float64 unless a dtype is given. Throws SHAPE for more than 2^30 elements, DTYPE.
 * @example
 * np.ones(3) // [1, 1, 1]
 */
export const ones = (shape: ShapeInput, dtype = 'float64'): BaseArray => full(shape, 1, dtype);
/**
 * Zeros of the shape and, unless another is given, the dtype of x. Public, at no cost.
 * @example
 * np.zerosLike(np.array([[1, 2]])) // [[0, 0]]
 */
export const zerosLike = (x: ArrayInput, dtype?: string): BaseArray => like(x, 0, dtype);
/**
 * Ones of the shape and, unless another is given, the dtype of x. Public, at no cost.
 * @example
 * np.onesLike(np.array([[1, 2]])) // [[1, 1]]
 */
export const onesLike = (x: ArrayInput, dtype?: string): BaseArray => like(x, 1, dtype);
/**
 * `value` everywhere in the shape and, unless another is given, the dtype of x. At no cost.
 * @example
 * np.fullLike(np.array([1, 2]), 5) // [5, 5]
 */
export const fullLike = (x: ArrayInput, value: ArrayInput, dtype?: string): BaseArray =>
  like(x, value, dtype);

const like = (x: ArrayInput, value: ArrayInput, dtype?: string): BaseArray => {
  const { shape, dtype: own } = asArr(x);
  return full(shape, value, dtype ?? own);
};

const generate = (shape: Shape, dtype: string, at: (flat: number) => number): NDArray => {
  const type = parseDType(dtype);
  const n = sizeOf(readShape(shape));
  if (type === 'fxp') {
    const data = new Float64Array(n);
    for (let i = 0; i < n; i++) data[i] = at(i);
    return new NDArray(shape, type, data);
  }
  const values = Array.from({ length: n }, (_, i) => at(i));
  const flat = values.length === 0 ? alloc(type, 0) : NDArray.from(values, type).data;
  return new NDArray(shape, type, flat);
};

/**
 * Ones on diagonal `k` (above the main one where positive) of an n x m matrix, the rest 0, float64 unless a dtype is
 * given. Public. Throws SHAPE.
 * @example
 * np.eye(2) // [[1, 0], [0, 1]]
 * np.eye(2, 3, 1) // [[0, 1, 0], [0, 0, 1]]
 */
export const eye = (n: number, m: number = n, k = 0, dtype = 'float64'): BaseArray =>
  generate(readShape([n, m]), dtype, (i) => (m > 0 && (i % m) - Math.floor(i / m) === k ? 1 : 0));

/**
 * The identity matrix n x n, float64 unless a dtype is given.
 * @example
 * np.identity(2) // [[1, 0], [0, 1]]
 */
export const identity = (n: number, dtype?: string): BaseArray => eye(n, n, 0, dtype);

/**
 * `arange(stop)`, `arange(start, stop, step)`: int64 if all are whole numbers, else float64. Throws RANGE for step 0.
 * @example
 * np.arange(4) // [0, 1, 2, 3]
 * np.arange(1, 2, 0.25) // [1, 1.25, 1.5, 1.75]
 */
export const arange = (start: number, stop?: number, step = 1, dtype?: string): BaseArray => {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (step === 0 || ![from, to, step].every(Number.isFinite))
    fail('RANGE', `arange needs finite numbers and a step other than 0, not (${from}, ${to}, ${step})`);
  const n = Math.max(0, Math.ceil((to - from) / step));
  const type = dtype ?? ([from, to, step].every(Number.isInteger) ? 'int64' : 'float64');
  return generate([n], type, (i) => from + i * step);
};

/**
 * `num` numbers from start to stop, both included (stop left out with endpoint false).
 * @example
 * np.linspace(0, 1, 5) // [0, 0.25, 0.5, 0.75, 1]
 * np.linspace(0, 1, 2, false) // [0, 0.5]
 */
export const linspace = (start: number, stop: number, num = 50, endpoint = true): BaseArray => {
  const steps = endpoint ? num - 1 : num;
  return generate(readShape(num), 'float64', (i) =>
    endpoint && i === steps && i > 0 ? stop : start + (steps > 0 ? (i * (stop - start)) / steps : 0),
  );
};

/**
 * x as another dtype: float64 to integers cuts fractions off, to bool is `!= 0`; integers that do not fit wrap.
 * Exact. On secrets: integers to float64 without messages, to integers 10 rounds, to bool 2. An integer that is no number of the ring as
 * float64 (FM64 with 18 fraction bits: from 2^44 on; FM32, 8: from 2^22) leaves the ring: `check` and `range_guard` find it, and where
 * it is known that all are, that is a RANGE error. So everywhere where integers become float64. Throws DTYPE for an unknown dtype.
 * @example
 * np.astype(np.array([1.7, -1.7]), 'int32') // [1, -1]
 * np.astype(np.array([0, 3]), 'bool') // [false, true]
 */
export const astype = (x: ArrayInput, dtype: string): BaseArray => convertTo(asArr(x), parseDType(dtype));
