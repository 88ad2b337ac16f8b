/** @file How good predictions are: accuracy, and the curve of true against false positives with the area under it. */

/** The share of rows whose probability is on the right side of one half. */
export const accuracy = (p: ArrayLike<number>, y: ArrayLike<number>): number => {
  let right = 0;
  for (let i = 0; i < y.length; i++) if (Number(p[i]! >= 0.5) === y[i]) right++;
  return right / y.length;
};

/** Points (false positive rate, true positive rate), from (0, 0) to (1, 1); rows with equal p make one step. */
export type Roc = readonly (readonly [number, number])[];

export const roc = (p: ArrayLike<number>, y: ArrayLike<number>): Roc => {
  const order = Array.from(p, (_, i) => i).sort((a, b) => p[b]! - p[a]!);
  const positives = order.filter((i) => y[i] === 1).length;
  const negatives = order.length - positives;
  const points: [number, number][] = [[0, 0]];
  let [tp, fp] = [0, 0];
  order.forEach((i, k) => {
    if (y[i] === 1) tp++;
    else fp++;
    if (k + 1 === order.length || p[order[k + 1]!] !== p[i]) points.push([fp / negatives, tp / positives]);
  });
  return points;
};

/** The area under the curve, by trapezia. */
export const area = (points: Roc): number =>
  points.slice(1).reduce((sum, [x, y], i) => {
    const [x0, y0] = points[i]!;
    return sum + ((x - x0) * (y + y0)) / 2;
  }, 0);
