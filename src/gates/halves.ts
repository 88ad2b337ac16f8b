/**
 * @file Halves of arrays in which two parties without a dealer have changed roles: of transfers and of choices one party sends much more than
 * the other, so that each of them has either part for half of the elements. By the length alone: the same at both.
 */

import type { Bits } from '../ring/array.ts';
import type { Ring } from '../ring/ring.ts';

/** Elements from .. from + count, for which rank `sender` has the part of a sender of transfers, and the other one that of a receiver. */
export interface Half {
  readonly sender: 0 | 1;
  /** A multiple of 128. */
  readonly from: number;
  readonly count: number;
}

/** Elements that a half begins at multiples of. */
const STEP = 128;

/** Both halves of n elements; of few elements rank 0 is the sender of all. */
export const halvesOf = (n: number): readonly Half[] => {
  const first = STEP * Math.ceil(n / (2 * STEP));
  if (n < 2 * STEP) return [{ sender: 0, from: 0, count: n }];
  return [
    { sender: 0, from: 0, count: first },
    { sender: 1, from: first, count: n - first },
  ];
};

/** Puts planes of a half in their place. */
export const putHalf = (ring: Ring, dst: Bits, src: Bits, { from, count }: Half): void => {
  for (let i = 0; i < src.planes; i++) ring.copy(dst.plane(i).view(from, count), src.plane(i));
};

/** Takes the planes of a half. */
export const takeHalf = (ring: Ring, dst: Bits, src: Bits, { from, count }: Half): void => {
  for (let i = 0; i < dst.planes; i++) ring.copy(dst.plane(i), src.plane(i).view(from, count));
};
