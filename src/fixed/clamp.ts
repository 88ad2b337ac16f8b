/** @file Clamping to public bounds: one comparison with both thresholds, and one select between both bounds. */

import * as math from '../ring/math/index.ts';
import { add, below, filled, not, selectSum, sub } from './basic.ts';
import type { Circuit, Wire } from './circuit.ts';
import { piecewiseLinearByFss } from './piecewise-linear.ts';

/** x held between lo and hi, either of which may be infinite. Rounds 5, bytes 34 (FM128; one bound: 25); by FSS 1, 16. */
export const clamp = (c: Circuit, x: Wire, lo: number, hi: number): Wire => {
  const raw = (v: number): number => Math.round(v * math.pow2(c.fraction));
  const ends = [
    ...(lo > -Infinity ? [{ bound: lo, low: true }] : []),
    ...(hi < Infinity ? [{ bound: hi, low: false }] : []),
  ];
  if (ends.length === 0) return x;
  // x, or from lo on lo and x - lo; less x - hi from hi on.
  const turns = {
    at: ends.map((e) => raw(e.bound)),
    slopes: ends.map((e) => (e.low ? 1 : -1)),
    steps: ends.map(() => 0),
  };
  const viaFss = piecewiseLinearByFss(c, x, turns);
  if (viaFss) return add(c, lo > -Infinity ? filled(c, lo, x.shape) : x, viaFss);
  const bits = below(
    c,
    x,
    ends.map((e) => raw(e.bound)),
  );
  const terms = ends.map(({ bound, low }, i): [Wire, Wire] => [
    low ? bits[i]! : not(c, bits[i]!),
    sub(c, filled(c, bound, x.shape), x),
  ]);
  return add(c, x, selectSum(c, terms));
};
