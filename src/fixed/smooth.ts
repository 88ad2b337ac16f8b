/** @file Smooth functions of one secret by Fourier sums (gates/fourier.ts), with saturation where they level off. */

import * as math from '../ring/math/index.ts';
import { add, addNumber, below, filled, not, selectSum, sub, timesNumber } from './basic.ts';
import { inBatches, secretRing } from './batches.ts';
import type { Circuit, Wire } from './circuit.ts';
import { clamp } from './clamp.ts';
import { type Fit, fit } from './fit-fourier.ts';
import { ANYWHERE, smoothByFss } from './smooth-fss.ts';

type Bits = 32 | 64 | 128;

/**
 * The opened value f(x) 2^(t1 + t2) stays below 2^room: wrapping has a probability of 2^(room - k) at FM128. At FM64 and FM32
 * the exact form is taken, whatever products do: what the free one would leave of the ring is too little for both. t2: scale of the weights; dealt words have what remains. Coefficients may be the larger, the
 * more exact those are: damping.
 */
const SCALES = {
  32: { room: 29, t2: 11, damping: 1e-3 },
  64: { room: 61, t2: 22, damping: 1e-8 },
  128: { room: 80, t2: 30, damping: 1e-12 },
} as const;

interface Smooth {
  readonly fn: (x: number) => number;
  readonly lo: number;
  readonly hi: number;
  readonly period: number;
  readonly step: 1 | 2;
  readonly parity: 'odd' | 'even' | 'none';
  readonly relative?: boolean;
  /** |f| < 2^magnitudeBits. */
  readonly magnitudeBits: number;
  /** f is the sum of fn, this constant and this multiple of x. */
  readonly constant?: number;
  readonly linear?: number;
  /** Harmonics for an error below 2^-21, 2^-16 and 2^-8. */
  readonly harmonics: Readonly<Record<Bits, number>>;
}

/** Half of these is a step or a bend, which repeats with the opposite sign: only odd harmonics are there. */
const step = { lo: 0, step: 2, parity: 'odd' } as const;
const bend = { lo: 0, step: 2, parity: 'even', linear: 0.5 } as const;
/** y in [1, 16): what numbers are normalised to. */
const normal = { lo: 1, hi: 16, period: 32, step: 1, parity: 'none' } as const;

