/** @file The inverse of erf (M. Giles, "Approximating the erfinv function", GPU Computing Gems 2, 2012), and what follows from it. */
import type { BaseArray } from '../ir/trace/array.ts';
import * as np from '../numpy/index.ts';
import { pow } from '../ring/math/index.ts';

/** c0 + c1 x + ..., of the highest first. */
export const horner = (x: BaseArray, coefficients: readonly number[]): BaseArray =>
  coefficients
    .slice(1)
    .reduce<BaseArray>(
      (sum, c) => np.add(np.multiply(sum, x), c),
      np.full(x.shape, coefficients[0] as number),
    );

/** Polynomials in (w - 2.5) / 2.5 and in sqrt(w) - 3, highest first: the first one's variable is scaled, so that no coefficient is small. */
const CENTRE = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
  0.246640727, 1.50140941,
].map((c, i, all) => c * pow(2.5, all.length - 1 - i));
const TAIL = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3,
  1.00167406, 2.83297682,
];

export const erfInv = (x: BaseArray): BaseArray => {
  const w = np.negative(np.log(np.multiply(np.subtract(1, x), np.add(1, x))));
  const centre = horner(np.multiply(np.subtract(np.minimum(w, 5), 2.5), 0.4), CENTRE);
  const tail = horner(np.subtract(np.sqrt(np.maximum(w, 5)), 3), TAIL);
  return np.multiply(np.where(np.less(w, 5), centre, tail), x);
};

/** The number below which a normal variable lies with probability p. */
export const normalQuantile = (p: BaseArray): BaseArray =>
  np.multiply(erfInv(np.subtract(np.multiply(p, 2), 1)), Math.SQRT2);
