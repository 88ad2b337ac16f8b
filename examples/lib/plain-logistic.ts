/** @file The same training in float64 and plain loops: what the secure run is held against. */
import type { Schedule } from './logistic.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const score = (row: readonly number[], w: Float64Array): number => {
  let sum = w[row.length]!;
  for (let j = 0; j < row.length; j++) sum += row[j]! * w[j]!;
  return sum;
};

/** Weights, the bias last. */
export const trainPlain = (
  x: readonly (readonly number[])[],
  y: readonly number[],
  epochs: number,
  { batches, size, rate }: Schedule,
): Float64Array => {
  const features = x[0]!.length;
  const w = new Float64Array(features + 1);
  for (let e = 0; e < epochs; e++) {
    for (let k = 0; k < batches; k++) {
      const step = new Float64Array(features + 1);
      for (let i = k * size; i < (k + 1) * size; i++) {
        const row = x[i]!;
        const error = sigmoid(score(row, w)) - y[i]!;
        for (let j = 0; j < features; j++) step[j]! += error * row[j]!;
        step[features]! += error;
      }
      for (let j = 0; j <= features; j++) w[j]! -= (rate / size) * step[j]!;
    }
  }
  return w;
};

export const predictPlain = (x: readonly (readonly number[])[], w: Float64Array): number[] =>
  x.map((row) => sigmoid(score(row, w)));
