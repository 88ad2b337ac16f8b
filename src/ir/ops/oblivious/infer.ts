/** @file Type rules of ops with oblivious protocols: sorting, randomness, and access at secret indexes. */
import { fail } from '../../../errors.ts';
import { type DType, sizeOf, type Type } from '../graph.ts';
import {
  anySecret,
  axisOf,
  type InferTable,
  needDType,
  needSameDType,
  needSameShape,
  type One,
  result,
} from '../infer.ts';
import { checkShape, dropAxes, sameShape, shapeText } from '../shapes.ts';
import type { ObliviousOp } from './catalogue.ts';

const sorting = ([x]: One, attrs: { readonly axis: number }, op: string, dtype: DType = x.dtype): Type => {
  needDType(op, x, 'number');
  axisOf(op, attrs, x.shape);
  return result(x.shape, dtype, [x]);
};

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

export const INFER_OBLIVIOUS: InferTable<ObliviousOp> = {
  sort: (ins, attrs, op) => sorting(ins, attrs, op),
  argsort: (ins, attrs, op) => sorting(ins, attrs, op, 'int64'),
  sortBy: (ins, attrs, op) => {
    const [keys, values] = ins;
    sorting([keys], attrs, op);
    needDType(op, values, 'number');
    return result(needSameShape(op, ins), values.dtype, ins);
  },
  shuffle: ([x], attrs, op) => {
    axisOf(op, attrs, x.shape);
    return { ...x, secret: true };
  },
  randomBits: (_ins, { shape }) => ({ shape: checkShape(shape), dtype: 'bool', secret: true }),
  lookup: (ins, attrs, op) => {
    const [x, places] = ins;
    const axis = axisOf(op, attrs, x.shape);
    needPlaces(op, places);
    if (x.shape[axis] === 0 && sizeOf(places.shape) > 0) fail('SHAPE', `${op}: axis ${axis} has no elements`);
    return result([...x.shape.slice(0, axis), ...places.shape, ...x.shape.slice(axis + 1)], x.dtype, ins);
  },
  scatterAdd: (ins, _attrs, op) => {
    const [x, places, parts] = ins;
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
  sliceAt: (ins, { size }, op) => {
    const [x, ...corner] = ins;
    needCorner(op, x, corner);
    needFit(op, size, x);
    return result([...size], x.dtype, ins);
  },
  updateAt: (ins, _attrs, op) => {
    const [x, update, ...corner] = ins;
    needCorner(op, x, corner);
    needFit(op, update.shape, x);
    return { shape: x.shape, dtype: needSameDType(op, [x, update]), secret: anySecret(ins) };
  },
};
