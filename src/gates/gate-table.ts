/** @file All gates by name: a gate with a slot that one of its halves does not use is refused here by tsc. */

import { and } from './and.ts';
import { between } from './between.ts';
import { bits } from './bit-decomposition.ts';
import { borrowFss, isZeroFss, lessFss } from './compare-fss.ts';
import { exponential, exponentials } from './exponential.ts';
import { fourier } from './fourier.ts';
import type { Gate } from './gate.ts';
import { guard } from './guard.ts';
import { hide, input, reveal } from './input-reveal.ts';
import { belowInt, lessInt, negative, residue } from './integer-compare.ts';
import { isZero } from './is-zero.ts';
import { leadingDigit } from './leading-digit.ts';
import { borrow, less } from './less-than.ts';
import { lookup, oneHot } from './lookup.ts';
import { matmul, mul, square } from './multiply.ts';
import { piecewiseLinearFss } from './piecewise-linear-fss.ts';
import { randomBits } from './random-bits.ts';
import { scale, scaleExact } from './scale.ts';
import { select } from './select.ts';
import { shuffle } from './shuffle.ts';
import { sort } from './sort.ts';
import { exponentialFss, splineFss } from './spline-fss.ts';
import { truncate, truncateExact } from './truncate.ts';

const table = {
  input,
  reveal,
  hide,
  guard,
  mul,
  square,
  matmul,
  truncate,
  truncateExact,
  scale,
  scaleExact,
  less,
  borrow,
  isZero,
  leadingDigit,
  between,
  lessFss,
  borrowFss,
  isZeroFss,
  piecewiseLinearFss,
  splineFss,
  exponentialFss,
  lessInt,
  belowInt,
  negative,
  residue,
  bits,
  select,
  and,
  fourier,
  exponential,
  exponentials,
  lookup,
  oneHot,
  randomBits,
  shuffle,
  sort,
} as const satisfies Readonly<Record<string, Gate<never>>>;

/** Names of gates, and the attributes of each. */
export type GateName = keyof typeof table;
export type GateAttrs<K extends GateName> = (typeof table)[K] extends Gate<infer A> ? A : never;

/** All names. */
export const GATE_NAMES = Object.keys(table) as readonly GateName[];

/** The gate of a node of a lowered graph, whose name and attributes were checked when it was written; undefined for another op. */
export const gateOf = (op: string): Gate<object> | undefined =>
  Object.hasOwn(table, op) ? (table[op as GateName] as Gate<never> as Gate<object>) : undefined;
