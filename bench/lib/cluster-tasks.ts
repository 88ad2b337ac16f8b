/** @file Tasks of the cluster's benchmark: a module that nodes load. */
import * as sf from '../../src/index.ts';

export const noop = sf.task(import.meta, 'noop', (x: unknown) => x);
export const make = sf.task(import.meta, 'make', (n: number) => new Uint8Array(n).fill(1));
export const size = sf.task(import.meta, 'size', (x: Uint8Array) => x.length);
