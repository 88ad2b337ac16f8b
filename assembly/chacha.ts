/** @file ChaCha20 (RFC 8439): the key stream, four blocks a step, one block in each 32-bit lane. */

import { rotl7, rotl8, rotl12, rotl16 } from './rotate';
import { scratch } from './scratch';

const TAIL: usize = 256;

/** The twenty rounds on sixteen vectors at `at`, without the final addition. */
export function chachaRounds(at: usize): void {
  let x0 = v128.load(at, 0), x1 = v128.load(at, 16), x2 = v128.load(at, 32), x3 = v128.load(at, 48);
  let x4 = v128.load(at, 64), x5 = v128.load(at, 80), x6 = v128.load(at, 96), x7 = v128.load(at, 112);
  let x8 = v128.load(at, 128), x9 = v128.load(at, 144), x10 = v128.load(at, 160), x11 = v128.load(at, 176);
  let x12 = v128.load(at, 192), x13 = v128.load(at, 208), x14 = v128.load(at, 224), x15 = v128.load(at, 240);
  for (let round = 0; round < 10; round++) {
    x0 = i32x4.add(x0, x4); x12 = rotl16(v128.xor(x12, x0));
    x1 = i32x4.add(x1, x5); x13 = rotl16(v128.xor(x13, x1));
    x2 = i32x4.add(x2, x6); x14 = rotl16(v128.xor(x14, x2));
    x3 = i32x4.add(x3, x7); x15 = rotl16(v128.xor(x15, x3));
    x8 = i32x4.add(x8, x12); x4 = rotl12(v128.xor(x4, x8));
    x9 = i32x4.add(x9, x13); x5 = rotl12(v128.xor(x5, x9));
    x10 = i32x4.add(x10, x14); x6 = rotl12(v128.xor(x6, x10));
    x11 = i32x4.add(x11, x15); x7 = rotl12(v128.xor(x7, x11));
    x0 = i32x4.add(x0, x4); x12 = rotl8(v128.xor(x12, x0));
    x1 = i32x4.add(x1, x5); x13 = rotl8(v128.xor(x13, x1));
    x2 = i32x4.add(x2, x6); x14 = rotl8(v128.xor(x14, x2));
    x3 = i32x4.add(x3, x7); x15 = rotl8(v128.xor(x15, x3));
    x8 = i32x4.add(x8, x12); x4 = rotl7(v128.xor(x4, x8));
    x9 = i32x4.add(x9, x13); x5 = rotl7(v128.xor(x5, x9));
    x10 = i32x4.add(x10, x14); x6 = rotl7(v128.xor(x6, x10));
    x11 = i32x4.add(x11, x15); x7 = rotl7(v128.xor(x7, x11));
    x0 = i32x4.add(x0, x5); x15 = rotl16(v128.xor(x15, x0));
    x1 = i32x4.add(x1, x6); x12 = rotl16(v128.xor(x12, x1));
    x2 = i32x4.add(x2, x7); x13 = rotl16(v128.xor(x13, x2));
    x3 = i32x4.add(x3, x4); x14 = rotl16(v128.xor(x14, x3));
    x10 = i32x4.add(x10, x15); x5 = rotl12(v128.xor(x5, x10));
    x11 = i32x4.add(x11, x12); x6 = rotl12(v128.xor(x6, x11));
    x8 = i32x4.add(x8, x13); x7 = rotl12(v128.xor(x7, x8));
    x9 = i32x4.add(x9, x14); x4 = rotl12(v128.xor(x4, x9));
    x0 = i32x4.add(x0, x5); x15 = rotl8(v128.xor(x15, x0));
    x1 = i32x4.add(x1, x6); x12 = rotl8(v128.xor(x12, x1));
    x2 = i32x4.add(x2, x7); x13 = rotl8(v128.xor(x13, x2));
    x3 = i32x4.add(x3, x4); x14 = rotl8(v128.xor(x14, x3));
    x10 = i32x4.add(x10, x15); x5 = rotl7(v128.xor(x5, x10));
    x11 = i32x4.add(x11, x12); x6 = rotl7(v128.xor(x6, x11));
    x8 = i32x4.add(x8, x13); x7 = rotl7(v128.xor(x7, x8));
    x9 = i32x4.add(x9, x14); x4 = rotl7(v128.xor(x4, x9));
  }
  v128.store(at, x0, 0); v128.store(at, x1, 16); v128.store(at, x2, 32); v128.store(at, x3, 48);
  v128.store(at, x4, 64); v128.store(at, x5, 80); v128.store(at, x6, 96); v128.store(at, x7, 112);
  v128.store(at, x8, 128); v128.store(at, x9, 144); v128.store(at, x10, 160); v128.store(at, x11, 176);
  v128.store(at, x12, 192); v128.store(at, x13, 208); v128.store(at, x14, 224); v128.store(at, x15, 240);
}

