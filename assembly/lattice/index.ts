/** @file Kernels of lattice cryptography, a module of their own: it is loaded where parties make material between them. */

export { backward, forward, tables } from './transform';
export { noise, ternary, uniform } from './sample';
export { add, addScaled, divide, dot, lift, pick, remainder, repeat, scale, subtract } from './polynomial';
export { join, reduce, round, split } from './convert';
export { pack, unpack } from './pack';
export { maskRows, numberRows, padsOfRows, transferPads } from './transfer';
