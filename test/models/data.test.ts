/** Digits and visits to doctors, beside scikit-learn and statsmodels. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as models from '../../src/models/index.ts';
import { auc, logLoss } from '../../src/models/metrics.ts';
import type { LinearModel } from '../../src/models/model.ts';
import { FM128, near, run, spreads, table, options as wanted } from './both.ts';

const test = suite('models: data');
const [digits, visits] = [table('digits'), table('randhie')];
const part = <T>(rows: readonly T[], isAsked: boolean): T[] =>
  rows.filter((_, i) => (i % 3 === 0) === isAsked);
const [train, asked] = [part(digits.x, false), part(digits.x, true)];
const [labels, truth] = [part(digits.y, false), part(digits.y, true)];
const threes = (y: readonly number[]): number[] => y.map((v) => Number(v === 3));
const array = (x: unknown): NDArray => NDArray.from(x as never);

test('k-means of digits, from the first of each', () => {
  const init = Array.from({ length: 10 }, (_, k) => train[labels.indexOf(k)]!);
  const { fit, score } = models.kMeans({ nClusters: 10, init, maxIter: 4 });
  const x = array(train);
  near(score(fit([x]), [x]), -wanted.digits!.inertia!, 0.1, 'inertia');
});

test('components of the lines of digits', () => {
  const lines = digits.x.map((row) =>
    Array.from({ length: 8 }, (_, i) => row.slice(8 * i, 8 * i + 8).reduce((a, b) => a + b)),
  );
  const few = models.pca({ nComponents: 3 });
  const want = wanted.digits!.rowVariance!;
  for (const way of [undefined, FM128]) {
    const { results } = run((x: BaseArray) => few.fit([x]).variance, [lines], way);
    near(results[0]!, want, way ? 1e-4 : 1e-9, 'variance', want);
  }
});

test('naive Bayes and neighbours of digits', () => {
  const bayes = models.gaussianNB({ nClasses: 10, varSmoothing: 0.1 });
  near(
    bayes.score(bayes.fit([array(train)], array(labels)), [array(asked)], array(truth)),
    wanted.digits!.bayes!,
    1e-6,
    'score',
  );
  const { fit, predictProba } = models.kNeighborsClassifier({ nNeighbors: 3, weights: 'distance' });
  const program = (x: BaseArray, y: BaseArray, a: BaseArray) => predictProba(fit([x], y), [a]);
  for (const [way, count] of [
    [undefined, asked.length],
    [FM128, 5],
  ] as const) {
    const { results } = run(program, [train, threes(labels), asked.slice(0, count)], way);
    near(results[0]!, wanted.digits!.near!.slice(0, count), way ? 1e-4 : 1e-9, 'shares');
  }
});

test('a forest tells threes from other digits as well as those of scikit-learn', () => {
  const { fit, transform } = models.binning();
  const thresholds = fit(train);
  const model = models.randomForestClassifier({ nEstimators: 20 });
  const state = model.fit([transform(thresholds, train)], array(threes(labels)));
  const area = auc(array(threes(truth)), model.predictProba(state, [transform(thresholds, asked)]));
  assert.ok(Number((area as NDArray).item()) > wanted.digits!.forest! - 0.02, `${(area as NDArray).item()}`);
});

/** Weights count what a standard deviation of their column moves. */
const held = (
  got: readonly BaseArray[],
  [intercept, ...coef]: readonly number[],
  tolerance: number,
): void => {
  near(
    got[0]!,
    coef,
    tolerance,
    'weights',
    spreads(visits.x).map((s) => 1 / s),
  );
  near(got[1]!, intercept!, 10 * tolerance, 'intercept');
};

test('visits to doctors: counts by Poisson, any at all by logistic regression, as in statsmodels', () => {
  const want = wanted.randhie!;
  const fitted =
    <S>(
      { fit, coefficients, score, predict }: LinearModel<S>,
      loss?: (y: BaseArray, p: BaseArray) => BaseArray,
    ) =>
    (x: BaseArray, y: BaseArray): BaseArray[] => {
      const state = fit([x], y);
      const { coef, intercept } = coefficients(state);
      return [coef, intercept, loss ? loss(y, predict(state, [x])) : score(state, [x], y)];
    };
  const logistic = models.logisticRegression({ penalty: null, maxIter: 6 });
  const counts = fitted(models.poissonRegressor({ alpha: 0, maxIter: 6 }));
  const any = fitted({ ...logistic, predict: logistic.predictProba }, logLoss);
  const some = visits.y.map((v) => Number(v > 0));
  for (const way of [undefined, FM128]) {
    const poisson = run(counts, [visits.x, visits.y], way).results;
    held(poisson, want.poisson!, way ? 1e-4 : 1e-6);
    near(poisson[2]!, want.explained!, 1e-4, 'deviance explained');
    if (way) continue;
    const logit = run(any, [visits.x, some]).results;
    held(logit, want.logit!, 1e-6);
    near(logit[2]!, want.logLoss!, 1e-4, 'log-loss');
  }
});

test.run();
