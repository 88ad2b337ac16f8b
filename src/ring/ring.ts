/**
 * @file Ring: linear memory and the kernels on it, one instance a party.
 *
 * Destinations come first, shapes are checked, nothing is allocated unless a method says so. The subjects stand in
 * memory.ts (arrays), words.ts, convert.ts, bits.ts, wire.ts, and here (piecewise polynomials).
 */

import { fail } from '../errors.ts';
import type { RingArray } from './array.ts';
import { loadParts, type RingOptions } from './memory.ts';
import { RingWire } from './wire.ts';

/** How x is cut: C = (c >>> drop) mod (pieces << stepBits), its piece C >> stepBits. */
export interface SplineShape {
  /** P, a power of two. */
  pieces: number;
  /** At most 7. */
  degree: number;
  /** Low bits that are left out. */
  drop: number;
  /** A piece is 2^stepBits wide (after the drop). */
  stepBits: number;
}

export class Ring extends RingWire {
  static async create(options: RingOptions = {}): Promise<Ring> {
    return new Ring(await loadParts(options));
  }

  /**
   * dst[e] = sum over v, i of round(w_i * 2^t2) * table[e][v][i], with a = coef[(hi(C) - v) mod P] and
   * w_i = (-1)^i * sum_{j>=i} a_j * binom(j, i) * (lo(C)/step)^(j-i). table: n x P x (degree+1), coef: P x (degree+1).
   */
  splineEval(
    dst: RingArray,
    c: RingArray,
    table: RingArray,
    coef: Float64Array,
    shape: SplineShape & { t2: number },
  ): void {
    const row = splineRow(shape, shape.t2);
    this.words('splineEval', dst, c);
    this.lengths('splineEval', [[table, c.length * row]]);
    if (table.field !== dst.field) this.mismatch('splineEval', dst, c, table);
    if (coef.length !== row) fail('SHAPE', `ring splineEval: ${coef.length} coefficients, not ${row}`);
    const { degree, drop, stepBits, t2 } = shape;
    const log = Math.log2(shape.pieces);
    const space = this.kernels.splineSpace(log, degree);
    const block = this.heap.alloc(coef.byteLength + space);
    try {
      new Float64Array(this.memory.buffer, block.start, row).set(coef);
      const work = block.start + coef.byteLength;
      const kernel = this.kernels[`splineEval${dst.field.bits}`];
      kernel(dst.ptr, c.ptr, table.ptr, block.start, work, c.length, log, degree, drop, stepBits, t2);
    } finally {
      this.heap.free(block);
    }
  }

  /** dst[e][v][i] = v == hi(R) ? round((lo(R)/step)^i * 2^t1) : 0. dst: n x P x (degree+1). */
  splineDeal(dst: RingArray, r: RingArray, shape: SplineShape & { t1: number }): void {
    this.lengths('splineDeal', [
      [r, r.length],
      [dst, r.length * splineRow(shape, shape.t1)],
    ]);
    if (dst.field !== r.field) this.mismatch('splineDeal', dst, r);
    const { degree, drop, stepBits, t1 } = shape;
    const kernel = this.kernels[`splineDeal${dst.field.bits}`];
    kernel(dst.ptr, r.ptr, r.length, Math.log2(shape.pieces), degree, drop, stepBits, t1);
  }
}

/** Words per element of a spline's table. */
const splineRow = (shape: SplineShape, scaleBits: number): number => {
  const { pieces, degree, drop, stepBits } = shape;
  const log = Math.log2(pieces);
  const whole = [log, degree, drop, stepBits, scaleBits].every(Number.isInteger);
  if (
    !whole ||
    log < 0 ||
    degree < 0 ||
    degree > 7 ||
    drop < 0 ||
    drop > 127 ||
    stepBits < 0 ||
    stepBits + log > 62
  ) {
    fail(
      'RANGE',
      `ring spline: ${JSON.stringify(shape)}: pieces must be a power of two, degree <= 7, all bits <= 62`,
    );
  }
  if (Math.abs(scaleBits) > 62) fail('RANGE', `ring spline: a scale of 2^${scaleBits} is not in 2^-62..2^62`);
  return pieces * (degree + 1);
};
