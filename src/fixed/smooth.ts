/** @file Smooth functions of one secret by the spline gate (gates/spline.ts), with saturation where they level off. */

import * as elementary from '../gates/elementary.ts';
import {
  add,
  addNumber,
  below,
  concat,
  expand,
  not,
  reshape,
  selectSum,
  sub,
  timesNumber,
  view,
} from './basic.ts';
import { type Circuit, count, type Wire } from './circuit.ts';
import { clamp } from './clamp.ts';
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
  /** What stands for fn below lo and from lo + (pieces - 1) * width on: a number, or x itself. */
  readonly below: number;
  readonly above: number | 'x';
}

/**
 * The dealer sends pieces * (degree + 1) ring elements: fewest for an error below 2^-20, where the function levels
 * off to 2^-21.
 */
const SATURATING = {
  sigmoid: { fn: elementary.sigmoid, lo: -15.5, width: 1, pieces: 32, degree: 7, below: 0, above: 1 },
  tanh: { fn: elementary.tanh, lo: -7.75, width: 0.5, pieces: 32, degree: 7, below: -1, above: 1 },
  erf: { fn: elementary.erf, lo: -3.875, width: 0.25, pieces: 32, degree: 5, below: -1, above: 1 },
  softplus: { fn: elementary.softplus, lo: -15.5, width: 1, pieces: 32, degree: 7, below: 0, above: 'x' },
  silu: { fn: elementary.silu, lo: -31.5, width: 1, pieces: 64, degree: 7, below: 0, above: 'x' },
  gelu: { fn: elementary.gelu, lo: -7.75, width: 0.5, pieces: 32, degree: 7, below: 0, above: 'x' },
  geluTanh: { fn: elementary.geluTanh, lo: -7.75, width: 0.5, pieces: 32, degree: 7, below: 0, above: 'x' },
} as const satisfies Readonly<Record<string, Saturating>>;

/** Rounds: those of less, and one to select; the spline runs beside the comparison. */
const saturating =
  (name: keyof typeof SATURATING) =>
  (c: Circuit, x: Wire): Wire => {
    const s: Saturating = SATURATING[name];
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
        [not(c, notOver!), sub(c, s.above === 'x' ? x : constant(s.above), inside)],
      ]),
    );
  };

/** 1 / (1 + exp(-x)), any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 4 KB. */
export const sigmoid = saturating('sigmoid');
/** tanh x, any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 4 KB. */
export const tanh = saturating('tanh');
/** erf x, any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 3 KB. */
export const erf = saturating('erf');
/** log(1 + exp x), any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 4 KB. */
export const softplus = saturating('softplus');
/** x sigmoid(x), any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 8 KB. */
export const silu = saturating('silu');
/** x times the normal distribution function, any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 4 KB. */
export const gelu = saturating('gelu');
/** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, any x, as gelu. */
export const geluTanh = saturating('geluTanh');

/** arctan x for |x| <= 1. Error below 2^-20. Rounds 1, bytes 16; dealer 2 KB. */
export const arctanUnit = (c: Circuit, x: Wire): Wire => {
  const f = fitted('arctan', () => fit(elementary.arctan, -1, 0.25, 16, 6));
  return applySpline(c, x, f, { input: c.fraction, output: c.fraction });
};

/** SPU's cheap sigmoids: MM1 is 1/2 + x/8, SEG3 the same held between 0 and 1. Rounds 0 and 5. */
export const sigmoidLine = (c: Circuit, x: Wire): Wire => addNumber(c, timesNumber(c, x, 0.125), 0.5);
export const sigmoidSegments = (c: Circuit, x: Wire): Wire => clamp(c, sigmoidLine(c, x), 0, 1);

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

/** How a function on [1, 16) is cut: fewest coefficients for a relative (log: absolute) error below 2^-20. */
const NORMAL = {
  log: { fn: elementary.log, width: 0.25, pieces: 64, degree: 6 },
  sqrt: { fn: Math.sqrt, width: 0.5, pieces: 32, degree: 7 },
  rsqrt: { fn: (v: number) => 1 / Math.sqrt(v), width: 0.25, pieces: 64, degree: 6 },
  reciprocal: { fn: (v: number) => 1 / v, width: 0.25, pieces: 64, degree: 7 },
} as const;

/** A function of y in [1, 16). Rounds 1. */
export const onNormal = (c: Circuit, y: Wire, name: keyof typeof NORMAL, scales: Scales): Wire => {
  const { fn, width, pieces, degree } = NORMAL[name];
  const f = fitted(name, () => fit((v) => (v > 0.5 ? fn(v) : 0), 1, width, pieces, degree));
  return applySpline(c, y, f, scales);
};
