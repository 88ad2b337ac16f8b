/** @file The functions that networks and statistics are made of: erf, sigmoid and their kin. */
import { acos } from './arcs.ts';
import { exp, halfExp } from './exponential.ts';
import { product, quotient, rest, sum } from './float-bits.ts';
import { tanh } from './hyperbolic.ts';
import { log1p } from './logarithm.ts';

const PER_ROOT_PI = 1.1283791670955126;
const PER_ROOT_PI_LOW = 1.533545961316588e-17;
const STEPS = 8;
/** From here on erf is 1. */
const LAST = 6;

interface Centres {
  /** erf(j / 8). */
  readonly values: Float64Array;
  readonly low: Float64Array;
  /** Its derivative there. */
  readonly slopes: Float64Array;
}

/** By 2 / sqrt(pi) exp(-x^2) (x + x^3 2 / 3 + x^5 4 / 15 + ...), in which nothing cancels. */
const makeCentres = (): Centres => {
  const count = STEPS * LAST + 1;
  const all = {
    values: new Float64Array(count),
    low: new Float64Array(count),
    slopes: new Float64Array(count),
  };
  for (let j = 0; j < count; j++) {
    const x = j / STEPS;
    let [term, termLow, s, low] = [x, 0, x, 0];
    for (let n = 1; term > 1e-20 * s; n++) {
      term = product(term, termLow, 2 * x * x, 0);
      term = quotient(term, rest[0]!, 2 * n + 1, 0);
      termLow = rest[0]!;
      s = sum(s, low, term, termLow);
      low = rest[0]!;
    }
    s = product(s, low, 2 * PER_ROOT_PI, 2 * PER_ROOT_PI_LOW);
    low = rest[0]!;
    const half = halfExp(-x * x);
    all.values[j] = product(s, low, half, rest[0]!);
    all.low[j] = rest[0]!;
    all.slopes[j] = 2 * PER_ROOT_PI * half;
  }
  return all;
};

let centres: Centres | undefined;

/**
 * The error function: a Taylor series around the next of j / 8. Its derivatives are Hermite polynomials times the first, and
 * those follow from one another.
 */
export const erf = (x: number): number => {
  if (x <= 0) return x === 0 ? x : -erf(-x);
  if (!(x < LAST)) return x > 0 ? 1 : x;
  centres ??= makeCentres();
  const j = Math.round(x * STEPS);
  const h = x - j / STEPS;
  const c = -2 * (j / STEPS);
  let [before, here, power, s] = [0, 1, h, 0];
  for (let n = 1; n < 20; n++) {
    [before, here] = [here, c * here - 2 * (n - 1) * before];
    power *= h / (n + 1);
    s += here * power;
  }
  if (j === 0) return product(PER_ROOT_PI, PER_ROOT_PI_LOW, h, s);
  return centres.values[j]! + (centres.low[j]! + centres.slopes[j]! * (h + s));
};

/** 1 / (1 + e^-x). */
export const sigmoid = (x: number): number => {
  const e = exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
};

/** log(1 + e^x). */
export const softplus = (x: number): number => Math.max(x, 0) + log1p(exp(-Math.abs(x)));

/** x sigmoid(x). */
export const silu = (x: number): number => x * sigmoid(x);

/** x tanh(softplus(x)). */
export const mish = (x: number): number => x * tanh(softplus(x));

/** x times the normal distribution's cumulative function. */
export const gelu = (x: number): number => 0.5 * x * (1 + erf(x * Math.SQRT1_2));

/** gelu as it is often approximated. */
export const geluTanh = (x: number): number =>
  0.5 * x * (1 + tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

/** acos(x) / sqrt(1 - x), which is smooth up to 1. */
export const arccosRest = (x: number): number => (x === 1 ? Math.SQRT2 : acos(x) / Math.sqrt(1 - x));
