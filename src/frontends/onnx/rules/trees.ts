/** @file Ensembles of trees, in the form of onnx/tree-ensembles.ts: two products, comparisons, a product, equality with 0, a product. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { type Call, isPublic, np, type Rule, type Rules } from '../call.ts';
import { bothSides, ended, labelAt, labelIf, labelsOf } from './classes.ts';

const part = (call: Call, name: string): BaseArray =>
  call.learned(name) ?? call.malformed(`its attribute ${name} is missing: its lists do not make trees`);

/** Kinds of questions, in the order in which a tree has them. */
const ASKS: readonly ((x: BaseArray, t: BaseArray) => BaseArray)[] = [np.lessEqual, np.less, np.equal];

/** Which leaf of each tree is reached, [trees, n, leaves], as 0 and 1. */
const reached = (call: Call): BaseArray => {
  const given = np.astype(call.input(0), 'float64');
  const x = given.ndim === 1 ? np.reshape(given, [1, -1]) : given;
  if (isPublic(x) && (x.data as Float64Array).some(Number.isNaN))
    return call.unsupported(
      'its rows have missing values (NaN), of which secrets have none: fill them first',
    );
  const rows = x.shape[0] as number;
  const [thresholds, paths, depths] = [part(call, 'thresholds'), part(call, 'paths'), part(call, 'depths')];
  const [trees, questions] = thresholds.shape as [number, number];
  const features = part(call, 'features');
  const counts = call.ints('counts') ?? [questions, 0, 0];
  const width = features.ndim === 2 ? (features.shape[1] as number) : 0;
  if ((x.shape[1] as number) < width) return call.malformed(`it looks at ${width} numbers of ${x.shape[1]}`);
  // A whole factor keeps every bit, so that numbers which are equal to a threshold stay equal.
  const seen =
    features.ndim === 2
      ? np.matmul(
          width < (x.shape[1] as number) ? np.slice(x, ':', [0, width]) : x,
          np.transpose(features, [1, 0]),
        )
      : np.take(x, features, 1);
  const cube = np.reshape(seen, [rows, trees, questions]);
  const starts = counts.map((_, k) => counts.slice(0, k).reduce((a, b) => a + b, 0));
  const answers = counts.flatMap((count, k) => {
    if (count === 0) return [];
    const span: [number, number] = [starts[k] as number, (starts[k] as number) + count];
    const ask = ASKS[k] as (x: BaseArray, t: BaseArray) => BaseArray;
    return [ask(np.slice(cube, ':', ':', span), np.slice(thresholds, ':', span))];
  });
  const yes = np.transpose(
    np.astype(answers.length === 1 ? (answers[0] as BaseArray) : np.concatenate(answers, 2), 'int32'),
    [1, 0, 2],
  );
  const wrong = np.add(
    np.matmul(yes, np.astype(paths, 'int32')),
    np.expandDims(np.astype(depths, 'int32'), 1),
  );
  return np.equal(wrong, 0);
};

/** What the leaves that are reached add up to, [n, targets]. */
const total = (call: Call, aggregate: string): BaseArray => {
  const hit = reached(call);
  const [trees, rows, leaves] = hit.shape as [number, number, number];
  const values = part(call, 'leaves');
  const targets = values.shape[1] as number;
  if (aggregate === 'SUM' || aggregate === 'AVERAGE') {
    const flat = np.reshape(np.transpose(hit, [1, 0, 2]), [rows, trees * leaves]);
    const sum = np.matmul(np.astype(flat, 'int32'), values);
    return aggregate === 'SUM' ? sum : np.divide(sum, trees);
  }
  const each = np.matmul(np.astype(hit, 'int32'), np.reshape(values, [trees, leaves, targets]));
  if (aggregate !== 'MIN' && aggregate !== 'MAX') return call.malformed(`an aggregate ${aggregate}`);
  return aggregate === 'MIN' ? np.min(each, 0) : np.max(each, 0);
};

const based = (call: Call, scores: BaseArray): BaseArray => {
  const base = call.learned('base_values');
  return base && base.size > 0 ? np.add(scores, base) : scores;
};

const regressor: Rule = (call) =>
  ended(call, based(call, total(call, call.text('aggregate_function', 'SUM'))));

/** Two classes told apart by one column of scores, as onnxruntime has it. */
const binary = (call: Call, score: BaseArray, labels: readonly number[]): [BaseArray, BaseArray] => {
  const base = call.learned('base_values');
  const both = base?.size === 2;
  const s = !base || base.size === 0 ? score : np.add(score, np.slice(base, both ? [1, 2] : [0, 1]));
  const column = np.reshape(s, [-1]);
  const isPositive = call.flag('positive');
  const label = labelIf(np.greater(column, isPositive ? 0.5 : 0), labels);
  const kind = call.text('post_transform', 'NONE');
  if (both) return [label, ended(call, bothSides(s), kind)];
  if (isPositive) return [label, np.concatenate([np.subtract(1, s), s], 1)];
  return [label, kind === 'LOGISTIC' ? np.sigmoid(bothSides(s)) : bothSides(s)];
};

const classifier: Rule = (call) => {
  const labels = labelsOf(call);
  const scores = total(call, 'SUM');
  const scored = call.ints('scored') ?? [];
  if (labels.length === 2 && scored.length === 1) {
    const at = scored[0] as number;
    return binary(call, np.slice(scores, ':', [at, at + 1]), labels);
  }
  const all = based(call, scores);
  return [labelAt(labels, np.argmax(all, 1)), ended(call, all)];
};

const NUMBERED_AGGREGATES = ['AVERAGE', 'SUM', 'MIN', 'MAX'];
const NUMBERED_ENDS = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'];

const ensemble: Rule = (call) => {
  const aggregate = NUMBERED_AGGREGATES[call.int('aggregate_function', 1)] ?? 'SUM';
  return ended(call, total(call, aggregate), NUMBERED_ENDS[call.int('post_transform', 0)]);
};

export const trees: Rules = {
  'ai.onnx.ml.TreeEnsemble': ensemble,
  'ai.onnx.ml.TreeEnsembleClassifier': classifier,
  'ai.onnx.ml.TreeEnsembleRegressor': regressor,
};
