/** Metrics beside scikit-learn, of scores with many ties, in the clear and on secrets. */
import { suite } from 'uvu';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import * as metrics from '../../src/models/metrics.ts';
import { throws } from '../numpy/both.ts';
import { FM128, fixtures, near, run, type Way } from './both.ts';

const { y, p } = fixtures.scores as unknown as { y: number[]; p: number[] };
const want = fixtures.metrics!;
const test = suite('models: metrics');

type Metric = (y: BaseArray, p: BaseArray) => unknown;

const hold = (
  metric: Metric,
  wanted: number | readonly number[],
  way: Way | undefined,
  rows = y.length,
): void =>
  near(
    run(metric as never, [y.slice(0, rows), p.slice(0, rows)], way).results[0]!,
    wanted,
    1e-5,
    `${metric}`,
  );

for (const way of [undefined, FM128]) {
  const how = way ? 'on secrets' : 'in the clear';
  test(`of labels ${how}`, () => {
    hold((y, p) => metrics.accuracy(y, p), want.accuracy!, way);
    hold((y, p) => metrics.f1(y, p), want.f1!, way);
    hold((y, p) => metrics.confusionMatrix(y, p), (want.confusion as unknown as number[][]).flat(), way);
  });
  test(`of order, ties counted right, ${how}`, () => {
    hold((y, p) => metrics.auc(y, p), want.auc!, way);
    hold((y, p) => metrics.ks(y, p), want.ks!, way);
  });
  test(`of numbers ${how}`, () => {
    hold((y, p) => metrics.logLoss(y, p), want.logLoss!, way);
    hold((y, p) => metrics.mse(y, p), want.mse!, way);
    hold((y, p) => metrics.r2(y, p), want.r2!, way);
  });
}

test('at FM64 with three parties', () => {
  const way: Way = { parties: 3, field: 'FM64' };
  hold(
    (y, p) => metrics.auc(y, p),
    Number(run(metrics.auc as never, [y.slice(0, 40), p.slice(0, 40)]).results[0]!.item()),
    way,
    40,
  );
  hold((y, p) => metrics.accuracy(y, p), want.accuracy!, way);
});

test('curves, calibration and stability are as counted by hand', () => {
  const [truth, score] = [y.slice(0, 80), p.slice(0, 80)];
  const at = (t: number, label: number): number =>
    score.filter((s, i) => s >= t && truth[i] === label).length;
  const thresholds = [0.95, 0.65, 0.25, 0];
  const [negatives, positives] = [at(-1, 0), at(-1, 1)];
  const bins = [0, 1, 2, 3].map((b) =>
    score.flatMap((s, i) => (Math.min(3, Math.floor(s * 4)) === b ? [i] : [])),
  );
  const share = (xs: readonly number[], b: number): number =>
    Math.max(1e-4, xs.filter((v) => [0.25, 0.5, 0.75].filter((e) => v >= e).length === b).length / xs.length);
  const halves = [score.slice(0, 40), score.slice(40)] as const;
  const stability = [0, 1, 2, 3].reduce((sum, b) => {
    const [a, c] = [share(halves[0], b), share(halves[1], b)];
    return sum + (a - c) * Math.log(a / c);
  }, 0);
  for (const way of [undefined, FM128]) {
    const { results } = run(
      (y: BaseArray, p: BaseArray) => {
        const roc = metrics.rocCurve(y, p, thresholds);
        const pr = metrics.prCurve(y, p, thresholds);
        const c = metrics.calibration(y, p, 4);
        const moved = metrics.populationStability(p.slice([0, 40]), p.slice([40, 80]), [0.25, 0.5, 0.75]);
        return [roc.fpr, roc.tpr, pr.precision, pr.recall, c.count, c.predicted, c.actual, moved];
      },
      [truth, score],
      way,
    );
    const precise = thresholds.map((t) => at(t, 1) / Math.max(1, at(t, 1) + at(t, 0)));
    const counted: readonly (number | readonly number[])[] = [
      thresholds.map((t) => at(t, 0) / negatives),
      thresholds.map((t) => at(t, 1) / positives),
      precise.map((v, i) => (at(thresholds[i]!, 1) + at(thresholds[i]!, 0) === 0 ? 1 : v)),
      thresholds.map((t) => at(t, 1) / positives),
      bins.map((b) => b.length),
      bins.map((b) => b.reduce((sum, i) => sum + score[i]!, 0) / Math.max(1, b.length)),
      bins.map((b) => b.reduce((sum, i) => sum + truth[i]!, 0) / Math.max(1, b.length)),
      stability,
    ];
    for (const [i, values] of counted.entries()) near(results[i]!, values, 1e-5, `curve ${i}, ${way?.field}`);
  }
});

test('order is that of scores of any size', () => {
  const labels = [0, 1, 1, 0, 1, 0];
  const scores = [2, 9, 4, 4, -7, 1];
  for (const by of [1e-9, 1e-4, 1, 1e4, 1e9])
    for (const way of by < 1e-6 ? [undefined] : [undefined, FM128]) {
      const { results } = run(
        (y: BaseArray, p: BaseArray) => [metrics.auc(y, p), metrics.ks(y, p)],
        [labels, scores.map((s) => s * by)],
        way,
      );
      near(results[0]!, 5.5 / 9, 1e-6, `auc, ${by}`);
      near(results[1]!, 1 / 3, 1e-6, `ks, ${by}`);
    }
});

test('one label alone has an area of one half; what does not fit is an error', () => {
  for (const way of [undefined, FM128])
    near(
      run(
        (y: BaseArray, p: BaseArray) => metrics.auc(y, p),
        [
          [1, 1],
          [0.2, 0.4],
        ],
        way,
      ).results[0]!,
      0.5,
      1e-6,
      'auc',
    );
  throws(() => metrics.auc([0, 1], [0.1, 0.2, 0.3]), 'SHAPE', 'rows');
  throws(() => metrics.populationStability([0.1], [0.2], [0.5, 0.5]), 'INVALID_ARGUMENT', 'rising');
  throws(() => metrics.accuracy([], []), 'SHAPE', 'no rows');
});

test.run();
