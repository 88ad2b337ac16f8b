/**
 * @file Quotients, right wherever numerator, denominator and result fit, and saturated beyond.
 *
 * b = y 2^(4j + base) is normalised (fixed/normalise.ts), w is 1/y. Its digit j is a coarse one, by which a is shifted, and a fine one, by
 * which w is: a 2^-4j alone would need as many bits as a, and w as many as 2^4j. The product's high part is whole, and only its low
 * part is truncated. Where the fraction asks for more than w has, the remainder is divided again.
 *
 * Where a program promises that both are small: a w, scaled back in one gate.
 *
 * Rounds and bytes are those of FM128 anywhere, then those of promised ranges, then by FSS (two parties).
 */
import * as math from '../ring/math/index.ts';
import {
  add,
  addNumber,
  and,
  below,
  bitToNumber,
  filled,
  hidden,
  less,
  mul,
  neg,
  or,
  selectSum,
  sub,
  timesInteger,
  xor,
} from './basic.ts';
import { secretRing } from './batches.ts';
import { type Circuit, count, type Wire } from './circuit.ts';
import { type Shift, shifts, split } from './exact-shift.ts';
import { digitsByFss } from './leading.ts';
import {
  ANYWHERE,
  byDigit,
  type Fractions,
  fewDigits,
  flip,
  fractionsOf,
  type Known,
  type Normal,
  normalise,
  normaliseSigned,
  onNormal,
  rescale,
  rescaleFine,
  valueBits,
} from './normalise.ts';
import { piecewiseLinearByFss } from './piecewise-linear.ts';
import type { Interval } from './smooth-fss.ts';

/** Fraction bits of what is divided, of what it is divided by, and of the quotient; and where the first two lie. */
export interface QuotientOptions {
  readonly numerator?: number;
  readonly denominator?: number;
  readonly output?: number;
  readonly interval?: Interval;
  readonly divisorInterval?: Interval;
  /** Where one number divides many: what is made of it, in the shape of what it divides. */
  readonly spread?: (made: Wire) => Wire;
}

const unchanged = (made: Wire): Wire => made;

/** Fraction bits of 1/y, and bits below the last place of a quotient that the shifted numerator keeps. */
const INVERSE = {
  32: { bits: 12, guard: 1 },
  64: { bits: 22, guard: 4 },
  128: { bits: 28, guard: 5 },
} as const;

/** What is divided by. */
export interface Divisor {
  readonly n: Normal;
  readonly size: Wire;
  /** 1/y by the fine digit, and its bits. */
  readonly inverse: Wire;
  readonly bits: number;
}

export const divisorOf = (c: Circuit, n: Normal, size: Wire, spread = unchanged): Divisor => {
  const v = INVERSE[c.field.bits].bits;
  const fine = rescaleFine(c, onNormal(c, n, 'reciprocal', v), n, { slope: -4, shift: 0, bits: v });
  const last = coarse(n, spread);
  return { n: last, size: spread(size), inverse: spread(fine.values[0]!), bits: fine.bits };
};

/** What was normalised, without its fine digit. */
const coarse = (n: Normal, spread: (made: Wire) => Wire): Normal => {
  const { step, under } = n.levels.at(-1)!;
  return { ...n, levels: [{ step, under: under.map(spread) }], zero: spread(n.zero) };
};

/** Bits of the largest quotient, raw. */
export const largest = (c: Circuit, n: Normal): number =>
  c.field.bits - 2 - 4 * n.levels.at(-1)!.step - INVERSE[c.field.bits].guard;

/** What is divided: a number, and how it is shifted. */
export interface Dividend {
  readonly value: Wire;
  readonly shift: Shift;
  /** 0 <= a < 2^(k-1); else |a| < 2^(k-2). */
  readonly positive: boolean;
}

export const dividendOf = (c: Circuit, value: Wire, positive: boolean): Dividend => ({
  value,
  shift: shifts(c, value, positive),
  positive,
});

