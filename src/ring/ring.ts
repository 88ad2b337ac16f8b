/**
 * @file Ring: linear memory and the kernels on it, one instance a party.
 *
 * Destinations come first, shapes are checked, nothing is allocated unless a method says so. The subjects stand in
 * memory.ts (arrays), words.ts, convert.ts, bits.ts, wire.ts, and here (functions by weighed tables).
 */

import { fail } from '../errors.ts';
import type { RingArray } from './array.ts';
import { RingWire } from './array-bytes.ts';
import * as math from './math/index.ts';
import { loadParts, type RingOptions } from './memory.ts';

/** Harmonics 1, 1 + step, .. of an angle in turns of 2^turn. */
export interface FourierShape {
  readonly count: number;
  readonly step: 1 | 2;
  readonly turn: number;
}

/** How an exponent c or r is cut: into `pieces` (a power of two) of 2^pieceBits; its unit is 2^-fraction. */
export interface ExponentShape {
  readonly pieces: number;
  readonly pieceBits: number;
  readonly fraction: number;
}

/** Pieces of a window whose weights have one scale, and by how many bits their sum is shifted (63 at most). */
export interface ExponentBand {
  readonly window: number;
  /** Where the window's first piece begins: whole pieces from where that of c does. */
  readonly lo: number;
  readonly from: number;
  readonly to: number;
  readonly t2: number;
  readonly shift: number;
}

/** Numbers that a band is for the kernel. */
const BAND_WORDS = 8;

/** Polynomials on `pieces` (a power of two) of 2^pieceBits, each of so many coefficients. */
export interface SplineShape {
  readonly pieces: number;
  readonly powers: number;
  readonly pieceBits: number;
}

export class Ring extends RingWire {
  static async create(options: RingOptions = {}): Promise<Ring> {
    return new Ring(await loadParts(options));
  }

  /**
   * dst[e] = sum over harmonics k of round(w * 2^t2) * table[e][0][i] + round(v * 2^t2) * table[e][1][i], where
   * w = a cos(k c) + b sin(k c) and v = a sin(k c) - b cos(k c). table: n x 2 x count, coef: a and b of each harmonic.
   */
  fourierEval(
    dst: RingArray,
    c: RingArray,
    table: RingArray,
    coef: Float64Array,
    shape: FourierShape & { readonly t2: number },
  ): void {
    checkFourier(shape, shape.t2);
    const { count, step, turn, t2 } = shape;
    this.words('fourierEval', dst, c);
    this.#table('fourierEval', table, c, 2 * count);
    if (coef.length !== 2 * count)
      fail('SHAPE', `ring fourierEval: ${coef.length} coefficients, not ${2 * count}`);
    new Float64Array(this.memory.buffer, this.scratch, coef.length).set(coef);
    const { bytes } = dst.field;
    this.kernels.fourierEval(dst.ptr, c.ptr, table.ptr, this.scratch, c.length, count, step, turn, t2, bytes);
  }

  /** dst[e] = round(cos(k r) 2^t1) for each harmonic k, then round(sin(k r) 2^t1). dst: n x 2 x count. */
  fourierDeal(dst: RingArray, r: RingArray, shape: FourierShape & { readonly t1: number }): void {
    checkFourier(shape, shape.t1);
    const { count, step, turn, t1 } = shape;
    this.#table('fourierDeal', dst, r, 2 * count);
    this.kernels.fourierDeal(dst.ptr, r.ptr, r.length, count, step, turn, t1, dst.field.bytes);
  }

  /** dst[e] = sum over j of round(2^t2 e^(lo + width * (hi(c) - j mod P) + lo(c))) * table[e][j]; width: of a piece. */
  exponentialEval(
    dst: RingArray,
    c: RingArray,
    table: RingArray,
    shape: ExponentShape & { readonly lo: number; readonly t2: number },
  ): void {
    checkExponent(shape, shape.t2, 2);
    const { pieces, pieceBits, fraction, lo, t2 } = shape;
    this.words('exponentialEval', dst, c);
    this.#table('exponentialEval', table, c, pieces);
    const { bytes } = dst.field;
    this.kernels.exponentialEval(
      dst.ptr, c.ptr, table.ptr, c.length, pieces, pieceBits, fraction, lo, t2, bytes,
    ); // biome-ignore format: one call
  }

  /**
   * For each band, dst[window][e] += 2^shift times the sum over j, from <= q < to, of round(2^t2 e^(band.lo + width * q + lo(c))) *
   * table[e][j], q = hi(c) + (lo - band.lo) / width - j mod P. A window's sums begin `stride` words behind the one before.
   */
  exponentialWindows(
    dst: RingArray,
    c: RingArray,
    table: RingArray,
    shape: ExponentShape & { readonly lo: number },
    stride: number,
    bands: readonly ExponentBand[],
  ): void {
    const { pieces, pieceBits, fraction, lo } = shape;
    const { bytes } = dst.field;
    this.live(dst);
    this.live(c);
    if (pieces > 64 || bands.length > 16 || dst.field !== c.field)
      this.mismatch('exponentialWindows', dst, c);
    // Called for each block of elements: nothing is made anew.
    const rows = new Float64Array(this.memory.buffer, this.scratch, bands.length * BAND_WORDS);
    const width = math.pow2(pieceBits - fraction);
    let windows = 0;
    let at = 0;
    for (const band of bands) {
      const { window, lo: start, t2, from, to, shift } = band;
      const first = (lo - start) / width;
      checkBand(shape, band, first);
      windows = Math.max(windows, window + 1);
      rows[at] = window * stride * bytes;
      rows[at + 1] = start;
      rows[at + 2] = t2;
      rows[at + 3] = first + (pieces << 20);
      rows[at + 4] = from;
      rows[at + 5] = to;
      rows[at + 6] = shift;
      rows[at + 7] = 0;
      at += BAND_WORDS;
    }
    if (c.length > 0 && dst.length < (windows - 1) * stride + c.length)
      this.mismatch('exponentialWindows', dst, c);
    this.#table('exponentialWindows', table, c, pieces);
    this.kernels.exponentialWindows(
      dst.ptr, c.ptr, table.ptr, c.length, pieces, pieceBits, fraction, this.scratch, bands.length, bytes,
    ); // biome-ignore format: one call
  }

