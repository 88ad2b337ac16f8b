/** @file Operations on one element after another (StableHLO specification, "Ops"): arithmetic, bits, comparisons, conversions. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { choose, compared, divide as divided, infinite, maximum, minimum, multiply } from '../../finite.ts';
import { tanh } from '../../single-precision.ts';
import { divideTowardsZero } from '../../truncating-division.ts';
import type { Operation } from '../module.ts';
import { reducePrecision } from './precision.ts';
import {
  dtypeName,
  dtypeOf,
  input,
  isBoolean,
  isFloat,
  isPublic,
  isUnsigned,
  np,
  operandOf,
  type Rule,
  type Rules,
  resultOf,
  text,
  unsupported,
} from './rule.ts';

const one =
  (f: (x: BaseArray) => BaseArray): Rule =>
  (op, inputs) =>
    f(input(inputs, 0, op));
const two =
  (f: (x: BaseArray, y: BaseArray) => BaseArray): Rule =>
  (op, inputs) =>
    f(input(inputs, 0, op), input(inputs, 1, op));

const WIDTH = /\d+/;
const widthOf = (op: Operation): number => Number(WIDTH.exec(operandOf(op, 0).element)?.[0] ?? 64);

/** Integers are cut towards 0, and x / 0 is -1 (all bits), as the specification has it for XLA's devices. */
const divide: Rule = (op, inputs) => {
  const [x, y] = [input(inputs, 0, op), input(inputs, 1, op)];
  return isFloat(operandOf(op, 0)) ? divided(x, y) : divideTowardsZero(x, y);
};

const remainder: Rule = (op, inputs) => {
  const [x, y] = [input(inputs, 0, op), input(inputs, 1, op)];
  return isUnsigned(operandOf(op, 0)) ? np.remainder(x, y) : np.fmod(x, y);
};

/** Shifts by the width or more leave nothing, or the sign. */
const shift =
  (kind: 'left' | 'logical' | 'arithmetic'): Rule =>
  (op, inputs) => {
    const [x, by] = [input(inputs, 0, op), input(inputs, 1, op)];
    const bits = widthOf(op);
    const dtype = dtypeOf(operandOf(op, 0), op);
    const plain = kind === 'arithmetic' ? x : np.astype(x, `uint${bits}`);
    const amount = np.astype(by, `uint${bits}`);
    const held = np.minimum(amount, bits - 1);
    const moved =
      kind === 'left'
        ? np.leftShift(plain, np.astype(held, dtypeName(plain)))
        : np.rightShift(plain, np.astype(held, dtypeName(plain)));
    const whole = kind === 'arithmetic' ? moved : np.where(np.less(amount, bits), moved, np.zerosLike(moved));
    return np.astype(isPublic(by) && inRange(by, bits) ? moved : whole, dtype);
  };
const inRange = (by: BaseArray & { readonly data: ArrayLike<number | bigint> }, bits: number): boolean =>
  Array.from(by.data).every((v) => Number(v) >= 0 && Number(v) < bits);

const COMPARE = {
  EQ: compared(np.equal, false, false),
  NE: compared(np.notEqual, true, true),
  GE: compared(np.greaterEqual, false, true),
  GT: compared(np.greater, false, true),
  LE: compared(np.lessEqual, true, false),
  LT: compared(np.less, true, false),
} as const;

const compare: Rule = (op, inputs) => {
  const direction = text(op, 'comparison_direction');
  if (!Object.hasOwn(COMPARE, direction)) return unsupported(op, `comparison ${direction}`);
  const [x, y] = [input(inputs, 0, op), input(inputs, 1, op)];
  // NaN is no secret number: x != x never holds.
  if (op.operands[0] === op.operands[1] && isFloat(operandOf(op, 0)) && !isPublic(x))
    return np.full(x.shape, ['EQ', 'GE', 'LE'].includes(direction), 'bool');
  return COMPARE[direction as keyof typeof COMPARE](x, y);
};

/** Scalars stand for all places. */
const select: Rule = (op, inputs) => choose(input(inputs, 0, op), input(inputs, 1, op), input(inputs, 2, op));

const clamp: Rule = (op, inputs) =>
  minimum(maximum(input(inputs, 1, op), input(inputs, 0, op)), input(inputs, 2, op));

/** Floats are cut towards 0 on their way to integers. */
const convert: Rule = (op, inputs) => {
  const x = input(inputs, 0, op);
  const [from, to] = [operandOf(op, 0), resultOf(op)];
  if (isBoolean(to)) return np.notEqual(x, 0);
  const cut = isFloat(from) && !isFloat(to) ? np.trunc(x) : x;
  return np.astype(cut, dtypeOf(to, op));
};

/** Halves away from 0. */
const roundAway = (x: BaseArray): BaseArray => np.multiply(np.sign(x), np.floor(np.add(np.abs(x), 0.5)));

const popcount: Rule = (op, inputs) => {
  const bits = widthOf(op);
  return np.astype(
    np.bitwiseCount(np.astype(input(inputs, 0, op), `uint${bits}`)),
    dtypeOf(resultOf(op), op),
  );
};

/** All bits below the highest are set, and the others are counted. */
const leadingZeros: Rule = (op, inputs) => {
  const bits = widthOf(op);
  let x = np.astype(input(inputs, 0, op), `uint${bits}`);
  for (let by = 1; by < bits; by *= 2) x = np.bitwiseOr(x, np.rightShift(x, by));
  return np.astype(np.subtract(bits, np.astype(np.bitwiseCount(x), 'int64')), dtypeOf(resultOf(op), op));
};

const logical =
  (onBits: (x: BaseArray, y: BaseArray) => BaseArray): Rule =>
  (op, inputs) =>
    onBits(input(inputs, 0, op), input(inputs, 1, op));

const power: Rule = (op, inputs) => np.power(input(inputs, 0, op), input(inputs, 1, op));

export const elementwise: Rules = {
  abs: one(np.abs),
  add: two(np.add),
  and: logical(np.bitwiseAnd),
  atan2: two(np.arctan2),
  cbrt: one(np.cbrt),
  ceil: one(np.ceil),
  clamp,
  compare,
  convert,
  cosine: one(np.cos),
  count_leading_zeros: leadingZeros,
  divide,
  exponential: one(np.exp),
  exponential_minus_one: one(np.expm1),
  floor: one(np.floor),
  // What the length of a complex number is.
  hypot: two(np.hypot),
  is_finite: (op, inputs) => {
    const x = input(inputs, 0, op);
    return isPublic(x) ? np.isfinite(x) : np.logicalNot(infinite(x, { low: true, high: true }));
  },
  log: one(np.log),
  log_plus_one: one(np.log1p),
  logistic: one(np.sigmoid),
  maximum: two(maximum),
  minimum: two(minimum),
  multiply: two(multiply),
  negate: one(np.negative),
  not: one(np.bitwiseNot),
  or: logical(np.bitwiseOr),
  popcnt: popcount,
  power,
  reduce_precision: reducePrecision,
  remainder,
  round_nearest_afz: one(roundAway),
  round_nearest_even: one(np.rint),
  rsqrt: one(np.rsqrt),
  select,
  shift_left: shift('left'),
  shift_right_arithmetic: shift('arithmetic'),
  shift_right_logical: shift('logical'),
  sign: one(np.sign),
  sine: one(np.sin),
  sqrt: one(np.sqrt),
  subtract: two(np.subtract),
  tan: one(np.tan),
  tanh: one(tanh),
  xor: logical(np.bitwiseXor),
  // The imaginary part of a real number.
  zeros_like: one((x) => np.zeros(x.shape)),
};
