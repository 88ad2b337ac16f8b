/** @file Kernels for sets of identifiers: a module of its own, which is loaded where sets meet. */

export { chacha20 } from '../chacha';
export { heapBase } from '../scratch';
export * from './band';
export { addWords, rowsOf, spread } from './code';
export * from './curve';
export { addInto, factorBytes, multiplyAdd, prepareFactor, prepareMap } from './gf128';
export * from './records';
