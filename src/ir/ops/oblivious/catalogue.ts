/** @file Ops with oblivious protocols: sorting, randomness, and access at secret indexes. */
import { flag, type OpEntry, optional, whole, wholes } from '../entry.ts';

const order = { axis: whole, descending: flag };

export const OBLIVIOUS = {
  /** In order along {axis}, downwards if {descending}. */
  sort: {
    arity: 1,
    elementwise: false,
    attrs: order,
  },
  /** Where the elements of `sort` come from, int64; equal ones keep their order. */
  argsort: {
    arity: 1,
    elementwise: false,
    attrs: order,
  },
  /** Values in the order that argsort gives the keys along {axis}; ins keys, values, of one shape. */
  sortBy: {
    arity: 2,
    elementwise: false,
    attrs: order,
  },
  /** Secret: the parts along {axis} in a random order; {draw} tells one shuffle from another. */
  shuffle: {
    arity: 1,
    elementwise: false,
    attrs: { axis: whole, draw: whole },
  },
  /** Secret: random bools of {shape}; {draw} tells one draw from another. */
  randomBits: {
    arity: 0,
    elementwise: false,
    attrs: { shape: wholes, draw: whole },
  },
  /** x at the places (integers of any shape, secret or not, within the axis or below 0, from its end) along {axis}; ins x, places. */
  lookup: {
    arity: 2,
    elementwise: false,
    attrs: { axis: whole },
  },
  /**
   * x with parts added at the places (one dimension, within the first axis); ins x, places, parts. If {drops}, the size of the axis is a
   * place too, and what is added there goes.
   */
  scatterAdd: {
    arity: 3,
    elementwise: false,
    attrs: { drops: optional(flag) },
  },
  /** `dynamicSlice` at places that may be secret, clamped so that {size} fits; ins x, i0, i1, ... */
  sliceAt: {
    arity: [1],
    elementwise: false,
    attrs: { size: wholes },
  },
  /** `dynamicUpdateSlice` at places that may be secret, clamped so that it fits; ins x, update, i0, i1, ... */
  updateAt: {
    arity: [2],
    elementwise: false,
    attrs: {},
  },
} as const satisfies Readonly<Record<string, OpEntry>>;

export type ObliviousOp = keyof typeof OBLIVIOUS;
