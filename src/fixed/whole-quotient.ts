/**
 * @file Whole quotients of real numbers and what they leave, exact, with NumPy's signs: the quotient is rounded down, the remainder has the
 * sign of the divisor.
 *
 * A quotient of two raw numbers of one fraction is a whole number. The divisor is normalised once; a step estimates the quotient of what is left
 * (fixed/divide.ts), which settles STEP bits of it, and subtracts that many divisors, exactly. What is left then is less than two divisors on
 * either side of 0, which comparisons with multiples of the divisor settle (as fixed/integer-division.ts).
 */
import * as math from '../ring/math/index.ts';
import {
  add, addNumber, below, bitToNumber, choose, filled, hidden, less, mul, not, or, selectSum, sub, timesInteger, xor,
} from './basic.ts'; // biome-ignore format: a list
import type { Circuit, Wire } from './circuit.ts';
import { dividendOf, divisorOf, largest, mostOf, over } from './divide.ts';
import { ANYWHERE, flip, type Known, normalise, normaliseSigned } from './normalise.ts';
import type { Interval } from './smooth-fss.ts';

/** Bits of a quotient that one estimate settles. */
const STEP = { 32: 7, 64: 13, 128: 21 } as const;
/** Quotients are below 2^this, if ring and fraction hold so many. */
const MOST_BITS = 62;
/** Multiples of the divisor with which what is left is compared. */
const MULTIPLES = [-1, 0, 1, 2] as const;
/** Estimates are off by less than this in the end. */
const TAIL = 2;

/** The least size of a number of that interval, raw: a unit in the last place where 0 is among them. */
const leastOf = ({ input, interval: [lo, hi] }: Known): number =>
  Math.max(1, (lo > 0 ? lo : hi < 0 ? -hi : 0) * math.pow2(input));

/** Bits of the largest quotient. */
const bitsOfMost = (c: Circuit, room: number): number =>
  Math.min(MOST_BITS, c.field.bits - 2 - c.fraction, room);

export interface WholeQuotientOptions {
  /** Where the dividend and the divisor lie. */
  readonly interval?: Interval;
  readonly divisorInterval?: Interval;
}

/**
 * floor(a / b), and a - floor(a / b) b. Exact where |a / b| is below a quarter of 2^m, m the least of 62, k - 2 - f and 103 (FM64: 48, FM32: 23);
 * beyond, and where b = 0, the quotient is 2^m with the sign of a / b, and the remainder 0. |b| is below an eighth of the ring.
 */
export const wholeQuotient = (
  c: Circuit,
  a: Wire,
  b: Wire,
  { interval = ANYWHERE, divisorInterval = ANYWHERE }: WholeQuotientOptions = {},
): { readonly quotient: Wire; readonly remainder: Wire } => {
  const [dividend, divisor]: [Known, Known] = [
    { input: c.fraction, interval },
    { input: c.fraction, interval: divisorInterval },
  ];
  const signed = divisorInterval[0] > 0 ? undefined : normaliseSigned(c, b, divisor);
  const n = signed ?? normalise(c, b, divisor);
  const size = signed ? signed.size() : b;
  const d = divisorOf(c, n, size);
  const negative = interval[0] < 0 ? below(c, a, [0])[0]! : undefined;
  const first = dividendOf(c, negative ? flip(c, negative, a) : a, true);
  const most = bitsOfMost(c, largest(c, n) - 2);
  const reached = mostOf(dividend) / leastOf(divisor);
  // Bits that the quotient may have.
  const bits = reached < math.pow2(most) ? Math.ceil(math.log2(Math.max(1, reached))) + 1 : most;

  let rest = first.value;
  let quotient: Wire | undefined;
  for (let open = bits; quotient === undefined || open > 0; open -= STEP[c.field.bits]) {
    const more = over(c, quotient === undefined ? first : dividendOf(c, rest, false), d, 0);
    quotient = quotient === undefined ? more : add(c, quotient, more);
    rest = sub(c, rest, mul(c, more, size, 0));
  }
  const { minus } = signed ?? {};
  const mixed = negative && minus ? xor(c, negative, minus) : (negative ?? minus);
  // Where signs differ the quotient of the sizes is rounded up: that of what is less than one divisor more.
  const compared = mixed ? add(c, rest, selectSum(c, [[mixed, addNumber(c, size, -1, 0)]])) : rest;
  const enough = MULTIPLES.map((k) => not(c, below(c, sub(c, compared, timesInteger(c, size, k)), [0])[0]!));
  const counted = enough.reduce<Wire>(
    (sum, bit) => add(c, sum, bitToNumber(c, bit)),
    addNumber(c, quotient, -TAIL, 0),
  );
  const taken = selectSum(
    c,
    enough.map((bit) => [bit, size]),
  );
  const left = sub(c, add(c, rest, timesInteger(c, size, TAIL)), taken);

  const shifted = reached < math.pow2(most - 2) ? undefined : first.shift(2 - most);
  const beyond = shifted ? or(c, n.zero, less(c, size, shifted)) : n.zero;
  const top = hidden(c, filled(c, math.pow2(most), left.shape, 0));
  const whole = choose(c, beyond, top, counted);
  const none = timesInteger(c, left, -1);
  const inside = add(c, left, selectSum(c, [[beyond, none]]));
  return {
    quotient: timesInteger(c, mixed ? flip(c, mixed, whole) : whole, math.pow2(c.fraction)),
    remainder: negative ? flip(c, negative, inside) : inside,
  };
};
