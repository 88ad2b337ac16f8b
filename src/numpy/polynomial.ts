/** @file Polynomials: coefficients from the highest power down, as in NumPy's older functions (polyval, polyadd, ...). */
import { fail } from '../errors.ts';
import { dtypeName } from '../ir/ops/dtypes.ts';
import { broadcastShapes } from '../ir/ops/shapes.ts';
import { block } from '../ir/trace/algebra.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { type ArrayInput, asArr, broadcast, convertTo, isBool, promoteAll, reshapeTo } from './core.ts';
import { ones, onesLike, readShape, zeros } from './create.ts';
import { add, multiply, negative, reciprocal, square, subtract } from './elementwise.ts';
import { concatenate, pad, stack } from './join.ts';
import { matmul } from './linalg.ts';
import { optionsOf } from './options.ts';
import { ravel } from './shape.ts';

/** x, x^2, .. x^n, in log2 n rounds. */
const powers = (x: BaseArray, n: number): BaseArray[] => {
  const out = [x];
  for (let k = 2; k <= n; k++)
    out.push(k % 2 === 0 ? square(out[k / 2 - 1]!) : multiply(out[(k - 1) / 2]!, out[(k - 3) / 2]!));
  return out;
};

/** Sum of coefficients[k] x^k, from the lowest power up: powers side by side, then one product with the coefficients. */
export const series = (x: BaseArray, coefficients: ArrayInput): BaseArray => {
  const c = convertTo(asArr(coefficients), 'fxp');
  const n = c.shape[0]!;
  if (n === 0) return multiply(x, 0);
  if (n === 1) return multiply(onesLike(x), c.at(0));
  const columns = stack(powers(x, n - 1), x.ndim);
  const sum = matmul(reshapeTo(columns, [x.size, n - 1]), block(c, 0, 1, n));
  return add(reshapeTo(sum, x.shape), c.at(0));
};

const vector = (p: ArrayInput): BaseArray => {
  const a = convertTo(asArr(p), 'fxp');
  return a.ndim <= 1
    ? ravel(a)
    : fail('SHAPE', `a polynomial is a list of coefficients, not of ${a.ndim} axes`);
};

/**
 * Columns x^(n-1) .. x, 1 of a vector x, or rising; n is its length unless given. On secrets: log2 n rounds, range
 * and error as np.multiply.
 * @example
 * np.vander(np.array([2, 3]), 3) // [[4, 2, 1], [9, 3, 1]]
 */
export const vander = (x: ArrayInput, n?: number, increasing = false): BaseArray => {
  const a = vector(x);
  const columns = readShape(n ?? a.size)[0]!;
  const rising = columns === 0 ? [] : [onesLike(a), ...(columns > 1 ? powers(a, columns - 1) : [])];
  if (rising.length === 0) return zeros([a.size, 0]);
  return stack(increasing ? rising : rising.reverse(), 1);
};

export interface PolyvalOptions {
  /** As JAX has it, and without meaning here: all powers are made side by side. */
  readonly unroll?: number;
}

/**
 * The polynomial p at x; coefficients along the first axis of p, from the highest power down. Further axes of p are those of
 * polynomials of their own, which broadcast with x, as in jax.numpy. Of integers alone an integer, which wraps. Rounds: log2 of the
 * degree, and one.
 * @example
 * np.polyval([1, 0, -2], np.array([3])) // [7]
 */
export const polyval = (p: ArrayInput, x: ArrayInput, options?: PolyvalOptions): BaseArray => {
  const { unroll } = optionsOf('np.polyval', options, { unroll: 16 });
  if (!Number.isInteger(unroll) || unroll < 1)
    fail('RANGE', `np.polyval: unroll is a whole number from 1, not ${unroll}`);
  const [c, at] = promoteAll([asArr(p), asArr(x)].map((v) => (isBool(v) ? convertTo(v, 'int64') : v))) as [
    BaseArray,
    BaseArray,
  ];
  if (c.ndim === 0) fail('SHAPE', 'np.polyval: coefficients are a list');
  const n = c.shape[0]!;
  const rising = n === 0 ? c : c.slice('::-1');
  if (c.ndim === 1 && c.dtype === 'fxp') return series(at, rising);
  const shape = broadcastShapes(c.shape.slice(1), at.shape);
  if (n === 0) return zeros(shape, dtypeName(c.dtype));
  const terms = Array.from({ length: n }, (_, k) => rising.at(k));
  const products = powers(at, n - 1).map((power, k) => multiply(terms[k + 1]!, power));
  return broadcast([terms[0]!, ...(n > 1 ? products : [])].reduce(add), shape);
};

const lined = (p: ArrayInput, q: ArrayInput): [BaseArray, BaseArray] => {
  const [a, b] = [vector(p), vector(q)];
  const n = Math.max(a.size, b.size);
  return [pad(a, [[n - a.size, 0]]), pad(b, [[n - b.size, 0]])];
};

/**
 * The sum of two polynomials, coefficients from the highest power down. Local.
 * @example
 * np.polyadd(np.array([1, 2]), np.array([1, 0, 0])) // [1, 1, 2]
 */
export const polyadd = (p: ArrayInput, q: ArrayInput): BaseArray => add(...lined(p, q));
/**
 * The difference of two polynomials, coefficients from the highest power down. Local.
 * @example
 * np.polysub(np.array([1, 2]), np.array([1, 0, 0])) // [-1, 1, 2]
 */
export const polysub = (p: ArrayInput, q: ArrayInput): BaseArray => {
  const [a, b] = lined(p, q);
  return add(a, negative(b));
};

/**
 * Product of two polynomials, coefficients from the highest power down. Every sum of products is one opening. Range
 * and error as np.multiply. On secrets: 1 round.
 * @example
 * np.polymul(np.array([1, 1]), np.array([1, -1])) // [1, 0, -1]
 */
