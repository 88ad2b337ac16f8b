/** @file Keys whose shares are ring words: made by who knows the secret index, evaluated by two parties at public points. */

import { fail } from '../errors.ts';
import type { Bytes, RingArray } from './array.ts';
import type { Field } from './field.ts';
import { DCF_SEED, RingFss } from './fss-compare.ts';
import * as math from './math/index.ts';

export interface KeyShape {
  /** Bits of an index. */
  readonly total: number;
  /** So many of them end in one leaf. */
  readonly group: number;
  /** Words that are shared where a point is the index; 0 for none. */
  readonly words: number;
  /** Words that are shared where a point is above the index; 0 for none, which groups need. */
  readonly steps: number;
}

/** Bytes of one key's correction words. */
export const keyRow = ({ bytes }: Field, { total, group, words, steps }: KeyShape): number =>
  (total - group) * (16 + steps * bytes) + words * math.pow2(group) * bytes;

/** What the kernel has room for. */
const MOST_POINTS = 32;

/** Bytes that a block has for the steps of its level. */
const STEP_BYTES = 32;

export class RingKeys extends RingFss {
  /**
   * cw (n rows) = correction words of the keys for the lowest bits of a (n), with both parties' root seeds (n * 16 bytes
   * each), payloads `leaf` (n x words) and `step` (steps x n, or n of each `stride`). The first key has the number `first`.
   */
  keysGen(
    cw: Bytes,
    seeds: readonly [Bytes, Bytes],
    a: RingArray,
    leaf: RingArray | null,
    step: RingArray | null,
    shape: KeyShape,
    first = 0,
    stride = a.length,
  ): void {
    this.#keys('keysGen', a, cw, shape);
    for (const seed of seeds) this.lengths('keysGen', [[seed, a.length * DCF_SEED]]);
    this.#payload('keysGen', leaf, a, shape.words);
    this.#payload('keysGen', step, a, shape.steps, stride);
    const kernel = this.kernels[`keysGen${a.field.bits}`];
    const leafRow = shape.words * a.field.bytes;
    kernel(
      cw.ptr, keyRow(a.field, shape), seeds[0].ptr, seeds[1].ptr, a.ptr, leaf?.ptr ?? 0, leafRow, step?.ptr ?? 0, a.length, first,
      this.#shape(shape, 1, stride, 0),
    ); // biome-ignore format: one call
  }

  /**
   * A party's shares at the points x, x + 1, .. x + points - 1 (points: a power of two) mod 2^total: `leaves` (n x points x words,
   * by index mod points) and, at x, `steps` (steps x n, or n of each `stride`).
   */
  keysEval(
    leaves: RingArray | null,
    steps: RingArray | null,
    cw: Bytes,
    seed: Bytes,
    x: RingArray,
    shape: KeyShape,
    points: number,
    party: number,
    first = 0,
    stride = x.length,
  ): void {
    this.#keys('keysEval', x, cw, shape);
    if (!Number.isInteger(math.log2(points)) || points > MOST_POINTS || points > math.pow2(shape.total))
      fail('RANGE', `ring keysEval: ${points} points, no power of two of its indices`);
    this.lengths('keysEval', [[seed, x.length * DCF_SEED]]);
    this.#payload('keysEval', leaves, x, points * shape.words);
    this.#payload('keysEval', steps, x, shape.steps, stride);
    const kernel = this.kernels[`keysEval${x.field.bits}`];
    const leafRow = points * shape.words * x.field.bytes;
    kernel(
      leaves?.ptr ?? 0, leafRow, steps?.ptr ?? 0, cw.ptr, keyRow(x.field, shape), seed.ptr, x.ptr, x.length, first,
      this.#shape(shape, points, stride, party),
    ); // biome-ignore format: one call
  }

  /** Writes what the kernel has to know of keys where it reads it, and gives the place. */
  #shape({ total, group, words, steps }: KeyShape, points: number, stride: number, party: number): number {
    new Int32Array(this.memory.buffer, this.scratch, 7).set([
      total,
      group,
      points,
      words,
      steps,
      stride,
      party,
    ]);
    return this.scratch;
  }

  #keys(op: string, a: RingArray, cw: Bytes, shape: KeyShape): void {
    const { total, group, words, steps } = shape;
    const whole = [total, group, words, steps].every((v) => Number.isInteger(v) && v >= 0);
    const fits = total <= a.field.bits && group < total && group <= 5 && words <= 64;
    const payload = steps * a.field.bytes <= STEP_BYTES && words + steps > 0 && (steps === 0 || group === 0);
    if (!whole || !fits || !payload)
      fail(
        'RANGE',
        `ring ${op}: ${words} words of leaves, ${steps} of steps, groups of 2^${group} of 2^${total} indices`,
      );
    this.lengths(op, [
      [a, a.length],
      [cw, a.length * keyRow(a.field, shape)],
    ]);
  }

  /** `row` words for each element of a, or `row` times as many, each `stride` from the next: null for none. */
  #payload(op: string, words: RingArray | null, a: RingArray, row: number, stride = a.length): void {
    if ((words === null) !== (row === 0)) fail('SHAPE', `ring ${op}: ${row} words an element`);
    if (!words) return;
    this.lengths(op, [[words, (row - 1) * stride + a.length]]);
    if (words.field !== a.field) this.mismatch(op, words, a);
  }
}
