/**
 * @file Elementary functions from +, -, *, / and sqrt alone, which IEEE 754 rounds the same everywhere. Coefficients
 * of functions are made with them, not with Math.exp and its kin, whose last bits differ between engines: parties
 * on different runtimes must weigh shares by the very same numbers. Relative error below 1e-14.
 */

const { LN2, PI } = Math;

const scale = (x: number, exponent: number): number => {
  let e = exponent;
  while (e > 1000) [x, e] = [x * 2 ** 1000, e - 1000];
  while (e < -1000) [x, e] = [x * 2 ** -1000, e + 1000];
  return x * 2 ** e;
};

export const exp = (x: number): number => {
  if (x < -745) return 0;
  if (x > 710) return Number.POSITIVE_INFINITY;
  const k = Math.round(x / LN2);
  const r = x - k * LN2;
  let [sum, term] = [1, 1];
  for (let i = 1; i < 22; i++) sum += term *= r / i;
  return scale(sum, k);
};

export const log = (x: number): number => {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY))
    return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  let [m, k] = [x, 0];
  while (m > 1.5) [m, k] = [m / 2, k + 1];
  while (m < 0.75) [m, k] = [m * 2, k - 1];
  const t = (m - 1) / (m + 1);
  let [sum, power] = [0, t];
  for (let i = 1; i < 50; i += 2, power *= t * t) sum += power / i;
  return 2 * sum + k * LN2;
};

export const sin = (x: number): number => {
  const r = x - 2 * PI * Math.round(x / (2 * PI));
  let [sum, term] = [r, r];
  for (let i = 3; i < 40; i += 2) sum += term *= (-r * r) / (i * (i - 1));
  return sum;
};

export const cos = (x: number): number => sin(x + PI / 2);

export const sigmoid = (x: number): number => (x < 0 ? 1 - sigmoid(-x) : 1 / (1 + exp(-x)));

export const tanh = (x: number): number => 2 * sigmoid(2 * x) - 1;

/** Taylor series below 3, continued fraction of erfc above. */
export const erf = (x: number): number => {
  if (x < 0) return -erf(-x);
  if (x > 6) return 1;
  if (x < 3) {
    let [sum, term] = [x, x];
    for (let i = 1; i < 80; i++) {
      term *= (-x * x) / i;
      sum += term / (2 * i + 1);
    }
    return (2 / Math.sqrt(PI)) * sum;
  }
  let f = x;
  for (let i = 60; i > 0; i--) f = x + i / 2 / f;
  return 1 - exp(-x * x) / (Math.sqrt(PI) * f);
};

export const softplus = (x: number): number => (x > 0 ? x + log(1 + exp(-x)) : log(1 + exp(x)));

export const silu = (x: number): number => x * sigmoid(x);

export const mish = (x: number): number => x * tanh(softplus(x));

export const gelu = (x: number): number => 0.5 * x * (1 + erf(x * Math.SQRT1_2));

export const geluTanh = (x: number): number =>
  0.5 * x * (1 + tanh(Math.sqrt(2 / PI) * (x + 0.044715 * x * x * x)));

/** The angle is halved until the series converges fast: arctan x = 2 arctan(x / (1 + sqrt(1 + x^2))). */
export const arctan = (x: number): number => {
  if (Math.abs(x) > 0.1) return 2 * arctan(x / (1 + Math.sqrt(1 + x * x)));
  let [sum, power] = [0, x];
  for (let i = 1; i < 24; i += 2, power *= -x * x) sum += power / i;
  return sum;
};

/** x >= 0. */
export const arcsinh = (x: number): number => log(x + Math.sqrt(x * x + 1));

/** Newton's method from above. x >= 0. */
export const cbrt = (x: number): number => {
  let y = Math.max(x, 1);
  for (let i = 0; x > 0 && i < 1100; i++) {
    const next = y - (y - x / (y * y)) / 3;
    if (!(next < y)) return y;
    y = next;
  }
  return x > 0 ? y : 0;
};

/** arccos x / sqrt(1 - x) for 0 <= x <= 1: with t = sqrt((1 - x) / (1 + x)), arccos x = 2 arctan t. */
export const arccosRest = (x: number): number => {
  const t = Math.sqrt((1 - x) / (1 + x));
  return (2 / Math.sqrt(1 + x)) * (t < 1e-5 ? 1 : arctan(t) / t);
};
