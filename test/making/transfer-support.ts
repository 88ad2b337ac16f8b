/** @file What tests of transfers share: bytes as text, and bits. */

import type { Bits } from '../../src/ring/array.ts';
import { randomBytes } from '../../src/ring/prg.ts';
import type { Ring } from '../../src/ring/ring.ts';

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

export const filled = (n: number, by: number): Uint8Array => new Uint8Array(n).fill(by);

export const randomBits = (ring: Ring, n: number, planes: number): Bits => {
  const out = ring.bits(n, planes);
  ring.u8(out).set(randomBytes(out.bytes));
  return out;
};

export const bitAt = (ring: Ring, a: Bits, plane: number, i: number): number =>
  (ring.u8(a)[plane * a.stride + (i >> 3)]! >> (i & 7)) & 1;
