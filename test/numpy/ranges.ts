/**
 * @file Functions that np composes of others: each with the range and the error that its documentation names, and a reference
 * that shares nothing with it. (What it is composed of: test/fixed/functions.test.ts.)
 */
import type { BaseArray } from '../../src/ir/trace/array.ts';
import * as np from '../../src/numpy/index.ts';
import type { FieldName } from '../../src/ring/field.ts';

export type Range = readonly [lo: number, hi: number];

export interface Row {
  readonly fn: (x: BaseArray, y: BaseArray) => unknown;
  /** What it is to be; several results one after another. */
  readonly of: (x: number, y: number) => number | readonly number[];
  /** Of x, at FM128 and FM64; one where they are the same. */
  readonly range: Range | { readonly FM128: Range; readonly FM64: Range };
  readonly other?: Row['range'];
  /** Points spread over magnitudes, of both signs where the range has them. */
  readonly log?: true;
  /**
   * How 2^-20 (FM64: 2^-12) counts beside a unit in the last place. `mixed`: relative above 1, absolute below. `exact`: not
   * at all, nor the unit.
   */
  readonly error: 'absolute' | 'relative' | 'mixed' | 'exact';
  /** What the documentation allows beside it. */
  readonly extra?: (x: number, y: number, field: FieldName) => number;
  readonly points?: readonly number[];
}

const ulpOf = (f: FieldName): number => (f === 'FM128' ? 2 ** -26 : 2 ** -18);
const goalOf = (f: FieldName): number => (f === 'FM128' ? 2 ** -20 : 2 ** -12);
const per = (FM128: Range, FM64: Range): Row['range'] => ({ FM128, FM64 });
/** The whole range of numbers, and of either sign. */
const positive = per([2 ** -26, 2 ** 26 * (1 - 2 ** -20)], [2 ** -18, 2 ** 18 * (1 - 2 ** -20)]);
const all = per([-(2 ** 25), 2 ** 25], [-(2 ** 17), 2 ** 17]);
/** Where exp of both signs fits. */
const powers = per([-20.9, 20.9], [-10.9, 10.9]);

const roundEven = (x: number): number => {
  const down = Math.floor(x);
  return x - down === 0.5 ? down + (down & 1) : Math.round(x);
};
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const floorMod = (x: number, y: number): number => x - y * Math.floor(x / y);
const besselI0 = (x: number): number => {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-18 * sum; k++) sum += term *= (x / (2 * k)) ** 2;
  return sum;
};
const halves = [-2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5];

