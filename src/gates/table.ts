/** @file All gates by name. */

import { bits } from './bits.ts';
import { and } from './boolean.ts';
import { borrow, less } from './compare.ts';
import { isZero } from './equal.ts';
import { exponential, exponentials } from './exponential.ts';
import { borrowFss, isZeroFss, lessFss } from './fss.ts';
import type { Gate } from './gate.ts';
import { guard } from './guard.ts';
import { harmonics } from './harmonics.ts';
import { hide, input, reveal } from './inout.ts';
import { belowInt, lessInt, negative, residue } from './integer.ts';
import { linesFss } from './lines-fss.ts';
import { lookup, oneHot } from './lookup.ts';
import { magnitude } from './magnitude.ts';
import { matmul, mul, square } from './multiply.ts';
import { randomBits } from './random.ts';
import { scale, scaleExact } from './scale.ts';
import { select } from './select.ts';
import { shuffle } from './shuffle.ts';
import { sort } from './sort.ts';
import { exponentialFss, splineFss } from './spline-fss.ts';
import { truncate, truncateExact } from './truncate.ts';

export const gates = {
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
  magnitude,
  lessFss,
  borrowFss,
  isZeroFss,
  linesFss,
  splineFss,
  exponentialFss,
  lessInt,
  belowInt,
  negative,
  residue,
  bits,
  select,
  and,
  harmonics,
  exponential,
  exponentials,
  lookup,
  oneHot,
  randomBits,
  shuffle,
  sort,
} as unknown as Readonly<Record<string, Gate>>;
