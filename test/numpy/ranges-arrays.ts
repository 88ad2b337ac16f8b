/** @file Functions of arrays that np composes: shapes and ranges of their inputs. Their reference is np itself in float64. */
import type { BaseArray } from '../../src/ir/trace/array.ts';
import * as np from '../../src/numpy/index.ts';
import type { Range, Row } from './ranges.ts';

export interface ArrayRow {
  readonly fn: (...xs: BaseArray[]) => unknown;
  /** Inputs: a first axis of cases, which `fn` is given whole, and what a case is made of. */
  readonly shapes: readonly (readonly number[])[];
  readonly range: Range;
  readonly error: Row['error'];
  /** Multiples of what the error allows: documented losses. */
  readonly times?: number;
}

const rows = (
  fn: ArrayRow['fn'],
  range: Range,
  error: ArrayRow['error'],
  more: Partial<ArrayRow> = {},
): ArrayRow => ({ fn, shapes: [[8]], range, error, ...more });

const two = [[8], [8]];
/** One matrix a case, with a diagonal that keeps it regular. */
const matrices = (fn: (m: BaseArray) => unknown, more: Partial<ArrayRow> = {}): ArrayRow => ({
  fn: (x) => np.vmap((m: BaseArray) => fn(np.add(m, np.multiply(4, np.eye(3)))))(x),
  shapes: [[3, 3]],
  range: [-1, 1],
  error: 'mixed',
  ...more,
});
const symmetric = (m: BaseArray): BaseArray => np.multiply(np.add(m, m.T), 0.5);

