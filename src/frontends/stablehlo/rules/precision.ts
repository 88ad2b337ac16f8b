/** @file `reduce_precision`: numbers rounded to those of a smaller float (StableHLO specification, "reduce_precision"). */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { log2, pow2 } from '../../../ring/math/index.ts';
import { input, isPublic, np, number, operandOf, type Rule, text, unsupported } from './rule.ts';

/** A float format: bits of the exponent and of the mantissa. */
interface Format {
  readonly exponent: number;
  readonly mantissa: number;
}

const FORMATS: Readonly<Record<string, Format>> = {
  f64: { exponent: 11, mantissa: 52 },
  f32: { exponent: 8, mantissa: 23 },
  f16: { exponent: 5, mantissa: 10 },
  bf16: { exponent: 8, mantissa: 7 },
};
/** Secrets keep what they have of mantissas as long as these: roundings of f32 are not imitated anywhere. */
const WIDE = 23;

const HALF = 0.5;
const even = (x: number): number => {
  const down = Math.floor(x);
  return x - down === HALF ? down + Math.abs(down % 2) : Math.round(x);
};

/** The largest exponent of normal numbers; the least is 1 - it. */
const biasOf = (exponent: number): number => pow2(exponent - 1) - 1;

const rounded = (x: number, { exponent, mantissa }: Format): number => {
  if (x === 0 || !Number.isFinite(x)) return x;
  const unit = pow2(Math.max(Math.floor(log2(Math.abs(x))), -1022) - mantissa);
  // log2 of a number close to a power of 2 may be that power.
  const own = Math.abs(x) < unit * pow2(mantissa) ? unit / 2 : unit;
  const near = even(x / own) * own;
  if (Math.abs(near) < pow2(1 - biasOf(exponent))) return 0 * x;
  return Math.abs(near) >= pow2(biasOf(exponent)) * 2 ? Math.sign(x) * Infinity : near;
};

/** A secret is rounded by its mantissa between 1/2 and 1, and what that loses is taken off. */
const ofSecrets = (x: BaseArray, { exponent, mantissa }: Format): BaseArray => {
  const [m, n] = np.frexp(x);
  const ulps = pow2(mantissa + 1);
  const lost = np.subtract(m, np.multiply(np.rint(np.multiply(m, ulps)), 1 / ulps));
  // Where a unit of the format is no more than one of the ring, nothing is lost.
  const isFine = np.less(np.abs(x), np.multiply(np.epsilon(), pow2(mantissa + 1)));
  const near = np.subtract(x, np.where(isFine, 0, np.ldexp(lost, n)));
  const bias = biasOf(exponent);
  if (bias >= 127) return near;
  const most = pow2(bias) * (2 - pow2(-mantissa));
  const held = np.clip(near, -most, most);
  return np.where(np.less(np.abs(near), pow2(1 - bias)), 0, held);
};

/**
 * Public numbers exactly. Secrets to 2^-22 of them; what lies halfway between two numbers of the format may become either; beyond the largest one
 * they stay at it, as nothing in the ring is infinite.
 */
export const reducePrecision: Rule = (op, inputs) => {
  const x = input(inputs, 0, op);
  const [, e, m] = /^e(\d+)m(\d+)$/.exec(text(op, 'format', '')) ?? [];
  const to: Format = e
    ? { exponent: Number(e), mantissa: Number(m) }
    : { exponent: number(op, 'exponent_bits'), mantissa: number(op, 'mantissa_bits') };
  if (!(to.exponent >= 1 && to.exponent <= 11 && to.mantissa >= 0 && to.mantissa <= 52))
    return unsupported(op, `floats of ${to.exponent} and ${to.mantissa} bits`);
  if (isPublic(x))
    return new np.NDArray(
      x.shape,
      'fxp',
      (x.data as Float64Array).map((v) => rounded(v, to)),
    );
  const from = FORMATS[operandOf(op, 0).element] ?? unsupported(op, 'an operand that is no float');
  const mantissa = Math.min(from.mantissa, WIDE);
  return to.mantissa >= mantissa && to.exponent >= Math.min(from.exponent, 8)
    ? x
    : ofSecrets(x, { ...to, mantissa: Math.min(to.mantissa, mantissa) });
};
