/** @file Comparisons, logic, and choosing without branching. */
import { fail } from '../errors.ts';
import type { BinaryOp } from '../ir/ops/catalogue.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply, record } from '../ir/trace/tracer.ts';
import { type ArrayInput, asArr, broadcast, convertTo, isBool, spread, truth, unify } from './core.ts';
import { abs, add, maximum, minimum, multiply, subtract } from './elementwise.ts';

/**
 * The other truth; numbers count as != 0. Exact. On secret bools without messages, on numbers 2 rounds.
 * @example
 * np.logicalNot(np.array([true, false])) // [false, true]
 */
export const logicalNot = (x: ArrayInput): BaseArray => apply('not', [truth(x)]);

const logical =
  (op: BinaryOp) =>
  (x: ArrayInput, y: ArrayInput): BaseArray =>
    apply(op, spread([truth(x), truth(y)]));

/**
 * x and y, of operands that broadcast; numbers count as != 0. Exact. On secret bools 1 round, on numbers 2 more.
 * @example
 * np.logicalAnd(np.array([true, true]), np.array([false, true])) // [false, true]
 */
export const logicalAnd = logical('and');
/**
 * x or y, of operands that broadcast; numbers count as != 0. Exact. On secret bools 1 round, on numbers 2 more.
 * @example
 * np.logicalOr(np.array([0, 0]), np.array([0, 3])) // [false, true]
 */
export const logicalOr = logical('or');
/**
 * Either x or y, of operands that broadcast; numbers count as != 0. Exact. On secret bools without messages, on
 * numbers 2 rounds.
 * @example
 * np.logicalXor(np.array([true, true]), np.array([false, true])) // [true, false]
 */
export const logicalXor = logical('xor');

/**
 * x < y, bool, of operands that broadcast. Exact where x - y fits into the ring: |x - y| below 2^(127 - f) (FM64:
 * 2^(63 - f)). On secrets: 4 rounds, one by FSS. Throws SHAPE.
 * @example
 * np.less(np.array([1, 2, 3]), 2) // [true, false, false]
 */
export const less = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = spread(unify([x, y]));
  return isBool(a) ? apply('and', [apply('not', [a]), b]) : apply('less', [a, b]);
};

/**
 * x = y, bool, of operands that broadcast. Exact, to the last bit of a fixed-point number. On secrets: 2 rounds, one
 * by FSS. Throws SHAPE.
 * @example
 * np.equal(np.array([1, 2, 3]), np.array([1, 5, 3])) // [true, false, true]
 */
export const equal = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = spread(unify([x, y]));
  return isBool(a) ? apply('not', [apply('xor', [a, b])]) : apply('equal', [a, b]);
};

/**
 * x > y, bool, of operands that broadcast. Range and rounds as np.less.
 * @example
 * np.greater(np.array([1, 2, 3]), 2) // [false, false, true]
 */
export const greater = (x: ArrayInput, y: ArrayInput): BaseArray => less(y, x);
/**
 * x <= y, bool, of operands that broadcast. Range and rounds as np.less.
 * @example
 * np.lessEqual(np.array([1, 2, 3]), 2) // [true, true, false]
 */
export const lessEqual = (x: ArrayInput, y: ArrayInput): BaseArray => logicalNot(less(y, x));
/**
 * x >= y, bool, of operands that broadcast. Range and rounds as np.less.
 * @example
 * np.greaterEqual(np.array([1, 2, 3]), 2) // [false, true, true]
 */
export const greaterEqual = (x: ArrayInput, y: ArrayInput): BaseArray => logicalNot(less(x, y));
/**
 * x != y, bool, of operands that broadcast. Exact; rounds as np.equal.
 * @example
 * np.notEqual(np.array([1, 2, 3]), np.array([1, 5, 3])) // [false, true, false]
 */
export const notEqual = (x: ArrayInput, y: ArrayInput): BaseArray => logicalNot(equal(x, y));

/**
 * `x` where the condition holds, else `y`, element by element; all three broadcast, a condition of numbers counts as
 * != 0. Exact. On secrets: 1 round for a bool condition. Throws SHAPE.
 * @example
 * np.where(np.array([true, false]), np.array([1, 2]), np.array([10, 20])) // [1, 20]
 * np.where(np.less(np.array([-1, 4]), 0), 0, 1) // [0, 1]
 */
