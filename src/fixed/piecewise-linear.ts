/**
 * @file Piecewise-linear functions: sums of [x >= t] (slope (x - t) + step) over public t, in raw whole numbers. By function secret sharing (FSS, two parties) one
 * gate in one round; for any number of parties comparisons of one x, and one select.
 */

import type { Breakpoints } from '../gates/piecewise-linear-fss.ts';
import * as math from '../ring/math/index.ts';
import { add, addNumber, below, filled, hidden, not, selectSum, sub, timesInteger } from './basic.ts';
import { inBatches, secretRing } from './batches.ts';
import { type Circuit, count, type Wire } from './circuit.ts';

export interface PiecewiseLinearOptions {
  /** Bits to drop from the sum. */
  readonly trunc?: number;
  /** Each x - t lies in [-2^(bits-1), 2^(bits-1)). */
  readonly bits?: number;
  /** Rounds saved by FSS, where bits of the same comparison are wanted too. */
  readonly saves?: number;
}

const attrsOf = (c: Circuit, turns: Breakpoints, { trunc = 0, bits }: PiecewiseLinearOptions) => ({
  ...turns,
  trunc,
  exact: c.exact,
  ...(bits !== undefined && { bits }),
});

/** Whether the planner wants a sum over so many elements by FSS. */
const wanted = (c: Circuit, n: number, attrs: ReturnType<typeof attrsOf>, saves?: number): boolean => {
  const thresholds = attrs.at.length;
  const words = thresholds * (attrs.slopes.some((v) => v !== 0) ? 2 : 1);
  return c.usesFss('piecewiseLinearFss', attrs, n, {
    thresholds,
    words,
    ...(saves !== undefined && { saves }),
  });
};

/** Whether keys would be taken for so many numbers. */
export const prefersFss = (
  c: Circuit,
  elements: number,
  turns: Breakpoints,
  options: PiecewiseLinearOptions,
): boolean => wanted(c, elements, attrsOf(c, turns, options), options.saves);

const byKeys = (c: Circuit, x: Wire, attrs: ReturnType<typeof attrsOf>): Wire =>
  inBatches(c, x, (part) => c.emit('piecewiseLinearFss', [part], attrs, [secretRing(part)])[0]!);

/** The sum by FSS, where the planner wants them. Rounds 1, bytes k/8. */
export const piecewiseLinearByFss = (
  c: Circuit,
  x: Wire,
  turns: Breakpoints,
  options: PiecewiseLinearOptions = {},
): Wire | undefined => {
  const attrs = attrsOf(c, turns, options);
  return wanted(c, count(x.shape), attrs, options.saves) ? byKeys(c, x, attrs) : undefined;
};

const RELU: Breakpoints = { at: [0], slopes: [1], steps: [0] };

/** By how much x is more than y, or 0, by FSS where the planner wants them. Rounds 1, bytes k/8. */
export const excessByFss = (c: Circuit, x: Wire, y: Wire): Wire | undefined => {
  const attrs = attrsOf(c, RELU, {});
  return wanted(c, count(x.shape), attrs) ? byKeys(c, sub(c, x, y), attrs) : undefined;
};

/** The sum. Rounds: those of less and one, or 1 by FSS. */
const piecewiseLinear = (
  c: Circuit,
  x: Wire,
  turns: Breakpoints,
  options: PiecewiseLinearOptions = {},
): Wire => {
  const viaFss = piecewiseLinearByFss(c, x, turns, options);
  if (viaFss) return viaFss;
  const under = below(c, x, turns.at, options.bits);
  const terms = turns.at.map((at, i): [Wire, Wire] => {
    const [slope, step] = [turns.slopes[i]!, turns.steps[i]!];
    const height =
      slope === 0 ? filled(c, step, x.shape, 0) : timesInteger(c, addNumber(c, x, -at, 0), slope);
    return [not(c, under[i]!), slope === 0 || step === 0 ? height : addNumber(c, height, step, 0)];
  });
  return selectSum(c, terms, options.trunc);
};

/** Fraction bits of slopes: the error of a line over an interval of length R is R 2^-(bits + 1). */
const SLOPE = { 32: 10, 64: 22, 128: 40 } as const;

/**
 * Straight lines through points (at_i, to_i), at rising, constant beyond the ends. |to_i| < 2^22 at FM128 and FM64. Rounds 5,
 * bytes 16 and 9 a point; by FSS 1, 16 (exact truncation: one more, twice k/8).
 */
export const interpolate = (c: Circuit, x: Wire, at: readonly number[], to: readonly number[]): Wire => {
  const raw = at.map((v) => Math.round(v * math.pow2(c.fraction)));
  // Points that meet in one raw number are a jump there.
  const rises = raw.slice(1).map((t, i) => {
    const rise = (to[i + 1]! - to[i]!) * math.pow2(c.fraction);
    return t > raw[i]! ? { slope: rise / (t - raw[i]!), jump: 0 } : { slope: 0, jump: rise };
  });
  const steepest = Math.max(1, ...rises.map((v) => Math.abs(v.slope)));
  const trunc = Math.max(0, Math.min(SLOPE[c.field.bits], 52 - Math.ceil(math.log2(steepest))));
  const whole = rises.map((v) => Math.round(v.slope * math.pow2(trunc)));
  const turns = {
    at: raw,
    slopes: raw.map((_, i) => (whole[i] ?? 0) - (whole[i - 1] ?? 0)),
    steps: raw.map((_, i) => Math.round((rises[i]?.jump ?? 0) * math.pow2(trunc))),
  };
  const start = filled(c, to[0]!, x.shape);
  return raw.length === 1 ? hidden(c, start) : add(c, start, piecewiseLinear(c, x, turns, { trunc }));
};
