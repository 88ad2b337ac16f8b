/** @file Addition in the group that an array's elements live in: the ring, xor for bits, mod 256 for bytes. */

import type { AnyArray as Arr, Bits, Bytes, RingArray } from '../ring/array.ts';
import type { Ring } from '../ring/ring.ts';

export const add = (ring: Ring, dst: Arr, a: Arr, b: Arr): void => {
  if (dst.kind === 'ring') ring.add(dst, a as RingArray, b as RingArray);
  else if (dst.kind === 'bits') ring.xor(dst, a as Bits, b as Bits);
  else ring.add8(dst, a as Bytes, b as Bytes);
};

export const subtract = (ring: Ring, dst: Arr, a: Arr, b: Arr): void => {
  if (dst.kind === 'ring') ring.sub(dst, a as RingArray, b as RingArray);
  else if (dst.kind === 'bits') ring.xor(dst, a as Bits, b as Bits);
  else ring.sub8(dst, a as Bytes, b as Bytes);
};
