/**
 * @file Correlations of transfers, in columns of bits: to each of COLUMNS columns of a matrix belong four streams r_0 to r_3, all of which one party knows and the other
 * all but r_d, for a d of two bits. Numbers of 71 bits are encoded by the extended BCH code of length 256, whose words other than 0 have at least 60
 * ones: multiples of a generator (the roots a^1 to a^58 of GF(2^8), x^8 + x^4 + x^3 + x^2 + 1) and a bit of parity. A column is n bits, n a
 * multiple of 128, one behind the other. Neither time nor addresses depend on what columns and rows hold.
 */
import { chacha20 } from '../chacha';

const COLUMNS: usize = 256;
const DIMENSION: usize = 71;
/** The powers of x in the generator. They are of an odd number: a word has the parity of its number. */
const GENERATOR: usize = memory.data<u8>([
  0, 2, 3, 4, 10, 11, 15, 16, 17, 18, 22, 25, 27, 28, 32, 34, 35, 36, 37, 38, 39, 41, 42, 44,
  46, 49, 50, 51, 52, 57, 59, 61, 65, 68, 71, 72, 74, 79, 81, 82, 85, 86, 87, 90, 93, 94, 96, 97,
  100, 102, 105, 109, 111, 112, 113, 114, 119, 120, 122, 123, 125, 126, 128, 129, 132, 134, 135, 139, 141, 142, 146, 149,
  151, 152, 157, 159, 161, 165, 168, 169, 170, 173, 175, 182, 184,
]);
const TERMS: usize = 85;

const BLOCK: usize = memory.data(2048, 16);
const WORD: usize = memory.data(4096, 16);

// @ts-ignore: decorator
@inline
function stream(to: usize, bytes: usize, place: u32, key: usize): void {
  chacha20(
    to, bytes, place, load<u32>(key), load<u32>(key, 4), load<u32>(key, 8), load<u32>(key, 12),
    load<u32>(key, 16), load<u32>(key, 20), load<u32>(key, 24), load<u32>(key, 28), 0, 0, 0,
  );
}

/**
 * For each column two more, r_1 + r_3 and r_2 + r_3, and (unless `sums` is 0, where r_0 is not needed) r_0 + r_1 + r_2 + r_3, of n bits from block `place` of the
 * streams on. `keys`: four of 32 bytes a column. `four`: room for four columns.
 */
export function spread(columns: usize, sums: usize, keys: usize, n: usize, place: u32, four: usize): void {
  const bytes = n >> 3;
  for (let j: usize = 0; j < COLUMNS; j++) {
    for (let x: usize = sums === 0 ? 1 : 0; x < 4; x++)
      stream(four + bytes * x, bytes, place, keys + 32 * (4 * j + x));
    const low = columns + 2 * bytes * j, high = low + bytes, sum = sums + bytes * j;
    for (let at: usize = 0; at < bytes; at += 16) {
      const r1 = v128.load(four + bytes + at), r2 = v128.load(four + 2 * bytes + at), r3 = v128.load(four + 3 * bytes + at);
      v128.store(low + at, v128.xor(r1, r3));
      v128.store(high + at, v128.xor(r2, r3));
      if (sums !== 0) v128.store(sum + at, v128.xor(v128.xor(v128.load(four + at), r1), v128.xor(r2, r3)));
    }
  }
}

// @ts-ignore: decorator
@inline
function exchange(from: usize, to: usize, shift: i32, mask: i32): void {
  const a = v128.load(from), b = v128.load(to), kept = i32x4.splat(mask);
  const changed = v128.and(v128.xor(i32x4.shr_u(a, shift), b), kept);
  v128.store(to, v128.xor(b, changed));
  v128.store(from, v128.xor(a, i32x4.shl(changed, shift)));
}

/** Exchanges rows and columns of 128 x 128 bits at BLOCK. */
function turnBlock(): void {
  for (let i = BLOCK; i < BLOCK + 1024; i += 16) {
    const a = v128.load(i), b = v128.load(i, 1024);
    v128.store(i, i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
    v128.store(i, i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 1024);
  }
  for (let group = BLOCK; group < BLOCK + 2048; group += 1024)
    for (let i = group; i < group + 512; i += 16) {
      const a = v128.load(i), b = v128.load(i, 512);
      v128.store(i, i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27));
      v128.store(i, i8x16.shuffle(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31), 512);
    }
  for (let group = BLOCK; group < BLOCK + 2048; group += 512)
    for (let i = group; i < group + 256; i += 16) {
      const a = v128.load(i), b = v128.load(i, 256);
      v128.store(i, i8x16.shuffle(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29));
      v128.store(i, i8x16.shuffle(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31), 256);
    }
  for (let group = BLOCK; group < BLOCK + 2048; group += 256) {
    for (let i = group; i < group + 128; i += 16) {
      const a = v128.load(i), b = v128.load(i, 128);
      v128.store(i, i8x16.shuffle(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30));
      v128.store(i, i8x16.shuffle(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31), 128);
    }
    for (let half = group; half < group + 256; half += 128) {
      for (let i = half; i < half + 64; i += 16) exchange(i, i + 64, 4, 0x0f0f0f0f);
      for (let i = half; i < half + 32; i += 16) {
        exchange(i, i + 32, 2, 0x33333333);
        exchange(i + 64, i + 96, 2, 0x33333333);
      }
      for (let i = half; i < half + 128; i += 32) exchange(i, i + 16, 1, 0x55555555);
    }
  }
}

/** Rows (16 bytes) of 128 columns of n bits. */
export function rowsOf(rows: usize, columns: usize, n: usize): void {
  const bytes = n >> 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    for (let j: usize = 0; j < 128; j++) v128.store(BLOCK + 16 * j, v128.load(columns + bytes * j + at));
    turnBlock();
    memory.copy(rows + 128 * at, BLOCK, 2048);
  }
}

/** Adds the code's words of n numbers, the lowest bits of rows (16 bytes), to COLUMNS columns. */
export function addWords(columns: usize, rows: usize, n: usize): void {
  const bytes = n >> 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    memory.copy(BLOCK, rows + 128 * at, 2048);
    turnBlock();
    memory.fill(WORD, 0, 4096);
    let parity = i64x2.splat(0);
    for (let i: usize = 0; i < 16 * DIMENSION; i += 16) {
      const bits = v128.load(BLOCK + i);
      parity = v128.xor(parity, bits);
      const to = WORD + i;
      for (let t: usize = 0; t < TERMS; t++) {
        const column = to + (<usize>load<u8>(GENERATOR + t) << 4);
        v128.store(column, v128.xor(v128.load(column), bits));
      }
    }
    v128.store(WORD, parity, 16 * 255);
    for (let j: usize = 0; j < COLUMNS; j++) {
      const to = columns + bytes * j + at;
      v128.store(to, v128.xor(v128.load(to), v128.load(WORD + 16 * j)));
    }
  }
}
