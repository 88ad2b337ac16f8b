/** @file Keys of distributed comparison functions: made by who knows the secret, evaluated by two parties. */

import { fail } from '../errors.ts';
import type { Bits, Bytes, RingArray } from './array.ts';
import { RingBits } from './bits.ts';

/** Bytes of a root seed. */
export const DCF_SEED = 16;

/** Bytes of one key's correction words, for the lowest `levels` bits of a word. */
export const dcfRow = (levels: number): number => 16 * levels + 16 * Math.ceil(levels / 32);

export class RingFss extends RingBits {
  /** cw (n rows) = correction words of the keys for a (n), with both parties' root seeds (n * 16 bytes each). */
  dcfGen(cw: Bytes, seed0: Bytes, seed1: Bytes, a: RingArray, levels: number): void {
    const n = a.length;
    this.#levels('dcfGen', a, levels);
    this.lengths('dcfGen', [
      [a, n],
      [cw, n * dcfRow(levels)],
      [seed0, n * DCF_SEED],
      [seed1, n * DCF_SEED],
    ]);
    const { ptr, field } = a;
    this.kernels.dcfGen(cw.ptr, dcfRow(levels), seed0.ptr, seed1.ptr, ptr, n, levels, field.bytes, 0);
  }

  /**
   * Shares (xor) of [x < a] and [x == a] in the lowest `levels` bits, for public x: one plane each, or null. `party` (0 or
   * 1) is whose seed it is.
   */
  dcfEval(
    less: Bits | null,
    equal: Bits | null,
    cw: Bytes,
    seed: Bytes,
    x: RingArray,
    levels: number,
    party: number,
  ): void {
    const n = x.length;
    this.#levels('dcfEval', x, levels);
    this.lengths('dcfEval', [
      [x, n],
      [cw, n * dcfRow(levels)],
      [seed, n * DCF_SEED],
    ]);
    const planes = [less, equal].flatMap((bits): [Bits, number][] => (bits ? [[bits, 1]] : []));
    this.planes('dcfEval', n, planes);
    const { ptr, field } = x;
    this.kernels.dcfEval(
      less?.ptr ?? 0,
      equal?.ptr ?? 0,
      cw.ptr,
      dcfRow(levels),
      seed.ptr,
      ptr,
      n,
      levels,
      field.bytes,
      party,
      0,
    );
  }

  #levels(op: string, a: RingArray, levels: number): void {
    if (!Number.isInteger(levels) || levels < 1 || levels > a.field.bits)
      fail('RANGE', `ring ${op}: ${levels} levels are not in 1..${a.field.bits}`);
  }
}
