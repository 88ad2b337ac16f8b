/** Trees beside XGBoost and scikit-learn; on secrets as in the clear. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import {
  binning,
  gradientBoostingClassifier,
  gradientBoostingRegressor,
  randomForestClassifier,
  randomForestRegressor,
} from '../../src/models/index.ts';
import { auc } from '../../src/models/metrics.ts';
import { throws } from '../numpy/both.ts';
import { even, FM128, fixtures, near, odd, run, table, type Way } from './both.ts';

const test = suite('models: trees');
const cancer = table('cancer');
const diabetes = table('diabetes');

/** Train and test in bins, whose thresholds are those of the training rows. */
const binned = (x: readonly (readonly number[])[], maxBins: number): NDArray[] => {
  const { fit, transform } = binning({ maxBins });
  const thresholds = fit(even(x));
  return [transform(thresholds, even(x)), transform(thresholds, odd(x))];
};

test('boosted trees are those that XGBoost grows from columns in the same bins', () => {
  const [train] = binned(cancer.x, 16);
  const model = gradientBoostingClassifier({ maxDepth: 3 });
  const p = model.predictProba(model.fit([train!], NDArray.from(even(cancer.y))), [train!]);
  near(p, fixtures.boosted!.predicted!, 1e-5, 'probabilities');
  near(auc(even(cancer.y), p), fixtures.boosted!.auc!, 1e-3, 'AUC');
});

test('and so of numbers', () => {
  const [train] = binned(diabetes.x, 16);
  const model = gradientBoostingRegressor({ maxDepth: 3 });
  const state = model.fit([train!], NDArray.from(even(diabetes.y)));
  near(model.predict(state, [train!]), fixtures.boostedNumbers!.predicted!, 1e-3, 'predictions');
});

test('a forest separates as well as those of scikit-learn', () => {
  const [train, asked] = binned(cancer.x, 16);
  const model = randomForestClassifier({ nEstimators: 20 });
  const p = model.predictProba(model.fit([train!], NDArray.from(even(cancer.y))), [asked!]);
  near(auc(odd(cancer.y), p), fixtures.forest!.auc!, 1e-2, 'AUC');
});

const WAYS: readonly Way[] = [FM128, { parties: 3, field: 'FM64' }];

test('on secrets as in the clear', () => {
  const few = cancer.x.slice(0, 120).map((row) => row.slice(0, 4));
  const [train] = binned(few, 8);
  const labels = even(cancer.y.slice(0, 120));
  const numbers = even(cancer.x.slice(0, 120).map((row) => row[5]! * 1e4));
  const programs: readonly ((x: BaseArray, y: BaseArray, v: BaseArray) => BaseArray)[] = [
    (x, y) => {
      const model = gradientBoostingClassifier({ nEstimators: 3, maxDepth: 2 });
      return model.predictProba(model.fit([x], y), [x]);
    },
    (x, _, v) => {
      const model = gradientBoostingRegressor({ nEstimators: 2, maxDepth: 2 });
      return model.predict(model.fit([x], v), [x]);
    },
    (x, y) => {
      const model = randomForestClassifier({ nEstimators: 3, maxDepth: 2, maxBins: 8 });
      return model.predictProba(model.fit([x], y), [x]);
    },
  ];
  for (const [i, program] of programs.entries()) {
    const inputs = [train!, labels, numbers];
    const want = Array.from(run(program as never, inputs).results[0]!.data, Number);
    const size = Math.max(1, ...want.map(Math.abs));
    for (const way of WAYS) {
      const { results, rounds } = run(program as never, inputs, way);
      const got = Array.from(results[0]!.data, Number);
      const what = `program ${i}, ${way.parties} parties, ${way.field}`;
      // Of thresholds that are worth the same either may be chosen; numbers have none.
      if (i === 1 && way.field === 'FM128') near(results[0]!, want, 1e-5 * size, what);
      const truth = i === 1 ? numbers : labels;
      const loss = (p: readonly number[]): number => p.reduce((sum, v, k) => sum + (v - truth[k]!) ** 2, 0);
      assert.ok(
        Math.abs(loss(got) / loss(want) - 1) < 0.1,
        `${what}: a loss of ${loss(got)}, not ${loss(want)}`,
      );
      if (way.field === 'FM128') assert.ok(rounds < 900, `program ${i}: ${rounds} rounds`);
    }
  }
});

test('bins hold as many rows each as ties let them; what does not fit is an error', () => {
  const { fit, transform } = binning({ maxBins: 4 });
  assert.equal(
    fit([
      [1, 5],
      [2, 5],
      [3, 5],
      [4, 5],
      [5, 5],
      [6, 5],
      [7, 5],
      [8, 5],
    ]),
    [
      [2, 4, 6],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ],
  );
  assert.equal(fit([[1], [1], [1], [2]]), [[1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]]);
  throws(() => fit([[1], [Number.NaN]]), 'RANGE', 'row 1, column 0');
  throws(() => binning({ maxBins: 1 }), 'INVALID_ARGUMENT', 'maxBins');
  throws(() => transform([[1, 2, 3]], [[1, 2]]), 'SHAPE', '2 columns where there were 1');
  const numbers = NDArray.from([[1], [2]]);
  const labels = NDArray.from([0, 1]);
  throws(() => gradientBoostingClassifier().fit([numbers], labels), 'DTYPE', 'binning');
  throws(
    () => randomForestClassifier({ maxBins: 5 }).fit([transform([[1, 2, 3]], [[1], [2]])], labels),
    'SHAPE',
    'maxBins',
  );
  throws(() => randomForestRegressor({ maxFeatures: 2 }), 'INVALID_ARGUMENT', 'maxFeatures');
});

test.run();