/** a 2^up / |b|, off by one unit and 2^-21 of it; 0 where b = 0, `unlessZero`. Rounds 4; 1 after those of the divisor, which takes longer. */
export const over = (
  c: Circuit,
  a: Dividend,
  { n, inverse, bits }: Divisor,
  up: number,
  unlessZero = false,
): Wire => {
  const { guard } = INVERSE[c.field.bits];
  const { step, under } = n.levels.at(-1)!;
  const start = up - n.base + guard;
  const terms = Array.from({ length: under.length + 1 }, (_, d) => a.shift(start - 4 * step * d));
  const trunc = bits + guard;
  const [first] = terms;
  const none: [Wire, Wire][] = unlessZero && first ? [[n.zero, timesInteger(c, first, -1)]] : [];
  const { high, low } = split(c, byDigit(c, under, terms, none), trunc, a.positive);
  const exact = c.field.bits !== 128;
  const rest = c.emit('mul', [low, inverse], { trunc, exact }, [secretRing(low)])[0]!;
  return add(c, mul(c, high, inverse, 0), rest);
};

/** Whether results ask for more bits than 1/y has. */
const finer = (c: Circuit, output: number): boolean => output > c.field.fraction;

/** a 2^up mod 2^k, for up below k; a for up below 0. */
const shiftedUp = (c: Circuit, a: Wire, up: number): Wire => {
  const most = c.field.bits - 2;
  const shifted = timesInteger(c, a, math.pow2(Math.max(0, Math.min(up, most))));
  return up > most ? timesInteger(c, shifted, 2) : shifted;
};

/** The quotient of magnitudes; once more that of what it lacks, which is small, though both parts of it may leave the ring. */
const magnitudes = (c: Circuit, a: Dividend, d: Divisor, up: number, refine: boolean): Wire => {
  const q = over(c, a, d, up);
  if (!refine) return q;
  const taken = timesInteger(c, mul(c, q, d.size, 0), math.pow2(Math.max(0, -up)));
  const rest = up < c.field.bits ? sub(c, shiftedUp(c, a.value, up), taken) : neg(c, taken);
  return add(c, q, over(c, dividendOf(c, rest, false), d, Math.min(0, up), true));
};

interface Operands {
  readonly up: number;
  readonly output: number;
  readonly a: Known;
  readonly b: Known;
}

const operands = (c: Circuit, o: QuotientOptions): Operands => {
  const { numerator = c.fraction, denominator = c.fraction, output = c.fraction } = o;
  return {
    up: output + denominator - numerator,
    output,
    a: { input: numerator, interval: o.interval ?? ANYWHERE },
    b: { input: denominator, interval: o.divisorInterval ?? ANYWHERE },
  };
};

/** The largest size of a number of that interval, raw. */
export const mostOf = ({ input, interval }: Known): number =>
  Math.max(Math.abs(interval[0]), Math.abs(interval[1])) * math.pow2(input);

/** Products of few digits are below 2^this. */
const ROOM = { 32: 29, 64: 60, 128: 90 } as const;

/** Whether both are promised to be small enough for a w. */
const small = (c: Circuit, { up, output, a, b }: Operands): boolean => {
  const digits = fewDigits(c, b);
  if (digits === undefined || finer(c, output)) return false;
  const [lo, hi] = b.interval;
  const least = Math.max(1, (lo > 0 ? lo : hi < 0 ? -hi : 0) * math.pow2(b.input));
  const most = mostOf(a);
  const trunc = Math.max(0, GUARD + 4 * (digits - 1) - up);
  const room = math.pow2(ROOM[c.field.bits]);
  return most * math.pow2(valueBits(c)) < room && (most / least) * math.pow2(up + trunc) < room;
};

/** What is known of b as it is normalised: by FSS any digit is found in fewer rounds than few are, where a is not small too. */
const normalisedAs = (c: Circuit, o: Operands, b: Wire, signed: boolean): Known =>
  !small(c, o) && digitsByFss(c, count(b.shape), signed) ? { ...o.b, interval: ANYWHERE } : o.b;

/** Extra fraction bits of a / y before scaling back: the error is that of moving a by 2^-GUARD units. */
const GUARD = 4;

