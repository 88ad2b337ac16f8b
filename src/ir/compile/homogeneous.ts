/** @file Roots and inverses of values with fraction bits and a factor of their own (fraction-bits.ts): of a product they are products. */
import * as basic from '../../fixed/basic.ts';
import type { Wire } from '../../fixed/circuit.ts';
import * as normal from '../../fixed/roots-logarithms.ts';
import * as math from '../../ring/math/index.ts';
import type { Scaled } from './fraction-bits.ts';
import type { Lowering } from './lowering-state.ts';

/** factor = mantissa 2^exponent, the exponent even and 1 <= |mantissa| < 4. */
export const split = (factor: number): { mantissa: number; exponent: number } => {
  let [mantissa, exponent] = [factor, 0];
  while (Math.abs(mantissa) >= 4) [mantissa, exponent] = [mantissa / 4, exponent + 2];
  while (Math.abs(mantissa) < 1) [mantissa, exponent] = [mantissa * 4, exponent - 2];
  return { mantissa, exponent };
};

/** Bits that a result has beyond those wanted, before a factor brings it there. */
const SPARE = 3;

/** fn(wire 2^-bits factor), where fn of a product is the product of both: `of` says what it makes of a factor in [1, 4). */
const homogeneous =
  (fn: typeof normal.sqrt, of: (mantissa: number) => number) =>
  (l: Lowering, s: Scaled, output: number): Wire => {
    const { circuit: c } = l;
    const { mantissa, exponent } = split(s.factor);
    const input = s.bits - exponent;
    const wire = mantissa < 0 ? basic.neg(c, s.wire) : s.wire;
    const factor = of(Math.abs(mantissa));
    if (factor === 1) return fn(c, wire, { input, output });
    const more = fn(c, wire, { input, output: output + SPARE });
    return basic.timesNumber(c, more, factor * math.pow2(-SPARE));
  };

export const root = homogeneous(normal.sqrt, Math.sqrt);
export const underRoot = homogeneous(normal.rsqrt, (m) => 1 / Math.sqrt(m));
export const inverse = homogeneous(normal.reciprocal, (m) => 1 / m);
