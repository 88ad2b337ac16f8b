/** @file Arithmetic on wires: one function an operation, choosing local form or gate by what is secret. */

import * as math from '../ring/math/index.ts';
import { type Circuit, count, type Wire } from './circuit.ts';

const ring = (shape: readonly number[], secret = true) => ({ shape, kind: 'ring', secret }) as const;
const bit = (shape: readonly number[], secret = true) => ({ shape, kind: 'bit', secret }) as const;
const one = (wires: Wire[]): Wire => wires[0]!;

export const add = (c: Circuit, x: Wire, y: Wire): Wire =>
  one(c.emit('add', [x, y], {}, [ring(x.shape, x.secret || y.secret)]));

export const sub = (c: Circuit, x: Wire, y: Wire): Wire =>
  one(c.emit('sub', [x, y], {}, [ring(x.shape, x.secret || y.secret)]));

export const neg = (c: Circuit, x: Wire): Wire => one(c.emit('neg', [x], {}, [ring(x.shape, x.secret)]));

/** A public number in every place. `raw` says that it is a ring integer, not a fixed-point number. */
export const filled = (c: Circuit, value: number, shape: readonly number[], fraction = c.fraction): Wire =>
  one(c.emit('filled', [], { value, fraction, shape }, [ring(shape, false)]));

/** Repeats a one-element wire. */
export const expand = (c: Circuit, x: Wire, shape: readonly number[]): Wire =>
  one(c.emit('view', [x], { shape, strides: shape.map(() => 0), offset: 0 }, [{ ...x, shape }]));

/** x + a public number. */
export const addNumber = (c: Circuit, x: Wire, value: number, fraction = c.fraction): Wire =>
  one(c.emit('addNumber', [x], { value, fraction }, [ring(x.shape, x.secret)]));

/** x * a public ring integer. Local. */
export const timesInteger = (c: Circuit, x: Wire, factor: number): Wire =>
  one(c.emit('mulInteger', [x], { factor }, [ring(x.shape, x.secret)]));

/** The exponent of the power of two below |x|; 0 for 0. */
const exponentOf = (x: number): number => {
  if (x === 0) return 0;
  let e = Math.round(math.log2(Math.abs(x)));
  while (math.pow2(e) > Math.abs(x)) e--;
  while (math.pow2(e + 1) <= Math.abs(x)) e++;
  return e;
};

/** Fraction bits with which public factors stand in a product: all that doubles have, as far as the ring holds them. */
export const bitsOfFactors = (c: Circuit, factors: ArrayLike<number>): number => {
  const k = c.field.bits;
  let [most, least] = [0, Infinity];
  for (let i = 0; i < factors.length; i++) {
    const size = Math.abs(factors[i]!);
    if (size === 0 || !Number.isFinite(size)) continue;
    most = Math.max(most, size);
    least = Math.min(least, size);
  }
  if (most === 0) return c.fraction;
  return Math.max(0, Math.min(k - 2, k - 3 - exponentOf(most), 52 - exponentOf(least)));
};

/** x * public factors with `bits` fraction bits, of one element or as many as x. Local at FM128, one round in the exact form. */
export const timesPublic = (c: Circuit, x: Wire, factors: Wire, bits: number, exact = c.exact): Wire =>
  one(c.emit(exact ? 'scaleExact' : 'scale', [x, factors], { trunc: bits }, [ring(x.shape)]));

/**
 * x * a public real, for secret x: right to a unit in the last place and 2^-52 (FM32: 2^-28) wherever x and the product fit. Integers are
 * exact, powers of two are shifts. Local at FM128, unless it is to be `exact`.
 */
export const timesNumber = (c: Circuit, x: Wire, factor: number, exact = c.exact): Wire => {
  if (Number.isInteger(factor) && Math.abs(factor) < math.pow2(c.field.bits - 2))
    return timesInteger(c, x, factor);
  const e = exponentOf(factor);
  if (Math.abs(factor) === math.pow2(e) && e < 0 && e > 2 - c.field.bits)
    return truncate(c, factor < 0 ? neg(c, x) : x, -e, exact);
  const bits = bitsOfFactors(c, [factor]);
  return timesPublic(c, x, c.constant(Float64Array.of(factor), [1], bits), bits, exact);
};

