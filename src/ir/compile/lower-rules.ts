/** @file Rules of lowering that several ops share: a function of `fixed/` on the operands as they are. */
import type { Circuit, Wire } from '../../fixed/circuit.ts';
import type { log } from '../../fixed/roots-logarithms.ts';
import type { Interval } from './intervals.ts';
import type { Lowering, One, Two } from './lowering-state.ts';

export const unary =
  (fn: (c: Circuit, x: Wire) => Wire) =>
  (l: Lowering, { ins: [x] }: One): Wire =>
    fn(l.circuit, l.wire(x));

export const binary =
  (fn: (c: Circuit, x: Wire, y: Wire) => Wire) =>
  (l: Lowering, { ins: [x, y] }: Two): Wire =>
    fn(l.circuit, l.wire(x), l.wire(y));

/** Functions that are cheaper where x is known to be small. */
export const ranged =
  (fn: typeof log) =>
  (l: Lowering, { ins: [x] }: One): Wire =>
    fn(l.circuit, l.wire(x), { interval: l.interval(x) });

/** Functions that take the interval in which x lies. */
export const within =
  (fn: (c: Circuit, x: Wire, interval: Interval) => Wire) =>
  (l: Lowering, { ins: [x] }: One): Wire =>
    fn(l.circuit, l.wire(x), l.interval(x));
