/**
 * @file What every array can do, concrete (NDArray) or traced (Traced), so that one function runs in the clear
 * and in the protocol. The methods are the functions of src/numpy, which puts them on the prototype.
 */
import { unassignable } from '../../unknown-names.ts';
import type { DType, Shape, Tensor, TensorData } from '../ops/graph.ts';

/** Nested JavaScript arrays of numbers; rows may be arrays of ours or typed arrays. */
export type Nested = number | bigint | boolean | TensorData | Float32Array | BaseArray | readonly Nested[];
/** What the functions of `np` take for an array. */
export type ArrayInput = Nested | Tensor;

export interface ReduceOptions {
  readonly axis?: number | readonly number[] | null | undefined;
  readonly keepdims?: boolean | undefined;
}
export type Axis = number | readonly number[] | null | ReduceOptions;

/** One axis of a slice: an index (the axis goes), `[start, stop, step]`, ':' or 'a:b:c', '...', or null (new axis). */
export type SliceSpec =
  | number
  | bigint
  | BaseArray
  | string
  | null
  | readonly [(number | null)?, (number | null)?, (number | null)?];

export interface ArrayMethods {
  /**
   * As np.add of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).add(10) // [11, 12]
   */
  add(y: ArrayInput): BaseArray;
  /**
   * As np.subtract of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([5, 7]).sub(1) // [4, 6]
   */
  sub(y: ArrayInput): BaseArray;
  /**
   * As np.multiply of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).mul(3) // [3, 6]
   */
  mul(y: ArrayInput): BaseArray;
  /**
   * As np.divide of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).div(4) // [0.25, 0.5]
   */
  div(y: ArrayInput): BaseArray;
  /**
   * As np.subtract of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([5, 7]).subtract([1, 2]) // [4, 5]
   */
  subtract(y: ArrayInput): BaseArray;
  /**
   * As np.multiply of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).multiply([3, 4]) // [3, 8]
   */
  multiply(y: ArrayInput): BaseArray;
  /**
   * As np.divide of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 9]).divide([2, 3]) // [0.5, 3]
   */
  divide(y: ArrayInput): BaseArray;
  /**
   * As np.negative of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, -2]).neg() // [-1, 2]
   */
  neg(): BaseArray;
  /**
   * As np.abs of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, -2]).abs() // [1, 2]
   */
  abs(): BaseArray;
  /**
   * As np.sign of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([3, -2, 0]).sign() // [1, -1, 0]
   */
  sign(): BaseArray;
  /**
   * As np.power of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([2, -3]).pow(3) // [8, -27]
   */
  pow(y: ArrayInput): BaseArray;
  /**
   * As np.square of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([2, -3]).square() // [4, 9]
   */
  square(): BaseArray;
  /**
   * As np.sqrt of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([4, 9]).sqrt() // [2, 3]
   */
  sqrt(): BaseArray;
  /**
   * As np.exp of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([0, 1]).exp() // [1, 2.7183]
   */
  exp(): BaseArray;
  /**
   * As np.log of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).log() // [0, 0.6931]
   */
  log(): BaseArray;
  /**
   * As np.sigmoid of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([0, 2]).sigmoid() // [0.5, 0.8808]
   */
  sigmoid(): BaseArray;
  /**
   * As np.tanh of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([0, 0.5]).tanh() // [0, 0.4621]
   */
  tanh(): BaseArray;
  /**
   * As np.floor of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1.7, -1.2]).floor() // [1, -2]
   */
  floor(): BaseArray;
  /**
   * As np.less of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 3]).less(2) // [true, false]
   */
  less(y: ArrayInput): BaseArray;
  /**
   * As np.lessEqual of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).lessEqual(1) // [true, false]
   */
  lessEqual(y: ArrayInput): BaseArray;
  /**
   * As np.greater of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 3]).greater(2) // [false, true]
   */
  greater(y: ArrayInput): BaseArray;
  /**
   * As np.greaterEqual of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).greaterEqual(2) // [false, true]
   */
  greaterEqual(y: ArrayInput): BaseArray;
  /**
   * As np.equal of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).equal(2) // [false, true]
   */
  equal(y: ArrayInput): BaseArray;
  /**
   * As np.notEqual of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).notEqual(2) // [true, false]
   */
  notEqual(y: ArrayInput): BaseArray;
  /**
   * As np.logicalAnd of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([true, false]).and(true) // [true, false]
   */
  and(y: ArrayInput): BaseArray;
  /**
   * As np.logicalOr of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([true, false]).or(false) // [true, false]
   */
  or(y: ArrayInput): BaseArray;
  /**
   * As np.logicalXor of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([true, false]).xor(true) // [false, true]
   */
  xor(y: ArrayInput): BaseArray;
  /**
   * As np.logicalNot of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([true, false]).not() // [false, true]
   */
  not(): BaseArray;
  /**
   * As np.maximum of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 5]).maximum(3) // [3, 5]
   */
  maximum(y: ArrayInput): BaseArray;
  /**
   * As np.minimum of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 5]).minimum(3) // [1, 3]
   */
  minimum(y: ArrayInput): BaseArray;
  /**
   * As np.clip of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([-5, 9]).clip(0, 1) // [0, 1]
   */
  clip(lo: ArrayInput | null, hi?: ArrayInput | null): BaseArray;
  /**
   * As np.matmul of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([[1, 2], [3, 4]]).matmul([1, 1]) // [3, 7]
   */
  matmul(y: ArrayInput): BaseArray;
  /**
   * As np.dot of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).dot([3, 4]) // 11
   */
  dot(y: ArrayInput): BaseArray;
  /**
   * As np.sum of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([[1, 2], [3, 4]]).sum(0) // [4, 6]
   */
  sum(axis?: Axis): BaseArray;
  /**
   * As np.mean of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2]).mean() // 1.5
   */
  mean(axis?: Axis): BaseArray;
  /**
   * As np.max of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 5, 3]).max() // 5
   */
  max(axis?: Axis): BaseArray;
  /**
   * As np.min of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([4, 1, 3]).min() // 1
   */
  min(axis?: Axis): BaseArray;
  /**
   * As np.var of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 3]).var() // 1
   */
  var(axis?: Axis): BaseArray;
  /**
   * As np.std of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 5]).std() // 2
   */
  std(axis?: Axis): BaseArray;
  /**
   * As np.all of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([true, false]).all() // false
   */
  all(axis?: Axis): BaseArray;
  /**
   * As np.any of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([true, false]).any() // true
   */
  any(axis?: Axis): BaseArray;
  /**
   * As np.argmax of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 5, 3]).argmax() // 1
   */
  argmax(axis?: number | ReduceOptions): BaseArray;
  /**
   * As np.argmin of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([4, 1, 3]).argmin() // 1
   */
  argmin(axis?: number | ReduceOptions): BaseArray;
  /**
   * As np.transpose of this array, axes one after another: shapes, ranges and errors are said there.
   * @example
   * np.array([[1, 2], [3, 4]]).transpose() // [[1, 3], [2, 4]]
   */
  transpose(...axes: readonly number[]): BaseArray;
  /**
   * As np.reshape of this array, lengths one after another or as a list: shapes, ranges and errors are said there.
   * @example
   * np.array([1, 2, 3, 4]).reshape(2, 2) // [[1, 2], [3, 4]]
   */
  reshape(...shape: readonly (number | readonly number[])[]): BaseArray;
  /**
   * As np.ravel of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([[1, 2], [3, 4]]).ravel() // [1, 2, 3, 4]
   */
  ravel(): BaseArray;
  /**
   * As np.ravel of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([[1, 2]]).flatten() // [1, 2]
   */
  flatten(): BaseArray;
  /**
   * As np.squeeze of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([[[1, 2]]]).squeeze() // [1, 2]
   */
  squeeze(axis?: number | readonly number[] | Pick<ReduceOptions, 'axis'>): BaseArray;
  /**
   * As np.slice of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([[1, 2, 3], [4, 5, 6]]).slice(':', [1, 3]) // [[2, 3], [5, 6]]
   */
  slice(...specs: readonly SliceSpec[]): BaseArray;
  /**
   * As np.slice of this array, as Python's brackets: shapes, ranges and errors are said there.
   * @example
   * np.array([[1, 2], [3, 4]]).at(1, 0) // 3
   */
  at(...index: readonly SliceSpec[]): BaseArray;
  /**
   * As np.take of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([10, 20, 30]).take([2, 0]) // [30, 10]
   */
  take(indices: ArrayInput, axis?: number | { readonly axis?: number | null }): BaseArray;
  /**
   * As np.astype of this array: shapes, ranges and errors are said there.
   * @example
   * np.array([1.7]).astype('int32') // [1]
   */
  astype(dtype: string): BaseArray;
}