export const ROWS: Readonly<Record<string, Row>> = {
  log1p: {
    fn: np.log1p,
    of: Math.log1p,
    range: per([2 ** -26 - 1, 2 ** 25], [2 ** -18 - 1, 2 ** 17]),
    error: 'absolute',
    points: [0, -0.999, 1e-3, 3],
  },
  expm1: { fn: np.expm1, of: Math.expm1, range: per([-30, 20.9], [-30, 10.9]), error: 'mixed' },
  log2: { fn: np.log2, of: Math.log2, range: positive, log: true, error: 'absolute' },
  log10: { fn: np.log10, of: Math.log10, range: positive, log: true, error: 'absolute' },
  exp2: {
    fn: np.exp2,
    of: (x) => 2 ** x,
    range: per([-30, 30], [-30, 15.8]),
    error: 'relative',
    extra: (_x, _y, f) => ulpOf(f) / 2,
  },
  hypot: {
    fn: np.hypot,
    of: Math.hypot,
    range: per([-(2 ** 74), 2 ** 74], [-(2 ** 43), 2 ** 43]),
    other: per([-(2 ** 74), 2 ** 74], [-(2 ** 43), 2 ** 43]),
    log: true,
    error: 'relative',
    points: [0],
  },
  tan: {
    fn: np.tan,
    of: Math.tan,
    range: [-1.55, 1.55],
    error: 'absolute',
    extra: (x, _, f) => goalOf(f) * Math.tan(x) ** 2,
    points: [0],
  },
  sinh: { fn: np.sinh, of: Math.sinh, range: powers, error: 'mixed', points: [0] },
  cosh: { fn: np.cosh, of: Math.cosh, range: powers, error: 'mixed', points: [0] },
  arcsinh: { fn: np.arcsinh, of: Math.asinh, range: all, log: true, error: 'absolute', points: [0] },
  arccosh: {
    fn: np.arccosh,
    of: Math.acosh,
    range: per([1, 2 ** 24], [1, 2 ** 16]),
    log: true,
    error: 'absolute',
    points: [1 + 2 ** -18, 1 + 2 ** -10, 1.1],
  },
  arctanh: {
    fn: np.arctanh,
    of: Math.atanh,
    range: per([2 ** -26 - 1, 1 - 2 ** -26], [2 ** -18 - 1, 1 - 2 ** -18]),
    error: 'absolute',
    points: [0],
  },
  arccos: { fn: np.arccos, of: Math.acos, range: [-1, 1], error: 'absolute', points: [0, 1 - 2 ** -18] },
  arctan2: {
    fn: np.arctan2,
    of: (y, x) => (x === 0 && y === 0 ? 0 : Math.atan2(y, x)),
    range: [-1000, 1000],
    other: [-1000, 1000],
    error: 'absolute',
    points: [0],
  },
  logaddexp: {
    fn: np.logaddexp,
    of: (x, y) => Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y))),
    range: [-1000, 1000],
    other: [-1000, 1000],
    log: true,
    error: 'absolute',
    points: [0, 15.5, 16],
  },
  logaddexp2: {
    fn: np.logaddexp2,
    of: (x, y) => Math.max(x, y) + Math.log2(1 + 2 ** -Math.abs(x - y)),
    range: [-1000, 1000],
    other: [-1000, 1000],
    log: true,
    error: 'mixed',
    points: [0],
  },
  sinc: {
    fn: np.sinc,
    of: (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)),
    range: [-100, 100],
    log: true,
    error: 'absolute',
    points: [0, 0.5, -0.5, 1],
  },
  i0: {
    fn: np.i0,
    of: besselI0,
    range: per([-20, 20], [-10, 10]),
    error: 'relative',
    points: [0, 4, -4, 3.999],
  },
  floatPower: {
    fn: np.floatPower,
    of: (x, y) => x ** y,
    range: per([0.01, 100], [0.1, 10]),
    other: [-2, 2],
    log: true,
    error: 'relative',
    // And exp's half a unit.
    extra: (x, y, f) => (x ** y * (Math.abs(y) + Math.abs(Math.log(x))) * goalOf(f)) / 2 + ulpOf(f) / 2,
  },
  'power 5': {
    fn: (x) => np.power(x, 5),
    of: (x) => x ** 5,
    range: [-8, 8],
    error: 'mixed',
    extra: (x, _, f) => 5 * x ** 4 * ulpOf(f),
    points: [0],
  },
  cbrt: { fn: np.cbrt, of: Math.cbrt, range: all, log: true, error: 'relative', points: [0] },
  square: {
    fn: np.square,
    of: (x) => x * x,
    range: per([-(2 ** 12), 2 ** 12], [-(2 ** 8), 2 ** 8]),
    log: true,
    error: 'relative',
    points: [0],
  },
  deg2rad: { fn: np.deg2rad, of: (x) => (x * Math.PI) / 180, range: all, log: true, error: 'relative' },
  rad2deg: {
    fn: np.rad2deg,
    of: (x) => (x * 180) / Math.PI,
    range: per([-(2 ** 19), 2 ** 19], [-(2 ** 11), 2 ** 11]),
    log: true,
    error: 'relative',
  },
  'ldexp by a secret': {
    fn: (x, n) => np.ldexp(x, np.floor(n)),
    of: (x, n) => x * 2 ** Math.floor(n),
    range: [-4, 4],
    other: [-8, 8],
    error: 'mixed',
    extra: (x, _, f) => Math.abs(x) * ulpOf(f),
  },
  'multiply, divide': {
    fn: (x, y) => [np.multiply(x, y), np.divide(x, y)],
    of: (x, y) => [x * y, x / y],
    range: [-30, 30],
    other: [0.0625, 30],
    error: 'mixed',
  },
  'fabs, fmin, fmax, positive, negative': {
    fn: (x, y) => [np.fabs(x), np.fmin(x, y), np.fmax(x, y), np.positive(x), np.negative(x)],
    of: (x, y) => [Math.abs(x), Math.min(x, y), Math.max(x, y), x, 0 - x],
    range: all,
    other: all,
    log: true,
    error: 'exact',
  },
  'copysign, heaviside': {
    fn: (x, y) => [np.copysign(x, y), np.heaviside(x, y)],
    of: (x, y) => [y < 0 ? 0 - Math.abs(x) : Math.abs(x), x < 0 ? 0 : x > 0 ? 1 : y],
    range: all,
    other: all,
    log: true,
    error: 'exact',
    points: [0],
  },
  'signs and whole parts': {
    fn: (x) => [np.signbit(x), np.sign(x), np.trunc(x), np.rint(x), np.ceil(x), np.floor(x), ...np.modf(x)],
    of: (x) => [
      Number(x < 0),
      Math.sign(x),
      Math.trunc(x),
      roundEven(x),
      Math.ceil(x),
      Math.floor(x),
      x - Math.trunc(x),
      Math.trunc(x),
    ],
    range: all,
    log: true,
    error: 'exact',
    points: halves,
  },
  'round to 1 place': {
    fn: (x) => np.round(x, 1),
    of: (x) => roundEven(x * 10) / 10,
    range: [-100, 100],
    error: 'absolute',
    points: halves,
  },
  'clip, angle': {
    fn: (x) => [np.clip(x, -1, 2.5), np.angle(x)],
    of: (x) => [Math.min(Math.max(x, -1), 2.5), x < 0 ? Math.PI : 0],
    range: all,
    log: true,
    error: 'absolute',
  },
  'divmod of real numbers': {
    fn: (x, y) => [...np.divmod(x, y), np.fmod(x, y)],
    of: (x, y) => [Math.floor(x / y), floorMod(x, y), x % y],
    range: [-1000, 1000],
    other: [0.125, 40],
    error: 'exact',
  },
  isclose: {
    fn: (x, y) => np.isclose(x, np.add(x, np.multiply(y, 2 ** -10)), 0.01, 0.01),
    of: (x, y) => Number(Math.abs(y * 2 ** -10) <= 0.01 + 0.01 * Math.abs(x + y * 2 ** -10)),
    range: [-0.5, 0.5],
    // Above or below what is allowed for every x.
    other: [-8, 8],
    error: 'exact',
  },
  'nn.relu6, nn.hardTanh, nn.leakyRelu': {
    fn: (x) => [np.nn.relu6(x), np.nn.hardTanh(x), np.nn.leakyRelu(x)],
    of: (x) => [Math.min(Math.max(x, 0), 6), Math.min(Math.max(x, -1), 1), x < 0 ? 0.01 * x : x],
    range: all,
    log: true,
    error: 'relative',
  },
  'nn.relu': {
    fn: (x) => np.nn.relu(x),
    of: (x) => Math.max(x, 0),
    range: all,
    log: true,
    error: 'exact',
  },
  'nn.elu, nn.celu, nn.selu': {
    fn: (x) => [np.nn.elu(x, 0.5), np.nn.celu(x, 2), np.nn.selu(x)],
    of: (x) => [
      x < 0 ? 0.5 * Math.expm1(x) : x,
      x < 0 ? 2 * Math.expm1(x / 2) : x,
      1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x),
    ],
    range: all,
    log: true,
    error: 'mixed',
    extra: (_x, _y, f) => goalOf(f),
  },
  'nn.gelu, nn.silu': {
    fn: (x) => [np.nn.silu(x), np.nn.gelu(x)],
    of: (x) => [x * sigmoid(x), 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
    range: [-100, 100],
    error: 'absolute',
  },
  'nn.softplus, nn.logSigmoid': {
    fn: (x) => [np.nn.softplus(x), np.nn.logSigmoid(x)],
    of: (x) => [softplus(x), 0 - softplus(-x)],
    range: all,
    log: true,
    error: 'absolute',
  },
  'nn.mish': {
    fn: (x) => np.nn.mish(x),
    of: (x) => x * Math.tanh(softplus(x)),
    range: all,
    log: true,
    error: 'mixed',
  },
  'nn.hardSigmoid, nn.hardSilu': {
    fn: (x) => [np.nn.hardSigmoid(x), np.nn.hardSilu(x)],
    of: (x) => {
      const y = Math.min(Math.max(x / 6 + 0.5, 0), 1);
      return [y, x * y];
    },
    range: all,
    log: true,
    error: 'mixed',
  },
  'nn.squareplus': {
    fn: (x) => np.nn.squareplus(x),
    of: (x) => (x < 0 ? 2 / (Math.hypot(x, 2) - x) : (x + Math.hypot(x, 2)) / 2),
    range: per([-(2 ** 12), 2 ** 12], [-(2 ** 8), 2 ** 8]),
    log: true,
    error: 'absolute',
    extra: (x, _, f) => goalOf(f) * Math.abs(x),
  },
  'nn.sparsePlus, nn.sparseSigmoid': {
    fn: (x) => [np.nn.sparsePlus(x), np.nn.sparseSigmoid(x)],
    of: (x) => [x <= -1 ? 0 : x >= 1 ? x : (x + 1) ** 2 / 4, Math.min(Math.max((x + 1) / 2, 0), 1)],
    range: all,
    log: true,
    error: 'absolute',
  },
  'nn.softSign': {
    fn: (x) => np.nn.softSign(x),
    of: (x) => x / (1 + Math.abs(x)),
    range: all,
    log: true,
    error: 'absolute',
  },
  'nn.log1mexp': {
    fn: (x) => np.nn.log1mexp(x),
    of: (x) => Math.log(-Math.expm1(-x)),
    range: [0.5, 40],
    error: 'absolute',
  },
  'nn.sigmoidCrossEntropy': {
    fn: (x, y) => np.nn.sigmoidCrossEntropy(x, y),
    of: (x, y) => softplus(x) - x * y,
    range: [-100, 100],
    other: [0, 1],
    error: 'mixed',
  },
};
