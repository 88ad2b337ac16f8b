/** @file The kernels that the host calls. They work on linear memory and know no protocol. */

export * from './elementwise';
export * from './masked-products';
export * from './scaled';
export * from './matmul';
export * from './fixed';
export * from './strided';
export * from './bits';
export { toPlanes, fromPlanes } from './planes';
export * from './counting';
export * from './range-guard';
export * from './plane-program';
export * from './wire';
export * from './fourier';
export * from './fss-payload';
export * from './spline';
export * from './exponential';
export { chacha20 } from './chacha';
export { dcfEval, dcfGen } from './fss-compare';
export { heapBase, scratchBytes, useScratch } from './scratch';
