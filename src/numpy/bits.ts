/** @file Integers bit by bit, and their common divisors. Exact over the whole range of each dtype. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../ir/array.ts';
import { bitsOf, dtypeName, isInt } from '../ir/dtypes.ts';
import { apply } from '../ir/tracer.ts';
import { equal, logicalAnd, logicalNot, logicalOr, logicalXor, where } from './compare.ts';
import { type ArrayInput, asArr, convertTo, isBool, spread, unify } from './core.ts';
import { abs, add, multiply } from './elementwise.ts';
import { fori } from './loops.ts';
import { floorDivide, remainder } from './rounding.ts';

const integers = (name: string, inputs: readonly ArrayInput[]): BaseArray[] => {
  const list = spread(unify(inputs));
  const { dtype } = list[0]!;
  return isInt(dtype) || dtype === 'bool'
    ? list
    : fail('DTYPE', `${name} takes integers or booleans, not ${dtypeName(dtype)}: convert with np.astype`);
};

const bitwise =
  (name: string, op: string, onBools: (x: ArrayInput, y: ArrayInput) => BaseArray) =>
  (x: ArrayInput, y: ArrayInput): BaseArray => {
    const pair = integers(name, [x, y]);
    return isBool(pair[0]!) ? onBools(pair[0]!, pair[1]!) : apply(op, pair);
  };

export const bitwiseAnd = bitwise('bitwiseAnd', 'bitAnd', logicalAnd);
export const bitwiseOr = bitwise('bitwiseOr', 'bitOr', logicalOr);
export const bitwiseXor = bitwise('bitwiseXor', 'bitXor', logicalXor);

/** Every bit flipped: -1 - x; the other one of a bool. */
export const bitwiseNot = (x: ArrayInput): BaseArray => {
  const [a] = integers('bitwiseNot', [asArr(x)]) as [BaseArray];
  return isBool(a) ? logicalNot(a) : apply('bitNot', [a]);
};
export const invert = bitwiseNot;

const shift =
  (name: string, op: string) =>
  (x: ArrayInput, by: ArrayInput): BaseArray => {
    const pair = integers(name, [x, by]);
    return apply(op, isBool(pair[0]!) ? pair.map((p) => convertTo(p, 'int8')) : pair);
  };
/** x 2^by, wrapping. */
export const leftShift = shift('leftShift', 'shiftLeft');
/** x / 2^by, rounded down. */
export const rightShift = shift('rightShift', 'shiftRight');

/** How many bits of |x| are 1, by adding them up in halves. */
export const bitwiseCount = (x: ArrayInput): BaseArray => {
  const [given] = integers('bitwiseCount', [asArr(x)]) as [BaseArray];
  if (isBool(given)) return convertTo(given, 'uint8');
  const a = abs(given);
  const bits = bitsOf(a.dtype);
  let total: BaseArray = bitwiseAnd(a, 1);
  for (let i = 1; i < bits; i++) total = add(total, bitwiseAnd(rightShift(a, i), 1));
  return convertTo(total, 'uint8');
};

/** Steps of Euclid's algorithm that the largest numbers of a dtype may take: Fibonacci's (1.4404 log2 of the number). */
const euclidSteps = (bits: number): number => Math.ceil(1.4405 * bits) + 1;

/** The greatest common divisor, >= 0. */
export const gcd = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = integers('gcd', [x, y]) as [BaseArray, BaseArray];
  if (isBool(a)) return logicalOr(a, b);
  const steps = euclidSteps(bitsOf(a.dtype));
  return fori(
    0,
    steps,
    (_i, [p, q]): [BaseArray, BaseArray] => {
      const done = equal(q, 0);
      return [where(done, p, q), where(done, 0, remainder(p, q))];
    },
    [abs(a), abs(b)] as [BaseArray, BaseArray],
  )[0];
};

/** The least common multiple, >= 0; 0 if either is 0. */
export const lcm = (x: ArrayInput, y: ArrayInput): BaseArray => {
  const [a, b] = integers('lcm', [x, y]) as [BaseArray, BaseArray];
  if (isBool(a)) return logicalAnd(a, b);
  return abs(multiply(floorDivide(a, gcd(a, b)), b));
};