/** a / the number that was normalised, for few digits. Rounds 3. */
const fewQuotient = (c: Circuit, a: Wire, n: Normal, up: number, spread = unchanged): Wire => {
  const product = mul(c, a, spread(onNormal(c, n, 'reciprocal')[0]!), valueBits(c) - GUARD);
  return rescale(c, [product], coarse(n, spread), { slope: -4, shift: up - GUARD, bits: 0 });
};

/** What is divided, and where it lies. */
interface Numerator {
  readonly value: Wire;
  readonly known: Known;
}

/**
 * [|a / b| is beyond the largest number, or b = 0]; |a|, and how it is shifted. `zero`: a raw number that is 1 where b = 0, which makes
 * one comparison do.
 */
const isFull = (
  c: Circuit,
  { value: a, known }: Numerator,
  shift: Shift,
  d: Divisor,
  up: number,
  zero?: () => Wire,
): Wire => {
  const apart = largest(c, d.n) - up;
  const reached = mostOf(known) * math.pow2(-apart);
  if (reached < 1 || apart >= c.field.bits - 1) return d.n.zero;
  const one = zero?.();
  const beyond = (size: Wire, least: Wire): Wire => less(c, size, one ? add(c, least, one) : least);
  const compared = (): Wire => {
    if (apart > 0) return beyond(d.size, shift(-apart)!);
    if (reached < math.pow2(c.field.bits - 2)) return beyond(d.size, timesInteger(c, a, math.pow2(-apart)));
    return beyond(shifts(c, d.size, true)(apart)!, addNumber(c, a, 1, 0));
  };
  return one ? compared() : or(c, d.n.zero, compared());
};

const both = (c: Circuit, x: Wire | undefined, y: Wire | undefined): Wire | undefined =>
  x && y ? xor(c, x, y) : (x ?? y);

/** The quotient; what is beyond the largest number is that, with the sign. `minus`: the sign of b, whose size d has. */
const finish = (
  c: Circuit,
  { value, known }: Numerator,
  d: Divisor,
  { up, output }: Pick<Operands, 'up' | 'output'>,
  minus?: Wire,
): Wire => {
  const top = filled(c, math.pow2(largest(c, d.n)), value.shape, 0);
  const negative = known.interval[0] < 0 ? below(c, value, [0])[0]! : undefined;
  const sign = both(c, negative, minus);
  if (d.n.ys.length > 1) {
    // By FSS |a| comes with its sign, and a is divided as it is.
    const twice = negative && piecewiseLinearByFss(c, value, { at: [0], slopes: [2], steps: [0] });
    const size = twice ? sub(c, twice, value) : negative ? flip(c, negative, value) : value;
    const q = magnitudes(c, dividendOf(c, value, negative === undefined), d, up, finer(c, output));
    const full = isFull(c, { value: size, known }, shifts(c, size, true), d, up, () =>
      bitToNumber(c, d.n.zero),
    );
    const terms: [Wire, Wire][] = [[full, sub(c, top, q)]];
    if (minus) terms.push([minus, timesInteger(c, q, -2)], [and(c, full, minus), timesInteger(c, q, 2)]);
    if (sign) terms.push([and(c, full, sign), timesInteger(c, top, -2)]);
    return add(c, q, selectSum(c, terms));
  }
  const size = negative ? flip(c, negative, value) : value;
  const dividend = dividendOf(c, size, true);
  const q = magnitudes(c, dividend, d, up, finer(c, output));
  const full = isFull(c, { value: size, known }, dividend.shift, d, up);
  const more = sub(c, top, q);
  const terms: [Wire, Wire][] = [[full, more]];
  if (sign) terms.push([sign, timesInteger(c, q, -2)], [and(c, sign, full), timesInteger(c, more, -2)]);
  return add(c, q, selectSum(c, terms));
};

/**
 * a / b. Relative error below 2^-20 (FM128; FM64: 2^-15, FM32: 2^-4), or a unit and an eighth in the last place; with more than the
 * field's own fraction bits f (rounds 18, bytes 330) three units, or 2^-42 where a 2^f < 2^148 (FM64: 2^-30, 2^78). |a / b| of 2^(105 - f) and more (FM128; FM64: 2^(50 - f); FM32: 2^(25 - f)), and a / 0, are that number, with the sign of
 * a / b: 0 / 0 is positive. Where both are promised to be small, b = 0 counts as one unit in the last place. By FSS |a| is
 * below a quarter of the ring. Rounds 14, bytes 234,
 * dealer 2.3 KB; 8, 197; 5, 259. Where one b divides many a (`spread`) what is made of it is made once: bytes an a 130, 37.
 */
