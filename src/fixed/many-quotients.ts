/**
 * @file One number that divides many (a pivot): its inverse, which is made once, and a product each. The inverse of a large number has
 * few fraction bits. So the number, and what it divides, are first made smaller by the same power of two; by which one the leading
 * digit tells.
 */
import * as math from '../ring/math/index.ts';
import { add, addNumber, hidden, mul, neg } from './basic.ts';
import { secretRing } from './batches.ts';
import type { Circuit, Wire } from './circuit.ts';
import { reciprocal } from './divide.ts';
import { shifts, split } from './exact-shift.ts';
import {
  byDigit,
  fewDigits,
  flip,
  type Known,
  normaliseSigned,
  onNormal,
  rescaleFine,
  shifted,
} from './normalise.ts';

/** Fraction bits of 1/y, before it is made more exact. */
const FIRST = 28;
/** Numbers of so many bits before the point have inverses with digits enough. */
const SMALL = 24;
/** Bits of an inverse at most: twice as many, and those of numbers below 1, fit into the ring. */
export const MOST_OF_MANY = 54;
/** Bits that a remainder is cut by, so that its product with a large inverse fits. */
const CUT = 20;

/** The inverse, made larger by as many bits as the number was made smaller; and bits that tell its coarse digit, none if it is known to be small. */
export type ManyDivisor = readonly [inverse: Wire, ...under: Wire[]];

/** How many bits a number of each coarse digit is made smaller by: from the first large digit on it lies from 2 to 2^33 then. */
const downs = (c: Circuit, thresholds: number, input: number): readonly number[] => {
  const digits = thresholds + 1;
  const width = c.field.bits / digits;
  const large = Math.floor((SMALL + input + 1) / width);
  return Array.from({ length: digits }, (_, d) =>
    d < large ? 0 : Math.max(0, width * (large + 2 * Math.floor((d - large) / 2)) - 2 - input),
  );
};

/** x 2^-down by the digit that the bits tell. Rounds 2, bytes 64. */
const smaller = (c: Circuit, x: Wire, under: readonly Wire[], down: readonly number[]): Wire => {
  const shift = shifts(c, x);
  const made = new Map(down.map((bits) => [bits, shift(-bits)]));
  return byDigit(
    c,
    under,
    down.map((bits) => made.get(bits)),
  );
};

/**
 * What divides many, with `output` bits of its inverse (FM128). Nothing is promised of 0.
 * Rounds 16.
 */
export const manyDivisor = (c: Circuit, b: Wire, known: Known, output: number): ManyDivisor => {
  const { input } = known;
  if (fewDigits(c, known)) return [reciprocal(c, b, { ...known, output })];
  const n = normaliseSigned(c, b, known);
  const { step, under } = n.levels.at(-1)!;
  const down = downs(c, under.length, input);
  const { values, bits, shift } = rescaleFine(c, onNormal(c, n, 'reciprocal', FIRST), n, {
    slope: -4,
    shift: output + input - n.base - FIRST,
    bits: FIRST + 1,
  });
  const near = byDigit(
    c,
    under,
    down.map((by, d) => shifted(c, values[0]!, bits, shift - 4 * step * d + by)),
  );
  // Right to 2^-21; what 1 lacks of its product with the number makes it right to 2^-42.
  const taken = mul(c, smaller(c, n.size(), under, down), near, CUT);
  const rest = addNumber(c, neg(c, taken), math.pow2(output + input - CUT), 0);
  return [flip(c, n.minus, add(c, near, exactly(c, near, rest, output + input - CUT))), ...under];
};

const exactly = (c: Circuit, x: Wire, y: Wire, trunc: number): Wire =>
  c.emit('mul', [x, y], { trunc, exact: true }, [secretRing(x)])[0]!;

/** a / b, off by three units, and by 2^-20 of it where b is large. `spread`: what was made of b in the shape of a. Rounds 5, bytes 144. */
export const manyQuotients = (
  c: Circuit,
  a: Wire,
  [inverse, ...under]: ManyDivisor,
  { input, output, spread }: { input: number; output: number; spread: (made: Wire) => Wire },
): Wire => {
  const value = hidden(c, a);
  const down = downs(c, under.length, input);
  const scaled = under.length === 0 ? value : smaller(c, value, under.map(spread), down);
  const { high, low } = split(c, scaled, output);
  const by = spread(inverse);
  return add(c, mul(c, high, by, 0), exactly(c, low, by, output));
};
