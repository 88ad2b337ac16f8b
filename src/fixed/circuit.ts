/** @file What functions are built from: wires and gates. The graph (ir/) implements it; fixed/ only writes with it. */

import type { GateAttrs, GateName } from '../gates/gate-table.ts';
import type { LocalAttrs, LocalName } from '../gates/local-ops.ts';
import type { Field } from '../ring/field.ts';
import * as math from '../ring/math/index.ts';

/** A value of the lowered graph: ring elements or bits. Secret ones are masked; the others are public and encoded. */
export interface Wire {
  readonly id: number;
  readonly shape: readonly number[];
  readonly kind: 'ring' | 'bit';
  readonly secret: boolean;
}

/** Names of the ops of a lowered graph, gates and local ops, and the attributes of each. */
export type LoweredOp = GateName | LocalName;
export type LoweredAttrs<K extends LoweredOp> = K extends GateName
  ? GateAttrs<K>
  : K extends LocalName
    ? LocalAttrs<K>
    : never;

/** FSS gates that compute a whole function in one round. */
export type FssFunction = 'piecewiseLinearFss' | 'splineFss' | 'exponentialFss';

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
  /** The range guard is on. */
  readonly guarded: boolean;
  /** Makes a function among products: it uses all of the ring inside, where no number leaves the range. */
  inside<T>(make: () => T): T;
  /** Adds a gate or a local op. */
  emit<K extends LoweredOp>(
    op: K,
    ins: readonly Wire[],
    attrs: LoweredAttrs<K>,
    outs: readonly WireType[],
  ): Wire[];
  /** Whether one FSS gate is chosen in place of the several gates of `instead`, on so many elements. */
  usesFss<K extends FssFunction>(
    op: K,
    attrs: GateAttrs<K>,
    elements: number,
    instead: FssAlternative,
  ): boolean;
  /** Whether comparisons of so many elements with these thresholds are an FSS gate. */
  comparesByFss(thresholds: readonly number[], elements: number): boolean;
  /** Of how many the largest is found at a time, level after level, where `lanes` times so many are left. */
  groups(left: number, lanes: number): number;
  /** Public numbers, encoded with `fraction` bits. */
  constant(values: Float64Array, shape: readonly number[], fraction: number): Wire;
}

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Bits for the places of n elements. */
export const placeBits = (n: number): number => Math.ceil(math.log2(Math.max(n, 1)));