export const ARRAY_ROWS: Readonly<Record<string, ArrayRow>> = {
  'sum, mean, var, average': rows(
    (x) => [
      np.sum(x, 1),
      np.mean(x, 1),
      np.var(x, { axis: 1 }),
      np.var(x, { axis: 0, ddof: 1 }),
      np.average(x, 1, [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
    [-16, 16],
    'mixed',
  ),
  std: rows(
    (x) => np.std(np.concatenate([x, np.multiply(np.ones([x.shape[0]!, 1]), 24)], 1), 1),
    [-16, 16],
    'mixed',
  ),
  'ptp, median, quantile': rows(
    (x) => [
      np.ptp(x, 1),
      np.median(x.slice([0, 40]), 1),
      np.quantile(x.slice([0, 40]), 0.3, 1),
      np.percentile(x.slice([0, 40]), 85, 1),
    ],
    [-1000, 1000],
    'mixed',
  ),
  'cumsum, diff, ediff1d, gradient, trapezoid': rows(
    (x) => [np.cumsum(x, 1), np.diff(x), np.ediff1d(x), np.gradient(x), np.trapezoid(x)],
    [-1000, 1000],
    'mixed',
  ),
  'prod, cumprod': rows((x) => [np.prod(x, 1), np.cumprod(x, 1)], [-2, 2], 'mixed', { shapes: [[4]] }),
  'cov, corrcoef': rows((x) => [np.cov(x.slice([0, 12])), np.corrcoef(x.slice([12, 24]))], [-4, 4], 'mixed', {
    shapes: [[40]],
  }),
  unwrap: rows((x) => np.unwrap(x), [-7, 7], 'absolute'),
  'vecdot, outer, kron, convolve, correlate, cross': rows(
    (x, y) => [
      np.vecdot(x, y),
      np.outer(x.at(5), y.at(6)),
      np.kron(x.at(7), y.at(8)),
      np.convolve(x.at(9), y.at(10)),
      np.correlate(x.at(11), y.at(12), 'full'),
      np.cross(x.slice(':', [0, 3]), y.slice(':', [0, 3])),
    ],
    [-8, 8],
    'mixed',
    { shapes: two },
  ),
  'matmul, dot, vdot, inner, einsum, tensordot, matvec, vecmat': rows(
    (x, y) => [
      np.matmul(x, y.slice([0, 90]).T),
      np.dot(x.at(5), y.at(5)),
      np.inner(x.at(4), y.at(3)),
      np.einsum('ij,ij->i', x, y),
      np.tensordot(x, y, [[0], [0]]),
      np.vdot(x.at(5), y.at(5)),
      np.matvec(x, y.at(4)),
      np.vecmat(y.at(2), x.slice([0, 90]).T),
    ],
    [-4, 4],
    'mixed',
    { shapes: two },
  ),
  'polyval, vander, polymul, polyder, polyint, poly': rows(
    (x) => [
      np.polyval([1, -2, 0.5, 3], x),
      np.vander(x.at(5), 4),
      np.polymul(x.at(6), x.at(7)),
      np.polyder(x.at(5)),
      np.polyint(x.at(6)),
      np.poly(x.at(8).slice([0, 4])),
    ],
    [-3, 3],
    'mixed',
  ),
  polyfit: rows(
    (x) => np.vmap((y: BaseArray) => np.polyfit(np.linspace(-1, 1, 8), y, 2))(x),
    [-4, 4],
    'mixed',
  ),
  'histogram of density': rows(
    (x) => np.histogram(x.slice([0, 40]), { bins: 8, range: [-4, 4], density: true })[0],
    [-4, 4],
    'mixed',
  ),
  'nn.softmax, nn.logSoftmax, nn.logsumexp, nn.logmeanexp': rows(
    (x) => [np.nn.softmax(x), np.nn.logSoftmax(x), np.nn.logsumexp(x, -1), np.nn.logmeanexp(x, -1)],
    [-50, 50],
    'mixed',
  ),
  'nn.layerNorm, nn.standardize': rows(
    (x) => [np.nn.layerNorm(x), np.nn.standardize(x)],
    [-16, 16],
    'mixed',
    { times: 2 },
  ),
  'nn.avgPool': rows((x) => np.nn.avgPool(x.reshape([-1, 1, 8]), 2), [-16, 16], 'mixed'),
  // What is scaled by sigmoid is up to 16.
  'nn.glu': rows((x) => np.nn.glu(x), [-16, 16], 'absolute', { times: 8 }),
  'nn.softmaxCrossEntropy': rows((x) => np.nn.softmaxCrossEntropy(x, np.eye(8).at(3)), [-50, 50], 'mixed'),
  // Values are up to 8.
  'nn.dotProductAttention': rows(
    (x, y) => {
      const heads = (z: BaseArray): BaseArray => z.reshape([-1, 4, 1, 2]);
      return np.nn.dotProductAttention(heads(x), heads(y), heads(np.add(x, y)));
    },
    [-4, 4],
    'mixed',
    { shapes: two, times: 8 },
  ),
  'nn.conv': rows(
    (x) => np.nn.conv1d(x.reshape([-1, 2, 4]), np.reshape(np.linspace(-1, 1, 12), [2, 2, 3])),
    [-8, 8],
    'mixed',
  ),
  'linalg.norm, linalg.vectorNorm': rows(
    (x) => [
      np.vmap((v: BaseArray) => np.linalg.norm(v))(x),
      np.linalg.vectorNorm(x, 2, 1),
      np.linalg.matrixNorm(x.slice([0, 40])),
    ],
    [-16, 16],
    'mixed',
  ),
  'linalg.inv, linalg.det, linalg.slogdet': matrices((m) => [
    np.linalg.inv(m),
    np.linalg.det(m),
    np.linalg.slogdet(m)[1],
  ]),
  'linalg.solve, linalg.lstsq': matrices((m) => [
    np.linalg.solve(m, np.ones([3])),
    np.linalg.lstsq(m, np.ones([3])),
  ]),
  'linalg.tensorinv, linalg.tensorsolve': matrices((m) => [
    np.linalg.tensorinv(np.reshape(m, [3, 3, 1]), 1),
    np.linalg.tensorsolve(m, np.ones([3])),
  ]),
  polydiv: rows((x) => np.polydiv(x.at(9), np.add(x.at(8).slice([0, 3]), [5, 0, 0])), [-2, 2], 'mixed'),
  'groupSum, groupMean, groupVar': rows(
    (x) => {
      const keys = np.astype(np.floor(x.slice(':', 0)), 'int32');
      return [np.groupSum(keys, x, 4), np.groupMean(keys, x, 4), np.groupVar(keys, x, 4)];
    },
    [-4, 4],
    'mixed',
  ),
  frexp: rows((x) => np.frexp(x), [-1000, 1000], 'mixed'),
  'linalg.cholesky, linalg.qr': matrices((m) => [np.linalg.cholesky(symmetric(m)), ...np.linalg.qr(m)]),
  'linalg.matrixPower, linalg.multiDot': matrices((m) => [
    np.linalg.matrixPower(m, 3),
    np.linalg.multiDot([m, m, m]),
  ]),
};
