/**
 * @file Trees on secret gradients (SS-XGB, eprint 2005.08479): the sums of gradients and curvatures below each threshold are one
 * product of the bits of all columns with the rows' gradients in each node; the best threshold of a node is an argmax, and stays a secret one-hot
 * column; rows go left by one product with it. Every tree is complete, and takes the same steps whatever the data. Of two children
 * one is summed, the other is what is left of the parent. Several trees may grow side by side, in the same rounds.
 */
import { fail } from '../errors.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { features } from './columns.ts';

/** Trees of one depth: columns of all of a level stand side by side. */
export interface Grown {
  /** By level: [thresholds, nodes], a one at the threshold of a node; none where it has all its rows on the right. */
  readonly splits: readonly BaseArray[];
  /** By level: [nodes], what a split is worth. */
  readonly gains: readonly BaseArray[];
  /** [leaves] */
  readonly leaves: BaseArray;
}

export interface GrowOptions {
  readonly maxDepth: number;
  readonly regLambda: number;
  readonly gamma: number;
  readonly minChildWeight: number;
  /** Curvature that a node has to have. */
  readonly minSplitWeight?: number;
  /** By level: [thresholds, nodes] or [thresholds, 1], which thresholds a node may take. */
  readonly allowed?: readonly BaseArray[] | undefined;
}

/** Bits of rows [rows, thresholds] as numbers without a fraction. Throws DTYPE for what has not been through binning. */
export const bitsOf = (parts: readonly BaseArray[]): BaseArray => {
  if (Array.isArray(parts) && parts.some((part) => part.dtype !== 'int8'))
    fail('DTYPE', 'trees take columns in bins: alice(binning.transform)(thresholds, x)');
  return features(parts);
};

const side = (a: BaseArray, b: BaseArray): BaseArray => np.concatenate([a, b], 1);

/** [below, above] of a node's total. */
const both = (below: BaseArray, total: BaseArray): readonly [BaseArray, BaseArray] => [
  below,
  np.subtract(total, below),
];

/** A divisor that is not 0, also without a penalty. */
const divisor = (h: BaseArray, lambda: number): BaseArray => {
  const sum = np.add(h, lambda);
  return lambda >= LEAST ? sum : np.maximum(sum, LEAST);
};
const LEAST = 1 / 1024;

const worth = (g: BaseArray, h: BaseArray, lambda: number): BaseArray =>
  np.divide(np.square(g), divisor(h, lambda));

/** One-hot columns of the best thresholds, [thresholds, nodes], of sums below them, all 0 where no threshold is worth it; and what they are worth. */
const choose = (
  below: { readonly g: BaseArray; readonly h: BaseArray },
  total: { readonly g: BaseArray; readonly h: BaseArray },
  { regLambda, gamma, minChildWeight, minSplitWeight }: GrowOptions,
  allowed: BaseArray | undefined,
): { readonly split: BaseArray; readonly gain: BaseArray } => {
  const [gl, gr] = both(below.g, total.g);
  const [hl, hr] = both(below.h, total.h);
  const gain = np.add(worth(gl, hl, regLambda), worth(gr, hr, regLambda));
  const enough = np.logicalAnd(np.greaterEqual(hl, minChildWeight), np.greaterEqual(hr, minChildWeight));
  const open = allowed ? np.logicalAnd(enough, allowed) : enough;
  const offered = np.where(open, gain, -1);
  const place = np.argmax(offered, 0);
  const best = np.max(offered, 0);
  const won = np.subtract(best, worth(total.g, total.h, regLambda));
  const good = np.greater(won, 2 * gamma);
  const worthIt = minSplitWeight ? np.logicalAnd(good, np.greaterEqual(total.h, minSplitWeight)) : good;
  const hot = np.equal(np.expandDims(np.arange(gain.shape[0]!), 1), place);
  return { split: np.astype(np.logicalAnd(hot, worthIt), 'int8'), gain: won };
};

/**
 * Trees for gradients and curvatures [rows, trees], and what each row gets: [rows, trees]. Leaves are -G / (H + lambda). `bits`: [rows, thresholds].
 */
