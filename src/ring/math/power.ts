/** @file Powers: e^(y log |x|), where the logarithm has 15 bits more than a float64 and so the result all of its own. */

import { expSum } from './exponential.ts';
import { powerOfTwo, productError, rest } from './float-bits.ts';
import { logSum } from './logarithm.ts';

const isOdd = (y: number): boolean => Math.abs(y) < 0x20_0000_0000_0000 && y % 2 !== 0;

/** Where y or |x| is 0 or infinite. |x| is not 1. */
const edge = (size: number, y: number): number => (size > 1 === y > 0 ? Infinity : 0);

/** |x|^y. */
const power = (size: number, y: number): number => {
  if (size === 1) return 1;
  if (size === 0 || size === Infinity || Math.abs(y) > 0x1_0000_0000_0000_0000) return edge(size, y);
  const log = logSum(size, 0);
  const low = rest[0]!;
  const p = y * log;
  return Math.abs(p) > 800 ? edge(size, y) : expSum(p, productError(y, log, p) + y * low);
};

/**
 * x to the power of y, as C and NumPy have it: pow(x, 0) and pow(1, y) are 1 even for NaN, negative numbers have powers to whole
 * numbers only (NaN otherwise). Exact where the result is a float64.
 */
export const pow = (x: number, y: number): number => {
  if (y === 0 || x === 1) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (x > 0) return power(x, y);
  const minus = isOdd(y) && Number.isInteger(y) && (x < 0 || Object.is(x, -0));
  if (x < 0 && x !== -Infinity && Number.isFinite(y) && !Number.isInteger(y)) return Number.NaN;
  return minus ? -power(-x, y) : power(-x, y);
};

/** 2^k, exact for whole numbers. */
export const pow2 = (k: number): number => (Number.isInteger(k) ? powerOfTwo(k) : pow(2, k));
