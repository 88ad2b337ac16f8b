/** @file What all functions of `np` share: reading operands, promoting dtypes, broadcasting, axis options. */

import { fail } from '../errors.ts';
import type { BinaryOp, UnaryOp } from '../ir/ops/catalogue.ts';
import { kindOf, promote, type UserDType } from '../ir/ops/dtypes.ts';
import type { Shape } from '../ir/ops/graph.ts';
import { broadcastShapes, normalAxes, sameShape } from '../ir/ops/shapes.ts';
import { type ArrayInput, type Axis, BaseArray } from '../ir/trace/array.ts';
import { NDArray, weakDType } from '../ir/trace/ndarray.ts';
import { apply, record } from '../ir/trace/tracer.ts';
import { describe } from '../names.ts';
import { argumentsOf } from './options.ts';

export type { ArrayInput, Axis } from '../ir/trace/array.ts';

const holdsTraced = (x: unknown): boolean =>
  Array.isArray(x) ? x.some((item) => holdsTraced(item)) : x instanceof BaseArray && !(x instanceof NDArray);

/** An operand as an array. Nested lists may hold traced arrays, which are stacked. Throws as NDArray.from. */
export const asArr = (x: ArrayInput): BaseArray => {
  if (x instanceof BaseArray) return x;
  if (!holdsTraced(x)) return NDArray.from(x);
  const rows = promoteAll((x as readonly ArrayInput[]).map(asArr));
  const lead = rows.map((row) => reshapeTo(row, [1, ...row.shape]));
  // A list that holds a traced array is not empty.
  return apply('concat', lead as [BaseArray, ...BaseArray[]], { axis: 0 });
};

export const convertTo = (x: BaseArray, dtype: UserDType): BaseArray =>
  x.dtype === dtype ? x : apply('convert', [x], { dtype });

export const reshapeTo = (x: BaseArray, shape: Shape): BaseArray =>
  sameShape(x.shape, shape) ? x : apply('reshape', [x], { shape: [...shape] });

export const broadcast = (x: BaseArray, shape: Shape): BaseArray =>
  sameShape(x.shape, shape) ? x : apply('broadcast', [x], { shape: [...shape] });

type Weak = number | bigint | boolean;
const isWeak = (x: unknown): x is Weak =>
  typeof x === 'number' || typeof x === 'bigint' || typeof x === 'boolean';

/** As many arrays as there are operands. */
export type Arrays<T extends readonly unknown[]> = { -readonly [I in keyof T]: BaseArray };

/** Brings arrays to one dtype. */
export const promoteAll = (xs: readonly BaseArray[]): BaseArray[] => {
  const dtype = xs.map((x) => x.dtype).reduce((a, b) => promote(a, b)) as UserDType;
  return xs.map((x) => convertTo(x, dtype));
};

/**
 * Operands brought to one dtype; JavaScript numbers take that of the arrays where they fit (RANGE where a whole
 * number is out of bounds). Shapes are left alone.
 */
export const unify = <const T extends readonly ArrayInput[]>(inputs: T): Arrays<T> => {
  if (inputs.every((x) => x instanceof BaseArray && x.dtype === (inputs[0] as BaseArray).dtype))
    return inputs as unknown as Arrays<T>;
  const strong = inputs.map((x) => (isWeak(x) ? undefined : asArr(x)));
  const known = strong.filter((x) => x !== undefined).map((x) => x.dtype);
  if (known.length === 0) return promoteAll(inputs.map(asArr)) as Arrays<T>;
  let dtype = known.reduce((a, b) => promote(a, b)) as UserDType;
  for (const x of inputs) if (isWeak(x)) dtype = promote(dtype, weakDType(x, dtype));
  return inputs.map((x, i) => {
    const array = strong[i];
    return array === undefined ? NDArray.from(x, dtype) : convertTo(array, dtype);
  }) as Arrays<T>;
};

