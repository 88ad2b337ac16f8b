/**
 * @file `np`: what programs are written with, shaped like jax.numpy. The same functions run at once on plain arrays
 * (in PYU functions and in scripts) and are recorded when an operand is traced (in SPU functions).
 */
import './methods.ts';

export type { ArrayInput, Axis, NestedNumbers, SliceSpec } from '../ir/trace/array.ts';
export { BaseArray } from '../ir/trace/array.ts';
export { NDArray } from '../ir/trace/ndarray.ts';
export * from './aliases.ts';
export {
  append,
  arraySplit,
  block,
  broadcastArrays,
  broadcastShapes,
  columnStack,
  deleteAt,
  dsplit,
  dstack,
  empty,
  fliplr,
  flipud,
  hsplit,
  insert,
  resize,
  rot90,
  unstack,
  vsplit,
} from './assembling.ts';
export { applyAlongAxis, applyOverAxes, type MappedAxis, vectorize, vmap } from './batching.ts';
export {
  bitwiseAnd,
  bitwiseCount,
  bitwiseNot,
  bitwiseOr,
  bitwiseXor,
  gcd,
  invert,
  lcm,
  leftShift,
  packbits,
  rightShift,
  unpackbits,
} from './bits.ts';
export { cond, map, switchCase } from './branches.ts';
export {
  allclose,
  choose,
  compress,
  extract,
  fillDiagonal,
  nanToNum,
  piecewise,
  scatter,
  select,
  takeAlongAxis,
} from './choosing.ts';
export {
  clip,
  equal,
  greater,
  greaterEqual,
  isclose,
  iscomplex,
  isfinite,
  isinf,
  isnan,
  isneginf,
  isposinf,
  isreal,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  notEqual,
  signbit,
  where,
  within,
} from './compare.ts';
export * from './constants.ts';
export { type CorrelationOptions, type CovOptions, corrcoef, cov } from './covariance.ts';
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
export { diag, diagflat, diagonal, kron, meshgrid, trace, tril, triu } from './diagonal.ts';
export { einsum, tensordot } from './einsum.ts';
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
export {
  bartlett,
  blackman,
  diagIndices,
  diagIndicesFrom,
  fromfunction,
  geomspace,
  hamming,
  hanning,
  indices,
  ix,
  kaiser,
  logspace,
  maskIndices,
  ravelMultiIndex,
  tri,
  trilIndices,
  trilIndicesFrom,
  triuIndices,
  triuIndicesFrom,
  unravelIndex,
} from './grids.ts';
export {
  type GroupVarOptions,
  groupCount,
  groupMax,
  groupMean,
  groupMin,
  groupStd,
  groupSum,
  groupVar,
} from './groups.ts';
export {
  type BincountOptions,
  bincount,
  correlate,
  digitize,
  gradient,
  type HistogramOptions,
  histogram,
  histogram2d,
  histogramBinEdges,
  histogramdd,
  interp,
  type ManyHistogramOptions,
  trapezoid,
} from './histograms.ts';
export { dynamicSlice, dynamicUpdateSlice, scatterAdd, slice, take } from './indexing.ts';
export { concatenate, hstack, pad, repeat, roll, split, stack, tile, vstack } from './join.ts';
export { canCast, isdtype, isscalar, iterable, promoteTypes, resultType } from './kinds.ts';
export { cross, matrixTranspose, matvec, polyfit, vecdot, vecmat } from './least.ts';
export { dot, inner, matmul, outer, vdot } from './linalg.ts';
export * as linalg from './linalg-names.ts';
export {
  type Carry,
  type CarryResult,
  fori,
  foriLoop,
  type ScanOptions,
  scan,
  type WhileOptions,
  whileRevealed,
} from './loops.ts';
export {
  arccos,
  arccosh,
  arcsin,
  arcsinh,
  arctan,
  arctan2,
  arctanh,
  cbrt,
  copysign,
  cosh,
  deg2rad,
  degrees,
  epsilon,
  exp2,
  expm1,
  fabs,
  floatPower,
  fmax,
  fmin,
  frexp,
  heaviside,
  hypot,
  i0,
  ldexp,
  log1p,
  log2,
  log10,
  logaddexp,
  logaddexp2,
  nextafter,
  positive,
  rad2deg,
  radians,
  sinc,
  sinh,
  tan,
} from './math.ts';
export { isin } from './membership.ts';
export {
  nanargmax,
  nanargmin,
  nancumprod,
  nancumsum,
  nanmax,
  nanmean,
  nanmedian,
  nanmin,
  nanpercentile,
  nanprod,
  nanquantile,
  nanstd,
  nansum,
  nanvar,
} from './nans.ts';
export * as nn from './nn.ts';
export {
  convolve,
  poly,
  polyadd,
  polyder,
  polydiv,
  polyint,
  polymul,
  polysub,
  polyval,
  vander,
} from './polynomial.ts';
export { place, put, putAlongAxis } from './putting.ts';
export * as random from './random.ts';
export {
  angle,
  atleast1d,
  atleast2d,
  atleast3d,
  conj,
  conjugate,
  imag,
  iscomplexobj,
  isrealobj,
  ndim,
  real,
  shape,
  size,
} from './reals.ts';
export { all, amax, amin, any, argmax, argmin, max, mean, min, std, sum, variance as var } from './reduce.ts';
export { reveal } from './reveal.ts';
export { divmod, fix, floorDivide, fmod, mod, modf, remainder, rint, round, trunc } from './rounding.ts';
export { cummax, cummin, cumprod, cumsum, diff, ediff1d, prod, unwrap } from './scans.ts';
export {
  argwhere,
  flatnonzero,
  intersect1d,
  lexsort,
  nonzero,
  type SizeOptions,
  setdiff1d,
  setxor1d,
  union1d,
  unique,
  uniqueAll,
  uniqueCounts,
  uniqueInverse,
} from './sets.ts';
export {
  broadcastTo,
  expandDims,
  flip,
  moveaxis,
  ravel,
  reshape,
  rollaxis,
  squeeze,
  swapaxes,
  transpose,
} from './shape.ts';
export { argsort, median, percentile, quantile, searchsorted, sort, sortBy, topK } from './sorting.ts';
export {
  arrayEqual,
  arrayEquiv,
  average,
  countNonzero,
  oneHot,
  ptp,
} from './statistics.ts';
export { type GradOptions, grad, stopGradient, valueAndGrad, vjp } from './transform.ts';
export { unused } from './unused.ts';
