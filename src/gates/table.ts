/** @file All gates by name. */

import { and } from './boolean.ts';
import { borrow, less } from './compare.ts';
import { isZero } from './equal.ts';
import type { Gate } from './gate.ts';
import { input, reveal } from './inout.ts';
import { matmul, mul, square, truncate } from './multiply.ts';
import { sine } from './periodic.ts';
import { select } from './select.ts';
import { spline } from './spline.ts';

export const gates = {
  input,
  reveal,
  mul,
  square,
  matmul,
  truncateExact: truncate,
  less,
  borrow,
  isZero,
  select,
  and,
  spline,
  sine,
} as unknown as Readonly<Record<string, Gate>>;
