/** @file What functions are built from: wires and gates. The graph (ir/) implements it; fixed/ only writes with it. */

import type { Field } from '../ring/field.ts';
import * as math from '../ring/math/index.ts';

/** A value of the lowered graph: ring elements or bits. Secret ones are masked; the others are public and encoded. */
export interface Wire {
  readonly id: number;
  readonly shape: readonly number[];
  readonly kind: 'ring' | 'bit';
  readonly secret: boolean;
}

export type WireType = Omit<Wire, 'id'>;

/** What the gates take that an FSS gate stands for: a comparison with so many thresholds (or none), and dealt words. */
export interface FssAlternative {
  readonly thresholds: number;
  readonly words: number;
  /** The comparison is made in any case, and the gate beside it saves so many rounds. */
  readonly saves?: number;
}

export interface Circuit {
  readonly field: Field;
  /** Fraction bits of fixed-point numbers. */
  readonly fraction: number;
  /** Truncation must take the exact form (FM64 and FM32, unless the user accepts rare errors). */
  readonly exact: boolean;
  /** Numbers that leave the range are to be noticed. */
  readonly guarded: boolean;
  /** Makes a function among products: it uses all of the ring inside, where no number leaves the range. */
  inside<T>(make: () => T): T;
  /** Adds an operation. */
  emit(
    op: string,
    ins: readonly Wire[],
    attrs: Readonly<Record<string, unknown>>,
    outs: readonly WireType[],
  ): Wire[];
  /** Whether an FSS gate is to do, on so many elements, what several gates do otherwise. */
  usesFss(
    op: string,
    attrs: Readonly<Record<string, unknown>>,
    elements: number,
    instead: FssAlternative,
  ): boolean;
  /** Public numbers, encoded with `fraction` bits. */
  constant(values: Float64Array, shape: readonly number[], fraction: number): Wire;
}

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Bits for the places of n elements. */
export const placeBits = (n: number): number => Math.ceil(math.log2(Math.max(n, 1)));
