/**
 * @file The graph: what a traced program is. Values are numbered; every value has a shape, a dtype and a
 * visibility. One structure serves both levels: what users write (program.ts) and what parties run (gates).
 */

/** User-level dtypes, and the two of the lowered graph: `ring` (raw ring elements) and `bit`. */
export type DType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'fxp'
  | 'ring'
  | 'bit';

export type Shape = readonly number[];

/** `secret`: masked, nobody knows it. Not secret: public, part of the program, known to parties and dealer. */
export interface Type {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly secret: boolean;
}

export type ValueId = number;

/** Plain data of public constants. Row-major. */
export interface Tensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: TensorData;
}
export type TensorData =
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

export type Attr = number | string | boolean | readonly number[] | Float64Array | Tensor;
export type Attrs = Readonly<Record<string, Attr>>;

export interface Node {
  readonly op: string;
  readonly ins: readonly ValueId[];
  readonly outs: readonly ValueId[];
  readonly attrs: Attrs;
  /** The body of a loop. */
  readonly body?: Graph;
  /** The user's call site, `file:line:column`. */
  readonly site?: string;
}

/** Nodes stand in an order in which every value is made before it is used. `types[id]` is the type of a value. */
export interface Graph {
  readonly ins: readonly ValueId[];
  readonly outs: readonly ValueId[];
  readonly nodes: readonly Node[];
  readonly types: readonly Type[];
  /** Of a lowered program that is watched by the range guard: the user's ops, by the number that its gates name them. */
  readonly watched?: readonly Watched[];
}

/** One op of a user's program that may leave the range. */
export type Watched = Pick<Node, 'op' | 'site'>;

export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** One element of a dtype: false/true as 0/1, 64-bit integers as bigint. */
export type Element = number | bigint;

/** The data as a list of elements, whatever the typed array. */
export const elements = (data: TensorData): { [i: number]: Element; readonly length: number } =>
  data as unknown as { [i: number]: Element; readonly length: number };
