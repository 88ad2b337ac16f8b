/** @file `sf.models`, `sf.metrics` and `sf.statistics`, which are loaded when they are first asked for. */

/**
 * Models by name, each a factory that takes options as scikit-learn has them and gives functions over `np`: `fit`, `predict`, `score`. What
 * `fit` gives is the model's state, which `spu(model.fit)(x, y)` keeps secret; features are a list of matrices and columns, of one party or of several.
 * @example
 * const { ridge } = await sf.models();
 * const model = ridge({ alpha: 0.5 });
 * const [hers, his, target] = [sf.to(alice, [1, 2, 4]), sf.to(bob, [1, 0, 1]), sf.to(bob, [2, 3, 6])];
 * const state = spu(model.fit)([hers, his], target);
 * await sf.reveal(spu(model.score)(state, [hers, his], target)) // 0.9901
 */
export const models = (): Promise<typeof import('./models/index.ts')> => import('./models/index.ts');

/**
 * Metrics by name: functions over `np` of what is true and what was predicted. On secrets they give the metric alone.
 * @example
 * const { auc } = await sf.metrics();
 * const area = spu((y, p) => auc(y, p))(sf.to(alice, [0, 1, 1]), sf.to(bob, [0.2, 0.9, 0.4]));
 * await sf.reveal(area) // 1
 */
export const metrics = (): Promise<typeof import('./models/metrics.ts')> => import('./models/metrics.ts');

/**
 * Hypothesis tests by name: functions over `np` that give a statistic, and p-values of what was revealed.
 * @example
 * const { chiSquareTest, chiSquarePValue } = await sf.statistics();
 * const { statistic, df } = await sf.reveal(spu((t) => chiSquareTest(t))(sf.to(alice, [[10, 20], [20, 10]])));
 * chiSquarePValue(Number(statistic.item()), Number(df.item())) // 0.0098
 */
export const statistics = (): Promise<typeof import('./models/statistics.ts')> =>
  import('./models/statistics.ts');
