/** Options of models beside scikit-learn's, statsmodels's and XGBoost's: weights of rows, draws, early stops, losses, importances. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { picked } from '../../src/models/draws.ts';
import * as models from '../../src/models/index.ts';
import { logLoss } from '../../src/models/metrics.ts';
import type { LinearModel } from '../../src/models/model.ts';
import { throws } from '../numpy/both.ts';
import { even, FM128, near, run, spreads, table, type Way, options as wanted, whole } from './both.ts';

const test = suite('models: options');
const [cancer, diabetes, wine] = [table('cancer'), table('diabetes'), table('wine')];
const ex = even(cancer.x);
const ey = even(cancer.y);
const weightsOf = (n: number): number[] => Array.from({ length: n }, (_, i) => 1 + (i % 3));
const numbers = (x: BaseArray): number[] => Array.from((x as NDArray).data, Number);
const arrays = (...xs: readonly (readonly unknown[])[]): NDArray[] => xs.map((x) => NDArray.from(x as never));

/** By fixture: a model, and what it is fitted to. */
const LINEAR: Readonly<Record<string, readonly [LinearModel<never>, typeof cancer]>> = {
  logisticSample: [models.logisticRegression() as never, { x: ex, y: ey }],
  logisticBoth: [models.logisticRegression({ classWeight: 'balanced' }) as never, { x: ex, y: ey }],
  ridgeSample: [models.ridge({ alpha: 10 }) as never, diabetes],
  ridgeOriginSample: [models.ridge({ alpha: 10, fitIntercept: false }) as never, diabetes],
  lassoSample: [models.lasso({ alpha: 1 }) as never, diabetes],
  poissonSample: [models.poissonRegressor({ alpha: 0.1 }) as never, diabetes],
};

/** Weights count what a standard deviation of their column moves, in units of the largest of them. */
const held = (
  name: string,
  got: readonly BaseArray[],
  x: readonly (readonly number[])[],
  tolerance: number,
) => {
  const want = wanted[name]!;
  const units = spreads(x);
  const size = Math.max(1, ...want.coef!.map((w, j) => Math.abs(w) * units[j]!));
  near(
    got[0]!,
    want.coef!,
    tolerance * size,
    `${name}, weights`,
    units.map((u) => 1 / u),
  );
  near(got[1]!, want.intercept!, 100 * tolerance * size, `${name}, intercept`);
};

const trial =
  (model: LinearModel<never>) =>
  (a: BaseArray, b: BaseArray, w?: BaseArray): BaseArray[] => {
    const { coef, intercept } = model.coefficients(model.fit([a], b, w));
    return [coef, intercept];
  };

test('weights of rows are those of scikit-learn', () => {
  for (const [name, [model, { x, y }]] of Object.entries(LINEAR)) {
    const program = trial(model) as never;
    held(name, run(program, [x, y, weightsOf(y.length)]).results, x, 1e-6);
    if (name === 'ridgeSample' || name === 'logisticSample')
      held(name, run(program, [x, y, weightsOf(y.length)], FM128).results, x, 1e-4);
  }
});

test('without an intercept, and with both penalties', () => {
  const [x, y] = [even(whole.x), even(whole.y)];
  const origin = trial(models.logisticRegression({ fitIntercept: false }) as never) as never;
  held('logisticOrigin', run(origin, [x, y]).results, x, 1e-5);
  const elastic = models.logisticRegression({ penalty: 'elasticnet', l1Ratio: 0.4, C: 0.1, maxIter: 12 });
  held('logisticElastic', run(trial(elastic as never) as never, [x, y]).results, x, 1e-4);
});

test('priors, smoothing and weights of naive Bayes', () => {
  const { fit, predictProba } = models.gaussianNB({
    nClasses: 3,
    priors: [0.2, 0.3, 0.5],
    varSmoothing: 1e-3,
  });
  const asked = wine.x.filter((_, i) => i % 9 === 0);
  const program = (x: BaseArray, y: BaseArray, w: BaseArray, a: BaseArray) =>
    predictProba(fit([x], y, w), [a]);
  for (const way of [undefined, FM128])
    near(
      run(program, [wine.x, wine.y, weightsOf(wine.y.length), asked], way).results[0]!,
      wanted.bayes!.proba!,
      way ? 1e-4 : 1e-6,
      'probabilities',
    );
});

const units = spreads(wine.x);
const means = wine.x[0]!.map((_, j) => wine.x.reduce((sum, row) => sum + row[j]!, 0) / wine.x.length);
const z = wine.x.map((row) => row.map((v, j) => (v - means[j]!) / units[j]!));

