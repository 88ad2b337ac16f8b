/** @file Ops that move, join, reduce and multiply whole arrays. */
import { flag, type OpEntry, optional, tensor, whole, wholes } from '../entry.ts';

const axis = { axis: whole };

export const SHAPING = {
  /** [..b, m, k] x [..b, k, n] -> [..b, m, n]; batch dimensions are equal. */
  matmul: {
    arity: 2,
    elementwise: false,
    attrs: {},
  },
  /** Sum over {axes}, which go. */
  sum: { arity: 1, elementwise: false, attrs: { axes: wholes } },
  /** Largest along {axis}, which goes. */
  max: { arity: 1, elementwise: false, attrs: axis },
  /** Smallest along {axis}, which goes. */
  min: { arity: 1, elementwise: false, attrs: axis },
  /** Where the first largest along {axis} is, int64. */
  argmax: {
    arity: 1,
    elementwise: false,
    attrs: axis,
  },
  /** Where the first smallest along {axis} is, int64. */
  argmin: {
    arity: 1,
    elementwise: false,
    attrs: axis,
  },
  /** To {shape}, right-aligned as in NumPy. */
  broadcast: {
    arity: 1,
    elementwise: false,
    attrs: { shape: wholes },
  },
  /** To {shape} of the same size, row-major; if {fence} a tile of the program ends here, and {outside} of the memory its result waits. */
  reshape: {
    arity: 1,
    elementwise: false,
    attrs: { shape: wholes, fence: optional(flag), outside: optional(flag) },
  },
  /** Result axis i is axis {perm}[i]. */
  transpose: {
    arity: 1,
    elementwise: false,
    attrs: { perm: wholes },
  },
  /** Element {start} + j * {step}, j < {size}, along each axis; steps may be negative. */
  slice: {
    arity: 1,
    elementwise: false,
    attrs: { start: wholes, size: wholes, step: wholes },
  },
  /** The public {indices} along {axis}. */
  gather: {
    arity: 1,
    elementwise: false,
    attrs: { ...axis, indices: wholes },
  },
  /** Operands one after another along {axis}. */
  concat: { arity: [1], elementwise: false, attrs: axis },
  /** {lo}, {hi} copies of a public scalar before and after each axis; ins x, scalar. */
  pad: {
    arity: 2,
    elementwise: false,
    attrs: { lo: wholes, hi: wholes },
  },
  /** A block of {size} at public indices, which are clamped so that it fits; ins x, i0, i1, ... */
  dynamicSlice: {
    arity: [1],
    elementwise: false,
    attrs: { size: wholes },
  },
  /** x with the block at public indices (clamped) replaced; ins x, update, i0, i1, ... */
  dynamicUpdateSlice: {
    arity: [2],
    elementwise: false,
    attrs: {},
  },
  /** The public {value}. */
  const: { arity: 0, elementwise: false, attrs: { value: tensor } },
} as const satisfies Readonly<Record<string, OpEntry>>;

export type ShapeOp = keyof typeof SHAPING;
