/** @file What type rules are made of: checked attributes, checked operand types. Errors name the op. */
import { fail } from '../../errors.ts';
import { dtypeName, isInt, kindOf } from './dtypes.ts';
import type { Attrs, DType, Graph, Shape, Tensor, Type } from './graph.ts';
import { sameShape, shapeText } from './shapes.ts';

export type Infer = (ins: readonly Type[], attrs: Attrs, body: Graph | undefined) => readonly Type[];

export interface OpDef {
  /** Number of operands; [n]: n or more. */
  readonly arity: number | readonly [number];
  /** Result i depends on element i of each operand alone, and all shapes are equal. */
  readonly elementwise: boolean;
  readonly doc: string;
  /** Types of the results. Throws SHAPE, DTYPE, INVALID_ARGUMENT or SECRET_IN_CONTROL_FLOW. */
  readonly infer: (op: string) => Infer;
}

export const typeText = (t: Type): string =>
  `${t.dtype}${t.shape.length > 0 ? `[${t.shape.join(',')}]` : ''}${t.secret ? ' secret' : ''}`;

export const anySecret = (ins: readonly Type[]): boolean => ins.some((t) => t.secret);

export const result = (shape: Shape, dtype: DType, ins: readonly Type[]): Type[] => [
  { shape, dtype, secret: anySecret(ins) },
];

export const num = (op: string, attrs: Attrs, key: string): number => {
  const x = attrs[key];
  return typeof x === 'number' && Number.isInteger(x)
    ? x
    : fail('INVALID_ARGUMENT', `${op}: attribute ${key} is to be a whole number`);
};

export const nums = (op: string, attrs: Attrs, key: string): readonly number[] => {
  const x = attrs[key];
  return Array.isArray(x) && x.every((n) => Number.isInteger(n))
    ? (x as readonly number[])
    : fail('INVALID_ARGUMENT', `${op}: attribute ${key} is to be a list of whole numbers`);
};

export const tensor = (op: string, attrs: Attrs, key: string): Tensor => {
  const x = attrs[key];
  return typeof x === 'object' && !Array.isArray(x)
    ? (x as Tensor)
    : fail('INVALID_ARGUMENT', `${op}: attribute ${key} is to be an array`);
};

/** An axis of `shape`, from 0. */
export const axisOf = (op: string, attrs: Attrs, shape: Shape): number => {
  const axis = num(op, attrs, 'axis');
  return axis >= 0 && axis < shape.length
    ? axis
    : fail('SHAPE', `${op}: axis ${axis} is out of bounds for array of dimension ${shape.length}`);
};

export const needSameShape = (op: string, ins: readonly Type[]): Shape => {
  const first = ins[0]!.shape;
  for (const t of ins)
    if (!sameShape(t.shape, first))
      fail('SHAPE', `${op}: shapes differ: ${ins.map((i) => shapeText(i.shape)).join(' ')}`);
  return first;
};

export const needSameDType = (op: string, ins: readonly Type[]): DType => {
  const first = ins[0]!.dtype;
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