test('neighbours count by their distance, and those at distance 0 alone', () => {
  const known = z.filter((_, i) => i % 3 === 1);
  const of = <T>(rows: readonly T[]): T[] => rows.filter((_, i) => i % 3 === 1);
  const asked = [z[1]!, ...z.filter((_, i) => i % 9 === 0)];
  const labels = of(wine.y).map((v) => Number(v === 1));
  const values = of(wine.x).map((row) => row[12]!);
  const classifier = models.kNeighborsClassifier({ weights: 'distance' });
  const regressor = models.kNeighborsRegressor({ nNeighbors: 4, weights: 'distance' });
  const program = (x: BaseArray, y: BaseArray, v: BaseArray, a: BaseArray) => [
    classifier.predictProba(classifier.fit([x], y), [a]),
    regressor.predict(regressor.fit([x], v), [a]),
  ];
  for (const way of [undefined, FM128]) {
    const few = way ? 6 : asked.length;
    const { results } = run(program, [known, labels, values, asked.slice(0, few)], way);
    near(results[0]!, wanted.neighbours!.proba!.slice(0, few), way ? 1e-4 : 1e-9, 'shares');
    const [spread] = spreads(values.map((v) => [v]));
    near(
      results[1]!,
      wanted.neighbourNumbers!.predicted!.slice(0, few),
      (way ? 1e-4 : 1e-9) * spread!,
      'numbers',
    );
  }
});

test('k-means from given centres is that of scikit-learn; of several starts the best is kept', () => {
  const init = [z[0]!, z[80]!, z[160]!];
  const { fit, score } = models.kMeans({ nClusters: 3, init, maxIter: 6 });
  for (const way of [undefined, FM128]) {
    const { results } = run((x: BaseArray) => fit([x]).centers, [z], way);
    near(results[0]!, wanted.kMeansInit!.centers!, way ? 1e-4 : 1e-9, 'centres');
  }
  const [x] = arrays(z);
  near(score(fit([x!]), [x!]), -wanted.kMeansInit!.inertia!, 1e-6, 'inertia');
  const begun = (nInit: number, randomState: number): number => {
    const model = models.kMeans({ nClusters: 5, maxIter: 3, nInit, randomState });
    return Number((model.score(model.fit([x!]), [x!]) as NDArray).item());
  };
  assert.is(begun(4, 1), Math.max(...[1, 2, 3, 4].map((seed) => begun(1, seed))));
  const several = models.kMeans({ nClusters: 2, maxIter: 2, nInit: 2 });
  const program = (a: BaseArray) => several.fit([a]).centers;
  near(
    run(program, [z.slice(0, 40)], FM128).results[0]!,
    numbers(program(arrays(z.slice(0, 40))[0]!)),
    1e-4,
    'centres',
  );
});

test('whitened components', () => {
  const { fit, transform, inverseTransform } = models.pca({ nComponents: 3, whiten: true });
  const [x, five] = arrays(z, z.slice(0, 5));
  const state = fit([x!]);
  near(transform(state, [five!]), wanted.pcaWhite!.projected!, 1e-6, 'projected');
  const plain = models.pca({ nComponents: 3 });
  near(
    inverseTransform(state, [transform(state, [five!])]),
    numbers(plain.inverseTransform(state, [plain.transform(state, [five!])])),
    1e-9,
    'back',
  );
});

const binned = (x: readonly (readonly number[])[], maxBins = 16): NDArray => {
  const { fit, transform } = models.binning({ maxBins });
  return transform(fit(x), x);
};

