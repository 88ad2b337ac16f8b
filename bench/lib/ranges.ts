/**
 * @file Where each function holds, with what error, and what happens beyond: one place, from which FEATURES.md is written and
 * `npm run costs` measures. Ranges are those of the default fraction bits; what a docstring says of a function stands here too.
 */

import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import type { FieldName } from '../../src/ring/field.ts';

export type Ends = readonly [lo: number, hi: number];
export type ByField = Readonly<Record<FieldName, Ends>>;

export interface RangeRow {
  readonly fn: (...x: NDArray[]) => unknown;
  /** Of each operand. */
  readonly of: readonly ByField[];
  /** Points lie on all magnitudes (of both signs, where the range has them), or evenly. */
  readonly spread: 'log' | 'even';
  /**
   * `relative`: beside one and a half units in the last place. `mixed`: relative above 1, absolute below. `exact`: any difference counts
   * as 1.
   */
  readonly error: 'absolute' | 'relative' | 'mixed' | 'exact';
  /** What comes of numbers outside. */
  readonly beyond: string;
  /** Shape of each operand; a thousand numbers if absent. */
  readonly shape?: readonly number[];
  readonly dtype?: string;
}

const by = (FM32: Ends, FM64: Ends, FM128: Ends): ByField => ({ FM32, FM64, FM128 });
const signed = (FM32: number, FM64: number, FM128: number): ByField =>
  by([-(2 ** FM32), 2 ** FM32], [-(2 ** FM64), 2 ** FM64], [-(2 ** FM128), 2 ** FM128]);
const same = (lo: number, hi: number): ByField => by([lo, hi], [lo, hi], [lo, hi]);

/** Numbers of which sums and differences fit. */
const ALL = signed(21, 43, 74);
/** Factors of a product. */
const ROOTS = signed(6, 13, 25);
const ANGLES = same(-100, 100);
/** From a unit in the last place on. */
const POSITIVE = by([2 ** -8, 2 ** 21], [2 ** -18, 2 ** 43], [2 ** -26, 2 ** 74]);
const POWERS = by([-12, 14], [-25, 29], [-25, 51]);

const RING = 'wraps around the ring; `range_guard` makes it an error';
const ANY = 'any number of the ring';
const HALF = 'x <= 0 counts as half a unit in the last place';
const LARGEST = 'the largest power (2^(100-f); FM64: 2^(61-f); FM32: 2^(29-f)), and 0 far below 0';
const QUOTIENT =
  'saturates at 2^(105-f) (FM64: 2^(50-f); FM32: 2^(25-f)) with the sign, x / 0 too; later by a divisor that is promised to be small';

type More = Partial<RangeRow>;
const row = (
  fn: (x: NDArray) => unknown,
  of: ByField,
  error: RangeRow['error'],
  beyond: string,
  more: More = {},
): RangeRow => ({ fn, of: [of], error, beyond, spread: 'log', ...more });
const pair = (
  fn: (x: NDArray, y: NDArray) => unknown,
  of: readonly [ByField, ByField],
  error: RangeRow['error'],
  beyond: string,
  more: More = {},
): RangeRow => ({ fn: fn as RangeRow['fn'], of, error, beyond, spread: 'log', ...more });

const even = { spread: 'even' } as const;
const SAMPLE = { spread: 'even', shape: [100] } as const;

