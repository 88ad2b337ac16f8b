/**
 * @file Integers of b bits. A wire holds a residue: any ring element that is the integer mod 2^b, since sums and
 * products mod 2^k wrap right mod 2^b too. Functions that need the integer itself (`canonical`) say so.
 */

import * as math from '../ring/math/index.ts';
import * as basic from './basic.ts';
import {
  bitToNumber,
  expand,
  filled,
  hidden,
  not,
  partAt,
  selectSum,
  sub,
  timesInteger,
  view,
  xor,
} from './basic.ts';
import { type Circuit, count, type Wire } from './circuit.ts';

export interface IntType {
  readonly bits: number;
  readonly signed: boolean;
}

const bitWire = (shape: readonly number[]) => ({ shape, kind: 'bit', secret: true }) as const;
const ringWire = (shape: readonly number[]) => ({ shape, kind: 'ring', secret: true }) as const;

/** A power of two as a ring element: 2^(k-1) only fits as its negative, which is the same. */
export const power = (c: Circuit, exponent: number): number =>
  exponent === c.field.bits - 1 ? -math.pow2(exponent) : math.pow2(exponent);

/** x * 2^(k-b): equal residues become equal ring elements. Local. */
const raised = (c: Circuit, x: Wire, { bits }: IntType): Wire =>
  bits === c.field.bits ? x : timesInteger(c, x, power(c, c.field.bits - bits));

/** [x == 0] of residues. Rounds 2. */
export const isZero = (c: Circuit, x: Wire, t: IntType): Wire =>
  c.emit('isZero', [raised(c, x, t)], {}, [bitWire(x.shape)])[0]!;

/** Bit `bits` - 1 of x. Rounds 3 at 64 bits. */
export const signBit = (c: Circuit, x: Wire, bits: number): Wire =>
  c.emit('negative', [x], { bits }, [bitWire(x.shape)])[0]!;

/** [x < t] of residues, for public whole t of the type. Rounds 3 at 64 bits. */
export const belowInt = (c: Circuit, x: Wire, t: IntType, thresholds: readonly number[]): Wire[] =>
  c.emit(
    'belowInt',
    [x],
    { ...t, thresholds },
    thresholds.map(() => bitWire(x.shape)),
  );

/** [x < y]. `canonical`: both wires hold the integers themselves. Rounds 3 at 64 bits, bytes 4 (13 on residues). */
export const less = (c: Circuit, x: Wire, y: Wire, t: IntType, canonical: boolean): Wire => {
  if (canonical && t.bits < c.field.bits) return signBit(c, sub(c, x, y), t.bits + 1);
  return c.emit('lessInt', [hidden(c, x), hidden(c, y)], { ...t }, [bitWire(x.shape)])[0]!;
};

/**
 * floor(x / 2^shift) of the integer itself, from a residue. Rounds 1 more than the longest borrow (64 bits: 4),
 * bytes 20.
 */
export const shiftRight = (c: Circuit, x: Wire, { bits, signed }: IntType, shift: number): Wire => {
  const whole = bits === c.field.bits;
  const lifted = signed ? basic.addNumber(c, x, power(c, bits - 1), 0) : x;
  const shifted = c.emit('residue', [lifted], { bits, shift }, [ringWire(x.shape)])[0]!;
  const borrow = (low: number): Wire => c.emit('borrow', [lifted], { bits: low }, [bitWire(x.shape)])[0]!;
  const unit = (v: number): Wire => filled(c, v, x.shape, 0);
  const terms: [Wire, Wire][] = [];
  if (shift > 0) terms.push([borrow(shift), unit(-1)]);
  if (!whole || shift > 0) terms.push([borrow(bits), unit(power(c, bits - shift))]);
  const exact = terms.length > 0 ? basic.add(c, shifted, selectSum(c, terms)) : shifted;
  return signed ? basic.addNumber(c, exact, -math.pow2(bits - 1 - shift), 0) : exact;
};

/** The integer itself. Where b = k a residue is all there is. */
export const canonical = (c: Circuit, x: Wire, t: IntType): Wire =>
  t.bits === c.field.bits ? x : shiftRight(c, x, t, 0);

/** All bits, [b, ...shape], the least significant first. Rounds 4 at 64 bits, bytes 15. */
export const toBits = (c: Circuit, x: Wire, bits: number): Wire =>
  c.emit('bits', [hidden(c, x)], { bits }, [bitWire([bits, ...x.shape])])[0]!;

/** Bits [b, ...shape] as the integer itself. Rounds 1. */
export const fromBits = (c: Circuit, bits: Wire, t: IntType): Wire => {
  const shape = bits.shape.slice(1);
  return selectSum(
    c,
    Array.from({ length: t.bits }, (_, i): [Wire, Wire] => {
      const weight = t.signed && i === t.bits - 1 ? -math.pow2(i) : power(c, i);
      return [partAt(c, bits, i), filled(c, weight, shape, 0)];
    }),
  );
};

