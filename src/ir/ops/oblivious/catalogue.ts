/** @file Ops that need a protocol of their own: order, chance, and places that are secret. */
import { flag, type OpEntry, optional, whole, wholes } from '../entry.ts';

const order = { axis: whole, descending: flag };

export const OBLIVIOUS = {
  sort: {
    arity: 1,
    elementwise: false,
    attrs: order,
    doc: 'in order along {axis}, downwards if {descending}',
  },
  argsort: {
    arity: 1,
    elementwise: false,
    attrs: order,
    doc: 'where the elements of `sort` come from, int64; equal ones keep their order',
  },
  sortBy: {
    arity: 2,
    elementwise: false,
    attrs: order,
    doc: 'values in the order that argsort gives the keys along {axis}; ins keys, values, of one shape',
  },
  shuffle: {
    arity: 1,
    elementwise: false,
    attrs: { axis: whole, draw: whole },
    doc: 'secret: the parts along {axis} in a random order; {draw} tells one shuffle from another',
  },
  randomBits: {
    arity: 0,
    elementwise: false,
    attrs: { shape: wholes, draw: whole },
    doc: 'secret: random bools of {shape}; {draw} tells one draw from another',
  },
  lookup: {
    arity: 2,
    elementwise: false,
    attrs: { axis: whole },
    doc: 'x at the places (integers of any shape, secret or not, within the axis) along {axis}; ins x, places',
  },
  scatterAdd: {
    arity: 3,
    elementwise: false,
    attrs: { drops: optional(flag) },
    doc:
      'x with parts added at the places (one dimension, within the first axis); ins x, places, parts. ' +
      'If {drops}, the size of the axis is a place too, and what is added there goes',
  },
  sliceAt: {
    arity: [1],
    elementwise: false,
    attrs: { size: wholes },
    doc: 'dynamicSlice at places that may be secret, clamped so that {size} fits; ins x, i0, i1, ...',
  },
  updateAt: {
    arity: [2],
    elementwise: false,
    attrs: {},
    doc: 'dynamicUpdateSlice at places that may be secret, clamped so that it fits; ins x, update, i0, i1, ...',
  },
} as const satisfies Readonly<Record<string, OpEntry>>;

export type ObliviousOp = keyof typeof OBLIVIOUS;
