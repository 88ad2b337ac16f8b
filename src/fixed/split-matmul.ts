/**
 * @file Sums of products where the ring is small (FM64, FM32): a sum keeps 2f fraction bits until it is truncated, and leaves the ring though
 * each of its products alone would be right. So one operand is cut into high and low bits, x = h 2^s + l, and the sums of h y and l y are
 * truncated each by itself.
 */
import * as math from '../ring/math/index.ts';
import { add, type MatmulShape, matmul, sub, timesInteger, truncate } from './basic.ts';
import { type Circuit, count, type Wire } from './circuit.ts';

/**
 * Products of secret matrices. Right where each product of elements is, x y < 2^(k-2) raw, the sums fit, and one operand (the larger; the
 * right one of two of one size) is below 2^(k-4) / n^2 raw for sums of n (FM64 at 18 fraction bits: 2^22 for 1000, 2^36 for 8). Rounds 3,
 * bytes 4k/8 an output and k/8 an element of the smaller operand.
 */
export const splitMatmul = (
  c: Circuit,
  x: Wire,
  y: Wire,
  dims: MatmulShape,
  shape: readonly number[],
): Wire => {
  if (dims.k < 2 || c.field.bits === 128) return matmul(c, x, y, dims, shape);
  const bits = Math.ceil(math.log2(dims.k)) + 1;
  const left = count(x.shape) <= count(y.shape);
  const cut = left ? x : y;
  const high = truncate(c, cut, bits);
  const low = sub(c, cut, timesInteger(c, high, math.pow2(bits)));
  const by = (part: Wire, trunc: number): Wire =>
    left ? matmul(c, part, y, dims, shape, trunc) : matmul(c, x, part, dims, shape, trunc);
  const above = by(high, Math.max(0, c.fraction - bits));
  return add(c, by(low, c.fraction), timesInteger(c, above, math.pow2(Math.max(0, bits - c.fraction))));
};

/**
 * Products of secret matrices whose results are right wherever they fit: both operands are cut at their points, x = h + l and y = g + m, and of
 * h y, l g and l m only the last is truncated, which is small. Rounds 3, bytes 5k/8 an output and 2k/8 an element of both operands.
 */
export const wideMatmul = (
  c: Circuit,
  x: Wire,
  y: Wire,
  dims: MatmulShape,
  shape: readonly number[],
): Wire => {
  const cut = (z: Wire): { above: Wire; below: Wire } => {
    const above = truncate(c, z, c.fraction);
    return { above, below: sub(c, z, timesInteger(c, above, math.pow2(c.fraction))) };
  };
  const [u, v] = [cut(x), cut(y)];
  const by = (a: Wire, b: Wire, trunc: number): Wire => matmul(c, a, b, dims, shape, trunc);
  return add(c, add(c, by(u.above, y, 0), by(u.below, v.above, 0)), by(u.below, v.below, c.fraction));
};