/** A bitwise op on two integers. Rounds 6 at 64 bits (xor: 5). */
export const bitwise = (
  c: Circuit,
  op: (c: Circuit, x: Wire, y: Wire) => Wire,
  x: Wire,
  y: Wire,
  t: IntType,
): Wire => fromBits(c, op(c, toBits(c, x, t.bits), toBits(c, y, t.bits)), t);

/** Amounts below b, as NumPy has it: y >= b (and y < 0) shift everything out. */
const inRange = (c: Circuit, y: Wire, { bits }: IntType): Wire =>
  belowInt(c, hidden(c, y), { bits, signed: false }, [bits])[0]!;

/** Low bits of an amount: log2 b of them. */
const amountBits = (c: Circuit, y: Wire, { bits }: IntType): Wire[] => {
  const low = toBits(c, y, 8);
  return Array.from({ length: math.log2(bits) }, (_, i) => partAt(c, low, i));
};

/** x * 2^y, y secret. One choice a bit of y. Rounds 9 at 64 bits. */
export const shiftLeftBy = (c: Circuit, x: Wire, y: Wire, t: IntType): Wire => {
  let result = hidden(c, x);
  amountBits(c, y, t).forEach((b, i) => {
    result = basic.add(c, result, selectSum(c, [[b, timesInteger(c, result, math.pow2(math.pow2(i)) - 1)]]));
  });
  return selectSum(c, [[inRange(c, y, t), result]]);
};

/** floor(x / 2^y), y secret: a barrel shifter on bits. Rounds 12 at 64 bits. */
export const shiftRightBy = (c: Circuit, x: Wire, y: Wire, t: IntType): Wire => {
  const { shape } = x;
  const size = count(shape);
  let bits = basic.reshape(c, toBits(c, x, t.bits), [t.bits, size]);
  const last = view(c, bits, [1, size], [size, 1], (t.bits - 1) * size);
  const top = t.signed ? last : xor(c, last, last);
  const fill = (n: number): Wire => view(c, top, [n, size], [0, 1]);
  const wide = (b: Wire): Wire => view(c, b, [t.bits, size], [0, 1]);
  const choose = (b: Wire, yes: Wire, no: Wire): Wire => xor(c, no, basic.and(c, wide(b), xor(c, yes, no)));
  amountBits(c, basic.reshape(c, hidden(c, y), [size]), t).forEach((b, i) => {
    const by = math.pow2(i);
    const kept = view(c, bits, [t.bits - by, size], [size, 1], by * size);
    const moved = basic.concat(c, [kept, fill(by)], 1, [t.bits, size]);
    bits = choose(b, moved, bits);
  });
  const all = choose(inRange(c, basic.reshape(c, y, [size]), t), bits, fill(t.bits));
  return fromBits(c, basic.reshape(c, all, [t.bits, ...shape]), t);
};

/** |x| and [x < 0] of integers that are canonical. Rounds 4. */
export const magnitude = (c: Circuit, x: Wire, t: IntType): { size: Wire; negative: Wire | undefined } => {
  if (!t.signed) return { size: x, negative: undefined };
  const negative = signBit(c, x, t.bits);
  return { size: flip(c, negative, x), negative };
};

/** x or -x. Rounds 1. */
export const flip = (c: Circuit, b: Wire, x: Wire): Wire =>
  basic.add(c, x, selectSum(c, [[b, timesInteger(c, x, -2)]]));

/** -1, 0 or 1. Rounds 4 at 64 bits. */
export const sign = (c: Circuit, x: Wire, t: IntType): Wire => {
  const some = not(c, isZero(c, x, t));
  const unit = filled(c, 1, x.shape, 0);
  if (!t.signed) return bitToNumber(c, some);
  return selectSum(c, [
    [some, unit],
    [signBit(c, x, t.bits), timesInteger(c, unit, -2)],
  ]);
};

/** x held between public bounds, which may be infinite. Rounds 4 at 64 bits, bytes 29. */
export const clamp = (c: Circuit, x: Wire, lo: number, hi: number, t: IntType): Wire => {
  const least = t.signed ? -math.pow2(t.bits - 1) : 0;
  const most = t.signed ? math.pow2(t.bits - 1) - 1 : math.pow2(t.bits) - 1;
  const ends: { bound: number; threshold: number; low: boolean }[] = [];
  if (lo > least) ends.push({ bound: lo, threshold: lo, low: true });
  if (hi < most) ends.push({ bound: hi, threshold: hi, low: false });
  if (ends.length === 0) return x;
  const bits = belowInt(
    c,
    x,
    t,
    ends.map((e) => e.threshold),
  );
  const terms = ends.map(({ bound, low }, i): [Wire, Wire] => [
    low ? bits[i]! : not(c, bits[i]!),
    sub(c, expand(c, c.constant(Float64Array.of(bound), [], 0), x.shape), x),
  ]);
  return basic.add(c, x, selectSum(c, terms));
};
