/** @file Householder's reflections in LAPACK's form (geqrf, orgqr): R above, the vectors below the diagonal, and a factor for each. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { np, range } from './rule.ts';

const column = (x: BaseArray, n: number): BaseArray => np.reshape(x, [n, 1]);
const row = (x: BaseArray, n: number): BaseArray => np.reshape(x, [1, n]);

/**
 * [what is left of a, factors]. I - t v v' takes each column to its first element, whose sign becomes the opposite; a column that has nothing
 * below stays as it is (t = 0).
 */
export const reflected = (a: BaseArray): [BaseArray, BaseArray] => {
  const [m, n] = a.shape as [number, number];
  let rest = a;
  const factors: BaseArray[] = [];
  /** Finished rows and columns around what is left: [row, column below its first element]. */
  const done: { readonly first: BaseArray; readonly right: BaseArray; readonly below: BaseArray }[] = [];
  for (const k of range(Math.min(m, n))) {
    const [rows, columns] = [m - k, n - k];
    const [first, right] = [np.slice(rest, 0, 0), np.slice(rest, 0, [1, columns])];
    if (rows === 1) {
      factors.push(np.asarray(0));
      done.push({ first, right, below: np.zeros([0]) });
      break;
    }
    const below = np.slice(rest, [1, rows], 0);
    const isDone = np.equal(np.max(np.abs(below)), 0);
    const size = np.linalg.norm(np.slice(rest, ':', 0));
    const head = np.where(isDone, first, np.where(np.less(first, 0), size, np.negative(size)));
    const change = np.subtract(head, first);
    const factor = np.divide(change, np.where(isDone, 1, head));
    const vector = np.divide(below, np.where(isDone, 1, np.negative(change)));
    const others = np.slice(rest, [1, rows], [1, columns]);
    const share = np.multiply(
      factor,
      np.add(right, np.reshape(np.matmul(row(vector, rows - 1), others), [columns - 1])),
    );
    factors.push(factor);
    done.push({ first: head, right: np.subtract(right, share), below: vector });
    rest = np.subtract(others, np.outer(vector, share));
  }
  let packed: BaseArray = np.zeros(m > n ? [m - n, 0] : [0, n - m]);
  for (const { first, right, below } of done.reverse()) {
    const top = np.concatenate([np.reshape(first, [1]), right], 0);
    const bottom = np.concatenate([column(below, below.shape[0] as number), packed], 1);
    packed = np.concatenate([row(top, top.shape[0] as number), bottom], 0);
  }
  return [packed, np.stack(factors)];
};

/** The first columns of the product of reflections, as many as there are vectors' columns in `packed`. */
export const orthogonal = (packed: BaseArray, factors: BaseArray): BaseArray => {
  const [m, n] = packed.shape as [number, number];
  let q: BaseArray = np.eye(m, n);
  for (const k of range(factors.shape[0] as number).reverse()) {
    // Above row k and before column k, nothing has changed yet.
    const vector = np.concatenate([np.ones([1]), np.slice(packed, [k + 1, m], k)], 0);
    const part = np.slice(q, [k, m], [k, n]);
    const share = np.multiply(np.slice(factors, k), np.matmul(row(vector, m - k), part));
    const moved = np.subtract(part, np.matmul(column(vector, m - k), share));
    q = np.concatenate([np.slice(q, [0, k]), np.concatenate([np.slice(q, [k, m], [0, k]), moved], 1)], 0);
  }
  return q;
};
