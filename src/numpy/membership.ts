/**
 * @file Which elements of one list are in another. Few pairs are compared all with all; many are sorted together, so that equal ones
 * stand beside each other.
 */
import { block } from '../ir/trace/algebra.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { apply } from '../ir/trace/tracer.ts';
import * as math from '../ring/math/index.ts';
import { equal, less, logicalAnd, logicalNot, logicalXor, notEqual } from './compare.ts';
import { type ArrayInput, asArr, convertTo, isBool, promoteAll, reshapeTo } from './core.ts';
import { ones, zeros } from './create.ts';
import { concatenate } from './join.ts';
import { optionsOf } from './options.ts';
import { any } from './reduce.ts';
import { expandDims, ravel } from './shape.ts';
import { argsort, sort } from './sorting.ts';

/** Pairs up to which all are compared: 60 bytes of memory a pair, and 2 rounds. */
const FEW_PAIRS = math.pow2(16);
/** Pairs that cost what a sort costs for each element and each halving. */
const PAIRS_PER_STEP = 4;

/** Is it cheaper to sort n and m elements together than to compare all pairs? */
export const wantsSort = (n: number, m: number): boolean =>
  n * m > FEW_PAIRS && n * m > PAIRS_PER_STEP * (n + m) * math.log2(n + m);

/** Which of the elements in order differ from the one before: the first of equal ones. */
export const firstOfEqual = (sorted: BaseArray): BaseArray => {
  const n = sorted.size;
  if (n === 0) return zeros([0], 'bool');
  return concatenate([ones([1], 'bool'), notEqual(block(sorted, 0, 1, n), block(sorted, 0, 0, n - 1))]);
};

/** x moved by one place towards the end, `false` in front. */
export const behind = (x: BaseArray): BaseArray =>
  concatenate([zeros([1], 'bool'), block(x, 0, 0, x.size - 1)]);

export interface Merged {
  /** All elements upwards; of equal ones those of y come first. */
  readonly sorted: BaseArray;
  /** Where each came from in [..y, ..x]. */
  readonly order: BaseArray;
  readonly first: BaseArray;
  readonly fromY: BaseArray;
}

/** Two vectors of one dtype in one sort. */
export const merged = (x: BaseArray, y: BaseArray): Merged => {
  const all = concatenate([y, x]);
  const [sorted, order] = [sort(all), argsort(all)];
  return { sorted, order, first: firstOfEqual(sorted), fromY: less(order, y.size) };
};

/** Is any of the equal ones up to each place from y? Those of y stand first: a carry that runs on among equal ones. Rounds log2 n. */
const carried = ({ first, fromY }: Merged): BaseArray => {
  const n = first.size;
  let has = fromY;
  let runsOn = logicalAnd(logicalNot(first), logicalNot(fromY));
  for (let by = 1; by < n; by *= 2) {
    const [here, there] = [block(runsOn, 0, by, n), block(has, 0, 0, n - by)];
    const more = logicalXor(block(has, 0, by, n), logicalAnd(here, there));
    const further = logicalAnd(here, block(runsOn, 0, 0, n - by));
    has = concatenate([block(has, 0, 0, by), more]);
    runsOn = concatenate([block(runsOn, 0, 0, by), further]);
  }
  return has;
};

/** Two sorts of all elements: to find neighbours, and back to their places. */
const bySorting = (x: BaseArray, test: BaseArray): BaseArray => {
  const m = merged(x, test);
  const back = apply('sortBy', [m.order, convertTo(carried(m), 'int8')], { axis: 0, descending: false });
  return convertTo(block(back, 0, test.size, test.size + x.size), 'bool');
};

export interface IsinOptions {
  /** Is it not? */
  readonly invert?: boolean;
}

/**
 * Is each element among `test`? Exact equality: of all pairs (2 rounds and a byte a pair) up to some 2^16, above by two sorts of x
 * and `test` together, in as many rounds.
 * @example
 * np.isin(np.array([1, 2, 3]), [3, 1]) // [true, false, true]
 * np.isin(np.array([1, 2]), [1], { invert: true }) // [false, true]
 */
export const isin = (x: ArrayInput, test: ArrayInput, options?: IsinOptions): BaseArray => {
  const { invert } = optionsOf('np.isin', options, { invert: false });
  return invert ? logicalNot(among(x, test)) : among(x, test);
};

const among = (x: ArrayInput, test: ArrayInput): BaseArray => {
  const [a, t] = [asArr(x), ravel(test)];
  if (!wantsSort(a.size, t.size)) return any(equal(expandDims(a, -1), t), -1);
  const [flat, list] = promoteAll([ravel(a), t].map((v) => (isBool(v) ? convertTo(v, 'int8') : v))) as [
    BaseArray,
    BaseArray,
  ];
  return reshapeTo(bySorting(flat, list), a.shape);
};
