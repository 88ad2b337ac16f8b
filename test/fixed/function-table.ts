/** Functions of fixed-point numbers, each with what it means, its range, the error that it may have and its rounds. */
import * as A from '../../src/fixed/angle.ts';
import * as B from '../../src/fixed/basic.ts';
import type { Circuit, Wire } from '../../src/fixed/circuit.ts';
import * as W from '../../src/fixed/elementary.ts';
import { exp } from '../../src/fixed/exp.ts';
import { arcsinh } from '../../src/fixed/hyperbolic.ts';
import * as N from '../../src/fixed/roots-logarithms.ts';
import * as S from '../../src/fixed/smooth.ts';
import { maximum, minimum } from '../../src/fixed/tournament.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import * as math from '../../src/ring/math/index.ts';

export interface Fn {
  readonly build: (c: Circuit, x: Wire, y: Wire) => Wire;
  readonly plain: (x: number, y: number) => number;
  /** Range by field. `log` spreads points over magnitudes; `signs` adds their mirror images. */
  readonly range: (f: FieldName) => readonly [number, number];
  readonly log?: true;
  readonly signs?: true;
  /** Second operand: its range. */
  readonly other?: (f: FieldName) => readonly [number, number];
  /** Beside 2^-20 (2^-12) absolute if bounded, relative otherwise, and a unit in the last place. */
  readonly error?: 'absolute' | 'exact';
  readonly extra?: (x: number, y: number, f: FieldName) => number;
  /** FM128: rounds as documented. */
  readonly rounds: number;
  readonly points?: readonly number[];
}

export const ulpOf = (f: FieldName): number => 2 ** -FIELDS[f].fraction;
const always = (lo: number, hi: number) => (): readonly [number, number] => [lo, hi];
const positive = (f: FieldName): readonly [number, number] => {
  const top = 2 ** FIELDS[f].fraction;
  return [1 / top, top * (1 - 2 ** -20)];
};
const expMax = { FM128: 51.2, FM64: 29.7, FM32: 14.4 };

