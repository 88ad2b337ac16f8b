/** @file How far numbers may go with a range guard: what their top bytes can tell (gates/guard.ts). */
import type { Field } from '../../ring/field.ts';
import * as math from '../../ring/math/index.ts';

/**
 * By how much top bytes may differ. The more, the more room for numbers, and the likelier that one which has wrapped falls into
 * it: with probability (2 margin + 1) / 256.
 */
const MARGIN = { 32: 16, 64: 8, 128: 1 } as const;

/**
 * What enters has 53 significant bits, and zeros after them: products of two such numbers have to keep bits that are not 0 in
 * their top bytes, however far they are beyond the ring.
 */
const OBJECTS = { 32: 28, 64: 59, 128: 104 } as const;

export const marginOf = ({ bits }: Field): number => MARGIN[bits];

/** Raw numbers below 2 to this power are surely taken as products before truncation. */
export const guardedBits = ({ bits }: Field): number => bits - 8 + math.log2(MARGIN[bits]);

/** Raw numbers from 2 to this power on are surely refused as such. */
export const refusedBits = ({ bits }: Field): number => bits - 8 + math.log2(MARGIN[bits] + 1);

/** Raw numbers below 2 to this power enter an SPU with a range guard, and are surely kept and carried on. */
export const objectBits = ({ bits }: Field): number => OBJECTS[bits];

/** What is watched may be a little more than twice what enters; at FM128 four times, since x / 0 is 2^105 there. */
const SPARE = { 32: 1.1, 64: 1.1, 128: 2 } as const;

/** Raw numbers that are kept and carried on are below 2 to this power. */
export const keptBits = (field: Field): number => objectBits(field) + SPARE[field.bits];

/** Raw numbers that may enter an SPU are below 2 to this power: those up to which truncations are exact (gates/open-truncate.ts). */
export const inputBits = (field: Field, guarded: boolean): number =>
  guarded ? objectBits(field) : field.bits - 2;
