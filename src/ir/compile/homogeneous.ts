/** @file Roots and inverses of values with fraction bits and a factor of their own (fraction-bits.ts): of a product they are products. */
import * as basic from '../../fixed/basic.ts';
import type { Circuit, Wire } from '../../fixed/circuit.ts';
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

/** A function in two steps, of which the first does not depend on the bits of the result. */
interface Homogeneous<X> {
  /** What is made of the number before its function. */
  readonly begin: (l: Lowering, s: Scaled) => X;
  readonly end: (l: Lowering, s: Scaled, begun: X, output: number) => Wire;
}

/** fn(wire 2^-bits factor), where fn of a product is the product of both: `of` says what it makes of a factor in [1, 4). */
const homogeneous = <X>(
  begin: (c: Circuit, wire: Wire, fractions: Required<normal.Fractions>) => X,
  fn: (c: Circuit, begun: X, fractions: normal.Fractions) => Wire,
  of: (mantissa: number) => number,
): Homogeneous<X> => ({
  begin: ({ circuit: c }, s) => {
    const { mantissa, exponent } = split(s.factor);
    const wire = mantissa < 0 ? basic.neg(c, s.wire) : s.wire;
    return begin(c, wire, normal.fractionsOf(c, { input: s.bits - exponent }));
  },
  end: ({ circuit: c }, s, begun, output) => {
    const { mantissa, exponent } = split(s.factor);
    const input = s.bits - exponent;
    const factor = of(Math.abs(mantissa));
    if (factor === 1) return fn(c, begun, { input, output });
    const more = fn(c, begun, { input, output: output + SPARE });
    return basic.timesNumber(c, more, factor * math.pow2(-SPARE));
  },
});

/** Both steps. */
const whole =
  <X>({ begin, end }: Homogeneous<X>) =>
  (l: Lowering, s: Scaled, output: number): Wire =>
    end(l, s, begin(l, s), output);

export const rootSteps = homogeneous(normal.normalise, normal.sqrtOf, Math.sqrt);
export const underRootSteps = homogeneous(normal.normalise, normal.rsqrtOf, (m) => 1 / Math.sqrt(m));
export const root = whole(rootSteps);
export const underRoot = whole(underRootSteps);
export const inverse = whole(
  homogeneous(
    (_, wire) => wire,
    normal.reciprocal,
    (m) => 1 / m,
  ),
);