export const divide = (c: Circuit, a: Wire, b: Wire, options: QuotientOptions = {}): Wire => {
  const o = operands(c, options);
  const { spread = unchanged } = options;
  const n = normaliseSigned(c, b, normalisedAs(c, o, b, true));
  const minus = spread(n.minus);
  if (small(c, o)) {
    const turned = a.secret ? flip(c, minus, a) : sub(c, a, selectSum(c, [[minus, timesInteger(c, a, 2)]]));
    return fewQuotient(c, turned, n, o.up, spread);
  }
  return finish(c, { value: hidden(c, a), known: o.a }, divisorOf(c, n, n.size(), spread), o, minus);
};

/** a / b for b > 0; b <= 0 count as 0. Rounds 13, bytes 218; 7, 113; 5, 242. Else as divide. */
export const positiveQuotient = (c: Circuit, a: Wire, b: Wire, options: QuotientOptions = {}): Wire => {
  const o = operands(c, options);
  const { spread = unchanged } = options;
  const n = normalise(c, b, normalisedAs(c, o, b, false));
  if (small(c, o)) return fewQuotient(c, a, n, o.up, spread);
  const zero = n.negative ? xor(c, n.zero, n.negative) : n.zero;
  return finish(c, { value: hidden(c, a), known: o.a }, divisorOf(c, { ...n, zero }, b, spread), o);
};

/** a / b for 0 <= a <= b, b > 0: nothing to saturate. */
export const properQuotient = (c: Circuit, a: Wire, b: Wire): Wire => {
  const n = normalise(c, b, { input: c.fraction, interval: ANYWHERE });
  return magnitudes(c, dividendOf(c, a, true), divisorOf(c, n, b), c.fraction, finer(c, c.fraction));
};

/** 1 / |x| for what was normalised, of that size. Rounds 3; few digits: 2. */
export const inverseOf = (c: Circuit, n: Normal, size: () => Wire, fractions: Fractions = {}): Wire => {
  const { input, output } = fractionsOf(c, fractions);
  const up = input + output;
  if (finer(c, output) || up >= c.field.bits - 4) {
    const one = hidden(c, filled(c, 1, n.zero.shape, 0));
    const d = divisorOf(c, n, size());
    if (up + 1 < largest(c, n)) return magnitudes(c, dividendOf(c, one, true), d, up, true);
    const known: Known = { input: 0, interval: [1, 1] };
    return finish(c, { value: one, known }, d, { up, output });
  }
  const v = valueBits(c);
  return rescale(c, onNormal(c, n, 'reciprocal'), n, {
    slope: -4,
    shift: up - n.base - v,
    bits: v + 1,
    // What is no positive number counts as 0.
    least: math.pow2(up - n.base),
  });
};

/**
 * 1 / x; 1 / 0 is that of half a unit in the last place. Relative error below 2^-20 (FM128), or one unit in the last place; with more
 * than the field's own fraction bits, all of them (rounds 18, bytes 296). Rounds 13, bytes 136, dealer 1.8 KB; 8, 181; 5, 130.
 */
export const reciprocal = (c: Circuit, x: Wire, fractions: Fractions = {}): Wire => {
  const { output, ...known } = fractionsOf(c, fractions);
  const n = normaliseSigned(c, x, known);
  return flip(c, n.minus, inverseOf(c, n, n.size, { input: known.input, output }));
};

/** 1 / x for x > 0; others count as 0 (with more than the field's own fraction bits negative ones give 0). Rounds 11, bytes 104; 6, 97; 4, 114. */
export const positiveReciprocal = (c: Circuit, x: Wire, fractions: Fractions = {}): Wire => {
  const { output, ...known } = fractionsOf(c, fractions);
  return inverseOf(c, normalise(c, x, known), () => x, { input: known.input, output });
};
