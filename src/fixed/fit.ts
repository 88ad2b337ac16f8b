/**
 * @file Fits a function by polynomials for the spline gate: piece v covers [left, left + width), and is fitted over
 * [left - width, left + width) at Chebyshev nodes, in powers of u = (x - left) / width in [-1, 1].
 */

export interface Fit {
  readonly lo: number;
  readonly width: number;
  readonly pieces: number;
  readonly degree: number;
  /** pieces x (degree + 1), ascending powers. */
  readonly coefficients: Float64Array;
}

/**
 * `pieces` polynomials of `degree` from `lo` on. The last piece only catches the lost borrow of the one before:
 * x must lie in [lo, lo + (pieces - 1) * width).
 */
export const fit = (
  fn: (x: number) => number,
  lo: number,
  width: number,
  pieces: number,
  degree: number,
): Fit => {
  const coefficients = new Float64Array(pieces * (degree + 1));
  const nodes = chebyshev(degree + 1);
  for (let v = 0; v < pieces; v++) {
    const left = lo + v * width;
    coefficients.set(
      interpolate(nodes, (u) => fn(left + u * width)),
      v * (degree + 1),
    );
  }
  return { lo, width, pieces, degree, coefficients };
};

/** Roots of the Chebyshev polynomial, from half-angle formulas that only need cos(pi/2n). */
const chebyshev = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => cosine((Math.PI * (2 * i + 1)) / (2 * n)));

/** cos by its series: no engine-dependent Math.cos. */
const cosine = (x: number): number => {
  let [sum, term] = [1, 1];
  for (let i = 2; i < 40; i += 2) sum += term *= (-x * x) / (i * (i - 1));
  return sum;
};

/** Newton's divided differences, expanded to powers. */
const interpolate = (nodes: readonly number[], fn: (u: number) => number): number[] => {
  const n = nodes.length;
  const c = nodes.map(fn);
  for (let j = 1; j < n; j++) {
    for (let i = n - 1; i >= j; i--) c[i] = (c[i]! - c[i - 1]!) / (nodes[i]! - nodes[i - j]!);
  }
  const poly = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    for (let k = n - 1; k > 0; k--) poly[k] = poly[k - 1]! - nodes[i]! * poly[k]!;
    poly[0] = c[i]! - nodes[i]! * poly[0]!;
  }
  return poly;
};