export const RANGES: Readonly<Record<string, RangeRow>> = {
  add: pair((x, y) => np.add(x, y), [ALL, ALL], 'exact', RING),
  multiply: pair((x, y) => np.multiply(x, y), [ROOTS, ROOTS], 'mixed', RING),
  square: row((x) => np.square(x), ROOTS, 'mixed', RING),
  'multiply by 0.37': row((x) => np.multiply(x, 0.37), signed(14, 26, 52), 'mixed', RING),
  divide: pair((x, y) => np.divide(x, y), [signed(8, 13, 40), signed(8, 13, 40)], 'relative', QUOTIENT),
  reciprocal: row((x) => np.reciprocal(x), ALL, 'relative', '1 / 0 is that of half a unit in the last place'),
  sqrt: row((x) => np.sqrt(x), POSITIVE, 'relative', 'x < 0 gives 0'),
  rsqrt: row((x) => np.rsqrt(x), POSITIVE, 'relative', HALF),
  cbrt: row((x) => np.cbrt(x), ALL, 'relative', ANY),
  log: row((x) => np.log(x), POSITIVE, 'absolute', HALF),
  log2: row((x) => np.log2(x), POSITIVE, 'absolute', HALF),
  log10: row((x) => np.log10(x), POSITIVE, 'absolute', HALF),
  log1p: row(
    (x) => np.log1p(x),
    by([0, 2 ** 20], [0, 2 ** 42], [0, 2 ** 73]),
    'absolute',
    'x <= -1 counts as half a unit above -1',
  ),
  hypot: pair((x, y) => np.hypot(x, y), [signed(21, 43, 75), signed(21, 43, 75)], 'relative', RING),
  exp: row((x) => np.exp(x), POWERS, 'relative', LARGEST, even),
  expm1: row((x) => np.expm1(x), POWERS, 'mixed', LARGEST, even),
  exp2: row((x) => np.exp2(x), by([-12, 20], [-18, 41], [-26, 73]), 'relative', LARGEST, even),
  sigmoid: row((x) => np.sigmoid(x), ALL, 'absolute', ANY),
  tanh: row((x) => np.tanh(x), ALL, 'absolute', ANY),
  erf: row((x) => np.erf(x), ALL, 'absolute', ANY),
  sin: row((x) => np.sin(x), ANGLES, 'absolute', 'the error grows with the turns', even),
  cos: row((x) => np.cos(x), ANGLES, 'absolute', 'the error grows with the turns', even),
  tan: row((x) => np.tan(x), same(-1.4, 1.4), 'mixed', 'the error grows with the square of the result', even),
  arcsin: row((x) => np.arcsin(x), same(-1, 1), 'absolute', 'nothing is promised for |x| > 1', even),
  arccos: row((x) => np.arccos(x), same(-1, 1), 'absolute', 'nothing is promised for |x| > 1', even),
  arctan: row((x) => np.arctan(x), ALL, 'absolute', ANY),
  arcsinh: row((x) => np.arcsinh(x), ALL, 'absolute', ANY),
  arccosh: row((x) => np.arccosh(x), by([1, 2 ** 12], [1, 2 ** 24], [1, 2 ** 50]), 'absolute', RING),
  arctanh: row((x) => np.arctanh(x), same(-0.9, 0.9), 'absolute', 'nothing is promised for |x| >= 1', even),
  floor: row((x) => np.floor(x), ALL, 'exact', ANY),
  rint: row((x) => np.rint(x), ALL, 'exact', ANY),
  trunc: row((x) => np.trunc(x), signed(21, 43, 62), 'exact', 'wraps from 2^63 on'),
  abs: row((x) => np.abs(x), ALL, 'exact', ANY),
  sign: row((x) => np.sign(x), ALL, 'exact', ANY),
  less: pair((x, y) => np.less(x, y), [ALL, ALL], 'exact', RING),
  maximum: pair((x, y) => np.maximum(x, y), [ALL, ALL], 'exact', RING),
  clip: row((x) => np.clip(x, -1, 2.5), ALL, 'exact', ANY),
  'nn.relu': row((x) => np.nn.relu(x), ALL, 'exact', ANY),
  'nn.softplus': row((x) => np.nn.softplus(x), ALL, 'mixed', ANY),
  'nn.silu': row((x) => np.nn.silu(x), signed(14, 26, 52), 'mixed', RING),
  'nn.gelu': row((x) => np.nn.gelu(x), signed(14, 26, 52), 'mixed', RING),
  'nn.softmax': row((x) => np.nn.softmax(x), same(-1000, 1000), 'absolute', ANY, {
    ...even,
    shape: [100, 10],
  }),
  'nn.logsumexp': row((x) => np.nn.logsumexp(x), same(-1000, 1000), 'mixed', ANY, SAMPLE),
  sum: row((x) => np.sum(x), signed(13, 35, 66), 'mixed', RING),
  mean: row((x) => np.mean(x), signed(15, 38, 66), 'mixed', RING),
  var: row((x) => np.var(x), signed(9, 20, 32), 'mixed', RING, SAMPLE),
  std: row((x) => np.std(x), signed(10, 33, 64), 'mixed', RING, SAMPLE),
  corrcoef: row((x) => np.corrcoef(x), signed(10, 33, 64), 'absolute', RING, { ...even, shape: [3, 40] }),
  sort: row((x) => np.sort(x), signed(14, 36, 64), 'exact', RING, { shape: [40] }),
  power: pair(
    (x, y) => np.power(x, y),
    [by([0.5, 4], [2 ** -3, 2 ** 4], [2 ** -10, 2 ** 10]), by([-1, 2], [-2, 4], [-2, 5])],
    'relative',
    'ends at the largest power, as exp; 0 counts as half a unit in the last place',
    even,
  ),
  'power of 3': row((x) => np.power(x, 3), signed(4, 8, 16), 'mixed', RING),
  arctan2: pair((x, y) => np.arctan2(x, y), [signed(8, 13, 40), signed(8, 13, 40)], 'absolute', RING),
  logaddexp: pair((x, y) => np.logaddexp(x, y), [signed(20, 30, 30), signed(20, 30, 30)], 'mixed', RING),
  sinh: row((x) => np.sinh(x), by([-5, 5], [-10, 10], [-20, 20]), 'mixed', LARGEST, even),
  cosh: row((x) => np.cosh(x), by([-5, 5], [-10, 10], [-20, 20]), 'mixed', LARGEST, even),
  ceil: row((x) => np.ceil(x), signed(20, 42, 73), 'exact', ANY),
  prod: row((x) => np.prod(x), by([0.5, 1.5], [0.5, 1.5], [0.5, 1.5]), 'mixed', RING, {
    ...even,
    shape: [8],
  }),
  cumsum: row((x) => np.cumsum(x), signed(13, 35, 66), 'mixed', RING),
  max: row((x) => np.max(x), ALL, 'exact', RING),
  argmax: row((x) => np.argmax(x), ALL, 'exact', RING, { shape: [40] }),
  median: row((x) => np.median(x), signed(13, 35, 63), 'mixed', RING, { shape: [41] }),
  'linalg.norm': row((x) => np.linalg.norm(x), signed(16, 38, 70), 'mixed', RING, SAMPLE),
  'nn.layerNorm': row((x) => np.nn.layerNorm(x), signed(14, 36, 22), 'absolute', RING, {
    ...even,
    shape: [4, 25],
  }),
  'astype of int32 to float64': row(
    (x) => np.astype(x, 'float64'),
    by([-(2 ** 23), 2 ** 23 - 1], [-(2 ** 31), 2 ** 31 - 1], [-(2 ** 31), 2 ** 31 - 1]),
    'exact',
    'wraps around the ring (FM64: int64 from 2^44 on); `range_guard` makes it an error',
    { dtype: 'int32' },
  ),
  'astype to int64': row((x) => np.astype(x, 'int64'), signed(21, 43, 62), 'exact', 'wraps as integers do'),
  'floorDivide (int32)': pair(
    (x, y) => np.floorDivide(x, y),
    [same(-(2 ** 31), 2 ** 31 - 1), same(1, 2 ** 31 - 1)],
    'exact',
    'x // 0 is 0, as in NumPy',
    { dtype: 'int32' },
  ),
  'add (int32)': pair(
    (x, y) => np.add(x, y),
    [same(-(2 ** 31), 2 ** 31 - 1), same(-(2 ** 31), 2 ** 31 - 1)],
    'exact',
    'wraps as in NumPy',
    {
      dtype: 'int32',
    },
  ),
  'multiply (int32)': pair(
    (x, y) => np.multiply(x, y),
    [same(-(2 ** 31), 2 ** 31 - 1), same(-(2 ** 31), 2 ** 31 - 1)],
    'exact',
    'wraps as in NumPy',
    {
      dtype: 'int32',
    },
  ),
};
