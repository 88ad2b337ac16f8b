/** @file More of what `costs` measures: what `np` makes of its ops, integers, orders, matrices and layers. */

import type { BaseArray } from '../../src/ir/array.ts';
import type { NDArray } from '../../src/ir/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import type { CostCase } from './cost-table.ts';
import { logUniform, uniform } from './inputs.ts';

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
  ['exp2', (x) => np.exp2(x!), -8, 8],
  ['expm1', (x) => np.expm1(x!), -4, 4],
  ['log1p', (x) => np.log1p(x!), 0, 100],
  ['log2', (x) => np.log2(x!), 0.1, 100],
  ['log10', (x) => np.log10(x!), 0.1, 100],
  ['cbrt', (x) => np.cbrt(x!), -100, 100],
  ['power with a public exponent', (x) => np.power(x!, 5), -2, 2],
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
  real2('power', (x, y) => np.power(x!, y!), [0.5, 4], [-1.5, 1.5]),
];

/** Arrays of other shapes. */
const shapedRow = (op: string, fn: Fn, ...shapes: readonly (readonly number[])[]): CostCase => ({
  op,
  fn,
  error: 'mixed',
  inputs: () => shapes.map((shape, i) => uniform(shape, -2, 2, i + 1)),
  range: () => `[-2, 2), ${shapes.map((s) => s.join(' x ')).join('; ')}`,
});

/** Well away from singular: small numbers and a large diagonal. */
const regular = (op: string, fn: (m: BaseArray) => unknown): CostCase => ({
  op,
  fn: (x) => fn(np.add(x!, np.multiply(4, np.eye(4)))),
  error: 'mixed',
  inputs: () => [uniform([4, 4], -0.5, 0.5)],
  range: () => '4 x 4, diagonally dominant',
});

const SHAPED: readonly CostCase[] = [
  shapedRow('var', (x) => np.var(x!), BATCH),
  shapedRow('std', (x) => np.std(x!), BATCH),
  shapedRow('cumsum', (x) => np.cumsum(x!), BATCH),
  shapedRow('ptp', (x) => np.ptp(x!), [100]),
  {
    ...shapedRow('prod', (x) => np.prod(x!), [16]),
    inputs: () => [logUniform([16], 0.5, 2)],
    range: () => '[0.5, 2), 16',
  },
  shapedRow('sort', (x) => np.sort(x!), [100]),
  { ...shapedRow('argsort', (x) => np.argsort(x!), [100]), error: 'exact' },
  shapedRow('topK', (x) => np.topK(x!, 5)[0], [100]),
  shapedRow('median', (x) => np.median(x!), [100]),
  shapedRow('percentile', (x) => np.percentile(x!, 90), [100]),
  shapedRow('nn.softmax', (x) => np.nn.softmax(x!), [100, 10]),
  shapedRow('nn.logSoftmax', (x) => np.nn.logSoftmax(x!), [100, 10]),
  shapedRow('nn.logsumexp', (x) => np.nn.logsumexp(x!, -1), [100, 10]),
  shapedRow('nn.layerNorm', (x) => np.nn.layerNorm(x!), [100, 10]),
  shapedRow('nn.conv2d', (x, k) => np.nn.conv2d(x!, k!), [1, 2, 16, 16], [4, 2, 3, 3]),
  shapedRow('nn.maxPool', (x) => np.nn.maxPool(x!, 2), [1, 2, 16, 16]),
  shapedRow('einsum ij,kj->ik', (x, y) => np.einsum('ij,kj->ik', x!, y!), [16, 32], [16, 32]),
  shapedRow('tensordot', (x, y) => np.tensordot(x!, y!, 1), [16, 32], [32, 16]),
  shapedRow('linalg.norm', (x) => np.linalg.norm(x!), [100]),
  regular('linalg.inv', (m) => np.linalg.inv(m)),
  regular('linalg.det', (m) => np.linalg.det(m)),
  regular('linalg.solve', (m) => np.linalg.solve(m, np.ones([4]))),
];

/** Whole numbers in an int dtype; made of whole reals. */
const whole = (
  op: string,
  fn: (x: NDArray, y: NDArray) => unknown,
  lo = -1000,
  hi = 1000,
  lo2 = lo,
): CostCase => ({
  op,
  fn: (x, y) => fn(x!, y!),
  error: 'exact',
  dtype: 'int32',
  inputs: () => [np.floor(uniform(BATCH, lo, hi, 1)), np.floor(uniform(BATCH, lo2, hi, 2))] as NDArray[],
  range: () => `int32, [${lo}, ${hi})`,
});

const INTEGERS: readonly CostCase[] = [
  whole('multiply (int32)', (x, y) => np.multiply(x, y)),
  whole('less (int32)', (x, y) => np.less(x, y)),
  whole('equal (int32)', (x, y) => np.equal(x, y)),
  whole('bitwiseAnd', (x, y) => np.bitwiseAnd(x, y)),
  whole('bitwiseXor', (x, y) => np.bitwiseXor(x, y)),
  whole('bitwiseCount', (x) => np.bitwiseCount(x)),
  whole('leftShift by 3', (x) => np.leftShift(x, 3)),
  whole('rightShift by 3', (x) => np.rightShift(x, 3)),
  whole('floorDivide', (x, y) => np.floorDivide(x, y), 1, 1000),
  whole('remainder', (x, y) => np.remainder(x, y), 1, 1000),
  whole('take at secret places, of 16', (x) => np.take(np.arange(16), x), 0, 16),
];

/** FM32 has too few bits for most of these ranges. */
export const MORE: readonly CostCase[] = [...SMOOTH.map(real), ...PAIRS, ...SHAPED, ...INTEGERS].map((k) => ({
  ...k,
  fields: ['FM64', 'FM128'],
}));
