/** @file Lowering of smooth functions that have a choice: of form, or of how exact they are. */

import { arcsin, arctan, arctan2 } from '../fixed/angle.ts';
import { add, hidden, sub } from '../fixed/basic.ts';
import { cbrt } from '../fixed/normal.ts';
import * as smooth from '../fixed/smooth.ts';
import { sign } from '../fixed/whole.ts';
import type { SigmoidMode } from './circuit.ts';
import type { Rule } from './lowering.ts';

const SIGMOIDS: Readonly<Record<SigmoidMode, typeof smooth.sigmoid>> = {
  REAL: smooth.sigmoid,
  MM1: smooth.sigmoidLine,
  SEG3: smooth.sigmoidSegments,
};

const unary =
  (fn: typeof smooth.sigmoid): Rule =>
  (l, { ins: [x] }) =>
    fn(l.circuit, l.wire(x!));

export const SMOOTH_RULES: Readonly<Record<string, Rule>> = {
  sigmoid: (l, node) => unary(SIGMOIDS[l.circuit.options.sigmoidMode ?? 'REAL'])(l, node),
  softplus: unary(smooth.softplus),
  silu: unary(smooth.silu),
  gelu: (l, node) => unary(node.attrs.approximate ? smooth.geluTanh : smooth.gelu)(l, node),
  arcsin: unary(arcsin),
  cbrt: unary(cbrt),
  nextafter: (l, { ins: [x, y] }) => {
    const c = l.circuit;
    const [from, to] = [hidden(c, l.wire(x!)), l.wire(y!)];
    return add(c, from, sign(c, sub(c, to, from), 0));
  },
  arctan: unary(arctan),
  arctan2: (l, { ins: [y, x] }) => {
    const [v, u] = [hidden(l.circuit, l.wire(y!)), hidden(l.circuit, l.wire(x!))];
    return arctan2(l.circuit, v, u);
  },
};