/**
 * x / 2^bits, rounded down or one unit off. Local at FM128, one round in the exact form. `whole`: a borrow of these bits says which it is.
 */
export const truncate = (c: Circuit, x: Wire, bits: number, exact = c.exact, whole = false): Wire => {
  if (bits === 0) return x;
  const op = !x.secret ? 'shiftPublic' : exact ? 'truncateExact' : 'truncate';
  return one(c.emit(op, [x], { trunc: bits, ...(whole && { whole }) }, [ring(x.shape, x.secret)]));
};

/** x * y, truncated by `trunc` bits. Wires of equal shape. */
export const mul = (c: Circuit, x: Wire, y: Wire, trunc = c.fraction): Wire => {
  const out = [ring(x.shape, x.secret || y.secret)];
  if (!x.secret || !y.secret) {
    const [a, b] = x.secret ? [x, y] : [y, x];
    return truncate(c, one(c.emit('mulPublic', [a, b], {}, out)), trunc);
  }
  if (x.id === y.id) return one(c.emit('square', [x], { trunc, exact: c.exact }, out));
  return one(c.emit('mul', [x, y], { trunc, exact: c.exact }, out));
};

export interface MatmulShape {
  readonly batch: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** Products of matrices, truncated once per output. */
export const matmul = (
  c: Circuit,
  x: Wire,
  y: Wire,
  dims: MatmulShape,
  shape: readonly number[],
  trunc = c.fraction,
  exact = c.exact,
): Wire => {
  const out = [ring(shape, x.secret || y.secret)];
  if (x.secret && y.secret) return one(c.emit('matmul', [x, y], { ...dims, trunc, exact }, out));
  const product = x.secret
    ? c.emit('matmulPublic', [x, y], { ...dims }, out)
    : y.secret
      ? c.emit('publicMatmul', [y, x], { ...dims }, out)
      : c.emit('matmulPublic', [x, y], { ...dims }, out);
  return truncate(c, one(product), trunc);
};

/**
 * Bits [x < t] for public ring integers t, in one comparison of many thresholds. `bits`: each x - t lies in
 * [-2^(bits-1), 2^(bits-1)), which makes the comparison that much smaller.
 */
export const below = (c: Circuit, x: Wire, thresholds: readonly number[], bits?: number): Wire[] => {
  if (bits !== undefined && thresholds.some((t) => Math.abs(t) > math.pow2(bits - 1)))
    throw new Error(`thresholds ${thresholds} of a comparison of ${bits} bits`);
  return c.emit(
    'less',
    [x],
    { thresholds, ...(bits !== undefined && { bits }) },
    thresholds.map(() => bit(x.shape)),
  );
};

/** For ranges [a, b) of steps of 2^low from `lo` on, 0 <= a < b <= 16: whether x is in each, and whether x >= lo + 16 * 2^low. Rounds 4. */
export const between = (
  c: Circuit,
  x: Wire,
  lo: number,
  low: number,
  ranges: readonly (readonly [number, number])[],
): Wire[] =>
  c.emit(
    'between',
    [x],
    { lo, low, ranges },
    [...ranges, undefined].map(() => bit(x.shape)),
  );

/** [x < y] */
export const less = (c: Circuit, x: Wire, y: Wire): Wire => below(c, sub(c, x, y), [0])[0]!;

/** [x == y], numbers. */
export const equal = (c: Circuit, x: Wire, y: Wire): Wire =>
  one(c.emit('isZero', [sub(c, x, y)], {}, [bit(x.shape)]));

export const not = (c: Circuit, x: Wire): Wire => one(c.emit('not', [x], {}, [bit(x.shape, x.secret)]));

export const xor = (c: Circuit, x: Wire, y: Wire): Wire =>
  one(c.emit('add', [x, y], {}, [bit(x.shape, x.secret || y.secret)]));

export const and = (c: Circuit, x: Wire, y: Wire): Wire => {
  if (x.secret && y.secret) return one(c.emit('and', [x, y], {}, [bit(x.shape)]));
  const [a, p] = x.secret ? [x, y] : [y, x];
  return one(c.emit('andPublic', [a, p], {}, [bit(x.shape, a.secret)]));
};

/** All of two to five secret bits. */
export const all = (c: Circuit, bits: readonly Wire[]): Wire =>
  bits.length === 1 ? bits[0]! : one(c.emit('and', bits, {}, [bit(bits[0]!.shape)]));

export const or = (c: Circuit, x: Wire, y: Wire): Wire => not(c, and(c, not(c, x), not(c, y)));

/**
 * base + the sum of b_j x_j in one opening, truncated by `trunc` bits; b_j secret bits, x_j numbers (secret or
 * public) and base of the same shape.
 */
export const selectSum = (
  c: Circuit,
  terms: readonly (readonly [b: Wire, x: Wire])[],
  trunc = 0,
  base?: Wire,
): Wire =>
  one(
    c.emit('select', [...terms.flat(), ...(base ? [base] : [])], { trunc, exact: c.exact }, [
      ring(terms[0]![0].shape),
    ]),
  );

/** b ? x : y */
export const choose = (c: Circuit, b: Wire, x: Wire, y: Wire): Wire =>
  add(c, y, selectSum(c, [[b, sub(c, x, y)]]));

/** A secret bit as the ring integer 0 or 1 (times 2^scale). */
export const bitToNumber = (c: Circuit, b: Wire, scale = 0): Wire =>
  selectSum(c, [[b, filled(c, math.pow2(scale), b.shape, 0)]]);

/** Any strided copy: broadcast, transpose, slice. */
export const view = (
  c: Circuit,
  x: Wire,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): Wire => one(c.emit('view', [x], { shape, strides, offset }, [{ ...x, shape }]));

/** The i-th of the parts [b, ...shape] of x. */
export const partAt = (c: Circuit, x: Wire, i: number): Wire => {
  const shape = x.shape.slice(1);
  const strides = shape.map((_, axis) => count(shape.slice(axis + 1)));
  return view(c, x, shape, strides, i * count(shape));
};

/** Wires of one shape as [b, ...shape]. */
export const stack = (c: Circuit, xs: readonly Wire[]): Wire =>
  concat(c, xs, 1, [xs.length, ...xs[0]!.shape]);

export const reshape = (c: Circuit, x: Wire, shape: readonly number[]): Wire =>
  one(c.emit('reshape', [x], { shape }, [{ ...x, shape }]));

/** A public number among secret ones. Bits need no mask to be joined. */
export const hidden = (c: Circuit, x: Wire): Wire =>
  x.secret || x.kind === 'bit' ? x : one(c.emit('hide', [x], {}, [ring(x.shape)]));

/** Joins wires of shape [outer, w_i] to [outer, sum w_i]. */
export const concat = (c: Circuit, xs: readonly Wire[], outer: number, shape: readonly number[]): Wire => {
  const widths = xs.map((x) => (outer === 0 ? 0 : count(x.shape) / outer));
  const secret = xs.some((x) => x.secret);
  const parts = secret ? xs.map((x) => hidden(c, x)) : xs;
  return one(c.emit('concat', parts, { outer, widths }, [{ shape, kind: xs[0]!.kind, secret }]));
};

/** Sums x, seen as [outer, axis, inner], over axis. */
export const sum = (
  c: Circuit,
  x: Wire,
  outer: number,
  axis: number,
  inner: number,
  shape: readonly number[],
): Wire => one(c.emit('sum', [x], { outer, axis, inner }, [ring(shape, x.secret)]));
