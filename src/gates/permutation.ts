/** @file Permutations drawn from a party's stream, and moving ring words by them. */

import type { Scratch } from '../dealer/scratch.ts';
import type { Bytes, RingArray } from '../ring/array.ts';
import * as math from '../ring/math/index.ts';

/** Stream words that a permutation of n may take: about 1 in 4096 is rejected at most, up to 2^20 elements. */
const wordsFor = (n: number): number => n + Math.ceil(n / 64) + 64;

/** Bytes of stream for `lanes` permutations of n elements. */
export const streamBytes = (lanes: number, n: number): number => lanes * wordsFor(n) * 4;

/**
 * `lanes` permutations of n from a stream, each as the places that its elements are taken from (Fisher-Yates; words
 * that would favour some places are rejected). The stream is long enough but with probability below 2^-100.
 */
export const permutations = (s: Scratch, stream: Bytes, lanes: number, n: number): Int32Array => {
  const bytes = s.ring.u8(stream);
  const words = new Uint32Array(bytes.slice().buffer);
  const out = new Int32Array(lanes * n);
  const each = wordsFor(n);
  for (let lane = 0; lane < lanes; lane++) {
    const base = lane * n;
    let at = lane * each;
    const end = at + each;
    for (let i = 0; i < n; i++) out[base + i] = base + i;
    for (let i = n - 1; i > 0; i--) {
      const fair = math.pow2(32) - (math.pow2(32) % (i + 1));
      let word = words[at++]!;
      while (word >= fair && at < end) word = words[at++]!;
      const j = word % (i + 1);
      const kept = out[base + i]!;
      out[base + i] = out[base + j]!;
      out[base + j] = kept;
    }
  }
  return out;
};

/** dst[i] = src[from[i]]. As 32-bit parts: the bits of a float64 would not survive. */
export const move = (s: Scratch, dst: RingArray, src: RingArray, from: Int32Array): void => {
  const parts = dst.field.bytes / 4;
  const whole = s.ring.u8(dst).buffer;
  const to = new Int32Array(whole, dst.ptr, dst.length * parts);
  const source = new Int32Array(whole, src.ptr, src.length * parts);
  if (parts === 4) {
    for (let i = 0; i < from.length; i++) {
      const a = 4 * i;
      const b = 4 * from[i]!;
      to[a] = source[b]!;
      to[a + 1] = source[b + 1]!;
      to[a + 2] = source[b + 2]!;
      to[a + 3] = source[b + 3]!;
    }
    return;
  }
  for (let i = 0; i < from.length; i++) {
    for (let p = 0; p < parts; p++) to[i * parts + p] = source[from[i]! * parts + p]!;
  }
};
