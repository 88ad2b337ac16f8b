/**
 * @file Hypothesis tests: statistics from secrets, and p-values. What a program gives is the statistic, and what its distribution depends on; a p-value says
 * neither more nor less than these, so it is computed from them in the clear, by whom they were revealed to.
 */
import { fail } from '../errors.ts';
import type { ArrayInput, BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { target } from './columns.ts';
import { chiSquareTail, normalTail, studentTail } from './distributions.ts';

const vector = (x: ArrayInput, least: number, what: string): BaseArray => {
  const v = target(x, np.size(x));
  return v.size >= least ? v : fail('SHAPE', `${what}: ${least} rows at least, not ${v.size}`);
};

/** A statistic with degrees of freedom. */
export interface Statistic {
  readonly statistic: BaseArray;
  readonly df: BaseArray;
}

/** Mean and variance of the mean, around the first element, so that they keep their digits. */
const moments = (x: BaseArray, first: BaseArray): { mean: BaseArray; variance: BaseArray } => {
  const away = np.subtract(x, first);
  const mean = np.mean(away);
  return { mean, variance: np.var(away) };
};

/**
 * Student's t for the means of two samples: { statistic, df }; Welch's, which does not take variances for equal, with { equalVar: false }. Samples of two rows at
 * least, in one unit. Throws SHAPE.
 * @example
 * const { tTest, tTestPValue } = await sf.statistics();
 * const { statistic, df } = tTest(np.array([1, 2, 3, 4]), np.array([3, 4, 5, 6]));
 * statistic // -2.1909
 * tTestPValue(-2.1909, 6) // 0.0710
 */
export const tTest = (
  a: ArrayInput,
  b: ArrayInput,
  { equalVar = true }: { readonly equalVar?: boolean } = {},
): Statistic => {
  const [x, y] = [vector(a, 2, 'tTest'), vector(b, 2, 'tTest')];
  const [n, m] = [x.size, y.size];
  const first = x.at(0);
  // In standard deviations of both, so that any unit will do.
  const all = np.concatenate([np.subtract(x, first), np.subtract(y, first)]);
  const spread = np.std(all);
  const unit = np.where(np.equal(spread, 0), 1, spread);
  const [u, v] = [np.divide(np.subtract(x, first), unit), np.divide(np.subtract(y, first), unit)];
  const [p, q] = [moments(u, u.at(0)), moments(v, v.at(0))];
  const [mp, mq] = [np.add(p.mean, u.at(0)), np.add(q.mean, v.at(0))];
  const [vp, vq] = [np.multiply(p.variance, n / (n - 1)), np.multiply(q.variance, m / (m - 1))];
  const [ep, eq] = [np.multiply(vp, 1 / n), np.multiply(vq, 1 / m)];
  const pooled = np.multiply(
    np.add(np.multiply(vp, (n - 1) / (n + m - 2)), np.multiply(vq, (m - 1) / (n + m - 2))),
    1 / n + 1 / m,
  );
  const statistic = np.divide(np.subtract(mp, mq), np.sqrt(equalVar ? pooled : np.add(ep, eq)));
  if (equalVar) return { statistic, df: np.full([], n + m - 2) };
  const share = np.divide(ep, np.add(ep, eq));
  const rest = np.subtract(1, share);
  const df = np.divide(
    1,
    np.add(np.multiply(np.square(share), 1 / (n - 1)), np.multiply(np.square(rest), 1 / (m - 1))),
  );
  return { statistic, df };
};

/**
 * The two-sided p-value of Student's t, from numbers that were revealed.
 * @example
 * const { tTestPValue } = await sf.statistics();
 * tTestPValue(2, 10) // 0.0734
 */
export const tTestPValue = (statistic: number, df: number): number =>
  2 * studentTail(statistic < 0 ? -statistic : statistic, df);

/**
 * Pearson's chi-square for the independence of two columns, from their table of counts [rows, columns], without a continuity correction. Rows and
 * columns of zeros count nothing, but their place does in df.
 * @example
 * const { chiSquareTest, chiSquarePValue } = await sf.statistics();
 * const { statistic } = chiSquareTest(np.array([[10, 20], [20, 10]]));
 * statistic // 6.6667
 * chiSquarePValue(6.6667, 1) // 0.0098
 */
export const chiSquareTest = (counts: ArrayInput): Statistic => {
  const t = np.astype(np.asarray(counts), 'float64');
  if (t.ndim !== 2 || t.shape[0]! < 2 || t.shape[1]! < 2)
    fail('SHAPE', 'chiSquareTest: a table of two rows and two columns at least');
  const [rows, columns] = [np.sum(t, { axis: 1, keepdims: true }), np.sum(t, { axis: 0, keepdims: true })];
  const whole = np.sum(t);
  const expected = np.multiply(np.divide(rows, whole), columns);
  const none = np.equal(np.multiply(rows, columns), 0);
  const parts = np.divide(np.square(np.subtract(t, expected)), np.where(none, 1, expected));
  return { statistic: np.sum(parts), df: np.full([], (t.shape[0]! - 1) * (t.shape[1]! - 1)) };
};

/**
 * The p-value of a chi-square statistic, from numbers that were revealed.
 * @example
 * const { chiSquarePValue } = await sf.statistics();
 * chiSquarePValue(5.991, 2) // 0.0500
 */
export const chiSquarePValue = (statistic: number, df: number): number => chiSquareTail(statistic, df);

/** A statistic that is about normal. */
export interface ZStatistic {
  readonly statistic: BaseArray;
  readonly z: BaseArray;
}

/**
 * Mann and Whitney's U of the first sample, and its z with the correction for ties and for continuity, whose two-sided p-value is normalPValue(z): compares
 * every pair of rows. Throws SHAPE for samples without rows.
 * @example
 * const { mannWhitneyTest, normalPValue } = await sf.statistics();
 * const { statistic, z } = mannWhitneyTest(np.array([1, 2, 2]), np.array([2, 3, 4, 5]));
 * statistic // 1
 * z // -1.6510
 * normalPValue(-1.6510) // 0.0987
 */
export const mannWhitneyTest = (a: ArrayInput, b: ArrayInput): ZStatistic => {
  const [x, y] = [vector(a, 1, 'mannWhitneyTest'), vector(b, 1, 'mannWhitneyTest')];
  const [n, m] = [x.size, y.size];
  const all = np.concatenate([x, y]);
  const size = n + m;
  // Above or level with, of every pair: twice what is below counts 2, ties 1.
  const count = (v: BaseArray): BaseArray => np.astype(v, 'int64');
  const over = np.greater(np.expandDims(all, 1), all);
  const level = np.equal(np.expandDims(all, 1), all);
  const twice = np.add(np.multiply(count(over), 2), count(level));
  const u = np.multiply(np.astype(np.sum(twice.slice([0, n], [n, size])), 'float64'), 0.5);
  // The sum of t^3 - t over ties is that of (number of equals)^2 - 1 over rows.
  const equals = np.sum(count(level), 1);
  const ties = np.astype(np.sum(np.subtract(np.multiply(equals, equals), 1)), 'float64');
  const variance = np.multiply(
    np.subtract(size + 1, np.multiply(ties, 1 / (size * Math.max(1, size - 1)))),
    (n * m) / 12,
  );
  const away = np.subtract(u, (n * m) / 2);
  const near = np.maximum(np.subtract(np.abs(away), 0.5), 0);
  const spread = np.sqrt(np.maximum(variance, 1e-3));
  return { statistic: u, z: np.multiply(np.sign(away), np.divide(near, spread)) };
};

/**
 * The two-sided p-value of a statistic that is normal, from a number that was revealed.
 * @example
 * const { normalPValue } = await sf.statistics();
 * normalPValue(1.96) // 0.0500
 */
export const normalPValue = (z: number): number => 2 * normalTail(z < 0 ? -z : z);

/**
 * The log-rank test for survival in two groups: times, whether the event was seen (1) or the row left before (0), and the group (0 or 1). Gives the
 * chi-square statistic with 1 degree of freedom. Compares every pair of rows.
 * @example
 * const { logRankTest, chiSquarePValue } = await sf.statistics();
 * const { statistic } = logRankTest(np.array([1, 2, 3, 4]), np.array([1, 1, 1, 0]), np.array([0, 1, 0, 1]));
 * statistic // 0.6154
 */
export const logRankTest = (time: ArrayInput, event: ArrayInput, group: ArrayInput): Statistic => {
  const t = vector(time, 2, 'logRankTest');
  const n = t.size;
  const [seen, second] = [target(event, n), target(group, n)].map((v) =>
    np.astype(np.greater(v, 0.5), 'int64'),
  ) as [BaseArray, BaseArray];
  const later = np.astype(np.greaterEqual(t, np.expandDims(t, 1)), 'int64');
  const level = np.astype(np.equal(t, np.expandDims(t, 1)), 'int64');
  // Of each row's time: rows at risk, those of the second group, events.
  const [risk, ours, deaths] = [np.sum(later, 1), np.matmul(later, second), np.matmul(level, seen)].map((v) =>
    np.astype(v, 'float64'),
  ) as [BaseArray, BaseArray, BaseArray];
  const share = np.divide(ours, risk);
  const happened = np.astype(seen, 'float64');
  const expected = np.sum(np.multiply(share, happened));
  const observed = np.astype(np.sum(np.multiply(seen, second)), 'float64');
  // Each of d events of one time counts one d-th of d s (1 - s) (r - d) / (r - 1).
  const rest = np.divide(np.subtract(risk, deaths), np.maximum(np.subtract(risk, 1), 1));
  const spread = np.multiply(np.multiply(share, np.subtract(1, share)), np.multiply(rest, happened));
  const variance = np.sum(spread);
  const none = np.equal(variance, 0);
  const statistic = np.divide(np.square(np.subtract(observed, expected)), np.where(none, 1, variance));
  return { statistic, df: np.full([], 1) };
};
