/** @file More of what `costs` measures: orders, groups, places that are secret, matrices, layers, loops and randomness. */

import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as np from '../../src/numpy/index.ts';
import type { CostCase } from './cost-table.ts';
import { logUniform, uniform } from './inputs.ts';

type Fn = (...x: NDArray[]) => unknown;

const BATCH = [1000];

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

const symmetric = (m: BaseArray): BaseArray => np.multiply(np.add(m, m.T), 0.5);

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
  shapedRow('cumprod', (x) => np.cumprod(np.multiply(x!, 0.5)), [16]),
  shapedRow('cummax', (x) => np.cummax(x!), [100]),
  { ...shapedRow('any', (x) => np.any(np.less(x!, -1.9)), [100]), error: 'exact' },
  shapedRow('cov', (x) => np.cov(x!), [4, 100]),
  shapedRow('corrcoef', (x) => np.corrcoef(x!), [4, 100]),
  {
    ...shapedRow('histogram, 10 bins', (x) => np.histogram(x!, { bins: 10, range: [-2, 2] }), BATCH),
    error: 'exact',
  },
  shapedRow(
    'histogram2d, 5 x 5 bins',
    (x, y) =>
      np.histogram2d(x!, y!, {
        bins: 5,
        range: [
          [-2, 2],
          [-2, 2],
        ],
      })[0],
    [100],
    [100],
  ),
  { ...shapedRow('searchsorted', (x, y) => np.searchsorted(np.sort(x!), y!), [32], [32]), error: 'exact' },
  shapedRow('convolve', (x, y) => np.convolve(x!, y!), [100], [5]),
  shapedRow('gradient', (x) => np.gradient(x!), [100]),
  shapedRow('trapezoid', (x) => np.trapezoid(x!), [100]),
  shapedRow(
    'polydiv, degrees 9 and 3',
    (x, y) => np.polydiv(np.multiply(x!, 0.1), np.add(y!, [8, 0, 0, 0])),
    [10],
    [4],
  ),
  shapedRow('outer', (x, y) => np.outer(x!, y!), [32], [32]),
  shapedRow('sort', (x) => np.sort(x!), [100]),
  { ...shapedRow('argsort', (x) => np.argsort(x!), [100]), error: 'exact' },
  shapedRow('topK', (x) => np.topK(x!, 5)[0], [100]),
  shapedRow('median', (x) => np.median(x!), [100]),
  shapedRow('percentile', (x) => np.percentile(x!, 90), [100]),
  shapedRow('nn.softmax', (x) => np.nn.softmax(x!), [100, 10]),
  shapedRow('nn.logSoftmax', (x) => np.nn.logSoftmax(x!), [100, 10]),
  shapedRow('nn.logsumexp', (x) => np.nn.logsumexp(x!, -1), [100, 10]),
  shapedRow('nn.layerNorm', (x) => np.nn.layerNorm(x!), [100, 10]),
  shapedRow(
    'nn.dotProductAttention',
    (q, k, v) => np.nn.dotProductAttention(q!, k!, v!),
    [1, 8, 2, 8],
    [1, 8, 2, 8],
    [1, 8, 2, 8],
  ),
  shapedRow('nn.conv1d', (x, k) => np.nn.conv1d(x!, k!), [1, 2, 64], [4, 2, 3]),
  shapedRow('nn.avgPool', (x) => np.nn.avgPool(x!, 2), [1, 2, 16, 16]),
  shapedRow('nn.glu', (x) => np.nn.glu(x!), [100, 10]),
  shapedRow('nn.conv2d', (x, k) => np.nn.conv2d(x!, k!), [1, 2, 16, 16], [4, 2, 3, 3]),
  shapedRow('nn.maxPool', (x) => np.nn.maxPool(x!, 2), [1, 2, 16, 16]),
  shapedRow('einsum ij,kj->ik', (x, y) => np.einsum('ij,kj->ik', x!, y!), [16, 32], [16, 32]),
  shapedRow('tensordot', (x, y) => np.tensordot(x!, y!, 1), [16, 32], [32, 16]),
  shapedRow('linalg.norm', (x) => np.linalg.norm(x!), [100]),
  regular('linalg.inv', (m) => np.linalg.inv(m)),
  regular('linalg.det', (m) => np.linalg.det(m)),
  regular('linalg.cholesky', (m) => np.linalg.cholesky(symmetric(m))),
  regular('linalg.qr', (m) => np.linalg.qr(m)),
  regular('linalg.lstsq', (m) => np.linalg.lstsq(m, np.ones([4]))),
  regular('linalg.slogdet', (m) => np.linalg.slogdet(m)[1]),
  { ...regular('linalg.eigh', (m) => np.linalg.eigh(symmetric(m))[0]), fields: ['FM128'] },
  { ...regular('linalg.svd', (m) => np.linalg.svd(m)[1]), fields: ['FM128'], slack: 2 },
  { ...regular('linalg.pinv', (m) => np.linalg.pinv(m)), fields: ['FM128'] },
  regular('linalg.solve', (m) => np.linalg.solve(m, np.ones([4]))),
];

