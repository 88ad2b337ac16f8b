/** @file Smooth functions on plain float64. */

import * as math from '../../../ring/math/index.ts';
import type { Attrs } from '../graph.ts';
import type { Kernel } from '../plain-kernel.ts';

const real =
  (f: (x: number, attrs: Attrs) => number): Kernel =>
  ([x], attrs, [out]) => ({ ...out!, data: (x!.data as Float64Array).map((v) => f(v, attrs)) });

/** The float64 next to x: one up or down in its bits. */
const nextafter = (x: number, y: number): number => {
  if (Number.isNaN(x) || Number.isNaN(y) || x === y) return x === y ? y : Number.NaN;
  if (x === 0) return Math.sign(y) * Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigInt64(0, view.getBigInt64(0) + (y > x === x > 0 ? 1n : -1n));
  return view.getFloat64(0);
};

/** [m, n] with x = m 2^n. */
const frexp = (x: number): readonly [number, number] => {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  let [m, n] = [x, 0];
  while (Math.abs(m) >= 1) [m, n] = [m / 2, n + 1];
  while (Math.abs(m) < 0.5) [m, n] = [m * 2, n - 1];
  return [m, n];
};

const interp = (x: number, attrs: Attrs): number => {
  const [at, to] = [attrs.at as readonly number[], attrs.to as readonly number[]];
  const i = at.findIndex((v) => x < v);
  if (i <= 0) return i === 0 ? to[0]! : to.at(-1)!;
  const [lo, hi] = [at[i - 1]!, at[i]!];
  return to[i - 1]! + ((to[i]! - to[i - 1]!) * (x - lo)) / (hi - lo);
};

export const PLAIN_SMOOTH: Readonly<Record<string, Kernel>> = {
  mish: real(math.mish),
  hypot: ([x, y], _attrs, [out]) => {
    const b = y!.data as Float64Array;
    return { ...out!, data: (x!.data as Float64Array).map((v, i) => math.hypot(v, b[i]!)) };
  },
  silu: real(math.silu),
  gelu: real((x, { approximate }) => (approximate ? math.geluTanh(x) : math.gelu(x))),
  arctan: real(math.atan),
  arctan2: ([y, x], _attrs, [out]) => {
    const b = x!.data as Float64Array;
    return {
      ...out!,
      data: (y!.data as Float64Array).map((v, i) => (v === 0 && b[i] === 0 ? 0 : math.atan2(v, b[i]!))),
    };
  },
  mantissa: real((x) => frexp(x)[0]),
  exponent: ([x], _attrs, [out]) => ({
    ...out!,
    data: Int32Array.from(x!.data as Float64Array, (v) => frexp(v)[1]),
  }),
  within: real((x) => x),
  interp: real(interp),
  arcsin: real(math.asin),
  arcsinh: real(math.asinh),
  cbrt: real(math.cbrt),
  nextafter: ([x, y], _attrs, [out]) => {
    const to = y!.data as Float64Array;
    return { ...out!, data: (x!.data as Float64Array).map((v, i) => nextafter(v, to[i]!)) };
  },
  epsilon: (_ins, { largest }, [out]) => ({
    ...out!,
    data: Float64Array.of(largest === true ? Number.MAX_VALUE : Number.EPSILON),
  }),
};
