/**
 * @file The expansion of function secret sharing: one block of ChaCha20 a node, for four nodes in the 32-bit lanes. Comparisons
 * (fss-compare.ts) and payloads of ring words (fss-payload.ts) are trees of it.
 *
 * The key is the 128-bit seed of the node, used twice, with the constants of 128-bit keys; block counter = level, nonce = number of
 * the key. A block has 64 bytes: both children, and what masks the values of the level. So a step down the tree is one call of the
 * generator, on any path, and the half-tree (Guo, Yang, Wang, Zhang, Xie, Liu, Zhao, eprint 2022/1431), which makes one call of a
 * 128-bit hash where a doubling generator makes two, has nothing to save here: its step would take one block too, and another one
 * for the values.
 */

import { chachaRounds } from './chacha';
import { scratch } from './scratch';

/** The constants of 128-bit keys, which are to be added to words 0 to 3 after the rounds. */
// @ts-ignore: decorator
@inline
export function constant(i: i32): v128 {
  return i32x4.splat(i == 0 ? 0x61707865 : i == 1 ? 0x3120646e : i == 2 ? 0x79622d36 : 0x6b206574);
}

/**
 * The rounds on four seeds, word w of each in s_w: word w of the four blocks is left at scratch + 16 w, without the final addition
 * (words 0 to 3: constant(w); 4 to 11: s0 to s3 twice; 12: counter; 13: keys).
 */
// @ts-ignore: decorator
@inline
export function expandFour(s0: v128, s1: v128, s2: v128, s3: v128, counter: v128, keys: v128): void {
  const state = scratch;
  v128.store(state, constant(0), 0); v128.store(state, constant(1), 16); v128.store(state, constant(2), 32); v128.store(state, constant(3), 48);
  v128.store(state, s0, 64); v128.store(state, s1, 80); v128.store(state, s2, 96); v128.store(state, s3, 112);
  v128.store(state, s0, 128); v128.store(state, s1, 144); v128.store(state, s2, 160); v128.store(state, s3, 176);
  v128.store(state, counter, 192); v128.store(state, keys, 208);
  v128.store(state, i32x4.splat(0), 224); v128.store(state, i32x4.splat(0), 240);
  chachaRounds(state);
}

/** Words 0 and 1, of two rows of four. */
// @ts-ignore: decorator
@inline
export function column01(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 0, 4, 1, 5);
}

/** Words 2 and 3. */
// @ts-ignore: decorator
@inline
export function column23(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 2, 6, 3, 7);
}

// @ts-ignore: decorator
@inline
export function low(a: v128, b: v128): v128 {
  return v128.shuffle<u64>(a, b, 0, 2);
}

// @ts-ignore: decorator
@inline
export function high(a: v128, b: v128): v128 {
  return v128.shuffle<u64>(a, b, 1, 3);
}