export const grow = (
  bits: BaseArray,
  gradients: BaseArray,
  curvatures: BaseArray,
  o: GrowOptions,
): { readonly trees: Grown; readonly given: BaseArray } => {
  const across = bits.T;
  let [g, h] = [gradients, curvatures];
  let inside: BaseArray | undefined;
  let [sums, totals] = [
    { g: np.matmul(across, g), h: np.matmul(across, h) },
    { g: np.sum(g, 0), h: np.sum(h, 0) },
  ];
  const splits: BaseArray[] = [];
  const gains: BaseArray[] = [];
  for (let level = 0; level < o.maxDepth; level++) {
    const { split, gain } = choose(sums, totals, o, o.allowed?.[level]);
    splits.push(split);
    gains.push(gain);
    const left = np.matmul(bits, np.astype(split, 'float64'));
    const [gl, hl] = [np.multiply(g, left), np.multiply(h, left)];
    const il: BaseArray = inside ? np.multiply(inside, left) : left;
    const ir = inside ? np.subtract(inside, il) : np.subtract(1, left);
    const lower = { g: np.matmul(across, gl), h: np.matmul(across, hl) };
    const part = { g: np.sum(gl, 0), h: np.sum(hl, 0) };
    sums = {
      g: side(lower.g, np.subtract(sums.g, lower.g)),
      h: side(lower.h, np.subtract(sums.h, lower.h)),
    };
    totals = {
      g: np.concatenate([part.g, np.subtract(totals.g, part.g)]),
      h: np.concatenate([part.h, np.subtract(totals.h, part.h)]),
    };
    [g, h, inside] = [side(gl, np.subtract(g, gl)), side(hl, np.subtract(h, hl)), side(il, ir)];
  }
  const leaves = np.negative(np.divide(totals.g, divisor(totals.h, o.regLambda)));
  return { trees: { splits, gains, leaves }, given: shared(inside!, leaves, gradients.shape[1]!) };
};

/** What rows that are in leaves [rows, leaves] get of each of the trees. */
const shared = (inside: BaseArray, leaves: BaseArray, trees: number): BaseArray => {
  // Leaf l belongs to tree l mod trees.
  const [rows, all] = [inside.shape[0]!, inside.shape[1]!];
  if (trees === 1) return np.matmul(inside, np.expandDims(leaves, 1));
  const byTree = np.reshape(inside, [rows, all / trees, trees]);
  return np.sum(np.multiply(byTree, np.reshape(leaves, [all / trees, trees])), 1);
};

/** What rows get of each tree: [rows, trees]. */
export const followed = (bits: BaseArray, { splits, leaves }: Grown): BaseArray => {
  const trees = splits[0]!.shape[1]!;
  let inside: BaseArray | undefined;
  for (const split of splits) {
    const left = np.matmul(bits, np.astype(split, 'float64'));
    const il: BaseArray = inside ? np.multiply(inside, left) : left;
    inside = side(il, inside ? np.subtract(inside, il) : np.subtract(1, left));
  }
  return shared(inside!, leaves, trees);
};

/** What a tree model can say of its columns. */
export interface Importances<S> {
  /** The share of each column in what all splits gain: [columns], of sum 1; 0 where there is no split. A secret of the parties that is revealed by name. */
  readonly featureImportances: (state: S) => BaseArray;
}

/** Shares of columns of `steps` thresholds each; `isMean`: those of each tree count the same. */
export const importances = ({ splits, gains }: Grown, steps: number, isMean: boolean): BaseArray => {
  const [thresholds, trees] = splits[0]!.shape as [number, number];
  if (thresholds % steps !== 0)
    fail(
      'SHAPE',
      `${thresholds} thresholds are none of columns of ${steps + 1} bins: say maxBins as in binning`,
    );
  const byLevel = splits.map((split, level) => {
    const won = np.multiply(np.astype(split, 'float64'), gains[level]!);
    return np.sum(np.reshape(won, [thresholds / steps, steps, won.shape[1]! / trees, trees]), [1, 2]);
  });
  const all = byLevel.reduce((a, b) => np.add(a, b));
  const shares = (x: BaseArray): BaseArray => {
    const sum = np.sum(x, 0);
    return np.divide(x, np.where(np.greater(sum, 0), sum, 1));
  };
  return shares(np.sum(isMean ? shares(all) : all, 1));
};
