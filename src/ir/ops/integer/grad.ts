/** @file Gradients of ops on integers: a power of a real number has one. */
import * as a from '../../trace/algebra.ts';
import { discrete, type GradTable } from '../../trace/grad-rule.ts';
import { apply } from '../../trace/tracer.ts';
import type { IntegerOp } from './catalogue.ts';

export const GRAD_INTEGER: GradTable<IntegerOp> = {
  powWhole: (b, i) => {
    if (i === 1) return undefined;
    const [x, y] = [b.x(0), b.x(1)];
    const less = a.sub(y, a.filled(1, y.shape, y.dtype));
    return a.mul(b.ct, a.mul(apply('convert', [y], { dtype: 'fxp' }), apply('powWhole', [x, less])));
  },
  floorDivide: discrete,
  // x - floor(x / y) y, of real numbers: the whole part does not move.
  remainder: (b, i) => (i === 0 ? b.ct : a.neg(a.mul(b.ct, apply('floorDivide', [b.x(0), b.x(1)])))),
  bitAnd: discrete,
  bitOr: discrete,
  bitXor: discrete,
  bitNot: discrete,
  place: discrete,
  shiftLeft: discrete,
  shiftRight: discrete,
};