export const where = (cond: ArrayInput, x: ArrayInput, y: ArrayInput): BaseArray => {
  if (x === undefined || y === undefined)
    fail(
      'UNSUPPORTED',
      'np.where needs all three of (condition, x, y): the positions of a secret cannot be listed',
    );
  const c = truth(cond);
  const [a, b] = unify([x, y]);
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

/**
 * x held between lo and hi; null leaves a side open. Numbers for bounds cost one comparison for both.
 * @example
 * np.clip(np.array([-5, 0.5, 9]), 0, 1) // [0, 0.5, 1]
 * np.clip(np.array([-5, 9]), null, 2) // [-5, 2]
 */
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
 * @example
 * np.log(np.within(np.array([1, 10]), 0.5, 1000)) // [0, 2.3026]
 */
export const within = (x: ArrayInput, lo: number, hi: number): BaseArray =>
  apply('within', [convertTo(asArr(x), 'fxp')], { lo, hi });

/**
 * |x - y| <= atol + rtol |y|, bool, of operands that broadcast (rtol 1e-5, atol 1e-8 unless given; a unit in the last
 * place of a secret is 1.5e-8). On secrets: a comparison of each side.
 * @example
 * np.isclose(np.array([1, 1]), np.array([1.000001, 1.1])) // [true, false]
 */
export const isclose = (x: ArrayInput, y: ArrayInput, rtol = 1e-5, atol = 1e-8): BaseArray => {
  const [a, b] = spread([convertTo(asArr(x), 'fxp'), convertTo(asArr(y), 'fxp')]);
  return lessEqual(abs(subtract(a, b)), add(multiply(abs(b), rtol), atol));
};

/**
 * The sign bit: x < 0 (there is no negative zero).
 * @example
 * np.signbit(np.array([-2, 0, 3])) // [true, false, false]
 */
export const signbit = (x: ArrayInput): BaseArray => less(x, 0);

const elementIs =
  (answer: boolean, test: (x: number) => boolean) =>
  (x: ArrayInput): BaseArray => {
    const a = asArr(x);
    // Recorded, though it is known: a JavaScript condition on it would be one on a secret.
    if (!(a instanceof NDArray)) return broadcast(record(NDArray.from(answer), [a]), a.shape);
    return new NDArray(
      a.shape,
      'bool',
      Uint8Array.from(a.data as Float64Array, (v) => Number(test(Number(v)))),
    );
  };

/**
 * Every number in a program is finite: public, at no cost. Plain arrays are looked at.
 * @example
 * np.isfinite([1, Infinity, NaN]) // [true, false, false]
 * np.isfinite(np.array([1, 2])) // [true, true]
 */
export const isfinite = elementIs(true, Number.isFinite);
/**
 * Is it no number? Every number in a program is one: public, at no cost. Plain arrays are looked at.
 * @example
 * np.isnan([1, NaN]) // [false, true]
 */
export const isnan = elementIs(false, Number.isNaN);
/**
 * Is it infinite? No number in a program is: public, at no cost. Plain arrays are looked at.
 * @example
 * np.isinf([1, -Infinity]) // [false, true]
 */
export const isinf = elementIs(false, (v) => Math.abs(v) === Number.POSITIVE_INFINITY);
/**
 * Is it +Infinity? No number in a program is: public, at no cost. Plain arrays are looked at.
 * @example
 * np.isposinf([Infinity, -Infinity]) // [true, false]
 */
export const isposinf = elementIs(false, (v) => v === Number.POSITIVE_INFINITY);
/**
 * Is it -Infinity? No number in a program is: public, at no cost. Plain arrays are looked at.
 * @example
 * np.isneginf([Infinity, -Infinity]) // [false, true]
 */
export const isneginf = elementIs(false, (v) => v === Number.NEGATIVE_INFINITY);
/**
 * Is it real? Every number here is. Public, at no cost.
 * @example
 * np.isreal(np.array([1, 2])) // [true, true]
 */
export const isreal = elementIs(true, () => true);
/**
 * Has it an imaginary part? No number here has. Public, at no cost.
 * @example
 * np.iscomplex(np.array([1, 2])) // [false, false]
 */
export const iscomplex = elementIs(false, () => false);
