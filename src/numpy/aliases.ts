/** @file The spellings of NumPy and JAX for what `np` spells in camelCase. One list; a test holds it complete. */

export {
  arraySplit as array_split,
  broadcastArrays as broadcast_arrays,
  broadcastShapes as broadcast_shapes,
  columnStack as column_stack,
  deleteAt as delete,
  deleteAt as delete_at,
} from './assembling.ts';
export { applyAlongAxis as apply_along_axis, applyOverAxes as apply_over_axes } from './batching.ts';
export {
  bitwiseAnd as bitwise_and,
  bitwiseCount as bitwise_count,
  bitwiseNot as bitwise_not,
  bitwiseNot as bitwise_invert,
  bitwiseOr as bitwise_or,
  bitwiseXor as bitwise_xor,
  leftShift as left_shift,
  leftShift as bitwise_left_shift,
  rightShift as right_shift,
  rightShift as bitwise_right_shift,
} from './bits.ts';
export { switchCase as switch, switchCase as switch_case } from './branches.ts';
export {
  fillDiagonal as fill_diagonal,
  nanToNum as nan_to_num,
  takeAlongAxis as take_along_axis,
} from './choosing.ts';
export {
  greaterEqual as greater_equal,
  lessEqual as less_equal,
  logicalAnd as logical_and,
  logicalNot as logical_not,
  logicalOr as logical_or,
  logicalXor as logical_xor,
  notEqual as not_equal,
} from './compare.ts';
export {
  array as copy,
  fullLike as full_like,
  onesLike as ones_like,
  zerosLike as zeros_like,
  zerosLike as emptyLike,
  zerosLike as empty_like,
} from './create.ts';
export { power as pow, trueDivide as true_divide } from './elementwise.ts';
export {
  diagIndices as diag_indices,
  diagIndicesFrom as diag_indices_from,
  ix as ix_,
  maskIndices as mask_indices,
  ravelMultiIndex as ravel_multi_index,
  trilIndices as tril_indices,
  trilIndicesFrom as tril_indices_from,
  triuIndices as triu_indices,
  triuIndicesFrom as triu_indices_from,
  unravelIndex as unravel_index,
} from './grids.ts';
export {
  groupCount as group_count,
  groupMax as group_max,
  groupMean as group_mean,
  groupMin as group_min,
  groupStd as group_std,
  groupSum as group_sum,
  groupVar as group_var,
} from './groups.ts';
export { histogramBinEdges as histogram_bin_edges } from './histograms.ts';
export {
  dynamicSlice as dynamic_slice,
  dynamicUpdateSlice as dynamic_update_slice,
  scatterAdd as scatter_add,
} from './indexing.ts';
export { concatenate as concat } from './join.ts';
export { canCast as can_cast, promoteTypes as promote_types, resultType as result_type } from './kinds.ts';
export { matrixTranspose as matrix_transpose } from './least.ts';
export { foriLoop as fori_loop, whileRevealed as while_revealed } from './loops.ts';
export {
  arccos as acos,
  arccosh as acosh,
  arcsin as asin,
  arcsinh as asinh,
  arctan as atan,
  arctan2 as atan2,
  arctanh as atanh,
  floatPower as float_power,
} from './math.ts';
export { putAlongAxis as put_along_axis } from './putting.ts';
export { atleast1d as atleast_1d, atleast2d as atleast_2d, atleast3d as atleast_3d } from './reals.ts';
export { floorDivide as floor_divide, round as around } from './rounding.ts';
export { cumprod as cumulative_prod, cumsum as cumulative_sum } from './scans.ts';
export {
  unique as unique_values,
  uniqueAll as unique_all,
  uniqueCounts as unique_counts,
  uniqueInverse as unique_inverse,
} from './sets.ts';
export {
  broadcastTo as broadcast_to,
  expandDims as expand_dims,
  transpose as permute_dims,
} from './shape.ts';
export { argsort as argpartition, sort as partition, sortBy as sort_by, topK as top_k } from './sorting.ts';
export {
  arrayEqual as array_equal,
  arrayEquiv as array_equiv,
  countNonzero as count_nonzero,
  oneHot as one_hot,
} from './statistics.ts';
export { stopGradient as stop_gradient, valueAndGrad as value_and_grad } from './transform.ts';
