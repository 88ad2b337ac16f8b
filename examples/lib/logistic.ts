/**
 * @file Logistic regression by mini-batch gradient descent: p = sigmoid(X w), and after each batch
 * w <- w - rate / size * X^T (p - y). Written with `np`, so that it runs on secrets and on plain arrays alike.
 */
import { type BaseArray, np } from 'tessera-mpc';

export interface Schedule {
  readonly batches: number;
  readonly size: number;
  readonly rate: number;
}

/** The parties' features side by side, and a column of ones for the bias. */
const design = (parts: readonly BaseArray[]): BaseArray =>
  np.concatenate([...parts, np.ones([parts[0]!.shape[0]!, 1])], 1);

/** One pass over the rows, in their order: w before -> w after. */
export const epoch =
  ({ batches, size, rate }: Schedule) =>
  (parts: readonly BaseArray[], y: BaseArray, w: BaseArray): BaseArray => {
    const x = design(parts);
    return np.fori(
      0,
      batches,
      (k, w) => {
        const first = np.multiply(k, size);
        const xk = np.dynamicSlice(x, [first, 0], [size, x.shape[1]!]);
        const yk = np.dynamicSlice(y, [first], [size]);
        const error = np.subtract(np.sigmoid(np.matmul(xk, w)), yk);
        return np.subtract(w, np.multiply(np.matmul(xk.T, error), rate / size));
      },
      w,
    );
  };

/** Probabilities of the rows. */
export const predict = (parts: readonly BaseArray[], w: BaseArray): BaseArray =>
  np.sigmoid(np.matmul(design(parts), w));

/** Mean cross-entropy; probabilities are kept 2^-13 away from 0 and 1. */
export const loss = (parts: readonly BaseArray[], y: BaseArray, w: BaseArray): BaseArray => {
  const p = np.clip(predict(parts, w), 2 ** -13, 1 - 2 ** -13);
  const right = np.where(np.greater(y, 0.5), p, np.subtract(1, p));
  return np.negative(np.mean(np.log(right)));
};
