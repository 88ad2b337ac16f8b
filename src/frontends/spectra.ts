/** @file Fourier transforms of a public length: products with matrices of public numbers, of complex numbers in pairs. */
import type { BaseArray } from '../ir/trace/array.ts';
import * as np from '../numpy/index.ts';
import { NDArray } from '../numpy/index.ts';
import { cos, sin } from '../ring/math/index.ts';

/** Complex numbers; without an imaginary part they are real. */
export interface Complex {
  readonly real: BaseArray;
  readonly imaginary: BaseArray | undefined;
}

/** [n, rows]: f(2 pi i k / n), of the angle that is left after whole turns. */
const table = (n: number, rows: number, f: (angle: number) => number): NDArray =>
  new NDArray(
    [n, rows],
    'fxp',
    Float64Array.from({ length: n * rows }, (_, at) => {
      const [i, k] = [Math.floor(at / rows), at % rows];
      return f((2 * Math.PI * ((i * k) % n)) / n);
    }),
  );

/** The first `rows` frequencies along the last axis, of n numbers. `sign` -1 goes to frequencies, 1 back, not divided by n. */
export const transform = ({ real, imaginary }: Complex, sign: 1 | -1, rows?: number): Complex => {
  const n = real.shape.at(-1) ?? 0;
  const count = rows ?? n;
  const [c, s] = [table(n, count, cos), table(n, count, (angle) => sign * sin(angle))];
  if (!imaginary) return { real: np.matmul(real, c), imaginary: np.matmul(real, s) };
  return {
    real: np.subtract(np.matmul(real, c), np.matmul(imaginary, s)),
    imaginary: np.add(np.matmul(real, s), np.matmul(imaginary, c)),
  };
};

/** All n frequencies of a real signal from the first half of them: the others are their conjugates. */
export const mirrored = ({ real, imaginary }: Complex, n: number): Complex => {
  const rest = Array.from({ length: n }, (_, k) => (k <= n / 2 ? k : n - k));
  const signs = np.asarray(rest.map((k, i) => (k === 0 || 2 * k === n ? 0 : i === k ? 1 : -1)));
  const pick = (x: BaseArray): BaseArray => np.take(x, rest, x.ndim - 1);
  return { real: pick(real), imaginary: imaginary && np.multiply(pick(imaginary), signs) };
};
