/**
 * @file Division of integers, exact, with NumPy's signs: the quotient is rounded down, the remainder has the sign of
 * the divisor, and division by zero gives 0 for both.
 *
 * The divisor is normalised by its leading 4-bit digit, a Fourier sum gives its reciprocal to about 2^-22, and a quotient
 * is refined by that much at a time: q += floor of remainder / divisor, until it is off by at most TAIL, which
 * comparisons with multiples of the divisor settle (as SIRNN, eprint 2021/459, section 3.3, with exact truncation).
 */

import * as math from '../ring/math/index.ts';
import * as basic from './basic.ts';
import {
  add,
  and,
  bitToNumber,
  filled,
  not,
  or,
  partAt,
  selectSum,
  sub,
  timesInteger,
  truncate,
} from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { belowInt, flip, type IntType, isZero, less, magnitude, power, signBit, toBits } from './integers.ts';
import { smooth } from './smooth.ts';

/** Fraction bits of the reciprocal on [1, 16), and how many bits of a quotient one step settles. */
const RECIPROCAL = {
  32: { bits: 12, step: 7 },
  64: { bits: 22, step: 13 },
  128: { bits: 30, step: 21 },
} as const;
/** Fraction bits that survive the product of a remainder and a reciprocal. */
const GUARD = 1;
/** A quotient may be off by this much before it is settled. */
const TAIL = 3;

const ring = (x: Wire) => ({ shape: x.shape, kind: 'ring', secret: true }) as const;

/** x y / 2^trunc, never wrong by more than one. |x y| < 2^(k-2). Rounds 2. */
const mulExact = (c: Circuit, x: Wire, y: Wire, trunc: number): Wire =>
  c.emit('mul', [x, y], { trunc, exact: true }, [ring(x)])[0]!;

interface Divisor {
  readonly value: Wire;
  /** 2^bits / y for the divisor y 16^j, y in [1, 16). */
  readonly inverse: Wire;
  /** [divisor < 16^k], k = 0 .. D-1. */
  readonly under: readonly Wire[];
}

/** Rounds 5 at 64 bits. */
const prepare = (c: Circuit, b: Wire, bits: number): Divisor => {
  const top = bits / 4 - 1;
  const thresholds = Array.from({ length: top + 1 }, (_, k) => math.pow2(4 * k));
  const under = belowInt(c, b, { bits, signed: false }, thresholds);
  const terms = under.slice(1).map((u, i): [Wire, Wire] => {
    const k = i + 1;
    return [u, timesInteger(c, b, math.pow2(4 * (top - k + 1)) - math.pow2(4 * (top - k)))];
  });
  const y = add(c, b, selectSum(c, terms));
  const spare = Math.max(0, 4 * top - 40);
  const output = RECIPROCAL[c.field.bits].bits;
  const inverse = smooth(c, truncate(c, y, spare), 'reciprocal', {
    input: 4 * top - spare,
    output,
  });
  return { value: b, inverse, under };
};

/** About a / divisor: off by 2 and 2^-step of it. Rounds 4. */
const estimate = (c: Circuit, a: Wire, { inverse, under }: Divisor): Wire => {
  const top = under.length - 1;
  const p = mulExact(c, a, inverse, RECIPROCAL[c.field.bits].bits - GUARD);
  const factor = (j: number): number => math.pow2(4 * (top - j));
  const terms = under.slice(1).flatMap((b, i): Wire[] => [b, timesInteger(c, p, factor(i) - factor(i + 1))]);
  const attrs = { trunc: GUARD + 4 * top, exact: true };
  return c.emit('select', [...terms, timesInteger(c, p, factor(top))], attrs, [ring(a)])[0]!;
};

/** Quotient and remainder of whole numbers a >= 0, b > 0 below 2^bits. */
const divideWhole = (c: Circuit, a: Wire, b: Divisor, bits: number): { q: Wire; r: Wire } => {
  const { step } = RECIPROCAL[c.field.bits];
  let q: Wire | undefined;
  let r = a;
  for (let open = bits; open > 0; open -= step) {
    const more = estimate(c, r, b);
    q = q ? add(c, q, more) : more;
    r = sub(c, r, basic.mul(c, more, b.value, 0));
  }
  const steps = Array.from({ length: 2 * TAIL }, (_, i) => i + 1 - TAIL);
  const reached = steps.map((k) => not(c, signBit(c, sub(c, r, timesInteger(c, b.value, k)), bits + 8)));
  const one = filled(c, 1, a.shape, 0);
  const minus = timesInteger(c, b.value, -1);
  return {
    q: add(
      c,
      basic.addNumber(c, q!, -TAIL, 0),
      selectSum(
        c,
        reached.map((g) => [g, one]),
      ),
    ),
    r: add(
      c,
      add(c, r, timesInteger(c, b.value, TAIL)),
      selectSum(
        c,
        reached.map((g) => [g, minus]),
      ),
    ),
  };
};

/**
 * The same, bit by bit, for numbers too wide for the products above. Rounds 4 a bit (signed: a remainder below 2^(b-1)
 * can be doubled; unsigned: 5), and 8.
 */
const divideSerially = (c: Circuit, a: Wire, b: Wire, t: IntType): { q: Wire; r: Wire } => {
  const { shape } = a;
  const digits = toBits(c, a, t.bits);
  const unsigned = { bits: t.bits, signed: false };
  const reached: [Wire, Wire][] = [];
  let r = timesInteger(c, a, 0);
  for (let i = t.bits - 1; i >= 0; i--) {
    const digit = bitToNumber(c, partAt(c, digits, i));
    const next = add(c, timesInteger(c, r, 2), digit);
    const fits = not(c, less(c, next, b, unsigned, false));
    const over = t.signed ? fits : or(c, fits, signBit(c, r, t.bits));
    reached.push([over, filled(c, power(c, i), shape, 0)]);
    r = sub(c, next, selectSum(c, [[over, b]]));
  }
  return { q: selectSum(c, reached), r };
};

/**
 * Quotient and remainder of canonical integers. Rounds 40 at 64 bits, 29 at 32 bits (FM128); where 2 b > k, 4 a bit
 * (unsigned: 5) and 15.
 */
export const divmod = (c: Circuit, x: Wire, y: Wire, t: IntType): { quotient: Wire; remainder: Wire } => {
  const a = magnitude(c, x, t);
  const b = magnitude(c, y, t);
  const serial = 2 * t.bits > c.field.bits;
  const divisor = serial ? undefined : prepare(c, b.size, t.bits);
  const none = divisor ? divisor.under[0]! : isZero(c, b.size, t);
  const whole = divisor ? divideWhole(c, a.size, divisor, t.bits) : divideSerially(c, a.size, b.size, t);
  const unless = (v: Wire): Wire => sub(c, v, selectSum(c, [[none, v]]));
  if (!a.negative || !b.negative) return { quotient: unless(whole.q), remainder: unless(whole.r) };
  const mixed = basic.xor(c, a.negative, b.negative);
  const up = and(c, mixed, not(c, isZero(c, whole.r, t)));
  const quotient = sub(c, flip(c, mixed, whole.q), bitToNumber(c, up));
  const other = sub(c, b.size, timesInteger(c, whole.r, 2));
  const remainder = flip(c, b.negative, add(c, whole.r, selectSum(c, [[up, other]])));
  return { quotient: unless(quotient), remainder: unless(remainder) };
};
