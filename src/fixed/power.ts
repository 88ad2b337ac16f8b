/** @file Powers with secret whole exponents: squares of squares, each of which a bit of the exponent puts into the product or not. */
import * as math from '../ring/math/index.ts';
import { choose, filled, hidden, mul, not, selectSum, sub, timesInteger, truncate, view } from './basic.ts';
import { type Circuit, count, type Wire } from './circuit.ts';
import { power } from './elementary.ts';
import { clamp, type IntType, magnitude, toBits } from './integers.ts';

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
  const size = count(y.shape);
  const strides = y.shape.map((_, i) => count(y.shape.slice(i + 1)));
  return Array.from({ length: n }, (_, i) => view(c, digits, y.shape, strides, i * size));
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
 * square is doubled by the next: y times that of x and of a unit in the last place, relative to powers above 1. Negative exponents: as
 * elementary.ts has them, by exp(y log |x|).
 */
export const wholePowerOf = (c: Circuit, x: Wire, y: Wire, t: IntType): Wire => {
  const most = math.pow2(BITS) - 1;
  const wide = t.bits > BITS;
  const held = wide ? clamp(c, hidden(c, y), t.signed ? -most : 0, most, t) : hidden(c, y);
  const { size, negative } = magnitude(c, held, t);
  const product = byBits(c, x, planes(c, size, Math.min(BITS, t.bits)), c.fraction);
  if (!negative) return product;
  const inverse = c.inside(() => power(c, hidden(c, x), timesInteger(c, held, math.pow2(c.fraction))));
  return choose(c, negative, inverse, product);
};
