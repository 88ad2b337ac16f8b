/**
 * @file Rows of oblivious transfers to pads, where rows differ by one secret.
 *
 * By ChaCha20 (RFC 8439): one block a row, with the row for its key and its number for nonce and counter, four rows a step; the block
 * function stands for a random function of row and number.
 *
 * By AES under a fixed key, which the host computes between these kernels: P(P(x) ^ i) ^ P(x) for a row x and the number i of its block of pad
 * (Guo, Katz, Wang, Yu, eprint 2019/074, section 7.4: tweakable, circular correlation robust where P is a random permutation).
 */

import { chachaRounds } from '../chacha';

/** Four words of four rows: from vectors of one word to vectors of one row, `step` bytes apart. */
function transpose(at: usize, from: usize, step: usize): void {
  const a = v128.load(from, 0), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48);
  const ab0 = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<u64>(ab0, cd0, 0, 2));
  v128.store(at + step, v128.shuffle<u64>(ab0, cd0, 1, 3));
  v128.store(at + 2 * step, v128.shuffle<u64>(ab1, cd1, 0, 2));
  v128.store(at + 3 * step, v128.shuffle<u64>(ab1, cd1, 1, 3));
}

/**
 * d: `bytes` (4, 8, or a multiple of 16 up to 64) of pad for each of n rows of 16 bytes at `rows`, each xored with the words x0..x3
 * first; n is a multiple of four. Row i has number `from` + i; n0..n2 say which rows these are. Words 8 to 11 of the state, where a key of
 * 32 bytes has its second half, are fixed. `room`: 512 bytes to work in.
 */
export function transferPads(
  d: usize, bytes: i32, rows: usize, n: i32, from: u32,
  x0: u32, x1: u32, x2: u32, x3: u32, n0: u32, n1: u32, n2: u32, room: usize,
): void {
  const begin = room;
  const state = room + 256;
  const secret = i32x4(x0, x1, x2, x3);
  v128.store(begin, i32x4.splat(0x61707865), 0); v128.store(begin, i32x4.splat(0x3320646e), 16);
  v128.store(begin, i32x4.splat(0x79622d32), 32); v128.store(begin, i32x4.splat(0x6b206574), 48);
  v128.store(begin, i32x4.splat(0x73736574), 128); v128.store(begin, i32x4.splat(0x20617265), 144);
  v128.store(begin, i32x4.splat(0x6e617274), 160); v128.store(begin, i32x4.splat(0x72656673), 176);
  v128.store(begin, i32x4.splat(n0), 208); v128.store(begin, i32x4.splat(n1), 224); v128.store(begin, i32x4.splat(n2), 240);
  let numbers = i32x4.add(i32x4.splat(from), i32x4(0, 1, 2, 3));
  for (let i = 0; i < n; i += 4, rows += 64) {
    for (let row: usize = 0; row < 64; row += 16) v128.store(state + row, v128.xor(v128.load(rows + row), secret));
    transpose(begin + 64, state, 16);
    v128.store(begin, numbers, 192);
    memory.copy(state, begin, 256);
    chachaRounds(state);
    for (let at: usize = 0; at < 256; at += 16)
      v128.store(state + at, i32x4.add(v128.load(state + at), v128.load(begin + at)));
    const step = <usize>bytes;
    if (step < 16) {
      // The first words of four rows one after the other, and the second ones between them.
      const a = v128.load(state, 0), b = v128.load(state, 16);
      if (step == 4) v128.store(d, a);
      else {
        v128.store(d, v128.shuffle<u32>(a, b, 0, 4, 1, 5));
        v128.store(d, v128.shuffle<u32>(a, b, 2, 6, 3, 7), 16);
      }
    } else for (let at: usize = 0; at < step; at += 16) transpose(d + at, state + 4 * at, step);
    d += 4 * step;
    numbers = i32x4.add(numbers, i32x4.splat(4));
  }
}

/** d: n rows, each xored with the words x0..x3. */
export function maskRows(d: usize, rows: usize, n: i32, x0: u32, x1: u32, x2: u32, x3: u32): void {
  const secret = i32x4(x0, x1, x2, x3);
  for (let i = 0; i < n; i++, d += 16, rows += 16) v128.store(d, v128.xor(v128.load(rows), secret));
}

/** d: `blocks` (at most four) for each of n permuted rows, each xored with its number: of the row, from `from` on, and of the block. */
export function numberRows(d: usize, rows: usize, n: i32, blocks: i32, from: u32, n0: u32, n1: u32, n2: u32): void {
  for (let i = 0; i < n; i++, rows += 16) {
    const row = v128.load(rows);
    for (let b = 0; b < blocks; b++, d += 16)
      v128.store(d, v128.xor(row, i32x4(from + i, n0, n1 ^ (b << 30), n2)));
  }
}

/** d: `bytes` (4, 8, or a multiple of 16) of pad for each of n rows: its permuted blocks z, each xored with the permuted row. */
export function padsOfRows(d: usize, bytes: i32, z: usize, rows: usize, n: i32): void {
  if (bytes < 16) {
    for (let i = 0; i < n; i++, z += 16, rows += 16, d += bytes) {
      const pad = load<u64>(z) ^ load<u64>(rows);
      if (bytes == 4) store<u32>(d, <u32>pad);
      else store<u64>(d, pad);
    }
    return;
  }
  for (let i = 0; i < n; i++, rows += 16) {
    const row = v128.load(rows);
    for (let b = 0; b < bytes; b += 16, z += 16, d += 16) v128.store(d, v128.xor(v128.load(z), row));
  }
}
