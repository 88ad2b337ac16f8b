/** @file How two parties make the material of each gate, by its name. */

import { TesseraError } from '../errors.ts';
import type { Value } from '../gates/gate.ts';
import type { GateName } from '../gates/gate-table.ts';
import {
  belowInt,
  bits,
  borrow,
  less,
  lessInt,
  negative,
  residue,
  truncate,
  truncateExact,
} from './gates/comparisons.ts';
import { between, isZero, leadingDigit } from './gates/equality-leading-digit.ts';
import { exponential, exponentials, fourier } from './gates/functions.ts';
import { lookup, oneHot, shuffle, sort } from './gates/lookup-shuffle-sort.ts';
import { and, matmul, mul, select, square } from './gates/multiply-select-and.ts';
import { guard, hide, input, randomBits, reveal, scale, scaleExact } from './gates/simple.ts';
import type { Maker, Making } from './maker.ts';

/** A gate's half: from this party's shares of its inputs' masks to its shares of the material, and of its outputs' masks. */
type Half = (m: Maker, ins: readonly Value[], attrs: never) => Making<Value[]> | Value[];

const HALVES: Readonly<Partial<Record<GateName, Half>>> = {
  input,
  reveal,
  hide,
  guard,
  randomBits,
  mul,
  square,
  matmul,
  truncate,
  truncateExact,
  scale,
  scaleExact,
  select,
  and,
  less,
  borrow,
  negative,
  residue,
  lessInt,
  belowInt,
  bits,
  isZero,
  leadingDigit,
  between,
  fourier,
  exponential,
  exponentials,
  lookup,
  oneHot,
  shuffle,
  sort,
};

/** The half of a gate; a typed error where two parties cannot make its material. */
export const halfOf = (
  op: string,
): ((m: Maker, ins: readonly Value[], attrs: object) => Making<Value[]> | Value[]) => {
  const half = Object.hasOwn(HALVES, op) ? HALVES[op as GateName] : undefined;
  if (!half)
    throw new TesseraError(
      'UNSUPPORTED',
      `beaver_type MultiParty: two parties cannot make the material of the gate ${op} yet: use a dealer`,
      { gate: op },
    );
  return half as ReturnType<typeof halfOf>;
};
