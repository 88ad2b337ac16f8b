/**
 * @file Sums of products that leave the ring though each of the products alone would be right, since a sum keeps 2f fraction bits until it is
 * truncated: in a small ring (FM64, FM32), and of very many at FM128. So one operand is cut into high and low bits, x = h 2^s + l, and the
 * sums of h y and l y are truncated each by itself.
 */
import * as math from '../ring/math/index.ts';
import { add, type MatmulShape, matmul, sub, timesInteger, truncate } from './basic.ts';
import { type Circuit, count, type Wire } from './circuit.ts';

/** Sums of so many products at FM128 are right as they are, where each is below 2^(112 - 2f): 2^60 at 26 fraction bits. */
const FEW = math.pow2(14);

/** Whether sums of k products leave the ring long before the products do. */
export const isLong = ({ field }: Circuit, k: number): boolean => k > (field.bits === 128 ? FEW : 1);

/** How many low bits are cut off an operand of sums of k products, 0 if none are. */
export const cutBits = (c: Circuit, k: number): number => (isLong(c, k) ? Math.ceil(math.log2(k)) + 1 : 0);

/** The sums of products with the high bits of one operand, and with its `bits` low ones. */
const inParts = (
  c: Circuit,
  x: Wire,
  y: Wire,
  { dims, shape, bits }: { dims: MatmulShape; shape: readonly number[]; bits: number },
) => {
  const left = count(x.shape) <= count(y.shape);
  const cut = left ? x : y;
  const high = truncate(c, cut, bits);
  const low = sub(c, cut, timesInteger(c, high, math.pow2(bits)));
  const by =
    (part: Wire) =>
    (trunc: number, exact?: boolean): Wire =>
      left ? matmul(c, part, y, dims, shape, trunc, exact) : matmul(c, x, part, dims, shape, trunc, exact);
  return { high: by(high), low: by(low) };
};

/** The same with 2f - bits fraction bits: nothing of it is lost. Rounds 1. */
export const keptMatmul = (
  c: Circuit,
  x: Wire,
  y: Wire,
  dims: MatmulShape,
  shape: readonly number[],
  bits: number,
): Wire => {
  const { high, low } = inParts(c, x, y, { dims, shape, bits });
  return add(c, high(0), low(bits));
};

/**
 * Products of secret matrices. Right where each product of elements is, x y < 2^(k-2) raw, the sums fit, and one operand (the larger; the
 * right one of two of one size) is below 2^(k-4) / n^2 raw for sums of n (FM64 at 18 fraction bits: 2^22 for 1000, 2^36 for 8). Rounds 3,
 * bytes 4k/8 an output and k/8 an element of the smaller operand. `products`: of the sum that these are a part of.
 */
export const splitMatmul = (
  c: Circuit,
  x: Wire,
  y: Wire,
  dims: MatmulShape,
  shape: readonly number[],
  products = dims.k,
): Wire => {
  const bits = cutBits(c, products);
  if (bits === 0) return matmul(c, x, y, dims, shape);
  const { high, low } = inParts(c, x, y, { dims, shape, bits });
  // The sum may be as large as the ring: at FM128 chance would have its part in it.
  const above = high(Math.max(0, c.fraction - bits), c.field.bits === 128 ? true : undefined);
  return add(c, low(c.fraction), timesInteger(c, above, math.pow2(Math.max(0, bits - c.fraction))));
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
