/**
 * @file Quadratic problems with an L1 penalty: min w^T A w / 2 - b^T w + sum limit |w|, by the alternating direction method of
 * multipliers (Boyd et al. 2011): one inverse, and then a product and two comparisons a turn.
 */

import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { inverse } from './definite.ts';

export interface Shrinking {
  readonly a: BaseArray;
  readonly b: BaseArray;
  readonly limit: BaseArray;
  readonly turns: number;
  readonly start?: Shrunk | undefined;
}

export interface Shrunk {
  readonly weights: BaseArray;
  /** Forces that hold them where they are. */
  readonly forces: BaseArray;
}

/** How strongly the two halves are held together, as a share of the mean eigenvalue of A. */
const HOLD = 0.1;
/** Over-relaxation. */
const AHEAD = 1.6;

/** Toward 0 by `limit`. */
const toward = (x: BaseArray, limit: BaseArray): BaseArray =>
  np.subtract(x, np.minimum(np.maximum(x, np.negative(limit)), limit));

export const shrunk = ({ a, b, limit, turns, start }: Shrinking): Shrunk => {
  const k = a.shape[0]!;
  const hold = np.multiply(np.trace(a), HOLD / k);
  const inv = inverse(np.add(a, np.multiply(np.eye(k), hold)));
  const most = np.divide(limit, hold);
  const { z, u } = np.fori(
    0,
    turns,
    (_, { z, u }) => {
      const w = np.matmul(inv, np.add(b, np.multiply(np.subtract(z, u), hold)));
      const ahead = np.add(np.multiply(w, AHEAD), np.multiply(z, 1 - AHEAD));
      const next = toward(np.add(ahead, u), most);
      return { z: next, u: np.subtract(np.add(u, ahead), next) };
    },
    { z: start?.weights ?? np.zeros([k]), u: start ? np.divide(start.forces, hold) : np.zeros([k]) },
  );
  return { weights: z, forces: np.multiply(u, hold) };
};
