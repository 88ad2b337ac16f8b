/**
 * @file `np`: what programs are written with, shaped like jax.numpy. The same functions run at once on plain arrays
 * (in PYU functions and in scripts) and are recorded when an operand is traced (in SPU functions).
 */
import './methods.ts';

export type { ArrayInput, Axis, NestedNumbers, SliceSpec } from '../ir/array.ts';
export { BaseArray } from '../ir/array.ts';
export { NDArray } from '../ir/ndarray.ts';
export * from './aliases.ts';
export { type MappedAxis, vmap } from './batching.ts';
export {
  clip,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  notEqual,
  where,
} from './compare.ts';
export * from './constants.ts';
export {
  arange,
  array,
  asarray,
  astype,
  eye,
  full,
  fullLike,
  identity,
  linspace,
  ones,
  onesLike,
  type ShapeInput,
  zeros,
  zerosLike,
} from './create.ts';
export {
  abs,
  absolute,
  add,
  ceil,
  cos,
  divide,
  erf,
  exp,
  floor,
  log,
  maximum,
  minimum,
  multiply,
  negative,
  power,
  reciprocal,
  rsqrt,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  subtract,
  tanh,
  trueDivide,
} from './elementwise.ts';
export { dynamicSlice, dynamicUpdateSlice, slice, take } from './indexing.ts';
export { concatenate, hstack, pad, repeat, roll, split, stack, tile, vstack } from './join.ts';
export { dot, inner, matmul, outer, vdot } from './linalg.ts';
export { type Carry, type CarryResult, fori, foriLoop, type ScanOptions, scan } from './loops.ts';
export { all, amax, amin, any, argmax, argmin, max, mean, min, std, sum, variance as var } from './reduce.ts';
export {
  broadcastTo,
  expandDims,
  flip,
  moveaxis,
  ravel,
  reshape,
  squeeze,
  swapaxes,
  transpose,
} from './shape.ts';
export { type GradOptions, grad, stopGradient, valueAndGrad, vjp } from './transform.ts';
