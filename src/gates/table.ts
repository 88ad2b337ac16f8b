/** @file All gates by name. */

import { and } from './boolean.ts';
import { borrow, less } from './compare.ts';
import { isZero } from './equal.ts';
import type { Gate } from './gate.ts';
import { hide, input, reveal } from './inout.ts';
import { matmul, mul, square } from './multiply.ts';
import { sine } from './periodic.ts';
import { select } from './select.ts';
import { spline } from './spline.ts';
import { truncate, truncateExact } from './truncate.ts';

export const gates = {
  input,
  reveal,
  hide,
  mul,
  square,
  matmul,
  truncate,
  truncateExact,
  less,
  borrow,
  isZero,
  select,
  and,
  spline,
  sine,
} as unknown as Readonly<Record<string, Gate>>;