export const polymul = (p: ArrayInput, q: ArrayInput): BaseArray => {
  const [a, b] = [vector(p), vector(q)];
  return a.size === 0 || b.size === 0 ? zeros([0]) : convolve(a, b);
};

/**
 * The polynomial with these roots and 1 for its highest coefficient: products in pairs, log2 n deep.
 * @example
 * np.poly(np.array([1, 2])) // [1, -3, 2]
 */
export const poly = (roots: ArrayInput): BaseArray => {
  const r = vector(roots);
  let factors = Array.from({ length: r.size }, (_, i) =>
    concatenate([ones([1]), negative(r.slice([i, i + 1]))]),
  );
  while (factors.length > 1)
    factors = Array.from({ length: Math.ceil(factors.length / 2) }, (_, i) => {
      const [p, q] = factors.slice(2 * i, 2 * i + 2) as [BaseArray, BaseArray?];
      return q === undefined ? p : polymul(p, q);
    });
  return factors[0] ?? ones([1]);
};

/**
 * [q, r] with u = v q + r, r of a lower degree than v (NumPy leaves out its leading zeros). v is divided by its highest
 * coefficient first, which is not to be 0. Rounds: those of a reciprocal, and one a coefficient of q.
 * @example
 * np.polydiv(np.array([1, -3, 2]), [1, -1]) // [[1, -2], [0]]
 */
export const polydiv = (u: ArrayInput, v: ArrayInput): [BaseArray, BaseArray] => {
  const [a, b] = [vector(u), vector(v)];
  if (b.size === 0) fail('SHAPE', 'polydiv by a polynomial without coefficients');
  const [n, k] = [a.size, b.size];
  if (n < k) return [zeros([1]), a];
  const scale = reciprocal(b.at(0));
  const rest = multiply(block(b, 0, 1, k), scale);
  let left = a;
  const quotients: BaseArray[] = [];
  for (let i = 0; i <= n - k; i++) {
    quotients.push(block(left, 0, 0, 1));
    const taken = pad(multiply(rest, left.at(0)), [[0, left.size - k]]);
    left = subtract(block(left, 0, 1, left.size), taken);
  }
  return [multiply(concatenate(quotients), scale), left.size === 0 ? zeros([1]) : left];
};

const MOST_ORDER = 1000;
const needOrder = (name: string, m: number): void => {
  if (!(Number.isInteger(m) && m >= 0 && m <= MOST_ORDER))
    fail('RANGE', `${name}: an order is a whole number from 0 to ${MOST_ORDER}, not ${m}`);
};

/**
 * Derivative of order m (1) of a polynomial, coefficients from the highest power down. Local.
 * @example
 * np.polyder(np.array([1, 0, 5])) // [2, 0]
 */
export const polyder = (p: ArrayInput, m = 1): BaseArray => {
  needOrder('polyder', m);
  let c = vector(p);
  for (let i = 0; i < m; i++) {
    const n = c.size;
    if (n <= 1) return zeros([0]);
    const factors = Float64Array.from({ length: n - 1 }, (_, k) => n - 1 - k);
    c = multiply(block(c, 0, 0, n - 1), factors);
  }
  return c;
};

/**
 * Integral of order m (1) of a polynomial, coefficients from the highest power down, with 0 for the new lowest ones.
 * Local.
 * @example
 * np.polyint(np.array([2, 1])) // [1, 1, 0]
 */
export const polyint = (p: ArrayInput, m = 1): BaseArray => {
  needOrder('polyint', m);
  let c = vector(p);
  for (let i = 0; i < m; i++) {
    const n = c.size;
    const factors = Float64Array.from({ length: n }, (_, k) => 1 / (n - k));
    c = concatenate([multiply(c, factors), zeros([1])]);
  }
  return c;
};

/**
 * Discrete convolution of two vectors, as np.convolve: 'full', 'same' or 'valid'. Windows of the longer, times the
 * shorter reversed: one opening a result. Integers stay integers, and wrap.
 * @example
 * np.convolve(np.array([1, 2, 3]), np.array([0, 1])) // [0, 1, 2, 3]
 */
export const convolve = (
  x: ArrayInput,
  y: ArrayInput,
  mode: 'full' | 'same' | 'valid' = 'full',
): BaseArray => {
  let [a, v] = promoteAll([asArr(x), asArr(y)]) as [BaseArray, BaseArray];
  if (a.ndim > 1 || v.ndim > 1) fail('SHAPE', 'convolve takes vectors');
  [a, v] = [ravel(a), ravel(v)];
  if (a.size === 0 || v.size === 0) fail('SHAPE', 'convolve: an operand is empty');
  if (v.size > a.size) [a, v] = [v, a];
  const [n, k] = [a.size, v.size];
  const before = { full: k - 1, same: k - 1 - Math.floor((k - 1) / 2), valid: 0 };
  const length = { full: n + k - 1, same: n, valid: n - k + 1 };
  if (!Object.hasOwn(length, mode))
    fail('INVALID_ARGUMENT', `convolve: mode is 'full', 'same' or 'valid', not ${JSON.stringify(mode)}`);
  // 'same' keeps the middle of 'full': as many dropped in front as NumPy drops.
  const lo = mode === 'same' ? k - 1 - Math.floor((k - 1) / 2) : before[mode];
  const out = length[mode];
  const padded = pad(a, [[lo, Math.max(0, out + k - 1 - lo - n)]]);
  const at = Array.from({ length: out * k }, (_, i) => Math.floor(i / k) + (i % k));
  const windows = padded.take(new NDArray([out, k], 'int64', BigInt64Array.from(at, BigInt)));
  return matmul(windows, v.slice('::-1'));
};
