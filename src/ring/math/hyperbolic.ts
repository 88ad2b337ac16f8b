/** @file Hyperbolic functions and their inverses, from exponentials and logarithms with low parts. */

import { expm1Sum, expSum, halfExp } from './exponential.ts';
import { product, productError, quotient, rest, root, sum, sumError } from './float-bits.ts';
import { log1pSum, logSum } from './logarithm.ts';

const { LN2 } = Math;
const LN2_LOW = 2.3190468138462996e-17;

/** e^x / 2 for x > 700, where e^x may be Infinity. */
const large = (x: number): number => expSum(x - LN2, sumError(x, -LN2, x - LN2) - LN2_LOW);

/** The hyperbolic sine. */
export const sinh = (x: number): number => {
  const size = Math.abs(x);
  if (size < 1e-8 || Number.isNaN(x) || size === Infinity) return x;
  let s: number;
  if (size > 690) s = large(size);
  else if (size > 25) s = halfExp(size);
  else {
    // (u + u / (1 + u)) / 2 for u = e^x - 1.
    const u = expm1Sum(size);
    const ul = rest[0]!;
    const one = sum(1, 0, u, ul);
    const q = quotient(u, ul, one, rest[0]!);
    s = 0.5 * sum(u, ul, q, rest[0]!);
  }
  return x < 0 ? -s : s;
};

/** The hyperbolic cosine. */
export const cosh = (x: number): number => {
  const size = Math.abs(x);
  if (Number.isNaN(x) || size === Infinity) return size;
  if (size > 690) return large(size);
  const half = halfExp(size);
  if (size > 25) return half;
  const low = rest[0]!;
  const q = quotient(0.25, 0, half, low);
  return sum(half, low, q, rest[0]!);
};

/** The hyperbolic tangent. */
export const tanh = (x: number): number => {
  const size = Math.abs(x);
  if (size < 1e-8 || Number.isNaN(x)) return x;
  let t = 1;
  if (size < 22) {
    const u = expm1Sum(2 * size);
    const ul = rest[0]!;
    const d = sum(2, 0, u, ul);
    t = quotient(u, ul, d, rest[0]!);
  }
  return x < 0 ? -t : t;
};

/** The inverse of sinh. */
export const asinh = (x: number): number => {
  const size = Math.abs(x);
  if (size < 1e-8 || Number.isNaN(x) || size === Infinity) return x;
  let a: number;
  if (size > 0x1000_0000) {
    const high = logSum(size, 0);
    a = sum(high, rest[0]!, LN2, LN2_LOW);
  } else {
    // log(1 + x + x^2 / (1 + sqrt(1 + x^2)))
    const p = size * size;
    const pl = productError(size, size, p);
    const one = sum(1, 0, p, pl);
    const r = root(one, rest[0]!);
    const d = sum(1, 0, r, rest[0]!);
    const q = quotient(p, pl, d, rest[0]!);
    const u = sum(size, 0, q, rest[0]!);
    a = log1pSum(u, rest[0]!);
  }
  return x < 0 ? -a : a;
};

/** The inverse of cosh: NaN below 1. */
export const acosh = (x: number): number => {
  if (!(x >= 1)) return Number.NaN;
  if (x === Infinity) return x;
  if (x > 0x1000_0000) {
    const high = logSum(x, 0);
    return sum(high, rest[0]!, LN2, LN2_LOW);
  }
  // log(1 + t + sqrt(t (t + 2))), t = x - 1
  const t = x - 1;
  const tl = sumError(x, -1, t);
  const more = sum(t, tl, 2, 0);
  const p = product(t, tl, more, rest[0]!);
  const r = root(p, rest[0]!);
  const u = sum(r, rest[0]!, t, tl);
  return log1pSum(u, rest[0]!);
};

/** The inverse of tanh: infinite at -1 and 1, NaN beyond. */
export const atanh = (x: number): number => {
  const size = Math.abs(x);
  if (!(size <= 1)) return Number.NaN;
  if (size < 1e-8) return x;
  if (size === 1) return x * Infinity;
  const d = 1 - size;
  const q = quotient(2 * size, 0, d, sumError(1, -size, d));
  const a = 0.5 * log1pSum(q, rest[0]!);
  return x < 0 ? -a : a;
};
