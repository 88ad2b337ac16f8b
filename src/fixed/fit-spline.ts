/**
 * @file Fits a function by a polynomial on each of P pieces and its left neighbour, through Chebyshev nodes (Newton's divided
 * differences), as gates/spline-fss.ts wants them: z in [-1, 1) is counted from the left end of a piece, in pieces.
 */

import { cos } from '../ring/math/index.ts';

/** Coefficients of the polynomial through (z_i, y_i), from the constant on. */
const through = (z: readonly number[], y: readonly number[]): number[] => {
  const differences = [...y];
  for (let level = 1; level < z.length; level++)
    for (let i = z.length - 1; i >= level; i--)
      differences[i] = (differences[i]! - differences[i - 1]!) / (z[i]! - z[i - level]!);
  const sum = new Array<number>(z.length).fill(0);
  // Horner's scheme: sum * (z - z_i) + difference i, from the last.
  for (let i = z.length - 1; i >= 0; i--) {
    for (let m = z.length - 1; m > 0; m--) sum[m] = sum[m - 1]! - z[i]! * sum[m]!;
    sum[0] = differences[i]! - z[i]! * sum[0]!;
  }
  return sum;
};

/** `powers` coefficients of each piece in turn; piece j begins at lo + j width. */
export const fitSpline = (
  fn: (x: number) => number,
  lo: number,
  width: number,
  pieces: number,
  powers: number,
): Float64Array => {
  const nodes = Array.from({ length: powers }, (_, i) => cos((Math.PI * (i + 0.5)) / powers));
  const all = new Float64Array(pieces * powers);
  for (let j = 0; j < pieces; j++) {
    const values = nodes.map((z) => fn(lo + (j + z) * width));
    all.set(through(nodes, values), j * powers);
  }
  return all;
};
