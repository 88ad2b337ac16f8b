/** @file The two ways to do a cross term of a product of matrices: either operand may be the one that is encrypted. */

import type { RingArray } from '../../ring/array.ts';
import type { Factor } from '../cross-terms.ts';
import type { MatrixShape, Strided, Tile } from './matrices.ts';

/** Product `at` of a batch. */
export interface Matmul {
  readonly x: Factor;
  readonly y: Factor;
  readonly out: RingArray;
  readonly part: MatrixShape;
  readonly at: number;
  readonly terms: readonly [boolean, boolean];
}

/** A cross term with one of its operands encrypted: y is so as the transpose of the whole product, y' x'. */
export interface Side {
  readonly side: 'x' | 'y';
  readonly encryptor: 0 | 1;
  readonly shape: MatrixShape;
  readonly encrypted: Strided;
  readonly plain: Strided;
  readonly out: Strided;
}

const transposed = ({ words, offset, row, column }: Strided): Strided => ({
  words,
  offset,
  row: column,
  column: row,
});

/** A matrix without its first rows. */
export const below = (a: Strided, rows: number): Strided => ({ ...a, offset: a.offset + rows * a.row });

export const sideOf = ({ x, y, out, part: { m, k, n }, at }: Matmul, i: 0 | 1, side: 'x' | 'y'): Side => {
  const left = { words: x.own, offset: at * m * k, row: k, column: 1 };
  const right = { words: y.own, offset: at * k * n, row: n, column: 1 };
  const to = { words: out, offset: at * m * n, row: n, column: 1 };
  return side === 'x'
    ? { side, encryptor: i, shape: { m, k, n }, encrypted: left, plain: right, out: to }
    : {
        side,
        encryptor: (1 - i) as 0 | 1,
        shape: { m: n, k, n: m },
        encrypted: transposed(right),
        plain: transposed(left),
        out: transposed(to),
      };
};

/** What an operand in such tiles is kept by, from row `from` on; undefined: it has no number. */
export const keyOf = (
  { side, shape }: Side,
  { x, y, out, at }: Matmul,
  tile: Tile,
  from: number,
): string | undefined => {
  const { value } = side === 'x' ? x : y;
  if (value === undefined) return undefined;
  const { m, k } = shape;
  return `${out.field.name} ${value} ${side} ${m} ${k} ${at} ${tile.rows} ${tile.inner} ${tile.columns} ${from}`;
};
