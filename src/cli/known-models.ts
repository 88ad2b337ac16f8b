/** @file Models as commands name them. */
import { fail } from '../errors.ts';
import * as sf from '../index.ts';
import { suggestion } from '../names.ts';
import type { Label } from './features.ts';

type Models = Awaited<ReturnType<typeof sf.models>>;
export type Features = readonly sf.BaseArray[];

/** What commands ask of a model; which of it there is depends on the model. */
export interface Fitted {
  fit(x: Features, y: sf.BaseArray): unknown;
  predict(state: unknown, x: Features): sf.BaseArray;
  predictProba?(state: unknown, x: Features): sf.BaseArray;
  featureImportances?(state: unknown): sf.BaseArray;
  coefficients?(state: unknown): { readonly coef: sf.BaseArray; readonly intercept: sf.BaseArray };
}

export interface Known {
  readonly name: keyof Models;
  readonly kind: Label['kind'];
  /** Columns come in bins. */
  readonly bins?: true;
  /** It can tell its losses on the way. */
  readonly losses?: true;
}

export const MODELS: Readonly<Record<string, Known>> = {
  logistic: { name: 'logisticRegression', kind: 'labels', losses: true },
  boosting: { name: 'gradientBoostingClassifier', kind: 'labels', bins: true, losses: true },
  forest: { name: 'randomForestClassifier', kind: 'labels', bins: true },
  mlp: { name: 'mlpClassifier', kind: 'labels', losses: true },
  linear: { name: 'linearRegression', kind: 'numbers' },
  ridge: { name: 'ridge', kind: 'numbers' },
  lasso: { name: 'lasso', kind: 'numbers' },
  'elastic-net': { name: 'elasticNet', kind: 'numbers' },
  poisson: { name: 'poissonRegressor', kind: 'numbers' },
  gamma: { name: 'gammaRegressor', kind: 'numbers' },
  'boosting-numbers': { name: 'gradientBoostingRegressor', kind: 'numbers', bins: true, losses: true },
  'forest-numbers': { name: 'randomForestRegressor', kind: 'numbers', bins: true },
};

/** Throws INVALID_ARGUMENT. */
export const knownModel = (name: string): Known =>
  MODELS[name] ?? fail('INVALID_ARGUMENT', `--model ${name}: ${suggestion(name, Object.keys(MODELS))}`);

/** A model of these options. */
export const modelOf = async (
  { name, bins }: Known,
  options: Readonly<Record<string, unknown>>,
): Promise<Fitted> => {
  const { [name]: make, binning } = await sf.models();
  if (bins && options.maxBins !== undefined) binning({ maxBins: options.maxBins as number });
  return (make as (options: object) => unknown)(options) as Fitted;
};
