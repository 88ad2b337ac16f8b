/**
 * @file BLAKE3 of inputs of one block (at most 64 bytes), four at a time, one in each 32-bit lane: a compression each, plain or
 * keyed, with all 64 bytes of its output.
 */

import { rotl16, rotl20, rotl24, rotl25 } from '../rotate';

const SCHEDULE: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8,
  3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1,
  10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6,
  12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4,
  9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7,
  11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13,
]);

/** The initial value: the key of the hash without one. */
export const PLAIN_KEY: usize = memory.data<u32>(
  [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
  16,
);

/** Begin and end of the only chunk, and root of the tree. */
export const PLAIN: i32 = 11;
export const KEYED: i32 = 27;

/** The message word that a round takes in a place. */
// @ts-ignore: decorator
@inline
function word(at: usize, turn: usize, place: usize): v128 {
  return v128.load(at + (<usize>load<u8>(turn + place) << 4));
}

/**
 * The outputs (16 vectors at `out`) for the messages (16 vectors at `at`), under the 8 words at `key`. `length`: of each in bytes; or
 * -1 if a vector of them stands behind the messages.
 */
export function compress4(out: usize, at: usize, length: i32, key: usize, flags: i32): void {
  let x0 = v128.load32_splat(key), x1 = v128.load32_splat(key, 4);
  let x2 = v128.load32_splat(key, 8), x3 = v128.load32_splat(key, 12);
  let x4 = v128.load32_splat(key, 16), x5 = v128.load32_splat(key, 20);
  let x6 = v128.load32_splat(key, 24), x7 = v128.load32_splat(key, 28);
  let x8 = v128.load32_splat(PLAIN_KEY), x9 = v128.load32_splat(PLAIN_KEY, 4);
  let x10 = v128.load32_splat(PLAIN_KEY, 8), x11 = v128.load32_splat(PLAIN_KEY, 12);
  let x12 = i32x4.splat(0), x13 = i32x4.splat(0), x14 = length < 0 ? v128.load(at, 256) : i32x4.splat(length), x15 = i32x4.splat(flags);
  for (let turn = SCHEDULE; turn < SCHEDULE + 112; turn += 16) {
    x0 = i32x4.add(i32x4.add(x0, x4), word(at, turn, 0)); x12 = rotl16(v128.xor(x12, x0));
    x8 = i32x4.add(x8, x12); x4 = rotl20(v128.xor(x4, x8));
    x0 = i32x4.add(i32x4.add(x0, x4), word(at, turn, 1)); x12 = rotl24(v128.xor(x12, x0));
    x8 = i32x4.add(x8, x12); x4 = rotl25(v128.xor(x4, x8));
    x1 = i32x4.add(i32x4.add(x1, x5), word(at, turn, 2)); x13 = rotl16(v128.xor(x13, x1));
    x9 = i32x4.add(x9, x13); x5 = rotl20(v128.xor(x5, x9));
    x1 = i32x4.add(i32x4.add(x1, x5), word(at, turn, 3)); x13 = rotl24(v128.xor(x13, x1));
    x9 = i32x4.add(x9, x13); x5 = rotl25(v128.xor(x5, x9));
    x2 = i32x4.add(i32x4.add(x2, x6), word(at, turn, 4)); x14 = rotl16(v128.xor(x14, x2));
    x10 = i32x4.add(x10, x14); x6 = rotl20(v128.xor(x6, x10));
    x2 = i32x4.add(i32x4.add(x2, x6), word(at, turn, 5)); x14 = rotl24(v128.xor(x14, x2));
    x10 = i32x4.add(x10, x14); x6 = rotl25(v128.xor(x6, x10));
    x3 = i32x4.add(i32x4.add(x3, x7), word(at, turn, 6)); x15 = rotl16(v128.xor(x15, x3));
    x11 = i32x4.add(x11, x15); x7 = rotl20(v128.xor(x7, x11));
    x3 = i32x4.add(i32x4.add(x3, x7), word(at, turn, 7)); x15 = rotl24(v128.xor(x15, x3));
    x11 = i32x4.add(x11, x15); x7 = rotl25(v128.xor(x7, x11));
    x0 = i32x4.add(i32x4.add(x0, x5), word(at, turn, 8)); x15 = rotl16(v128.xor(x15, x0));
    x10 = i32x4.add(x10, x15); x5 = rotl20(v128.xor(x5, x10));
    x0 = i32x4.add(i32x4.add(x0, x5), word(at, turn, 9)); x15 = rotl24(v128.xor(x15, x0));
    x10 = i32x4.add(x10, x15); x5 = rotl25(v128.xor(x5, x10));
    x1 = i32x4.add(i32x4.add(x1, x6), word(at, turn, 10)); x12 = rotl16(v128.xor(x12, x1));
    x11 = i32x4.add(x11, x12); x6 = rotl20(v128.xor(x6, x11));
    x1 = i32x4.add(i32x4.add(x1, x6), word(at, turn, 11)); x12 = rotl24(v128.xor(x12, x1));
    x11 = i32x4.add(x11, x12); x6 = rotl25(v128.xor(x6, x11));
    x2 = i32x4.add(i32x4.add(x2, x7), word(at, turn, 12)); x13 = rotl16(v128.xor(x13, x2));
    x8 = i32x4.add(x8, x13); x7 = rotl20(v128.xor(x7, x8));
    x2 = i32x4.add(i32x4.add(x2, x7), word(at, turn, 13)); x13 = rotl24(v128.xor(x13, x2));
    x8 = i32x4.add(x8, x13); x7 = rotl25(v128.xor(x7, x8));
    x3 = i32x4.add(i32x4.add(x3, x4), word(at, turn, 14)); x14 = rotl16(v128.xor(x14, x3));
    x9 = i32x4.add(x9, x14); x4 = rotl20(v128.xor(x4, x9));
    x3 = i32x4.add(i32x4.add(x3, x4), word(at, turn, 15)); x14 = rotl24(v128.xor(x14, x3));
    x9 = i32x4.add(x9, x14); x4 = rotl25(v128.xor(x4, x9));
  }
  v128.store(out, v128.xor(x0, x8), 0);
  v128.store(out, v128.xor(x1, x9), 16);
  v128.store(out, v128.xor(x2, x10), 32);
  v128.store(out, v128.xor(x3, x11), 48);
  v128.store(out, v128.xor(x4, x12), 64);
  v128.store(out, v128.xor(x5, x13), 80);
  v128.store(out, v128.xor(x6, x14), 96);
  v128.store(out, v128.xor(x7, x15), 112);
  v128.store(out, v128.xor(x8, v128.load32_splat(key, 0)), 128);
  v128.store(out, v128.xor(x9, v128.load32_splat(key, 4)), 144);
  v128.store(out, v128.xor(x10, v128.load32_splat(key, 8)), 160);
  v128.store(out, v128.xor(x11, v128.load32_splat(key, 12)), 176);
  v128.store(out, v128.xor(x12, v128.load32_splat(key, 16)), 192);
  v128.store(out, v128.xor(x13, v128.load32_splat(key, 20)), 208);
  v128.store(out, v128.xor(x14, v128.load32_splat(key, 24)), 224);
  v128.store(out, v128.xor(x15, v128.load32_splat(key, 28)), 240);
}

/** Four rows of four words become four vectors at `to`, one a word. */
export function transpose4(to: usize, from0: usize, from1: usize, from2: usize, from3: usize): void {
  const a = v128.load(from0), b = v128.load(from1), c = v128.load(from2), d = v128.load(from3);
  const ab = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const cd = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  const ef = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  const gh = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  v128.store(to, i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
  v128.store(to, i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 16);
  v128.store(to, i8x16.shuffle(ef, gh, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), 32);
  v128.store(to, i8x16.shuffle(ef, gh, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 48);
}
