/** @file How far numbers may go with a range guard: what their top bytes can tell (gates/guard.ts). */
import type { Field } from '../ring/field.ts';

/**
 * By how much top bytes may differ. The more, the more room for numbers, and the likelier that one which has wrapped falls into
 * it: with probability (2 reach + 1) / 256.
 */
const REACH = { 32: 16, 64: 8, 128: 1 } as const;

export const reachOf = ({ bits }: Field): number => REACH[bits];

/** Raw numbers below 2 to this power are surely taken: those that enter, and products before truncation. */
export const guardedBits = ({ bits }: Field): number => bits - 8 + Math.log2(REACH[bits]);

/** Raw numbers from 2 to this power on are surely refused. */
export const refusedBits = ({ bits }: Field): number => bits - 8 + Math.log2(REACH[bits] + 1);

/** Raw numbers that may enter an SPU are below 2 to this power. */
export const inputBits = (field: Field, guarded: boolean): number =>
  guarded ? guardedBits(field) : field.bits - 1;
