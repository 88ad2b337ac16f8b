/** @file The spellings of NumPy and JAX for what `np` spells in camelCase. One list; a test holds it complete. */

export {
  bitwiseAnd as bitwise_and,
  bitwiseCount as bitwise_count,
  bitwiseNot as bitwise_not,
  bitwiseOr as bitwise_or,
  bitwiseXor as bitwise_xor,
  leftShift as left_shift,
  rightShift as right_shift,
} from './bits.ts';
export {
  greaterEqual as greater_equal,
  lessEqual as less_equal,
  logicalAnd as logical_and,
  logicalNot as logical_not,
  logicalOr as logical_or,
  logicalXor as logical_xor,
  notEqual as not_equal,
} from './compare.ts';
export { fullLike as full_like, onesLike as ones_like, zerosLike as zeros_like } from './create.ts';
export { trueDivide as true_divide } from './elementwise.ts';
export {
  dynamicSlice as dynamic_slice,
  dynamicUpdateSlice as dynamic_update_slice,
  scatterAdd as scatter_add,
} from './indexing.ts';
export { foriLoop as fori_loop, whileRevealed as while_revealed } from './loops.ts';
export { floatPower as float_power } from './math.ts';
export { atleast1d as atleast_1d, atleast2d as atleast_2d, atleast3d as atleast_3d } from './reals.ts';
export { floorDivide as floor_divide } from './rounding.ts';
export { broadcastTo as broadcast_to, expandDims as expand_dims } from './shape.ts';
export { topK as top_k } from './sorting.ts';
export {
  arrayEqual as array_equal,
  arrayEquiv as array_equiv,
  countNonzero as count_nonzero,
  groupCount as group_count,
  groupMean as group_mean,
  groupSum as group_sum,
  oneHot as one_hot,
} from './statistics.ts';
export { stopGradient as stop_gradient, valueAndGrad as value_and_grad } from './transform.ts';
