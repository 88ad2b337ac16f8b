/** @file Tails of distributions, in the clear: incomplete gamma and beta functions by their continued fractions and series. */
import * as math from '../ring/math/index.ts';

/** Coefficients of Lanczos' approximation (g = 7, n = 9). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** log gamma(x), x >= 0.5. */
const logGamma = (x: number): number => {
  const y = x - 1;
  const sum = LANCZOS.slice(1).reduce((s, c, i) => s + c / (y + i + 1), LANCZOS[0]!);
  const t = y + 7.5;
  return 0.5 * math.log(2 * Math.PI) + (y + 0.5) * math.log(t) - t + math.log(sum);
};

const TINY = 1e-300;
const TURNS = 500;
const away = (x: number): number => (Math.abs(x) < TINY ? TINY : x);

/** The upper incomplete gamma function over gamma(a). */
const upperGamma = (a: number, x: number): number => {
  if (x <= 0) return 1;
  const front = math.exp(a * math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let [term, sum] = [1 / a, 1 / a];
    for (let k = 1; k < TURNS && term > sum * 1e-17; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < TURNS; k++) {
    const an = -k * (k - a);
    b += 2;
    d = 1 / away(an * d + b);
    c = away(b + an / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return front * h;
};

/** The regularised incomplete beta function, by its continued fraction (Lentz). */
const beta = (a: number, b: number, x: number): number => {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - beta(b, a, 1 - x);
  const front =
    math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * math.log(x) + b * math.log(1 - x)) / a;
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < TURNS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const step of [even, odd]) {
      d = 1 / away(1 + step * d);
      c = away(1 + step / c);
      h *= d * c;
    }
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return front * h;
};

/** The chance of more than x of a chi-square distribution. */
export const chiSquareTail = (x: number, df: number): number => upperGamma(df / 2, x / 2);
/** The chance of more than t >= 0 of Student's distribution. */
export const studentTail = (t: number, df: number): number => beta(df / 2, 0.5, df / (df + t * t)) / 2;
/** The chance of more than z >= 0 of the normal distribution. */
export const normalTail = (z: number): number => upperGamma(0.5, (z * z) / 2) / 2;
