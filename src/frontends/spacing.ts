/** @file Arrays spread out for a convolution. */
import type { BaseArray } from '../ir/trace/array.ts';
import * as np from '../numpy/index.ts';

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Zeros around the axes of space of [n, channels, ..] and between their elements; negative widths cut. */
export const spaced = (
  x: BaseArray,
  gaps: readonly number[],
  around: readonly (readonly [number, number])[],
): BaseArray => {
  let a = x;
  for (const [i, gap] of gaps.entries()) {
    const axis = i + 2;
    const n = a.shape[axis] as number;
    if (gap <= 1 || n < 2) continue;
    const widths = range(a.ndim + 1).map((k) => (k === axis + 1 ? [0, gap - 1] : [0, 0]));
    const wide = np.reshape(
      np.pad(np.expandDims(a, axis + 1), widths as never),
      a.shape.map((size, k) => (k === axis ? size * gap : size)),
    );
    a = np.slice(
      wide,
      ...range(a.ndim).map((k) => (k === axis ? ([0, (n - 1) * gap + 1] as [number, number]) : ':')),
    );
  }
  const whole: readonly (readonly [number, number])[] = [[0, 0], [0, 0], ...around];
  const padded = np.pad(a, whole.map(([lo, hi]) => [Math.max(0, lo), Math.max(0, hi)]) as never);
  return np.slice(
    padded,
    ...whole.map(
      ([lo, hi], i) => [Math.max(0, -lo), (padded.shape[i] as number) - Math.max(0, -hi)] as [number, number],
    ),
  );
};
