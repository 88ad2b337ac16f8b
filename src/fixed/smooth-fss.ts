/**
 * @file Functions of one secret by FSS (two parties) (gates/spline-fss.ts): one opening wherever the argument lies, where
 * tables take a comparison, a Fourier sum and a select. More dealt bytes and microseconds an element: the planner weighs it.
 */

import * as math from '../ring/math/index.ts';
import { addNumber } from './basic.ts';
import { inBatches, secretRing } from './batches.ts';
import { type Circuit, count, type Wire } from './circuit.ts';
import { fitSpline } from './fit-spline.ts';

type Bits = 32 | 64 | 128;
export type Interval = readonly [lo: number, hi: number];
export const ANYWHERE: Interval = [-Infinity, Infinity];

interface Pieces {
  readonly fn: (x: number) => number;
  /** Left end of the first piece, where fn is `left` and stays it. */
  readonly lo: number;
  /** A power of two. */
  readonly width: number;
  readonly count: 16 | 32;
  readonly left: number;
  /** What fn is above the last piece: a number, or x itself. */
  readonly right: number | 'x';
  /** Coefficients of a piece for an error below 2^-21, 2^-14 and 2^-9. */
  readonly powers: Readonly<Record<Bits, number>>;
}

const step = { left: 0, right: 1, count: 16 } as const;
const bend = { left: 0, right: 'x', count: 16 } as const;

const PIECES = {
  sigmoid: { ...step, fn: math.sigmoid, lo: -15, width: 2, powers: { 32: 6, 64: 8, 128: 12 } },
  tanh: { ...step, fn: math.tanh, lo: -7.5, width: 1, left: -1, powers: { 32: 7, 64: 9, 128: 12 } },
  erf: { ...step, fn: math.erf, lo: -3.75, width: 0.5, left: -1, powers: { 32: 5, 64: 6, 128: 8 } },
  softplus: { ...bend, fn: math.softplus, lo: -15, width: 2, powers: { 32: 6, 64: 8, 128: 11 } },
  silu: { ...bend, fn: math.silu, lo: -31, width: 2, count: 32, powers: { 32: 7, 64: 10, 128: 13 } },
  mish: { ...bend, fn: math.mish, lo: -21, width: 2, powers: { 32: 8, 64: 11, 128: 16 } },
  gelu: { ...bend, fn: math.gelu, lo: -7.5, width: 1, powers: { 32: 6, 64: 8, 128: 10 } },
  geluTanh: { ...bend, fn: math.geluTanh, lo: -7.5, width: 1, powers: { 32: 6, 64: 8, 128: 10 } },
} as const satisfies Readonly<Record<string, Pieces>>;

export type SplineFunction = keyof typeof PIECES;

/** Scales of payload and weights. The opened value has their sum for scale; x itself is opened beside it, and not truncated. */
const SCALES = { 32: [10, 10], 64: [21, 21], 128: [32, 28] } as const;

const fits = new Map<string, Float64Array>();
const fitted = (name: SplineFunction, bits: Bits): Float64Array => {
  const key = `${name} ${bits}`;
  const { fn, lo, width, count: pieces, left, powers }: Pieces = PIECES[name];
  const known = fits.get(key) ?? fitSpline((x) => fn(x) - left, lo, width, pieces, powers[bits]);
  fits.set(key, known);
  return known;
};

/** Bits of x - lo with its sign, if that is less than a word, where x lies within interval. */
export const bitsFor = (
  c: Circuit,
  [from, to]: Interval,
  lo: number,
  span: number,
  input = c.fraction,
): { bits?: number } => {
  const most = Math.max(Math.abs(from - lo), Math.abs(to - lo), span) + span;
  const bits = Math.ceil(math.log2(most) + input) + 1;
  return bits < c.field.bits ? { bits } : {};
};

/**
 * The function by FSS, if the planner wants them: `words` are dealt for the harmonics in their place, beside `thresholds` of a
 * comparison. Rounds 1 (exact truncation: 2), bytes k/8 (2k/8).
 */
export const smoothByFss = (
  c: Circuit,
  x: Wire,
  name: SplineFunction,
  interval: Interval,
  instead: { readonly thresholds: number; readonly words: number },
): Wire | undefined => {
  const { bits } = c.field;
  const { lo, width, count: pieces, left, right, powers }: Pieces = PIECES[name];
  const [t1, t2] = SCALES[bits];
  const attrs = {
    pieces,
    pieceBits: c.fraction + math.log2(width),
    powers: powers[bits],
    t1,
    t2,
    trunc: t1 + t2 - c.fraction,
    exact: bits !== 128,
    coefficients: fitted(name, bits),
    left,
    // x itself is x - lo, and lo.
    step: (right === 'x' ? lo : right) - left,
    slope: right === 'x' ? 1 : 0,
    ...bitsFor(c, interval, lo, pieces * width),
  };
  if (!c.usesFss('splineFss', attrs, count(x.shape), instead)) return undefined;
  const shifted = addNumber(c, x, -lo);
  return inBatches(c, shifted, (part) => c.emit('splineFss', [part], attrs, [secretRing(part)])[0]!);
};
