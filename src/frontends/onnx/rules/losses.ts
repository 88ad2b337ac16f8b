/** @file Losses of classes by number. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { type Call, int64s, like, np, type Rules, range } from '../call.ts';

/** x[n, target, ..] of [n, classes, ..], weighed, and added up as asked. */
const chosen = (call: Call, x: BaseArray, target: BaseArray, weights: BaseArray | undefined): BaseArray => {
  const classes = x.shape[1] as number;
  const lead = np.reshape(
    int64s(range(classes)),
    range(x.ndim).map((i) => (i === 1 ? classes : 1)),
  );
  const hit = np.equal(np.expandDims(np.astype(target, 'int64'), 1), lead);
  const ignored = call.attribute('ignore_index') ? call.int('ignore_index') : undefined;
  // One weight a class; a class that is ignored weighs nothing.
  const perClass = weights
    ? np.reshape(
        weights,
        range(x.ndim).map((i) => (i === 1 ? classes : 1)),
      )
    : undefined;
  const kept =
    ignored === undefined
      ? hit
      : np.logicalAnd(hit, np.notEqual(np.expandDims(np.astype(target, 'int64'), 1), ignored));
  const weighed = perClass ? np.where(kept, perClass, 0) : like(kept, x);
  const loss = np.negative(np.sum(perClass ? np.multiply(weighed, x) : np.where(kept, x, 0), 1));
  const reduction = call.text('reduction', 'mean');
  if (reduction === 'none') return loss;
  const total = np.sum(loss);
  if (reduction === 'sum') return total;
  if (!perClass && ignored === undefined) return np.divide(total, loss.size);
  const weight = np.sum(weighed);
  return np.divide(total, weight);
};

export const losses: Rules = {
  NegativeLogLikelihoodLoss: (call) => chosen(call, call.input(0), call.input(1), call.optional(2)),
  SoftmaxCrossEntropyLoss: (call) => {
    const x = call.input(0);
    const logs = np.nn.logSoftmax(x, 1);
    return [chosen(call, logs, call.input(1), call.optional(2)), logs];
  },
};