  /** dst[e][j] = j == hi(r) ? round(2^t1 e^-lo(r)) : 0. dst: n x P; P = 1 is e^-lo(r) alone. */
  exponentialDeal(dst: RingArray, r: RingArray, shape: ExponentShape & { readonly t1: number }): void {
    checkExponent(shape, shape.t1, 1);
    const { pieces, pieceBits, fraction, t1 } = shape;
    this.#table('exponentialDeal', dst, r, pieces);
    this.kernels.exponentialDeal(dst.ptr, r.ptr, r.length, pieces, pieceBits, fraction, t1, dst.field.bytes);
  }

  /**
   * dst[e] = sum over rows h and powers m of round(w * 2^t2) * table[e][h][m], w: coefficient m around lo(c) of the
   * polynomial of piece hi(c) - h mod P. coef: `powers` of each piece in turn, z in pieces.
   */
  splineEval(
    dst: RingArray,
    c: RingArray,
    table: RingArray,
    coef: Float64Array,
    shape: SplineShape & { readonly t2: number },
  ): void {
    checkSpline(shape, shape.t2);
    const { pieces, powers, pieceBits, t2 } = shape;
    this.words('splineEval', dst, c);
    this.#table('splineEval', table, c, pieces * powers);
    if (coef.length !== pieces * powers)
      fail('SHAPE', `ring splineEval: ${coef.length} coefficients, not ${pieces * powers}`);
    new Float64Array(this.memory.buffer, this.scratch, coef.length).set(coef);
    const { bytes } = dst.field;
    this.kernels.splineEval(
      dst.ptr, c.ptr, table.ptr, this.scratch, c.length, pieces, powers, pieceBits, t2, bytes,
    ); // biome-ignore format: one call
  }

  /** dst[e][m] = round((-lo(r))^m 2^t1). dst: n x powers. */
  splineDeal(dst: RingArray, r: RingArray, shape: SplineShape & { readonly t1: number }): void {
    checkSpline(shape, shape.t1);
    const { powers, pieceBits, t1 } = shape;
    this.#table('splineDeal', dst, r, powers);
    this.kernels.splineDeal(dst.ptr, r.ptr, r.length, powers, pieceBits, t1, dst.field.bytes);
  }

  /** `row` words for each element of a. */
  #table(op: string, table: RingArray, a: RingArray, row: number): void {
    this.lengths(op, [
      [a, a.length],
      [table, a.length * row],
    ]);
    if (table.field !== a.field) this.mismatch(op, table, a);
  }
}

const checkFourier = ({ count, step, turn }: FourierShape, scaleBits: number): void => {
  const whole = [count, turn, scaleBits].every(Number.isInteger);
  if (!whole || count < 1 || count > 256 || (step !== 1 && step !== 2) || turn < 1 || turn > 62)
    fail('RANGE', `ring fourier: ${count} of them by ${step} in turns of 2^${turn}`);
  checkScale(scaleBits);
};

const checkExponent = (
  { pieces, pieceBits, fraction }: ExponentShape,
  scaleBits: number,
  least: number,
): void => {
  const log = math.log2(pieces);
  const whole = [log, pieceBits, fraction, scaleBits].every(Number.isInteger);
  if (!whole || pieces < least || log > 10 || pieceBits < 0 || pieceBits + log > 62)
    fail(
      'RANGE',
      `ring exponential: ${pieces} pieces of 2^${pieceBits}, a power of two of at least ${least}`,
    );
  checkScale(scaleBits);
};

const checkBand = (shape: ExponentShape, { from, to, t2, shift }: ExponentBand, turn: number): void => {
  checkExponent(shape, t2, 2);
  const whole = [from, to, shift, turn].every(Number.isInteger);
  if (!whole || from < 0 || to <= from || to > shape.pieces || shift < 0 || shift > 63)
    fail('RANGE', `ring exponential: a band of pieces ${from}..${to}, ${turn} away, by 2^${shift}`);
};

const checkSpline = ({ pieces, powers, pieceBits }: SplineShape, scaleBits: number): void => {
  const log = math.log2(pieces);
  const whole = [log, powers, pieceBits].every(Number.isInteger);
  if (!whole || log < 1 || pieces * powers > 1024 || powers < 1 || pieceBits < 0 || pieceBits + log > 62)
    fail('RANGE', `ring spline: ${pieces} pieces of 2^${pieceBits}, ${powers} coefficients each`);
  checkScale(scaleBits);
};

const checkScale = (bits: number): void => {
  if (Math.abs(bits) > 62) fail('RANGE', `ring: a scale of 2^${bits} is not in 2^-62..2^62`);
};
