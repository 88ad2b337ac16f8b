/** @file More of what `costs` measures, element by element: what `np` makes of its ops, and integers. */

import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import type { CostCase } from './cost-table.ts';
import { uniform } from './inputs.ts';

type Fn = (...x: NDArray[]) => unknown;
type Row = readonly [op: string, fn: Fn, lo: number, hi: number];

const BATCH = [1000];

const real = ([op, fn, lo, hi]: Row): CostCase => ({
  op,
  fn,
  error: 'mixed',
  inputs: () => [uniform(BATCH, lo, hi)],
  range: () => `[${lo}, ${hi})`,
});

/** Functions of one real number. */
const SMOOTH: readonly Row[] = [
  ['arctan', (x) => np.arctan(x!), -100, 100],
  ['arcsin', (x) => np.arcsin(x!), -0.99, 0.99],
  ['arccos', (x) => np.arccos(x!), -0.99, 0.99],
  ['arcsinh', (x) => np.arcsinh(x!), -10, 10],
  ['arctanh', (x) => np.arctanh(x!), -0.9, 0.9],
  ['tan', (x) => np.tan(x!), -1.4, 1.4],
  ['sinh', (x) => np.sinh(x!), -4, 4],
  ['cosh', (x) => np.cosh(x!), -4, 4],
  ['arccosh', (x) => np.arccosh(x!), 1, 100],
  ['sinc', (x) => np.sinc(x!), -4, 4],
  ['i0', (x) => np.i0(x!), -8, 8],
  ['exp2', (x) => np.exp2(x!), -8, 8],
  ['expm1', (x) => np.expm1(x!), -4, 4],
  ['log1p', (x) => np.log1p(x!), 0, 100],
  ['log2', (x) => np.log2(x!), 0.1, 100],
  ['log10', (x) => np.log10(x!), 0.1, 100],
  ['cbrt', (x) => np.cbrt(x!), -100, 100],
  ['power with a public exponent', (x) => np.power(x!, 5), -2, 2],
  ['ceil', (x) => np.ceil(x!), -100, 100],
  ['trunc', (x) => np.trunc(x!), -100, 100],
  ['rint', (x) => np.rint(x!), -100, 100],
  ['modf', (x) => np.modf(x!), -100, 100],
  ['signbit', (x) => np.signbit(x!), -100, 100],
  ['deg2rad', (x) => np.deg2rad(x!), -360, 360],
  ['frexp', (x) => np.frexp(x!), -1000, 1000],
  ['ldexp by 3', (x) => np.ldexp(x!, 3), -4, 4],
  ['digitize, 4 bins', (x) => np.digitize(x!, [-1, 0, 0.5, 2]), -4, 4],
  ['interp, 5 points', (x) => np.interp(x!, [-3, -1, 0, 1, 3], [0, 2, -1, 1, 5]), -4, 4],
  ['nn.gelu, exact', (x) => np.nn.gelu(x!, false), -8, 8],
  ['nn.mish', (x) => np.nn.mish(x!), -8, 8],
  ['nn.selu', (x) => np.nn.selu(x!), -8, 8],
  ['nn.hardSigmoid', (x) => np.nn.hardSigmoid(x!), -8, 8],
  ['nn.logSigmoid', (x) => np.nn.logSigmoid(x!), -8, 8],
  ['nn.softSign', (x) => np.nn.softSign(x!), -8, 8],
  ['nn.gelu', (x) => np.nn.gelu(x!), -8, 8],
  ['nn.silu', (x) => np.nn.silu(x!), -8, 8],
  ['nn.softplus', (x) => np.nn.softplus(x!), -8, 8],
  ['nn.elu', (x) => np.nn.elu(x!), -8, 8],
  ['nn.leakyRelu', (x) => np.nn.leakyRelu(x!), -8, 8],
];

const real2 = (op: string, fn: Fn, a: readonly [number, number], b: readonly [number, number]): CostCase => ({
  op,
  fn,
  error: 'mixed',
  inputs: () => [uniform(BATCH, ...a, 1), uniform(BATCH, ...b, 2)],
  range: () => `[${a.join(', ')}), [${b.join(', ')})`,
});

