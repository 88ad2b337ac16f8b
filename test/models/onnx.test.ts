/** Revealed models as ONNX files: read again by sf.onnx they predict what they predicted, and on secrets too. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { onnx } from '../../src/frontends/onnx-model.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import * as models from '../../src/models/index.ts';
import { fails } from '../device/helpers.ts';
import { rejection } from '../link/helpers.ts';
import { throws } from '../numpy/both.ts';
import { even, FM128, near, odd, run, table } from './both.ts';

const test = suite('models: onnx');
const [cancer, diabetes, wine] = [table('cancer'), table('diabetes'), table('wine')];
const array = (x: unknown): NDArray => NDArray.from(x as never);
const list = (x: BaseArray): number[] => Array.from((x as NDArray).data, Number);

/** What a file gives for rows. */
const asked = async (
  bytes: Uint8Array,
  x: readonly (readonly number[])[],
): Promise<Record<string, NDArray>> => {
  const model = await onnx(bytes);
  return model(model.weights, { x: array(x) }) as Record<string, NDArray>;
};

const [few, more] = [even(cancer.x).slice(0, 60), odd(cancer.x).slice(0, 40)];
const labels = array(even(cancer.y).slice(0, 60));

test('regressions', async () => {
  const [x, y, ask] = [array(even(diabetes.x)), array(even(diabetes.y)), odd(diabetes.x)];
  const all = {
    linear: models.linearRegression(),
    plain: models.linearRegression({ fitIntercept: false }),
    ridge: models.ridge({ alpha: 3 }),
    lasso: models.lasso({ alpha: 0.5 }),
    poisson: models.poissonRegressor(),
    tweedie: models.tweedieRegressor({ power: 1.5 }),
  };
  for (const [name, model] of Object.entries(all)) {
    const state = model.fit([x], y) as never;
    const { prediction } = await asked(model.toOnnx(state), ask);
    assert.equal(prediction!.shape, [ask.length]);
    near(prediction!, list(model.predict(state, [array(ask)])), 1e-7 * 300, name);
  }
});

test('classifiers: label, and probabilities of all labels', async () => {
  const all = {
    logistic: models.logisticRegression(),
    network: models.mlpClassifier({ hiddenLayerSizes: [5, 3], maxIter: 2 }),
    neighbours: models.kNeighborsClassifier({ nNeighbors: 4 }),
    bayes: models.gaussianNB(),
  };
  for (const [name, model] of Object.entries(all)) {
    const state = model.fit([array(few)], labels) as never;
    const { label, probabilities } = await asked(model.toOnnx(state), more);
    const p = model.predictProba(state, [array(more)]);
    const want = p.ndim === 2 ? list(p) : list(p).flatMap((v) => [1 - v, v]);
    assert.equal(probabilities!.shape, [more.length, 2]);
    near(probabilities!, want, 1e-9, name);
    assert.equal(list(label!), list(model.predict(state, [array(more)])), name);
    assert.ok(new Set(list(label!)).size === 2, `${name} says both labels`);
  }
  const { fit, predict, toOnnx } = models.gaussianNB({ nClasses: 3 });
  const state = fit([array(even(wine.x))], array(even(wine.y)));
  const { label, probabilities } = await asked(toOnnx(state), odd(wine.x));
  assert.equal(probabilities!.shape[1], 3);
  assert.equal(list(label!), list(predict(state, [array(odd(wine.x))])));
});

test('clusters and components', async () => {
  const clusters = models.kMeans({ nClusters: 3, maxIter: 5 });
  const state = clusters.fit([array(even(wine.x))]);
  const { label } = await asked(clusters.toOnnx(state), odd(wine.x));
  assert.equal(list(label!), list(clusters.predict(state, [array(odd(wine.x))])));
  const low = models.pca({ nComponents: 3 });
  const parts = low.fit([array(even(wine.x))]);
  const { components } = await asked(low.toOnnx(parts), odd(wine.x));
  assert.equal(components!.shape, [odd(wine.x).length, 3]);
  near(components!, list(low.transform(parts, [array(odd(wine.x))])), 1e-9, 'components');
});

