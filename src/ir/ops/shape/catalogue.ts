/** @file Ops that move, join, reduce and multiply whole arrays. */
import { flag, type OpEntry, optional, tensor, whole, wholes } from '../entry.ts';

const axis = { axis: whole };

export const SHAPING = {
  matmul: {
    arity: 2,
    elementwise: false,
    attrs: {},
    doc: '[..b, m, k] x [..b, k, n] -> [..b, m, n]; batch dimensions are equal',
  },
  sum: { arity: 1, elementwise: false, attrs: { axes: wholes }, doc: 'sum over {axes}, which go' },
  max: { arity: 1, elementwise: false, attrs: axis, doc: 'largest along {axis}, which goes' },
  min: { arity: 1, elementwise: false, attrs: axis, doc: 'smallest along {axis}, which goes' },
  argmax: {
    arity: 1,
    elementwise: false,
    attrs: axis,
    doc: 'where the first largest along {axis} is, int64',
  },
  argmin: {
    arity: 1,
    elementwise: false,
    attrs: axis,
    doc: 'where the first smallest along {axis} is, int64',
  },
  broadcast: {
    arity: 1,
    elementwise: false,
    attrs: { shape: wholes },
    doc: 'to {shape}, right-aligned as in NumPy',
  },
  reshape: {
    arity: 1,
    elementwise: false,
    attrs: { shape: wholes, fence: optional(flag) },
    doc: 'to {shape} of the same size, row-major; if {fence} a tile of the program ends here',
  },
  transpose: {
    arity: 1,
    elementwise: false,
    attrs: { perm: wholes },
    doc: 'result axis i is axis {perm}[i]',
  },
  slice: {
    arity: 1,
    elementwise: false,
    attrs: { start: wholes, size: wholes, step: wholes },
    doc: 'element {start} + j * {step}, j < {size}, along each axis; steps may be negative',
  },
  gather: {
    arity: 1,
    elementwise: false,
    attrs: { ...axis, indices: wholes },
    doc: 'the public {indices} along {axis}',
  },
  concat: { arity: [1], elementwise: false, attrs: axis, doc: 'operands one after another along {axis}' },
  pad: {
    arity: 2,
    elementwise: false,
    attrs: { lo: wholes, hi: wholes },
    doc: '{lo}, {hi} copies of a public scalar before and after each axis; ins x, scalar',
  },
  dynamicSlice: {
    arity: [1],
    elementwise: false,
    attrs: { size: wholes },
    doc: 'a block of {size} at public indices, which are clamped so that it fits; ins x, i0, i1, ...',
  },
  dynamicUpdateSlice: {
    arity: [2],
    elementwise: false,
    attrs: {},
    doc: 'x with the block at public indices (clamped) replaced; ins x, update, i0, i1, ...',
  },
  const: { arity: 0, elementwise: false, attrs: { value: tensor }, doc: 'the public {value}' },
} as const satisfies Readonly<Record<string, OpEntry>>;

export type ShapeOp = keyof typeof SHAPING;
