/** @file The public split of rows into training and test: the same at every party, from a seed that all know. */

/** mulberry32: a small generator of numbers in [0, 1). Public, so it need not be a strong one. */
const generator = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** The numbers 0 .. n - 1 in an order that depends on the seed alone (Fisher and Yates). */
const permutation = (n: number, seed: number): number[] => {
  const next = generator(seed);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
};

export interface Split {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Row numbers for training (`share` of them) and for the test. */
export const splitRows = (n: number, share: number, seed: number): Split => {
  const order = permutation(n, seed);
  const cut = Math.floor(n * share);
  return { train: order.slice(0, cut), test: order.slice(cut) };
};
