/** @file Models over `np`, as `await sf.models()` gives them. */
export { gaussianNB } from './bayes.ts';
export { binning } from './binning.ts';
export { gradientBoostingClassifier, gradientBoostingRegressor } from './boosting.ts';
export { kMeans } from './clusters.ts';
export { pca } from './components.ts';
export { randomForestClassifier, randomForestRegressor } from './forest.ts';
export { gammaRegressor, poissonRegressor, tweedieRegressor } from './generalized.ts';
export { elasticNet, lasso } from './lasso.ts';
export { linearRegression, ridge } from './linear.ts';
export { logisticRegression } from './logistic.ts';
export { kNeighborsClassifier, kNeighborsRegressor } from './neighbours.ts';
export { mlpClassifier } from './perceptron.ts';