/**
 * An array of a program: with numbers (NDArray) or, while a program is recorded, of known shape and dtype alone. What
 * it can do are functions of np.
 * @example
 * np.array([1, 2]) instanceof sf.BaseArray // true
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: src/numpy/methods.ts defines every ArrayMethods member
export abstract class BaseArray {
  abstract readonly shape: Shape;
  /** As in the graph: float64 is 'fxp'. */
  abstract readonly dtype: DType;

  /**
   * The number of axes, which is public.
   * @example
   * np.array([[1, 2]]).ndim // 2
   */
  get ndim(): number {
    return this.shape.length;
  }

  /**
   * The number of elements, which is public.
   * @example
   * np.array([[1, 2]]).size // 2
   */
  get size(): number {
    return this.shape.reduce((a, b) => a * b, 1);
  }

  /**
   * Length of the first axis; 1 for a scalar.
   * @example
   * np.array([[1, 2], [3, 4], [5, 6]]).length // 3
   */
  get length(): number {
    return this.shape[0] ?? 1;
  }

  /**
   * The array with its axes in the opposite order: np.transpose.
   * @example
   * np.array([[1, 2], [3, 4]]).T // [[1, 3], [2, 4]]
   */
  get T(): BaseArray {
    return this.transpose();
  }

  /** Nested JavaScript numbers; throws SECRET_IN_CONTROL_FLOW while tracing. */
  abstract toArray(): NestedNumbers;
  /** The one element as a JavaScript value; throws SECRET_IN_CONTROL_FLOW while tracing. */
  abstract item(): number | boolean;
}

export interface BaseArray extends ArrayMethods {}

export type NestedNumbers = number | boolean | NestedNumbers[];

Object.setPrototypeOf(BaseArray.prototype, unassignable);
