/** @file Smooth functions on plain float64. */

import * as math from '../../../ring/math/index.ts';
import type { AttrsOf } from '../catalogue.ts';
import type { Tensor, Type } from '../graph.ts';
import type { One, PlainTable, Two } from '../plain-kernel.ts';
import type { SmoothOp } from './catalogue.ts';

const real =
  <A>(f: (x: number, attrs: A) => number) =>
  ([x]: One, attrs: A, out: Type): Tensor => ({
    ...out,
    data: (x.data as Float64Array).map((v) => f(v, attrs)),
  });

const realPair =
  (f: (x: number, y: number) => number) =>
  ([x, y]: Two, _attrs: unknown, out: Type): Tensor => {
    const b = y.data as Float64Array;
    return { ...out, data: (x.data as Float64Array).map((v, i) => f(v, b[i]!)) };
  };

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

const interp = (x: number, { at, to }: AttrsOf<'interp'>): number => {
  const i = at.findIndex((v) => x < v);
  if (i <= 0) return i === 0 ? to[0]! : to.at(-1)!;
  const [lo, hi] = [at[i - 1]!, at[i]!];
  return to[i - 1]! + ((to[i]! - to[i - 1]!) * (x - lo)) / (hi - lo);
};

export const PLAIN_SMOOTH: PlainTable<SmoothOp> = {
  mish: real(math.mish),
  hypot: realPair(math.hypot),
  silu: real(math.silu),
  gelu: real((x, { approximate }: AttrsOf<'gelu'>) => (approximate ? math.geluTanh(x) : math.gelu(x))),
  arctan: real(math.atan),
  arctan2: realPair((y, x) => (y === 0 && x === 0 ? 0 : math.atan2(y, x))),
  mantissa: real((x) => frexp(x)[0]),
  exponent: ([x], _attrs, out) => ({
    ...out,
    data: Int32Array.from(x.data as Float64Array, (v) => frexp(v)[1]),
  }),
  within: real((x) => x),
  interp: real(interp),
  arcsin: real(math.asin),
  arcsinh: real(math.asinh),
  cbrt: real(math.cbrt),
  nextafter: realPair(nextafter),
  epsilon: (_ins, { largest }, out) => ({
    ...out,
    data: Float64Array.of(largest === true ? Number.MAX_VALUE : Number.EPSILON),
  }),
};
