/** @file Smooth functions of one secret by the spline gate (gates/spline.ts), with saturation where they level off. */

import * as elementary from '../gates/elementary.ts';
import { add, addNumber, below, concat, expand, not, reshape, selectSum, sub, view } from './basic.ts';
import { type Circuit, count, type Wire } from './circuit.ts';
import { type Fit, fit } from './fit.ts';

/** Scale of the dealt powers and of the weights: their sum stays far below the ring for the ranges stated here. */
const scaleBits = (c: Circuit): number => ({ 32: 11, 64: 22, 128: 30 })[c.field.bits];

/** Fitted coefficients by name and field: made once. */
const fits = new Map<string, Fit>();
const fitted = (key: string, make: () => Fit): Fit => {
  const known = fits.get(key) ?? make();
  fits.set(key, known);
  return known;
};

export interface Scales {
  /** Fraction bits of x and of the result. */
  readonly input: number;
  readonly output: number;
}

/** Elements per gate: its tables are dealt whole, and take about 8 KB an element. Several gates share their round. */
const AT_ONCE = 4096;

/** fn(x) for x in [lo, lo + (pieces - 1) width). Rounds 1 (exact truncation: 2), bytes k/8 (2k/8). */
export const applySpline = (c: Circuit, x: Wire, f: Fit, { input, output }: Scales): Wire => {
  const t = scaleBits(c);
  const stepBits = input + Math.round(Math.log2(f.width));
  const attrs = {
    pieces: f.pieces,
    degree: f.degree,
    drop: 0,
    stepBits,
    t1: t,
    t2: t,
    trunc: 2 * t - output,
    exact: c.exact,
    coefficients: f.coefficients,
  };
  const shifted = addNumber(c, x, -f.lo, input);
  const n = count(x.shape);
  const spline = (part: Wire): Wire =>
    c.emit('spline', [part], attrs, [{ shape: part.shape, kind: 'ring', secret: true }])[0]!;
  if (n <= AT_ONCE) return spline(shifted);
  const row = reshape(c, shifted, [n]);
  const parts = Array.from({ length: Math.ceil(n / AT_ONCE) }, (_, i) =>
    spline(view(c, row, [Math.min(AT_ONCE, n - i * AT_ONCE)], [1], i * AT_ONCE)),
  );
  return reshape(c, concat(c, parts, 1, [n]), x.shape);
};

interface Saturating {
  readonly fn: (x: number) => number;
  readonly lo: number;
  readonly width: number;
  readonly pieces: number;
  readonly degree: number;
  /** Values below lo and from lo + (pieces - 1) * width on. */
  readonly below: number;
  readonly above: number;
}

/** Rounds: those of less, and one to select; the spline runs beside the comparison. */
const saturating = (c: Circuit, x: Wire, name: string, s: Saturating): Wire => {
  const f = fitted(name, () => fit(s.fn, s.lo, s.width, s.pieces, s.degree));
  const inside = applySpline(c, x, f, { input: c.fraction, output: c.fraction });
  const hi = s.lo + (s.pieces - 1) * s.width;
  const [under, notOver] = below(c, x, [s.lo * 2 ** c.fraction, hi * 2 ** c.fraction]);
  const constant = (v: number): Wire => expand(c, c.constant(Float64Array.of(v), [], c.fraction), x.shape);
  return add(
    c,
    inside,
    selectSum(c, [
      [under!, sub(c, constant(s.below), inside)],
      [not(c, notOver!), sub(c, constant(s.above), inside)],
    ]),
  );
};

/** 1 / (1 + exp(-x)), any x. Error below 5e-7 (FM128). Rounds 5, bytes 50. */
export const sigmoid = (c: Circuit, x: Wire): Wire =>
  saturating(c, x, 'sigmoid', {
    fn: elementary.sigmoid,
    lo: -16,
    width: 0.5,
    pieces: 64,
    degree: 6,
    below: 0,
    above: 1,
  });

/** tanh x, any x. Error below 5e-7 (FM128). Rounds 5, bytes 50. */
export const tanh = (c: Circuit, x: Wire): Wire =>
  saturating(c, x, 'tanh', {
    fn: elementary.tanh,
    lo: -8,
    width: 0.25,
    pieces: 64,
    degree: 6,
    below: -1,
    above: 1,
  });

/** erf x, any x. Error below 5e-7 (FM128). Rounds 5, bytes 50. */
export const erf = (c: Circuit, x: Wire): Wire =>
  saturating(c, x, 'erf', {
    fn: elementary.erf,
    lo: -4,
    width: 0.125,
    pieces: 64,
    degree: 6,
    below: -1,
    above: 1,
  });

/** Largest argument of exp whose result fits, by field. */
const EXP_MAX = { 32: 4, 64: 11, 128: 21 } as const;

/**
 * exp x for x up to 21 (FM128), 11 (FM64), 4 (FM32); far negative x give 0. Relative error below 2^-20 (FM128), or
 * one unit in the last place. Rounds 5, bytes 41.
 */
export const exp = (c: Circuit, x: Wire): Wire => {
  const max = EXP_MAX[c.field.bits];
  const bounded = (v: number): number => (v > max + 2 ? 0 : elementary.exp(v));
  const f = fitted(`exp ${max}`, () => fit(bounded, -20, 1, 64, 7));
  const inside = applySpline(c, x, f, { input: c.fraction, output: c.fraction });
  const [under] = below(c, x, [-20 * 2 ** c.fraction]);
  return sub(c, inside, selectSum(c, [[under!, inside]]));
};

/** A function on [1, 16): 60 pieces of width 1/4. Rounds 1. */
export const onNormal = (
  c: Circuit,
  y: Wire,
  name: string,
  fn: (x: number) => number,
  scales: Scales,
): Wire =>
  applySpline(
    c,
    y,
    fitted(name, () => fit((v) => (v > 0.5 ? fn(v) : 0), 1, 0.25, 64, 7)),
    scales,
  );