test('boosted trees with weights and importances are those of XGBoost', () => {
  const [y, w] = arrays(ey, weightsOf(ey.length));
  const bins = binned(ex);
  const classifier = models.gradientBoostingClassifier({
    nEstimators: 5,
    maxDepth: 3,
  });
  const state = classifier.fit([bins], y!, w!);
  near(classifier.predictProba(state, [bins]), wanted.boosted!.predicted!, 1e-5, 'probabilities');
  near(classifier.featureImportances(state), wanted.boosted!.importances!, 1e-5, 'importances');
  // Balanced labels are weights.
  const share = ey.reduce((a, b) => a + b) / ey.length;
  const [each] = arrays(ey.map((v, i) => ((1 + (i % 3)) * 0.5) / (v === 1 ? share : 1 - share)));
  const two = models.gradientBoostingClassifier({ nEstimators: 2, maxDepth: 3 });
  const balanced = models.gradientBoostingClassifier({
    nEstimators: 2,
    maxDepth: 3,
    classWeight: 'balanced',
  });
  near(
    balanced.predictProba(balanced.fit([bins], y!, w!), [bins]),
    numbers(two.predictProba(two.fit([bins], y!, each!), [bins])),
    1e-6,
    'balanced',
  );
  const [dy, dw] = arrays(even(diabetes.y), weightsOf(even(diabetes.y).length));
  const dx = binned(even(diabetes.x));
  const regressor = models.gradientBoostingRegressor({ nEstimators: 5, maxDepth: 3 });
  const fitted = regressor.fit([dx], dy!, dw!);
  near(regressor.predict(fitted, [dx]), wanted.boostedNumbers!.predicted!, 1e-3, 'predictions');
  near(regressor.featureImportances(fitted), wanted.boostedNumbers!.importances!, 1e-5, 'importances');
});

test('a forest of one tree with all rows and columns is that of scikit-learn', () => {
  const alone = { nEstimators: 1, bootstrap: false, maxFeatures: 1, maxDepth: 3 };
  const classifier = models.randomForestClassifier({
    ...alone,
    classWeight: 'balanced',
    minSamplesSplit: 60,
  });
  const [y, dy] = arrays(ey, even(diabetes.y));
  const bins = binned(ex);
  const state = classifier.fit([bins], y!);
  near(classifier.featureImportances(state), wanted.forest!.importances!, 1e-6, 'importances');
  near(classifier.predictProba(state, [bins]), wanted.forest!.predicted!, 1e-6, 'probabilities');
  const regressor = models.randomForestRegressor({ ...alone, minSamplesLeaf: 20 });
  const dx = binned(even(diabetes.x));
  const fitted = regressor.fit([dx], dy!);
  near(regressor.featureImportances(fitted), wanted.forestNumbers!.importances!, 1e-6, 'importances');
  near(regressor.predict(fitted, [dx]), wanted.forestNumbers!.predicted!, 1e-6, 'predictions');
});

test('a tree of drawn rows and columns is one of these rows and columns', () => {
  const small = { maxDepth: 2, minChildWeight: 0, nEstimators: 1 };
  const bins = binned(ex, 8);
  const [y] = arrays(ey);
  const [rows, columns] = [ey.length, ex[0]!.length];
  const drawn = models.gradientBoostingClassifier({ ...small, subsample: 0.5, randomState: 7 });
  const mask = NDArray.from(Array.from(picked(7, 0, 1, rows, Math.round(rows / 2))));
  const plain = models.gradientBoostingClassifier(small);
  assert.equal(
    numbers(drawn.predictProba(drawn.fit([bins], y!), [bins])),
    numbers(plain.predictProba(plain.fit([bins], y!, mask), [bins])),
  );
  const some = models.gradientBoostingClassifier({
    ...small,
    colsampleBytree: 0.3,
    maxBins: 8,
    randomState: 3,
  });
  const kept = Array.from(picked(3, 1, 1, columns, 3)).flatMap((on, j) => (on === 1 ? [j] : []));
  const part = binned(
    ex.map((row) => kept.map((j) => row[j]!)),
    8,
  );
  assert.equal(
    numbers(some.predictProba(some.fit([bins], y!), [bins])),
    numbers(plain.predictProba(plain.fit([part], y!), [part])),
  );
});

const few = ex.slice(0, 80).map((row) => row.slice(0, 3));
const fewLabels = ey.slice(0, 80);
const WAYS: readonly (Way | undefined)[] = [undefined, FM128];

test('losses on the way, on secrets as in the clear', () => {
  const bins = binned(few, 4);
  const boosted = models.gradientBoostingClassifier({
    ...{ nEstimators: 3, maxDepth: 2, maxBins: 4, minChildWeight: 0 },
    ...{ subsample: 0.8, colsampleBytree: 0.7, lossCurve: true },
  });
  const newton = models.logisticRegression({ maxIter: 4, lossCurve: true });
  const network = models.mlpClassifier({ maxIter: 2, alpha: 0, lossCurve: true });
  const program = (b: BaseArray, x: BaseArray, y: BaseArray) => {
    const [trees, line, net] = [boosted.fit([b], y), newton.fit([x], y), network.fit([x], y)];
    return [
      ...[trees.losses, line.losses, net.losses],
      ...[boosted.predictProba(trees, [b]), newton.predictProba(line, [x]), network.predictProba(net, [x])],
      boosted.featureImportances(trees),
    ];
  };
  const [want, got] = WAYS.map((way) => run(program as never, [bins, few, fewLabels], way).results);
  for (const [i, part] of want!.entries()) near(got![i]!, numbers(part), 1e-3, `result ${i}`);
  for (const i of [0, 1, 2]) {
    // The last is that of the model.
    const last = numbers(want![i]!).at(-1)!;
    near(logLoss(fewLabels, want![i + 3]!), last, 1e-6, `model ${i}`);
    assert.ok(last < numbers(want![i]!)[0]!, `model ${i}`);
  }
});

