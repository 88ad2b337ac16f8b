/**
 * @file Special functions: operations of CHLO, by name in text and as composites in bytecode. `np` has most of them; log-gamma and digamma are
 * Stirling's series beyond 8 (NIST DLMF 5.11) after the recurrences of 5.5.
 */

import type { BaseArray } from '../../../ir/trace/array.ts';
import { infinite } from '../../finite.ts';
import { erf } from '../../single-precision.ts';
import { erfInv, horner } from '../../special.ts';
import { dtypeOf, input, isPublic, np, number, type Rule, type Rules, resultOf } from './rule.ts';

const one =
  (f: (x: BaseArray) => BaseArray): Rule =>
  (op, inputs) =>
    f(input(inputs, 0, op));

const SHIFT = 8;

/** For x > 0: below 8 the recurrence leads there. */
const logGammaAbove0 = (x: BaseArray): BaseArray => {
  const isLow = np.less(x, SHIFT);
  const low = np.where(isLow, x, 1);
  const factors = Array.from({ length: SHIFT }, (_, k) => np.add(low, k));
  // In two products, so that none leaves the range.
  const half = (from: number): BaseArray =>
    np.log(factors.slice(from, from + SHIFT / 2).reduce((a, b) => np.multiply(a, b)));
  const down = np.where(isLow, np.add(half(0), half(SHIFT / 2)), 0);
  const y = np.where(isLow, np.add(low, SHIFT), x);
  const inverse = np.reciprocal(y);
  const square = np.multiply(inverse, inverse);
  const series = np.multiply(inverse, horner(square, [-1 / 1680, 1 / 1260, -1 / 360, 1 / 12]));
  const main = np.subtract(np.multiply(np.subtract(y, 0.5), np.log(y)), y);
  return np.subtract(np.add(np.add(main, 0.9189385332046727), series), down);
};

const reflected = (
  x: BaseArray,
  above: (x: BaseArray) => BaseArray,
  below: (x: BaseArray, other: BaseArray) => BaseArray,
): BaseArray => {
  const isBelow = np.less(x, 0.5);
  if (isPublic(isBelow) && Array.from(isBelow.data as Uint8Array).every((v) => v === 0)) return above(x);
  const other = above(np.where(isBelow, np.subtract(1, x), x));
  return np.where(isBelow, below(np.where(isBelow, x, 0.25), other), other);
};

const sinPi = (x: BaseArray): BaseArray =>
  np.sin(np.multiply(np.subtract(x, np.multiply(2, np.floor(np.multiply(x, 0.5)))), Math.PI));
const cosPi = (x: BaseArray): BaseArray =>
  np.cos(np.multiply(np.subtract(x, np.multiply(2, np.floor(np.multiply(x, 0.5)))), Math.PI));

const logGamma = (x: BaseArray): BaseArray =>
  reflected(x, logGammaAbove0, (y, other) =>
    np.subtract(np.subtract(1.1447298858494002, np.log(np.abs(sinPi(y)))), other),
  );

const digammaAbove0 = (x: BaseArray): BaseArray => {
  const isLow = np.less(x, SHIFT);
  const low = np.where(isLow, x, 1);
  const all = np.stack(Array.from({ length: SHIFT }, (_, k) => np.add(low, k)));
  const down = np.where(isLow, np.sum(np.reciprocal(all), 0), 0);
  const y = np.where(isLow, np.add(low, SHIFT), x);
  const inverse = np.reciprocal(y);
  const square = np.multiply(inverse, inverse);
  const series = np.multiply(square, horner(square, [-1 / 240, 1 / 252, -1 / 120, 1 / 12]));
  return np.subtract(np.subtract(np.subtract(np.log(y), np.multiply(inverse, 0.5)), series), down);
};
const digamma = (x: BaseArray): BaseArray =>
  reflected(x, digammaAbove0, (y, other) =>
    np.subtract(other, np.divide(np.multiply(Math.PI, cosPi(y)), sinPi(y))),
  );

/** The k largest along the last axis, and where they were. */
const topK: Rule = (op, inputs) => {
  const [values, places] = np.topK(input(inputs, 0, op), number(op, 'k'));
  return [values, np.astype(places, dtypeOf(resultOf(op, 1), op))];
};

const isInf: Rule = (op, inputs) => infinite(input(inputs, 0, op), { low: true, high: true });

/** By the names of CHLO. */
export const special: Rules = {
  'chlo.acos': one(np.arccos),
  'chlo.acosh': one(np.arccosh),
  'chlo.asin': one(np.arcsin),
  'chlo.asinh': one(np.arcsinh),
  'chlo.atan': one(np.arctan),
  'chlo.atanh': one(np.arctanh),
  'chlo.cosh': one(np.cosh),
  'chlo.digamma': one(digamma),
  'chlo.erf': one(erf),
  'chlo.erfc': one((x) => np.subtract(1, erf(x))),
  'chlo.erf_inv': one(erfInv),
  'chlo.is_inf': isInf,
  'chlo.lgamma': one(logGamma),
  'chlo.next_after': (op, inputs) => np.nextafter(input(inputs, 0, op), input(inputs, 1, op)),
  'chlo.sinh': one(np.sinh),
  'chlo.square': one(np.square),
  'chlo.tan': one(np.tan),
  'chlo.top_k': topK,
};
