/** @file Integers bit by bit, and their common divisors. Exact over the whole range of each dtype. */
import { fail } from '../errors.ts';
import type { BinaryOp } from '../ir/ops/catalogue.ts';
import { bitsOf, dtypeName, isInt } from '../ir/ops/dtypes.ts';
import { block } from '../ir/trace/algebra.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { apply } from '../ir/trace/tracer.ts';
import * as math from '../ring/math/index.ts';
import { equal, logicalAnd, logicalNot, logicalOr, logicalXor, where } from './compare.ts';
import {
  type ArrayInput,
  type Arrays,
  asArr,
  convertTo,
  type FlatAxis,
  type FlatAxisOptions,
  isBool,
  reshapeTo,
  spread,
  truth,
  unify,
} from './core.ts';
import { abs, multiply, subtract } from './elementwise.ts';
import { pad, stack } from './join.ts';
import { fori } from './loops.ts';
import { argumentsOf, wordOf } from './options.ts';
import { sum } from './reduce.ts';
import { floorDivide, remainder } from './rounding.ts';
import { moveaxis, ravel } from './shape.ts';

const integers = <const T extends readonly [ArrayInput, ...ArrayInput[]]>(
  name: string,
  inputs: T,
): Arrays<T> => {
  const list = spread(unify(inputs));
  const { dtype } = list[0];
  return isInt(dtype) || dtype === 'bool'
    ? list
    : fail('DTYPE', `${name} takes integers or booleans, not ${dtypeName(dtype)}: convert with np.astype`);
};

const bitwise =
  (name: string, op: BinaryOp, onBools: (x: ArrayInput, y: ArrayInput) => BaseArray) =>
  (x: ArrayInput, y: ArrayInput): BaseArray => {
    const pair = integers(name, [x, y]);
    return isBool(pair[0]) ? onBools(pair[0], pair[1]) : apply(op, pair);
  };

/**
 * x & y, bit by bit, of integers or bools that broadcast. Exact. Throws DTYPE for real numbers, SHAPE.
 * @example
 * np.bitwiseAnd(np.array([12, 10], 'int32'), 6) // [4, 2]
 * np.bitwiseAnd(np.array([1.5]), 1) // throws DTYPE
 */
export const bitwiseAnd = bitwise('bitwiseAnd', 'bitAnd', logicalAnd);
/**
 * x | y, bit by bit, of integers or bools that broadcast. Exact. Throws DTYPE for real numbers, SHAPE.
 * @example
 * np.bitwiseOr(np.array([12, 10], 'int32'), 1) // [13, 11]
 */
export const bitwiseOr = bitwise('bitwiseOr', 'bitOr', logicalOr);
/**
 * x ^ y, bit by bit, of integers or bools that broadcast. Exact. Throws DTYPE for real numbers, SHAPE.
 * @example
 * np.bitwiseXor(np.array([12, 10], 'int32'), 6) // [10, 12]
 */
export const bitwiseXor = bitwise('bitwiseXor', 'bitXor', logicalXor);

/**
 * Every bit flipped, -1 - x; the other one of a bool. Exact. Throws DTYPE for real numbers.
 * @example
 * np.bitwiseNot(np.array([0, 5], 'int32')) // [-1, -6]
 * np.bitwiseNot(np.array([true, false])) // [false, true]
 */
export const bitwiseNot = (x: ArrayInput): BaseArray => {
  const [a] = integers('bitwiseNot', [asArr(x)]);
  return isBool(a) ? logicalNot(a) : apply('bitNot', [a]);
};
export { bitwiseNot as invert };

const shift =
  (name: string, op: BinaryOp) =>
  (x: ArrayInput, by: ArrayInput): BaseArray => {
    const pair = integers(name, [x, by]);
    const [a, n] = pair;
    return apply(op, isBool(a) ? [convertTo(a, 'int8'), convertTo(n, 'int8')] : pair);
  };
/**
 * x 2^by, wrapping at the bits of the dtype; bools as int8. Exact. Throws DTYPE for real numbers.
 * @example
 * np.leftShift(np.array([1, 3], 'int32'), 4) // [16, 48]
 */
export const leftShift = shift('leftShift', 'shiftLeft');
/**
 * x / 2^by, rounded down; bools as int8. Exact. Throws DTYPE for real numbers.
 * @example
 * np.rightShift(np.array([48, -5], 'int32'), 1) // [24, -3]
 */
export const rightShift = shift('rightShift', 'shiftRight');

/**
 * How many bits of |x| are 1: |x| less all that is left of it by shifting.
 * @example
 * np.bitwiseCount(np.array([7, 8, -1], 'int32')) // [3, 1, 1]
 */
export const bitwiseCount = (x: ArrayInput): BaseArray => {
  const [given] = integers('bitwiseCount', [asArr(x)]) as [BaseArray];
  if (isBool(given)) return convertTo(given, 'uint8');
  const bits = bitsOf(given.dtype);
  const a = convertTo(abs(given), `uint${bits}` as 'uint8');
  const shifted = Array.from({ length: bits - 1 }, (_, i) => rightShift(a, i + 1));
  return convertTo(shifted.reduce(subtract, a), 'uint8');
};

type BitOrder = 'big' | 'little';

export interface PackOptions extends FlatAxisOptions {
  readonly order?: BitOrder;
}
export interface UnpackOptions extends PackOptions {
  /** How many bits are kept of each lane; all when left out. */
  readonly count?: number;
}

