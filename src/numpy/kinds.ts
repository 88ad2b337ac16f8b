/** @file What may be asked of dtypes and of ranks, which are public. dtypes are named by text: 'float64', 'int32', .. */

import { fail } from '../errors.ts';
import { dtypeName, type Kind, kindOf, parseDType, promote } from '../ir/ops/dtypes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { type ArrayInput, asArr, unify } from './core.ts';
import { zeros } from './create.ts';

/**
 * The dtype to which both are brought when they meet, by NumPy's table. Throws DTYPE for unknown names.
 * @example
 * np.promoteTypes('int8', 'uint8') // 'int16'
 * np.promoteTypes('int32', 'float64') // 'float64'
 */
export const promoteTypes = (a: string, b: string): string =>
  dtypeName(promote(parseDType(a), parseDType(b)));

/**
 * The dtype of what these arrays, numbers and dtypes make together: numbers of JavaScript take that of the arrays
 * where they fit. Throws DTYPE.
 * @example
 * np.resultType(np.array([1], 'int8'), 'int32') // 'int32'
 */
export const resultType = (...operands: readonly (ArrayInput | string)[]): string => {
  if (operands.length === 0) fail('INVALID_ARGUMENT', 'resultType: no operands');
  const arrays = operands.map((x) => (typeof x === 'string' ? zeros([], x) : x));
  return dtypeName((unify(arrays)[0] as BaseArray).dtype);
};

/**
 * Does every number of the first dtype fit into the second? Public. Throws DTYPE for unknown names.
 * @example
 * np.canCast('int8', 'int32') // true
 * np.canCast('int64', 'int32') // false
 */
export const canCast = (from: string, to: string): boolean =>
  promote(parseDType(from), parseDType(to)) === parseDType(to);

/** Kinds as the array API names them. */
const KINDS: Readonly<Record<string, readonly Kind[]>> = {
  bool: ['bool'],
  'signed integer': ['int'],
  'unsigned integer': ['uint'],
  integral: ['int', 'uint'],
  'real floating': ['float'],
  'complex floating': [],
  numeric: ['int', 'uint', 'float'],
};

/**
 * Is the dtype of this kind ('integral', 'real floating', ..), or of one of these, or this dtype?
 * @example
 * np.isdtype('int32', 'integral') // true
 * np.isdtype('bool', ['numeric', 'real floating']) // false
 */
export const isdtype = (dtype: string, kind: string | readonly string[]): boolean =>
  typeof kind === 'string'
    ? (KINDS[kind]?.includes(kindOf(parseDType(dtype))) ?? parseDType(dtype) === parseDType(kind))
    : kind.some((k) => isdtype(dtype, k));

/**
 * Has it no axes? A number has none. Public, whatever is secret.
 * @example
 * np.isscalar(3) // true
 * np.isscalar([3]) // false
 */
export const isscalar = (x: ArrayInput): boolean => asArr(x).ndim === 0;
/**
 * Has it axes, along which JavaScript could go? Public, whatever is secret.
 * @example
 * np.iterable([3]) // true
 * np.iterable(3) // false
 */
export const iterable = (x: ArrayInput): boolean => asArr(x).ndim > 0;
