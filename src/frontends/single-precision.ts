/** @file Functions of programs that were written for single precision: GELU that is written out with them is one gate (ir/compile/passes/gelu.ts). */
import type { BaseArray } from '../ir/trace/array.ts';
import { apply } from '../ir/trace/tracer.ts';
import * as np from '../numpy/index.ts';

const inner =
  (op: 'erf' | 'tanh') =>
  (x: BaseArray): BaseArray =>
    apply(op, [np.astype(x, 'float64')], { single: true });

export const erf = inner('erf');
export const tanh = inner('tanh');
