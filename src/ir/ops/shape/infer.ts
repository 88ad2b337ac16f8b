/** @file Type rules of ops that move, join, reduce and multiply whole arrays. */
import { fail } from '../../../errors.ts';
import { kindOf } from '../dtypes.ts';
import { type Shape, sizeOf, type Type } from '../graph.ts';
import {
  anySecret,
  axisOf,
  type Infer,
  needDType,
  needIndex,
  needSameDType,
  nums,
  type OpDef,
  result,
  tensor,
} from '../infer.ts';
import { checkBroadcast, checkShape, dropAxes, sameShape, shapeText } from '../shapes.ts';

const op1 = (doc: string, infer: (op: string) => Infer): OpDef => ({
  arity: 1,
  elementwise: false,
  doc,
  infer,
});

const needRank = (op: string, list: readonly number[], shape: Shape, key: string): void => {
  if (list.length !== shape.length)
    fail('SHAPE', `${op}: ${key} has ${list.length} entries for an array of dimension ${shape.length}`);
};

const matmul =
  (op: string): Infer =>
  (ins) => {
    const [a, b] = ins as readonly [Type, Type];
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
  };

/** max, min, argmax, argmin along one axis, which goes. */
const alongAxis =
  (dtype?: 'int64') =>
  (op: string): Infer =>
  (ins, attrs) => {
    const x = ins[0]!;
    needDType(op, x, 'number');
    const axis = axisOf(op, attrs, x.shape);
    if (x.shape[axis] === 0)
      fail(
        'SHAPE',
        dtype === undefined
          ? `zero-size array to reduction operation ${op} which has no identity`
          : `attempt to get ${op} of an empty sequence`,
      );
    return result(dropAxes(x.shape, [axis]), dtype ?? x.dtype, ins);
  };

const sliceShape =
  (op: string): Infer =>
  (ins, attrs) => {
    const { shape, dtype } = ins[0]!;
    const [start, size, step] = ['start', 'size', 'step'].map((k) => nums(op, attrs, k)) as [
      readonly number[],
      readonly number[],
      readonly number[],
    ];
    for (const list of [start, size, step]) needRank(op, list, shape, 'start, size or step');
    shape.forEach((n, i) => {
      const last = start[i]! + (size[i]! - 1) * step[i]!;
      const inside = (at: number) => at >= 0 && at < n;
      if (size[i]! < 0 || (size[i]! > 0 && !(inside(start[i]!) && inside(last))))
        fail(
          'SHAPE',
          `${op}: start ${start[i]}, size ${size[i]}, step ${step[i]} leaves axis ${i} of size ${n}`,
        );
    });
    return result([...size], dtype, ins);
  };

