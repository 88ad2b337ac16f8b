/** @file Public numbers that the ring does not have, where they meet secrets. */
import type { BaseArray } from '../ir/trace/array.ts';
import * as np from '../numpy/index.ts';
import { NDArray } from '../numpy/index.ts';

/** What such a number becomes: the masks that programs write. */
const MOST = 1 << 30;
const BEYOND = 1e30;

/** Is a public number beyond all that secrets may be? */
export const isInfinite = (v: number): boolean => Math.abs(v) >= BEYOND;

const infinities = (x: BaseArray): Float64Array | undefined =>
  x instanceof NDArray && x.dtype === 'fxp' && (x.data as Float64Array).some(isInfinite)
    ? (x.data as Float64Array)
    : undefined;

/** Where numbers of a public array are beyond secrets on one side, as bools; undefined: nowhere. */
const beyond = (x: BaseArray, sign: 1 | -1): NDArray | undefined => {
  const data = infinities(x);
  if (!data?.some((v) => isInfinite(v) && v * sign > 0)) return undefined;
  return new NDArray(
    x.shape,
    'bool',
    Uint8Array.from(data, (v) => Number(isInfinite(v) && v * sign > 0)),
  );
};

type Binary = (x: BaseArray, y: BaseArray) => BaseArray;

/** max or min: what is infinite on the side that never wins leaves the other operand as it is. */
const extreme =
  (f: Binary, sign: 1 | -1): Binary =>
  (x, y) => {
    if (x instanceof NDArray && y instanceof NDArray) return f(x, y);
    const [loseX, loseY] = [beyond(x, sign), beyond(y, sign)];
    const best = f(representable(x), representable(y));
    if (loseX) return np.where(loseX, y, best);
    return loseY ? np.where(loseY, x, best) : best;
  };

export const maximum = extreme(np.maximum, -1);
export const minimum = extreme(np.minimum, 1);

/** A comparison of secrets with numbers of which some are infinite. `below`: what holds of x and something larger than all, `above`: smaller. */
export const compared =
  (f: Binary, below: boolean, above: boolean): Binary =>
  (x, y) => {
    if (x instanceof NDArray && y instanceof NDArray) return f(x, y);
    const plain = f(representable(x), representable(y));
    const settle = (out: BaseArray, z: BaseArray, isLeft: boolean): BaseArray => {
      const [high, low] = [beyond(z, 1), beyond(z, -1)];
      const [whenHigh, whenLow] = isLeft ? [above, below] : [below, above];
      const first = high ? np.where(high, whenHigh, out) : out;
      return low ? np.where(low, whenLow, first) : first;
    };
    return settle(settle(plain, x, true), y, false);
  };

/** Infinite numbers and those of 1e30 and more as 2^30 with their sign; NaN, which no secret is, as 0. */
export const representable = (x: BaseArray): BaseArray => {
  if (!(x instanceof NDArray) || x.dtype !== 'fxp') return x;
  const data = x.data as Float64Array;
  if (data.every((v) => Math.abs(v) < BEYOND)) return x;
  return new NDArray(
    x.shape,
    'fxp',
    data.map((v) => (Number.isNaN(v) ? 0 : Math.abs(v) < BEYOND ? v : Math.sign(v) * MOST)),
  );
};
