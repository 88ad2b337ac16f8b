/** @file What may be asked of dtypes and of ranks, which are public. dtypes are named by text: 'float64', 'int32', .. */

import { dtypeName, type Kind, kindOf, parseDType, promote } from '../ir/ops/dtypes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { type ArrayInput, asArr, unify } from './core.ts';
import { zeros } from './create.ts';

/** The dtype to which both are brought. */
export const promoteTypes = (a: string, b: string): string =>
  dtypeName(promote(parseDType(a), parseDType(b)));

/** The dtype of what these arrays, numbers and dtypes make together. */
export const resultType = (...operands: readonly (ArrayInput | string)[]): string => {
  const arrays = operands.map((x) => (typeof x === 'string' ? zeros([], x) : x));
  return dtypeName((unify(arrays)[0] as BaseArray).dtype);
};

/** Does every number of one dtype fit into the other? */
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

/** Is the dtype of this kind ('integral', 'real floating', ..), or of one of these, or this dtype? */
export const isdtype = (dtype: string, kind: string | readonly string[]): boolean =>
  typeof kind === 'string'
    ? (KINDS[kind]?.includes(kindOf(parseDType(dtype))) ?? parseDType(dtype) === parseDType(kind))
    : kind.some((k) => isdtype(dtype, k));

/** Has it no axes? */
export const isscalar = (x: ArrayInput): boolean => asArr(x).ndim === 0;
/** Has it axes? */
export const iterable = (x: ArrayInput): boolean => asArr(x).ndim > 0;
