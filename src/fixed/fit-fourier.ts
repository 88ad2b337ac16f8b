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
  const harmonics = parity === 'none' ? 2 * count : count;
  const first = parity === 'odd' ? 0 : 1;
  const terms = first + harmonics;
  const samples = OVERSAMPLING * terms;
  // A column a term, one for the function, and below each the rows that damp the coefficients.
  const columns = Array.from({ length: terms + 1 }, () => new Float64Array(samples + terms));
  const last = columns[terms]!;
  for (let i = 0; i < samples; i++) {
    const x = lo + ((hi - lo) * (1 - cos((Math.PI * (i + 0.5)) / samples))) / 2;
    const value = fn(x);
    const weight = relative ? 1 / Math.abs(value) : 1;
    let to = first;
    if (parity !== 'odd') columns[0]![i] = weight;
    for (let h = 0; h < count; h++) {
      const angle = (2 * Math.PI * (1 + h * step) * x) / period;
      if (parity !== 'odd') columns[to++]![i] = cos(angle) * weight;
      if (parity !== 'even') columns[to++]![i] = sin(angle) * weight;
    }
    last[i] = value * weight;
  }
  for (let j = 0; j < terms; j++) columns[j]![samples + j] = damping;
  const solution = leastSquares(columns);
  const coefficients = new Float64Array(2 * count);
  let from = first;
  for (let i = 0; i < count; i++) {
    if (parity !== 'odd') coefficients[2 * i] = solution[from++]!;
    if (parity !== 'even') coefficients[2 * i + 1] = solution[from++]!;
  }
  return { period, count, step, constant: parity === 'odd' ? 0 : solution[0]!, coefficients };
};

/** x with the least |A x - b|^2, by Householder reflections; columns: those of A, and b. They are used up. */
const leastSquares = (columns: readonly Float64Array[]): Float64Array => {
  const n = columns.length - 1;
  const rows = columns[0]!.length;
  const sumOfSquares = (v: Float64Array, from: number): number => {
    let sum = 0;
    for (let i = from; i < rows; i++) sum += v[i]! * v[i]!;
    return sum;
  };
  const v = new Float64Array(rows);
  for (let j = 0; j < n; j++) {
    v.set(columns[j]!);
    const length = Math.sqrt(sumOfSquares(v, j));
    v[j]! += v[j]! < 0 ? -length : length;
    const norm = sumOfSquares(v, j);
    for (let k = j; k <= n; k++) reflect(columns[k]!, v, j, norm);
  }
  const x = new Float64Array(n);
  for (let j = n - 1; j >= 0; j--) {
    let rest = columns[n]![j]!;
    for (let k = j + 1; k < n; k++) rest -= columns[k]![j]! * x[k]!;
    x[j] = rest / columns[j]![j]!;
  }
  return x;
};

/** Reflects a column, from a row on, at the plane to which v of that |v|^2 is normal. */
const reflect = (column: Float64Array, v: Float64Array, from: number, norm: number): void => {
  let dot = 0;
  for (let i = from; i < v.length; i++) dot += v[i]! * column[i]!;
  const factor = (2 * dot) / norm;
  for (let i = from; i < v.length; i++) column[i]! -= factor * v[i]!;
};