/** Rows whose first input holds secret places or keys, from 0 on and below `below`. */
const placed = (op: string, fn: Fn, below: number, ...shapes: readonly (readonly number[])[]): CostCase => ({
  op,
  fn,
  error: 'mixed',
  dtypes: ['int32'],
  inputs: () =>
    shapes.map((shape, i) =>
      i === 0 ? (np.floor(uniform(shape, 0, below, 1)) as NDArray) : uniform(shape, -2, 2, i + 1),
    ),
  range: () => `int32, [0, ${below}), ${shapes[0]!.join(' x ')}${shapes.length > 1 ? '; [-2, 2)' : ''}`,
});

const PLACED: readonly CostCase[] = [
  placed('groupCount, 8 groups', (k) => np.groupCount(k!, 8), 8, [100]),
  placed('groupSum, 8 groups', (k, v) => np.groupSum(k!, v!, 8), 8, [100], [100]),
  placed('groupMean, 8 groups', (k, v) => np.groupMean(k!, v!, 8), 8, [100], [100]),
  placed('groupVar, 8 groups', (k, v) => np.groupVar(k!, v!, 8), 8, [100], [100]),
  placed('groupMax, 8 groups', (k, v) => np.groupMax(k!, v!, 8), 8, [100], [100]),
  placed('bincount, 8 counts', (k) => np.bincount(k!, { length: 8 }), 8, [100]),
  placed('uniqueCounts, size 8', (k) => np.uniqueCounts(k!, { size: 8 })[1], 8, [100]),
  placed('unique, size 8', (k) => np.unique(k!, { size: 8 }), 8, [100]),
  placed('uniqueInverse, size 8', (k) => np.uniqueInverse(k!, { size: 8 })[1], 8, [100]),
  placed(
    'intersect1d, size 8',
    (k, j) => np.intersect1d(k!, np.astype(j!, 'int32'), { size: 8 }),
    8,
    [100],
    [20],
  ),
  placed('nonzero, size 16', (k) => np.nonzero(k!, { size: 16 }), 3, [10, 10]),
  placed('flatnonzero, size 16', (k) => np.flatnonzero(k!, { size: 16 }), 3, [100]),
  placed('lexsort, 2 keys', (k, v) => np.lexsort([v!, k!]), 4, [100], [100]),
  placed('sort (int32)', (k) => np.sort(k!), 1000, [100]),
  placed('isin, 8 values', (k) => np.isin(k!, np.arange(8)), 16, [100]),
  placed('nn.oneHot, 10 classes', (k) => np.nn.oneHot(k!, 10), 10, [100]),
  placed('take at secret places (float64), of 64', (k, v) => np.take(v!, k!), 64, [100], [64]),
  placed('takeAlongAxis, of 8', (k, v) => np.takeAlongAxis(v!, k!, 1), 8, [100, 1], [100, 8]),
  placed('choose among 4', (k, v) => np.choose(k!, [v!, 1, np.multiply(v!, 2), 0]), 4, [100], [100]),
  placed('putAlongAxis, of 8', (k, v) => np.putAlongAxis(v!, k!, 1, 1), 8, [100, 1], [100, 8]),
  placed('place', (k, v) => np.place(v!, k!, np.arange(100, undefined, 1, 'float64')), 2, [100], [100]),
  placed('packbits', (k) => np.packbits(k!), 2, [800]),
  placed('unpackbits', (k) => np.unpackbits(np.astype(k!, 'uint8')), 256, [100]),
  placed('scatterAdd to 64', (k, v) => np.scatterAdd(np.zeros([64]), k!, v!), 64, [100], [100]),
  placed(
    'scatter to 64',
    (k, v) => np.scatter(np.zeros([64]), np.add(k!, np.arange(0, 32, 8, 'int32')), v!),
    8,
    [4],
    [4],
  ),
  placed(
    'dynamicSlice at a secret place',
    (k, v) => np.dynamicSlice(v!, [k!.reshape([])], [16]),
    48,
    [1],
    [64],
  ),
  placed(
    'dynamicUpdateSlice at a secret place',
    (k, v, u) => np.dynamicUpdateSlice(v!, u!, [k!.reshape([])]),
    48,
    [1],
    [64],
    [16],
  ),
];

/** Loops, what is revealed on the way, and what is drawn. */
const STEERED: readonly CostCase[] = [
  shapedRow('reveal', (x) => np.multiply(np.reveal(x!), 2), BATCH),
  {
    ...shapedRow(
      'whileRevealed, 5 turns',
      (x) =>
        np.whileRevealed(
          ([v]) => np.less(v.at(0), 30),
          ([v]) => [np.multiply(v, 2)],
          [np.add(x!, 3)],
        )[0],
      BATCH,
    ),
    range: () => '[-2, 2), 1000: less of one number a turn',
  },
  shapedRow('fori, 5 turns', (x) => np.fori(0, 5, (_, v) => np.multiply(v, x!), x!), BATCH),
  shapedRow('nextafter', (x) => np.nextafter(x!, 5), BATCH),
  { ...shapedRow('random.secretBits', () => np.random.secretBits(BATCH), BATCH), error: 'drawn' },
  { ...shapedRow('random.secretUniform', () => np.random.secretUniform(BATCH), BATCH), error: 'drawn' },
  {
    ...shapedRow('random.secretPermutation', () => np.random.secretPermutation(1000), BATCH),
    error: 'drawn',
  },
];

/** FM32 has too few bits for most of these ranges. */
export const ARRAYS: readonly CostCase[] = [...SHAPED, ...PLACED, ...STEERED].map((k) => ({
  fields: ['FM64', 'FM128'],
  ...k,
}));
