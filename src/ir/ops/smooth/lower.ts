/** @file Lowering of smooth functions that have a choice: of form, or of how exact they are. */

import { arcsin, arctan, arctan2 } from '../../../fixed/angle.ts';
import { add, hidden, sub } from '../../../fixed/basic.ts';
import { sign } from '../../../fixed/elementary.ts';
import { exp } from '../../../fixed/exp.ts';
import { frexp } from '../../../fixed/frexp.ts';
import { arcsinh } from '../../../fixed/hyperbolic.ts';
import { interpolate } from '../../../fixed/piecewise-linear.ts';
import { cbrt, hypot } from '../../../fixed/roots-logarithms.ts';
import * as smooth from '../../../fixed/smooth.ts';
import type { SigmoidMode } from '../../compile/graph-circuit.ts';
import type { Rule } from '../../compile/lowering-state.ts';
import { ranged } from '../elementwise/lower.ts';

const SIGMOIDS: Readonly<Record<SigmoidMode, typeof exp>> = {
  REAL: smooth.sigmoid,
  MM1: smooth.sigmoidLine,
  SEG3: smooth.sigmoidSegments,
};

const unary =
  (fn: typeof arcsin): Rule =>
  (l, { ins: [x] }) =>
    fn(l.circuit, l.wire(x!));

/** Functions that are told where x lies. */
const within =
  (fn: typeof exp): Rule =>
  (l, { ins: [x] }) =>
    fn(l.circuit, l.wire(x!), l.reach(x!));

/** Both parts of a number are made once. */
const part =
  (i: 0 | 1): Rule =>
  (l, { ins: [x] }) =>
    l.once(`frexp ${x}`, () => frexp(l.circuit, l.wire(x!)))[i]!;

export const SMOOTH_RULES: Readonly<Record<string, Rule>> = {
  within: (l, { ins: [x], outs: [out], attrs: { lo, hi } }) => {
    l.setSpan(out!, [lo as number, hi as number]);
    return l.wire(x!);
  },
  exp: within(exp),
  sigmoid: (l, node) => within(SIGMOIDS[l.circuit.options.sigmoidMode ?? 'REAL'])(l, node),
  tanh: within(smooth.tanh),
  erf: within(smooth.erf),
  softplus: within(smooth.softplus),
  silu: within(smooth.silu),
  mish: within(smooth.mish),
  gelu: (l, node) => within(node.attrs.approximate ? smooth.geluTanh : smooth.gelu)(l, node),
  interp: (l, { ins: [x], attrs: { at, to } }) =>
    interpolate(l.circuit, l.wire(x!), at as readonly number[], to as readonly number[]),
  arcsin: unary(arcsin),
  arcsinh: ranged(arcsinh),
  cbrt: ranged(cbrt),
  mantissa: part(0),
  exponent: part(1),
  nextafter: (l, { ins: [x, y] }) => {
    const c = l.circuit;
    const [from, to] = [hidden(c, l.wire(x!)), l.wire(y!)];
    return add(c, from, sign(c, sub(c, to, from), 0));
  },
  hypot: (l, { ins: [x, y] }) => {
    const c = l.circuit;
    const [[a, b], [d, e]] = [l.reach(x!), l.reach(y!)];
    const reach = [Math.min(a, d), Math.max(b, e)] as const;
    return hypot(c, hidden(c, l.wire(x!)), hidden(c, l.wire(y!)), { reach });
  },
  arctan: ranged(arctan),
  arctan2: (l, { ins: [y, x] }) => {
    const [v, u] = [hidden(l.circuit, l.wire(y!)), hidden(l.circuit, l.wire(x!))];
    return arctan2(l.circuit, v, u);
  },
};