/** In turns of how many units, and by how many harmonics: 2 words of the dealer's an element and harmonic. */
const SMOOTH = {
  sigmoid: {
    ...step,
    fn: (x) => math.sigmoid(x) - 0.5,
    hi: 15.5,
    period: 64,
    magnitudeBits: 0,
    constant: 0.5,
    harmonics: { 32: 11, 64: 19, 128: 24 },
  },
  tanh: {
    ...step,
    fn: math.tanh,
    hi: 7.75,
    period: 32,
    magnitudeBits: 1,
    harmonics: { 32: 14, 64: 20, 128: 25 },
  },
  erf: {
    ...step,
    fn: math.erf,
    hi: 3.875,
    period: 16,
    magnitudeBits: 1,
    harmonics: { 32: 6, 64: 8, 128: 9 },
  },
  softplus: {
    ...bend,
    fn: (x) => math.softplus(x) - x / 2,
    hi: 15.5,
    period: 64,
    magnitudeBits: 4,
    harmonics: { 32: 10, 64: 17, 128: 22 },
  },
  silu: {
    ...bend,
    fn: (x) => math.silu(x) - x / 2,
    hi: 19,
    period: 64,
    step: 1,
    magnitudeBits: 5,
    harmonics: { 32: 20, 64: 36, 128: 45 },
  },
  mish: {
    fn: (x) => math.mish(x) - x / 2,
    lo: -19,
    hi: 19,
    period: 64,
    step: 1,
    parity: 'none',
    linear: 0.5,
    magnitudeBits: 5,
    harmonics: { 32: 24, 64: 46, 128: 60 },
  },
  gelu: {
    ...bend,
    fn: (x) => math.gelu(x) - x / 2,
    hi: 6,
    period: 32,
    magnitudeBits: 3,
    harmonics: { 32: 8, 64: 10, 128: 12 },
  },
  geluTanh: {
    ...bend,
    fn: (x) => math.geluTanh(x) - x / 2,
    hi: 6,
    period: 32,
    magnitudeBits: 3,
    harmonics: { 32: 8, 64: 11, 128: 14 },
  },
  arctan: { ...step, fn: math.atan, hi: 1, period: 8, magnitudeBits: 0, harmonics: { 32: 3, 64: 5, 128: 7 } },
  sine: {
    ...step,
    fn: (x) => math.sin(2 * Math.PI * x),
    hi: 0.25,
    period: 1,
    magnitudeBits: 1,
    harmonics: { 32: 1, 64: 1, 128: 1 },
  },
  log: { ...normal, fn: math.log, magnitudeBits: 2, harmonics: { 32: 7, 64: 12, 128: 15 } },
  sqrt: { ...normal, fn: Math.sqrt, relative: true, magnitudeBits: 2, harmonics: { 32: 5, 64: 9, 128: 12 } },
  rsqrt: {
    ...normal,
    fn: (x) => 1 / Math.sqrt(x),
    relative: true,
    magnitudeBits: 1,
    harmonics: { 32: 8, 64: 13, 128: 16 },
  },
  reciprocal: {
    ...normal,
    fn: (x) => 1 / x,
    relative: true,
    magnitudeBits: 1,
    harmonics: { 32: 10, 64: 17, 128: 20 },
  },
  /** arccos x = sqrt(1 - x) times this, x in [0, 1]. */
  arccosRest: {
    fn: (x) => math.arccosRest(x),
    lo: 0,
    hi: 1,
    period: 2,
    step: 1,
    parity: 'none',
    magnitudeBits: 1,
    harmonics: { 32: 2, 64: 5, 128: 7 },
  },
  arcsinh: {
    ...step,
    fn: math.asinh,
    hi: 8,
    period: 64,
    magnitudeBits: 2,
    harmonics: { 32: 13, 64: 33, 128: 47 },
  },
  /** arcsinh 8y - ln 16y. */
  arcsinhRest: {
    ...normal,
    fn: (y) => math.log((1 + Math.sqrt(1 + 1 / (64 * y * y))) / 2),
    magnitudeBits: 0,
    harmonics: { 32: 2, 64: 8, 128: 13 },
  },
  cbrt: { ...normal, fn: math.cbrt, relative: true, magnitudeBits: 2, harmonics: { 32: 4, 64: 9, 128: 13 } },
} as const satisfies Readonly<Record<string, Smooth>>;

/** Coefficients by name and field: made once. */
const fits = new Map<string, Fit>();
const fitted = (name: keyof typeof SMOOTH, bits: Bits): Fit => {
  const key = `${name} ${bits}`;
  const s: Smooth = SMOOTH[name];
  const known =
    fits.get(key) ?? fit({ relative: false, ...s, count: s.harmonics[bits], damping: SCALES[bits].damping });
  fits.set(key, known);
  return known;
};

export interface Scales {
  /** Fraction bits of x and of the result. */
  readonly input: number;
  readonly output: number;
  /** The function times this number, which is about 1. */
  readonly factor?: number;
}

/** Breakpoints in whole are found by so many bits. */
const TURN = 62;

