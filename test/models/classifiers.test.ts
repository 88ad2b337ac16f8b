/** Classifiers, clusters and components beside scikit-learn and scipy. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import {
  gaussianNB,
  kMeans,
  kNeighborsClassifier,
  logisticRegression,
  mlpClassifier,
  pca,
} from '../../src/models/index.ts';
import type { LogisticOptions } from '../../src/models/logistic.ts';
import { throws } from '../numpy/both.ts';
import { even, FM128, fixtures, near, odd, run, spreads, table, whole } from './both.ts';

const test = suite('models: classifiers');
const cancer = table('cancer');
const LOGISTIC: Readonly<Record<string, Partial<LogisticOptions>>> = {
  logistic: {},
  logisticBalanced: { C: 0.5, classWeight: 'balanced' },
  logisticWeights: { classWeight: [1, 3] },
  logisticL1: { penalty: 'l1', C: 0.02 },
};

for (const [fixture, options] of Object.entries(LOGISTIC)) {
  const want = fixtures[fixture]!;
  const { x, y } = fixture === 'logistic' ? whole : cancer;
  const { fit, coefficients, predictProba, score } = logisticRegression(options);
  for (const way of [undefined, FM128])
    test(`${fixture} ${way ? 'on secrets' : 'in the clear'}`, () => {
      const { results } = run(
        (a: BaseArray, b: BaseArray, asked: BaseArray, truth: BaseArray) => {
          const state = fit([a], b);
          const { coef, intercept } = coefficients(state);
          return [coef, intercept, predictProba(state, [asked]), score(state, [asked], truth)];
        },
        [even(x), even(y), odd(x), odd(y)],
        way,
      );
      const units = spreads(even(x));
      // The largest weight in standard units is the size of them all.
      const size = Math.max(1, ...want.coef!.map((w, j) => Math.abs(w) * units[j]!));
      near(
        results[0]!,
        want.coef!,
        (way ? 1e-4 : 5e-6) * size,
        'weights',
        units.map((s) => 1 / s),
      );
      near(results[1]!, want.intercept!, way ? 5e-3 : 1e-5, 'intercept');
      if (want.predicted) near(results[2]!, want.predicted, way ? 1e-4 : 5e-6, 'probabilities');
      if (want.accuracy) near(results[3]!, want.accuracy, 1e-6, 'accuracy');
    });
}

test('sgd: as in the clear; with tol it stops when the loss does not fall any more, and reveals that alone', () => {
  const [x, y] = [even(cancer.x).slice(0, 128), even(cancer.y).slice(0, 128)];
  const trained = (options: Partial<LogisticOptions>, way?: typeof FM128) => {
    const { fit, predictProba } = logisticRegression({ solver: 'sgd', ...options });
    return run((a: BaseArray, b: BaseArray) => predictProba(fit([a], b), [a]), [x, y], way);
  };
  const want = trained({ maxIter: 4 });
  near(trained({ maxIter: 4 }, FM128).results[0]!, Array.from(want.results[0]!.data, Number), 1e-4, 'sgd');
  const stopping = { maxIter: 40, tol: 0.02 };
  const early = trained(stopping, FM128);
  near(early.results[0]!, Array.from(trained(stopping).results[0]!.data, Number), 1e-4, 'early');
  assert.ok(early.rounds < 10 * trained({ maxIter: 4 }, FM128).rounds, `${early.rounds} rounds`);
});

const wine = table('wine');
const units = spreads(wine.x);
const means = wine.x[0]!.map((_, j) => wine.x.reduce((sum, row) => sum + row[j]!, 0) / wine.x.length);
const standard = wine.x.map((row) => row.map((v, j) => (v - means[j]!) / units[j]!));
const asked = <T>(rows: readonly T[], yes = true): T[] => rows.filter((_, i) => (i % 3 === 0) === yes);

for (const way of [undefined, FM128]) {
  const how = way ? 'on secrets' : 'in the clear';
  test(`k-means of wine ${how}`, () => {
    const { fit, predict, score } = kMeans({ nClusters: 3, maxIter: 8, randomState: 2 });
    const { results } = run(
      (x: BaseArray) => {
        const state = fit([x]);
        return [score(state, [x]), predict(state, [x])];
      },
      [standard],
      way,
    );
    near(results[0]!, -fixtures.kMeans!.inertia!, 1e-3, 'inertia');
    const sizes = [0, 1, 2].map((c) => Array.from(results[1]!.data, Number).filter((k) => k === c).length);
    assert.equal(
      sizes.sort((a, b) => a - b),
      fixtures.kMeans!.sizes,
    );
  });

  test(`naive Bayes of wine ${how}`, () => {
    const { fit, predictProba, score } = gaussianNB({ nClasses: 3 });
    const { results } = run(
      (x: BaseArray, y: BaseArray, a: BaseArray, t: BaseArray) => {
        const state = fit([x], y);
        return [score(state, [a], t), predictProba(state, [a])];
      },
      [asked(wine.x, false), asked(wine.y, false), asked(wine.x), asked(wine.y)],
      way,
    );
    near(results[0]!, fixtures.bayes!.score!, 1e-6, 'score');
    near(
      { data: results[1]!.data.slice(0, 24) } as never,
      fixtures.bayes!.proba!,
      way ? 1e-4 : 1e-6,
      'probabilities',
    );
  });

  test(`nearest neighbours of wine ${how}`, () => {
    const { fit, predictProba } = kNeighborsClassifier();
    const rows = even(asked(standard, false));
    const labels = even(asked(wine.y, false)).map((v) => Number(v === 1));
    const { results } = run(
      (x: BaseArray, y: BaseArray, a: BaseArray) => predictProba(fit([x], y), [a]),
      [rows, labels, asked(standard).filter((_, i) => i % 3 === 0)],
      way,
    );
    near(results[0]!, fixtures.neighbours!.proba!, 1e-6, 'shares');
  });
}

const components = (columns: number, way?: typeof FM128) => {
  const { fit, transform, inverseTransform } = pca({ nComponents: 3 });
  return run(
    (x: BaseArray) => {
      const state = fit([x]);
      const low = transform(state, [x]);
      return [state.components, state.variance, low, inverseTransform(state, [low])];
    },
    [standard.map((row) => row.slice(0, columns))],
    way,
  ).results;
};

test('principal components of wine', () => {
  const [parts, variance, low] = components(13);
  near(parts!, fixtures.pca!.components!, 1e-6, 'components');
  near(variance!, fixtures.pca!.variance!, 1e-6, 'variance');
  near({ data: low!.data.slice(0, 15) } as never, fixtures.pca!.projected!, 1e-6, 'projected');
  const [want, got] = [components(4), components(4, FM128)];
  for (const [i, part] of want.entries()) near(got[i]!, Array.from(part.data, Number), 1e-3, 'on secrets');
});

test('a network learns, and on secrets as in the clear', () => {
  const x = even(cancer.x)
    .slice(0, 96)
    .map((row) => row.slice(0, 5));
  const y = even(cancer.y).slice(0, 96);
  const { fit, predictProba, score } = mlpClassifier({
    hiddenLayerSizes: [6, 4],
    maxIter: 3,
    learningRate: 0.5,
    batchSize: 24,
  });
  const program = (a: BaseArray, b: BaseArray) => {
    const state = fit([a], b);
    return [predictProba(state, [a]), score(state, [a], b)];
  };
  const [want, got] = [run(program, [x, y]).results, run(program, [x, y], FM128).results];
  near(got[0]!, Array.from(want[0]!.data, Number), 1e-4, 'probabilities');
  assert.ok(Number(got[1]!.item()) > 0.85, `${got[1]!.item()}`);
});

test('what does not fit is an error before anything runs', () => {
  throws(() => logisticRegression({ solver: 'newtn' as never }), 'INVALID_ARGUMENT', 'newton');
  throws(() => logisticRegression({ penalty: 'l3' as never }), 'INVALID_ARGUMENT', 'penalty');
  throws(() => logisticRegression({ solver: 'sgd', penalty: 'l1' }), 'UNSUPPORTED', 'newton');
  throws(() => mlpClassifier({ hiddenLayerSizes: [] }), 'INVALID_ARGUMENT', 'hiddenLayerSizes');
  throws(() => logisticRegression({ tol: 0.1 }), 'UNSUPPORTED', 'sgd');
  throws(() => logisticRegression({ classWeight: [1, 2, 3] as never }), 'INVALID_ARGUMENT', 'classWeight');
  const x = run(
    (a: BaseArray) => a,
    [
      [
        [1, 2],
        [3, 4],
        [5, 7],
      ],
    ],
  ).results[0]!;
  const y = run((a: BaseArray) => a, [[0, 1, 1]]).results[0]!;
  throws(() => kMeans({ nClusters: 4 }).fit([x]), 'INVALID_ARGUMENT', '4 clusters of 3 rows');
  throws(() => pca({ nComponents: 3 }).fit([x]), 'INVALID_ARGUMENT', '3 components of 2 columns');
  const { fit, predict } = kNeighborsClassifier({ nNeighbors: 4 });
  throws(() => predict(fit([x], y), [x]), 'INVALID_ARGUMENT', '4 neighbours of 3 rows');
});

test.run();
