/** Regressions beside scikit-learn: in the clear to its last digits, on secrets to 1e-4 of a standard deviation. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import type { Features } from '../../src/models/columns.ts';
import {
  elasticNet,
  gammaRegressor,
  lasso,
  linearRegression,
  poissonRegressor,
  ridge,
  tweedieRegressor,
} from '../../src/models/index.ts';
import type { LinearModel } from '../../src/models/model.ts';
import { throws } from '../numpy/both.ts';
import { FM128, fixtures, near, run, spreads, table, type Way } from './both.ts';

const diabetes = table('diabetes');

interface Case {
  readonly fixture: string;
  readonly trial: (x: Features, y: BaseArray) => BaseArray[];
  /** Factors of features and target. */
  readonly by?: readonly [number, number];
  /** Rounds on secrets at most. */
  readonly rounds: number;
}

/** Trains and gives weights, intercept, score and predictions. */
const trial =
  <S>({ fit, coefficients, score, predict }: LinearModel<S>): Case['trial'] =>
  (x, y) => {
    const state = fit(x, y);
    const { coef, intercept } = coefficients(state);
    return [coef, intercept, score(state, x, y), predict(state, x)];
  };

const CASES: readonly Case[] = [
  { fixture: 'linear', trial: trial(linearRegression()), rounds: 150 },
  { fixture: 'ridge', trial: trial(ridge({ alpha: 10 })), rounds: 150 },
  { fixture: 'ridgeTiny', trial: trial(ridge({ alpha: 1e-5 })), by: [1e-3, 1e3], rounds: 150 },
  { fixture: 'ridgeOrigin', trial: trial(ridge({ alpha: 10, fitIntercept: false })), rounds: 150 },
  { fixture: 'lasso', trial: trial(lasso({ alpha: 1 })), rounds: 2700 },
  { fixture: 'elastic', trial: trial(elasticNet({ alpha: 0.5, l1Ratio: 0.3 })), rounds: 2700 },
  { fixture: 'poisson', trial: trial(poissonRegressor({ alpha: 0 })), rounds: 1000 },
  { fixture: 'gamma', trial: trial(gammaRegressor({ alpha: 0.1 })), rounds: 1000 },
  { fixture: 'tweedie', trial: trial(tweedieRegressor({ power: 1.5, alpha: 0.5 })), rounds: 1000 },
  { fixture: 'gammaSalaries', trial: trial(gammaRegressor({ alpha: 0 })), by: [1, 500], rounds: 1000 },
];

const test = suite('models: regressions');

const hold = (
  { fixture, trial, by: [fx, fy] = [1, 1], rounds: most }: Case,
  way: Way | undefined,
  tolerance: number,
): void => {
  const want = fixtures[fixture]!;
  const x = diabetes.x.map((row) => row.map((v) => v * fx));
  const y = diabetes.y.map((v) => v * fy);
  const { results, rounds } = run(
    (a: BaseArray, b: BaseArray, t: BaseArray) => trial([a, b], t),
    [x.map((row) => row.slice(0, 4)), x.map((row) => row.slice(4)), y],
    way,
  );
  const what = `${fixture}, ${way ? `${way.parties} parties, ${way.field}` : 'in the clear'}`;
  const linked = want.predicted !== undefined;
  // Weights count what a standard deviation of their column moves; those of a logarithmic link have no unit of the target.
  const spread = spreads(y.map((v) => [v]))[0]!;
  near(
    results[0]!,
    want.coef!,
    tolerance * (linked ? 1 : spread),
    what,
    spreads(x).map((s) => 1 / s),
  );
  near(results[1]!, want.intercept!, 10 * tolerance * (linked ? 1 : spread), `${what}, intercept`);
  near(results[2]!, want.score!, tolerance, `${what}, score`);
  if (linked)
    near({ data: results[3]!.data.slice(0, 10) } as never, want.predicted!, tolerance, what, want.predicted);
  assert.ok(rounds <= (way?.field === 'FM64' ? 2 : 1) * most, `${what}: ${rounds} rounds`);
};

for (const c of CASES) {
  test(`${c.fixture} in the clear`, () => hold(c, undefined, 1e-7));
  test(`${c.fixture} on secrets`, () => hold(c, FM128, 1e-4));
}

test('three and five parties', () => {
  hold(CASES[1]!, { parties: 3, field: 'FM128' }, 1e-4);
  hold(CASES[1]!, { parties: 5, field: 'FM128' }, 1e-4);
});

test('at FM64 to some 1e-2', () => hold(CASES[1]!, { parties: 2, field: 'FM64' }, 2e-2));

test('constant columns weigh nothing, columns that are sums of others share their weight', () => {
  const x = diabetes.x.slice(0, 60).map((row) => [row[2]!, 1e5, row[3]!, row[2]! + row[3]!]);
  const y = x.map(([a, , b], i) => 3 * a! - 2 * b! + (i % 3));
  const [want, got] = [undefined, FM128].map(
    (way) =>
      run(
        (f: BaseArray, t: BaseArray) => {
          const { fit, predict, coefficients } = linearRegression();
          const state = fit([f], t);
          return [predict(state, [f]), coefficients(state).coef];
        },
        [x, y],
        way,
      ).results,
  );
  near(got![0]!, Array.from(want![0]!.data, Number), 1e-3, 'predictions');
  assert.is(Number(got![1]!.data[1]), 0);
});

test('what does not fit is an error before anything runs', () => {
  const { fit } = ridge();
  throws(() => ridge({ alpa: 1 } as object), 'INVALID_ARGUMENT', 'alpha');
  throws(() => ridge({ alpha: -1 }), 'INVALID_ARGUMENT', 'alpha is a number from 0 on');
  throws(() => lasso({ maxIter: 1.5 }), 'INVALID_ARGUMENT', 'maxIter is a whole number');
  throws(() => tweedieRegressor({ power: 3 }), 'INVALID_ARGUMENT', 'power');
  const rows = (n: number): BaseArray =>
    run((x: BaseArray) => x, [Array.from({ length: n }, () => [1, 2])]).results[0]!;
  throws(() => fit([rows(3), rows(4)], rows(3).at(':', 0)), 'SHAPE', 'features of 3 rows beside those of 4');
  throws(() => fit([rows(3)], rows(4).at(':', 0)), 'SHAPE', 'for features of 3 rows');
  throws(() => fit(rows(3) as never, rows(3)), 'INVALID_ARGUMENT', 'fit([x], y)');
  const state = fit([rows(3)], rows(3).at(':', 0));
  throws(() => ridge().predict(state, [rows(3).at(':', 0)]), 'SHAPE', '1 features for a model of 2');
});

test.run();
