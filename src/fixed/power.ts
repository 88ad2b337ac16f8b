/** @file Powers with secret integer exponents, by repeated squaring: each bit of the exponent selects whether a square enters the product. */
import * as math from '../ring/math/index.ts';
import {
  and,
  choose,
  filled,
  hidden,
  mul,
  not,
  partAt,
  selectSum,
  sub,
  timesInteger,
  truncate,
} from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { expOfProduct, logarithmBits } from './elementary.ts';
import { clamp, type IntType, magnitude, toBits } from './integers.ts';
import { ANYWHERE, normaliseSigned } from './normalise.ts';
import { logOf } from './roots-logarithms.ts';

/** Bits of an exponent of a fixed-point number: beyond, all powers but those of numbers next to 1 are 0 or too large. */
const BITS = 16;

/**
 * The square of base, and that or 1, by the bit b. A square may leave the range where no bit asks for it, and is not watched; the factor is
 * chosen before it is truncated, and watched.
 */
const squared = (c: Circuit, base: Wire, b: Wire, trunc: number): { base: Wire; factor: Wire } => {
  const wide = mul(c, base, base, 0);
  const one = filled(c, math.pow2(2 * trunc), base.shape, 0);
  return {
    base: c.inside(() => truncate(c, wide, trunc)),
    factor: selectSum(c, [[b, sub(c, wide, one)]], trunc, one),
  };
};

/** x^y of the low bits of y, the least significant first. Rounds 1 a bit, one, and log2 of their number. */
const byBits = (c: Circuit, x: Wire, bits: readonly Wire[], trunc: number): Wire => {
  const one = filled(c, 1, x.shape, trunc);
  let base = x;
  let factors = bits.map((b, i) => {
    if (i > 0 && c.guarded && trunc > 0) {
      const next = squared(c, base, b, trunc);
      base = next.base;
      return next.factor;
    }
    if (i > 0) base = mul(c, base, base, trunc);
    return selectSum(c, [[b, sub(c, base, one)]], 0, one);
  });
  while (factors.length > 1)
    factors = Array.from({ length: Math.ceil(factors.length / 2) }, (_, i) => {
      const [u, v] = factors.slice(2 * i, 2 * i + 2) as [Wire, Wire?];
      return v ? mul(c, u, v, trunc) : u;
    });
  return factors[0]!;
};

const planes = (c: Circuit, y: Wire, n: number): Wire[] => {
  const digits = toBits(c, y, n);
  return Array.from({ length: n }, (_, i) => partAt(c, digits, i));
};

/** Integers: x^y mod 2^k, and 0 where y < 0. y: a residue. Rounds 76 at 64 bits, 19 at 8. */
export const integerPower = (c: Circuit, x: Wire, y: Wire, t: IntType): Wire => {
  const bits = planes(c, y, t.bits);
  if (!t.signed) return byBits(c, x, bits, 0);
  const product = byBits(c, x, bits.slice(0, -1), 0);
  return selectSum(c, [[not(c, bits.at(-1)!), product]]);
};

/**
 * x^y of a fixed-point x, of any sign, and an integer y that is canonical; exponents beyond +-65535 count as those. The error of each
 * square is doubled by the next: y times that of x and of a unit in the last place, relative to powers above 1. Negative exponents:
 * exp(y log |x|), and the sign.
 */
export const wholePowerOf = (c: Circuit, x: Wire, y: Wire, t: IntType): Wire => {
  const most = math.pow2(BITS) - 1;
  const wide = t.bits > BITS;
  const held = wide ? clamp(c, hidden(c, y), t.signed ? -most : 0, most, t) : hidden(c, y);
  const { size, negative } = magnitude(c, held, t);
  const bits = planes(c, size, Math.min(BITS, t.bits));
  if (!negative) return byBits(c, x, bits, c.fraction);
  const u = hidden(c, x);
  const inverse = c.inside(() => {
    const n = normaliseSigned(c, u, { input: c.fraction, interval: ANYWHERE });
    const power = expOfProduct(c, logOf(c, n, c.fraction, logarithmBits(c)), held, 0);
    return sub(c, power, selectSum(c, [[and(c, n.minus, bits[0]!), timesInteger(c, power, 2)]]));
  });
  // Products that nobody asks for leave no range.
  const base = c.guarded ? choose(c, negative, filled(c, 1, u.shape), u) : u;
  return choose(c, negative, inverse, byBits(c, base, bits, c.fraction));
};