/** Brings arrays to one shape. Throws SHAPE with NumPy's words. */
export const spread = <const T extends readonly BaseArray[]>(xs: T): Arrays<T> => {
  if (xs.every((x) => sameShape(x.shape, xs[0]!.shape))) return xs as Arrays<T>;
  const shape = broadcastShapes(...xs.map((x) => x.shape));
  return xs.map((x) => (sameShape(x.shape, shape) ? x : broadcast(record(x, xs), shape))) as Arrays<T>;
};

/** An elementwise op of real numbers: operands become float64 first. */
export const real = (op: UnaryOp, x: ArrayInput): BaseArray => apply(op, [convertTo(asArr(x), 'fxp')]);
export const realPair = (op: BinaryOp, x: ArrayInput, y: ArrayInput): BaseArray =>
  apply(op, spread([convertTo(asArr(x), 'fxp'), convertTo(asArr(y), 'fxp')]));

export const isBool = (x: BaseArray): boolean => kindOf(x.dtype) === 'bool';

/** Anything as bool: numbers are compared with 0. */
export const truth = (x: ArrayInput): BaseArray => convertTo(asArr(x), 'bool');

export const numberLike = (value: number, like: BaseArray): NDArray => NDArray.from(value, like.dtype);

/** Public numbers given as one, as a list or as an array. Throws INVALID_ARGUMENT for anything else. */
export const numbersOf = (name: string, x: unknown): number[] => {
  const list = x instanceof NDArray ? x.data : x;
  if (typeof list === 'number') return [list];
  if (Array.isArray(list) || (ArrayBuffer.isView(list) && !(list instanceof DataView)))
    return Array.from(list as ArrayLike<unknown>, Number);
  return fail('INVALID_ARGUMENT', `${name}: a number or a list of numbers is wanted, not ${describe(x)}`);
};

type AxisAlone = number | readonly number[] | null | undefined;

/** An axis that stands alone, or in options: `np.sort(x, 0)`, `np.sort(x, { axis: 0 })`. */
export interface AxisOptions {
  readonly axis?: number | undefined;
}
/** As AxisOptions; null: of the flattened array. */
export interface FlatAxisOptions {
  readonly axis?: number | null | undefined;
}
/** As AxisOptions, where there may be several axes, or none: all. */
export interface AxesOptions {
  readonly axis?: number | readonly number[] | null | undefined;
}
export type OneAxis = number | AxisOptions;
export type FlatAxis = number | null | FlatAxisOptions;
export type SomeAxes = number | readonly number[] | null | AxesOptions;

/** `np.sum(x, 0)`, `np.sum(x, [0, 1])`, `np.sum(x, {axis, keepdims})`: the axes, and whether they stay as 1. */
export const readAxes = (axis: Axis | undefined, rank: number): { axes: number[]; keepdims: boolean } => {
  const options = readOptions(axis);
  return { axes: normalAxes(options.axis, rank), keepdims: options.keepdims };
};

export const readOptions = (
  axis: Axis | undefined,
): { readonly axis: AxisAlone; readonly keepdims: boolean } => {
  const options = argumentsOf<{ axis?: AxisAlone; keepdims?: boolean }>(
    'an axis',
    { axis, keepdims: undefined },
    { axis: undefined, keepdims: false },
  );
  return { ...options, axis: checkAxis('an axis', options.axis, 'axis, keepdims') };
};

const checkAxis = <A extends AxisAlone>(name: string, axis: A, keys: string): A =>
  axis === undefined || axis === null || typeof axis === 'number' || Array.isArray(axis)
    ? axis
    : fail('INVALID_ARGUMENT', `${name}: options {${keys}} are wanted, not ${describe(axis)}`);

/** The axis of a function whose last argument it is: a number or {axis}. */
export const axisOf = <A extends AxisAlone>(
  name: string,
  axis: A | { readonly axis?: A | undefined } | undefined,
  otherwise: A,
): A => checkAxis(name, argumentsOf<{ axis: A }>(name, { axis }, { axis: otherwise }).axis, 'axis');