test('a training that does not get better stops', () => {
  const bins = binned(few, 4);
  const noise = fewLabels.map((_, i) => (i * 7) % 2);
  const stopping = { nIterNoChange: 2, lossCurve: true };
  const boosted = models.gradientBoostingClassifier({
    ...{ nEstimators: 40, maxDepth: 1, minChildWeight: 0, maxBins: 4, ...stopping },
  });
  const network = models.mlpClassifier({ maxIter: 30, tol: 0.02, ...stopping });
  const program = (b: BaseArray, x: BaseArray, y: BaseArray) => {
    const [trees, net] = [boosted.fit([b], y), network.fit([x], y)];
    return [trees.losses, net.losses, trees.trees.leaves];
  };
  const [want, got] = WAYS.map((way) => run(program as never, [bins, few, noise], way).results);
  for (const i of [0, 1]) {
    const losses = numbers(want![i]!);
    const taken = losses.findIndex((v, k) => losses.slice(k).every((u) => u === v)) + 1;
    assert.ok(taken >= 2 && taken < losses.length, `model ${i}: ${taken} turns`);
    near(got![i]!, losses, 1e-3, `losses ${i}`);
  }
  // Leaves of trees that were not grown are 0.
  assert.is(numbers(want![2]!).at(-1), 0);
});

test('every model refuses options that it does not have, and what does not fit', () => {
  for (const make of Object.values(models))
    throws(
      () => (make as (o: object) => unknown)({ nJobs: 2 }),
      'INVALID_ARGUMENT',
      'unknown option "nJobs"',
    );
  const refused = (make: () => unknown, text: string, code = 'INVALID_ARGUMENT') =>
    throws(make, code as never, text);
  refused(() => models.ridge({ fitIntercept: 'no' as never }), 'fitIntercept is true or false');
  refused(() => models.gradientBoostingClassifier({ subsample: 2 }), 'subsample');
  refused(() => models.gradientBoostingClassifier({ classWeight: 'equal' as never }), 'classWeight');
  refused(() => models.gradientBoostingRegressor({ classWeight: null } as never), 'classWeight');
  refused(() => models.randomForestClassifier({ bootstrap: false, maxSamples: 0.5 }), 'maxSamples');
  refused(() => models.kNeighborsClassifier({ weights: 'far' as never }), 'weights');
  refused(() => models.gaussianNB({ priors: [0.5, 0.4] }), 'priors');
  refused(() => models.kMeans({ init: 'k-means++' as never }), 'init');
  refused(() => models.kMeans({ init: [['a']] as never }), 'init');
  const [x, y] = arrays(
    [
      [1, 2],
      [3, 4],
      [5, 7],
    ],
    [0, 1, 1],
  );
  refused(() => models.kMeans({ nClusters: 2, init: [[1, 2]] }).fit([x!]), '2 rows of 2 numbers', 'SHAPE');
  refused(() => models.kNeighborsRegressor().fit([x!], y!, y!), 'sampleWeight', 'UNSUPPORTED');
  refused(() => models.ridge().fit([x!], y!, y!.slice([0, 2])), 'for features of 3 rows', 'SHAPE');
  const { fit, toOnnx } = models.kNeighborsRegressor({ nNeighbors: 1, weights: 'distance' });
  refused(() => toOnnx(fit([x!], y!)), 'uniform', 'UNSUPPORTED');
  const bins = models.binning({ maxBins: 4 });
  const four = bins.transform(bins.fit([[1], [2], [3]]), [[1], [2], [3]]);
  const drawn = models.gradientBoostingClassifier({ colsampleBytree: 0.5, maxBins: 5 });
  refused(() => drawn.fit([four], y!), 'maxBins', 'SHAPE');
  const { fit: grow, featureImportances } = models.gradientBoostingClassifier({ nEstimators: 1, maxBins: 5 });
  refused(() => featureImportances(grow([four], y!)), 'maxBins', 'SHAPE');
});

test.run();
