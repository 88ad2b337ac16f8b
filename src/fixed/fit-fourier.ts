/**
 * @file Fits a function on an interval by a Fourier sum of a period longer than the interval: outside of it the sum may be what
 * it likes, so that also functions which are not periodic are met to many digits (Fourier extension: Huybrechs, SIAM J.
 * Numer. Anal. 47, 2010, section 3). Least squares at Chebyshev nodes; a little damping keeps the coefficients small, for
 * they magnify the rounding of what the dealer shares.
 */

import { cos, sin } from '../ring/math/index.ts';

export interface FitSpec {
  readonly fn: (x: number) => number;
  readonly lo: number;
  readonly hi: number;
  /** A power of two, at least hi - lo. */
  readonly period: number;
  /** Harmonics 1, 1 + step, .. . */
  readonly count: number;
  readonly step: 1 | 2;
  /** An odd function is fitted by sines on [0, hi], and holds on [-hi, hi]; an even one by cosines and a constant. */
  readonly parity: 'odd' | 'even' | 'none';
  /** Whether the error is weighed by 1 / |fn|. */
  readonly relative: boolean;
  /** Weight of the coefficients' squares is its square. */
  readonly damping: number;
}

export interface Fit {
  readonly period: number;
  readonly count: number;
  readonly step: 1 | 2;
  readonly constant: number;
  /** Of cosine and sine of each harmonic in turn. */
  readonly coefficients: Float64Array;
}

/** Sample points a coefficient. */
const OVERSAMPLING = 4;

export const fit = (spec: FitSpec): Fit => {
  const { fn, lo, hi, period, count, step, parity, relative, damping } = spec;
  const basis = (x: number): number[] => {
    const terms = parity === 'odd' ? [] : [1];
    for (let i = 0; i < count; i++) {
      const angle = (2 * Math.PI * (1 + i * step) * x) / period;
      if (parity !== 'odd') terms.push(cos(angle));
      if (parity !== 'even') terms.push(sin(angle));
    }
    return terms;
  };
  const samples = OVERSAMPLING * basis(lo).length;
  const rows: number[][] = [];
  for (let i = 0; i < samples; i++) {
    const x = lo + ((hi - lo) * (1 - cos((Math.PI * (i + 0.5)) / samples))) / 2;
    const weight = relative ? 1 / Math.abs(fn(x)) : 1;
    rows.push([...basis(x), fn(x)].map((v) => v * weight));
  }
  const solution = leastSquares(rows, damping);
  const constant = parity === 'odd' ? 0 : solution.shift()!;
  const coefficients = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    if (parity !== 'odd') coefficients[2 * i] = solution.shift()!;
    if (parity !== 'even') coefficients[2 * i + 1] = solution.shift()!;
  }
  return { period, count, step, constant, coefficients };
};

/** x with the least |A x - b|^2 + damping^2 |x|^2, by Householder reflections; rows: A and b side by side. */
const leastSquares = (rows: readonly number[][], damping: number): number[] => {
  const n = rows[0]!.length - 1;
  const unit = (j: number): number[] => Array.from({ length: n + 1 }, (_, i) => (i === j ? damping : 0));
  const a = [...rows, ...Array.from({ length: n }, (_, j) => unit(j))];
  for (let j = 0; j < n; j++) {
    const v = a.map((row, i) => (i < j ? 0 : row[j]!));
    const length = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
    v[j]! += v[j]! < 0 ? -length : length;
    const norm = v.reduce((sum, x) => sum + x * x, 0);
    for (let k = j; k <= n; k++) {
      let dot = 0;
      for (let i = j; i < a.length; i++) dot += v[i]! * a[i]![k]!;
      const factor = (2 * dot) / norm;
      for (let i = j; i < a.length; i++) a[i]![k]! -= factor * v[i]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let j = n - 1; j >= 0; j--) {
    let rest = a[j]![n]!;
    for (let k = j + 1; k < n; k++) rest -= a[j]![k]! * x[k]!;
    x[j] = rest / a[j]![j]!;
  }
  return x;
};
