/**
 * @file Fourier transforms of a public length, of complex numbers in pairs: products with matrices of public numbers. A long one is one of
 * rows after one of columns, with a turn of each number between them (Cooley and Tukey, 1965).
 */
import type { BaseArray } from '../ir/trace/array.ts';
import * as np from '../numpy/index.ts';
import { NDArray } from '../numpy/index.ts';
import { cos, sin } from '../ring/math/index.ts';

/** Complex numbers; without an imaginary part they are real. */
export interface Complex {
  readonly real: BaseArray;
  readonly imaginary: BaseArray | undefined;
}

/** From this length on two short transforms and a turn cost less than one product: two roundings more. */
const LONG = 128;

/** [rows, columns]: f(2 pi i k / n), of the angle that is left after whole turns. */
const table = (n: number, rows: number, columns: number, f: (angle: number) => number): NDArray =>
  new NDArray(
    [rows, columns],
    'fxp',
    Float64Array.from({ length: rows * columns }, (_, at) => {
      const [i, k] = [Math.floor(at / columns), at % columns];
      return f((2 * Math.PI * ((i * k) % n)) / n);
    }),
  );

type Product = (x: BaseArray, y: BaseArray) => BaseArray;
/** (x + i y) (c + i s). */
const times = ({ real, imaginary }: Complex, c: NDArray, s: NDArray, product: Product): Complex =>
  imaginary
    ? {
        real: np.subtract(product(real, c), product(imaginary, s)),
        imaginary: np.add(product(real, s), product(imaginary, c)),
      }
    : { real: product(real, c), imaginary: product(real, s) };

const each = ({ real, imaginary }: Complex, f: (x: BaseArray) => BaseArray): Complex => ({
  real: f(real),
  imaginary: imaginary && f(imaginary),
});

/** The larger of the two factors of n that are closest together, or n where the smaller one is below 8. */
const factorOf = (n: number): number => {
  let large = n;
  for (let small = 8; small * small <= n; small++) if (n % small === 0) large = n / small;
  return large;
};

/** The first `rows` frequencies along the last axis, of n numbers. `sign` -1 goes to frequencies, 1 back, not divided by n. */
export const transform = (x: Complex, sign: 1 | -1, rows?: number): Complex => {
  const n = x.real.shape.at(-1) ?? 0;
  const count = rows ?? n;
  const large = n < LONG ? n : factorOf(n);
  const turn = (angle: number): number => sign * sin(angle);
  if (large === n) return times(x, table(n, n, count, cos), table(n, n, count, turn), np.matmul);
  const small = n / large;
  const lead = x.real.shape.slice(0, -1);
  // x[large j + i] -> [i, j] -> [i, f]; turned by i f / n -> [f, i] -> [f, g]: the frequency f + small g.
  const split = each(x, (y) => np.swapaxes(np.reshape(y, [...lead, small, large]), -1, -2));
  const first = transform(split, sign);
  const turned = times(first, table(n, large, small, cos), table(n, large, small, turn), np.multiply);
  const second = transform(
    each(turned, (y) => np.swapaxes(y, -1, -2)),
    sign,
  );
  return each(second, (y) => {
    const all = np.reshape(np.swapaxes(y, -1, -2), [...lead, n]);
    return count === n ? all : np.slice(all, '...', [0, count]);
  });
};

/** The n real numbers whose first half of frequencies this is, times n: the others are their conjugates. */
export const halfBack = ({ real, imaginary }: Complex, n: number): BaseArray => {
  const half = Math.floor(n / 2) + 1;
  const isLong = n >= LONG && factorOf(n) < n;
  if (isLong) {
    const rest = Array.from({ length: n }, (_, k) => (k < half ? k : n - k));
    const signs = np.asarray(rest.map((k, i) => (k === 0 || 2 * k === n ? 0 : i === k ? 1 : -1)));
    const pick = (x: BaseArray): BaseArray => np.take(x, rest, x.ndim - 1);
    const all = { real: pick(real), imaginary: imaginary && np.multiply(pick(imaginary), signs) };
    return transform(all, 1).real;
  }
  const weighed = (f: (angle: number) => number): NDArray => {
    const { data, shape } = table(n, half, n, f);
    const weights = (data as Float64Array).map((v, at) => {
      const k = Math.floor(at / n);
      return k === 0 || 2 * k === n ? v : 2 * v;
    });
    return new NDArray(shape, 'fxp', weights);
  };
  const even = np.matmul(real, weighed(cos));
  // The sine of the first frequency and of the middle one is 0: what stands there is not looked at.
  return imaginary ? np.subtract(even, np.matmul(imaginary, weighed(sin))) : even;
};
