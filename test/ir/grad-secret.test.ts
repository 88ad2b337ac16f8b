/** @file Gradients of secrets agree with gradients in the clear. */
import { test } from 'uvu';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import * as np from '../../src/numpy/index.ts';
import { secretly } from '../numpy/secretly.ts';

const X = [
  [0.5, -1.25, 2],
  [1.75, 0.375, -0.625],
];

test('smooth, choosing, reducing and moving', () => {
  const loss = (x: BaseArray): BaseArray =>
    np
      .sum(np.tanh(np.matmul(x, x.T)))
      .add(np.sum(np.max(x.abs(), 1)))
      .add(np.sum(np.maximum(x.slice(':', '::2'), 0).square()));
  secretly((x) => np.grad(loss)(x), [X]);
});

test('quotients, roots and logarithms', () => {
  const loss = (x: BaseArray): BaseArray =>
    np
      .sum(np.divide(x.at(0), x.at(1)))
      .add(np.sum(np.sqrt(x)))
      .add(np.sum(x.log()));
  secretly((x) => np.grad(loss)(x), [np.abs(X)], { FM64: 2 ** -8 });
});

test('a loop whose carry and captured value are secret', () => {
  const loss = (x: BaseArray): BaseArray =>
    np.sum(np.fori(0, 4, (i, c) => np.where(c.less(1), c.mul(x).add(i), c), x));
  secretly((x) => np.valueAndGrad(loss)(x), [X]);
});

test('logistic regression by the loss alone', () => {
  const labels = [1, 0];
  const train = (x: BaseArray, y: BaseArray): BaseArray => {
    const loss = (w: BaseArray): BaseArray => np.mean(np.sigmoid(np.matmul(x, w)).sub(y).square());
    return np.fori(0, 3, (_i, w) => w.sub(np.grad(loss)(w)), np.zeros([3]));
  };
  secretly(train, [X, labels]);
});

test.run();
