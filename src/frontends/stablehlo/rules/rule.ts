/** @file What a rule for an operation is given: the arrays, the attributes, and a way to run regions and functions. */
import { fail } from '../../../errors.ts';
import type { BaseArray } from '../../../ir/trace/array.ts';
import * as np from '../../../numpy/index.ts';
import { NDArray } from '../../../numpy/index.ts';
import type { Attribute, Block, Dense, Operation, TensorType, Type, Value } from '../module.ts';

/** How programs are run: what its user has said. */
export interface RunOptions {
  /** Conditions of loops that are secret: refused, or revealed before each turn, or hidden by running so many turns. */
  readonly loops: { readonly reveal: boolean; readonly maxIterations: number | undefined };
  /** What small float constants become. */
  readonly epsilon: number | undefined;
  /** Constants that are arguments. */
  readonly lifted: ReadonlyMap<Operation, BaseArray>;
}

export interface Context {
  readonly options: RunOptions;
  /** Runs a region on arguments: what it returns. Values from outside of it are known to it. */
  readonly region: (block: Block, inputs: readonly BaseArray[]) => BaseArray[];
  /** Runs a function of the module. */
  readonly call: (name: string, inputs: readonly BaseArray[], place: string) => BaseArray[];
  /** The body of a function of the module. */
  readonly bodyOf: (name: string, place: string) => Block;
  /** The array of a value that is known here. */
  readonly valueOf: (value: Value) => BaseArray | undefined;
}

/** The results of one operation. */
export type Rule = (op: Operation, inputs: readonly BaseArray[], context: Context) => BaseArray | BaseArray[];
export type Rules = Readonly<Record<string, Rule>>;

export const unsupported = (op: Operation, what: string): never =>
  fail('UNSUPPORTED', `${op.name} at ${op.place}: ${what}`, { op: op.name, place: op.place });

export const tensorOf = (type: Type | undefined, op: Operation): TensorType =>
  type?.kind === 'tensor' ? type : unsupported(op, `a ${type?.name ?? 'missing'} in place of an array`);

export const resultOf = (op: Operation, i = 0): TensorType => tensorOf(op.results[i]?.type, op);
export const operandOf = (op: Operation, i: number): TensorType => tensorOf(op.operands[i]?.type, op);

/** Element types -> dtypes of `np`. Floats of any width are fixed-point numbers here. */
const DTYPES: Readonly<Record<string, string>> = {
  i1: 'bool',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  ui8: 'uint8',
  ui16: 'uint16',
  ui32: 'uint32',
  ui64: 'uint64',
  index: 'int64',
  f16: 'float64',
  bf16: 'float64',
  f32: 'float64',
  f64: 'float64',
};
export const dtypeOf = (type: TensorType, op: Operation): string =>
  Object.hasOwn(DTYPES, type.element)
    ? (DTYPES[type.element] as string)
    : unsupported(op, `arrays of ${type.element} have no place in a fixed-point ring`);
export const isFloat = (type: TensorType): boolean => /^b?f\d+$/.test(type.element);
export const isUnsigned = (type: TensorType): boolean => type.element.startsWith('ui');
export const isBoolean = (type: TensorType): boolean => type.element === 'i1';

const isDense = (a: Attribute | undefined): a is Dense =>
  typeof a === 'object' && 'kind' in a && a.kind === 'dense';

/** Whole numbers of an attribute: of a tensor, a list or one number. */
export const numbers = (op: Operation, name: string, otherwise?: readonly number[]): readonly number[] => {
  const a = op.attributes.get(name);
  if (isDense(a)) {
    const list = Array.from(a.data as Float64Array, Number);
    const n = a.type.shape.reduce((x, y) => x * y, 1);
    return a.splat ? new Array<number>(n).fill(list[0] as number) : list;
  }
  if (typeof a === 'number') return [a];
  if (Array.isArray(a))
    return (a as readonly Attribute[]).map((x) => (typeof x === 'boolean' ? Number(x) : Number(x)));
  return otherwise ?? unsupported(op, `its attribute ${name} is missing`);
};
export const number = (op: Operation, name: string, otherwise?: number): number =>
  numbers(op, name, otherwise === undefined ? undefined : [otherwise])[0] ??
  unsupported(op, `${name} is empty`);
export const text = (op: Operation, name: string, otherwise?: string): string => {
  const a = op.attributes.get(name);
  return typeof a === 'string' ? a : (otherwise ?? unsupported(op, `its attribute ${name} is missing`));
};
export const flag = (op: Operation, name: string): boolean => op.attributes.get(name) === true;

/** The dtype of an array as users call it. */
export const dtypeName = (x: BaseArray): string => (x.dtype === 'fxp' ? 'float64' : x.dtype);

/** A public array, or undefined. */
export const publicOf = (x: BaseArray | undefined): NDArray | undefined =>
  x instanceof NDArray ? x : undefined;
export const isPublic = (x: BaseArray): x is NDArray => x instanceof NDArray;

/** A whole number that is known when the program is recorded. */
export const publicNumber = (x: BaseArray | undefined): number | undefined => {
  const known = publicOf(x);
  return known && known.size === 1 ? Number(known.data[0]) : undefined;
};

/** The number that a value of a region always is, made there or known outside. */
export const constantOf = (block: Block, value: Value | undefined, context: Context): number | undefined => {
  if (value === undefined) return undefined;
  const maker = block.operations.find(({ results }) => results.includes(value));
  if (!maker) return publicNumber(context.valueOf(value));
  const constant = maker.name === 'constant' ? maker.attributes.get('value') : undefined;
  return isDense(constant) && constant.data.length === 1 ? Number(constant.data[0]) : undefined;
};

/** An operation's operand that has to be there. */
export const input = <T>(inputs: readonly T[], i: number, op: Operation): T =>
  inputs[i] ?? unsupported(op, `operand ${i} is missing`);

/** The region of an operation. */
export const regionOf = (op: Operation, i = 0): Block =>
  op.regions[i] ?? unsupported(op, `region ${i} is missing`);

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export { np };