test('trees ask of the columns themselves, at thresholds too', async () => {
  const [a, b] = [models.binning({ maxBins: 8 }), models.binning({ maxBins: 5 })];
  const side = (rows: readonly (readonly number[])[], from: number, to: number): number[][] =>
    rows.map((row) => row.slice(from, to));
  const cuts = [a.fit(side(few, 0, 4)), b.fit(side(few, 4, 6))] as const;
  // Rows that were trained with lie on thresholds; one column has a value that never differs.
  const rows = [...few, ...more].map((row) => row.slice(0, 6));
  const binned = (x: readonly (readonly number[])[]): NDArray[] => [
    a.transform(cuts[0], side(x, 0, 4)),
    b.transform(cuts[1], side(x, 4, 6)),
  ];
  const thresholds = [...cuts[0], ...cuts[1]];
  const numbers = array(few.map((row) => row[7]! * 1e4 + 3));
  const boosted = models.gradientBoostingClassifier({ nEstimators: 4, maxDepth: 3 });
  const boostedState = boosted.fit(binned(few), labels);
  const { label, probabilities } = await asked(boosted.toOnnx(boostedState, thresholds), rows);
  const p = list(boosted.predictProba(boostedState, binned(rows)));
  near(
    probabilities!,
    p.flatMap((v) => [1 - v, v]),
    1e-9,
    'boosted',
  );
  assert.equal(list(label!), list(boosted.predict(boostedState, binned(rows))));

  const sums = models.gradientBoostingRegressor({ nEstimators: 3, maxDepth: 2 });
  const state = sums.fit(binned(few), numbers);
  const { prediction } = await asked(sums.toOnnx(state, thresholds), rows);
  near(prediction!, list(sums.predict(state, binned(rows))), 1e-6, 'numbers');

  const bins = models.binning({ maxBins: 8 });
  const own = bins.fit(rows.slice(0, 60));
  const [train, all] = [bins.transform(own, rows.slice(0, 60)), bins.transform(own, rows)];
  const forest = models.randomForestClassifier({ nEstimators: 5, maxDepth: 3, maxBins: 8 });
  const trees = forest.fit([train], labels);
  const found = await asked(forest.toOnnx(trees, own), rows);
  near(
    found.probabilities!,
    list(forest.predictProba(trees, [all])).flatMap((v) => [1 - v, v]),
    1e-9,
    'forest',
  );
  const means = models.randomForestRegressor({ nEstimators: 5, maxDepth: 3, maxBins: 8 });
  const grown = means.fit([train], numbers);
  near(
    (await asked(means.toOnnx(grown, own), rows)).prediction!,
    list(means.predict(grown, [all])),
    1e-6,
    'means',
  );

  throws(
    () => boosted.toOnnx(boostedState, own.slice(1)),
    'SHAPE',
    'thresholds of 5 columns for trees of 36',
  );
  throws(() => boosted.toOnnx(boostedState, undefined as never), 'INVALID_ARGUMENT', 'binning.fit');
  throws(() => boosted.toOnnx(boostedState, [['a']] as never), 'INVALID_ARGUMENT', 'column 0');
});

test('at the one party that it is revealed to; a secret state is no file', async () => {
  const parties = ['alice', 'bob'];
  const s = await sf.session(parties, { loggingLevel: 'error' });
  try {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const spu = s.SPU(sf.utils.testing.clusterDef(parties));
    const { ridge } = await sf.models();
    const model = ridge();
    const state = spu(model.fit)([s.to(alice, [1, 2, 3])], s.to(bob, [2, 4, 7]));
    await fails(() => model.toOnnx(state as never), 'INVALID_ARGUMENT', 'a handle stands for a value');
    const asSecret = await rejection(s.wait(spu(model.toOnnx as never)(state as never)));
    assert.match(String(asSecret), 'reveal the state first');
    const file = alice((own: never) => model.toOnnx(own))(state.to(alice) as never);
    const bytes = await s.reveal(file);
    const { prediction } = await asked(bytes as never, [[2], [5]]);
    const want = (await s.reveal(spu(model.predict)(state, [s.to(alice, [2, 5])]))) as NDArray;
    near(prediction!, list(want), 1e-5, 'prediction');
  } finally {
    await s.shutdown();
  }
});

test('and its weights may be secrets again', async () => {
  const model = models.logisticRegression();
  const state = model.fit([array(few)], labels);
  const read = await onnx(model.toOnnx(state));
  const names = Object.keys(read.weights);
  assert.equal(names.sort(), ['intercept', 'middle', 'unit', 'weights']);
  const { results } = run(
    (x: BaseArray, ...w: BaseArray[]) =>
      read(Object.fromEntries(names.map((name, i) => [name, w[i]])), { x }).probabilities,
    [more, ...names.map((name) => read.weights[name]!)],
    FM128,
  );
  const p = list(model.predictProba(state, [array(more)]));
  near(
    results[0]!,
    p.flatMap((v) => [1 - v, v]),
    1e-4,
    'on secrets',
  );
});

test.run();
