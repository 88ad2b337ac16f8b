/**
 * @file What a StableHLO program is once it is read, the same from bytecode and from text: functions, operations with regions,
 * types and attributes. Attributes have the names of the portable form (VHLO), which has no nested dimension numbers.
 */
import { fail } from '../../errors.ts';

/** Size of an axis that is known only when the program is called. */
export const DYNAMIC = -1;

export interface TensorType {
  readonly kind: 'tensor';
  readonly shape: readonly number[];
  /** 'f32', 'i64', 'ui8', 'i1', 'complex<f32>', ... */
  readonly element: string;
}
/** A tuple, a token, a function: what no array stands for. */
export interface OtherType {
  readonly kind: 'other';
  readonly name: string;
}
export type Type = TensorType | OtherType;

/** Numbers of a constant. A splat has one for all places. */
export interface Dense {
  readonly kind: 'dense';
  readonly type: TensorType;
  readonly data: DenseData;
  readonly splat: boolean;
}
/** Floats are widened to float64; complex numbers stand in pairs. */
export type DenseData =
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

export interface Named {
  readonly kind: 'dictionary';
  readonly entries: ReadonlyMap<string, Attribute>;
}
export type Attribute =
  | boolean
  | number
  | bigint
  | string
  | Type
  | Dense
  | Named
  | { readonly kind: 'unknown' }
  | readonly Attribute[];

/** A result of an operation, or an argument of a block. */
export interface Value {
  readonly type: Type;
}

export interface Block {
  readonly parameters: readonly Value[];
  readonly operations: readonly Operation[];
}

export interface Operation {
  /** 'add', 'dot_general', 'chlo.erf', 'call', 'return': the dialect is left out where it is StableHLO's own. */
  readonly name: string;
  readonly operands: readonly Value[];
  readonly results: readonly Value[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly regions: readonly Block[];
  /** Where it stands in the file, for people: 'line 12', 'byte 340'. */
  readonly place: string;
}

export interface FunctionDefinition {
  readonly name: string;
  readonly body: Block;
  /** What the compiler that wrote it noted beside each argument and result. */
  readonly argumentAttributes: readonly Named[];
  readonly resultAttributes: readonly Named[];
  readonly results: readonly Type[];
}

export interface Module {
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
}

/** Limits for what comes from a file. */
export const LIMITS = {
  /** Regions in regions, types in types, attributes in attributes. */
  depth: 200,
  /** Elements of a constant or of a result. */
  elements: 0x80000000,
} as const;

/** An error in a file: what, and where. */
export const malformed = (what: string, place: string): never =>
  fail('SERIALIZATION', `the program cannot be read: ${what}, at ${place}`, { place });

export const elementsOf = (shape: readonly number[]): number => {
  let n = 1;
  for (const size of shape) n *= size;
  return n;
};
