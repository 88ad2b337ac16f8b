/** @file Public numbers that a program's fraction bits cannot tell from 0, or change by more than a hundredth. */
import * as math from '../../ring/math/index.ts';
/** Where a number lost what it was. */
export interface Coarse {
  /** The line that uses it. */
  readonly site: string | undefined;
  readonly value: number;
  /** What stands in its place. */
  readonly becomes: number;
  readonly fraction: number;
}

/** Change that passes without a word, relative. */
const ALLOWED = 0.01;
/** Beside the largest of an array, what is this small is rounding. */
const NOISE = math.pow2(-50);

/** The first number that is lost with so many fraction bits. Half of a unit goes to the even neighbour. */
export const coarseIn = (
  values: ArrayLike<number>,
  fraction: number,
  site: string | undefined,
): Coarse | undefined => {
  // From half a hundred units on nothing changes by a hundredth.
  const enough = math.pow2(-fraction) / (2 * ALLOWED);
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const size = Math.abs(value);
    if (value === 0 || size >= enough || size <= largest * NOISE) continue;
    const raw = value * math.pow2(fraction);
    const down = Math.floor(raw);
    const whole = raw - down === 0.5 ? down + (down & 1) : Math.round(raw);
    const becomes = whole * math.pow2(-fraction);
    if (Math.abs(becomes - value) > ALLOWED * size) return { site, value, becomes, fraction };
  }
  return undefined;
};

export const coarseText = ({ site, value, becomes, fraction }: Coarse): string =>
  `the public number ${value} is ${becomes === 0 ? 0 : becomes.toPrecision(3)} with ${fraction} fraction bits, whose unit is ` +
  `${(math.pow2(-fraction)).toPrecision(2)}: take more (fxp_fraction_bits), or another number${site === undefined ? '' : ` (${site})`}`;