/** A smooth function where it is fitted (elsewhere anything). Rounds 1 (exact truncation: 2), bytes k/8 (2k/8). */
export const smooth = (
  c: Circuit,
  x: Wire,
  name: keyof typeof SMOOTH,
  { input, output, factor = 1 }: Scales = { input: c.fraction, output: c.fraction },
): Wire => {
  const { bits } = c.field;
  const { magnitudeBits, linear = 0, constant = 0 }: Smooth = SMOOTH[name];
  const f = fitted(name, bits);
  const { room, t2 } = SCALES[bits];
  const t1 = room - magnitudeBits - t2;
  const turn = input + math.log2(f.period);
  const drop = Math.max(0, turn - TURN);
  const attrs = {
    count: f.count,
    step: f.step,
    turn: turn - drop,
    drop,
    t1,
    t2,
    trunc: t1 + t2 - output,
    exact: bits !== 128,
    constant: (f.constant + constant) * factor,
    linear: factor * linear * math.pow2(t1 + t2 - input),
    coefficients: factor === 1 ? f.coefficients : f.coefficients.map((v) => v * factor),
  };
  return inBatches(c, x, (part) => c.emit('fourier', [part], attrs, [secretRing(part)])[0]!);
};

/** What stands for a function below -hi and from hi on: a number, or x itself. */
const ENDS = {
  sigmoid: [0, 1],
  tanh: [-1, 1],
  erf: [-1, 1],
  softplus: [0, 'x'],
  silu: [0, 'x'],
  mish: [0, 'x'],
  gelu: [0, 'x'],
  geluTanh: [0, 'x'],
} as const satisfies Readonly<Partial<Record<keyof typeof SMOOTH, readonly [number, number | 'x']>>>;

/**
 * Rounds: those of less, and one to select; the harmonics run beside the comparison. Where `interval`, in which x is known to
 * lie, is within the ends, rounds 1, bytes k/8.
 */
const saturating =
  (name: keyof typeof ENDS) =>
  (c: Circuit, x: Wire, interval = ANYWHERE): Wire => {
    const [low, high] = ENDS[name];
    const { hi: end } = SMOOTH[name];
    const near = interval[0] >= -end && interval[1] <= end;
    // The words of the harmonics and of two selects.
    const instead = near ? { thresholds: 0, words: 0 } : { thresholds: 2, words: 4 };
    const words = instead.words + 2 * SMOOTH[name].harmonics[c.field.bits];
    const viaFss = smoothByFss(c, x, name, interval, { ...instead, words });
    if (viaFss) return viaFss;
    const inside = smooth(c, x, name);
    if (near) return inside;
    const hi = end * math.pow2(c.fraction);
    const [under, notOver] = below(c, x, [-hi, hi]);
    const above = high === 'x' ? x : filled(c, high, x.shape);
    return add(
      c,
      inside,
      selectSum(c, [
        [under!, sub(c, filled(c, low, x.shape), inside)],
        [not(c, notOver!), sub(c, above, inside)],
      ]),
    );
  };

/** 1 / (1 + exp(-x)), any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 0.9 KB. By FSS, as those below, 1 and 16. */
export const sigmoid = saturating('sigmoid');
/** tanh x, any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 1 KB. */
export const tanh = saturating('tanh');
/** erf x, any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 0.5 KB. */
export const erf = saturating('erf');
/** log(1 + exp x), any x (by FSS, as for what follows, bytes 32). Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 0.9 KB. */
export const softplus = saturating('softplus');
/** x sigmoid(x), any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 1.6 KB. */
export const silu = saturating('silu');
/** x tanh(softplus x), any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 2.1 KB. By FSS, rounds 1, bytes 32. */
export const mish = saturating('mish');
/** x times the normal distribution function, any x. Error below 2^-20 (FM128). Rounds 5, bytes 50; dealer 0.6 KB. */
export const gelu = saturating('gelu');
/** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, any x, as gelu. */
export const geluTanh = saturating('geluTanh');

/** SPU's cheap sigmoids: MM1 is 1/2 + x/8, SEG3 the same held between 0 and 1. Rounds 0 and 5. */
export const sigmoidLine = (c: Circuit, x: Wire): Wire => addNumber(c, timesNumber(c, x, 0.125), 0.5);
export const sigmoidSegments = (c: Circuit, x: Wire): Wire => clamp(c, sigmoidLine(c, x), 0, 1);