/** Four words of four blocks: to row order, at p, p + 64, p + 128, p + 192. */
// @ts-ignore: decorator
@inline
export function storeFour(p: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab0 = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  v128.store(p, v128.shuffle<u64>(ab0, cd0, 0, 2));
  v128.store(p, v128.shuffle<u64>(ab0, cd0, 1, 3), 64);
  v128.store(p, v128.shuffle<u64>(ab1, cd1, 0, 2), 128);
  v128.store(p, v128.shuffle<u64>(ab1, cd1, 1, 3), 192);
}

/** `bytes` of key stream at d, from block `counter` on; key words k0..k7, nonce words n0..n2, all little-endian. */
export function chacha20(
  d: usize, bytes: usize, counter: u32,
  k0: u32, k1: u32, k2: u32, k3: u32, k4: u32, k5: u32, k6: u32, k7: u32,
  n0: u32, n1: u32, n2: u32,
): void {
  const state = scratch;
  const tail = scratch + TAIL;
  let blocks = i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3));
  while (bytes) {
    let x0 = i32x4.splat(0x61707865), x1 = i32x4.splat(0x3320646e), x2 = i32x4.splat(0x79622d32), x3 = i32x4.splat(0x6b206574);
    let x4 = i32x4.splat(k0), x5 = i32x4.splat(k1), x6 = i32x4.splat(k2), x7 = i32x4.splat(k3);
    let x8 = i32x4.splat(k4), x9 = i32x4.splat(k5), x10 = i32x4.splat(k6), x11 = i32x4.splat(k7);
    let x12 = blocks, x13 = i32x4.splat(n0), x14 = i32x4.splat(n1), x15 = i32x4.splat(n2);
    v128.store(state, x0, 0); v128.store(state, x1, 16); v128.store(state, x2, 32); v128.store(state, x3, 48);
    v128.store(state, x4, 64); v128.store(state, x5, 80); v128.store(state, x6, 96); v128.store(state, x7, 112);
    v128.store(state, x8, 128); v128.store(state, x9, 144); v128.store(state, x10, 160); v128.store(state, x11, 176);
    v128.store(state, x12, 192); v128.store(state, x13, 208); v128.store(state, x14, 224); v128.store(state, x15, 240);
    chachaRounds(state);
    x0 = v128.load(state, 0); x1 = v128.load(state, 16); x2 = v128.load(state, 32); x3 = v128.load(state, 48);
    x4 = v128.load(state, 64); x5 = v128.load(state, 80); x6 = v128.load(state, 96); x7 = v128.load(state, 112);
    x8 = v128.load(state, 128); x9 = v128.load(state, 144); x10 = v128.load(state, 160); x11 = v128.load(state, 176);
    x12 = v128.load(state, 192); x13 = v128.load(state, 208); x14 = v128.load(state, 224); x15 = v128.load(state, 240);
    x0 = i32x4.add(x0, i32x4.splat(0x61707865)); x1 = i32x4.add(x1, i32x4.splat(0x3320646e));
    x2 = i32x4.add(x2, i32x4.splat(0x79622d32)); x3 = i32x4.add(x3, i32x4.splat(0x6b206574));
    x4 = i32x4.add(x4, i32x4.splat(k0)); x5 = i32x4.add(x5, i32x4.splat(k1));
    x6 = i32x4.add(x6, i32x4.splat(k2)); x7 = i32x4.add(x7, i32x4.splat(k3));
    x8 = i32x4.add(x8, i32x4.splat(k4)); x9 = i32x4.add(x9, i32x4.splat(k5));
    x10 = i32x4.add(x10, i32x4.splat(k6)); x11 = i32x4.add(x11, i32x4.splat(k7));
    x12 = i32x4.add(x12, blocks); x13 = i32x4.add(x13, i32x4.splat(n0));
    x14 = i32x4.add(x14, i32x4.splat(n1)); x15 = i32x4.add(x15, i32x4.splat(n2));
    const whole = bytes >= 256;
    const p = whole ? d : tail;
    storeFour(p, x0, x1, x2, x3);
    storeFour(p + 16, x4, x5, x6, x7);
    storeFour(p + 32, x8, x9, x10, x11);
    storeFour(p + 48, x12, x13, x14, x15);
    if (!whole) {
      memory.copy(d, tail, bytes);
      memory.fill(tail, 0, 256);
      return;
    }
    d += 256;
    bytes -= 256;
    blocks = i32x4.add(blocks, i32x4.splat(4));
  }
}