export const SHAPING: Readonly<Record<string, OpDef>> = {
  matmul: {
    arity: 2,
    elementwise: false,
    doc: '[..b, m, k] x [..b, k, n] -> [..b, m, n]; batch dimensions are equal',
    infer: matmul,
  },
  sum: op1('sum over {axes}, which go', (op) => (ins, attrs) => {
    const x = ins[0]!;
    needDType(op, x, 'number');
    const axes = nums(op, attrs, 'axes');
    for (const axis of axes) axisOf(op, { axis }, x.shape);
    return result(dropAxes(x.shape, axes), x.dtype, ins);
  }),
  max: op1('largest along {axis}, which goes', alongAxis()),
  min: op1('smallest along {axis}, which goes', alongAxis()),
  argmax: op1('where the first largest along {axis} is, int64', alongAxis('int64')),
  argmin: op1('where the first smallest along {axis} is, int64', alongAxis('int64')),
  broadcast: op1('to {shape}, right-aligned as in NumPy', (op) => (ins, attrs) => {
    const shape = checkShape(nums(op, attrs, 'shape'));
    checkBroadcast(ins[0]!.shape, shape);
    return result(shape, ins[0]!.dtype, ins);
  }),
  reshape: op1('to {shape} of the same size, row-major', (op) => (ins, attrs) => {
    const { shape: from, dtype } = ins[0]!;
    const shape = checkShape(nums(op, attrs, 'shape'));
    if (sizeOf(shape) !== sizeOf(from))
      fail('SHAPE', `cannot reshape array of size ${sizeOf(from)} into shape ${shapeText(shape)}`);
    return result(shape, dtype, ins);
  }),
  transpose: op1('result axis i is axis {perm}[i]', (op) => (ins, attrs) => {
    const { shape, dtype } = ins[0]!;
    const perm = nums(op, attrs, 'perm');
    needRank(op, perm, shape, 'perm');
    if ([...perm].sort((a, b) => a - b).some((p, i) => p !== i))
      fail('SHAPE', `${op}: [${perm.join(', ')}] is not a permutation of the axes`);
    return result(
      perm.map((p) => shape[p]!),
      dtype,
      ins,
    );
  }),
  slice: op1('element {start} + j * {step}, j < {size}, along each axis; steps may be negative', sliceShape),
  gather: op1('the public {indices} along {axis}', (op) => (ins, attrs) => {
    const { shape, dtype } = ins[0]!;
    const axis = axisOf(op, attrs, shape);
    const indices = nums(op, attrs, 'indices');
    const bad = indices.find((i) => i < 0 || i >= shape[axis]!);
    if (bad !== undefined)
      fail('RANGE', `index ${bad} is out of bounds for axis ${axis} with size ${shape[axis]}`);
    return result(
      shape.map((n, i) => (i === axis ? indices.length : n)),
      dtype,
      ins,
    );
  }),
  concat: {
    arity: [1],
    elementwise: false,
    doc: 'operands one after another along {axis}',
    infer: (op) => (ins, attrs) => {
      const first = ins[0]!.shape;
      const axis = axisOf(op, attrs, first);
      const rest = (t: Type): number[] => dropAxes(t.shape, [axis]);
      for (const t of ins)
        if (t.shape.length !== first.length || !sameShape(rest(t), rest(ins[0]!)))
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
  },
  pad: {
    arity: 2,
    elementwise: false,
    doc: '{lo}, {hi} copies of a public scalar before and after each axis; ins x, scalar',
    infer: (op) => (ins, attrs) => {
      const [x, value] = ins as readonly [Type, Type];
      const [lo, hi] = [nums(op, attrs, 'lo'), nums(op, attrs, 'hi')];
      for (const list of [lo, hi]) {
        needRank(op, list, x.shape, 'lo or hi');
        if (list.some((n) => n < 0)) fail('SHAPE', `${op}: widths cannot be negative`);
      }
      if (value.shape.length !== 0 || value.secret)
        fail('INVALID_ARGUMENT', `${op}: the padding is to be a public scalar`);
      const shape = x.shape.map((n, i) => n + lo[i]! + hi[i]!);
      return result(shape, needSameDType(op, ins), ins);
    },
  },
  dynamicSlice: {
    arity: [1],
    elementwise: false,
    doc: 'a block of {size} at public indices, which are clamped so that it fits; ins x, i0, i1, ...',
    infer: (op) => (ins, attrs) => {
      const x = ins[0]!;
      const size = nums(op, attrs, 'size');
      needRank(op, size, x.shape, 'size');
      needRank(op, new Array<number>(ins.length - 1), x.shape, 'the index');
      for (const i of ins.slice(1)) needIndex(op, i);
      size.forEach((n, i) => {
        if (n < 0 || n > x.shape[i]!)
          fail('SHAPE', `${op}: size ${n} does not fit axis ${i} of size ${x.shape[i]}`);
      });
      return result([...size], x.dtype, [x]);
    },
  },
  dynamicUpdateSlice: {
    arity: [2],
    elementwise: false,
    doc: 'x with the block at public indices (clamped) replaced; ins x, update, i0, i1, ...',
    infer: (op) => (ins) => {
      const [x, update] = ins as readonly [Type, Type];
      needRank(op, update.shape, x.shape, 'the update');
      needRank(op, new Array<number>(ins.length - 2), x.shape, 'the index');
      for (const i of ins.slice(2)) needIndex(op, i);
      if (update.shape.some((n, i) => n > x.shape[i]!))
        fail(
          'SHAPE',
          `${op}: an update of shape ${shapeText(update.shape)} does not fit ${shapeText(x.shape)}`,
        );
      return [{ shape: x.shape, dtype: needSameDType(op, [x, update]), secret: anySecret([x, update]) }];
    },
  },
  const: {
    arity: 0,
    elementwise: false,
    doc: 'the public {value}',
    infer: (op) => (_ins, attrs) => {
      const { shape, dtype, data } = tensor(op, attrs, 'value');
      kindOf(dtype);
      if (data.length !== sizeOf(shape))
        fail('SHAPE', `${op}: ${data.length} elements do not fill shape ${shapeText(shape)}`);
      return [{ shape, dtype, secret: false }];
    },
  },
};
