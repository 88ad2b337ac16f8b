/**
 * @file Sizes that follow from the numbers of identifiers, which everybody knows. A band of 224 bits and 10 % more columns than keys
 * fail to be solved with 2^-(0.2691 * 224 - 15.21) = 2^-45 for 2^20 keys (eprint 2023/903, table of fits), and less for fewer.
 * More keys are put into bins by their hash, each of which has room for more than ever come: with at most 2^-42 one overflows.
 */
import * as math from '../ring/math/index.ts';

/** Most identifiers of a party. */
export const MOST_IDS = 40_000_000;

/** Keys for which the band is wide enough. */
const MOST_IN_BIN = math.pow2(20);
/** Columns of a band (assembly/sets/band.ts). */
export const BAND = 224;
const ROOM = 1.1;
/** ln 2^52: that one of up to 2^10 bins overflows has at most 2^-42. */
const TAIL = 36.1;
/** Two different identifiers are taken for one with at most 2^-STATISTICAL. */
const STATISTICAL = 40;

export interface Shape {
  readonly bins: number;
  /** Of each bin. */
  readonly columns: number;
  /** Of all. */
  readonly total: number;
}

/** The store for n keys. */
export const shapeOf = (n: number): Shape => {
  const bins = n <= MOST_IN_BIN ? 1 : Math.ceil((1.02 * n) / MOST_IN_BIN);
  const mean = n / bins;
  // Bernstein's bound for a sum of n independent bits.
  const most =
    bins === 1 ? n : Math.ceil(mean + TAIL / 3 + Math.sqrt((TAIL / 3) * (TAIL / 3) + 2 * mean * TAIL));
  const columns = Math.ceil(ROOM * most) + BAND;
  return { bins, columns, total: bins * columns };
};

/** Bytes of a record, so many that none of n times m pairs agrees by chance. */
export const recordBytes = (n: number, m: number): number =>
  Math.min(16, Math.ceil((STATISTICAL + math.log2(Math.max(1, n)) + math.log2(Math.max(1, m))) / 8));
