/** @file What type rules are made of: checked operand types. Errors name the op. Attributes have been checked by the catalogue. */
import { fail } from '../../errors.ts';
import type { AttrsOf, Operands, OpName } from './catalogue.ts';
import { dtypeName, isInt, kindOf } from './dtypes.ts';
import type { DType, Shape, Type } from './graph.ts';
import { sameShape, shapeText } from './shapes.ts';

/** The type rule of an op: the type of its result. Throws SHAPE, DTYPE, INVALID_ARGUMENT or SECRET_IN_CONTROL_FLOW. */
export type Infer<K extends OpName> = (ins: Operands<K, Type>, attrs: AttrsOf<K>, op: K) => Type;
export type InferTable<N extends OpName> = { readonly [K in N]: Infer<K> };

/** One operand, and one or more. */
export type One = readonly [Type];
export type Some = readonly [Type, ...Type[]];

export const typeText = (t: Type): string =>
  `${t.dtype}${t.shape.length > 0 ? `[${t.shape.join(',')}]` : ''}${t.secret ? ' secret' : ''}`;

export const anySecret = (ins: readonly Type[]): boolean => ins.some((t) => t.secret);

export const result = (shape: Shape, dtype: DType, ins: readonly Type[]): Type => ({
  shape,
  dtype,
  secret: anySecret(ins),
});

/** An axis of `shape`, from 0. */
export const axisOf = (op: string, { axis }: { readonly axis: number }, shape: Shape): number => {
  return axis >= 0 && axis < shape.length
    ? axis
    : fail('SHAPE', `${op}: axis ${axis} is out of bounds for array of dimension ${shape.length}`);
};

export const needSameShape = (op: string, ins: Some): Shape => {
  const first = ins[0].shape;
  for (const t of ins)
    if (!sameShape(t.shape, first))
      fail('SHAPE', `${op}: shapes differ: ${ins.map((i) => shapeText(i.shape)).join(' ')}`);
  return first;
};

export const needSameDType = (op: string, ins: Some): DType => {
  const first = ins[0].dtype;
  for (const t of ins)
    if (t.dtype !== first)
      fail('DTYPE', `${op}: dtypes differ: ${ins.map((i) => dtypeName(i.dtype)).join(' ')}`);
  return first;
};

/** Groups of dtypes that an op takes, with the words for its message. */
export const ACCEPTS = {
  number: { words: 'numbers', test: (d: DType) => kindOf(d) !== 'bool' },
  float: { words: 'float64', test: (d: DType) => d === 'fxp' },
  bool: { words: 'bool', test: (d: DType) => d === 'bool' },
  int: { words: 'integers', test: isInt },
  any: { words: 'numbers or bool', test: (d: DType) => kindOf(d) !== undefined },
} as const;

export const needDType = (op: string, t: Type, accepts: keyof typeof ACCEPTS): void => {
  const { words, test } = ACCEPTS[accepts];
  if (!test(t.dtype)) fail('DTYPE', `${op} takes ${words}, not ${dtypeName(t.dtype)}`);
};

/** An index that a program may use: a public integer scalar. */
export const needIndex = (op: string, t: Type): void => {
  if (t.secret)
    fail(
      'SECRET_IN_CONTROL_FLOW',
      `${op}: the index is secret; an array can only be indexed by a public integer`,
    );
  if (t.shape.length !== 0 || !isInt(t.dtype))
    fail('DTYPE', `${op}: an index is an integer scalar, not ${typeText(t)}`);
};
