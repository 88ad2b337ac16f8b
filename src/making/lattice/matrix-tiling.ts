/** @file How a product of matrices is cut into tiles, and whether its operands stand in coefficients or its products in slots. */

import { fail } from '../../errors.ts';
import { FIELDS, type FieldName } from '../../ring/field.ts';
import * as math from '../../ring/math/index.ts';
import { packedBytes } from '../../ring/polynomials.ts';
import { type MatrixShape, picked, type Tile, tilesOf } from './matrices.ts';
import { MOST_TERMS, PLAIN_PRIMES, SETTINGS, type Setting, type Strength } from './parameters.ts';

/** Nanoseconds that a byte counts for, and that a number of a polynomial takes: measured roughly. */
const BYTE_NS = 40;
const MULTIPLY_NS = 0.4;
const LAYER_NS = 0.2;
const REST_NS = 10;

/** What a product of matrices costs one way: the first operand encrypted, the second plain. */
export interface Cost {
  readonly up: number;
  readonly down: number;
  readonly work: number;
}

export const costOf = ({ n, primes, kept }: Setting, shape: MatrixShape, tile: Tile): Cost => {
  const { m, k, n: c } = tilesOf(shape, tile);
  const numbers = n * primes;
  const layers = math.log2(tile.inner * tile.columns);
  return {
    up: m * k * primes * packedBytes(n),
    down: m * c * kept * (packedBytes(n) + packedBytes(picked(shape.m, tile))),
    work:
      numbers *
      (m * k * c * 2 * MULTIPLY_NS +
        k * c * (layers * LAYER_NS + 1) +
        (m * k + m * c) * (math.log2(n) * LAYER_NS * 2 + REST_NS)),
  };
};

const powersUpTo = (most: number): number[] => {
  const list: number[] = [];
  for (let x = 1; x <= most; x *= 2) list.push(x);
  return list;
};

/** What counts of an operand's ciphertexts where it was asked for before: it may be again, and is sent once. */
const AGAIN = 1 / 8;

/**
 * The tile whose product costs least; `ready`: whether the other party has the first operand in such tiles already; `again`: whether there
 * was a product with it before.
 */
export const bestTile = (
  setting: Setting,
  shape: MatrixShape,
  ready: (tile: Tile) => boolean,
  again = false,
): { readonly tile: Tile; readonly cost: number } => {
  let best: { tile: Tile; cost: number } | undefined;
  for (const inner of powersUpTo(setting.n / 16))
    for (const columns of powersUpTo(setting.n / inner)) {
      const rows = setting.n / inner / columns;
      const tile = { rows, inner, columns };
      if (inner * columns < 16 || Math.ceil(shape.k / inner) > MOST_TERMS) continue;
      const { up, down, work } = costOf(setting, shape, tile);
      const sent = ready(tile) ? 0 : again ? up * AGAIN : up;
      const cost = (sent + down) * BYTE_NS + work;
      if (!best || cost < best.cost) best = { tile, cost };
    }
  return (
    best ??
    fail(
      'UNSUPPORTED',
      `a product of matrices over ${shape.k} is too long without a dealer: cut it into several`,
    )
  );
};

/** What a product of words in slots costs, of its bytes and work: `factors` that are encrypted. */
export const slotCost = (field: FieldName, strength: Strength, factors: number): number => {
  const { primes, kept } = SETTINGS[strength].slots;
  const bytes = (PLAIN_PRIMES[field].length * 27 * (factors * primes + 2 * kept)) / 8;
  return bytes * BYTE_NS + 16 * FIELDS[field].bits;
};
