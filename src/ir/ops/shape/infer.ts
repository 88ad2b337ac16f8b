/** @file Type rules of ops that move, join, reduce and multiply whole arrays. */
import { fail } from '../../../errors.ts';
import { kindOf } from '../dtypes.ts';
import { type DType, type Shape, sizeOf, type Type } from '../graph.ts';
import {
  anySecret,
  axisOf,
  type InferTable,
  needDType,
  needIndex,
  needSameDType,
  type One,
  result,
} from '../infer.ts';
import { checkBroadcast, checkShape, dropAxes, sameShape, shapeText } from '../shapes.ts';
import type { ShapeOp } from './catalogue.ts';

const needRank = (op: string, length: number, shape: Shape, key: string): void => {
  if (length !== shape.length)
    fail('SHAPE', `${op}: ${key} has ${length} entries for an array of dimension ${shape.length}`);
};

/** max, min along one axis, which goes. */
const extreme = ([x]: One, attrs: { readonly axis: number }, op: string): Type => {
  needDType(op, x, 'number');
  const axis = axisOf(op, attrs, x.shape);
  if (x.shape[axis] === 0)
    fail('SHAPE', `zero-size array to reduction operation ${op} which has no identity`);
  return result(dropAxes(x.shape, [axis]), x.dtype, [x]);
};

const position = ([x]: One, attrs: { readonly axis: number }, op: string): Type => {
  needDType(op, x, 'number');
  const axis = axisOf(op, attrs, x.shape);
  if (x.shape[axis] === 0) fail('SHAPE', `attempt to get ${op} of an empty sequence`);
  const dtype: DType = 'int64';
  return result(dropAxes(x.shape, [axis]), dtype, [x]);
};

