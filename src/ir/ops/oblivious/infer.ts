/** @file Type rules of ops that need a protocol of their own: order, chance, and places that are secret. */

import { fail } from '../../../errors.ts';
import { sizeOf, type Type } from '../graph.ts';
import {
  anySecret,
  axisOf,
  type Infer,
  needDType,
  needSameDType,
  needSameShape,
  num,
  nums,
  type OpDef,
  result,
} from '../infer.ts';
import { checkShape, dropAxes, sameShape, shapeText } from '../shapes.ts';

const sorting =
  (dtype?: 'int64') =>
  (op: string): Infer =>
  (ins, attrs) => {
    const x = ins[0]!;
    needDType(op, x, 'number');
    axisOf(op, attrs, x.shape);
    if (typeof attrs.descending !== 'boolean')
      fail('INVALID_ARGUMENT', `${op}: attribute descending is to be true or false`);
    return result(x.shape, dtype ?? x.dtype, ins);
  };

const op1 = (doc: string, infer: OpDef['infer']): OpDef => ({ arity: 1, elementwise: false, doc, infer });

const needPlaces = (op: string, t: Type): void => needDType(op, t, 'int');

/** One scalar place an axis. */
const needCorner = (op: string, x: Type, corner: readonly Type[]): void => {
  if (corner.length !== x.shape.length)
    fail('SHAPE', `${op}: ${corner.length} places for an array of dimension ${x.shape.length}`);
  for (const t of corner) {
    needPlaces(op, t);
    if (t.shape.length !== 0) fail('SHAPE', `${op}: a place is a scalar, not of shape ${shapeText(t.shape)}`);
  }
};

const needFit = (op: string, size: readonly number[], x: Type): void => {
  if (size.length !== x.shape.length || size.some((n, i) => n < 0 || n > x.shape[i]!))
    fail('SHAPE', `${op}: a block of shape ${shapeText(size)} does not fit ${shapeText(x.shape)}`);
};

export const SECRET: Readonly<Record<string, OpDef>> = {
  sort: op1('in order along {axis}, downwards if {descending}', sorting()),
  argsort: op1(
    'where the elements of `sort` come from, int64; equal ones keep their order',
    sorting('int64'),
  ),
  sortBy: {
    arity: 2,
    elementwise: false,
    doc: 'values in the order that argsort gives the keys along {axis}; ins keys, values, of one shape',
    infer: (op) => (ins, attrs) => {
      const [keys, values] = ins as readonly [Type, Type];
      sorting()(op)([keys], attrs, undefined);
      needDType(op, values, 'number');
      return result(needSameShape(op, ins), values.dtype, ins);
    },
  },
  shuffle: op1(
    'secret: the parts along {axis} in a random order; {draw} tells one shuffle from another',
    (op) => (ins, attrs) => {
      const x = ins[0]!;
      axisOf(op, attrs, x.shape);
      num(op, attrs, 'draw');
      return [{ ...x, secret: true }];
    },
  ),
  randomBits: {
    arity: 0,
    elementwise: false,
    doc: 'secret: random bools of {shape}; {draw} tells one draw from another',
    infer: (op) => (_, attrs) => {
      num(op, attrs, 'draw');
      return [{ shape: checkShape(nums(op, attrs, 'shape')), dtype: 'bool', secret: true }];
    },
  },
  lookup: {
    arity: 2,
    elementwise: false,
    doc: 'x at the places (integers of any shape, secret or not, within the axis) along {axis}; ins x, places',
    infer: (op) => (ins, attrs) => {
      const [x, places] = ins as readonly [Type, Type];
      const axis = axisOf(op, attrs, x.shape);
      needPlaces(op, places);
      if (x.shape[axis] === 0 && sizeOf(places.shape) > 0)
        fail('SHAPE', `${op}: axis ${axis} has no elements`);
      return result([...x.shape.slice(0, axis), ...places.shape, ...x.shape.slice(axis + 1)], x.dtype, ins);
    },
  },
  scatterAdd: {
    arity: 3,
    elementwise: false,
    doc:
      'x with parts added at the places (one dimension, within the first axis); ins x, places, parts. ' +
      'If {drops}, the size of the axis is a place too, and what is added there goes',
    infer: (op) => (ins) => {
      const [x, places, parts] = ins as readonly [Type, Type, Type];
      needPlaces(op, places);
      needDType(op, x, 'number');
      if (x.shape.length === 0 || places.shape.length !== 1)
        fail('SHAPE', `${op}: x has a first axis, and places one dimension`);
      if (!sameShape(parts.shape, [...places.shape, ...dropAxes(x.shape, [0])]))
        fail(
          'SHAPE',
          `${op}: parts of shape ${shapeText(parts.shape)} do not go with ${shapeText(places.shape)} places`,
        );
      return result(x.shape, needSameDType(op, [x, parts]), ins);
    },
  },
  sliceAt: {
    arity: [1],
    elementwise: false,
    doc: 'dynamicSlice at places that may be secret, clamped so that {size} fits; ins x, i0, i1, ...',
    infer: (op) => (ins, attrs) => {
      const x = ins[0]!;
      const size = nums(op, attrs, 'size');
      needCorner(op, x, ins.slice(1));
      needFit(op, size, x);
      return result([...size], x.dtype, ins);
    },
  },
  updateAt: {
    arity: [2],
    elementwise: false,
    doc: 'dynamicUpdateSlice at places that may be secret, clamped so that it fits; ins x, update, i0, i1, ...',
    infer: (op) => (ins) => {
      const [x, update] = ins as readonly [Type, Type];
      needCorner(op, x, ins.slice(2));
      needFit(op, update.shape, x);
      return [{ shape: x.shape, dtype: needSameDType(op, [x, update]), secret: anySecret(ins) }];
    },
  },
};
