/** @file How far numbers may go with a range guard: what its top bytes can tell (gates/guard.ts). */
import type { Field } from '../ring/field.ts';

/** By how much top bytes may differ, and as powers of two the raw numbers that are surely refused. */
export const REACH = {
  32: { reach: 15, bits: 28 },
  64: { reach: 7, bits: 59 },
  128: { reach: 1, bits: 121 },
} as const;

/** Raw numbers that enter an SPU with a range guard are below 2 to this power; results of products, before truncation, too. */
export const guardedBits = ({ bits }: Field): number => REACH[bits].bits;

/** Raw numbers that may enter an SPU are below 2 to this power. */
export const inputBits = (field: Field, guarded: boolean): number =>
  guarded ? guardedBits(field) : field.bits - 1;
