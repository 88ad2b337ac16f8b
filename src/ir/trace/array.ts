/**
 * @file What every array can do, concrete (NDArray) or traced (Traced), so that one function runs in the clear
 * and in the protocol. The methods are the functions of src/numpy, which puts them on the prototype.
 */
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
  add(y: ArrayInput): BaseArray;
  sub(y: ArrayInput): BaseArray;
  mul(y: ArrayInput): BaseArray;
  div(y: ArrayInput): BaseArray;
  subtract(y: ArrayInput): BaseArray;
  multiply(y: ArrayInput): BaseArray;
  divide(y: ArrayInput): BaseArray;
  neg(): BaseArray;
  abs(): BaseArray;
  sign(): BaseArray;
  pow(y: ArrayInput): BaseArray;
  square(): BaseArray;
  sqrt(): BaseArray;
  exp(): BaseArray;
  log(): BaseArray;
  sigmoid(): BaseArray;
  tanh(): BaseArray;
  floor(): BaseArray;
  less(y: ArrayInput): BaseArray;
  lessEqual(y: ArrayInput): BaseArray;
  greater(y: ArrayInput): BaseArray;
  greaterEqual(y: ArrayInput): BaseArray;
  equal(y: ArrayInput): BaseArray;
  notEqual(y: ArrayInput): BaseArray;
  and(y: ArrayInput): BaseArray;
  or(y: ArrayInput): BaseArray;
  xor(y: ArrayInput): BaseArray;
  not(): BaseArray;
  maximum(y: ArrayInput): BaseArray;
  minimum(y: ArrayInput): BaseArray;
  clip(lo: ArrayInput | null, hi?: ArrayInput | null): BaseArray;
  matmul(y: ArrayInput): BaseArray;
  dot(y: ArrayInput): BaseArray;
  sum(axis?: Axis): BaseArray;
  mean(axis?: Axis): BaseArray;
  max(axis?: Axis): BaseArray;
  min(axis?: Axis): BaseArray;
  var(axis?: Axis): BaseArray;
  std(axis?: Axis): BaseArray;
  all(axis?: Axis): BaseArray;
  any(axis?: Axis): BaseArray;
  argmax(axis?: number | ReduceOptions): BaseArray;
  argmin(axis?: number | ReduceOptions): BaseArray;
  transpose(...axes: readonly number[]): BaseArray;
  reshape(...shape: readonly (number | readonly number[])[]): BaseArray;
  ravel(): BaseArray;
  flatten(): BaseArray;
  squeeze(axis?: number | readonly number[] | Pick<ReduceOptions, 'axis'>): BaseArray;
  slice(...specs: readonly SliceSpec[]): BaseArray;
  at(...index: readonly SliceSpec[]): BaseArray;
  take(indices: ArrayInput, axis?: number | { readonly axis?: number | null }): BaseArray;
  astype(dtype: string): BaseArray;
}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: src/numpy/methods.ts defines every ArrayMethods member
export abstract class BaseArray {
  abstract readonly shape: Shape;
  /** As in the graph: float64 is 'fxp'. */
  abstract readonly dtype: DType;

  get ndim(): number {
    return this.shape.length;
  }

  get size(): number {
    return this.shape.reduce((a, b) => a * b, 1);
  }

  /** Length of the first axis; 1 for a scalar. */
  get length(): number {
    return this.shape[0] ?? 1;
  }

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
