/** @file Lowering of smooth functions that have a choice: of form, or of how exact they are. */

import { arcsin, arctan, arctan2 } from '../../../fixed/angle.ts';
import { add, hidden, sub } from '../../../fixed/basic.ts';
import type { Wire } from '../../../fixed/circuit.ts';
import { sign } from '../../../fixed/elementary.ts';
import { frexp } from '../../../fixed/frexp.ts';
import { arcsinh } from '../../../fixed/hyperbolic.ts';
import { interpolate } from '../../../fixed/piecewise-linear.ts';
import { cbrt, hypot } from '../../../fixed/roots-logarithms.ts';
import * as smooth from '../../../fixed/smooth.ts';
import * as math from '../../../ring/math/index.ts';
import { objectBits } from '../../compile/guard-range.ts';
import { ranged, unary, within } from '../../compile/lower-rules.ts';
import type { Lowering, LowerTable, One } from '../../compile/lowering-state.ts';
import type { Tensor } from '../graph.ts';
import type { SmoothOp } from './catalogue.ts';

/** Both parts of a number are made once. */
const part =
  (i: 0 | 1) =>
  (l: Lowering, { ins: [x] }: One): Wire =>
    l.once(`frexp ${x}`, () => frexp(l.circuit, l.wire(x)))[i]!;

export const LOWER_SMOOTH: LowerTable<SmoothOp> = {
  within: (l, { ins: [x], outs: [out], attrs: { lo, hi } }) => {
    l.noteInterval(out, [lo, hi]);
    return l.wire(x);
  },
  silu: within(smooth.silu),
  mish: within(smooth.mish),
  gelu: (l, node) => within(node.attrs.approximate ? smooth.geluTanh : smooth.gelu)(l, node),
  interp: (l, { ins: [x], attrs: { at, to } }) => interpolate(l.circuit, l.wire(x), at, to),
  arcsin: unary(arcsin),
  arcsinh: ranged(arcsinh),
  cbrt: ranged(cbrt),
  mantissa: part(0),
  exponent: part(1),
  nextafter: (l, { ins: [x, y] }) => {
    const c = l.circuit;
    const [from, to] = [hidden(c, l.wire(x)), l.wire(y)];
    return add(c, from, sign(c, sub(c, to, from), 0));
  },
  hypot: (l, { ins: [x, y] }) => {
    const c = l.circuit;
    const [[a, b], [d, e]] = [l.interval(x), l.interval(y)];
    const interval = [Math.min(a, d), Math.max(b, e)] as const;
    return hypot(c, hidden(c, l.wire(x)), hidden(c, l.wire(y)), { interval });
  },
  arctan: ranged(arctan),
  arctan2: (l, { ins: [y, x] }) => {
    const [v, u] = [hidden(l.circuit, l.wire(y)), hidden(l.circuit, l.wire(x))];
    return arctan2(l.circuit, v, u);
  },
  /** Known as soon as field and fraction are. The largest: what every number that a program may have is below, and still can be compared. */
  epsilon: (l, { outs: [x], attrs }) => {
    const { field, fraction, watched } = l.circuit;
    const bits = attrs.largest !== true ? 0 : watched ? objectBits(field) : field.bits - 3;
    const value: Tensor = { shape: [], dtype: 'fxp', data: Float64Array.of(math.pow2(bits - fraction)) };
    l.know(x, value);
    return { plain: l.circuit.tensor(value) };
  },
};
