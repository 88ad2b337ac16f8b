/** @file np.linalg. */
export { trace } from './diagonal.ts';
export { cholesky, eigh, eigvalsh, type JacobiOptions, qr, svd } from './factoring.ts';
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