const checkOrder = (name: string, order: BitOrder): BitOrder =>
  wordOf(name, "the order of bits is 'big' or 'little', not", order, ['big', 'little']);

/**
 * Eight bools (numbers count as != 0) along an axis, or of the flattened array, as a uint8; zeros fill the last. Rounds 1.
 * @example
 * np.packbits(np.array([1, 0, 1, 1, 0, 0, 0, 0], 'uint8')) // [176]
 * np.packbits(np.array([true, true]), { order: 'little' }) // [3]
 */
export const packbits = (
  x: ArrayInput,
  axis?: FlatAxis | PackOptions,
  order?: BitOrder | PackOptions,
): BaseArray => {
  const given = { axis: null, order: 'big' } as const;
  return packed(x, argumentsOf<PackOptions>('np.packbits', { axis, order }, given));
};

const packed = (x: ArrayInput, { axis, order }: Required<PackOptions>): BaseArray => {
  checkOrder('packbits', order);
  const holds = truth(axis === null ? ravel(x) : x);
  const rows = moveaxis(holds, axis ?? 0, -1);
  const lead = rows.shape.slice(0, -1);
  const bytes = Math.ceil(rows.shape.at(-1)! / 8);
  const ends = [...lead.map(() => [0, 0] as const), [0, 8 * bytes - rows.shape.at(-1)!] as const];
  const bits = reshapeTo(pad(convertTo(rows, 'uint8'), ends), [...lead, bytes, 8]);
  const weights = Array.from({ length: 8 }, (_, i) => math.pow2(order === 'big' ? 7 - i : i));
  const sums = sum(multiply(bits, NDArray.from(weights, 'uint8')), -1);
  return moveaxis(convertTo(sums, 'uint8'), -1, axis ?? 0);
};

/**
 * The bits of uint8, as uint8, along an axis or of the flattened array: what is left by shifting, less twice what is left next.
 * @example
 * np.unpackbits(np.array([5], 'uint8')) // [0, 0, 0, 0, 0, 1, 0, 1]
 * np.unpackbits([5]) // throws DTYPE
 */
export const unpackbits = (
  x: ArrayInput,
  axis?: FlatAxis | UnpackOptions,
  count?: number | UnpackOptions,
  order?: BitOrder | UnpackOptions,
): BaseArray => {
  const none = { axis: null, count: undefined, order: 'big' } as const;
  return unpacked(x, argumentsOf<UnpackOptions>('np.unpackbits', { axis, count, order }, none));
};

const unpacked = (x: ArrayInput, { axis, count, order }: Required<UnpackOptions>): BaseArray => {
  checkOrder('unpackbits', order);
  const given = asArr(x);
  if (given.dtype !== 'uint8') fail('DTYPE', `unpackbits takes uint8, not ${dtypeName(given.dtype)}`);
  const rows = moveaxis(axis === null ? ravel(given) : given, axis ?? 0, -1);
  const left = Array.from({ length: 8 }, (_, i) => (i === 0 ? rows : rightShift(rows, i)));
  const bits = left.map((v, i) => (i === 7 ? v : subtract(v, multiply(left[i + 1]!, 2))));
  const all = stack(order === 'big' ? bits.reverse() : bits, -1);
  const flat = reshapeTo(all, [...rows.shape.slice(0, -1), 8 * rows.shape.at(-1)!]);
  const n = count === undefined ? flat.shape.at(-1)! : Math.min(count, flat.shape.at(-1)!);
  return moveaxis(block(flat, flat.ndim - 1, 0, n), -1, axis ?? 0);
};

/** Steps of Euclid's algorithm that the largest numbers of a dtype may take: Fibonacci's (1.4404 log2 of the number). */
const euclidSteps = (bits: number): number => Math.ceil(1.4405 * bits) + 1;

/** |x| as unsigned integers, which hold that of the least integer too. */
const sizeOf = (x: BaseArray): BaseArray => convertTo(abs(x), `uint${bitsOf(x.dtype)}` as 'uint8');

/**
 * The greatest common divisor, >= 0; only that of the least integer with itself or 0 wraps, as in NumPy.
 * @example
 * np.gcd(np.array([12, 7], 'int16'), np.array([18, 5], 'int16')) // [6, 1]
 */
export const gcd = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = integers('gcd', [x, y]) as [BaseArray, BaseArray];
  if (isBool(a)) return logicalOr(a, b);
  return convertTo(euclid(sizeOf(a), sizeOf(b)), a.dtype as 'int64');
};

const euclid = (a: BaseArray, b: BaseArray): BaseArray => {
  const steps = euclidSteps(bitsOf(a.dtype));
  return fori(
    0,
    steps,
    (_i, [p, q]): [BaseArray, BaseArray] => {
      const done = equal(q, 0);
      return [where(done, p, q), where(done, 0, remainder(p, q))];
    },
    [a, b] as [BaseArray, BaseArray],
  )[0];
};

/**
 * The least common multiple, >= 0; 0 if either is 0. What is too large for the dtype wraps, as in NumPy.
 * @example
 * np.lcm(np.array([4, 0], 'int16'), np.array([6, 5], 'int16')) // [12, 0]
 */
export const lcm = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = integers('lcm', [x, y]) as [BaseArray, BaseArray];
  if (isBool(a)) return logicalAnd(a, b);
  const [p, q] = [sizeOf(a), sizeOf(b)];
  return convertTo(multiply(floorDivide(p, euclid(p, q)), q), a.dtype as 'int64');
};