export const FNS: Readonly<Record<string, Fn>> = {
  sigmoid: {
    build: (c, x) => S.sigmoid(c, x),
    plain: math.sigmoid,
    range: always(-40, 40),
    error: 'absolute',
    rounds: 5,
    points: [-16, 16, 15.5, -1e5, 1e5],
  },
  softplus: {
    build: (c, x) => S.softplus(c, x),
    plain: math.softplus,
    range: always(-40, 40),
    error: 'absolute',
    rounds: 5,
    points: [-15.5, 15.5, -1e4, 1e4],
  },
  silu: {
    build: (c, x) => S.silu(c, x),
    plain: (x) => x / (1 + Math.exp(-x)),
    range: always(-40, 40),
    error: 'absolute',
    rounds: 5,
    points: [-31.5, 31.5, -1e4, 1e4],
  },
  gelu: {
    build: (c, x) => S.gelu(c, x),
    plain: (x) => 0.5 * x * (1 + math.erf(x * Math.SQRT1_2)),
    range: always(-12, 12),
    error: 'absolute',
    rounds: 5,
    points: [-7.75, 7.75, -1e4, 1e4],
  },
  'gelu by tanh': {
    build: (c, x) => S.geluTanh(c, x),
    plain: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    range: always(-12, 12),
    error: 'absolute',
    rounds: 5,
    points: [-7.75, 7.75, -1e4, 1e4],
  },
  'arctan on [-1, 1]': {
    build: A.arctanUnit,
    plain: Math.atan,
    range: always(-1, 1),
    error: 'absolute',
    rounds: 1,
  },
  arctan: {
    build: (c, x) => A.arctan(c, x),
    plain: Math.atan,
    range: always(-50, 50),
    error: 'absolute',
    rounds: 15,
    points: [0, -1, 1, -1e4, 1e4],
  },
  'sigmoid MM1': {
    build: (c, x) => S.sigmoidLine(c, x),
    plain: (x) => 0.5 + x / 8,
    range: always(-40, 40),
    error: 'absolute',
    rounds: 0,
  },
  'sigmoid SEG3': {
    build: (c, x) => S.sigmoidSegments(c, x),
    plain: (x) => Math.min(Math.max(0.5 + x / 8, 0), 1),
    range: always(-40, 40),
    error: 'absolute',
    rounds: 5,
  },
  tanh: {
    build: (c, x) => S.tanh(c, x),
    plain: Math.tanh,
    range: always(-20, 20),
    error: 'absolute',
    rounds: 5,
    points: [-8, 8, 7.75, -1e5, 1e5],
  },
  erf: {
    build: (c, x) => S.erf(c, x),
    plain: math.erf,
    range: always(-10, 10),
    error: 'absolute',
    rounds: 5,
    points: [-4, 4, 3.875, -1e5, 1e5],
  },
  exp: {
    build: (c, x) => exp(c, x),
    plain: Math.exp,
    range: (f) => [-30, expMax[f]],
    extra: (_x, _y, f) => ulpOf(f) / 2,
    rounds: 5,
    points: [-20, -1e5],
  },
  log: {
    build: (c, x) => N.log(c, x),
    plain: Math.log,
    range: positive,
    log: true,
    error: 'absolute',
    rounds: 9,
  },
  sqrt: {
    build: (c, x) => N.sqrt(c, x),
    plain: Math.sqrt,
    range: positive,
    log: true,
    rounds: 11,
    points: [0],
  },
  rsqrt: {
    build: (c, x) => N.rsqrt(c, x),
    plain: (x) => 1 / Math.sqrt(x),
    range: positive,
    log: true,
    rounds: 11,
  },
  reciprocal: {
    build: (c, x) => N.reciprocal(c, x),
    plain: (x) => 1 / x,
    range: positive,
    log: true,
    signs: true,
    rounds: 13,
  },
  'reciprocal of positive': {
    build: (c, x) => N.positiveReciprocal(c, x),
    plain: (x) => 1 / x,
    range: positive,
    log: true,
    rounds: 11,
  },
  cbrt: {
    build: (c, x) => N.cbrt(c, x),
    plain: Math.cbrt,
    range: positive,
    log: true,
    signs: true,
    rounds: 13,
    points: [0, 1, 8, -27],
  },
  hypot: {
    build: (c, x, y) => N.hypot(c, x, y),
    plain: Math.hypot,
    range: (f) => (f === 'FM128' ? [2 ** -26, 2 ** 13] : [2 ** -18, 2 ** 9]),
    other: (f) => (f === 'FM128' ? [2 ** -26, 2 ** 13] : [2 ** -18, 2 ** 9]),
    log: true,
    signs: true,
    rounds: 19,
    points: [0, 0, 3],
  },
  mish: {
    build: (c, x) => S.mish(c, x),
    plain: math.mish,
    range: always(-40, 40),
    error: 'absolute',
    rounds: 5,
    points: [-19, 19, -1e4, 1e4],
  },
  arcsinh: {
    build: (c, x) => arcsinh(c, x),
    plain: Math.asinh,
    range: positive,
    log: true,
    signs: true,
    error: 'absolute',
    rounds: 12,
    points: [0, 1, -1, 7.999, 8, -8, 127, 128, -128, 2047, 2048, -2049],
  },
  arcsin: {
    build: A.arcsin,
    plain: Math.asin,
    range: always(-1, 1),
    error: 'absolute',
    rounds: 9,
    points: [0, 1, -1, 1 - 2 ** -18, 2 ** -18 - 1, 0.5],
  },
  divide: {
    build: (c, x, y) => N.divide(c, x, y),
    plain: (x, y) => x / y,
    range: (f) => (f === 'FM128' ? [2 ** -26, 2 ** 12] : [2 ** -18, 2 ** 8]),
    other: (f) => (f === 'FM128' ? [2 ** -13, 2 ** 25] : [2 ** -9, 2 ** 17]),
    log: true,
    signs: true,
    // The numerator is shifted before it is multiplied.
    extra: (_x, _y, f) => ulpOf(f) / 8,
    rounds: 14,
  },
  sin: {
    build: W.sin,
    plain: Math.sin,
    range: always(-100, 100),
    error: 'absolute',
    extra: (x, _, f) => Math.abs(x) * (f === 'FM128' ? 2 ** -30 : 2 ** -18),
    rounds: 1,
  },
  cos: {
    build: W.cos,
    plain: Math.cos,
    range: always(-100, 100),
    error: 'absolute',
    extra: (x, _, f) => Math.abs(x) * (f === 'FM128' ? 2 ** -30 : 2 ** -18),
    rounds: 1,
  },
  abs: {
    build: W.abs,
    plain: Math.abs,
    range: positive,
    log: true,
    signs: true,
    error: 'exact',
    rounds: 5,
    points: [0],
  },
  sign: {
    build: (c, x) => W.sign(c, x, c.fraction),
    plain: Math.sign,
    range: positive,
    log: true,
    signs: true,
    error: 'exact',
    rounds: 5,
    points: [0],
  },
  floor: {
    build: (c, x) => B.timesInteger(c, W.floorShift(c, x, c.fraction), 2 ** c.fraction),
    plain: Math.floor,
    range: always(-1000, 1000),
    error: 'exact',
    rounds: 4,
    points: [0, 1, -1, 7, -7, 0.5, -0.5],
  },
  toInteger: {
    build: (c, x) => B.timesInteger(c, W.toInteger(c, x), 2 ** c.fraction),
    plain: Math.trunc,
    range: always(-1000, 1000),
    error: 'exact',
    rounds: 10,
    points: [0, 1, -1, 7, -7, 0.5, -0.5],
  },
  maximum: {
    build: maximum,
    plain: Math.max,
    range: always(-1000, 1000),
    other: always(-1000, 1000),
    error: 'exact',
    rounds: 5,
  },
  minimum: {
    build: minimum,
    plain: Math.min,
    range: always(-1000, 1000),
    other: always(-1000, 1000),
    error: 'exact',
    rounds: 5,
  },
  cube: {
    build: (c, x) => W.publicPower(c, x, 3),
    plain: (x) => x ** 3,
    range: always(-50, 50),
    extra: (x, _, f) => 3 * Math.abs(x) * ulpOf(f),
    rounds: 2,
  },
  inverseSquare: {
    build: (c, x) => W.publicPower(c, x, -2),
    plain: (x) => x ** -2,
    range: always(0.25, 30),
    signs: true,
    // The square of 1 / x, whose unit in the last place counts twice over x.
    extra: (x, _, f) => (2 / Math.abs(x) + 0.5) * ulpOf(f),
    rounds: 15,
  },
  power: {
    build: W.power,
    plain: (x, y) => x ** y,
    range: (f) => (f === 'FM128' ? [0.01, 100] : [0.1, 10]),
    other: always(-2, 2),
    log: true,
    // The error of y log x is relative in the power, and log is good to 2^-21 or so.
    extra: (x, y, f) =>
      x ** y * (Math.abs(y) + Math.abs(Math.log(x)) + 2) * (f === 'FM128' ? 2 ** -21 : 2 ** -13) +
      ulpOf(f) / 2,
    rounds: 17,
  },
};
