/** @file Comparisons, logic, and choosing without branching. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply } from '../ir/trace/tracer.ts';
import { type ArrayInput, asArr, broadcast, convertTo, isBool, spread, truth, unify } from './core.ts';
import { abs, add, maximum, minimum, multiply, subtract } from './elementwise.ts';

export const logicalNot = (x: ArrayInput): BaseArray => apply('not', [truth(x)]);

const logical =
  (op: string) =>
  (x: ArrayInput, y: ArrayInput): BaseArray =>
    apply(op, spread([truth(x), truth(y)]));

export const logicalAnd = logical('and');
export const logicalOr = logical('or');
export const logicalXor = logical('xor');

export const less = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = spread(unify([x, y])) as [BaseArray, BaseArray];
  return isBool(a) ? apply('and', [apply('not', [a]), b]) : apply('less', [a, b]);
};

export const equal = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = spread(unify([x, y])) as [BaseArray, BaseArray];
  return isBool(a) ? apply('not', [apply('xor', [a, b])]) : apply('equal', [a, b]);
};

export const greater = (x: ArrayInput, y: ArrayInput): BaseArray => less(y, x);
export const lessEqual = (x: ArrayInput, y: ArrayInput): BaseArray => logicalNot(less(y, x));
export const greaterEqual = (x: ArrayInput, y: ArrayInput): BaseArray => logicalNot(less(x, y));
export const notEqual = (x: ArrayInput, y: ArrayInput): BaseArray => logicalNot(equal(x, y));

/** cond ? x : y, element by element; all three broadcast. */
export const where = (cond: ArrayInput, x: ArrayInput, y: ArrayInput): BaseArray => {
  if (x === undefined || y === undefined)
    fail(
      'UNSUPPORTED',
      'np.where needs all three of (condition, x, y): the positions of a secret cannot be listed',
    );
  const c = truth(cond);
  const [a, b] = unify([x, y]) as [BaseArray, BaseArray];
  return apply('select', spread([c, a, b]));
};

/** A bound that is a public number; undefined when it is an array or does not fit the dtype. */
const publicBound = (
  bound: ArrayInput | null | undefined,
  dtype: string,
  open: number,
): number | undefined => {
  if (bound === null || bound === undefined) return open;
  if (typeof bound !== 'number' || Number.isNaN(bound)) return undefined;
  return dtype === 'fxp' || (dtype !== 'bool' && Number.isSafeInteger(bound)) ? bound : undefined;
};

/** x held between lo and hi; null leaves a side open. Numbers for bounds cost one comparison for both. */
export const clip = (x: ArrayInput, lo: ArrayInput | null, hi: ArrayInput | null = null): BaseArray => {
  const a = asArr(x);
  const [low, high] = [
    publicBound(lo, a.dtype, Number.NEGATIVE_INFINITY),
    publicBound(hi, a.dtype, Number.POSITIVE_INFINITY),
  ];
  if (low !== undefined && high !== undefined && low <= high) {
    if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return a;
    return apply('clip', [a], { lo: low, hi: high });
  }
  const above = lo === null || lo === undefined ? a : maximum(a, lo);
  return hi === null || hi === undefined ? above : minimum(above, hi);
};

/**
 * x itself, with the promise that lo <= x <= hi, which nobody checks: if it is broken, what is made of x is wrong. exp,
 * sigmoid, tanh, erf, gelu, silu and softplus take one round where they need not look for far values (sigmoid: 15.5;
 * exp: from -20 to 21).
 */
export const within = (x: ArrayInput, lo: number, hi: number): BaseArray =>
  apply('within', [convertTo(asArr(x), 'fxp')], { lo, hi });

/** |x - y| <= atol + rtol |y| */
export const isclose = (x: ArrayInput, y: ArrayInput, rtol = 1e-5, atol = 1e-8): BaseArray => {
  const [a, b] = spread([convertTo(asArr(x), 'fxp'), convertTo(asArr(y), 'fxp')]) as [BaseArray, BaseArray];
  return lessEqual(abs(subtract(a, b)), add(multiply(abs(b), rtol), atol));
};

/** The sign bit: x < 0 (there is no negative zero). */
export const signbit = (x: ArrayInput): BaseArray => less(x, 0);

const elementIs =
  (answer: boolean, test: (x: number) => boolean) =>
  (x: ArrayInput): BaseArray => {
    const a = asArr(x);
    if (!(a instanceof NDArray)) return broadcast(NDArray.from(answer), a.shape);
    return new NDArray(
      a.shape,
      'bool',
      Uint8Array.from(a.data as Float64Array, (v) => Number(test(Number(v)))),
    );
  };

/** Every number in a program is finite: public, at no cost. Plain arrays are looked at. */
export const isfinite = elementIs(true, Number.isFinite);
export const isnan = elementIs(false, Number.isNaN);
export const isinf = elementIs(false, (v) => Math.abs(v) === Number.POSITIVE_INFINITY);
export const isposinf = elementIs(false, (v) => v === Number.POSITIVE_INFINITY);
export const isneginf = elementIs(false, (v) => v === Number.NEGATIVE_INFINITY);
export const isreal = elementIs(true, () => true);
export const iscomplex = elementIs(false, () => false);
