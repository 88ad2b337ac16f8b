/** @file Smooth functions on plain float64. */

import type { Attrs } from './graph.ts';
import { erf } from './plain-elementwise.ts';
import type { Kernel } from './plain-types.ts';

const real =
  (f: (x: number, attrs: Attrs) => number): Kernel =>
  ([x], attrs, [out]) => ({ ...out!, data: (x!.data as Float64Array).map((v) => f(v, attrs)) });

const gelu = (x: number, { approximate }: Attrs): number =>
  approximate
    ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
    : 0.5 * x * (1 + erf(x * Math.SQRT1_2));

export const PLAIN_SMOOTH: Readonly<Record<string, Kernel>> = {
  silu: real((x) => x / (1 + Math.exp(-x))),
  gelu: real(gelu),
  arctan: real(Math.atan),
  arctan2: ([y, x], _attrs, [out]) => {
    const b = x!.data as Float64Array;
    return {
      ...out!,
      data: (y!.data as Float64Array).map((v, i) => (v === 0 && b[i] === 0 ? 0 : Math.atan2(v, b[i]!))),
    };
  },
  arcsin: real(Math.asin),
  cbrt: real(Math.cbrt),
};