/** Functions of two real numbers. */
const PAIRS: readonly CostCase[] = [
  real2('arctan2', (x, y) => np.arctan2(x!, y!), [-4, 4], [0.5, 4]),
  real2('hypot', (x, y) => np.hypot(x!, y!), [-16, 16], [-16, 16]),
  real2('logaddexp', (x, y) => np.logaddexp(x!, y!), [-8, 8], [-8, 8]),
  real2('copysign', (x, y) => np.copysign(x!, y!), [-4, 4], [-4, 4]),
  real2('heaviside', (x, y) => np.heaviside(x!, y!), [-4, 4], [-4, 4]),
  real2('isclose', (x, y) => np.isclose(x!, y!), [-4, 4], [-4, 4]),
  real2('floor_divide', (x, y) => np.floorDivide(x!, y!), [-4, 4], [0.5, 4]),
  real2('remainder (float64)', (x, y) => np.remainder(x!, y!), [-4, 4], [0.5, 4]),
  real2('fmod', (x, y) => np.fmod(x!, y!), [-4, 4], [0.5, 4]),
  real2('power', (x, y) => np.power(x!, y!), [0.5, 4], [-1.5, 1.5]),
];

/** Whole numbers in an int dtype; made of whole reals. */
const whole = (
  op: string,
  fn: (x: NDArray, y: NDArray) => unknown,
  [lo, hi]: readonly [number, number] = [-1000, 1000],
  dtype = 'int32',
  second: readonly [number, number] = [lo, hi],
): CostCase => ({
  op,
  fn: (x, y) => fn(x!, y!),
  error: 'exact',
  dtypes: [dtype, dtype],
  inputs: () => [np.floor(uniform(BATCH, lo, hi, 1)), np.floor(uniform(BATCH, ...second, 2))] as NDArray[],
  range: () => `${dtype}, [${lo}, ${hi})`,
});

const SMALL = [-128, 128] as const;
const LARGE = [-(2 ** 52), 2 ** 52] as const;

const INTEGERS: readonly CostCase[] = [
  whole('add (int32)', (x, y) => np.add(x, y)),
  whole('multiply (int32)', (x, y) => np.multiply(x, y)),
  whole('multiply (int64)', (x, y) => np.multiply(x, y), LARGE, 'int64'),
  whole('less (int8)', (x, y) => np.less(x, y), SMALL, 'int8'),
  whole('less (int32)', (x, y) => np.less(x, y)),
  whole('less (int64)', (x, y) => np.less(x, y), LARGE, 'int64'),
  whole('equal (int32)', (x, y) => np.equal(x, y)),
  whole('abs (int32)', (x) => np.abs(x)),
  whole('sign (int32)', (x) => np.sign(x)),
  whole('maximum (int32)', (x, y) => np.maximum(x, y)),
  whole('astype int32 to float64', (x) => np.astype(x, 'float64')),
  whole('bitwiseAnd', (x, y) => np.bitwiseAnd(x, y)),
  whole('bitwiseOr', (x, y) => np.bitwiseOr(x, y)),
  whole('bitwiseXor', (x, y) => np.bitwiseXor(x, y)),
  whole('bitwiseNot', (x) => np.bitwiseNot(x)),
  whole('bitwiseCount', (x) => np.bitwiseCount(x)),
  whole('leftShift by 3', (x) => np.leftShift(x, 3)),
  whole('rightShift by 3', (x) => np.rightShift(x, 3)),
  whole('leftShift by a secret', (x, y) => np.leftShift(x, y), [-1000, 1000], 'int32', [0, 32]),
  whole('rightShift by a secret', (x, y) => np.rightShift(x, y), [-1000, 1000], 'int32', [0, 32]),
  whole('floorDivide', (x, y) => np.floorDivide(x, y), [1, 1000]),
  whole('remainder', (x, y) => np.remainder(x, y), [1, 1000]),
  { ...whole('gcd (int8)', (x, y) => np.gcd(x, y), SMALL, 'int8'), fields: ['FM128'] },
  whole('take at secret places, of 16', (x) => np.take(np.arange(16), x), [0, 16]),
];

/** FM32 has too few bits for most of these ranges. */
export const MORE: readonly CostCase[] = [...SMOOTH.map(real), ...PAIRS, ...INTEGERS].map((k) => ({
  fields: ['FM64', 'FM128'],
  ...k,
}));