export const INFER_SHAPE: InferTable<ShapeOp> = {
  matmul: (ins, _attrs, op) => {
    const [a, b] = ins;
    const dtype = needSameDType(op, ins);
    needDType(op, a, 'number');
    if (a.shape.length < 2 || b.shape.length !== a.shape.length)
      fail(
        'SHAPE',
        `${op}: operands need one rank of 2 or more, not ${shapeText(a.shape)} ${shapeText(b.shape)}`,
      );
    const batch = a.shape.slice(0, -2);
    if (!sameShape(batch, b.shape.slice(0, -2)))
      fail('SHAPE', `${op}: batch dimensions differ: ${shapeText(a.shape)} ${shapeText(b.shape)}`);
    const [m, k] = a.shape.slice(-2) as [number, number];
    const [k2, n] = b.shape.slice(-2) as [number, number];
    if (k !== k2)
      fail(
        'SHAPE',
        `matmul: input operand 1 has a mismatch in its core dimension 0, with shapes ${shapeText(a.shape)} and ` +
          `${shapeText(b.shape)} (size ${k2} is different from ${k})`,
      );
    return result([...batch, m, n], dtype, ins);
  },
  sum: ([x], { axes }, op) => {
    needDType(op, x, 'number');
    for (const axis of axes) axisOf(op, { axis }, x.shape);
    return result(dropAxes(x.shape, axes), x.dtype, [x]);
  },
  max: extreme,
  min: extreme,
  argmax: position,
  argmin: position,
  broadcast: ([x], attrs) => {
    const shape = checkShape(attrs.shape);
    checkBroadcast(x.shape, shape);
    return result(shape, x.dtype, [x]);
  },
  reshape: ([x], attrs) => {
    const shape = checkShape(attrs.shape);
    if (sizeOf(shape) !== sizeOf(x.shape))
      fail('SHAPE', `cannot reshape array of size ${sizeOf(x.shape)} into shape ${shapeText(shape)}`);
    return result(shape, x.dtype, [x]);
  },
  transpose: ([x], { perm }, op) => {
    needRank(op, perm.length, x.shape, 'perm');
    if ([...perm].sort((a, b) => a - b).some((p, i) => p !== i))
      fail('SHAPE', `${op}: [${perm.join(', ')}] is not a permutation of the axes`);
    return result(
      perm.map((p) => x.shape[p]!),
      x.dtype,
      [x],
    );
  },
  slice: ([x], { start, size, step }, op) => {
    for (const list of [start, size, step]) needRank(op, list.length, x.shape, 'start, size or step');
    x.shape.forEach((n, i) => {
      const last = start[i]! + (size[i]! - 1) * step[i]!;
      const inside = (at: number) => at >= 0 && at < n;
      if (size[i]! < 0 || (size[i]! > 0 && !(inside(start[i]!) && inside(last))))
        fail(
          'SHAPE',
          `${op}: start ${start[i]}, size ${size[i]}, step ${step[i]} leaves axis ${i} of size ${n}`,
        );
    });
    return result([...size], x.dtype, [x]);
  },
  gather: ([x], attrs, op) => {
    const axis = axisOf(op, attrs, x.shape);
    const { indices } = attrs;
    const bad = indices.find((i) => i < 0 || i >= x.shape[axis]!);
    if (bad !== undefined)
      fail('RANGE', `index ${bad} is out of bounds for axis ${axis} with size ${x.shape[axis]}`);
    return result(
      x.shape.map((n, i) => (i === axis ? indices.length : n)),
      x.dtype,
      [x],
    );
  },
  concat: (ins, attrs, op) => {
    const first = ins[0].shape;
    const axis = axisOf(op, attrs, first);
    const rest = (t: Type): number[] => dropAxes(t.shape, [axis]);
    for (const t of ins)
      if (t.shape.length !== first.length || !sameShape(rest(t), rest(ins[0])))
        fail(
          'SHAPE',
          `all the input array dimensions except for the concatenation axis must match exactly: ` +
            ins.map((i) => shapeText(i.shape)).join(' '),
        );
    const total = ins.reduce((n, t) => n + t.shape[axis]!, 0);
    return result(
      first.map((n, i) => (i === axis ? total : n)),
      needSameDType(op, ins),
      ins,
    );
  },
  pad: (ins, { lo, hi }, op) => {
    const [x, value] = ins;
    for (const list of [lo, hi]) {
      needRank(op, list.length, x.shape, 'lo or hi');
      if (list.some((n) => n < 0)) fail('SHAPE', `${op}: widths cannot be negative`);
    }
    if (value.shape.length !== 0 || value.secret)
      fail('INVALID_ARGUMENT', `${op}: the padding is to be a public scalar`);
    const shape = x.shape.map((n, i) => n + lo[i]! + hi[i]!);
    return result(shape, needSameDType(op, ins), ins);
  },
  dynamicSlice: ([x, ...index], { size }, op) => {
    needRank(op, size.length, x.shape, 'size');
    needRank(op, index.length, x.shape, 'the index');
    for (const i of index) needIndex(op, i);
    size.forEach((n, i) => {
      if (n < 0 || n > x.shape[i]!)
        fail('SHAPE', `${op}: size ${n} does not fit axis ${i} of size ${x.shape[i]}`);
    });
    return result([...size], x.dtype, [x]);
  },
  dynamicUpdateSlice: ([x, update, ...index], _attrs, op) => {
    needRank(op, update.shape.length, x.shape, 'the update');
    needRank(op, index.length, x.shape, 'the index');
    for (const i of index) needIndex(op, i);
    if (update.shape.some((n, i) => n > x.shape[i]!))
      fail(
        'SHAPE',
        `${op}: an update of shape ${shapeText(update.shape)} does not fit ${shapeText(x.shape)}`,
      );
    return { shape: x.shape, dtype: needSameDType(op, [x, update]), secret: anySecret([x, update]) };
  },
  const: (_ins, { value }, op) => {
    const { shape, dtype, data } = value;
    kindOf(dtype);
    if (data.length !== sizeOf(shape))
      fail('SHAPE', `${op}: ${data.length} elements do not fill shape ${shapeText(shape)}`);
    return { shape, dtype, secret: false };
  },
};
