/** @file np.linalg. */
export { diagonal, trace } from './diagonal.ts';
export { tensordot } from './einsum.ts';
export { cholesky, eigh, eigvalsh, type JacobiOptions, qr, svd } from './factoring.ts';
export {
  cond,
  cross,
  lstsq,
  matrixNorm,
  matrixNorm as matrix_norm,
  matrixRank,
  matrixRank as matrix_rank,
  matrixTranspose,
  matrixTranspose as matrix_transpose,
  multiDot,
  multiDot as multi_dot,
  pinv,
  slogdet,
  svdvals,
  tensorinv,
  tensorsolve,
  vecdot,
  vectorNorm,
  vectorNorm as vector_norm,
} from './least.ts';
export { matmul, outer } from './linalg.ts';
export {
  det,
  inv,
  matrixPower,
  matrixPower as matrix_power,
  type NormOrder,
  norm,
  solve,
} from './solving.ts';
