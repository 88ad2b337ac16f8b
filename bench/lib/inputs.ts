/** @file Inputs of benches: the same numbers at every run. */

import { NDArray } from '../../src/ir/trace/ndarray.ts';

/** Numbers in [0, 1) from a 32-bit state (mulberry32): for test data, never for masks. */
export const stream = (seed: number): (() => number) => {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const shaped = (shape: readonly number[], make: (i: number) => number): NDArray => {
  const n = shape.reduce((a, b) => a * b, 1);
  return NDArray.from({ shape, dtype: 'fxp', data: Float64Array.from({ length: n }, (_, i) => make(i)) });
};

/** Uniform in [lo, hi), both ends among them. */
export const uniform = (shape: readonly number[], lo: number, hi: number, seed = 1): NDArray => {
  const next = stream(seed);
  return shaped(shape, (i) => (i === 0 ? lo : lo + (hi - lo) * next()));
};

/** Uniform in the exponent: numbers of every size in [lo, hi). */
export const logUniform = (shape: readonly number[], lo: number, hi: number, seed = 1): NDArray => {
  const next = stream(seed);
  return shaped(shape, (i) => (i === 0 ? lo : lo * (hi / lo) ** next()));
};

/** As logUniform, with a random sign. */
export const signedLogUniform = (shape: readonly number[], lo: number, hi: number, seed = 1): NDArray => {
  const sizes = logUniform(shape, lo, hi, seed);
  const next = stream(seed + 99);
  return shaped(shape, (i) => (next() < 0.5 ? -1 : 1) * (sizes.data[i] as number));
};
